// The card of a visit opens over the page of a day instead of a page of its own, and so does the form that
// moves it. Without this both are pages. What is done there changes the page below.
const pop = document.getElementById("card");
let opener = null;

// The answer leads back to the day that is shown.
function address(href) {
  const url = new URL(href, location.href);
  const board = document.getElementById("board");
  url.searchParams.set("on", board.dataset.on);
  url.searchParams.set("view", board.dataset.view);
  return url.pathname + url.search;
}

export function openCard(href, from) {
  if (from && !pop.contains(from)) opener = from;
  htmx.ajax("GET", address(href), { source: pop, target: pop, swap: "innerHTML" });
}

// send posts as the form that moves an appointment does.
export function send(href, values, from) {
  opener = from;
  const { on, view } = document.getElementById("board").dataset;
  const csrf = document.querySelector("meta[name=csrf]").content;
  return htmx.ajax("POST", href, { source: pop, target: pop, swap: "innerHTML", values: { ...values, on, view, csrf } });
}

function show() {
  if (!pop.matches(":popover-open")) pop.showPopover(opener?.isConnected ? { source: opener } : {});
  pop.querySelector("#mistakes, [autofocus], .acts .btn, h2")?.focus();
}

if (pop) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("a[data-card], #card a[data-close]");
    if (!link) return;
    event.preventDefault();
    if (link.matches("[data-close]")) pop.hidePopover();
    else openCard(link.href, link);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, target, request, response } = event.detail.ctx;
    if (target === pop && pop.childElementCount > 0) show();
    // Done, or told on the page below.
    else if (request.method === "POST" && (response.status < 300 || !pop.contains(target)) && pop.contains(sourceElement)) pop.hidePopover();
  });

  // An act whose form has gone with the card it stood in is told on the page all the same.
  pop.addEventListener("toggle", (event) => {
    if (event.newState === "closed") pop.replaceChildren();
  });
}
