package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// carry rests a finger on what is in the middle of an element, for so long, and moves it from there.
func (w *window) carry(from string, rest time.Duration, dy float64) {
	w.t.Helper()
	eval[chromedp.Void](w, `void document.querySelector(`+quoted(from)+`).scrollIntoView({ block: "center", behavior: "instant" })`)
	box := eval[[]float64](w, `(() => { const b = document.querySelector(`+quoted(from)+`).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] })()`)
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		w.t.Helper()
		_, err := chromedp.Call(w.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, at...)})
		must(w.t, err)
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: box[0], Y: box[1]})
	time.Sleep(rest)
	for step := 1.0; step <= 4; step++ {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: box[0], Y: box[1] + dy*step/4})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
}

// TestFormsOpenBesideTheDay opens them in place, closes them, and gives the focus back; a finger that rests carries.
func TestFormsOpenBesideTheDay(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "panelled", access.Receptionist)
	d := c.diary(t)
	smokey := d.book(t, d.vet, d.consult, 3)
	day, then := d.soon(3)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today?day=" + day.Format("2006-01-02"))
	title := eval[string](w, `document.title`)

	// A free time: the form stands beside, for that time. Esc closes what nobody wrote into.
	free := `.col[data-with="` + d.second.String() + `"] a.free`
	eval[chromedp.Void](w, `void document.querySelector(`+quoted(free)+`).focus()`)
	w.key(kb.Enter)
	w.shows("#beside #booking-form", "Owner or patient")
	w.focused("#find")
	if got := w.value("#beside #with"); got != d.second.String() {
		t.Errorf("it is with %s", got)
	}
	w.key(kb.Escape)
	w.until(`document.getElementById("beside").childElementCount === 0`)
	w.focused(free)
	if got := eval[string](w, `document.title`); got != title {
		t.Errorf("the title is %q, was %q", got, title)
	}

	// From the card, the form that calls it off.
	card := "#a-" + smokey.String()
	w.click(card)
	w.shows("#card .visitcard", "Smokey")
	w.click("#card details.more summary")
	w.click("#card a[data-beside][href$=cancellation]")
	w.shows("#beside #cancellation-form", "Smokey")
	w.until(`!document.getElementById("card").matches(":popover-open")`)
	w.click("#beside a[data-close]")
	w.until(`document.getElementById("beside").childElementCount === 0`)
	w.focused(card)

	// By finger: a quarter later after a rest, and back; without one it stays.
	_, later := d.soon(4)
	w.carry(card, 700*time.Millisecond, 24)
	w.shows(".toast", "Smokey moved to")
	w.shows(card, fmt.Sprintf("%02d:%02d", later/60, later%60))
	w.click(".toast button")
	w.shows(card, fmt.Sprintf("%02d:%02d", then/60, then%60))
	w.until(`document.querySelector(".ghost, .dragging") === null`)
	w.carry(card, 0, 48)
	if eval[bool](w, `document.querySelector(".ghost, .dragging") !== null`) {
		t.Error("a finger that did not rest carries")
	}
	w.shows(card, fmt.Sprintf("%02d:%02d", then/60, then%60))
}
