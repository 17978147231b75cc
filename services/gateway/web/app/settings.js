/** What this browser remembers: keys, the user's name, the look. Knows nothing of the server. */

const KEY = "lorelei.key";
const USER = "lorelei.user";
const THEME = "lorelei.theme";
const OPERATOR_KEY = "lorelei.operator-key";
const IN_FRAGMENT = /^#key=([^&]+)/;

export const settings = {
  get key() {
    return localStorage.getItem(KEY) ?? "";
  },
  set key(value) {
    localStorage.setItem(KEY, value);
  },
  get user() {
    return localStorage.getItem(USER) || "default";
  },
  set user(value) {
    localStorage.setItem(USER, value);
  },
  /** The operator's key; gone when this tab is closed. */
  get operatorKey() {
    return sessionStorage.getItem(OPERATOR_KEY) ?? "";
  },
  set operatorKey(value) {
    if (value) sessionStorage.setItem(OPERATOR_KEY, value);
    else sessionStorage.removeItem(OPERATOR_KEY);
  },
  get theme() {
    return localStorage.getItem(THEME) ?? "system";
  },
  set theme(value) {
    localStorage.setItem(THEME, value);
    applyTheme();
  },
};

/** Keep a key that came in the address (`#key=…`, which no server sees), and take it out of there. */
export function takeKeyFromAddress() {
  const found = IN_FRAGMENT.exec(location.hash);
  if (!found) return;
  settings.key = decodeURIComponent(found[1]);
  history.replaceState(null, "", location.pathname);
}

/** Show the page dark, light or as the system is. */
export function applyTheme() {
  document.documentElement.dataset.theme = settings.theme;
}
