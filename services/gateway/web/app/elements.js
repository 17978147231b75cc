/** Builds elements. Text becomes part of the page as text here, never as HTML. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  attach: "M15.500 7.500 9 14a2.100 2.100 0 0 0 3 3l7-7a4.200 4.200 0 0 0-6-6l-7 7a6.300 6.300 0 0 0 9 9l5.500-5.500",
  cancel: "M6 6l12 12M18 6 6 18",
  check: "M5 12.500 10 17.500 19 7",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M7 4v10M7 14H4V4h3m0 10 4 6c1.500 0 2.500-1 2.500-2.500V14h4.800a1.700 1.700 0 0 0 1.700-2l-1.200-6.500A1.800 1.800 0 0 0 17 4H7",
  download: "M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  know: "M3 7.500c3-2.700 6-2.700 9 0s6 2.700 9 0M3 12.500c3-2.700 6-2.700 9 0s6 2.700 9 0M3 17.500c3-2.700 6-2.700 9 0s6 2.700 9 0",
  learn: "M3 9.500c3-2.700 6-2.700 9 0s6 2.700 9 0M3 15c3-2.700 6-2.700 9 0s6 2.700 9 0",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  operator: "M4 5h16v6H4zM4 13h16v6H4zM7.500 8h.01M7.500 16h.01M11 8h5M11 16h5",
  pause: "M8.500 6v12M15.500 6v12",
  play: "M8 5.500 18.500 12 8 18.500z",
  plus: "M12 5v14M5 12h14",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13M15.500 15.500 20 20",
  send: "M12 20V5m-6 6 6-6 6 6",
  settings: "M4 8h9m4 0h3M4 16h3m4 0h9M15 10.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600M9 18.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600",
  stop: "M7 7h10v10H7z",
  again: "M19 12a7 7 0 1 1-2.100-5M19 3v4.500h-4.500",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  up: "M7 20V10m0 10H4V10h3m0 10h10a1.800 1.800 0 0 0 1.800-1.500L20 12a1.700 1.700 0 0 0-1.700-2h-4.800V6.500C13.500 5 12.500 4 11 4l-4 6",
  web: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17M3.500 12h17M12 3.500c5 5.700 5 11.300 0 17-5-5.700-5-11.300 0-17",
  file: "M6 3.500h8L18.500 8v12.500H6zM14 3.500V8h4.500",
};

/** An element. `attributes`: `on` holds listeners, `data` data attributes; false, null and undefined leave one out. */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A small picture that says nothing to screen readers; whatever it stands in must have a name. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** A button; one that shows only a picture is named by `label`, which also explains it to the mouse. */
export function button({ label, picture, text, onClick, ...attributes }) {
  const named = text ? {} : { "aria-label": label, title: label };
  return el(
    "button",
    { type: "button", ...named, ...attributes, on: { click: onClick, ...attributes.on } },
    picture && icon(picture),
    text && el("span", {}, text),
  );
}

/** Put `children` where there was something else. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child || child === 0));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) listener && element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}
