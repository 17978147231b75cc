/** Says things aloud to people who use a screen reader, and shows short notices to everybody. */

import { button, el } from "./elements.js";

const NOTICE_MILLISECONDS = 6000;

/** Have `text` read out when there is a pause. */
export function announce(text) {
  const place = document.getElementById("announcements");
  // The same text again would not be read.
  place.replaceChildren(el("p", {}, text));
}

/** Show `text` for a while at the edge of the window. */
export function notify(text, { isError = false } = {}) {
  document.querySelector(".notice")?.remove();
  const notice = el(
    "div",
    { class: isError ? "notice is-error" : "notice" },
    el("span", {}, text),
    button({ label: "Dismiss", picture: "close", class: "quiet small", onClick: () => notice.remove() }),
  );
  // Inside an open dialog, which covers everything else.
  (document.querySelector("dialog[open]") ?? document.body).append(notice);
  announce(text);
  if (!isError) setTimeout(() => notice.remove(), NOTICE_MILLISECONDS);
}

/** Show what went wrong; what was broken off on purpose is no error. */
export function notifyOf(error) {
  if (error.name !== "AbortError") notify(error.message, { isError: true });
}
