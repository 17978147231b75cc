/** Shows what a lesson was read from. */

import { el, icon } from "../elements.js";

/** A list of sources; titles and addresses come from documents and are shown as mere text. */
export function sourceList(sources) {
  return el("ul", { class: "sources", "aria-label": "Sources" }, ...sources.map((one) => el("li", {}, ...sourceParts(one))));
}

/** "p. 3" or nothing. */
export function pageOf(fact) {
  return fact.page ? `p. ${fact.page}` : "";
}

function sourceParts({ title, address, pages, facts, represented_pages: read }) {
  const isPage = /^https?:\/\//i.test(address ?? "");
  const name = title || address;
  const shown = isPage ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, name) : el("span", {}, name);
  const notes = [
    isPage && new URL(address).hostname,
    facts && (facts === 1 ? "one fact" : `${facts} facts`),
    pages > 1 && (read ? `${read.length} of ${pages} pages` : `${pages} pages`),
  ].filter(Boolean);
  return [icon(isPage ? "web" : "file"), shown, notes.length > 0 && el("span", { class: "note" }, notes.join(" · "))];
}
