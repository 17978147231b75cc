/** A conversation: everything that can be said in it, and how it is kept. */

import { announce, notifyOf } from "../announce.js";
import { el } from "../elements.js";
import { TRIGGER } from "../trigger.js";
import { Composer } from "./composer.js";
import { reply } from "./completions.js";
import { takeDrops } from "./dropping.js";
import { failureBox } from "./failure.js";
import { givenRatings } from "./feedback.js";
import { greeting } from "./greeting.js";
import { askForOtherWay, isAboutMemory, startLesson } from "./lessons.js";
import { followEnd } from "./scrolling.js";
import { changed, changes, conversations, newId } from "./store.js";
import { Transcript } from "./transcript.js";

/** Shows the conversation `id`, or a new one. `onBegin(id)` is called with the id of a new one when it begins. */
export class ConversationView {
  constructor(id, onBegin) {
    this._id = id;
    this._onBegin = onBegin;
    this._gone = new AbortController();
    this._transcript = new Transcript({
      signal: this._gone.signal,
      onEdit: (entry, words) => this._sayAnew(entry, words),
      onRegenerate: () => this._regenerate(),
      onChangeWay: (job, message) => this._changeWay(job, message),
      onLessonEnd: () => this._settle(),
    });
    this._composer = new Composer({ onSend: (message) => this._send(message), onStop: () => this._answering?.abort() });
    this._scroller = el("div", { class: "scroller" }, this._transcript.element);
    this.element = el("div", { class: "conversation" }, this._scroller, this._composer.element);
    this._toEnd = followEnd(this._scroller);
    takeDrops(this.element, (dropped) => this._composer.take(dropped));
    this._listen();
    if (id) this._load();
    else this._transcript.showInstead(greeting((text) => this._try(text)));
  }

  focus() {
    this._composer.focus();
  }

  /** Stop everything that runs for this view; what was answered so far is kept. */
  close() {
    this._keepPartial();
    this._gone.abort();
    this._answering?.abort();
  }

  async _load() {
    try {
      const [{ messages }, ratings] = await Promise.all([conversations.get(this._id), givenRatings()]);
      this._transcript.showKept(messages, ratings);
      this._toEnd();
    } catch (error) {
      if (error.status === 404) this._transcript.showInstead(el("p", { class: "empty" }, "This conversation is not there any more."));
      else notifyOf(error);
    }
  }

  _try(text) {
    this._composer.giveBack(text);
    this._composer.focus();
  }

  async _changeWay(job, message) {
    const way = await askForOtherWay(job);
    if (way) this._learn({ text: job.statement, file_ids: job.file_ids, urls: job.urls, ...message, way });
  }

  _send({ text, isLesson, ...lesson }) {
    this._dropUnkept();
    if (isLesson) this._learn({ text, ...lesson });
    else this._say(text);
  }

  async _learn(message) {
    if (await isAboutMemory(message)) return this._say(`[Learn] ${message.text.replace(TRIGGER, "")}`);
    const isNew = this._begin();
    try {
      const { text, job } = await startLesson(this._id, message);
      this._transcript.addUser(text);
      this._transcript.addLesson(job.id, message);
      this._tell(isNew);
    } catch (error) {
      this._transcript.addUser(message.text);
      this._fail(error, () => this._learn(message));
    }
    return this._toEnd();
  }

  async _say(text) {
    if (this._answering) return this._composer.giveBack(text);
    const isNew = this._begin();
    const asked = this._transcript.addUser(text);
    const entry = this._transcript.addAnswer();
    const { turn } = entry;
    this._toEnd();
    this._answering = new AbortController();
    this._composer.isAnswering = true;
    this._partial = { asked: text, turn };
    announce("Lorelei is answering.");
    try {
      for await (const piece of reply(this._id, text, this._answering.signal)) {
        if (piece.text) turn.add(piece.text);
        else if (piece.jobId) this._transcript.accompany(entry, piece.jobId);
        else entry.completionId = piece.completionId;
      }
      this._partial = null;
      this._transcript.finish(entry);
      announce(turn.text);
    } catch (error) {
      if (error.name === "AbortError") await this._stopped(asked, entry);
      else this._fail(error, () => this._say(text));
    }
    this._answering = null;
    this._composer.isAnswering = false;
    return this._tell(isNew);
  }

  async _stopped(asked, entry) {
    if (this._gone.signal.aborted) return;
    if (!entry.turn.text) {
      this._transcript.removeLast(2);
      this._composer.giveBack(asked.text);
      this._partial = null;
      return;
    }
    this._transcript.finish(entry, true);
    await this._keepPartial();
  }

  /** Keep what came of a reply that is being left. */
  _keepPartial() {
    const partial = this._partial;
    this._partial = null;
    if (!partial?.turn.text) return undefined;
    const said = [{ role: "user", content: partial.asked }, { role: "assistant", content: partial.turn.text }];
    return conversations.add(this._id, said, { keepalive: true }).then(() => changed(this._id), notifyOf);
  }

  async _sayAnew(entry, words) {
    if (this._answering) return;
    this._dropUnkept();
    if (!(await this._drop(this._transcript.countFrom(entry)))) return;
    this._send({ text: words, isLesson: TRIGGER.test(words) });
  }

  async _regenerate() {
    const text = this._transcript.lastQuestion;
    if (!this._answering && (await this._drop(2))) this._say(text);
  }

  /** Take the last `count` turns away, here and on the server. */
  async _drop(count) {
    if (count < 1) return true;
    try {
      await conversations.dropLast(this._id, count);
      this._transcript.removeLast(count);
      return true;
    } catch (error) {
      notifyOf(error);
      return false;
    }
  }

  /** Show why the last words got no answer; they are not kept until they are said again. */
  _fail(error, again) {
    if (this._gone.signal.aborted) return;
    this._partial = null;
    const asked = this._transcript.setLastAside();
    const box = failureBox(error, !this._transcript.isEmpty, () => this._retry(again));
    this._unkept = [asked, box];
    this._transcript.element.append(box);
  }

  _retry(again) {
    this._dropUnkept();
    again();
  }

  _dropUnkept() {
    this._unkept?.forEach((element) => element.remove());
    this._unkept = null;
  }

  _begin() {
    if (this._id) return false;
    this._id = newId();
    return true;
  }

  _tell(isNew) {
    if (this._gone.signal.aborted) return;
    if (isNew) this._onBegin(this._id);
    changed(this._id);
  }

  /** A lesson has ended: the server writes its last sentence when it is asked for the conversation. */
  async _settle() {
    await conversations.get(this._id).catch(notifyOf);
    changed(this._id);
  }

  _listen() {
    const { signal } = this._gone;
    window.addEventListener("pagehide", () => this._keepPartial(), { signal });
    changes.addEventListener("changed", (event) => {
      if (event.isElsewhere && event.id === this._id && !this._answering && !this._unkept) this._load();
    }, { signal });
  }
}
