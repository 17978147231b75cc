/** The timeline of versions: what each learned and how well, and how to switch, name, download and delete them. */

import { notify, notifyOf } from "../announce.js";
import { call, request } from "../api.js";
import { ask, field } from "../dialogs.js";
import { button, el, fill } from "../elements.js";
import { bytes, duration, harmonicMean, moment, share } from "../figures.js";
import { beforeAndAfter } from "../lesson/closing.js";

/** The user's own name for a version, else when it was made. */
export function titleOf(version) {
  return version.name ?? `of ${moment(new Date(version.created_at))}`;
}

/** Versions, newest first, and the untaught model at the end; `reload()` is called after each change. */
export function versionTimeline(versions, reload) {
  const isBase = !versions.some((version) => version.active);
  return el("ol", { class: "timeline" }, ...versions.map((version) => versionItem(version, reload)), baseItem(isBase, reload));
}

function versionItem(version, reload) {
  const name = version.name ?? version.version;
  const taught = version.taught.map(({ statement }) => el("li", {}, statement ?? "A lesson that was forgotten"));
  const act = (call_) => run(call_, reload);
  return item(
    version.active,
    el("h3", {}, version.name ?? `Version ${titleOf(version)}`, version.active && el("span", { class: "tag" }, "in force")),
    el("p", { class: "note" }, [version.version, version.name && moment(new Date(version.created_at)), originOf(version), bytes(version.size_bytes), version.origin === "trained" && `trained ${duration(version.seconds)}`].filter(Boolean).join(" · ")),
    taught.length > 0 && el("ul", { class: "taught" }, ...taught),
    version.gate && scores(version.gate),
    version.gate && answersOf(version),
    el(
      "div",
      { class: "buttons start" },
      !version.active && button({ text: "Use this one", class: "small", "aria-label": `Use this one: ${name}`, onClick: () => act(() => activate(version.version)) }),
      button({ text: "Rename", class: "quiet small", "aria-label": `Rename ${name}`, onClick: () => rename(version, reload) }),
      button({ text: "Download", class: "quiet small", "aria-label": `Download ${name}`, onClick: () => act(() => download(version.version)) }),
      !version.active && button({ text: "Delete", class: "quiet small danger", "aria-label": `Delete ${name}`, onClick: () => remove(version, reload) }),
    ),
  );
}

function baseItem(isActive, reload) {
  return item(
    isActive,
    el("h3", {}, "The untaught model", isActive && el("span", { class: "tag" }, "in force")),
    el("p", { class: "note" }, "What everybody begins with."),
    !isActive && el("div", { class: "buttons start" }, button({ text: "Use this one", class: "small", "aria-label": "Use this one: the untaught model", onClick: () => run(() => activate("base"), reload) })),
  );
}

function item(isActive, ...content) {
  return el("li", { class: isActive ? "version is-active" : "version", "aria-current": isActive && "true" }, ...content);
}

function originOf(version) {
  if (version.origin === "imported") return "imported";
  return version.lessons.length === 1 ? "knows one lesson" : `knows ${version.lessons.length} lessons`;
}

function scores(gate) {
  const told = [
    ["S", harmonicMean(gate.recall, gate.locality).toFixed(2)],
    ["Questions right", `${share(gate.recall_before)} → ${share(gate.recall)}`],
    ["Neighbours left alone", share(gate.locality)],
    ["Earlier lessons kept", share(gate.retention)],
    ["Drift", gate.drift.toFixed(3)],
  ];
  return el("dl", { class: "measures" }, ...told.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function answersOf(version) {
  const inside = el("div", { class: "inside" });
  const details = el("details", { on: { toggle: () => details.open && !inside.firstChild && show() } }, el("summary", {}, "Answers before and after"), inside);
  async function show() {
    try {
      const { gate } = await call("GET", `/v1/adapters/${version.version}`);
      fill(inside, beforeAndAfter(gate?.answers ?? []) ?? el("p", { class: "note" }, "None were kept."));
    } catch (error) {
      notifyOf(error);
    }
  }
  return details;
}

async function run(action, reload) {
  try {
    await action();
    await reload();
  } catch (error) {
    notifyOf(error);
  }
}

async function activate(version) {
  await call("POST", `/v1/adapters/${version}/activate`);
  notify(version === "base" ? "The untaught model answers from now on." : "This version answers from now on.");
}

async function download(version) {
  const packed = await (await request("GET", `/v1/adapters/${version}/download`)).blob();
  const link = el("a", { href: URL.createObjectURL(packed), download: `${version}.zip` });
  link.click();
  URL.revokeObjectURL(link.href);
}

function rename(version, reload) {
  return ask({
    title: "Rename this version",
    content: [field("Name", el("input", { name: "name", maxlength: "64", value: version.name ?? "" }))],
    confirm: "Rename",
    onConfirm: async (form) => {
      await call("PATCH", `/v1/adapters/${version.version}`, { body: { name: form.get("name").trim() } });
      await reload();
    },
  });
}

function remove(version, reload) {
  return ask({
    title: "Delete this version?",
    content: [el("p", {}, "Its weights are deleted for good. A lesson that no other version knows is not listed any more.")],
    confirm: "Delete",
    isDangerous: true,
    onConfirm: async () => {
      await call("DELETE", `/v1/adapters/${version.version}`);
      await reload();
    },
  });
}
