/** One lesson as it stands: its course while it runs, its result when it has ended. */

import { announce, notifyOf } from "../announce.js";
import { call } from "../api.js";
import { button, el, fill, icon } from "../elements.js";
import { closingOf } from "./closing.js";
import { follow, TERMINAL } from "./following.js";
import { stagesOf } from "./stages.js";
import { sentenceOf } from "./ways.js";

const ENDS = { LIVE: "Learned", REJECTED: "Not learned", FAILED: "Did not work", CANCELLED: "Cancelled" };
const OTHER_ENDS = { forgetting: "Forgotten", composition: "Combined", consolidation: "Learned anew" };
const UNCHANGED = "Nothing was changed; the model answers as before.";

// What the server calls it when the operator has paused learning.
const PAUSED = "paused";

let cards = 0;

/**
 * A card of the job `id`. `onEnd(job)` is called when the job ends while it is watched, and also for one that `isNew`
 * and ends before it could be; `onChangeWay(job)`, where given, offers to learn it in another way. Ends with `signal`.
 */
export class LessonCard {
  constructor(id, { signal, onEnd, onChangeWay, isNew = false } = {}) {
    this.id = id;
    this._signal = signal;
    this._onEnd = onEnd;
    this._isNew = isNew;
    this._onChangeWay = onChangeWay;
    const titleId = `lesson-${(cards += 1)}`;
    this._title = el("h3", { id: titleId }, "Learning");
    this._way = el("p", { class: "way" });
    this._body = el("div", { class: "lesson-body" });
    this._picture = el("span", { class: "picture" }, icon("learn"));
    this.element = el("section", { class: "lesson", "aria-labelledby": titleId }, el("header", {}, this._picture, el("div", { class: "heading" }, this._title, this._way)), this._body);
    this._show();
  }

  async _show() {
    try {
      const job = await call("GET", `/v1/learn/${this.id}`, { signal: this._signal });
      if (!TERMINAL.has(job.state)) await this._watch(job);
      else if (this._isNew) await this._end(job);
      else await this._showEnd(job);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status === 404) this._showForgotten();
      else fill(this._body, el("p", { class: "note" }, error.message));
    }
  }

  async _watch(job) {
    const stages = stagesOf();
    this.element.classList.add("is-running");
    fill(this._way, sentenceOf(job.kind), ...this._wayChanger(job));
    fill(this._body, stages.element, el("div", { class: "buttons" }, this._canceller()));
    for await (const event of follow(this.id, this._signal)) {
      this._title.textContent = titleOf(event);
      if (!TERMINAL.has(event.state)) stages.show(event);
    }
    if (this._signal?.aborted) return;
    await this._end(await call("GET", `/v1/learn/${this.id}`, { signal: this._signal }));
  }

  async _end(job) {
    await this._showEnd(job);
    announce(`${this._title.textContent}. ${job.state === "LIVE" ? "" : UNCHANGED}`);
    this._onEnd?.(job);
  }

  async _showEnd(job) {
    this.element.className = `lesson is-ended is-${job.state.toLowerCase()}`;
    this._title.textContent = job.state === "LIVE" ? OTHER_ENDS[job.kind] ?? ENDS.LIVE : ENDS[job.state];
    fill(this._picture, icon(job.state === "LIVE" ? "check" : "close"));
    fill(this._way, job.state === "LIVE" ? "" : UNCHANGED);
    fill(this._body, ...(await closingOf(job)));
  }

  _showForgotten() {
    this.element.className = "lesson is-ended is-forgotten";
    this._title.textContent = "Forgotten";
    fill(this._way, "This lesson and all that was kept of it are gone.");
    fill(this._body);
  }

  _wayChanger(job) {
    if (!this._onChangeWay || !["instruction", "document", "web"].includes(job.kind)) return [];
    return [" ", button({ text: "Not what you meant?", class: "link", onClick: () => this._onChangeWay(job) })];
  }

  _canceller() {
    const control = button({
      text: "Cancel",
      class: "quiet small",
      onClick: async () => {
        control.disabled = true;
        try {
          await call("POST", `/v1/learn/${this.id}/cancel`);
          control.lastChild.textContent = "Cancelling…";
        } catch (error) {
          control.disabled = false;
          notifyOf(error);
        }
      },
    });
    return control;
  }
}

function titleOf({ state, stage }) {
  if (state !== "QUEUED") return "Learning";
  return stage === PAUSED ? "Waiting: the operator has paused learning" : "Waiting for its turn";
}
