/** "What I know": lessons, versions, what is being learned, and how well it went. */

import { notifyOf } from "../announce.js";
import { call } from "../api.js";
import { el, fill } from "../elements.js";
import { LessonCard } from "../lesson/card.js";
import { runningJobs } from "../running_lessons.js";
import { importControl } from "./importing.js";
import { lessonList } from "./lessons.js";
import { scorePlot } from "./plot.js";
import { titleOf, versionTimeline } from "./versions.js";

export class KnowledgeView {
  constructor() {
    this._gone = new AbortController();
    this._title = el("h1", { tabindex: "-1" }, "What I know");
    this._summary = el("p", { class: "summary" });
    this._running = el("div", { class: "running-lessons" });
    this._content = el("div", { class: "knowledge-content" });
    this.element = el("div", { class: "scroller" }, el("div", { class: "knowledge" }, this._title, this._summary, this._running, this._content));
    this._watched = new Set();
    this.load();
  }

  focus() {
    this._title.focus();
  }

  close() {
    this._gone.abort();
  }

  /** Show everything as it is now. */
  async load() {
    try {
      const [lessons, versions, jobs] = await Promise.all([this._list("/v1/lessons"), this._list("/v1/adapters"), runningJobs()]);
      if (this._gone.signal.aborted) return;
      jobs.forEach((job) => this._watch(job.id));
      const known = lessons.filter((lesson) => lesson.active).length;
      fill(this._summary, summaryOf(known, lessons.length, versions));
      const plot = scorePlot(versions);
      fill(
        this._content,
        section("Lessons", lessonList(lessons, versions, (job) => this._begin(job)), "lessons-section"),
        versions.length > 0 && section("Versions", versionTimeline(versions, () => this.load()), "versions-section", plot),
        importControl(() => this.load()),
      );
    } catch (error) {
      if (error.name !== "AbortError") notifyOf(error);
    }
  }

  _begin(job) {
    this._watch(job.id);
    this._running.scrollIntoView({ block: "nearest" });
  }

  _watch(jobId) {
    if (this._watched.has(jobId)) return;
    this._watched.add(jobId);
    const card = new LessonCard(jobId, { signal: this._gone.signal, onEnd: () => this.load(), isNew: true });
    this._running.append(card.element);
  }

  async _list(path) {
    return (await call("GET", path, { signal: this._gone.signal })).data;
  }
}

function section(title, content, name, before = null) {
  return el("section", { "aria-labelledby": name }, el("h2", { id: name }, title), before, content);
}

function summaryOf(known, all, versions) {
  if (!all && !versions.length) return "Nothing yet. Teach me something: begin a message with [Learn].";
  const lessons = known === 1 ? "one lesson" : `${known} lessons`;
  const active = versions.find((version) => version.active);
  if (!active) return `The untaught model answers. ${all} lessons are kept; use a version to know them.`;
  return `I know ${lessons}${all > known ? ` of ${all} that are kept` : ""}, by the version ${titleOf(active)}.`;
}
