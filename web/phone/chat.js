// The chat as the follower sees it: bubbles, links that can be tapped, and a dot for each delivery.
import { HUES, NAMES } from "./words.js";
import { $, icon, keep, make, send, t, time, ui } from "./dom.js";
import { showEntry } from "./inspector.js";
import { openPage, openPicture } from "./overlay.js";

export const nameOf = (id) => {
  const index = ui.state.followers.findIndex((follower) => follower.openid === id);
  return NAMES[ui.lang][index] ?? id.slice(-4);
};

export function face(id) {
  const index = Math.max(0, ui.state.followers.findIndex((follower) => follower.openid === id));
  const node = make("span", { className: "face", textContent: nameOf(id).slice(0, 1), "aria-hidden": "true" });
  node.style.setProperty("--hue", HUES[index % HUES.length]);
  return node;
}

export function renderChat() {
  const chat = $("chat");
  const atBottom = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const entries = [];
  let before = 0;
  ui.state.chat.forEach((bubble) => {
    if (bubble.at_ms - before > 300000) entries.push([`time${bubble.at_ms}`, () => make("li", { className: "time", textContent: time(bubble.at_ms) })]);
    before = bubble.at_ms;
    const outcomes = ui.state.exchanges.filter((exchange) => bubble.via.via === "follower" && exchange.push === bubble.via.push);
    const key = JSON.stringify([ui.lang, bubble, ui.state.voices[bubble.media_id], outcomes.map((exchange) => exchange.outcome)]);
    entries.push([key, () => line(bubble, outcomes)]);
  });
  const last = chat.lastElementChild?.dataset.key;
  keep(chat, entries);
  if (atBottom || chat.lastElementChild?.dataset.key !== last) toBottom();
}

export function toBottom() {
  $("chat").scrollTop = $("chat").scrollHeight;
}

function line(bubble, exchanges) {
  const mine = bubble.via.via === "follower";
  const dots = exchanges.length ? deliveries(bubble.via.push, exchanges) : null;
  if (bubble.show === "event") return make("li", { className: "event" }, make("span", { textContent: bubble.text }), dots);
  const caption = bubble.via.via === "passive" ? t("passive")(bubble.via.delivery) : bubble.via.via === "customer" ? t("customer") : "";
  const avatar = mine ? face(ui.openid) : make("img", { className: "face", src: "/simulator/icon.svg", alt: "" });
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
    case "image": return [make("div", { className: "bubble bare" }, make("button", { type: "button", className: "thumb", "aria-label": t("picture"), onclick: () => openPicture(media) }, make("img", { src: media, alt: t("picture"), onload: toBottom })))];
    case "voice": return voice(bubble);
    case "video": return [box(make("span", { className: "voice-bar" }, icon("image"), bubble.title ?? t("video")))];
    case "music": return [box(make("span", { className: "voice-bar" }, icon("voice"), bubble.title ?? t("music")))];
    case "news": return bubble.articles.map((article) => box(make("a", { className: "card", ...link(article.url) },
      article.pic_url ? make("img", { src: safe(article.pic_url), alt: "" }) : null, make("strong", { textContent: article.title }), make("small", { textContent: article.description }))));
    case "menu": return [box(...rich(bubble.head), ...bubble.options.map((option) => make("button", { type: "button", className: "tap option", textContent: option.content, onclick: () => tap(option.id, option.content) })), ...rich(bubble.tail))];
    case "location": return [box(make("div", { className: "card place" }, icon("place"), make("strong", { textContent: bubble.label }), make("small", { textContent: `${bubble.latitude}, ${bubble.longitude}` })))];
    case "card": return [box(make(safe(bubble.note) === "#" ? "div" : "a", { className: "card", ...link(bubble.note) }, icon("link"), make("strong", { textContent: bubble.title }), make("small", { textContent: bubble.note })))];
    default: return [box(document.createTextNode(JSON.stringify(bubble)))];
  }
}

/** A bar as long as the voice; a tap shows its words, as WeChat's "convert to text" does. */
function voice(bubble) {
  const { seconds, words } = ui.state.voices[bubble.media_id] ?? {};
  const length = Math.max(1, Math.round(seconds ?? 1));
  const said = make("span", { className: "said", textContent: words ?? bubble.recognition ?? t("silent"), hidden: true });
  const bar = make("button", { type: "button", className: "voice-bar", "aria-expanded": "false", "aria-label": t("play")(length, words ?? bubble.recognition) }, icon("voice"), `${length}″`);
  bar.style.width = `${Math.min(200, 76 + length * 3)}px`;
  bar.onclick = () => {
    said.hidden = !said.hidden;
    bar.setAttribute("aria-expanded", String(!said.hidden));
  };
  return [make("div", { className: "bubble" }, bar), said];
}

/** A link opens in the phone's own browser; with a key held down, or the other mouse button, in a tab. */
function link(url) {
  const href = safe(url);
  return { href, target: "_blank", rel: "noopener noreferrer", onclick: (event) => {
    if (href === "#" || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openPage(href);
  } };
}

const safe = (url) => (/^https?:\/\//i.test(url) ? url : "#");
const tap = (id, text) => send("POST", "/simulator/tap", { openid: ui.openid, id, content: text });

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
      out.push(make("a", { ...link(href), textContent: label }));
    }
  }
  out.push(document.createTextNode(text.slice(rest)));
  return out;
}
