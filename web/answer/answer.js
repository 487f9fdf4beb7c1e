// Follows an answer while it is written, copies it, and shows times as the reader's clock has them.
// The page is complete without this file; nothing here is needed to read it.
(function () {
  "use strict";

  const letter = document.getElementById("letter");
  const answer = document.getElementById("answer");
  const toTheEnd = document.getElementById("to-the-end");
  const element = (id) => document.getElementById(id);

  // Pixels from the end of the page within which a reader counts as following.
  const NEAR_END = 80;
  // Part of the screen by which the page may grow and still be followed: nobody wants to begin at the end.
  const FOLLOWED_GROWTH = 0.8;
  // Milliseconds without a connection before the reader is told.
  const PATIENCE = 4000;
  // Connections refused in a row before the page is loaded again: it may have expired.
  const MOST_REFUSALS = 4;

  // The HTML as the server sent it, and the source of each node on the page, before buttons are added to them.
  let html = "";
  let sources = Array.from(answer.childNodes, source);
  let reasoning = "";

  function source(node) {
    return node.nodeType === Node.ELEMENT_NODE ? node.outerHTML : node.textContent;
  }

  function isFinal() {
    return letter.dataset.phase === "finished" || letter.dataset.phase === "failed";
  }

  function isAtEnd() {
    const page = document.documentElement;
    return page.scrollHeight - window.scrollY - window.innerHeight < NEAR_END;
  }

  function goToEnd() {
    window.scrollTo(0, document.documentElement.scrollHeight);
  }

  // Replaces only what changed: what the reader has selected or scrolled above stays.
  function showAnswer() {
    const template = document.createElement("template");
    template.innerHTML = html;
    const nodes = Array.from(template.content.childNodes);
    const next = nodes.map(source);
    let same = 0;
    while (same < next.length && next[same] === sources[same]) same += 1;
    const scrolled = answer.childNodes[same] && answer.childNodes[same].querySelector
      ? answer.childNodes[same].querySelector("pre") : null;
    const left = scrolled ? scrolled.scrollLeft : 0;
    while (answer.childNodes.length > same) answer.lastChild.remove();
    for (const node of nodes.slice(same)) {
      answer.appendChild(node);
      addCopyButtons(node);
    }
    const replaced = answer.childNodes[same];
    const pre = left && replaced && replaced.querySelector ? replaced.querySelector("pre") : null;
    if (pre) pre.scrollLeft = left;
    sources = next;
  }

  function changed(text, change) {
    return text.slice(0, change.keep) + change.add;
  }

  function show(event) {
    const wasAtEnd = isAtEnd();
    const height = document.documentElement.scrollHeight;
    const nextHtml = changed(html, event.answer);
    if (nextHtml !== html || !nextHtml) {
      html = nextHtml;
      showAnswer();
    }
    const nextReasoning = changed(reasoning, event.reasoning);
    if (nextReasoning !== reasoning) {
      reasoning = nextReasoning;
      element("reasoning-text").textContent = reasoning;
      element("reasoning").hidden = !reasoning;
    }
    letter.dataset.phase = event.phase;
    if (event.thought !== undefined) element("thought").textContent = event.thought;
    if (event.state !== undefined) element("state").innerHTML = event.state;
    if (event.foot !== undefined) {
      element("foot").innerHTML = event.foot;
      showLocalTimes();
    }
    element("copy-all").hidden = !isFinal() || !html;
    const growth = document.documentElement.scrollHeight - height;
    if (wasAtEnd && growth > 0 && growth < FOLLOWED_GROWTH * window.innerHeight) goToEnd();
    offerTheEnd();
  }

  function offerTheEnd() {
    toTheEnd.hidden = isFinal() || isAtEnd();
  }

  function follow() {
    let refusals = 0;
    let lost = 0;
    const source = new EventSource(location.pathname.replace(/\/+$/, "") + "/events");

    source.onmessage = function (message) {
      refusals = 0;
      window.clearTimeout(lost);
      lost = 0;
      const event = JSON.parse(message.data);
      show(event);
      if (isFinal()) source.close();
    };

    source.onerror = function () {
      if (!lost) lost = window.setTimeout(() => { element("state").textContent = letter.dataset.reconnecting; }, PATIENCE);
      if (source.readyState !== EventSource.CLOSED || isFinal()) return;
      // The browser gives up when the answer is no stream (a proxy's error page, an expired link).
      window.setTimeout(() => location.reload(), PATIENCE * MOST_REFUSALS);
    };
  }

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
    return copyBySelection(text);
  }

  // For a page without https, and for WebViews that refuse the clipboard.
  function copyBySelection(text) {
    const area = document.createElement("textarea");
    area.className = "off-screen";
    area.value = text;
    document.body.appendChild(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("the browser does not copy"));
  }

  function copyOnClick(button, text) {
    const label = button.textContent;
    button.addEventListener("click", function () {
      copy(text()).then(() => letter.dataset.copied, () => letter.dataset.notCopied).then(function (outcome) {
        button.textContent = outcome;
        window.setTimeout(() => { button.textContent = label; }, 1600);
      });
    });
  }

  function addCopyButtons(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const figures = node.matches("figure.code") ? [node] : node.querySelectorAll("figure.code");
    for (const figure of figures) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = letter.dataset.copy;
      copyOnClick(button, () => figure.querySelector("code").textContent);
      figure.querySelector("figcaption").appendChild(button);
    }
  }

  // The whole answer as text, with the note that a machine wrote it, which copies must keep.
  function wholeAnswer() {
    answer.classList.add("copying");
    const text = answer.innerText.trim();
    answer.classList.remove("copying");
    return text + "\n\n" + element("copy-all").dataset.note;
  }

  function showLocalTimes() {
    const pad = (number) => String(number).padStart(2, "0");
    for (const time of document.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      const day = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join("-");
      time.textContent = day + " " + pad(at.getHours()) + ":" + pad(at.getMinutes());
    }
  }

  answer.childNodes.forEach(addCopyButtons);
  copyOnClick(element("copy-all"), wholeAnswer);
  showLocalTimes();
  element("copy-all").hidden = !isFinal() || !sources.length;
  if (!isFinal() && "EventSource" in window) {
    toTheEnd.addEventListener("click", goToEnd);
    window.addEventListener("scroll", offerTheEnd, { passive: true });
    follow();
  }
})();
