/** Where messages are written: text, documents, links, and the choice to learn from them. */

import { announce } from "../announce.js";
import { button, el } from "../elements.js";
import { TRIGGER } from "../trigger.js";
import { Attachments } from "./attachments.js";
import { WayChoice } from "./way_choice.js";

const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
const LINK = /^https?:\/\/\S+$/i;

/** `onSend({text, isLesson, way, file_ids, urls})` and `onStop()` are called by its buttons. */
export class Composer {
  constructor({ onSend, onStop }) {
    this._onSend = onSend;
    this._attachments = new Attachments(() => this._update());
    this._way = new WayChoice();
    this._isAnswering = false;
    this._text = el("textarea", { id: "message", rows: "1", placeholder: "Message Lorelei", "aria-label": "Message" });
    this._file = el("input", { type: "file", multiple: true, hidden: true, "aria-label": "Documents" });
    this._attach = button({ label: "Attach documents to learn from", picture: "attach", class: "quiet", onClick: () => this._file.click() });
    this._learn = button({ text: "Learn", picture: "learn", class: "learn-toggle", "aria-pressed": "false", title: "Learn from this message (or begin it with [Learn])", onClick: () => this._toggle() });
    this._send = el("button", { type: "submit", class: "primary round", "aria-label": "Send", title: "Send" });
    this._stop = button({ label: "Stop answering", picture: "stop", class: "primary round stop", hidden: true, onClick: onStop });
    this._send.append(button({ picture: "send" }).firstChild);
    this.element = el(
      "form",
      { class: "composer" },
      this._attachments.element,
      this._text,
      el("div", { class: "composer-row" }, this._attach, this._file, this._learn, this._way.element, el("span", { class: "gap" }), this._stop, this._send),
    );
    this._listen();
    this._update();
  }

  get isLesson() {
    return TRIGGER.test(this._text.value) || this._learn.getAttribute("aria-pressed") === "true";
  }

  focus() {
    this._text.focus();
  }

  /** Put a text that was not sent back, unless something else was written meanwhile. */
  giveBack(text) {
    if (!this._text.value) this._text.value = text;
    this._update();
  }

  /** Show the button that stops an answer, while one comes. */
  set isAnswering(value) {
    this._isAnswering = value;
    this._update();
  }

  /** Take what was dropped or pasted: documents, or a link alone. */
  take(transfer) {
    const files = [...transfer.files];
    const link = (transfer.getData("text/uri-list") || transfer.getData("text/plain")).trim().split(/\s+/)[0];
    if (files.length) this._attachments.addFiles(files);
    else if (LINK.test(transfer.getData("text/plain").trim() || link)) this._attachments.addLink(link);
    else return false;
    announce("Attached.");
    this.focus();
    return true;
  }

  _listen() {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this._submit();
    });
    this._text.addEventListener("input", () => this._update());
    this._text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this._submit();
    });
    this._text.addEventListener("paste", (event) => this.take(event.clipboardData) && event.preventDefault());
    this._file.addEventListener("change", () => {
      this._attachments.addFiles(this._file.files);
      this._file.value = "";
    });
  }

  _toggle() {
    const isWanted = !this.isLesson;
    if (!isWanted) {
      this._text.value = this._text.value.replace(TRIGGER, "").trimStart();
      this._attachments.discard();
    }
    this._wasTyped = false;
    this._setLearning(isWanted);
    this.focus();
  }

  _setLearning(value) {
    this._learn.setAttribute("aria-pressed", String(value));
    this._update();
  }

  _submit() {
    if (!this._maySend) return;
    const message = { text: this._text.value.trim(), isLesson: this.isLesson, way: this._way.chosen, ...this._attachments.told };
    this._text.value = "";
    this._attachments.clear();
    this._setLearning(false);
    this._onSend(message);
  }

  get _maySend() {
    const isSomething = this._text.value.replace(TRIGGER, "").trim() || !this._attachments.isEmpty;
    // A lesson may begin while an answer comes; a second answer may not.
    return Boolean(isSomething) && this._attachments.isReady && (this.isLesson || !this._isAnswering);
  }

  _update() {
    // Documents and links can only be learned from.
    if (!this._attachments.isEmpty || TRIGGER.test(this._text.value)) this._learn.setAttribute("aria-pressed", "true");
    else if (this._wasTyped) this._learn.setAttribute("aria-pressed", "false");
    this._wasTyped = TRIGGER.test(this._text.value) || !this._attachments.isEmpty;
    const isLesson = this.isLesson;
    this.element.classList.toggle("is-learning", isLesson);
    this._text.placeholder = isLesson ? "What should I learn?" : "Message Lorelei";
    this._way.show(isLesson, this._text.value, !this._attachments.isEmpty);
    this._stop.hidden = !this._isAnswering;
    this._send.hidden = this._isAnswering && !isLesson;
    this._send.disabled = !this._maySend;
    if (!GROWS_BY_ITSELF) this._grow();
  }

  _grow() {
    this._text.style.setProperty("block-size", "auto");
    // Before it is on the page it has no height.
    if (this._text.scrollHeight) this._text.style.setProperty("block-size", `${this._text.scrollHeight}px`);
  }
}
