// The phone: fetches the simulator's state whenever the server says that something changed, and turns taps into messages.
import { face, nameOf, renderChat, toBottom } from "./chat.js";
import { $, keep, make, push, send, t, ui } from "./dom.js";
import { renderCalls, renderMessages, renderModel, renderSwitches } from "./inspector.js";
import { SAMPLES } from "./samples.js";
import { FORMS, HINTS, MENU } from "./words.js";

let wanted = false;
let loading = false;

/* ---- Loading ---- */

async function load() {
  if (loading) { wanted = true; return; }
  loading = true;
  try {
    const response = await fetch(`/simulator/state?openid=${encodeURIComponent(ui.openid)}`);
    ui.state = await response.json();
    ui.openid = ui.state.openid;
    render();
  } finally {
    loading = false;
    if (wanted) { wanted = false; load(); }
  }
}

function render() {
  renderFollowers();
  renderChat();
  renderMessages();
  renderCalls();
  renderModel();
  renderSwitches();
}

/* ---- Followers ---- */

function renderFollowers() {
  const entries = ui.state.followers.map((follower) => [
    `${ui.lang}${follower.openid}${follower.openid === ui.openid}`,
    () => make("button", { type: "button", className: "person", "aria-pressed": String(follower.openid === ui.openid), title: follower.openid,
      onclick: () => { ui.openid = follower.openid; load(); } }, face(follower.openid), make("span", { textContent: nameOf(follower.openid) })),
  ]);
  entries.push([`add${ui.lang}`, () => make("button", { type: "button", className: "person add", "aria-label": t("add"), onclick: () => ask("follower") }, "+ ", make("span", { textContent: t("add") }))]);
  keep($("followers"), entries);
  const me = ui.state.followers.find((follower) => follower.openid === ui.openid);
  const notes = [me?.typing ? t("typing") : "", me && !me.following ? t("gone") : "", me?.sends_left ? t("left")(me.sends_left) : ""];
  $("note").textContent = notes.filter(Boolean)[0] ?? "";
  $("follow-label").textContent = me?.following ? t("unfollow") : t("follow");
  $("banner").hidden = Boolean(ui.state.webhook_url);
  $("banner").textContent = t("noWebhook");
  $("hints").hidden = ui.state.chat.length > 6;
}

/* ---- Acting ---- */

function ask(kind) {
  const form = FORMS[kind];
  $("dialog-title").textContent = form[ui.lang];
  $("dialog-fields").replaceChildren(...form.fields.map(([name, zh, en, value, long]) =>
    make("label", { textContent: ui.lang === "zh" ? zh : en }, field(name, value, long))));
  $("dialog-send").hidden = false;
  $("dialog").returnValue = "";
  $("dialog-form").onsubmit = () => act(kind, Object.fromEntries(new FormData($("dialog-form"))));
  $("dialog").showModal();
}

/** An input; a long one; or, for a list of choices, a selection. */
function field(name, value, kind) {
  if (!Array.isArray(kind)) return make(kind ? "textarea" : "input", { name, value, ...(kind && { rows: 4 }) });
  const options = kind.map(([choice, zh, en]) => make("option", { value: choice, textContent: ui.lang === "zh" ? zh : en }));
  return make("select", { name }, ...options);
}

async function act(kind, values) {
  switch (kind) {
    case "voice": return send("POST", "/simulator/voice", { openid: ui.openid, ...values });
    case "location": return push({ kind, label: values.label, latitude: Number(values.latitude), longitude: Number(values.longitude) });
    case "follower": ui.openid = values.openid || `oSimulatedFollower${String(ui.state.followers.length + 1).padStart(10, "0")}`; await send("POST", "/simulator/follower", { openid: ui.openid }); return load();
    default: return push({ kind, ...values });
  }
}

async function upload(blob) {
  const response = await fetch("/simulator/media", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: blob });
  return (await response.json()).media_id;
}

async function sendPicture(blob) {
  const media_id = await upload(blob);
  if (media_id) await push({ kind: "image", media_id });
}

/** The built-in pictures; a tap sends one. */
function offerSamples() {
  $("dialog-title").textContent = t("samples");
  $("dialog-fields").replaceChildren(make("div", { className: "samples" }, ...SAMPLES.map(([zh, en, draw]) => {
    const canvas = make("canvas", { width: 360, height: 270 });
    draw(canvas.getContext("2d"));
    return make("button", { type: "button", onclick: () => { $("dialog").close(); canvas.toBlob(sendPicture, "image/png"); } }, canvas, make("span", { textContent: ui.lang === "zh" ? zh : en }));
  })));
  $("dialog-send").hidden = true;
  $("dialog").showModal();
}

function onTile(kind) {
  const me = ui.state.followers.find((follower) => follower.openid === ui.openid);
  if (kind === "picture") $("file").click();
  else if (kind === "sample") offerSamples();
  else if (kind === "follow") push(me?.following ? { kind: "unsubscribe" } : { kind: "subscribe", scene: null });
  else ask(kind);
}

function say() {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  push({ kind: "text", content: text, bizmsgmenuid: null });
}

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  $("send").hidden = !text.value.trim();
  $("more").hidden = Boolean(text.value.trim());
}

function speak() {
  document.documentElement.lang = ui.lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-en]")) {
    node.dataset.zh ??= node.textContent;
    node.textContent = node.dataset[ui.lang];
  }
  for (const node of document.querySelectorAll("[data-en-label]")) {
    node.dataset.zhLabel ??= node.getAttribute("aria-label");
    node.setAttribute("aria-label", ui.lang === "zh" ? node.dataset.zhLabel : node.dataset.enLabel);
  }
  $("language").textContent = ui.lang === "zh" ? "EN" : "中文";
  $("menu").replaceChildren(...MENU.map(([key, zh, en]) => make("button", { type: "button", textContent: ui.lang === "zh" ? zh : en, onclick: () => push({ kind: "click", key }) })));
  $("hints").replaceChildren(...HINTS[ui.lang].map((text) => make("button", { type: "button", textContent: text, onclick: () => push({ kind: "text", content: text, bizmsgmenuid: null }) })));
}

function listen() {
  const events = new EventSource("/simulator/events");
  events.onmessage = load;
  events.onerror = () => { $("banner").hidden = false; $("banner").textContent = t("lost"); };
}

/* ---- Wiring ---- */

$("composer").onsubmit = (event) => { event.preventDefault(); say(); };
$("text").oninput = grow;
$("text").onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); } };
$("voice").onclick = () => ask("voice");
$("more").onclick = () => {
  const open = $("panel").hidden;
  $("panel").hidden = !open;
  $("more").setAttribute("aria-expanded", String(open));
  toBottom();
};
$("panel").onclick = (event) => { const tile = event.target.closest("[data-act]"); if (tile) onTile(tile.dataset.act); };
$("file").onchange = async () => { for (const file of [...$("file").files]) await sendPicture(file); $("file").value = ""; };
$("dialog-cancel").onclick = () => $("dialog").close();
$("language").onclick = () => { ui.lang = ui.lang === "zh" ? "en" : "zh"; localStorage.setItem("lang", ui.lang); speak(); if (ui.state) render(); };
speak();
grow();
load().then(listen);
