/** Calls the gateway. Knows its addresses and errors, nothing of what is shown. */

import { settings } from "./settings.js";

/** What the gateway refused, in words for people. `status` is 0 where it could not be reached. */
export class ApiError extends Error {
  constructor(message, status, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Called with each answer 401. */
export const unauthorised = new EventTarget();

/** The answer to one call, whatever it holds; raises ApiError for every refusal. */
export async function request(method, path, { query = {}, body, signal, headers = {}, keepalive = false } = {}) {
  const address = new URL(path, location.origin);
  // Named once: in the body where that has a place for it.
  const who = body?.user === undefined ? { user: settings.user } : {};
  for (const [name, value] of Object.entries({ ...who, ...query })) address.searchParams.set(name, value);
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  let reply;
  try {
    reply = await fetch(address, {
      method,
      signal,
      keepalive,
      headers: { Authorization: `Bearer ${settings.key}`, ...sent, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("Lorelei cannot be reached. Is it running?", 0);
  }
  if (!reply.ok) throw await refusal(reply);
  return reply;
}

/** The JSON answer to one call. */
export async function call(method, path, options) {
  return (await request(method, path, options)).json();
}

/** Upload a file to learn from; `onProgress` is told the share that was sent. Abort with `signal`. */
export function upload(file, onProgress, signal) {
  // fetch does not tell how far an upload is.
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    const form = new FormData();
    form.append("purpose", "user_data");
    form.append("user", settings.user);
    form.append("file", file, file.name);
    sending.open("POST", "/v1/files");
    sending.setRequestHeader("Authorization", `Bearer ${settings.key}`);
    sending.responseType = "json";
    sending.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
    sending.addEventListener("load", () => {
      if (sending.status < 400) resolve(sending.response);
      else reject(errorFrom(sending.status, sending.response));
    });
    sending.addEventListener("error", () => reject(new ApiError("The upload broke off.", 0)));
    signal?.addEventListener("abort", () => sending.abort());
    sending.send(form);
  });
}

async function refusal(reply) {
  const body = await reply.json().catch(() => null);
  if (reply.status === 401) unauthorised.dispatchEvent(new Event("refused"));
  return errorFrom(reply.status, body);
}

function errorFrom(status, body) {
  const { message, code } = body?.error ?? {};
  return new ApiError(message || `The server answered with ${status}.`, status, code);
}
