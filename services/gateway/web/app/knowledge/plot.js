/** Draws how well versions learned (S) and how much of earlier lessons they kept, over time. */

import { el, svg } from "../elements.js";
import { harmonicMean, moment, share } from "../figures.js";

const [WIDTH, HEIGHT] = [640, 170];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 14, 12, 26];
const LEAST_VERSIONS = 2;
const SERIES = [
  ["s", "S, of recall and neighbours", (gate) => harmonicMean(gate.recall, gate.locality)],
  ["kept", "Earlier lessons kept", (gate) => gate.retention],
];

/** A figure of `versions`, or null while there are too few. */
export function scorePlot(versions) {
  const checked = versions.filter((version) => version.gate).reverse();
  if (checked.length < LEAST_VERSIONS) return null;
  const x = (index) => LEFT + ((WIDTH - LEFT - RIGHT) * index) / (checked.length - 1);
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value);
  const told = checked.map((version) => `${version.name ?? moment(new Date(version.created_at))}: ${SERIES.map(([, name, value]) => `${name} ${share(value(version.gate))}`).join(", ")}`);
  const drawing = svg(
    "svg",
    { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `S and retention by version, oldest first. ${told.join(". ")}` },
    ...[0, 0.5, 1].flatMap((value) => [
      svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      svg("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, share(value)),
    ]),
    ...SERIES.map(([name, , value]) => series(name, checked.map((version, index) => [x(index), y(value(version.gate))]))),
    svg("text", { x: LEFT, y: HEIGHT - 6 }, moment(new Date(checked[0].created_at))),
    svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, moment(new Date(checked.at(-1).created_at))),
  );
  const legend = SERIES.map(([name, label]) => el("span", { class: `key is-${name}` }, label));
  return el("figure", { class: "plot-figure" }, drawing, el("figcaption", {}, ...legend));
}

function series(name, points) {
  const path = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" L ");
  const dots = points.map(([cx, cy]) => svg("circle", { cx, cy, r: 3.5 }));
  return svg("g", { class: `series is-${name}` }, svg("path", { d: `M ${path}` }), ...dots);
}
