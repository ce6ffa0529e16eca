// A toast goes after 8 s, and waits while it is hovered or holds the focus. One that comes with an answer
// takes the place of the last.
let timer = 0;
let shown = null;

function fade(toast) {
  if (toast.matches(":hover, :focus-within")) timer = setTimeout(fade, 2000, toast);
  else toast.remove();
}

function watch() {
  const all = [...document.querySelectorAll("[data-toast]")];
  const toast = all.at(-1);
  if (!toast || toast === shown) return;
  for (const old of all.slice(0, -1)) old.remove();
  shown = toast;
  clearTimeout(timer);
  timer = setTimeout(fade, 8000, toast);
}

watch();
document.addEventListener("htmx:after:swap", watch);
