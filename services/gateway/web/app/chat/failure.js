/** Says why words got no answer, and what can be done. */

import { button, el } from "../elements.js";

const TOO_LONG = "context_length_exceeded";

/** A box about `error`; `hasHistory` tells whether something was said before, `onRetry()` says the words again. */
export function failureBox(error, hasHistory, onRetry) {
  const isTooLong = error.code === TOO_LONG && hasHistory;
  return el(
    "div",
    { class: "failure", role: "alert" },
    el("p", {}, isTooLong ? "This conversation has become too long for the model. What was learned stays." : error.message),
    isTooLong
      ? button({ text: "New conversation", class: "small", onClick: () => (location.hash = "#/") })
      : button({ text: "Try again", class: "small", onClick: onRetry }),
  );
}
