/** Lets things be dropped anywhere on an element. */

/** `onDrop(transfer)` gets what was dropped on `element`. */
export function takeDrops(element, onDrop) {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.classList.add("is-dropping");
  });
  element.addEventListener("dragleave", (event) => element.contains(event.relatedTarget) || element.classList.remove("is-dropping"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("is-dropping");
    onDrop(event.dataTransfer);
  });
}
