/** What comes with a lesson: uploaded documents and links, each shown as a chip. */

import { notifyOf } from "../announce.js";
import { call, upload } from "../api.js";
import { button, el, icon } from "../elements.js";
import { bytes } from "../figures.js";

/** A list of attachments; `onChange` is called whenever it changes. */
export class Attachments {
  constructor(onChange) {
    this._items = new Set();
    this._onChange = onChange;
    this.element = el("ul", { class: "attachments", "aria-label": "To learn from", hidden: true });
  }

  get isEmpty() {
    return this._items.size === 0;
  }

  /** Whether every document has arrived. */
  get isReady() {
    return [...this._items].every((item) => item.url || item.fileId);
  }

  /** What the learn call says of them. */
  get told() {
    const items = [...this._items];
    return { file_ids: items.flatMap((item) => item.fileId ?? []), urls: items.flatMap((item) => item.url ?? []) };
  }

  addFiles(files) {
    for (const file of files) this._upload(file);
  }

  addLink(url) {
    if ([...this._items].some((item) => item.url === url)) return;
    this._add({ url }, "web", url);
  }

  /** Take everything away that will not be sent. */
  discard() {
    for (const item of this._items) this._remove(item);
  }

  /** Begin anew after everything was sent. */
  clear() {
    this._items.clear();
    this.element.replaceChildren();
    this._changed();
  }

  async _upload(file) {
    const broken = new AbortController();
    const item = this._add({ stop: () => broken.abort() }, "file", file.name, bytes(file.size));
    const bar = el("progress", { max: "1", value: 0, "aria-label": `Uploading ${file.name}` });
    item.chip.append(bar);
    try {
      item.fileId = (await upload(file, (share) => (bar.value = share), broken.signal)).id;
      bar.remove();
      this._changed();
    } catch (error) {
      this._remove(item);
      notifyOf(error);
    }
  }

  _add(item, picture, name, note = "") {
    const remove = button({ label: `Remove ${name}`, picture: "close", class: "quiet tiny", onClick: () => this._remove(item) });
    item.chip = el("li", { class: "chip" }, icon(picture), el("span", { class: "name", title: name }, name), note && el("span", { class: "note" }, note), remove);
    this._items.add(item);
    this.element.append(item.chip);
    this._changed();
    return item;
  }

  _remove(item) {
    if (!this._items.delete(item)) return;
    item.stop?.();
    item.chip.remove();
    // Nothing was learned from it yet; a file that stays behind can be deleted at /v1/files.
    if (item.fileId) call("DELETE", `/v1/files/${item.fileId}`).catch(notifyOf);
    this._changed();
  }

  _changed() {
    this.element.hidden = this.isEmpty;
    this._onChange();
  }
}
