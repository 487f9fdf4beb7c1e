// The phone: shows the simulator's state, and turns taps into messages. It fetches everything anew whenever the server says
// that something changed, and touches only the parts of the page that differ.
import { FORMS, HINTS, HUES, NAMES, WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);
let lang = localStorage.getItem("lang") || (navigator.language.startsWith("zh") ? "zh" : "en");
let openid = new URLSearchParams(location.search).get("openid") || "";
let state = null;
let wanted = false;
let loading = false;

const t = (key) => WORDS[lang][key];
const time = (ms, seconds) => new Date(ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) });

/** An element with properties, attributes (names with a dash) and children. */
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

async function send(method, path, body) {
  const response = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  return response.headers.get("content-type")?.includes("json") ? response.json() : null;
}
const push = (message) => send("POST", "/simulator/push", { openid, message });

/* ---- Loading ---- */

async function load() {
  if (loading) { wanted = true; return; }
  loading = true;
  try {
    const response = await fetch(`/simulator/state?openid=${encodeURIComponent(openid)}`);
    state = await response.json();
    openid = state.openid;
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

/** Replaces the children of `parent` by those that `entries` describe, keeping nodes whose key is unchanged. */
function keep(parent, entries) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = entries.map(([key, build]) => {
    const known = old.get(key);
    if (known) return known;
    const node = build();
    node.dataset.key = key;
    return node;
  });
  if (nodes.length !== parent.children.length || nodes.some((node, index) => node !== parent.children[index])) parent.replaceChildren(...nodes);
}

/* ---- Followers ---- */

const nameOf = (id) => {
  const index = state.followers.findIndex((follower) => follower.openid === id);
  return NAMES[lang][index] ?? id.slice(-4);
};

function face(id) {
  const index = Math.max(0, state.followers.findIndex((follower) => follower.openid === id));
  const node = make("span", { className: "face", textContent: nameOf(id).slice(0, 1), "aria-hidden": "true" });
  node.style.setProperty("--hue", HUES[index % HUES.length]);
  return node;
}

function renderFollowers() {
  const entries = state.followers.map((follower) => [
    `${lang}${follower.openid}${follower.openid === openid}`,
    () => make("button", { type: "button", className: "person", "aria-pressed": String(follower.openid === openid), title: follower.openid,
      onclick: () => { openid = follower.openid; load(); } }, face(follower.openid), make("span", { textContent: nameOf(follower.openid) })),
  ]);
  entries.push([`add${lang}`, () => make("button", { type: "button", className: "person add", textContent: t("add"), onclick: () => ask("follower") })]);
  keep($("followers"), entries);
  const me = state.followers.find((follower) => follower.openid === openid);
  const notes = [me?.typing ? t("typing") : "", me && !me.following ? t("gone") : "", me?.sends_left ? t("left")(me.sends_left) : ""];
  $("note").textContent = notes.filter(Boolean)[0] ?? "";
  $("follow-label").textContent = me?.following ? t("unfollow") : t("follow");
  $("banner").hidden = Boolean(state.webhook_url);
  $("banner").textContent = t("noWebhook");
  $("hints").hidden = state.chat.length > 6;
}

/* ---- Chat ---- */

function renderChat() {
  const chat = $("chat");
  const atBottom = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const entries = [];
  let before = 0;
  state.chat.forEach((bubble) => {
    if (bubble.at_ms - before > 300000) entries.push([`time${bubble.at_ms}`, () => make("li", { className: "time", textContent: time(bubble.at_ms) })]);
    before = bubble.at_ms;
    const outcomes = state.exchanges.filter((exchange) => bubble.via.via === "follower" && exchange.push === bubble.via.push);
    const key = JSON.stringify([lang, bubble, outcomes.map((exchange) => exchange.outcome)]);
    entries.push([key, () => line(bubble, outcomes)]);
  });
  const last = chat.lastElementChild?.dataset.key;
  keep(chat, entries);
  if (atBottom || chat.lastElementChild?.dataset.key !== last) toBottom();
}

function toBottom() {
  $("chat").scrollTop = $("chat").scrollHeight;
}

function line(bubble, exchanges) {
  const mine = bubble.via.via === "follower";
  const dots = exchanges.length ? deliveries(bubble.via.push, exchanges) : null;
  if (bubble.show === "event") return make("li", { className: "event" }, make("span", { textContent: bubble.text }), dots);
  const caption = bubble.via.via === "passive" ? t("passive")(bubble.via.delivery) : bubble.via.via === "customer" ? t("customer") : "";
  const avatar = mine ? face(openid) : make("img", { className: "face", src: "/simulator/icon.svg", alt: "" });
  const stack = make("div", { className: "stack" }, ...content(bubble), dots, caption ? make("span", { className: "caption", textContent: caption }) : null);
  return make("li", { className: mine ? "line mine" : "line" }, avatar, stack);
}

function deliveries(id, exchanges) {
  const words = exchanges.map((exchange) => `${t("delivery")(exchange.delivery)} ${t(exchange.outcome.outcome)}`).join("，");
  const dots = exchanges.map((exchange) => make("i", { className: exchange.outcome.outcome }));
  return make("button", { type: "button", className: "dots", title: words, "aria-label": words, onclick: () => showEntry(id) }, ...dots);
}

function content(bubble) {
  const box = (...children) => make("div", { className: "bubble" }, ...children);
  const media = `/simulator/media/${encodeURIComponent(bubble.media_id ?? "")}`;
  switch (bubble.show) {
    case "text": return [box(...rich(bubble.text))];
    case "image": return [make("div", { className: "bubble bare" }, make("a", { href: media, target: "_blank", rel: "noopener" }, make("img", { src: media, alt: lang === "zh" ? "图片" : "picture", onload: toBottom })))];
    case "voice": return [box(make("span", { className: "voice-bar" }, icon("voice"), "3″")), bubble.recognition ? make("span", { className: "said", textContent: bubble.recognition }) : null].filter(Boolean);
    case "video": return [box(make("span", { className: "voice-bar" }, icon("image"), bubble.title ?? (lang === "zh" ? "视频" : "video")))];
    case "music": return [box(make("span", { className: "voice-bar" }, icon("voice"), bubble.title ?? (lang === "zh" ? "音乐" : "music")))];
    case "news": return bubble.articles.map((article) => box(make("a", { className: "card", href: safe(article.url), target: "_blank", rel: "noopener noreferrer" },
      article.pic_url ? make("img", { src: safe(article.pic_url), alt: "" }) : null, make("strong", { textContent: article.title }), make("small", { textContent: article.description }))));
    case "menu": return [box(...rich(bubble.head), ...bubble.options.map((option) => make("button", { type: "button", className: "tap option", textContent: option.content, onclick: () => tap(option.id, option.content) })), ...rich(bubble.tail))];
    case "location": return [box(make("div", { className: "card place" }, icon("place"), make("strong", { textContent: bubble.label }), make("small", { textContent: `${bubble.latitude}, ${bubble.longitude}` })))];
    case "card": return [box(make("div", { className: "card" }, make("strong", { textContent: bubble.title }), make("small", { textContent: bubble.note })))];
    default: return [box(document.createTextNode(JSON.stringify(bubble)))];
  }
}

const safe = (url) => (/^https?:\/\//i.test(url) ? url : "#");
const tap = (id, text) => send("POST", "/simulator/tap", { openid, id, content: text });

/** Text with WeChat's two kinds of link: an `a` element, and a bare address. */
function rich(text) {
  const out = [];
  let rest = 0;
  for (const match of text.matchAll(/<a\s[^>]*?href=["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。；！？、（）「」]+)/gi)) {
    out.push(document.createTextNode(text.slice(rest, match.index)));
    rest = match.index + match[0].length;
    const href = (match[1] ?? match[3]).replaceAll("&amp;", "&");
    const label = match[2] ?? match[3];
    if (href.startsWith("weixin://bizmsgmenu")) {
      const query = new URLSearchParams(href.split("?")[1] ?? "");
      out.push(make("button", { type: "button", className: "tap", textContent: label, onclick: () => tap(query.get("msgmenuid") ?? "", query.get("msgmenucontent") ?? label) }));
    } else {
      out.push(make("a", { href: safe(href), target: "_blank", rel: "noopener noreferrer", textContent: label }));
    }
  }
  out.push(document.createTextNode(text.slice(rest)));
  return out;
}

/* ---- Inspector ---- */

const MOOD = { replied: "good", acknowledged: "good", open: "wait" };
const pretty = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };

/** XML with one element a line; an element's text stays beside it. */
function indent(xml) {
  let depth = 0;
  const pieces = xml.match(/<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/g) ?? [xml];
  let out = "";
  let before = "open";
  for (const piece of pieces) {
    const kind = piece.startsWith("</") ? "close" : /^<[A-Za-z]/.test(piece) ? "open" : "text";
    if (kind === "text" && !piece.trim()) continue;
    if (kind === "close") depth -= 1;
    if (out && ((kind === "open") || (kind === "close" && before === "close"))) out += `\n${"  ".repeat(Math.max(0, depth))}`;
    if (kind === "open") depth += 1;
    out += piece;
    before = kind;
  }
  return out;
}

function part(title, text) {
  if (!text) return null;
  const copy = make("button", { type: "button", textContent: t("copy"), onclick: async () => { await navigator.clipboard?.writeText(text); copy.textContent = t("copied"); } });
  return make("div", {}, make("h4", {}, make("span", { textContent: title }), copy), make("pre", { textContent: text, tabIndex: 0 }));
}

function fold(cells, parts) {
  return make("details", {}, make("summary", {}, ...cells), make("div", { className: "parts" }, ...parts.filter(Boolean)));
}

function fill(sheet, entries) {
  keep($(sheet), entries.length ? entries : [[`empty${lang}`, () => make("p", { className: "empty", textContent: t("nothing") })]]);
  const tab = $(`tab-${sheet}`);
  tab.querySelector(".count")?.remove();
  if (entries.length) tab.append(make("span", { className: "count", textContent: entries.length }));
}

function renderMessages() {
  const pushes = new Map();
  for (const exchange of state.exchanges) pushes.set(exchange.push, [...(pushes.get(exchange.push) ?? []), exchange]);
  const entries = [...pushes].reverse().map(([id, exchanges]) => [
    JSON.stringify([lang, id, exchanges.map((exchange) => exchange.outcome)]),
    () => make("article", { className: "entry", id: `push-${id}` },
      make("header", {}, make("strong", { textContent: summary(exchanges[0].message) }), make("span", { textContent: time(exchanges[0].at_ms, true) })), ...exchanges.map(delivery)),
  ]);
  fill("messages", entries);
}

function summary(xml) {
  const field = (name) => xml.match(new RegExp(`<${name}><!\\[CDATA\\[([\\s\\S]*?)\\]\\]></${name}>`))?.[1];
  const kind = field("Event") ?? field("MsgType") ?? "xml";
  const what = field("Content") ?? field("Recognition") ?? field("EventKey") ?? field("Label") ?? field("Title") ?? "";
  return what ? `${kind} · ${what}` : kind;
}

function delivery(exchange) {
  const { outcome, reason } = exchange.outcome;
  const bar = make("i", { className: MOOD[outcome] ?? "bad" });
  bar.style.width = `${Math.min(100, (exchange.ms / state.patience_ms) * 100)}%`;
  const badge = make("span", { className: `badge ${MOOD[outcome] ?? "bad"}`, textContent: t(outcome), title: reason ?? "" });
  const cells = [make("span", { textContent: t("delivery")(exchange.delivery) }), make("span", { className: "track", "aria-hidden": "true" }, bar),
    make("span", { className: "ms", textContent: outcome === "open" ? "…" : `${exchange.ms} ms` }), badge];
  return fold(cells, [reason ? part(t(outcome), String(reason)) : null, part(t("message"), indent(exchange.message)), part(t("query"), exchange.query.replaceAll("&", "\n&")),
    exchange.sent === exchange.message ? null : part(t("sent"), indent(exchange.sent)), part(`${t("reply")} · HTTP ${exchange.status ?? "—"}`, exchange.reply ? indent(exchange.reply) : ""),
    exchange.reply_message && exchange.reply_message !== exchange.reply ? part(t("replyMessage"), indent(exchange.reply_message)) : null]);
}

function showEntry(id) {
  select("messages");
  show(true);
  const entry = $(`push-${id}`);
  if (!entry) return;
  document.querySelectorAll(".entry.lit").forEach((other) => other.classList.remove("lit"));
  entry.classList.add("lit");
  entry.querySelector("details").open = true;
  entry.scrollIntoView({ block: "start" });
}

function renderCalls() {
  fill("calls", [...state.calls].reverse().map((call) => [lang + call.rid, () => make("article", { className: "entry" }, fold([
    make("span", { className: "badge", textContent: call.method }), make("span", { className: "what", textContent: call.path, title: call.path }),
    make("span", { className: "ms", textContent: time(call.at_ms, true) }),
    make("span", { className: `badge ${call.errcode === 0 && call.status === 200 ? "good" : "bad"}`, textContent: call.errcode || (call.status === 200 ? "ok" : call.status || "—") }),
  ], [part(t("query"), call.query), part(t("body"), pretty(call.body)), part(t("answer"), pretty(call.answer)), part("rid", call.rid)]))]));
}

function renderModel() {
  fill("model", [...state.asked].reverse().map(({ number, request }) => [`${lang}${number}`, () => {
    const last = request.messages?.at(-1)?.content ?? request.prompt ?? "";
    return make("article", { className: "entry" }, fold([make("span", { className: "badge", textContent: request.model ?? "" }),
      make("span", { className: "what", textContent: typeof last === "string" ? last : JSON.stringify(last) }), make("span", { className: "ms", textContent: request.messages ? `× ${request.messages.length}` : "" }), make("span")],
    [part(t("request"), JSON.stringify(request, null, 2))]));
  }]));
}

/* ---- Switches ---- */

function renderSwitches() {
  const form = $("switches");
  if (form.contains(document.activeElement) && document.activeElement.matches("input[type=number], input[type=url]")) return;
  const { account, push_faults: faults, ...rest } = state.switches;
  const field = form.elements;
  field.kind.value = account.kind;
  field.verified.checked = account.verified;
  field.verified.disabled = account.kind === "personal";
  field.sandbox.checked = account.sandbox;
  field.mode.value = rest.mode;
  field.model_delay_secs.value = rest.model_delay_secs;
  $("delay").textContent = `${rest.model_delay_secs} ${t("sec")}`;
  field.upstream_fault.value = rest.upstream_fault ?? "";
  field.address_refused.checked = rest.address_refused;
  field.duplicate.checked = faults.duplicate;
  field.reorder.checked = faults.reorder;
  field.repeat_after_secs.value = faults.repeat_after_secs ?? "";
  $("webhook").value = state.webhook_url ?? "";
  $("planned").replaceChildren(...rest.api_faults.map((fault, index) => make("li", {},
    make("span", { textContent: `${fault.times} × ${fault.path} → ${fault.errcode ?? fault.status ?? fault.wrong}` }),
    make("button", { type: "button", textContent: t("remove"), onclick: () => setFaults(rest.api_faults.filter((_, other) => other !== index)) }))));
}

const setSwitches = (changes) => send("PUT", "/simulator/switches", { ...state.switches, ...changes });
const setFaults = (api_faults) => setSwitches({ api_faults });

function readSwitches() {
  const field = $("switches").elements;
  const repeat = field.repeat_after_secs.value;
  setSwitches({
    account: { kind: field.kind.value, verified: field.verified.checked, sandbox: field.sandbox.checked },
    mode: field.mode.value,
    model_delay_secs: Number(field.model_delay_secs.value),
    upstream_fault: field.upstream_fault.value || null,
    address_refused: field.address_refused.checked,
    push_faults: { duplicate: field.duplicate.checked, reorder: field.reorder.checked, repeat_after_secs: repeat === "" ? null : Number(repeat) },
  });
}

function planFault() {
  const chosen = $("fault-wrong").value;
  const errcode = Number(chosen);
  const wrong = chosen === "status" ? { wrong: "status", status: 500 }
    : Number.isNaN(errcode) ? { wrong: chosen } : { wrong: "errcode", errcode, errmsg: $("fault-wrong").selectedOptions[0].textContent.replace(/^-?\d+ /, "") };
  setFaults([...state.switches.api_faults, { path: $("fault-path").value, times: Number($("fault-times").value) || 1, ...wrong }]);
}

async function saveWebhook() {
  await send("PUT", "/simulator/webhook", { url: $("webhook").value.trim() });
  const { passed, reason } = await send("POST", "/simulator/webhook/verify");
  $("verdict").textContent = passed ? `✓ ${t("passed")}` : `✗ ${reason}`;
}

/* ---- Acting ---- */

function ask(kind) {
  const form = FORMS[kind];
  $("dialog-title").textContent = form[lang];
  $("dialog-fields").replaceChildren(...form.fields.map(([name, zh, en, value, long]) =>
    make("label", { textContent: lang === "zh" ? zh : en }, make(long ? "textarea" : "input", { name, value, ...(long && { rows: 8 }) }))));
  $("dialog").returnValue = "";
  $("dialog-form").onsubmit = () => act(kind, Object.fromEntries(new FormData($("dialog-form"))));
  $("dialog").showModal();
}

async function act(kind, values) {
  const sample = kind === "voice" ? await upload(new Blob(["#!AMR\n"])) : null;
  switch (kind) {
    case "voice": return push({ kind, media_id: sample, recognition: values.recognition || null });
    case "location": return push({ kind, label: values.label, latitude: Number(values.latitude), longitude: Number(values.longitude) });
    case "follower": openid = values.openid || `oSimulatedFollower${String(state.followers.length + 1).padStart(10, "0")}`; await send("POST", "/simulator/follower", { openid }); return load();
    default: return push({ kind, ...values });
  }
}

async function upload(blob) {
  const response = await fetch("/simulator/media", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: blob });
  return (await response.json()).media_id;
}

async function sendPicture(blob) {
  const media_id = await upload(blob);
  if (media_id) push({ kind: "image", media_id });
}

/** A small picture with the time on it, so that two of them differ. */
function drawSample() {
  const canvas = make("canvas", { width: 360, height: 270 });
  const draw = canvas.getContext("2d");
  const sky = draw.createLinearGradient(0, 0, 0, 270);
  sky.addColorStop(0, "#8fd3f4"); sky.addColorStop(1, "#fff3d6");
  draw.fillStyle = sky; draw.fillRect(0, 0, 360, 270);
  draw.fillStyle = "#ffb347"; draw.beginPath(); draw.arc(275, 75, 32, 0, 7); draw.fill();
  draw.fillStyle = "#4c8c5a"; draw.beginPath(); draw.moveTo(0, 270); draw.lineTo(110, 110); draw.lineTo(215, 270); draw.fill();
  draw.fillStyle = "#2f6b46"; draw.beginPath(); draw.moveTo(120, 270); draw.lineTo(250, 140); draw.lineTo(360, 270); draw.fill();
  draw.fillStyle = "#fff"; draw.font = "600 20px sans-serif"; draw.fillText(time(Date.now(), true), 16, 254);
  canvas.toBlob(sendPicture, "image/png");
}

function onTile(kind) {
  const me = state.followers.find((follower) => follower.openid === openid);
  if (kind === "picture") $("file").click();
  else if (kind === "sample") drawSample();
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

function select(sheet) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === `tab-${sheet}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
}

function show(open) {
  $("inspector").classList.toggle("shown", open);
  $("inspect").setAttribute("aria-expanded", String(open));
}

function speak() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-en]")) {
    node.dataset.zh ??= node.textContent;
    node.textContent = node.dataset[lang];
  }
  for (const node of document.querySelectorAll("[data-en-label]")) {
    node.dataset.zhLabel ??= node.getAttribute("aria-label");
    node.setAttribute("aria-label", lang === "zh" ? node.dataset.zhLabel : node.dataset.enLabel);
  }
  $("language").textContent = lang === "zh" ? "EN" : "中文";
  $("hints").replaceChildren(...HINTS[lang].map((text) => make("button", { type: "button", textContent: text, onclick: () => push({ kind: "text", content: text, bizmsgmenuid: null }) })));
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
document.onkeydown = (event) => { if (event.key === "Escape") show(false); };
$("panel").onclick = (event) => { const tile = event.target.closest("[data-act]"); if (tile) onTile(tile.dataset.act); };
$("file").onchange = () => { const [file] = $("file").files; if (file) sendPicture(file); $("file").value = ""; };
$("dialog-cancel").onclick = () => $("dialog").close();
$("language").onclick = () => { lang = lang === "zh" ? "en" : "zh"; localStorage.setItem("lang", lang); speak(); if (state) render(); };
$("inspect").onclick = () => show(!$("inspector").classList.contains("shown"));
$("switches").onchange = (event) => { if (event.target.name) readSwitches(); };
$("switches").onsubmit = (event) => event.preventDefault();
$("switches").elements.model_delay_secs.oninput = (event) => { $("delay").textContent = `${event.target.value} ${t("sec")}`; };
$("save-webhook").onclick = saveWebhook;
$("add-fault").onclick = planFault;
$("revoke").onclick = () => send("POST", "/simulator/tokens/revoke");
document.querySelectorAll("[data-advance]").forEach((button) => { button.onclick = () => send("POST", "/simulator/advance", { secs: Number(button.dataset.advance) }); });
document.querySelectorAll("[role=tab]").forEach((tab, index, tabs) => {
  tab.onclick = () => select(tab.getAttribute("aria-controls"));
  tab.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { const next = tabs[(index + step + tabs.length) % tabs.length]; next.focus(); next.click(); }
  };
});
speak();
grow();
load().then(listen);
