// The open note saves itself after 5 s without a key and when the cursor leaves a text area. The
// status says what is safe; text leaves the page only by the server's word that it has it.
const pause = 5000;
const again = 15000;
// The most a request may carry that outlives its page: 64 KiB less some (Fetch, 4.6).
const outlives = 60000;
let timer = 0;
// The open note holds words the server has not, as when it came back with a mistake.
export let dirty = Boolean(draft()?.querySelector("#mistakes"));
// It was signed elsewhere: nothing more can be saved.
export let closed = false;
// The last save was refused for what it says, which the page shows when the browser sends the form.
let refused = false;
// The text as it was sent last, so that words typed while a save is under way count as unsaved.
let sent = "";
let stored = draft() && !dirty ? text(draft()) : "";

export function draft() {
  return document.getElementById("draft");
}

// What a note is made of: its texts, and the fields of what was measured and looked at.
function parts(form) {
  return [...form.querySelectorAll("textarea, [data-note]")];
}

function text(form) {
  return parts(form).map((area) => area.value).join("\u0000");
}

function say(sentence, wrong) {
  const status = document.querySelector("#draft-status span");
  if (!status) return;
  status.textContent = sentence;
  status.className = wrong ? "err" : "";
}

export function save() {
  const form = draft();
  clearTimeout(timer);
  if (!form || !dirty || closed || "locked" in document.documentElement.dataset) return;
  form.dispatchEvent(new CustomEvent("paddock:save"));
}

// A button that saves the note as it is with what it adds to the plan.
const saves = (element) => element?.matches?.("[data-saves]");
// The fields of the plan and of the diagnoses are part of the form, and not of the note.
const finder = (element) => element?.matches?.("#draft [data-finder], #draft #quantity, #draft #certainty, #draft #lasting");

// What is typed there is looked for without the note.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!finder(ctx.sourceElement)) return;
  for (const name of [...ctx.request.body.keys()]) if (![ctx.sourceElement.name, "draft", "csrf"].includes(name)) ctx.request.body.delete(name);
  ctx.request.form = null;
});

// Enter there presses Add, unless an item of the list is chosen: that one is pressed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented || !finder(event.target)) return;
  event.preventDefault();
  document.getElementById(event.target.closest("#findings") ? "add-diagnosis" : "add-act").click();
});

// Who writes on while a line of the plan is on its way keeps the cursor: the field that comes with it asks for it.
document.addEventListener("htmx:after:settle", () => {
  if (document.activeElement?.matches("#draft :is(textarea, [data-note])")) document.querySelector(":is(#plan-lines, #findings) [autofocus]")?.removeAttribute("autofocus");
});

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#draft") || finder(event.target)) return;
  if (!dirty) say("Not saved yet");
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, pause);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("#draft :is(textarea, [data-note])")) save();
});

// Which of this window's savings the next one is: where the answer to one is lost, the server knows the next by it as
// the same writer's.
function turn(form) {
  const { turn } = form.elements;
  if (turn) turn.value = Number(turn.value) + 1;
  return turn?.value ?? "";
}

// A request that waited behind another carries the version and the words of before: give it the newest.
document.addEventListener("htmx:before:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  const { form, body } = request;
  if (form?.id !== "draft") return;
  body?.set?.("version", form.elements.version?.value);
  body?.set?.("turn", turn(form));
  if (sourceElement !== form && !saves(sourceElement)) return;
  if (closed) {
    // One that waited: its answer would lead to the signed note, and ask, a second time.
    event.preventDefault();
    return;
  }
  for (const area of parts(form)) body.set(area.name, area.value);
  sent = text(form);
  request.keepalive = body.toString().length < outlives;
});

// Before htmx follows a redirect: a note that is signed must not ask whether to leave the page, unless
// it was signed elsewhere and words of this page came too late.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = draft();
  if (ctx.request.form?.id !== "draft" || ctx.response.status >= 300) return;
  if (ctx.sourceElement !== form && !saves(ctx.sourceElement)) {
    dirty = false;
  } else if (ctx.hx.redirect) {
    closed = true;
    dirty = text(form) !== stored;
    if (dirty) say("Signed in another window without these words", true);
  } else {
    stored = sent;
    refused = false;
    dirty = text(form) !== sent;
    if (dirty) timer = setTimeout(save, pause);
  }
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 0;
  if (ctx.request.form?.id !== "draft" || closed || (status >= 200 && status < 300) || status === 409) return;
  if (status === 422) {
    refused = ctx.sourceElement === draft();
    if (refused) say("This did not save. Press Save draft to see why", true);
    return;
  }
  say("This did not save", true);
  clearTimeout(timer);
  timer = setTimeout(save, again);
});

// The button saves in place, unless both versions, a mistake or the signed note are to be seen: then the
// browser sends the form.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-save]") || closed || refused || document.querySelector("#draft-status [data-clash]")) return;
  event.preventDefault();
  dirty = true;
  save();
});

// Every system that nothing was said of is normal with the rest; without script the server does the same.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-rest]") || closed) return;
  event.preventDefault();
  for (const choice of draft().querySelectorAll(".exam select")) if (choice.value === "") choice.value = "rest";
  draft().querySelector(".exam").dispatchEvent(new Event("input", { bubbles: true }));
  save();
});

document.addEventListener("submit", (event) => {
  if (event.target !== draft()) return;
  dirty = false;
  turn(event.target);
});

window.addEventListener("online", save);
document.addEventListener("paddock:unlocked", save);
