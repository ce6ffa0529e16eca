// A menu goes when something was chosen in it that leaves the page standing; the focus returns to its opener.
document.addEventListener("click", (e) => {
  e.target.closest?.(".menu[popover] a[hx-get]")?.closest("[popover]").hidePopover();
});
