/** Asks for a reply and hands it out as it comes. */

import { ApiError, request } from "../api.js";
import { eventsOf } from "../event_stream.js";
import { settings } from "../settings.js";

/**
 * Yields {text} for each piece, {jobId} when it tells how a lesson goes, and at the end {completionId}, which is empty
 * for what no model said. Raises ApiError, also for a reply that broke off.
 */
export async function* reply(conversationId, text, signal) {
  const body = {
    model: "lorelei",
    user: settings.user,
    conversation_id: conversationId,
    stream: true,
    messages: [{ role: "user", content: text }],
  };
  const answer = await request("POST", "/v1/chat/completions", { body, signal });
  let [isWhole, jobId] = [false, null];
  for await (const { data } of eventsOf(answer)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new ApiError(chunk.error.message, 500, chunk.error.code);
    const [choice] = chunk.choices;
    const told = chunk.lorelei ?? {};
    if (told.learn?.job_id && told.learn.job_id !== jobId) yield { jobId: (jobId = told.learn.job_id) };
    if (choice?.delta.content) yield { text: choice.delta.content };
    if (choice?.finish_reason) {
      isWhole = true;
      yield { completionId: "adapter_version" in told ? chunk.id : "" };
    }
  }
  if (!isWhole) throw new ApiError("The reply broke off.", 0);
}
