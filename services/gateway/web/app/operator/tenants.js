/** Lists tenants, and the users of one when it is opened. */

import { notifyOf } from "../announce.js";
import { button, el } from "../elements.js";
import { ask } from "./calls.js";
import { table } from "./tables.js";

const SHOWN = 50;

/** An element that loads the tenants page by page. */
export function tenantList(signal) {
  return pages("tenants", signal, (tenants) => tenants.map((one) => tenantItem(one, signal)));
}

function tenantItem({ tenant, users }, signal) {
  const inside = el("div", { class: "inside" });
  const show = () => inside.append(pages(`tenants/${encodeURIComponent(tenant)}/users`, signal, (found) => [userTable(tenant, found)]));
  const details = el(
    "details",
    { class: "tenant", on: { toggle: () => details.open && !inside.firstChild && show() } },
    el("summary", {}, tenant, el("span", { class: "note" }, ` · ${users === 1 ? "one user" : `${users} users`}`)),
    inside,
  );
  return details;
}

function userTable(tenant, users) {
  if (!users.length) return el("p", { class: "note" }, "Nobody has said or taught anything yet.");
  const rows = users.map((one) => [one.user, one.active_version ? el("code", {}, one.active_version) : "the untaught model", String(one.lessons), String(one.versions), String(one.unfinished_jobs)]);
  return table(`Users of ${tenant}`, ["User", "Answered by", "Lessons in force", "Versions", "Open jobs"], rows);
}

/** What is at `path`, page by page; `show(items)` makes elements of one. */
function pages(path, signal, show) {
  const more = button({ text: "Show more", class: "quiet small", hidden: true, onClick: () => load() });
  const element = el("div", { class: "pages" }, more);
  let last = "";
  async function load() {
    try {
      const page = await ask("GET", path, { signal, query: { limit: SHOWN, ...(last && { after: last }) } });
      last = page.last_id;
      more.before(...show(page.data));
      more.hidden = !page.has_more;
    } catch (error) {
      notifyOf(error);
    }
  }
  load();
  return element;
}
