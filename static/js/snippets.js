// Snippets: "/" and the beginning of a name in a part of a note offer the clinic's own words, walked by keys and put
// in by Enter. The list is that of the picker below the parts, which does the same without script.
import Combobox from "@github/combobox-nav";

let combobox = null;
let list = null;

function stop() {
  combobox?.destroy();
  combobox = null;
  list?.remove();
  list = null;
}

// What is typed since the slash before the cursor, null where there is none.
function typed(area) {
  return area.value.slice(0, area.selectionStart).match(/(?:^|\s)\/([a-z0-9-]*)$/i)?.[1].toLowerCase() ?? null;
}

function put(area, begin, end, words) {
  area.setRangeText(words, begin, end, "end");
  const prompt = words.match(/\[[^[\]\n]{1,60}\?\]/);
  if (prompt) area.setSelectionRange(begin + prompt.index, begin + prompt.index + prompt[0].length);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(area) {
  const name = typed(area);
  const found = name === null ? [] : [...document.querySelectorAll("#snippet option")].filter((o) => o.label.slice(1).startsWith(name)).slice(0, 8);
  stop();
  if (found.length === 0) return;
  list = document.createElement("div");
  list.id = "snips";
  list.className = "panel found snips";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Snippets");
  for (const [i, option] of found.entries()) {
    const row = document.createElement("button");
    row.type = "button";
    row.className = "opt-row";
    row.id = `snip-${i + 1}`;
    row.setAttribute("role", "option");
    const label = document.createElement("b");
    label.textContent = option.label;
    const words = document.createElement("span");
    words.textContent = option.dataset.text;
    row.append(label, words);
    row.addEventListener("click", () => {
      const end = area.selectionStart;
      const begin = end - (typed(area) ?? "").length - 1;
      stop();
      put(area, begin, end, option.dataset.text);
    });
    list.append(row);
  }
  // A press must not take the cursor away before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  area.after(list);
  combobox = new Combobox(area, list, { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" });
  combobox.start();
  // A field of many lines stays one: it may own a list, and can be no combobox.
  area.removeAttribute("role");
  area.removeAttribute("aria-expanded");
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("#draft textarea")) offer(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && list) {
    event.preventDefault();
    stop();
  }
}, true);

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("#draft textarea")) stop();
});

// The picker's buttons put the words in without leaving the page.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-into]");
  if (!button) return;
  event.preventDefault();
  const area = document.getElementById(button.dataset.into);
  const words = document.getElementById("snippet").selectedOptions[0].dataset.text;
  const before = area.value.trimEnd();
  put(area, 0, area.value.length, before === "" ? words : before + "\n" + words);
});
