// Sends the chosen files, one after the other, and says what became of each.
(function () {
  "use strict";

  const page = document.getElementById("upload");
  const zone = document.getElementById("zone");
  const chooser = document.getElementById("choose");
  const list = document.getElementById("list");
  const notice = document.getElementById("notice");
  const words = page.dataset;
  const address = location.pathname.replace(/\/+$/, "") + "/files";

  // Milliseconds between two looks at files that are being read.
  const POLL = 1500;
  // Milliseconds without a byte after which a connection counts as lost.
  const SILENCE = 40000;

  const line = [];
  const rows = new Map();
  let isSending = false;
  let poll = 0;

  function make(tag, name) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    return element;
  }

  function newRow(name, bytes) {
    const row = make("li");
    const head = make("div", "name");
    head.appendChild(make("span")).textContent = name;
    if (bytes !== undefined) head.appendChild(make("span", "size")).textContent = size(bytes);
    row.append(head, make("p", "sentence"));
    list.appendChild(row);
    document.getElementById("files").hidden = false;
    return row;
  }

  function size(bytes) {
    if (bytes < 1024 * 1024) return Math.ceil(bytes / 1024) + " KB";
    return (bytes / 1024 / 1024).toFixed(1) + " MB";
  }

  // Touches nothing that stays, so that a screen reader says only what is new.
  function tell(row, state, sentence) {
    row.dataset.state = state;
    const place = row.querySelector(".sentence");
    if (!place.firstChild || place.firstChild.nodeValue !== sentence) place.textContent = sentence;
    if (state !== "sending") row.querySelectorAll("progress").forEach((bar) => bar.remove());
  }

  function fail(row, sentence, file) {
    tell(row, "failed", sentence);
    if (!file) return;
    const button = make("button");
    button.type = "button";
    button.textContent = words.again;
    button.addEventListener("click", function () {
      row.remove();
      add([file]);
    });
    row.querySelector(".sentence").appendChild(button);
  }

  function add(files) {
    for (const file of files) {
      const row = newRow(file.name, file.size);
      if (file.size > Number(words.maxBytes)) fail(row, words.tooBig);
      else if (file.size === 0) fail(row, words.empty);
      else {
        tell(row, "sending", words.waiting);
        line.push({ file, row });
      }
    }
    sendNext();
  }

  function sendNext() {
    if (isSending || line.length === 0) return;
    isSending = true;
    const next = line.shift();
    send(next.file, next.row, function () {
      isSending = false;
      sendNext();
    });
  }

  function send(file, row, done) {
    const bar = make("progress");
    bar.max = 1;
    bar.value = 0;
    row.appendChild(bar);
    tell(row, "sending", words.sending);
    const request = new XMLHttpRequest();
    let silence = 0;
    const wait = function () {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => request.abort(), SILENCE);
    };
    const lost = () => fail(row, words.lost, file);
    request.open("POST", address + "?name=" + encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = function (event) {
      wait();
      bar.value = event.lengthComputable ? event.loaded / event.total : 0;
    };
    request.onerror = lost;
    request.onabort = lost;
    request.onload = function () {
      const answer = read(request.responseText);
      if (request.status === 201 && answer) {
        // A look at the list may have shown it before this answer came.
        if (rows.has(answer.id)) rows.get(answer.id).remove();
        rows.set(answer.id, row);
        tell(row, "waiting", words.sending);
        look();
      } else if (request.status === 413) fail(row, words.tooBig);
      else if (answer) fail(row, answer.error, request.status === 503 || request.status === 429 ? file : undefined);
      else lost();
    };
    request.onloadend = function () {
      window.clearTimeout(silence);
      done();
    };
    wait();
    request.send(file);
  }

  function read(text) {
    try { return JSON.parse(text); } catch (error) { return null; }
  }

  // Asks what became of the files, and again while one of them is being read.
  function look() {
    window.clearTimeout(poll);
    fetch(address, { cache: "no-store" }).then((answer) => answer.json().then((body) => show(answer.status, body)))
      .catch(() => { poll = window.setTimeout(look, POLL * 2); });
  }

  function show(status, body) {
    if (status !== 200) {
      notice.textContent = body.error;
      notice.hidden = false;
      zone.hidden = status === 404 || status === 410;
      return;
    }
    for (const file of body.files) {
      if (!rows.has(file.id)) rows.set(file.id, newRow(file.name));
      tell(rows.get(file.id), file.state, file.sentence);
    }
    const isBeingRead = body.files.some((file) => file.state === "waiting");
    if (isBeingRead) poll = window.setTimeout(look, POLL);
    offerTheWayBack(body.files.some((file) => file.state === "ready"));
  }

  // WeChat's browser closes itself; elsewhere there is no chat to go back to.
  function offerTheWayBack(isSomethingRead) {
    const back = document.getElementById("back");
    back.hidden = !isSomethingRead || !window.WeixinJSBridge;
  }

  document.getElementById("back").addEventListener("click", () => window.WeixinJSBridge.call("closeWindow"));

  chooser.addEventListener("change", function () {
    add(Array.from(chooser.files));
    chooser.value = "";
  });

  ["dragenter", "dragover"].forEach((name) => page.addEventListener(name, function (event) {
    event.preventDefault();
    zone.classList.add("over");
  }));
  ["dragleave", "drop"].forEach((name) => page.addEventListener(name, function (event) {
    event.preventDefault();
    zone.classList.remove("over");
  }));
  page.addEventListener("drop", (event) => add(Array.from(event.dataTransfer.files)));

  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0");
  }

  zone.hidden = false;
  look();
})();
