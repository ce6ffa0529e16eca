// The table of roles counts the boxes that are not as they are saved, marks them, and lets the arrow keys walk from
// box to box. Without this the page that shows the changes says the same.
const form = () => document.querySelector("form[data-matrix]");

function isChanged(box) {
  return box.checked !== box.hasAttribute("data-was");
}

function count() {
  const table = form();
  if (!table) return;
  let n = 0;
  for (const box of table.querySelectorAll("td input")) {
    const differs = isChanged(box);
    box.closest("td").classList.toggle("changed", differs);
    if (differs) n++;
  }
  const place = table.querySelector("[data-count]");
  place.replaceChildren();
  if (n === 0) {
    place.append("Tick and untick, then look at what would change.");
    return;
  }
  const bold = document.createElement("b");
  bold.append(n === 1 ? "1 change, not saved." : `${n} changes, not saved.`);
  place.append(bold);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-matrix] td input")) count();
});

document.addEventListener("reset", (event) => {
  if (event.target === form()) setTimeout(count);
});

// The browser puts ticks back on a page it returns to.
window.addEventListener("pageshow", count);

const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

document.addEventListener("keydown", (event) => {
  const box = event.target;
  const step = steps[event.key];
  if (!step || !box.matches?.("form[data-matrix] td input") || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const shown = [...form().querySelectorAll("td input")].filter((other) => other.offsetParent !== null);
  const row = box.closest("tr");
  const column = box.closest("td").dataset.n;
  const beside = shown.filter((other) => (step[0] ? other.closest("tr") === row : other.closest("td").dataset.n === column));
  beside[beside.indexOf(box) + step[0] + step[1]]?.focus();
});

// Who leaves with ticks that are not sent is asked.
let sent = false;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = true;
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("form[data-matrix] a[data-let-go]")) sent = true;
});
window.addEventListener("pageshow", () => {
  sent = false;
});
window.addEventListener("beforeunload", (event) => {
  if (!sent && form()?.querySelector("td.changed")) event.preventDefault();
});
