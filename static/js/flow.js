// The minutes that pass on the page of a day: waits, the red mark of now, and who has become late.
const pause = 15000;
let seen = null; // what the server said last
let at = 0; // when it did, on this machine's clock that only runs forward

// now counts on from what the server said, since the clock of this machine may be wrong.
function elapsed(board) {
  if (board.dataset.now !== seen) {
    seen = board.dataset.now;
    at = performance.now();
  }
  return performance.now() - at;
}

const words = (minutes) => (minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`);

function tick() {
  const board = document.getElementById("board");
  if (!board?.dataset.now) return;
  const passed = elapsed(board);
  for (const wait of board.querySelectorAll(".wait[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.parse(seen) + passed - Date.parse(wait.dataset.since)) / 60000));
    wait.lastElementChild.textContent = words(minutes);
    if (!wait.closest("#lane-waiting")) continue;
    if (minutes >= board.dataset.long) wait.dataset.wait = "long";
    else if (minutes >= board.dataset.mind) wait.dataset.wait = "mind";
  }
  mark(passed);
}

function mark(passed) {
  const grid = document.querySelector(".sched[data-minute]");
  const label = grid?.querySelector(".nowlabel");
  if (!label) return;
  const minute = Math.floor(Number(grid.dataset.minute) + passed / 60000);
  const row = Math.floor((minute - grid.dataset.from) / 5);
  const place = `${Math.floor(row / 12)}.${row % 12}`;
  label.textContent = `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  for (const el of grid.querySelectorAll(".now, .nowlabel")) el.dataset.at = place;
  const late = [...grid.querySelectorAll(".col > li:has(> .appt[data-status=booked])")].some((li) => {
    const [hours, rows] = li.dataset.at.split(".").map(Number);
    return hours * 12 + rows < row;
  });
  if (!late) return;
  for (const part of [grid, document.getElementById("board")]) part.dispatchEvent(new CustomEvent("paddock:look"));
}

if (document.getElementById("board")) {
  tick();
  setInterval(tick, pause);
  document.addEventListener("htmx:after:swap", tick);
}
