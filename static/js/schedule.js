// The schedule by keys and by pointer: arrows walk it by time and column, and an appointment that is dragged
// is posted as the form that moves it would be. The server asks where it is not sure.
import { openBeside } from "./beside.js";
import { openCard, send } from "./card.js";

const snap = 3; // rows of five minutes
const slack = 5; // pixels before a press is a drag
const hold = 450; // milliseconds before a finger that rests carries, and scrolls no more
let drag = null;

const grid = () => document.querySelector(".sched[data-day]");
const rowOf = (el) => el.closest("[data-at]").dataset.at.split(".").reduce((hours, rows) => hours * 12 + Number(rows), 0);
const place = (rows) => `${Math.floor(rows / 12)}.${rows % 12}`;
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const stops = (within) => [...within.querySelectorAll(".col > li > a")];

// One stop for Tab, where the day is now; arrows do the rest.
function rove() {
  const all = grid() ? stops(grid()) : [];
  if (all.length === 0) return;
  const now = grid().querySelector(".col > .now");
  const first = all.find((a) => a === document.activeElement) ?? all.find((a) => a.matches(".appt") && (!now || rowOf(a) >= rowOf(now))) ?? all[0];
  for (const a of all) a.tabIndex = a === first ? 0 : -1;
}

function step(from, key) {
  const column = from.closest(".col");
  if (key === "ArrowUp" || key === "ArrowDown") {
    const all = stops(column);
    return all[all.indexOf(from) + (key === "ArrowUp" ? -1 : 1)];
  }
  const columns = [...grid().querySelectorAll(".col")];
  for (let i = columns.indexOf(column), by = key === "ArrowLeft" ? -1 : 1; columns[(i += by)]; ) {
    const near = stops(columns[i]).sort((a, b) => Math.abs(rowOf(a) - rowOf(from)) - Math.abs(rowOf(b) - rowOf(from)))[0];
    if (near) return near;
  }
  return undefined;
}

document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.(".sched .col > li > a");
  if (event.key === "Escape" && drag) end();
  if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    const to = step(from, event.key);
    if (!to) return;
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  } else if (event.key === "m" && from.matches("[data-movable]")) {
    event.preventDefault();
    openCard(from.pathname + "/time", from);
  } else if (event.key === "i" && from.matches("[data-arrives]")) {
    event.preventDefault();
    openBeside(from.pathname + "/check-in", from);
  }
});

function target(event) {
  const column = [...grid().querySelectorAll(".col")].find((col) => {
    const box = col.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  if (!column) return null;
  const box = column.getBoundingClientRect();
  const by = event.shiftKey ? 1 : snap;
  const rows = Math.round((event.clientY - box.top - drag.grip) / drag.slot / by) * by;
  return { column, row: Math.max(0, Math.min(rows, Math.round(box.height / drag.slot) - 1)) };
}

function begin() {
  drag.ghost = document.createElement("li");
  drag.ghost.className = "ghost";
  drag.ghost.dataset.len = drag.link.parentElement.dataset.len;
  drag.ghost.append(document.createElement("div"));
  drag.link.classList.add("dragging");
  document.documentElement.classList.add("carrying");
}

function end() {
  clearTimeout(drag.timer);
  drag.ghost?.remove();
  drag.link.classList.remove("dragging");
  document.documentElement.classList.remove("carrying");
  if (drag.stale) grid().dispatchEvent(new CustomEvent("paddock:look"));
  drag = null;
}

document.addEventListener("pointerdown", (event) => {
  const link = event.target.closest?.(".sched [data-movable]");
  if (!link || event.button !== 0 || !event.isPrimary) return;
  const slot = parseFloat(getComputedStyle(link.closest(".col")).gridAutoRows);
  drag = { link, slot, x: event.clientX, y: event.clientY, grip: event.clientY - link.getBoundingClientRect().top };
  if (event.pointerType !== "touch") return;
  drag.touch = true;
  drag.timer = setTimeout(() => { begin(); carry(event); }, hold);
});

// A finger that moves before it has rested scrolls. One that carries must not.
document.addEventListener("touchmove", (event) => drag?.ghost && event.cancelable && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => drag?.touch && event.preventDefault());

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < slack) return;
  if (!drag.ghost && drag.touch) return end();
  if (!drag.ghost) begin();
  carry(event);
});

function carry(event) {
  const at = target(event);
  if (!at) return;
  drag.at = at;
  drag.ghost.dataset.at = place(at.row);
  drag.ghost.firstChild.textContent = clock(Number(grid().dataset.from) + at.row * 5);
  if (drag.ghost.parentElement !== at.column) at.column.append(drag.ghost);
  const view = grid().getBoundingClientRect();
  if (event.clientY > view.bottom - 24) grid().scrollTop += 12;
  if (event.clientY < view.top + 96) grid().scrollTop -= 12;
  if (drag.touch && event.clientY > innerHeight - 96) scrollBy(0, 12);
  if (drag.touch && event.clientY < 96) scrollBy(0, -12);
}

document.addEventListener("pointerup", () => {
  const { link, ghost, at } = drag ?? {};
  if (!drag) return;
  end();
  if (!ghost) return;
  // The click that follows is the end of the drag.
  addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
  setTimeout(() => dispatchEvent(new Event("click")));
  if (!at || (at.column === link.closest(".col") && at.row === rowOf(link))) return;
  const { day, from, fresh } = grid().dataset;
  send(link.pathname + "/time", { new_id: fresh, version: link.dataset.movable, day, at: clock(Number(from) + at.row * 5), with: at.column.dataset.with }, link);
});

// The browser's own drag of links is not meant here.
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".sched [data-movable]")) event.preventDefault();
});
document.addEventListener("pointercancel", () => drag && end());
// What others change meanwhile waits until the hand is empty.
document.addEventListener("htmx:before:swap", (event) => {
  if (!drag?.ghost || event.detail.ctx.target !== grid()) return;
  event.preventDefault();
  drag.stale = true;
});
document.addEventListener("htmx:after:swap", rove);

const now = grid()?.querySelector(".nowlabel");
if (now) grid().scrollTop = now.offsetTop - grid().clientHeight / 3;
// On a phone the schedule is the second tab.
document.getElementById("bt-sched")?.addEventListener("change", () => grid()?.querySelector(".nowlabel")?.scrollIntoView({ block: "center" }));
rove();
