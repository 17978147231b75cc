/** Asks for a reply and hands it out as it comes. */

import { ApiError, request } from "../api.js";
import { eventsOf } from "../event_stream.js";
import { settings } from "../settings.js";

/** Yields {text} for each piece, and {completionId, version} once. Raises ApiError, also for a reply that broke off. */
export async function* reply(conversationId, text, signal) {
  const body = {
    model: "lorelei",
    user: settings.user,
    conversation_id: conversationId,
    stream: true,
    messages: [{ role: "user", content: text }],
  };
  const answer = await request("POST", "/v1/chat/completions", { body, signal });
  let isWhole = false;
  for await (const { data } of eventsOf(answer)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new ApiError(chunk.error.message, 500, chunk.error.code);
    const [choice] = chunk.choices;
    if (choice?.delta.content) yield { text: choice.delta.content };
    if (choice?.finish_reason) {
      isWhole = true;
      yield { completionId: chunk.id, version: chunk.lorelei?.adapter_version ?? null };
    }
  }
  if (!isWhole) throw new ApiError("The reply broke off.", 0);
}
