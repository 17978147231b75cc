/** Follows a learn job, or other long work, to its end, across lost connections. Knows nothing of what is shown. */

import { ApiError, request } from "../api.js";
import { eventsOf } from "../event_stream.js";

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 10_000;

export const TERMINAL = new Set(["LIVE", "REJECTED", "FAILED", "CANCELLED"]);

/** Yields each event of the learn job from its first on; ends after the last. Raises ApiError when it is not ours. */
export function follow(jobId, signal) {
  return eventsUntil(TERMINAL, `/v1/learn/${jobId}/events`, signal);
}

/** Yields each event at `path` from the first to one with a state of `ends`. Raises ApiError when there are none. */
export async function* eventsUntil(ends, path, signal) {
  let [lastId, pause] = ["0-0", FIRST_PAUSE_MILLISECONDS];
  for (;;) {
    try {
      const reply = await request("GET", path, { signal, headers: { "Last-Event-ID": lastId } });
      for await (const event of eventsOf(reply)) {
        [lastId, pause] = [event.id, FIRST_PAUSE_MILLISECONDS];
        const moment = JSON.parse(event.data);
        yield moment;
        if (ends.has(moment.state)) return;
      }
    } catch (error) {
      const mayPass = error instanceof TypeError || (error instanceof ApiError && (error.status === 0 || error.status >= 500));
      if (!mayPass || signal?.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (signal?.aborted) return;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
}
