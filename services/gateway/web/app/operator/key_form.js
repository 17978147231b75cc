/** Asks for the operator's key. */

import { field } from "../dialogs.js";
import { el, fill } from "../elements.js";
import { settings } from "../settings.js";
import { ask, isRefusedKey } from "./calls.js";

/** A form; `onOpen()` is called once the key is the right one. */
export function keyForm(onOpen) {
  const key = el("input", { name: "key", type: "password", required: true, autocomplete: "off", spellcheck: "false" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const form = el(
    "form",
    { class: "key-form", on: { submit: open } },
    field("Operator's key", key, "Kept in the file operator_key of Lorelei's home. This tab forgets it when it is closed."),
    wrong,
    el("div", { class: "buttons start" }, el("button", { type: "submit", class: "primary" }, "Open")),
  );

  async function open(event) {
    event.preventDefault();
    settings.operatorKey = key.value.trim();
    try {
      await ask("GET", "learning");
      onOpen();
    } catch (error) {
      settings.operatorKey = "";
      fill(wrong, isRefusedKey(error) ? "This is not the operator's key." : error.message);
      key.focus();
    }
  }

  return form;
}
