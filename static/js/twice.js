// A form sent by the browser itself goes once: the second press is swallowed until the page changes.
// The button is not disabled, since its name and address would then not be sent.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.matches("#search")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // Quick answers show no change at all.
  setTimeout(() => {
    event.submitter?.setAttribute("aria-disabled", "true");
    event.submitter?.classList.add("busy");
  }, 150);
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll("button.busy")) {
    button.removeAttribute("aria-disabled");
    button.classList.remove("busy");
  }
});
