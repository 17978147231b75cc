/** Shows the jobs of all tenants: those that run and wait, with a way to cancel them, and those that failed. */

import { notify, notifyOf } from "../announce.js";
import { ask as askInDialog } from "../dialogs.js";
import { button, el } from "../elements.js";
import { ago, share } from "../figures.js";
import { ask } from "./calls.js";
import { table } from "./tables.js";

const STATES = { QUEUED: "waiting", PREPARING: "preparing", TRAINING: "training", EVALUATING: "checking", ACTIVATING: "going live", FAILED: "failed", REJECTED: "not learned" };
const SHOWN = 20;

/** What there is to show of jobs: those that run and wait, and the latest that failed or that the gate refused. */
export async function loadJobs(signal) {
  const [running, queued, failed, rejected] = await Promise.all(
    ["running", "queued", "failed", "rejected"].map((state) => ask("GET", "jobs", { signal, query: { state, limit: SHOWN } })),
  );
  const ended = [...failed.data, ...rejected.data].sort((one, other) => other.finished_at - one.finished_at);
  return { unfinished: [...running.data, ...queued.data], ended: ended.slice(0, SHOWN) };
}

/** A sentence on how many jobs there are of each state. */
export function jobCounts({ running, queued, live, rejected, failed, cancelled }) {
  const told = [[running, "running"], [queued, "waiting"], [live, "learned"], [rejected, "not learned"], [failed, "failed"], [cancelled, "cancelled"]];
  return el("dl", { class: "counts" }, ...told.map(([count, name]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(count)))));
}

/** A table of what runs and waits; `reload()` is called after a change. */
export function unfinishedJobs(jobs, { running, queued }, reload) {
  if (!jobs.length) return el("p", { class: "empty" }, "Nobody is learning now.");
  const rows = jobs.map((job) => [owner(job), job.kind, stateOf(job), ago(job.created_at), cancelButton(job, reload)]);
  const more = running + queued - jobs.length;
  return el("div", {}, table("Jobs that run and wait", ["Whose", "What", "State", "Asked for", "Change"], rows), more > 0 && el("p", { class: "note" }, `And ${more} more.`));
}

/** A table of what failed or was refused. */
export function endedJobs(jobs) {
  if (!jobs.length) return el("p", { class: "empty" }, "Nothing has failed.");
  const rows = jobs.map((job) => [owner(job), job.kind, STATES[job.state], reasonOf(job), ago(job.finished_at), el("code", {}, job.id)]);
  return table("Jobs that failed", ["Whose", "What", "State", "Why", "Ended", "Job"], rows);
}

function owner({ tenant, user }) {
  return `${tenant} / ${user}`;
}

function stateOf(job) {
  if (job.cancel_requested) return "being cancelled";
  return job.state === "QUEUED" ? STATES.QUEUED : `${STATES[job.state]}, ${job.progress} %`;
}

function reasonOf({ error, gate }) {
  if (error) return el("span", { title: error.code }, error.message ?? sentence(error.code));
  if (!gate) return "Refused by moderation.";
  return `The gate: questions right ${share(gate.recall)}, neighbours left alone ${share(gate.locality)}, earlier lessons kept ${share(gate.retention)}.`;
}

function sentence(code) {
  return `${code[0].toUpperCase()}${code.slice(1).replaceAll("_", " ")}.`;
}

function cancelButton(job, reload) {
  return button({
    text: "Cancel",
    class: "quiet small danger",
    disabled: job.cancel_requested,
    "aria-label": `Cancel the job of ${owner(job)}`,
    "data-keep": job.id,
    onClick: () => cancel(job, reload),
  });
}

async function cancel(job, reload) {
  const isDone = await askInDialog({
    title: "Cancel this job?",
    content: [el("p", {}, `It is a job of ${owner(job)}. Their model stays as it is, and they see that the job was cancelled.`)],
    confirm: "Cancel the job",
    cancel: "Let it go on",
    isDangerous: true,
    onConfirm: () => ask("POST", `jobs/${job.id}/cancel`),
  });
  if (!isDone) return;
  notify("The job is being cancelled.");
  await reload().catch(notifyOf);
}
