/** Asks for the API key, the user's name and the look. */

import { ApiError, call } from "./api.js";
import { ask, field } from "./dialogs.js";
import { el } from "./elements.js";
import { settings } from "./settings.js";

const THEMES = { system: "As the system", light: "Light", dark: "Dark" };
const USER_PATTERN = "[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,63}";

/** Show the dialog until its answers are good ones; resolves to true when something was saved. */
export function askForSettings({ isFirstVisit = false } = {}) {
  const key = el("input", { name: "key", type: "password", required: true, autocomplete: "off", spellcheck: "false", value: settings.key });
  const user = el("input", { name: "user", required: true, pattern: USER_PATTERN, maxlength: "64", autocomplete: "username", spellcheck: "false", value: settings.user });
  const theme = el("select", { name: "theme" }, ...Object.entries(THEMES).map(([value, text]) => el("option", { value, selected: value === settings.theme }, text)));
  return ask({
    title: isFirstVisit ? "Welcome to Lorelei" : "Settings",
    content: [
      isFirstVisit && el("p", {}, "A model that learns from you while you talk. What you teach it stays yours."),
      field("API key", key, "Lorelei prints it when it starts, and keeps it in the file api_key of its home."),
      field("Your name", user, "Everybody has a model of their own. Letters, digits and . _ @ + - "),
      field("Look", theme),
    ].filter(Boolean),
    confirm: isFirstVisit ? "Begin" : "Save",
    cancel: isFirstVisit ? "" : "Cancel",
    onConfirm: save,
  });
}

async function save(form) {
  const before = { key: settings.key, user: settings.user };
  settings.key = form.get("key").trim();
  settings.user = form.get("user").trim();
  try {
    await call("GET", "/v1/me");
  } catch (error) {
    Object.assign(settings, before);
    throw error.status === 401 ? new ApiError("This key is not known here.", 401) : error;
  }
  settings.theme = form.get("theme");
}
