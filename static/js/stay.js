// Says two minutes before a session locks or ends that it will. How long it goes on is the server's to say: a page
// shows what it said last, and asks again when the time comes, since work in another window counts as well. A hand on
// this page is told to the server now and then, so that whoever types for long is not locked out in the middle.
const warning = 2 * 60 * 1000;
const fresh = 15 * 1000; // for so long a hand counts as being there
const again = 20 * 1000;
const region = document.getElementById("stay");
let read = null; // the answer these were read from
let hand = 0;
let told = 0;
let asked = 0;
let posted = 0;
let locks = Infinity;
let ends = Infinity;

// What was said is in seconds from when it came, so that the clock of this computer need not be right.
function look(now) {
  const said = document.getElementById("stay-now")?.dataset;
  const key = said && `${said.idle} ${said.locks} ${said.ends}`;
  if (!said || key === read) return said;
  read = key;
  told = now;
  locks = now + said.locks * 1000;
  ends = now + said.ends * 1000;
  return said;
}

function tick() {
  const now = Date.now();
  const said = look(now);
  if (!said || "locked" in document.documentElement.dataset || document.hidden) return;
  const here = now - hand < fresh && now - posted > again;
  if (here && (now - told > said.idle * 1000 / 3 || locks - now <= warning)) {
    posted = now;
    document.getElementById("stay-form").dispatchEvent(new CustomEvent("paddock:here"));
  } else if (now - asked > again && Math.min(locks, ends) - now <= warning) {
    asked = now;
    region.dispatchEvent(new CustomEvent("paddock:left"));
  }
}

if (region) {
  look(Date.now());
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    document.addEventListener(sign, () => { hand = Date.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("htmx:after:swap", () => look(Date.now()));
  setInterval(tick, 1000);
}
