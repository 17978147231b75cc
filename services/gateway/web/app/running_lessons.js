/** Says in the side bar how many lessons are being learned, wherever they were begun. */

import { call } from "./api.js";
import { el, fill } from "./elements.js";
import { TERMINAL } from "./lesson/following.js";

const LOOK_AGAIN_MILLISECONDS = 4000;

/** The unfinished jobs of the user, newest first. */
export async function runningJobs() {
  const { data } = await call("GET", "/v1/learn", { query: { limit: 50 } });
  return data.filter((job) => !TERMINAL.has(job.state));
}

export class RunningLessons {
  constructor() {
    this.element = el("a", { href: "#/know", class: "running", hidden: true });
  }

  /** Look now, and again as long as something is being learned. */
  async load() {
    clearTimeout(this._timer);
    try {
      const jobs = await runningJobs();
      this.element.hidden = jobs.length === 0;
      if (!jobs.length) return;
      const told = jobs.length === 1 ? `Learning · ${jobs[0].progress} %` : `Learning ${jobs.length} lessons`;
      fill(this.element, el("span", { class: "ripple", "aria-hidden": "true" }), told);
    } catch {
      // The list of conversations tells what is wrong.
      return;
    }
    this._timer = setTimeout(() => this.load(), LOOK_AGAIN_MILLISECONDS);
  }
}
