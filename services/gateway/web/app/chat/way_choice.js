/** Shows in which way a message will be learned from, and lets people choose another. */

import { el, fill } from "../elements.js";
import { WAYS } from "../lesson/ways.js";
import { intentOf } from "./lessons.js";

const PAUSE_MILLISECONDS = 350;
const AUTOMATIC = "";
const WAY_OF_INTENT = { learn_instruction: "instruction", learn_document: "document", learn_web: "web" };

export class WayChoice {
  constructor() {
    this._select = el("select", { id: "way" });
    this.element = el("div", { class: "way-choice", hidden: true }, el("label", { for: "way" }, "Understood as"), this._select);
    this._offer("");
  }

  /** The way that was chosen by hand, or "". */
  get chosen() {
    return this._select.value;
  }

  /** Show how `text` is understood; nothing where it is not to be learned from. */
  show(isLearning, text, hasAttachments) {
    this.element.hidden = !isLearning;
    clearTimeout(this._timer);
    if (!isLearning) {
      this._select.value = AUTOMATIC;
      return;
    }
    if (hasAttachments) this._offer("document");
    else if (text.trim()) this._timer = setTimeout(() => this._ask(text), PAUSE_MILLISECONDS);
    else this._offer("");
  }

  async _ask(text) {
    const intent = await intentOf(text);
    // The words may have gone on meanwhile, or been sent.
    if (!this.element.hidden) this._offer(WAY_OF_INTENT[intent] ?? "", intent === "manage");
  }

  _offer(understood, isAboutMemory = false) {
    const chosen = this._select.value;
    // Where the server does not tell beforehand, the lesson itself shows the way.
    const first = understood ? WAYS[understood].name : isAboutMemory ? "What I know" : "Lorelei decides";
    const others = Object.entries(WAYS).filter(([way]) => way !== understood);
    fill(this._select, el("option", { value: AUTOMATIC }, first), ...others.map(([way, { name }]) => el("option", { value: way }, name)));
    this._select.value = chosen === understood ? AUTOMATIC : chosen;
  }
}
