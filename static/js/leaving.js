// Whoever leaves an open note takes nothing unsaved along: a link or a form waits for the save it
// sends. Where that fails, takes too long or is not waited for, the note still counts as unsaved and
// the browser asks; the save is on its way all the same and outlives the page.
import { closed, dirty, draft, save } from "./autosave.js";

const patience = 3000;
let next = null;
let timer = 0;
let going = false;

export function leave(go) {
  if (!dirty || closed) {
    go();
    return;
  }
  next = go;
  clearTimeout(timer);
  timer = setTimeout(goOn, patience);
  save();
}

function stay() {
  clearTimeout(timer);
  next = null;
}

function goOn() {
  const go = next;
  stay();
  going = true;
  go();
  going = false;
}

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (!next || ctx.request.form?.id !== "draft") return;
  const status = ctx.response?.status ?? 0;
  // Led to the note that was signed elsewhere, or covered by the lock.
  if (closed || status === 401) stay();
  // Words came while the save was under way.
  else if (status >= 200 && status < 300 && dirty) save();
  else goOn();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !dirty || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  leave(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!dirty || going || event.defaultPrevented || form === draft()) return;
  event.preventDefault();
  leave(() => form.requestSubmit(event.submitter));
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});

window.addEventListener("beforeunload", (event) => {
  if (!dirty) return;
  save();
  event.preventDefault();
});
