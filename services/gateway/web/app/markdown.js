/** Turns Markdown that nobody vouches for into harmless elements. */

import DOMPurify from "../vendor/dompurify-3.4.18/purify.es.mjs";
import { Marked } from "../vendor/marked-18.2.1/marked.esm.js";
import { announce } from "./announce.js";
import { button, el } from "./elements.js";

const COPIED_MILLISECONDS = 1600;

// HTML is no Markdown here: its tags are shown as they were written. Images would load something; their names remain.
const marked = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: { html: () => undefined, tag: () => undefined },
  renderer: { image: ({ text }) => text },
});

// No images, forms, styles or ids: nothing that loads, asks, disguises or collides with the page's own names.
const ALLOWED = {
  ALLOWED_TAGS: [
    ..."p br hr strong em del code pre blockquote ul ol li a h1 h2 h3 h4 h5 h6".split(" "),
    ..."table thead tbody tr th td sup sub".split(" "),
  ],
  ALLOWED_ATTR: ["href", "title", "align", "start", "class"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** The elements of `text`. */
export function rendered(text) {
  const fragment = DOMPurify.sanitize(marked.parse(text), ALLOWED);
  for (const link of fragment.querySelectorAll("a")) {
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer nofollow");
  }
  for (const table of fragment.querySelectorAll("table")) {
    const frame = el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Table" });
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const element of fragment.querySelectorAll("[class]:not(code)")) element.removeAttribute("class");
  fragment.querySelectorAll("pre > code").forEach(frameCode);
  return fragment;
}

/** Copy `text`, and let `control` say so for a moment. */
export async function copy(text, control) {
  await navigator.clipboard.writeText(text);
  control.classList.add("is-done");
  announce("Copied.");
  setTimeout(() => control.classList.remove("is-done"), COPIED_MILLISECONDS);
}

function frameCode(code) {
  const language = /language-([\w+#.-]+)/.exec(code.className)?.[1] ?? "";
  code.removeAttribute("class");
  const control = button({
    text: "Copy",
    picture: "copy",
    class: "quiet small copy",
    onClick: () => copy(code.textContent, control),
  });
  const block = el("div", { class: "code" }, el("div", { class: "code-head" }, el("span", {}, language), control));
  const pre = code.parentElement;
  pre.setAttribute("tabindex", "0");
  pre.replaceWith(block);
  block.append(pre);
}
