/** How what was said looks: the user's words, and answers with what can be done with them. */

import { button, el, fill } from "../elements.js";
import { copy, rendered } from "../markdown.js";
import { TRIGGER } from "../trigger.js";
import { feedbackOn } from "./feedback.js";

const REDRAW_MILLISECONDS = 50;
// What people without this page read while a lesson is learned.
const PROGRESS_LINES = /^Model Updating\.\.\. \[\d+%\]\n/gm;

/** Words of the user's. `onEdit(text)`, where given, says them anew in other words. */
export function userTurn(text, { onEdit } = {}) {
  const isLesson = TRIGGER.test(text);
  const words = el("div", { class: "words" }, el("p", {}, isLesson && el("span", { class: "tag" }, "Learn"), text.replace(TRIGGER, "")));
  const actions = el(
    "div",
    { class: "actions" },
    button({ label: "Copy", picture: "copy", class: "quiet small", onClick: (event) => copy(text, event.currentTarget) }),
    onEdit && button({ label: "Edit and send again", picture: "edit", class: "quiet small", onClick: () => edit(words, actions, text, onEdit) }),
  );
  return el("article", { class: "turn is-user", "aria-label": "You" }, words, actions);
}

/** An answer. `show(text)` as it comes, `finish(...)` when it has all come. */
export class AnswerTurn {
  constructor() {
    this.text = "";
    this._words = el("div", { class: "words prose" }, el("span", { class: "waiting", "aria-hidden": "true" }));
    this._actions = el("div", { class: "actions" });
    this.element = el("article", { class: "turn is-answer", "aria-label": "Lorelei" }, this._words, this._actions);
  }

  /** Show a lesson that the answer is about. */
  accompany(card) {
    this._hasLesson = true;
    this._words.before(card);
  }

  add(text) {
    this.text += text;
    this._redraw ??= setTimeout(() => this._draw(), REDRAW_MILLISECONDS);
  }

  /** Show it whole, with what can be done with it: all of it may be missing. */
  finish({ completionId, rating, onRegenerate, isStopped = false } = {}) {
    this._draw();
    const extra = el("div", { class: "extra" });
    this.element.append(extra);
    fill(
      this._actions,
      button({ label: "Copy", picture: "copy", class: "quiet small", onClick: (event) => copy(this.text, event.currentTarget) }),
      onRegenerate && button({ label: "Answer again", picture: "again", class: "quiet small regenerate", onClick: onRegenerate }),
      completionId && feedbackOn(completionId, rating, extra),
      isStopped && el("span", { class: "note" }, "Stopped"),
    );
  }

  /** Take away what only the last answer can do. */
  isNotLast() {
    this._actions.querySelector(".regenerate")?.remove();
  }

  _draw() {
    clearTimeout(this._redraw);
    this._redraw = undefined;
    this._words.replaceChildren(rendered(this._hasLesson ? this.text.replace(PROGRESS_LINES, "") : this.text));
  }
}

function edit(words, actions, text, onEdit) {
  const input = el("textarea", { "aria-label": "Your words", rows: "2", value: text });
  const end = (event) => {
    event?.preventDefault();
    form.replaceWith(words);
    actions.hidden = false;
  };
  const form = el(
    "form",
    {
      class: "editor",
      on: {
        submit: (event) => {
          end(event);
          if (input.value.trim()) onEdit(input.value);
        },
        keydown: (event) => {
          if (event.key === "Escape") end(event);
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            form.requestSubmit();
          }
        },
      },
    },
    input,
    el("div", { class: "buttons" }, button({ text: "Cancel", class: "quiet small", onClick: end }), el("button", { type: "submit", class: "primary small" }, "Send")),
  );
  words.replaceWith(form);
  actions.hidden = true;
  input.focus();
}
