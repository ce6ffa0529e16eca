// A form marked data-sends goes with a bar that says how far its file has come. Several files go one after another,
// each with the id of the form that came back after the one before; files may be dropped on the form, and a phone's
// camera asked. Each answer is the whole page, as without this script: the part that shows the files is taken from it.
const kept = ["kind", "taken_on", "title"];

function send(form, file, count, more) {
  const sending = form.querySelector("[data-sending]");
  const bar = sending.querySelector("progress");
  const said = sending.querySelector("[role=status]");
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (name !== "file") data.append(name, value);
  data.append("file", file); // last: what stands before it says whether it may come
  const request = new XMLHttpRequest();
  const named = count ? `${file.name}, ${count} more` : file.name;
  const stop = form.querySelector("[data-stop]");
  const fail = (words) => {
    bar.hidden = true;
    stop.hidden = false;
    said.textContent = more.length ? `${words} ${countOf(more.length)} not sent.` : words;
    choose(form, [file, ...more]); // so that pressing once more goes on where it ended
    form.querySelector("[type=submit]").disabled = false;
  };
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.floor((event.loaded / event.total) * 100);
    stop.hidden = event.loaded === event.total; // the server may have taken it in already
    said.textContent = stop.hidden ? `${named}: being taken in` : `${named}: ${bar.value} %`;
  });
  request.addEventListener("load", () => {
    const fresh = request.response?.getElementById("files");
    if (!fresh) return fail(request.response?.querySelector("h1")?.textContent ?? form.dataset.lost);
    const typed = kept.map((name) => form.elements[name].value);
    document.title = request.response.title;
    document.getElementById("files").replaceWith(document.adoptNode(fresh));
    const next = document.getElementById("file-form");
    ready();
    if (request.status !== 200) { // this one is refused; the others are chosen still
      choose(next, more);
      if (more.length) tell(next, `${countOf(more.length)} not sent yet: press the button to send the rest.`);
      return void document.getElementById("mistakes")?.focus();
    }
    kept.slice(0, more.length ? 3 : 2).forEach((name, i) => { next.elements[name].value = typed[i]; });
    if (more.length) return begin(next, more);
    next.querySelector("[role=status]").textContent = "";
    document.getElementById("files-there").tabIndex = -1;
    document.getElementById("files-there").focus();
  });
  request.addEventListener("error", () => fail(form.dataset.lost));
  request.addEventListener("abort", () => fail("Stopped: the file is not in."));
  stop.onclick = () => request.abort();
  stop.hidden = false;
  sending.hidden = false;
  bar.hidden = false;
  bar.value = 0;
  said.textContent = named;
  form.querySelector("[type=submit]").disabled = true;
  request.send(data);
}

const countOf = (n) => (n === 1 ? "1 file was" : `${n} files were`);

// choose puts files into the form's field, as if they had been picked.
function choose(form, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  form.elements.file.files = chosen.files;
}

function tell(form, words) {
  const sending = form.querySelector("[data-sending]");
  sending.querySelector("progress").hidden = true;
  sending.querySelector("[data-stop]").hidden = true;
  sending.querySelector("[role=status]").textContent = words;
  sending.hidden = false;
}

function begin(form, files) {
  const [first, ...more] = files;
  send(form, first, more.length, more);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-sends]") || !form.elements.file.files.length) return;
  event.preventDefault();
  begin(form, [...form.elements.file.files]);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = document.querySelector("[data-sends]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file dropped beside the form would open in place of the page
    form.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") form.elements.file.files = event.dataTransfer.files;
  });
}

function ready() {
  const form = document.querySelector("[data-sends]");
  if (!form) return;
  form.elements.file.multiple = true;
  const camera = form.querySelector("[data-camera]");
  camera.hidden = !matchMedia("(pointer: coarse)").matches;
  camera.onclick = () => {
    form.elements.file.capture = "environment";
    form.elements.file.click();
    form.elements.file.removeAttribute("capture");
  };
}
ready();
