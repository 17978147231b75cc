/** Writes figures as people read them. */

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "42 s", "3 min 5 s". */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "83 %". */
export function share(value) {
  return `${Math.round(value * 100)} %`;
}

/** "1.4 MB". */
export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  if (count < 1e6) return `${Math.round(count / 1000)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}

/** "3 minutes ago", of a time in seconds since the epoch. */
export function ago(time) {
  const passed = Date.now() / 1000 - time;
  for (const [unit, seconds] of STEPS) if (passed >= seconds) return RELATIVE.format(-Math.floor(passed / seconds), unit);
  return "just now";
}

/** "23 Nov, 14:05". */
export function moment(date) {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(date);
}

/** S: the harmonic mean of two shares; 0 when one of them is. */
export function harmonicMean(one, other) {
  return one && other ? (2 * one * other) / (one + other) : 0;
}
