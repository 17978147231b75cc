/** Thumbs on an answer: what was good or bad about it, and what should have been said. */

import { notify, notifyOf } from "../announce.js";
import { call } from "../api.js";
import { field } from "../dialogs.js";
import { button, el } from "../elements.js";
import { LessonCard } from "../lesson/card.js";
import { settings } from "../settings.js";

const MOST_RATINGS = 1000;

/** What was thought of answers so far: "up" or "down" by completion. */
export async function givenRatings() {
  const { data } = await call("GET", "/v1/feedback", { query: { limit: MOST_RATINGS } });
  return new Map(data.map((one) => [one.completion_id, one.rating]));
}

/** Two buttons about the answer `completionId` and its `rating`, if any; forms and lessons go into `place`. */
export function feedbackOn(completionId, rating, place) {
  const up = button({ label: "Good answer", picture: "up", class: "quiet small", onClick: () => rate("up", {}) });
  const down = button({ label: "Bad answer", picture: "down", class: "quiet small", onClick: () => openForm() });
  press(rating);

  function press(given) {
    up.setAttribute("aria-pressed", String(given === "up"));
    down.setAttribute("aria-pressed", String(given === "down"));
  }

  async function rate(given, told) {
    try {
      const kept = await call("POST", "/v1/feedback", { body: { completion_id: completionId, rating: given, user: settings.user, ...told } });
      press(given);
      place.replaceChildren(...(kept.job_id ? [new LessonCard(kept.job_id).element] : []));
      if (!kept.job_id) notify(kept.message ?? "Thank you, it is noted.");
    } catch (error) {
      notifyOf(error);
    }
  }

  function openForm() {
    if (place.querySelector("form")) {
      place.replaceChildren();
      down.focus();
      return;
    }
    const form = formOf((told) => rate("down", told), () => {
      place.replaceChildren();
      down.focus();
    });
    place.replaceChildren(form);
    form.querySelector("textarea").focus();
  }

  return [up, down];
}

function formOf(onSend, onCancel) {
  const correction = el("textarea", { name: "correction", rows: "2" });
  const learnNow = el("input", { type: "checkbox", name: "learn_now", disabled: true });
  correction.addEventListener("input", () => {
    learnNow.disabled = !correction.value.trim();
    learnNow.checked = !learnNow.disabled;
  });
  return el(
    "form",
    {
      class: "feedback",
      "aria-label": "What was wrong with this answer?",
      on: {
        submit: (event) => {
          event.preventDefault();
          onSend(toldIn(new FormData(event.currentTarget)));
        },
        keydown: (event) => event.key === "Escape" && onCancel(),
      },
    },
    field("What should it have said?", correction),
    field("What was wrong? (optional)", el("input", { name: "reason", maxlength: "1000" })),
    el("label", { class: "choice" }, learnNow, "Learn the correction now"),
    el("label", { class: "choice" }, el("input", { type: "checkbox", name: "harmful" }), "It was harmful"),
    el("div", { class: "buttons" }, button({ text: "Cancel", class: "quiet small", onClick: onCancel }), el("button", { type: "submit", class: "primary small" }, "Send")),
  );
}

function toldIn(form) {
  const [correction, reason] = [form.get("correction").trim(), form.get("reason").trim()];
  return {
    ...(correction && { correction }),
    ...(reason && { reason }),
    ...(form.has("harmful") && { harmful: true }),
    ...(form.has("learn_now") && { learn_now: true }),
  };
}
