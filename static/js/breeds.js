// The form of a patient suggests the breeds of the chosen species; any other may be typed. Without this
// all breeds are suggested.
const list = document.querySelector("datalist[data-breeds]");
const every = list ? [...list.options] : [];

function suggest(species) {
  const some = every.filter((option) => option.dataset.species === species);
  list.replaceChildren(...(species ? some : every));
}

if (list) {
  suggest(document.getElementById("species")?.value);
  document.addEventListener("change", (event) => {
    if (event.target.id === "species") suggest(event.target.value);
  });
}
