// A chip reader types like a keyboard, only faster, and ends with Enter. Read outside a text field, a chip is
// looked for like any number typed into the search box; the server opens the patient that wears it.
const digits = 15;
const quick = 300;
let read = "";
let began = 0;

const typing = (el) => el?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

// Before all others: the Enter of a reader presses no button that happens to have the focus.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || "locked" in document.documentElement.dataset) {
      read = "";
      return;
    }
    if (/^[0-9]$/.test(event.key)) {
      if (read === "" || event.timeStamp - began > quick) {
        read = "";
        began = event.timeStamp;
      }
      read += event.key;
      return;
    }
    const whole = event.key === "Enter" && read.length === digits && event.timeStamp - began <= quick;
    const chip = read;
    read = "";
    const form = document.getElementById("search");
    if (!whole || !form) return;
    event.preventDefault();
    event.stopPropagation();
    form.querySelector("#q").value = chip;
    form.requestSubmit();
  },
  { capture: true },
);
