/** Shows how far a lesson is: its stages, a bar, and the loss while it trains. */

import { announce } from "../announce.js";
import { el, fill, icon } from "../elements.js";
import { sparkline } from "./sparkline.js";

const STAGES = [
  ["PREPARING", "Preparing"],
  ["TRAINING", "Training"],
  ["EVALUATING", "Checking"],
  ["ACTIVATING", "Going live"],
];

/** An element with `show(event)`. */
export function stagesOf() {
  const bar = el("div", { class: "bar", role: "progressbar", "aria-label": "Learning", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, el("div", { class: "filled" }));
  const items = STAGES.map(([, name]) => el("li", {}, el("span", { class: "mark" }), el("span", { class: "name" }, name)));
  const figures = el("p", { class: "figures" });
  const loss = sparkline();
  const curve = el("div", { class: "curve", hidden: true }, loss.element, figures);
  const element = el("div", { class: "progress" }, el("ol", { class: "stages" }, ...items), bar, curve);
  let stage = -1;

  function show({ state, progress, detail, stage: part }) {
    const now = STAGES.findIndex(([name]) => name === state);
    if (now >= 0 && now !== stage) announce(`${STAGES[now][1]}.`);
    stage = now;
    items.forEach((item, index) => showStage(item, index, now, detail));
    bar.setAttribute("aria-valuenow", progress);
    bar.firstChild.style.setProperty("inline-size", `${progress}%`);
    if (state === "PREPARING" && part) {
      curve.hidden = false;
      fill(figures, [part, ...Object.entries(detail).map(([name, count]) => `${name.replaceAll("_", " ")}: ${count}`)].join(" · "));
    }
    loss.element.toggleAttribute("hidden", state === "PREPARING");
    if (detail.step) {
      curve.hidden = false;
      loss.add(detail.step, detail.total_steps, detail.loss);
      fill(figures, `loss ${detail.loss.toFixed(2)}`, detail.tokens_per_second ? ` · ${Math.round(detail.tokens_per_second)} tokens/s` : "");
    }
  }

  return { element, show };
}

function showStage(item, index, now, detail) {
  item.className = index < now ? "is-done" : index === now ? "is-now" : "";
  item.toggleAttribute("aria-current", false);
  if (index === now) item.setAttribute("aria-current", "step");
  fill(item.firstChild, index < now && icon("check"));
  fill(item.lastChild, STAGES[index][1] + (index === now ? countIn(detail) : ""));
}

function countIn(detail) {
  if (detail.step) return ` ${detail.step}/${detail.total_steps}`;
  if (detail.total) return ` ${detail.done}/${detail.total}`;
  if (detail.jobs_ahead) return ` · ${detail.jobs_ahead} before it`;
  return "";
}
