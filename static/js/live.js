// Keeps a page up to date without showing anything itself: one stream of the names of events on #live,
// to which fragments listen (hx-trigger="board-changed from:#live delay:200ms") and fetch themselves anew.
// The stream is closed while nobody looks; the server says on return what changed meanwhile.
const beat = 15 * 1000;
const missed = 2 * beat + 2000; // two beats, and the time the second takes
const events = ["board-changed", "schedule-changed", "bills-changed", "results-changed", "writing-changed", "session-changed"];
const live = document.getElementById("live");
let mark = live?.dataset.since;
let heard = Date.now(); // the last sign of life
let looked = heard; // since when somebody waits for the next
let shown = "";
let source = null;
let waiting = 0;
let wait = 1000;

const silence = () => Date.now() - Math.max(heard, looked);
const all = (name) => document.querySelectorAll(`[data-${name}]`);

function close() {
  clearTimeout(waiting);
  source?.close();
  source = null;
}

function open() {
  close();
  if (document.hidden) return;
  source = new EventSource(`${live.dataset.stream}?since=${encodeURIComponent(mark)}`);
  for (const name of ["beat", ...events]) source.addEventListener(name, hear);
  source.addEventListener("error", later);
  source.addEventListener("over", () => {
    // Signed out, locked, ended, or no longer allowed: the cover or the board finds out which.
    live.dispatchEvent(new CustomEvent("over"));
    document.getElementById("cover")?.dispatchEvent(new CustomEvent("paddock:lock"));
    later();
  });
}

function hear({ type, lastEventId }) {
  mark = lastEventId || mark;
  if (type !== "beat") return live.dispatchEvent(new CustomEvent(type));
  heard = Date.now();
  wait = 1000;
  say("on", "Live", "Live again");
}

// The waits differ, so that not every page comes back in the same moment after a restart.
function later() {
  close();
  waiting = setTimeout(open, wait * (0.5 + Math.random() / 2));
  wait = Math.min(wait * 2, 30 * 1000);
}

function back() {
  looked = Date.now();
  wait = 1000;
  open();
}

function say(now, word, aloud) {
  if (now === shown) return;
  for (const el of all("live-word")) el.textContent = word;
  for (const el of all("live-said")) el.textContent = shown ? aloud : "";
  for (const el of all("not-live")) el.hidden = now === "on";
  for (const el of all("live-state")) el.hidden = false;
  document.documentElement.dataset.live = shown = now;
}

function watch() {
  if (document.hidden || silence() < missed) return;
  const since = `Not live since ${new Date(heard).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
  shown ||= "on";
  say("lost", since, since);
  if (source && silence() > 3 * beat) back(); // a line that was cut without a word
}

if (live) {
  open();
  setInterval(watch, 1000);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : back()));
  document.addEventListener("paddock:unlocked", back);
  window.addEventListener("online", back);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && back());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-try-now]")) return;
    event.preventDefault();
    back();
  });
}
