/** The ways in which something is learned, in words. */

export const WAYS = {
  instruction: { name: "What you say", icon: "learn", sentence: "Understood as something you tell me." },
  document: { name: "Documents and links", icon: "file", sentence: "Understood as documents to read." },
  web: { name: "A web search", icon: "web", sentence: "Understood as something to search the web for." },
};

const OTHERS = {
  writing: "Learning from what I wrote.",
  feedback: "Learning from your correction.",
  examples: "Learning from your examples.",
  composition: "Combining lessons into a new version.",
  forgetting: "Forgetting a lesson.",
  consolidation: "Learning all lessons anew, together.",
};

/** What a job does. */
export function sentenceOf(kind) {
  return WAYS[kind]?.sentence ?? OTHERS[kind] ?? "Learning.";
}
