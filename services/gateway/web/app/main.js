/** Begins: finds out who is here, and shows the page that the address names. */

import { unauthorised } from "./api.js";
import { ConversationView } from "./chat/view.js";
import { button, fill } from "./elements.js";
import { KnowledgeView } from "./knowledge/view.js";
import { OperatorView } from "./operator/view.js";
import { applyTheme, settings, takeKeyFromAddress } from "./settings.js";
import { askForSettings } from "./settings_dialog.js";
import { Sidebar } from "./sidebar.js";
import { WorksView } from "./works/view.js";

const CONVERSATION = /^#\/c\/([\w.@+-]+)$/;
const PAGES = {
  "#/know": { name: "know", title: "What I know · Lorelei", open: () => new KnowledgeView() },
  "#/works": { name: "works", title: "Long texts · Lorelei", open: () => new WorksView() },
  "#/operator": { name: "operator", title: "Operator · Lorelei", open: () => new OperatorView() },
};

const [main, shell, scrim] = ["main", "shell", "scrim"].map((id) => document.getElementById(id));
let sidebar;
let view;
// The address of what is shown; another one is about to be shown where the address differs.
let shown = "";

takeKeyFromAddress();
applyTheme();
begin();

async function begin() {
  // Who runs Lorelei need not be a user of it.
  while (!settings.key && !isOperators()) await askForSettings({ isFirstVisit: true });
  if (settings.key) sidebar = new Sidebar(document.getElementById("sidebar"), { onSettings: changeSettings, onClose: () => openDrawer(false) });
  let isAsking = false;
  unauthorised.addEventListener("refused", async () => {
    if (isAsking || document.querySelector("dialog[open]")) return;
    isAsking = true;
    await changeSettings();
    isAsking = false;
  });
  window.addEventListener("hashchange", () => location.hash.startsWith("#/") && showPage());
  window.addEventListener("keydown", (event) => event.key === "Escape" && openDrawer(false));
  scrim.addEventListener("click", () => openDrawer(false));
  document.querySelector(".skip").addEventListener("click", (event) => {
    // The address names the page that is shown, not a place in it.
    event.preventDefault();
    view.focus();
  });
  showPage();
}

function showPage() {
  if (!sidebar && !isOperators()) return location.reload();
  shown = location.hash;
  const page = PAGES[location.hash];
  const conversation = CONVERSATION.exec(location.hash)?.[1];
  view?.close();
  view = page ? page.open() : new ConversationView(conversation, showBegun);
  if (sidebar) sidebar.here = page?.name ?? conversation ?? "";
  fill(main, sidebar && menuButton(), view.element);
  openDrawer(false);
  document.title = page?.title ?? "Lorelei";
  if (matchMedia("(pointer: fine)").matches) view.focus();
  return undefined;
}

function isOperators() {
  return PAGES[location.hash]?.name === "operator";
}

/** A new conversation has got an id; it goes on in the same view, unless another page is about to be shown. */
function showBegun(id) {
  if (location.hash !== shown) return;
  history.replaceState(null, "", `#/c/${id}`);
  shown = location.hash;
  sidebar.here = id;
}

async function changeSettings() {
  // Everything on the page belongs to the former user.
  if (await askForSettings()) location.reload();
}

function menuButton() {
  return button({ label: "Conversations", picture: "menu", class: "quiet drawer-open", "aria-expanded": "false", onClick: () => openDrawer(true) });
}

function openDrawer(isOpen) {
  shell.classList.toggle("is-drawer-open", isOpen);
  scrim.hidden = !isOpen;
  main.querySelector(".drawer-open")?.setAttribute("aria-expanded", String(isOpen));
}
