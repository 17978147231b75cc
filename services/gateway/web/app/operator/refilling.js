/** Puts newer content where older was, without taking the focus away from whoever is at work there. */

import { fill } from "../elements.js";

/** Like `fill`; what has the focus and a `data-keep` gives it to what has the same one afterwards. */
export function refill(place, ...children) {
  const kept = place.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  const opened = new Set([...place.querySelectorAll("details[open][data-keep]")].map((one) => one.dataset.keep));
  fill(place, ...children);
  for (const one of place.querySelectorAll("[data-keep]")) {
    if (opened.has(one.dataset.keep) && "open" in one) one.open = true;
    if (kept && one.dataset.keep === kept) one.focus({ preventScroll: true });
  }
}
