// A field of a form that finds an animal: htmx fetches the list, combobox-nav walks it, Enter presses the
// option, which is a button of the form. The form may be swapped at any time, so everything starts from the
// document.
import Combobox from "@github/combobox-nav";

let combobox = null;

function stop() {
  combobox?.destroy();
  combobox = null;
}

function start() {
  stop();
  const input = document.activeElement;
  if (!input?.matches?.("[data-finder]")) return;
  const list = document.getElementById(input.dataset.finder)?.querySelector("[role=listbox]");
  if (!list) return;
  combobox = new Combobox(input, list, { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" });
  combobox.start();
}

document.addEventListener("htmx:after:swap", start);
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-finder]")) start();
});
document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[data-finder]")) stop();
});
