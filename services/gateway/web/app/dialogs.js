/** Asks for something in a dialog and answers with it. */

import { notifyOf } from "./announce.js";
import { el } from "./elements.js";

/**
 * Show a dialog with `content` and two buttons. `onConfirm` gets the form's data; the dialog stays open when it fails.
 * Resolves to true when confirmed.
 */
export function ask({ title, content = [], confirm, isDangerous = false, cancel = "Cancel", onConfirm }) {
  return new Promise((resolve) => {
    let confirmed = false;
    const form = el(
      "form",
      { method: "dialog" },
      el("h2", { id: "dialog-title" }, title),
      ...content,
      el(
        "div",
        { class: "buttons" },
        cancel && el("button", { type: "button", class: "quiet", on: { click: () => dialog.close() } }, cancel),
        el("button", { type: "submit", class: isDangerous ? "primary danger" : "primary" }, confirm),
      ),
    );
    const dialog = el("dialog", { "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      dialog.querySelector(".notice")?.remove();
      try {
        await onConfirm?.(new FormData(form));
        confirmed = true;
        dialog.close();
      } catch (error) {
        notifyOf(error);
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(confirmed);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A named field of a form. */
export function field(label, input, hint) {
  return el("label", { class: "field" }, el("span", { class: "label" }, label), input, hint && el("span", { class: "hint" }, hint));
}
