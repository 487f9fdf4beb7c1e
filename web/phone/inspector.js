// The inspector: every delivery with its bytes, the API's calls, the model's prompts, and the switches.
import { $, keep, make, send, t, time, ui } from "./dom.js";
import { RIGHTS } from "./words.js";

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
  keep($(sheet), entries.length ? entries : [[`empty${ui.lang}`, () => make("p", { className: "empty", textContent: t("nothing") })]]);
  const tab = $(`tab-${sheet}`);
  tab.querySelector(".count")?.remove();
  if (entries.length) tab.append(make("span", { className: "count", textContent: entries.length }));
}

export function renderMessages() {
  const pushes = new Map();
  for (const exchange of ui.state.exchanges) pushes.set(exchange.push, [...(pushes.get(exchange.push) ?? []), exchange]);
  const entries = [...pushes].reverse().map(([id, exchanges]) => [
    JSON.stringify([ui.lang, id, exchanges.map((exchange) => exchange.outcome)]),
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
  bar.style.width = `${Math.min(100, (exchange.ms / ui.state.patience_ms) * 100)}%`;
  const badge = make("span", { className: `badge ${MOOD[outcome] ?? "bad"}`, textContent: t(outcome), title: reason ?? "" });
  const cells = [make("span", { textContent: t("delivery")(exchange.delivery) }), make("span", { className: "track", "aria-hidden": "true" }, bar),
    make("span", { className: "ms", textContent: outcome === "open" ? "…" : `${exchange.ms} ms` }), badge];
  return fold(cells, [reason ? part(t(outcome), String(reason)) : null, part(t("message"), indent(exchange.message)), part(t("query"), exchange.query.replaceAll("&", "\n&")),
    exchange.sent === exchange.message ? null : part(t("sent"), indent(exchange.sent)), part(`${t("reply")} · HTTP ${exchange.status ?? "—"}`, exchange.reply ? indent(exchange.reply) : ""),
    exchange.reply_message && exchange.reply_message !== exchange.reply ? part(t("replyMessage"), indent(exchange.reply_message)) : null]);
}

export function showEntry(id) {
  select("messages");
  show(true);
  const entry = $(`push-${id}`);
  if (!entry) return;
  document.querySelectorAll(".entry.lit").forEach((other) => other.classList.remove("lit"));
  entry.classList.add("lit");
  entry.querySelector("details").open = true;
  entry.scrollIntoView({ block: "start" });
}

export function renderCalls() {
  fill("calls", [...ui.state.calls].reverse().map((call) => [ui.lang + call.rid, () => make("article", { className: "entry" }, fold([
    make("span", { className: "badge", textContent: call.method }), make("span", { className: "what", textContent: call.path, title: call.path }),
    make("span", { className: "ms", textContent: time(call.at_ms, true) }),
    make("span", { className: `badge ${call.errcode === 0 && call.status === 200 ? "good" : "bad"}`, textContent: call.errcode || (call.status === 200 ? "ok" : call.status || "—") }),
  ], [part(t("query"), call.query), part(t("body"), pretty(call.body)), part(t("answer"), pretty(call.answer)), part("rid", call.rid)]))]));
}

/** What the model was asked, on one line: the last message, a prompt, a text to speak or judge, a recording. */
function asked(request) {
  const content = request.messages?.at(-1)?.content ?? request.prompt ?? request.input ?? request.file?.name ?? "";
  if (!Array.isArray(content)) return String(content);
  return content.map((part) => part.text ?? (part.image_url ? `[${t("picture")}]` : String(part))).join(" ");
}

export function renderModel() {
  fill("model", [...ui.state.asked].reverse().map(({ number, request }) => [`${ui.lang}${number}`, () => {
    const last = asked(request);
    return make("article", { className: "entry" }, fold([make("span", { className: "badge", textContent: request.model ?? "" }),
      make("span", { className: "what", textContent: last, title: last }), make("span", { className: "ms", textContent: request.messages ? `× ${request.messages.length}` : "" }), make("span")],
    [part(t("request"), JSON.stringify(request, null, 2))]));
  }]));
}

/* ---- Switches ---- */

export function renderSwitches() {
  const form = $("switches");
  if (form.contains(document.activeElement) && document.activeElement.matches("input[type=number], input[type=url]")) return;
  const { account, push_faults: faults, ...rest } = ui.state.switches;
  const field = form.elements;
  field.kind.value = account.kind;
  field.verified.checked = account.verified;
  field.verified.disabled = account.kind === "personal";
  field.sandbox.checked = account.sandbox;
  showRights(account);
  field.mode.value = rest.mode;
  field.model_delay_secs.value = rest.model_delay_secs;
  $("delay").textContent = `${rest.model_delay_secs} ${t("sec")}`;
  field.upstream_fault.value = rest.upstream_fault ?? "";
  field.address_refused.checked = rest.address_refused;
  field.duplicate.checked = faults.duplicate;
  field.reorder.checked = faults.reorder;
  field.repeat_after_secs.value = faults.repeat_after_secs ?? "";
  $("webhook").value = ui.state.webhook_url ?? "";
  $("planned").replaceChildren(...rest.api_faults.map((fault, index) => make("li", {},
    make("span", { textContent: `${fault.times} × ${fault.path} → ${fault.errcode ?? fault.status ?? fault.wrong}` }),
    make("button", { type: "button", textContent: t("remove"), onclick: () => setFaults(rest.api_faults.filter((_, other) => other !== index)) }))));
}

/** What the chosen account may and may not. */
function showRights(account) {
  const verified = account.kind !== "personal" && account.verified;
  $("rights").replaceChildren(...RIGHTS.map(([zh, en, needsMore]) => {
    const may = !needsMore || verified || account.sandbox;
    const sign = make("b", { textContent: may ? "✓" : "✕", role: "img", "aria-label": t(may ? "may" : "mayNot") });
    return make("li", { className: may ? "may" : "" }, sign, make("span", { textContent: ui.lang === "zh" ? zh : en }));
  }));
  $("remark").textContent = account.kind === "personal" && !account.sandbox ? t("personal") : "";
}

const setSwitches = (changes) => send("PUT", "/simulator/switches", { ...ui.state.switches, ...changes });
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
  setFaults([...ui.state.switches.api_faults, { path: $("fault-path").value, times: Number($("fault-times").value) || 1, ...wrong }]);
}

async function saveWebhook() {
  await send("PUT", "/simulator/webhook", { url: $("webhook").value.trim() });
  const { passed, reason } = await send("POST", "/simulator/webhook/verify");
  $("verdict").textContent = passed ? `✓ ${t("passed")}` : `✗ ${reason}`;
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

/* ---- Wiring ---- */

document.onkeydown = (event) => { if (event.key === "Escape") show(false); };
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
