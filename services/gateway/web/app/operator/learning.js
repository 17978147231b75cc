/** Says whether learning goes on or is paused, and lets the operator change it. */

import { announce } from "../announce.js";
import { ask as askInDialog } from "../dialogs.js";
import { button, el, icon } from "../elements.js";
import { moment } from "../figures.js";
import { ask } from "./calls.js";

const CHANGES = {
  pause: {
    title: "Pause learning?",
    text: "No further lesson begins, on any replica. Those that run end; new ones are taken in and wait, and their users are told so. Chats go on.",
    confirm: "Pause learning",
    done: "Learning is paused.",
  },
  resume: {
    title: "Go on with learning?",
    text: "Lessons that wait begin, each user's in order.",
    confirm: "Go on",
    done: "Learning goes on.",
  },
};

/** The state as an element; `reload()` is called after a change. */
export function learningState({ paused, paused_at: since }, reload) {
  return el(
    "div",
    { class: paused ? "learning-state is-paused" : "learning-state" },
    icon(paused ? "pause" : "learn"),
    el("p", {}, paused ? `Learning is paused since ${moment(new Date(since * 1000))}. Lessons wait.` : "Learning goes on."),
    button({
      text: paused ? "Go on with learning" : "Pause learning",
      picture: paused ? "play" : "pause",
      class: paused ? "primary small" : "small",
      "data-keep": "learning",
      onClick: () => change(paused ? "resume" : "pause", reload),
    }),
  );
}

async function change(action, reload) {
  const { title, text, confirm, done } = CHANGES[action];
  const isDone = await askInDialog({
    title,
    content: [el("p", {}, text)],
    confirm,
    onConfirm: () => ask("POST", `learning/${action}`),
  });
  if (!isDone) return;
  announce(done);
  await reload();
}
