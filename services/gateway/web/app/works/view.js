/** "Long texts": asks for one, and shows those that there are, as they grow. */

import { notifyOf } from "../announce.js";
import { call } from "../api.js";
import { el, fill } from "../elements.js";
import { workForm } from "./form.js";
import { WorkCard } from "./work.js";

export class WorksView {
  constructor() {
    this._gone = new AbortController();
    this._title = el("h1", { tabindex: "-1" }, "Long texts");
    this._works = el("div", { class: "works" });
    this.element = el(
      "div",
      { class: "scroller" },
      el(
        "div",
        { class: "knowledge" },
        this._title,
        el("p", { class: "summary" }, "A text longer than the model can see at once is written section by section. Each section is learned before the next, so that the story holds together."),
        el("section", { "aria-labelledby": "works-new" }, el("h2", { id: "works-new" }, "A new one"), workForm(() => this.load())),
        el("section", { "aria-labelledby": "works-all" }, el("h2", { id: "works-all" }, "Yours"), this._works),
      ),
    );
    this.load();
  }

  focus() {
    this._title.focus();
  }

  close() {
    this._gone.abort();
  }

  /** Show all works as they are now, newest first. */
  async load() {
    try {
      const { signal } = this._gone;
      const { data } = await call("GET", "/v1/works", { signal });
      const cards = data.map((work) => new WorkCard(work, { signal, onDelete: () => this.load() }).element);
      fill(this._works, cards.length ? cards : el("p", { class: "empty" }, "None yet."));
    } catch (error) {
      notifyOf(error);
    }
  }
}
