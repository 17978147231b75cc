/** One long text as it stands: how far it is, its sections, and what can be done with it. */

import { announce, notifyOf } from "../announce.js";
import { call } from "../api.js";
import { ask } from "../dialogs.js";
import { button, el, fill } from "../elements.js";
import { ago } from "../figures.js";
import { eventsUntil } from "../lesson/following.js";
import { copy } from "../markdown.js";

const ENDS = new Set(["DONE", "FAILED", "CANCELLED"]);
const STATES = { WRITING: "Being written", LEARNING: "Learning what was written", DONE: "Written", FAILED: "Did not work", CANCELLED: "Cancelled" };
const LEARNED = { LIVE: "learned", REJECTED: "not learned", FAILED: "not learned", CANCELLED: "not learned" };

/** A card of `work`; it follows one that is not finished until `signal`. `onDelete()` is called when it is gone. */
export class WorkCard {
  constructor(work, { signal, onDelete }) {
    this._signal = signal;
    this._onDelete = onDelete;
    const titleId = `title-${work.id}`;
    this._state = el("p", { class: "way" });
    this._bar = el("div", { class: "bar", role: "progressbar", "aria-label": `Progress of ${work.title}`, "aria-valuemin": "0", "aria-valuemax": work.sections_total }, el("div", { class: "filled" }));
    this._text = el("div", { class: "inside" });
    this._details = el("details", { on: { toggle: () => this._details.open && this._read() } }, el("summary", {}, "Read it"), this._text);
    this._buttons = el("div", { class: "buttons start" });
    this.element = el("article", { class: "lesson work", "aria-labelledby": titleId }, el("h3", { id: titleId }, work.title), this._state, el("div", { class: "lesson-body" }, el("p", { class: "note" }, work.brief), this._bar, this._details, this._buttons));
    this._show(work);
    if (!ENDS.has(work.state)) this._follow();
  }

  async _follow() {
    try {
      for await (const event of eventsUntil(ENDS, `/v1/works/${this._work.id}/events`, this._signal)) {
        this._show({ ...this._work, state: event.state, sections_done: event.done }, event.lesson_progress);
        if (event.section && this._details.open) await this._read();
      }
      if (this._signal.aborted) return;
      await this._read();
      announce(`${this._work.title}: ${STATES[this._work.state]}.`);
    } catch (error) {
      notifyOf(error);
    }
  }

  /** Look at the whole work, with its text. */
  async _read() {
    try {
      const work = await call("GET", `/v1/works/${this._work.id}`, { signal: this._signal });
      fill(this._text, work.sections.map(sectionOf));
      this._show(work);
    } catch (error) {
      notifyOf(error);
    }
  }

  _show(work, lessonProgress = 0) {
    this._work = work;
    const isEnded = ENDS.has(work.state);
    const learning = work.state === "LEARNING" && lessonProgress ? `, ${lessonProgress} %` : "";
    const told = [`${STATES[work.state]}${learning}`, `${work.sections_done} of ${work.sections_total} sections`, isEnded && ago(work.created_at), work.error];
    fill(this._state, told.filter(Boolean).join(" · "));
    this._bar.hidden = isEnded;
    this._bar.setAttribute("aria-valuenow", work.sections_done);
    this._bar.firstChild.style.setProperty("inline-size", `${(100 * work.sections_done) / work.sections_total}%`);
    this._details.hidden = work.sections_done === 0;
    fill(this._buttons, ...(isEnded ? this._afterwards() : [this._canceller()]));
  }

  _canceller() {
    return button({ text: "Cancel", class: "quiet small", "aria-label": `Cancel ${this._work.title}`, onClick: () => call("POST", `/v1/works/${this._work.id}/cancel`).catch(notifyOf) });
  }

  _afterwards() {
    const { title, sections_done: done } = this._work;
    return [
      done > 0 && button({ text: "Copy", picture: "copy", class: "quiet small", "aria-label": `Copy ${title}`, onClick: (event) => this._copy(event.currentTarget) }),
      button({ text: "Delete", class: "quiet small danger", "aria-label": `Delete ${title}`, onClick: () => this._delete() }),
    ].filter(Boolean);
  }

  async _copy(control) {
    try {
      await copy((await call("GET", `/v1/works/${this._work.id}`)).text, control);
    } catch (error) {
      notifyOf(error);
    }
  }

  async _delete() {
    const isGone = await ask({
      title: "Delete this text?",
      content: [el("p", {}, `“${this._work.title}” is deleted for good. What was learned of it stays, until you let it be forgotten.`)],
      confirm: "Delete",
      isDangerous: true,
      onConfirm: () => call("DELETE", `/v1/works/${this._work.id}`),
    });
    if (isGone) await this._onDelete();
  }
}

function sectionOf({ number, text, forgotten, lesson_state: learned, note }) {
  const told = [`Section ${number}`, LEARNED[learned], note].filter(Boolean).join(" · ");
  return el("section", { class: "work-section", "aria-label": `Section ${number}` }, el("p", { class: "note" }, told), forgotten ? el("p", { class: "empty" }, "Forgotten.") : el("p", { class: "work-text" }, text));
}
