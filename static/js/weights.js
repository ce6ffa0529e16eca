// A form that is folded away takes the cursor when it opens, so that its key leads straight into it.
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (!details.open || !details.matches("[data-opens]")) return;
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("form :is(.input, #mistakes)")?.focus();
}, true);
