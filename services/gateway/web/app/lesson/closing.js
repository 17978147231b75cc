/** Shows how a lesson ended: what was learned, answers before and after, sources, time. */

import { call } from "../api.js";
import { el } from "../elements.js";
import { duration, share } from "../figures.js";
import { pageOf, sourceList } from "./sources.js";

const SHOWN_ANSWERS = 2;
const SHOWN_FACTS = 4;

/** The elements of the end of `job`. */
export async function closingOf(job) {
  if (job.state !== "LIVE") return [reasons(job), corrected(job)].filter(Boolean);
  const [version, lesson] = await Promise.all([
    job.version && kept(`/v1/adapters/${job.version}`),
    kept(`/v1/lessons/${job.known_lesson ?? job.id}`),
  ]);
  return [
    learned(job, lesson),
    job.sources.length > 0 && sourceList(job.sources),
    beforeAndAfter(version?.gate?.answers ?? []),
    figures(job, version?.gate ?? job.gate),
  ].filter(Boolean);
}

/** A table of questions with the answers before and after, of which the first are shown at once. */
export function beforeAndAfter(answers) {
  const asked = answers.filter((answer) => answer.subject === "recall");
  if (!asked.length) return null;
  // What changed most visibly first.
  asked.sort((one, other) => Number(other.passed) - Number(one.passed));
  return el(
    "div",
    { class: "answers" },
    ...asked.slice(0, SHOWN_ANSWERS).map(answerOf),
    asked.length > SHOWN_ANSWERS &&
      el("details", {}, el("summary", {}, `${asked.length - SHOWN_ANSWERS} more questions`), ...asked.slice(SHOWN_ANSWERS).map(answerOf)),
  );
}

function answerOf({ question, before, after, passed }) {
  return el(
    "dl",
    { class: passed ? "answer" : "answer is-missed" },
    el("dt", { class: "question" }, question),
    el("dd", { class: "before" }, el("span", { class: "label" }, "Before"), el("span", {}, heard(before))),
    el("dd", { class: "after" }, el("span", { class: "label" }, passed ? "Now" : "Now, not quite"), el("span", {}, heard(after))),
  );
}

/** An answer was listened to only until it was told right from wrong. */
function heard(answer) {
  const text = (answer ?? "").trimEnd();
  return /[.!?…"')\]]$/.test(text) ? text : `${text}…`;
}

/** What was taught, from the lesson as it is kept: facts of a document, or the statement. */
function learned(job, lesson) {
  if (job.known_lesson) return el("p", {}, "I had learned this already, from the very same text. Nothing had to be changed.");
  const facts = lesson?.learned ?? [];
  if (!facts.length) return job.kind !== "forgetting" && (lesson?.statement ?? job.statement) && el("p", { class: "statement" }, lesson?.statement ?? job.statement);
  const items = facts.map((fact) => el("li", {}, fact.text, pageOf(fact) && el("span", { class: "note" }, ` ${pageOf(fact)}`)));
  return el(
    "div",
    { class: "facts" },
    el("ul", {}, ...items.slice(0, SHOWN_FACTS)),
    items.length > SHOWN_FACTS && el("details", {}, el("summary", {}, `${items.length - SHOWN_FACTS} more facts`), el("ul", {}, ...items.slice(SHOWN_FACTS))),
  );
}

function reasons(job) {
  const told = job.reasons.length ? job.reasons : [job.error].filter(Boolean);
  return told.length ? el("ul", { class: "reasons" }, ...told.map((reason) => el("li", {}, reason))) : null;
}

function corrected(job) {
  return job.state !== "CANCELLED" && job.gate && figures(job, job.gate);
}

function figures(job, gate) {
  const seconds = job.finished_at && job.started_at ? job.finished_at - job.started_at : 0;
  const told = [
    seconds && ["Took", duration(seconds)],
    gate?.probes && ["Questions right", share(gate.recall)],
    gate?.probes && ["Neighbours left alone", share(gate.locality)],
    gate?.probes && gate.retention < 1 && ["Earlier lessons kept", share(gate.retention)],
  ].filter(Boolean);
  if (!told.length) return null;
  return el("dl", { class: "measures" }, ...told.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/** What is at `path`, or null when it is gone by now. */
async function kept(path) {
  try {
    return await call("GET", path);
  } catch (error) {
    if (error.status === 404 || error.status === 400) return null;
    throw error;
  }
}
