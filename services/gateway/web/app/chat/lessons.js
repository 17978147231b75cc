/** Begins lessons in a conversation, also in another way than they were understood. */

import { call } from "../api.js";
import { ask } from "../dialogs.js";
import { el } from "../elements.js";
import { WAYS } from "../lesson/ways.js";
import { settings } from "../settings.js";
import { TRIGGER } from "../trigger.js";

/** Start a lesson; returns its text as it stands in the conversation, and its job. Raises ApiError. */
export async function startLesson(conversationId, { text, way, file_ids = [], urls = [] }) {
  const said = text.replace(TRIGGER, "").trim() || readingOf(file_ids, urls);
  const full = `[Learn] ${said}`;
  const body = { text: full, conversation_id: conversationId, user: settings.user, file_ids, urls, ...(way && { kind: way }) };
  return { text: full, job: await call("POST", "/v1/learn", { body }) };
}

/** Whether a message asks to see, undo or forget what was learned; the chat answers that. */
export async function isAboutMemory({ text, way, file_ids = [], urls = [] }) {
  if (way || file_ids.length || urls.length) return false;
  return (await intentOf(text)) === "manage";
}

/** What the server understands `text` as; "" where it does not tell. */
export async function intentOf(text) {
  try {
    const body = { text: `[Learn] ${text.replace(TRIGGER, "")}` };
    // It is understood alike for everybody.
    return (await call("POST", "/v1/intents", { body, query: { user: undefined } })).intent;
  } catch {
    return "";
  }
}

/** Ask how else `job` was meant; resolves to that way, or to null. The job is cancelled then. */
export async function askForOtherWay(job) {
  let chosen = null;
  const hasDocuments = job.file_ids.length > 0 || job.urls.length > 0;
  const others = Object.entries(WAYS).filter(([way]) => way !== job.kind && (way !== "document" || hasDocuments));
  const choices = others.map(([way, { name }], index) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name: "way", value: way, checked: index === 0 }), name),
  );
  await ask({
    title: "How did you mean it?",
    content: [el("p", {}, "This lesson is cancelled and begins anew."), el("fieldset", {}, el("legend", {}, "Learn from"), ...choices)],
    confirm: "Learn it so",
    onConfirm: async (form) => {
      await call("POST", `/v1/learn/${job.id}/cancel`);
      chosen = form.get("way");
    },
  });
  return chosen;
}

function readingOf(files, urls) {
  if (urls.length && !files.length) return `Read ${urls.join(" ")}`;
  return files.length + urls.length > 1 ? "Read the attached documents." : "Read the attached document.";
}
