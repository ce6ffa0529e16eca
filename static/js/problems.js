// The bar on top of the page: what a lost line says, and when it goes. What the server refuses
// arrives there by hx-status on the body.
const bar = document.getElementById("problem");

if (bar) {
  document.addEventListener("htmx:error", (event) => {
    // Looking is not saving: a failed search only leaves the list as it is, and what asks by itself asks again.
    const source = event.detail.ctx?.sourceElement;
    if (!source || source.id === "q" || source.id === "cover" || "poll" in source.dataset) return;
    bar.replaceChildren(document.getElementById("problem-offline").content.cloneNode(true));
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { response } = event.detail.ctx;
    if (response.status < 400) bar.replaceChildren();
  });
}

// Links in a summary of mistakes put the cursor into the field they name.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".errsum a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
});
