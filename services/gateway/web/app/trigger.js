/** The beginning of a message that is to be learned from. */

export const TRIGGER = /^\s*\[learn\]\s*/i;
