// Covers the page when nobody's hand has been on it for as long as the clinic lets a session rest, and whenever the
// server says that the session is locked or over. What was typed stays in the page below, hidden and out of reach.
const idle = () => Number(document.getElementById("stay-now")?.dataset.idle || 15 * 60) * 1000;
const retry = 10 * 1000;
const root = document.documentElement;
const cover = document.getElementById("cover");
let last = Date.now();
let opener = null;
let waiting = 0;

// Who is typing into the dialog already is not asked again: the answer would take what is typed.
function asking(event) {
  if (document.getElementById("lock")?.open) event.stopImmediatePropagation();
}

function ask() {
  clearTimeout(waiting);
  cover.dispatchEvent(new CustomEvent("paddock:lock"));
}

function hide() {
  if (!("locked" in root.dataset)) opener = document.activeElement;
  root.dataset.locked = "";
}

function show() {
  const dialog = cover.querySelector("dialog");
  if (!dialog) return;
  hide();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[role=alert], #lock-email:not([readonly]), #lock-passphrase")?.focus();
}

function lift(token) {
  const old = document.querySelector("meta[name=csrf]");
  for (const input of document.querySelectorAll("input[name=csrf]")) {
    if (input.value === old.content) input.value = token;
  }
  old.content = token;
  clear();
  document.dispatchEvent(new CustomEvent("paddock:unlocked"));
}

function clear() {
  clearTimeout(waiting);
  cover.replaceChildren();
  delete root.dataset.locked;
  last = Date.now();
  opener?.focus?.();
  opener = null;
}

function typed() {
  return [...document.querySelectorAll("main :is(input, textarea)")].some((el) => el.value !== el.defaultValue);
}

if (cover) {
  cover.addEventListener("paddock:lock", asking, true);
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    document.addEventListener(sign, () => { last = Date.now(); }, { passive: true, capture: true });
  }
  setInterval(() => {
    if ("locked" in root.dataset || Date.now() - last < idle()) return;
    hide();
    ask();
  }, 5000);

  // A second refusal, of a save that was on its way, must not wipe what is being typed into the dialog.
  document.addEventListener("htmx:before:swap", (event) => {
    const { response, sourceElement } = event.detail.ctx;
    if (response?.status === 401 && cover.querySelector("dialog[open]") && !cover.contains(sourceElement)) event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", () => {
    const lifted = cover.querySelector("[data-unlocked]");
    if (lifted) lift(lifted.dataset.csrf);
    else show();
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== cover) return;
    if (ctx.response?.status === 204) {
      // Another window is at work in this session: nothing to lock yet, ask again in a minute.
      clear();
      last = Date.now() - idle() + 60 * 1000;
    } else if (!ctx.response || ctx.response.status >= 500) {
      const dialog = document.getElementById("cover-offline").content.cloneNode(true);
      cover.replaceChildren(dialog);
      show();
      waiting = setTimeout(ask, retry);
    }
  });

  // Only the server lifts the lock: Escape does not.
  document.addEventListener("cancel", (event) => {
    if (event.target.closest?.("#cover")) event.preventDefault();
  }, true);
  document.addEventListener("close", (event) => {
    if ("locked" in root.dataset && event.target.parentElement === cover) event.target.showModal();
  }, true);

  // A page out of the back cache shows nothing before the server has said who is here. It is fetched
  // again, unless something was typed into it.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    hide();
    if (typed()) ask();
    else location.reload();
  });
}
