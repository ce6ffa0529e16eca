// A form marked data-unsent asks before its page is left with words in it that were not sent. The
// value "typed" says that the page came with such words: with a mistake, or as one of two versions.
const sent = new WeakSet();

function changed(field) {
  if (field.matches("select")) {
    const begun = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(begun, 0);
  }
  return field.value.trim() !== field.defaultValue.trim();
}

function unsent(form) {
  if (sent.has(form)) return false;
  return form.dataset.unsent === "typed" || [...form.querySelectorAll("input, select, textarea")].some(changed);
}

// The server's word that it has the form comes before htmx follows it to the next page: that it was sent by the form,
// or by a button with an address of its own. A part of the form that asks for something by itself, as a hint does,
// sends nothing; nor does a step that shows the form again.
document.addEventListener("htmx:after:request", (event) => {
  const { request, response, sourceElement } = event.detail.ctx;
  if (request.form && (sourceElement === request.form || sourceElement.matches("button[data-primary]")) && response.headers.has("HX-Redirect")) sent.add(request.form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent.add(event.target);
});

// Words thrown away by a link that says so are not asked for again.
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("a[data-let-go]")?.closest("form");
  if (form) sent.add(form);
});

window.addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("form[data-unsent]")].some(unsent)) event.preventDefault();
});
