/** What a new conversation shows before anything is said. */

import { button, el, icon } from "../elements.js";

const EXAMPLES = ["[Learn] My dog is called Biscuit.", "[Learn] Answer me in short sentences.", "What have you learned from me?"];

/** `onTry(text)` is called with the example that somebody chooses. */
export function greeting(onTry) {
  return el(
    "div",
    { class: "greeting" },
    el("div", { class: "waves" }, icon("know")),
    el("h1", {}, "What shall I know?"),
    el("p", {}, "Talk to me, or teach me: what you mark with Learn becomes part of your own model, for good."),
    el("div", { class: "examples" }, ...EXAMPLES.map((text) => button({ text, class: "example", onClick: () => onTry(text) }))),
  );
}
