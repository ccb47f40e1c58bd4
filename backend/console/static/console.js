// The console's keyboard and picture viewer. Everything works without it except the viewer and the shortcuts.
"use strict";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
let current = null; // code of the item that the keyboard is on

// A decision changes the case's version; forms that stay on the page must send the new one.
document.addEventListener("htmx:afterSettle", () => {
  const head = one("#case-head");
  if (head) all('input[name="version"]').forEach((input) => { input.value = head.dataset.version; });
  if (current) mark(current);
  // What was pressed is gone from the page: the keyboard goes on where it was.
  if (document.activeElement === document.body) (currentItem() ?? one("#main"))?.focus({ preventScroll: true });
});

document.addEventListener("htmx:sendError", () => notify("网络断了，刚才的操作可能没有执行，请刷新页面看看。"));

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) {
    event.detail.target = one("#notices");
    event.detail.swapOverride = "innerHTML";
  }
});

// A form without htmx leaves once; before what cannot be taken back there is a question.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post") || form.method !== "post") return;
  const isStopped = form.dataset.leaving || (form.dataset.ask && !window.confirm(form.dataset.ask));
  if (isStopped) event.preventDefault();
  else form.dataset.leaving = "yes";
});
window.addEventListener("pageshow", () => all("[data-leaving]").forEach((form) => { delete form.dataset.leaving; }));

function notify(sentence) {
  const note = document.createElement("p");
  note.className = "note bad";
  note.textContent = sentence;
  one("#notices").replaceChildren(note);
}

// Items: J and K move, P passes, R opens the reason.
const items = () => all("[data-item]");

function mark(code) {
  current = code;
  items().forEach((item) => item.classList.toggle("current", item.dataset.item === code));
}

function go(step) {
  const list = items();
  if (!list.length) return;
  const place = list.findIndex((item) => item.dataset.item === current);
  const next = list[Math.min(Math.max(place + step, 0), list.length - 1)];
  mark(next.dataset.item);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function currentItem() { return items().find((item) => item.dataset.item === current); }

function pass() {
  const form = one("[data-pass]", currentItem() ?? document.createElement("div"));
  if (!form) return;
  closeViewer();
  form.requestSubmit();
  go(1);
}

function reject() {
  const details = one("[data-reject]", currentItem() ?? document.createElement("div"));
  if (!details) return;
  closeViewer();
  details.open = true;
  one("select", details).focus();
}

// The viewer: pictures of one item, and beside them those of the round before.
const viewer = { group: null, place: 0, turn: 0 };

const linksOf = (group) => all(`[data-view="${CSS.escape(group)}"]`);

function openViewer(group, place) {
  viewer.group = group.replace(/-before$/, "");
  viewer.place = place;
  viewer.turn = 0;
  show();
  const dialog = one("#viewer");
  if (!dialog.open) dialog.showModal();
}

function closeViewer() { one("#viewer")?.close(); }

function show() {
  const now = linksOf(viewer.group);
  const before = linksOf(`${viewer.group}-before`);
  const most = Math.max(now.length, before.length);
  viewer.place = (viewer.place + most) % most;
  put("before", before[Math.min(viewer.place, before.length - 1)]);
  put("now", now[Math.min(viewer.place, now.length - 1)]);
  one('[data-pane="before"]').hidden = !before.length;
  one('[data-pane="now"] figcaption').hidden = !before.length;
  const item = (now[0] ?? before[0]).closest("[data-item]");
  one("[data-viewer-name]").textContent = item?.getAttribute("aria-label") ?? "材料";
  one("[data-viewer-place]").textContent = `${viewer.place + 1} / ${most}`;
}

function put(pane, link) {
  const stage = one(`[data-pane="${pane}"] .stage`);
  if (!link) { stage.replaceChildren(); return; }
  const shown = document.createElement(link.dataset.kind === "pdf" ? "iframe" : "img");
  shown.src = link.href;
  if (link.dataset.kind === "pdf") shown.title = "PDF 材料";
  else { shown.alt = one("img", link)?.alt ?? "材料"; shown.className = `turn-${viewer.turn}`; }
  stage.replaceChildren(shown);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-view]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const item = link.closest("[data-item]");
    if (item) mark(item.dataset.item);
    openViewer(link.dataset.view, linksOf(link.dataset.view).indexOf(link));
    return;
  }
  if (event.target.closest("[data-viewer-close]")) closeViewer();
  if (event.target.closest("[data-viewer-back]")) { viewer.place -= 1; show(); }
  if (event.target.closest("[data-viewer-next]")) { viewer.place += 1; show(); }
  if (event.target.closest("[data-viewer-turn]")) turn();
  if (event.target.closest("[data-help]")) one("#help").showModal();
  const item = event.target.closest("[data-item]");
  if (item) mark(item.dataset.item);
});

function turn() { viewer.turn = (viewer.turn + 1) % 4; show(); }

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const isViewing = one("#viewer")?.open;
  const keys = {
    "/": () => one("#find")?.focus(),
    "?": () => one("#help")?.showModal(),
    j: () => go(1), k: () => go(-1), p: pass, r: reject,
    o: () => { const link = one("[data-view]", currentItem() ?? document.createElement("div")); if (link) openViewer(link.dataset.view, 0); },
    ...(isViewing && {
      ArrowLeft: () => { viewer.place -= 1; show(); },
      ArrowRight: () => { viewer.place += 1; show(); },
      t: turn,
    }),
  };
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) { event.preventDefault(); act(); }
});
