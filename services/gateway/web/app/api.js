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

/** Called with each answer 401 to the user's own key. */
export const unauthorised = new EventTarget();

/**
 * The answer to one call, whatever it holds; raises ApiError for every refusal. `body` is sent as JSON, a zip file `raw`
 * as it is. The user is named unless the body names them, or a `key` takes the place of theirs; what is undefined in the
 * `query` is left out.
 */
export async function request(method, path, { query = {}, body, raw, signal, headers = {}, keepalive = false, key } = {}) {
  const address = new URL(path, location.origin);
  const user = key === undefined && !body?.user ? settings.user : undefined;
  for (const [name, value] of Object.entries({ user, ...query })) if (value !== undefined) address.searchParams.set(name, value);
  const type = raw ? "application/zip" : "application/json";
  const sent = body === undefined && !raw ? {} : { "Content-Type": type };
  let reply;
  try {
    reply = await fetch(address, {
      method,
      signal,
      keepalive,
      headers: { Authorization: `Bearer ${key ?? settings.key}`, ...sent, ...headers },
      body: body === undefined ? raw : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("Lorelei cannot be reached. Is it running?", 0);
  }
  if (!reply.ok) {
    if (reply.status === 401 && key === undefined) unauthorised.dispatchEvent(new Event("refused"));
    throw errorFrom(reply.status, await reply.json().catch(() => null));
  }
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

function errorFrom(status, body) {
  const { message, code } = body?.error ?? {};
  return new ApiError(message || `The server answered with ${status}.`, status, code);
}
