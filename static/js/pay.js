// The form that takes money says what the button will take, and of cash what goes back. The server counts
// again; without this the button names the whole sum, and the change stands on the receipt.
const minor = (text, places) => {
  const found = text.trim().replace(",", ".").match(/^(\d+)(?:\.(\d*))?$/);
  if (!found || (found[2] ?? "").length > places) return null;
  return Number(found[1]) * 10 ** places + Number((found[2] ?? "").padEnd(places, "0") || 0);
};

const shown = (sum, form) => {
  const places = Number(form.dataset.places);
  const amount = places ? (sum / 10 ** places).toFixed(places) : String(sum);
  const symbol = form.dataset.symbol;
  return symbol.length > 1 ? `${symbol} ${amount}` : symbol + amount;
};

function count(form) {
  const places = Number(form.dataset.places);
  const step = Number(form.dataset.step) || 1;
  const amount = minor(form.elements.amount?.value ?? "", places);
  const cash = form.elements.way?.value === "cash";
  const asked = amount === null ? null : cash ? Math.round(amount / step) * step : amount;
  const typed = form.querySelector("[data-typed]");
  if (typed) typed.textContent = asked !== null && amount !== Number(form.dataset.minor) ? shown(asked, form) : "";
  const given = minor(form.elements.given?.value ?? "", places);
  const change = form.querySelector("[data-change]");
  if (change) change.textContent = cash && given !== null && asked !== null && given >= asked ? `Change ${shown(given - asked, form)}` : "";
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-pay]");
  if (!form) return;
  count(form);
});
