/** Conversations as the server keeps them, and a word to this browser's other windows when one changes. */

import { call } from "../api.js";

const channel = new BroadcastChannel("lorelei");
const ROOT = "/v1/conversations";

/** Fires "changed" with {id} when a conversation changed here or in another window; `isElsewhere` tells which. */
export const changes = new EventTarget();

channel.addEventListener("message", ({ data }) => tell(data.id, true));

/** Tell this window and the others that the conversation `id` changed. */
export function changed(id) {
  tell(id, false);
  channel.postMessage({ id });
}

/** A fresh id for a conversation. */
export function newId() {
  return `c-${crypto.getRandomValues(new Uint32Array(3)).reduce((text, part) => text + part.toString(16).padStart(8, "0"), "")}`;
}

export const conversations = {
  list: async (search = "") => (await call("GET", ROOT, { query: search ? { search } : {} })).data,
  get: (id) => call("GET", `${ROOT}/${id}`),
  add: (id, messages, options) => call("POST", `${ROOT}/${id}/messages`, { body: { messages }, ...options }),
  dropLast: (id, count) => call("DELETE", `${ROOT}/${id}/messages`, { query: { last: count } }),
  async rename(id, title) {
    await call("PATCH", `${ROOT}/${id}`, { body: { title } });
    changed(id);
  },
  async remove(id) {
    await call("DELETE", `${ROOT}/${id}`);
    changed(id);
  },
};

function tell(id, isElsewhere) {
  changes.dispatchEvent(Object.assign(new Event("changed"), { id, isElsewhere }));
}
