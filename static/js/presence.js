// Says in which part of the open note somebody writes, so that others see it: when that changes, and while hands are
// at work. No word of the note goes along. A window that is left says so; one that dies is forgotten in a minute.
const every = 20 * 1000;
const still = 60 * 1000;
let told = "";
let at = 0;
let touched = 0;

const form = () => document.querySelector("#draft[data-presence]");

function where(element) {
  const field = element?.closest?.("#draft :is(textarea, input, select)");
  if (!field) return "";
  if (field.matches("textarea")) return field.name;
  if (field.matches("[data-finder], #quantity")) return "orders";
  return field.closest(".exam") ? "objective" : "vitals";
}

function tell(part) {
  const note = form();
  if (!note || "locked" in document.documentElement.dataset) return;
  told = part;
  at = Date.now();
  const { csrf, window } = note.elements;
  const body = new URLSearchParams({ csrf: csrf.value, window: window.value, part });
  fetch(note.dataset.presence, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => {});
}

function work({ target }) {
  const part = where(target);
  if (!part) return;
  touched = Date.now();
  if (part !== told || touched - at > every) tell(part);
}

document.addEventListener("input", work);
document.addEventListener("focusin", work);

// Who looks something up, or thinks, is still there for a minute.
setInterval(() => {
  const part = where(document.activeElement);
  if (part && !document.hidden && Date.now() - touched < still && Date.now() - at >= every) tell(part);
}, 5000);

window.addEventListener("pagehide", () => told && tell(""));
