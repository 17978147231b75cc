/** The operator's page: what runs, whose jobs run and fail, the pause. Looks again by itself while it is seen. */

import { button, el, fill } from "../elements.js";
import { settings } from "../settings.js";
import { ask, isRefusedKey } from "./calls.js";
import { endedJobs, jobCounts, loadJobs, unfinishedJobs } from "./jobs.js";
import { keyForm } from "./key_form.js";
import { learningState } from "./learning.js";
import { refill } from "./refilling.js";
import { serviceList } from "./replicas.js";
import { tenantList } from "./tenants.js";

const LOOK_AGAIN_MILLISECONDS = 4000;

export class OperatorView {
  constructor() {
    this._gone = new AbortController();
    this._title = el("h1", { tabindex: "-1" }, "Operator");
    this._content = el("div", { class: "operator-content" });
    this.element = el("div", { class: "scroller" }, el("div", { class: "knowledge operator" }, this._title, this._content));
    document.addEventListener("visibilitychange", () => document.hidden || this.load(), { signal: this._gone.signal });
    this._show();
  }

  focus() {
    (this._content.querySelector(".key-form input") ?? this._title).focus();
  }

  close() {
    this._gone.abort();
    clearTimeout(this._timer);
  }

  /** Look at everything now, and again after a while. */
  async load() {
    clearTimeout(this._timer);
    if (!settings.operatorKey || this._gone.signal.aborted) return;
    try {
      const { signal } = this._gone;
      const [overview, jobs] = await Promise.all([ask("GET", "overview", { signal }), loadJobs(signal)]);
      this._fill(overview, jobs);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (isRefusedKey(error)) return this._leave();
      fill(this._seen, `${error.message} This is how it was before.`);
    }
    clearTimeout(this._timer);
    if (!document.hidden) this._timer = setTimeout(() => this.load(), LOOK_AGAIN_MILLISECONDS);
  }

  _show() {
    if (!settings.operatorKey) {
      const intent = "What runs here, whose lessons are learned, and what failed. Never what people said.";
      fill(this._content, el("p", { class: "summary" }, intent), keyForm(() => this._show()));
      return;
    }
    const names = ["learning", "counts", "services", "unfinished", "ended"];
    this._places = Object.fromEntries(names.map((name) => [name, el("div")]));
    this._seen = el("p", { class: "note" }, "Looking…");
    fill(
      this._content,
      el("div", { class: "operator-head" }, this._seen, button({ text: "Leave", class: "quiet small", onClick: () => this._leave() })),
      this._places.learning,
      section("Services", this._places.services),
      section("Jobs", this._places.counts, this._places.unfinished),
      section("Failures", this._places.ended),
      section("Tenants", tenantList(this._gone.signal)),
    );
    this._title.focus();
    this.load();
  }

  _fill(overview, jobs) {
    const { learning, counts, services, unfinished, ended } = this._places;
    const reload = () => this.load();
    fill(this._seen, `As of ${new Date(overview.at * 1000).toLocaleTimeString("en-GB")}; looks again by itself.`);
    refill(learning, learningState(overview.learning, reload));
    refill(services, serviceList(overview.services));
    refill(counts, jobCounts(overview.jobs));
    refill(unfinished, unfinishedJobs(jobs.unfinished, overview.jobs, reload));
    refill(ended, endedJobs(jobs.ended));
  }

  _leave() {
    settings.operatorKey = "";
    clearTimeout(this._timer);
    this._show();
    this.focus();
  }
}

function section(title, ...content) {
  const id = `operator-${title.toLowerCase()}`;
  return el("section", { "aria-labelledby": id }, el("h2", { id }, title), ...content);
}
