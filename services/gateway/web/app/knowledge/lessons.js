/** The list of lessons: what each taught and how it is checked, and how to forget or combine them. */

import { notifyOf } from "../announce.js";
import { call } from "../api.js";
import { ask, field } from "../dialogs.js";
import { button, el, fill, icon } from "../elements.js";
import { duration, harmonicMean, moment } from "../figures.js";
import { pageOf, sourceList } from "../lesson/sources.js";
import { settings } from "../settings.js";

const KINDS = { instruction: "You said it", document: "From documents", web: "From the web", writing: "From what I wrote", feedback: "From your corrections", examples: "From your examples" };
const KIND_ICONS = { instruction: "learn", document: "file", web: "web", writing: "edit", feedback: "check", examples: "file" };

/** `begin(job)` is called with every job that is started here; `versions` tell when a lesson was learned, and how well. */
export function lessonList(lessons, versions, begin) {
  if (!lessons.length) return el("p", { class: "empty" }, "No lessons are kept.");
  const chosen = new Set();
  const combine = button({ text: "Combine into a version", class: "small", disabled: true, onClick: () => combineInto([...chosen].reverse(), begin) });
  const choose = (lesson, isChosen) => {
    if (isChosen) chosen.add(lesson.id);
    else chosen.delete(lesson.id);
    combine.disabled = chosen.size === 0;
    combine.lastChild.textContent = chosen.size ? `Combine ${chosen.size} into a version` : "Combine into a version";
  };
  return el(
    "div",
    {},
    el("ul", { class: "lessons" }, ...lessons.map((lesson) => lessonItem(lesson, versions.find((version) => version.job_id === lesson.id), choose, begin))),
    el("div", { class: "buttons" }, el("span", { class: "note" }, "Chosen lessons can be made into a fresh version that knows just these."), combine),
  );
}

function lessonItem(lesson, version, choose, begin) {
  const box = el("input", { type: "checkbox", "aria-label": `Choose: ${lesson.statement}`, on: { change: () => choose(lesson, box.checked) } });
  const inside = el("div", { class: "inside" });
  const details = el("details", { on: { toggle: () => details.open && !inside.firstChild && showInside(lesson, inside) } }, el("summary", {}, "What it was made of"), inside);
  return el(
    "li",
    { class: lesson.active ? "lesson-item" : "lesson-item is-inactive" },
    box,
    el(
      "div",
      { class: "lesson-main" },
      el("p", { class: "statement" }, lesson.statement),
      el("p", { class: "note kind" }, icon(KIND_ICONS[lesson.kind] ?? "learn"), noteOf(lesson, version)),
      lesson.sources.length > 0 && sourceList(lesson.sources),
      details,
    ),
    button({ text: "Forget", class: "quiet small danger", "aria-label": `Forget: ${lesson.statement}`, onClick: () => forget(lesson, begin) }),
  );
}

function noteOf(lesson, version) {
  const { gate, created_at: learnedAt, seconds } = version ?? {};
  return [
    KINDS[lesson.kind] ?? lesson.kind,
    learnedAt && moment(new Date(learnedAt)),
    seconds && `trained ${duration(seconds)}`,
    gate && `S ${harmonicMean(gate.recall, gate.locality).toFixed(2)}`,
    !lesson.active && "not known by the version in force",
  ]
    .filter(Boolean)
    .join(" · ");
}

async function showInside(lesson, place) {
  fill(place, el("p", { class: "note" }, "…"));
  try {
    const { learned, examples, probes, selection } = await call("GET", `/v1/lessons/${lesson.id}`);
    const recall = probes.filter((probe) => probe.kind === "recall");
    fill(
      place,
      learned.length > 0 && el("ul", { class: "facts" }, ...learned.map((fact) => el("li", {}, fact.text, pageOf(fact) && el("span", { class: "note" }, ` ${pageOf(fact)}`)))),
      el("p", { class: "note" }, `${examples.length} examples were trained on, of ${selection.generated} that were written; ${probes.length} questions check it and are never trained on.`),
      recall.length > 0 && el("table", {}, el("caption", {}, "Checked by"), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Question"), el("th", { scope: "col" }, "An answer holds"))), el("tbody", {}, ...recall.map(probeRow))),
    );
  } catch (error) {
    fill(place);
    notifyOf(error);
  }
}

function probeRow({ prompt, expected }) {
  return el("tr", {}, el("td", {}, prompt.at(-1).content), el("td", {}, expected.join(" or ")));
}

function forget(lesson, begin) {
  return ask({
    title: "Forget this lesson?",
    content: [
      el("blockquote", {}, lesson.statement),
      el("p", {}, "The model is trained again without it. Then its data, every version that knows it, and what you said of it in conversations are deleted for good."),
    ],
    confirm: "Forget",
    isDangerous: true,
    onConfirm: async () => begin(await call("DELETE", `/v1/lessons/${lesson.id}`)),
  });
}

function combineInto(lessons, begin) {
  return ask({
    title: "Combine lessons",
    content: [el("p", {}, "A fresh version is trained that knows exactly the chosen lessons, and serves you from then on."), field("Its name (optional)", el("input", { name: "name", maxlength: "64" }))],
    confirm: "Train it",
    onConfirm: async (form) => begin(await call("POST", "/v1/adapters", { body: { lessons, name: form.get("name").trim(), user: settings.user } })),
  });
}
