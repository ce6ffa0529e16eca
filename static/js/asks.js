// Parts of a form ask while it is filled in what can be had, or what a dose comes to. Once the form is sent, what they had
// asked for, or were about to, is of no use any more: its late answer would cover what became of the form. While one of
// its buttons is held down the answer waits too, as it would move the button away below the finger.
let turn = 0;
let held = null;
let waits = null;
const changed = new WeakMap();
const sent = new WeakMap();

const over = (form) => (sent.get(form) ?? 0) > (changed.get(form) ?? 0);

const late = (part) => {
  if (!part?.matches?.(".asks")) return false;
  const form = part.closest("form");
  if (over(form)) return true;
  if (form !== held) return false;
  waits = part;
  return true;
};

// Before htmx hears of it.
for (const name of ["change", "input"]) {
  document.addEventListener(name, (event) => {
    if (event.target.form) changed.set(event.target.form, ++turn);
  }, true);
}

document.addEventListener("submit", (event) => {
  sent.set(event.target, ++turn);
}, true);

document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement.matches?.("button[type=submit]") && sourceElement.form) sent.set(sourceElement.form, ++turn);
  else if (late(sourceElement)) event.preventDefault();
});

document.addEventListener("htmx:before:swap", (event) => {
  if (late(event.detail.ctx.sourceElement)) event.preventDefault();
});

document.addEventListener("pointerdown", (event) => {
  held = event.target.closest?.("button[type=submit]")?.form ?? null;
}, true);

// A button that was let go elsewhere sent nothing: then what waited is asked for again.
function letGo() {
  const [form, part] = [held, waits];
  held = waits = null;
  if (part?.isConnected && !over(form)) part.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => setTimeout(letGo), true);

// What is asked for next may be on its way while the last answer puts a new element in the place both are for.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.target?.isConnected === false && ctx.target.id) ctx.target = document.getElementById(ctx.target.id) ?? ctx.target;
});
