// A reader types a chip number as a keyboard does, but faster than anybody, and ends with Enter. In the
// number of a form marked data-scan it ticks the box of that name: a scanned chip is not typed twice. The
// field of the number is data-scan-from, the one that comes after it data-scan-next.
const fastest = 35; // milliseconds between two keys of a reader, at most
const fewest = 9; // signs of the shortest chip

let keys = 0;
let last = 0;

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-scan]");
  if (!form || event.target.name !== form.dataset.scanFrom) return;
  const fast = event.timeStamp - last <= fastest;
  if (event.key === "Enter" && fast && keys >= fewest) {
    event.preventDefault(); // more is still to come
    form.elements.namedItem(form.dataset.scan).checked = true;
    form.elements.namedItem(form.dataset.scanNext).focus();
    keys = 0;
    return;
  }
  if (event.key.length !== 1) return;
  keys = fast ? keys + 1 : 1;
  last = event.timeStamp;
});
