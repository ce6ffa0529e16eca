// A toast goes after 8 s, and waits while it is hovered or holds the focus.
const toast = document.querySelector("[data-toast]");

function fade() {
  if (toast.matches(":hover, :focus-within")) setTimeout(fade, 2000);
  else toast.remove();
}

if (toast) setTimeout(fade, 8000);
