// Tells WeChat what a shared answer looks like: its question, its first words and its first picture.
// The page works without; where WeChat's own script is missing or refuses, nothing happens.
(function () {
  "use strict";

  const share = document.getElementById("share");
  const letter = document.getElementById("letter");
  const answer = document.getElementById("answer");
  if (!share || !window.wx) return;

  // Letters of the description; WeChat shows two lines.
  const LETTERS = 100;

  function told() {
    const picture = answer.querySelector(".picture img");
    return {
      title: share.dataset.title,
      desc: answer.innerText.replace(/\s+/g, " ").trim().slice(0, LETTERS),
      link: share.dataset.link,
      imgUrl: picture ? picture.src : "",
    };
  }

  function tell() {
    window.wx.updateAppMessageShareData(told());
    window.wx.updateTimelineShareData(told());
  }

  window.wx.config({
    debug: false,
    appId: share.dataset.appId,
    timestamp: Number(share.dataset.timestamp),
    nonceStr: share.dataset.nonce,
    signature: share.dataset.signature,
    jsApiList: ["updateAppMessageShareData", "updateTimelineShareData"],
  });
  window.wx.ready(function () {
    tell();
    // Once more when the answer is whole.
    new MutationObserver(tell).observe(letter, { attributes: true, attributeFilter: ["data-phase"] });
  });
})();
