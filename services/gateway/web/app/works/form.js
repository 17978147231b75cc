/** Asks for a long text. */

import { announce, notifyOf } from "../announce.js";
import { call } from "../api.js";
import { field } from "../dialogs.js";
import { el } from "../elements.js";
import { settings } from "../settings.js";

const USUAL_SECTIONS = 4;

/** A form; `onBegin()` is called when a text has begun. */
export function workForm(onBegin) {
  const sections = el("input", { name: "sections", type: "number", min: "2" });
  // Also what it says again once the form is emptied.
  sections.defaultValue = USUAL_SECTIONS;
  const send = el("button", { type: "submit", class: "primary" }, "Write it");
  const form = el(
    "form",
    { class: "work-form", on: { submit: begin } },
    field("Title", el("input", { name: "title", required: true, autocomplete: "off" })),
    field("What shall I write?", el("textarea", { name: "brief", rows: "2", required: true }), "As you would ask for it in the chat."),
    field("Outline (optional)", el("textarea", { name: "outline", rows: "3" }), "A line for each section: what it tells."),
    field("Number of sections, where there is no outline", sections),
    el("label", { class: "choice" }, el("input", { type: "checkbox", name: "learn", checked: true }), "Learn each section before the next"),
    el("div", { class: "buttons start" }, send),
  );

  async function begin(event) {
    event.preventDefault();
    send.disabled = true;
    try {
      await call("POST", "/v1/works", { body: wantedIn(new FormData(form)) });
      form.reset();
      announce("Writing has begun.");
      await onBegin();
    } catch (error) {
      notifyOf(error);
    }
    send.disabled = false;
  }

  return form;
}

function wantedIn(form) {
  const outline = form.get("outline").split("\n").map((line) => line.trim()).filter(Boolean);
  const length = outline.length ? { outline } : { sections: Number(form.get("sections")) };
  return { title: form.get("title").trim(), brief: form.get("brief").trim(), learn: form.has("learn"), user: settings.user, ...length };
}
