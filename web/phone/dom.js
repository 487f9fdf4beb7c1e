// What both halves of the page build with: elements, icons, and the one state they show.
import { WORDS } from "./words.js";

/** Whose phone is shown, in which language, and the simulator's state as last fetched. */
export const ui = {
  lang: localStorage.getItem("lang") || (navigator.language.startsWith("zh") ? "zh" : "en"),
  openid: new URLSearchParams(location.search).get("openid") || "",
  state: null,
};

export const $ = (id) => document.getElementById(id);
export const t = (key) => WORDS[ui.lang][key];
export const time = (ms, seconds) => new Date(ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) });

/** An element with properties, attributes (names with a dash) and children. */
export function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export async function send(method, path, body) {
  const response = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  return response.headers.get("content-type")?.includes("json") ? response.json() : null;
}
export const push = (message) => send("POST", "/simulator/push", { openid: ui.openid, message });

/** Replaces the children of `parent` by those that `entries` describe, keeping nodes whose key is unchanged. */
export function keep(parent, entries) {
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
