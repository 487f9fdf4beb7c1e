// What covers the phone: a page as WeChat's browser shows it, and a picture in full size.
import { $, make, send } from "./dom.js";

/** What the page may do in its frame: everything a page of its own may, but lead the phone itself away. */
const ALLOWED = "allow-scripts allow-forms allow-same-origin allow-modals allow-popups allow-downloads";

let opener = null;

/** Shows a page. The simulator passes it on from a port of its own, since a page that matters lets nobody frame it. */
export async function openPage(url) {
  const { port, path, error } = await send("POST", "/simulator/browse", { url });
  if (error) return;
  const frame = make("iframe", { title: url, src: `${location.protocol}//${location.hostname}:${port}${path}` });
  frame.setAttribute("sandbox", ALLOWED);
  $("overlay-tab").hidden = false;
  $("overlay-tab").href = url;
  $("overlay-title").textContent = new URL(url).host;
  show(frame, "page");
}

/** Shows a picture as large as the phone. */
export function openPicture(src) {
  $("overlay-tab").hidden = true;
  $("overlay-title").textContent = "";
  show(make("img", { src, alt: "" }), "picture");
}

function show(content, kind) {
  opener = document.activeElement;
  $("overlay-content").replaceChildren(content);
  $("overlay").className = `overlay ${kind}`;
  $("overlay").hidden = false;
  $("overlay-close").focus();
}

function close() {
  $("overlay").hidden = true;
  $("overlay-content").replaceChildren();
  opener?.focus();
}

$("overlay-close").onclick = close;
$("overlay").onkeydown = (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } };
