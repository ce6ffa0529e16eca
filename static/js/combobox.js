// The search box: htmx fetches the list, combobox-nav walks it, this opens and closes it.
// Newest answer wins by hx-sync="this:replace" on the input.
import Combobox from "@github/combobox-nav";
import { leave as leavePage } from "./leaving.js";

const form = document.getElementById("search");
const input = form?.querySelector("#q");
const found = form?.querySelector("#found");
let combobox = null;

// Closed, it is a combobox all the same: combobox-nav takes these along when it goes.
function rest() {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-haspopup", "listbox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "found");
}

function close() {
  combobox?.destroy();
  combobox = null;
  found.hidden = true;
  rest();
}

function open() {
  close();
  found.hidden = false;
  const list = found.querySelector("[role=listbox]");
  if (!list) return;
  combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
  combobox.start();
}

function leave() {
  input.blur();
  if (location.hash === "#search") location.hash = "main";
}

if (form) {
  rest();
  document.addEventListener("htmx:after:swap", () => {
    // The answer may come after the person has gone on: then nothing opens.
    if (found.childElementCount > 0 && document.activeElement === input && input.value.trim() !== "") open();
  });

  input.addEventListener("input", () => {
    if (input.value.trim() === "") close();
  });

  input.addEventListener("focus", () => {
    if (found.childElementCount > 0 && input.value.trim() !== "") open();
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    // Ctrl+Enter is the second thing to do with the row chosen: its owner.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const second = found.querySelector("[aria-selected=true]")?.dataset.second;
      if (second) leavePage(() => location.assign(second));
      return;
    }
    if (event.key !== "Escape") return;
    // Escape closes the list first, empties the box second.
    event.preventDefault();
    if (!found.hidden) close();
    else if (input.value !== "") input.value = "";
    else leave();
  });

  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  // A press on an option must not take the focus away before the click arrives.
  found.addEventListener("mousedown", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-open-search]")) return;
    // The address has opened the form by :target; the cursor goes where the words go.
    setTimeout(() => input.focus());
  });
}
