// Forms that book, take in, check in and call off open beside the schedule of a day instead of as pages of
// their own. Without this all of them are pages.
const place = document.getElementById("beside");
let opener = null;
let title = "";

// A field that somebody has written into is not closed by a key.
const touched = (field) => (field.matches("select, [type=hidden]") ? false : field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

export function openBeside(href, from) {
  if (place.childElementCount === 0) title = document.title;
  const card = from?.closest("#card");
  // What stood in the card goes with it: the appointment it was opened from is still there.
  opener = card ? document.activeElement?.closest(".sched a") ?? document.querySelector(`.sched a[href="${new URL(href, location.href).pathname.split("/").slice(0, 3).join("/")}"]`) : from;
  card?.hidePopover();
  htmx.ajax("GET", href, { source: place, target: place, swap: "innerHTML" });
}

function close() {
  place.replaceChildren();
  document.title = title;
  const back = opener?.isConnected ? opener : document.querySelector("#schedule a[tabindex='0'], .pagehead [data-primary]");
  back?.focus();
}

if (place) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("a[data-beside], #beside a[data-close]");
    if (!link) return;
    event.preventDefault();
    if (link.matches("[data-close]")) close();
    else openBeside(link.href, link);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !place.contains(event.target)) return;
    if (place.querySelector("#finder-options") || [...place.querySelectorAll("input, textarea, select")].some(touched)) return;
    close();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target !== place || place.childElementCount === 0) return;
    ["#mistakes", "[autofocus]", "h2"].map((one) => place.querySelector(one)).find(Boolean)?.focus();
    place.scrollIntoView({ block: "nearest" });
  });
}
