/** Shows what runs: the replicas of each service, what they use, and what only some of them have. */

import { el } from "../elements.js";
import { bytes, share } from "../figures.js";

const NAMES = { gateway: "Gateway", inference: "Inference", augmenter: "Augmenter", trainer: "Trainer" };

/** A list of services, by name, with their replicas. */
export function serviceList(services) {
  const replicas = Object.values(services).flat();
  const hasGpu = replicas.some((one) => one.resources?.gpus.length);
  return el(
    "div",
    {},
    el("div", { class: "services" }, ...Object.entries(services).map(([name, found]) => serviceItem(name, found))),
    !hasGpu && el("p", { class: "note" }, "No replica sees a GPU; everything is computed on CPUs."),
  );
}

function serviceItem(name, replicas) {
  const id = `service-${name}`;
  const count = replicas.length === 1 ? "" : ` · ${replicas.length} replicas`;
  return el("section", { class: "service", "aria-labelledby": id }, el("h3", { id }, NAMES[name] ?? name, el("span", { class: "note" }, count)), ...replicas.map(replicaItem));
}

function replicaItem(replica) {
  const isReady = replica.state === "ready";
  const { resources } = replica;
  return el(
    "div",
    { class: "replica" },
    el("p", { class: "replica-name" }, el("span", { class: isReady ? "state is-ready" : "state" }, isReady ? "ready" : "not ready"), el("span", { class: "address" }, replica.name)),
    resources && use("CPU", resources.cores_used, resources.machine_cores, `${resources.cores_used.toFixed(2)} of ${resources.machine_cores} cores`, `${resources.machine_cores_used.toFixed(2)} busy in all`),
    resources && use("Memory", resources.memory_used_bytes, resources.machine_memory_bytes, `${bytes(resources.memory_used_bytes)} of ${bytes(resources.machine_memory_bytes)}`, `${bytes(resources.machine_memory_used_bytes)} used in all`),
    ...(resources?.gpus ?? []).flatMap((gpu) => [
      use(gpu.name, gpu.busy, 1, `${share(gpu.busy)} busy`, ""),
      use(`${gpu.name}, memory`, gpu.memory_used_bytes, gpu.memory_bytes, `${bytes(gpu.memory_used_bytes)} of ${bytes(gpu.memory_bytes)}`, ""),
    ]),
    replica.training && el("p", { class: "note" }, trainingOf(replica.training)),
    replica.model && el("p", { class: "note" }, `Serves ${replica.model}.`),
    replica.model && adaptersOf(replica),
  );
}

function use(name, used, most, told, beside) {
  const filled = el("div", { class: "filled" });
  filled.style.setProperty("inline-size", `${Math.min(100, (100 * used) / (most || 1)).toFixed(1)}%`);
  return el(
    "div",
    { class: "use" },
    el("span", { class: "use-name" }, name),
    el("div", { class: "bar", role: "meter", "aria-label": name, "aria-valuemin": "0", "aria-valuemax": most, "aria-valuenow": Math.min(used, most), "aria-valuetext": told }, filled),
    el("span", { class: "use-told" }, told, beside && el("span", { class: "note" }, ` · ${beside}`)),
  );
}

function trainingOf({ workers, busy_workers: busy, queued_jobs: queued }) {
  const waiting = queued ? `; ${queued} ${queued === 1 ? "job waits" : "jobs wait"} for one` : "";
  return `${busy} of ${workers} ${workers === 1 ? "worker" : "workers"} ${busy === 1 ? "trains" : "train"}${waiting}.`;
}

function adaptersOf({ name, adapters }) {
  if (!adapters.length) return el("p", { class: "note" }, "No adapter is resident.");
  const count = adapters.length === 1 ? "One adapter is resident" : `${adapters.length} adapters are resident`;
  const items = adapters.map((one) => el("li", {}, el("code", {}, one.version), ` of ${one.tenant} / ${one.user} · ${bytes(one.size_bytes)}`, one.streams > 0 && ` · answers ${one.streams} now`));
  return el("details", { data: { keep: `adapters ${name}` } }, el("summary", { data: { keep: `adapters of ${name}` } }, count), el("ul", { class: "adapters" }, ...items));
}
