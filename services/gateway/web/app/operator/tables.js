/** Tables that can be scrolled sideways in a small window. */

import { el } from "../elements.js";

/** A table with a name, heads, and rows of cells that are texts or elements. */
export function table(name, heads, rows) {
  return el(
    "div",
    { class: "wide", tabindex: "0", role: "region", "aria-label": name, data: { keep: name } },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))))),
    ),
  );
}
