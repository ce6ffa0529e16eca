package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/live"
	"paddock/internal/scheduling"
)

func (c *clinic) touch(t *testing.T, topics ...live.Topic) {
	t.Helper()
	c.write(t, c.by(access.Receptionist), func(ctx context.Context, tx *db.Tx) error { return live.Touch(ctx, tx, c.keys, topics...) })
}

// listens counts what the page is told.
const listens = `void (window.told = 0, document.getElementById("live").addEventListener("board-changed", () => window.told++))`

// looksAway makes the page think that its tab is hidden, or not.
func (w *window) looksAway(away bool) {
	w.t.Helper()
	yes := "false"
	if away {
		yes = "true"
	}
	eval[chromedp.Void](w, `void (Object.defineProperty(document, "hidden", { configurable: true, get: () => `+yes+` }), document.dispatchEvent(new Event("visibilitychange")))`)
}

// A page hears of changes, catches up with what it missed while nobody looked or the server was away, and
// says since when it is not live. It never takes the focus.
func TestAPageIsLiveAndSaysWhenItIsNot(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "livepage", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.shows(".topbar .live", "Live")
	eval[chromedp.Void](w, listens)
	w.click("#q")
	c.touch(t, live.Board)
	w.until(`window.told === 1`)
	w.focused("#q")

	w.looksAway(true)
	c.touch(t, live.Board)
	c.touch(t, live.Board)
	w.looksAway(false)
	w.until(`window.told === 2`)

	w.looksAway(true)
	back := c.hang()
	w.looksAway(false)
	eval[chromedp.Void](w, `void (window.late = Date.now, Date.now = () => window.late() + 60_000)`)
	w.shows(".topbar .live", "Not live since ")
	w.shows("[data-live-said]", "Not live since ")
	w.accessible("not-live")
	c.touch(t, live.Board)
	back()
	w.until(`document.querySelector(".topbar .live").textContent === "Live" && window.told === 3`)
	w.focused("#q")
}

// A screen on the wall is made by its code, shows first names, and is told of every move.
func TestAScreenOnTheWallFollowsTheDay(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "onthewall", access.PracticeAdmin, access.Receptionist, access.Veterinarian)
	d := c.diary(t)
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/wall-screens")
	w.accessible("screens-none")
	w.write("#name", "Prep room")
	w.follow("main button[type=submit]")
	w.accessible("screen-new")
	address := eval[string](w, `document.querySelector("main a[href^='/wall/']").getAttribute("href")`)
	w.visit("/wall-screens")
	w.accessible("screens")

	wall := c.window(t)
	wall.visit("/wall")
	wall.shows("main", "This screen shows nothing.")
	wall.accessible("wall-none")
	wall.visit(address)
	wall.accessible("wall-welcome")
	wall.follow("main button[type=submit]")
	wall.at("/wall")
	wall.shows(".wallstate .live", "Live")

	first := d.walkIn(t, d.vet, false)
	wall.shows(".walllane[data-status=waiting]", "Smokey")
	d.walkIn(t, d.vet, true)
	wall.shows(".wallcard.urgent", "Otto")
	d.move(t, first, scheduling.WithVet)
	wall.shows(".walllane[data-status=consult]", "Smokey")
	third := d.walkIn(t, d.second, false)
	d.move(t, third, scheduling.InTreatment)
	wall.shows(".walllane[data-status=care]", "Hazel")
	for _, word := range []string{"Ahmed", "Becker", "Vomiting", "Back pain"} {
		wall.lacks(word)
	}
	wall.accessible("wall")
	back := c.hang()
	wall.looksAway(true)
	wall.looksAway(false)
	eval[chromedp.Void](wall, `void (window.late = Date.now, Date.now = () => window.late() + 60_000)`)
	wall.shows(".wallstate .live", "Not live since ")
	wall.resize(desk)
	wall.shot("wall-not-live")
	back()
	wall.until(`document.querySelector(".wallstate .live").textContent === "Live"`)
}
