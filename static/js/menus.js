// A menu goes when something was chosen in it that leaves the page standing; the focus returns to its opener.
document.addEventListener("click", (e) => {
  e.target.closest?.(".menu[popover] a[hx-get]")?.closest("[popover]").hidePopover();
});

// Where the pages of Practice stand in one line, the present one is in view.
const places = document.querySelector(".places");
const here = places?.querySelector("[aria-current]");
if (here) places.scrollLeft = here.offsetLeft - (places.clientWidth - here.offsetWidth) / 2;
