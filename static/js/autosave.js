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

function text(form) {
  return [...form.querySelectorAll("textarea")].map((area) => area.value).join("\u0000");
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

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#draft")) return;
  if (!dirty) say("Not saved yet");
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, pause);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("#draft textarea")) save();
});

// A request that waited behind another carries the version and the words of before: give it the newest.
document.addEventListener("htmx:before:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  const { form, body } = request;
  if (form?.id !== "draft") return;
  body?.set?.("version", form.elements.version.value);
  if (sourceElement !== form) return;
  if (closed) {
    // One that waited: its answer would lead to the signed note, and ask, a second time.
    event.preventDefault();
    return;
  }
  for (const area of form.querySelectorAll("textarea")) body.set(area.name, area.value);
  sent = text(form);
  request.keepalive = body.toString().length < outlives;
});

// Before htmx follows a redirect: a note that is signed must not ask whether to leave the page, unless
// it was signed elsewhere and words of this page came too late.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = draft();
  if (ctx.request.form?.id !== "draft" || ctx.response.status >= 300) return;
  if (ctx.sourceElement !== form) {
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

document.addEventListener("submit", (event) => {
  if (event.target === draft()) dirty = false;
});

window.addEventListener("online", save);
document.addEventListener("paddock:unlocked", save);
