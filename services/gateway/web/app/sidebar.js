/** The list of conversations, and the ways to the other pages. */

import { notifyOf } from "./announce.js";
import { changes, conversations } from "./chat/store.js";
import { ask, field } from "./dialogs.js";
import { button, el, fill, icon } from "./elements.js";
import { ago } from "./figures.js";
import { RunningLessons } from "./running_lessons.js";
import { settings } from "./settings.js";
import { TRIGGER } from "./trigger.js";

const SEARCH_PAUSE_MILLISECONDS = 200;

/** Fills the side bar. `onSettings()` opens the settings, `onClose()` the drawer of a small window. */
export class Sidebar {
  constructor(element, { onSettings, onClose }) {
    this._here = "";
    this._search = el("input", { type: "search", placeholder: "Search conversations", "aria-label": "Search conversations", autocomplete: "off" });
    this._list = el("ul", { class: "conversations" });
    this._know = el("a", { href: "#/know", class: "nav-link" }, icon("know"), "What I know");
    this._works = el("a", { href: "#/works", class: "nav-link" }, icon("edit"), "Long texts");
    this._operator = el("a", { href: "#/operator", class: "icon-link", "aria-label": "Operator", title: "Operator" }, icon("operator"));
    this._running = new RunningLessons();
    fill(
      element,
      el("div", { class: "brand" }, el("a", { href: "#/", class: "wordmark", "aria-label": "Lorelei, new conversation" }, "Lorelei"), button({ label: "Close", picture: "close", class: "quiet drawer-close", onClick: onClose })),
      el("a", { href: "#/", class: "nav-link new" }, icon("plus"), "New conversation"),
      this._know,
      this._works,
      el("div", { class: "search" }, icon("search"), this._search),
      this._list,
      this._running.element,
      el("div", { class: "me" }, el("span", { class: "avatar", "aria-hidden": "true" }, settings.user[0].toUpperCase()), el("span", { class: "name" }, settings.user), this._operator, button({ label: "Settings", picture: "settings", class: "quiet", onClick: onSettings })),
    );
    this._search.addEventListener("input", () => {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this.load(), SEARCH_PAUSE_MILLISECONDS);
    });
    changes.addEventListener("changed", () => this.load());
    document.addEventListener("visibilitychange", () => document.hidden || this.load());
    this.load();
  }

  /** Mark where we are: the id of a conversation, "know", "works", "operator" or "". */
  set here(value) {
    this._here = value;
    this._mark();
  }

  async load() {
    this._running.load();
    const search = this._search.value.trim();
    try {
      const found = await conversations.list(search);
      if (search !== this._search.value.trim()) return;
      fill(this._list, found.map((one) => this._item(one)));
      if (!found.length) fill(this._list, el("li", { class: "note" }, search ? "Nothing found." : "What you talk about appears here."));
      this._mark();
    } catch (error) {
      notifyOf(error);
    }
  }

  _item(entry) {
    const title = entry.title.replace(TRIGGER, "") || "Untitled";
    const link = el("a", { href: `#/c/${entry.id}`, data: { id: entry.id }, title: `${title} · ${ago(entry.updated_at)}` }, TRIGGER.test(entry.title) && icon("learn"), el("span", {}, title));
    return el(
      "li",
      {},
      link,
      button({ label: `Rename ${title}`, picture: "edit", class: "quiet tiny", onClick: () => rename(entry) }),
      button({ label: `Delete ${title}`, picture: "trash", class: "quiet tiny", onClick: () => this._remove(entry, title) }),
    );
  }

  async _remove(entry, title) {
    const isGone = await ask({
      title: "Delete this conversation?",
      content: [el("p", {}, `“${title}” is deleted for good. What was learned in it stays, until you let it be forgotten.`)],
      confirm: "Delete",
      isDangerous: true,
      onConfirm: () => conversations.remove(entry.id),
    });
    if (isGone && entry.id === this._here) location.hash = "#/";
  }

  _mark() {
    for (const link of this._list.querySelectorAll("a")) mark(link, link.dataset.id === this._here);
    mark(this._know, this._here === "know");
    mark(this._works, this._here === "works");
    mark(this._operator, this._here === "operator");
  }
}

function rename(entry) {
  const input = el("input", { name: "title", maxlength: "80", value: entry.title });
  return ask({
    title: "Rename this conversation",
    content: [field("Title", input, "Left empty, it is called by its first words.")],
    confirm: "Rename",
    onConfirm: (form) => conversations.rename(entry.id, form.get("title")),
  });
}

function mark(link, isHere) {
  if (isHere) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}
