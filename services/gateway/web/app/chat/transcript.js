/** What was said in a conversation, as it stands on the page. Knows nothing of sending or keeping it. */

import { el, fill } from "../elements.js";
import { LessonCard } from "../lesson/card.js";
import { TRIGGER } from "../trigger.js";
import { AnswerTurn, userTurn } from "./turns.js";

/**
 * Turns in order. `onEdit(entry, words)` says a user's turn anew, `onRegenerate()` asks for the last answer again,
 * `onChangeWay(job, message)` learns in another way, `onLessonEnd()` is called when a lesson ends. Ends with `signal`.
 */
export class Transcript {
  constructor({ signal, onEdit, onRegenerate, onChangeWay, onLessonEnd }) {
    this._signal = signal;
    this._onEdit = onEdit;
    this._onRegenerate = onRegenerate;
    this._onChangeWay = onChangeWay;
    this._onLessonEnd = onLessonEnd;
    this._entries = [];
    this.element = el("div", { class: "log", role: "log", "aria-live": "off", "aria-label": "Conversation", tabindex: "0" });
  }

  /** Show something where nothing was said yet. */
  showInstead(element) {
    fill(this.element, element);
  }

  /** Show the kept `messages` and what was thought of them in the place of everything else. */
  showKept(messages, ratings) {
    this._entries = [];
    fill(this.element);
    for (const message of messages) this._addKept(message, ratings);
    this._markLast();
  }

  /** Add words of the user's. */
  addUser(text) {
    const entry = { role: "user", text };
    entry.element = userTurn(text, { onEdit: (words) => this._onEdit(entry, words) });
    return this._add(entry);
  }

  /** Add a lesson; `message` is what asked for it just now. */
  addLesson(jobId, message) {
    const card = new LessonCard(jobId, {
      signal: this._signal,
      isNew: Boolean(message),
      onEnd: this._onLessonEnd,
      onChangeWay: (job) => this._onChangeWay(job, message),
    });
    this._add({ role: "assistant", element: el("article", { class: "turn is-lesson", "aria-label": "Lorelei learns" }, card.element) });
    this._markLast();
  }

  /** Add an answer that is about to come. */
  addAnswer() {
    const turn = new AnswerTurn();
    return this._add({ role: "assistant", element: turn.element, turn });
  }

  /** Show a lesson beside an answer. */
  accompany({ turn }, jobId) {
    turn.accompany(new LessonCard(jobId, { signal: this._signal }).element);
  }

  /** An answer has all come. */
  finish(entry, isStopped = false) {
    entry.isStopped = isStopped;
    entry.turn.finish({ completionId: entry.completionId, rating: entry.rating, isStopped });
    this._markLast();
  }

  get isEmpty() {
    return this._entries.length === 0;
  }

  /** How many turns there are from `entry` to the end. */
  countFrom(entry) {
    return this._entries.length - this._entries.indexOf(entry);
  }

  /** What the last answer answers. */
  get lastQuestion() {
    return this._entries.at(-2).text;
  }

  /** Take the last `count` turns away. */
  removeLast(count) {
    this._entries.splice(-count).forEach((one) => one.element.remove());
  }

  /** No longer count the user's last words and what followed; the words alone stay to be seen. Returns their element. */
  setLastAside() {
    const asked = this._entries.findLast((one) => one.role === "user");
    this._entries.splice(this._entries.indexOf(asked)).slice(1).forEach((one) => one.element.remove());
    return asked.element;
  }

  _addKept({ role, content, job_id: jobId, completion_id: completionId }, ratings) {
    if (role === "user") return this.addUser(content);
    // The card of what was to be learned says it all; other jobs were begun by words that got an answer.
    if (jobId && (!content || TRIGGER.test(this._entries.at(-1)?.text ?? ""))) return this.addLesson(jobId);
    const entry = this.addAnswer();
    entry.turn.text = content;
    Object.assign(entry, { completionId, rating: ratings.get(completionId) });
    if (jobId) this.accompany(entry, jobId);
    return entry.turn.finish({ completionId, rating: entry.rating });
  }

  /** Only the last answer can be given again. */
  _markLast() {
    this._entries.forEach(({ turn }) => turn?.isNotLast());
    const last = this._entries.at(-1);
    if (last?.turn && this._entries.at(-2)?.role === "user") {
      last.turn.element.querySelector(".extra")?.remove();
      last.turn.finish({ completionId: last.completionId, rating: last.rating, isStopped: last.isStopped, onRegenerate: this._onRegenerate });
    }
  }

  _add(entry) {
    if (!this._entries.length) fill(this.element);
    this._entries.push(entry);
    this.element.append(entry.element);
    return entry;
  }
}
