// The open note saves itself after 5 s without a key and when the cursor leaves a text area. The
// status says what is safe; text leaves the page only by the server's word that it has it.
const pause = 5000;
const again = 15000;
let timer = 0;
let dirty = false;
// The text as it was sent last, so that words typed while a save is under way count as unsaved.
let sent = "";

const draft = () => document.getElementById("draft");

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
  if (!form || !dirty || "locked" in document.documentElement.dataset) return;
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

// A request that waited behind another carries the version of before: give it the newest.
document.addEventListener("htmx:before:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.form?.id !== "draft") return;
  request.body?.set?.("version", request.form.elements.version.value);
  sent = text(request.form);
});

// Before htmx follows a redirect: a note that is signed must not ask whether to leave the page.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.form?.id !== "draft" || ctx.response.status >= 300) return;
  const form = draft();
  const signed = ctx.sourceElement !== form;
  dirty = !signed && text(form) !== sent;
  if (dirty) timer = setTimeout(save, pause);
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 0;
  if (ctx.request.form?.id !== "draft" || (status >= 200 && status < 300) || status === 409 || status === 422) return;
  say("This did not save", true);
  clearTimeout(timer);
  timer = setTimeout(save, again);
});

// The button saves in place, unless both versions are to be seen: then the browser sends the form.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-save]") || document.querySelector("#draft-status [data-clash]")) return;
  event.preventDefault();
  dirty = true;
  save();
});

document.addEventListener("submit", (event) => {
  if (event.target === draft()) dirty = false;
});

window.addEventListener("online", save);
document.addEventListener("paddock:unlocked", save);

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
