/** Draws how the loss of a training falls, as a small line. */

import { svg } from "../elements.js";

const [WIDTH, HEIGHT, EDGE] = [240, 44, 4];

/** A drawing with `add(step, steps, loss)`. */
export function sparkline() {
  const area = svg("path", { class: "area" });
  const line = svg("path", { class: "line" });
  const dot = svg("circle", { class: "dot", r: "3", cx: "-9", cy: "-9" });
  const title = svg("title", {}, "Loss");
  const element = svg("svg", { class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }, title, area, line, dot);
  const points = new Map();

  function add(step, steps, loss) {
    // A second attempt begins with step 1 again.
    if (step === 1) points.clear();
    points.set(step, loss);
    const most = Math.max(...points.values(), 0.01);
    const places = [...points].map(([at, value]) => [
      EDGE + ((WIDTH - 2 * EDGE) * at) / Math.max(steps, at),
      HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * value) / most,
    ]);
    const path = places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" L ");
    const [lastX, lastY] = places.at(-1);
    line.setAttribute("d", `M ${path}`);
    area.setAttribute("d", `M ${places[0][0]} ${HEIGHT} L ${path} L ${lastX} ${HEIGHT} Z`);
    dot.setAttribute("cx", lastX);
    dot.setAttribute("cy", lastY);
    title.textContent = `Loss ${loss.toFixed(2)} after step ${step} of ${steps}`;
  }

  return { element, add };
}
