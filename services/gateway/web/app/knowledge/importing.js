/** Takes in a version from a file: one that was downloaded here, or any PEFT folder of plain LoRA. */

import { notify } from "../announce.js";
import { call } from "../api.js";
import { ask, field } from "../dialogs.js";
import { button, el } from "../elements.js";

/** A line with a button; `reload()` is called when a version was taken in. */
export function importControl(reload) {
  const file = el("input", { type: "file", accept: ".zip,application/zip", hidden: true, "aria-label": "Zip file of a version", on: { change: () => chosen(file, reload) } });
  return el(
    "div",
    { class: "buttons import" },
    el("span", { class: "note" }, "A version that was downloaded, or any LoRA adapter for this model, can be taken in from its zip file."),
    file,
    button({ text: "Import a version", class: "small", onClick: () => file.click() }),
  );
}

async function chosen(input, reload) {
  const [file] = input.files;
  // So that the same file can be chosen again.
  input.value = "";
  const isDone = await ask({
    title: "Import this version?",
    content: [
      el("blockquote", {}, file.name),
      el("p", {}, "It is checked first, and answers you only when you use it. What its weights know beyond the lessons that you still have can be neither listed nor forgotten."),
      field("Its name (optional)", el("input", { name: "name", maxlength: "64" })),
    ],
    confirm: "Import",
    onConfirm: (form) => call("POST", "/v1/adapters/import", { query: { name: form.get("name").trim() }, raw: file }),
  });
  if (!isDone) return;
  notify("The version is here. Use it when you like.");
  await reload();
}
