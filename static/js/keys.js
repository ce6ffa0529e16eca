// Shortcuts. Single letters work only while no field has the focus, and can be turned off in the
// list of shortcuts (WCAG 2.1.4). Each has a visible button or link that does the same.
import { save } from "./autosave.js";
import { leave } from "./leaving.js";

// The choice is this browser's, not a person's record: it holds one word and no clinic data.
const stored = "paddock-single-keys";
const box = document.querySelector("[data-single-keys]");
let leader = 0;

const singles = () => box?.checked ?? true;
const typing = (el) => el?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

if (box) {
  box.checked = localStorage.getItem(stored) !== "off";
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(stored);
    else localStorage.setItem(stored, "off");
  });
}

// A form of its own, whose words would be asked for if they were left, is sent before what the page is for.
function primary(event) {
  if (event.target.closest?.("#search")) return;
  const form = event.target.closest?.("form");
  const button = form?.querySelector("[data-primary]") ?? (form?.matches("[data-unsent]") && form.querySelector("button[type=submit]"));
  (button || document.querySelector("main [data-primary]"))?.click();
}

function single(key) {
  if (key === "/") return document.getElementById("q");
  if (key === "?") return document.getElementById("shortcuts");
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || "locked" in document.documentElement.dataset) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "Enter") {
      event.preventDefault();
      primary(event);
    } else if (event.key === "s" && document.getElementById("draft")) {
      event.preventDefault();
      save();
    }
    return;
  }
  if (event.altKey) {
    const area = document.querySelector(`[data-alt="${CSS.escape(event.key)}"]`);
    if (area) {
      event.preventDefault();
      area.focus();
    }
    return;
  }
  if (!singles() || typing(event.target)) return;
  const entry = Date.now() - leader < 1000 && document.querySelector(`.rail [data-go="${CSS.escape(event.key)}"]`);
  if (entry) {
    leader = 0;
    leave(() => location.assign(entry.href));
    return;
  }
  // Arrows scroll and choose where something has the focus.
  if (event.key.startsWith("Arrow") && event.target !== document.body) return;
  leader = event.key === "g" ? Date.now() : 0;
  const target = single(event.key);
  if (!target) return;
  event.preventDefault();
  if (target.id === "q") {
    if (getComputedStyle(target.form).display === "none") location.hash = "search";
    target.focus();
    target.select();
  } else if (target.popover) target.togglePopover();
  else if (typing(target)) target.focus();
  else target.click();
});
