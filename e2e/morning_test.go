package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// books books an animal from the page of the day: its name, the reason, the time that is offered.
func (w *window) books(name, reason string) {
	w.t.Helper()
	w.visit("/today")
	w.key("n")
	w.focused("#find")
	w.types(name)
	w.shows("#finder-list [role=option]", name)
	w.until(`document.querySelector("#find").getAttribute("aria-activedescendant") !== null`)
	w.key(kb.Enter)
	w.shows(".chosen", name)
	w.write("#reason", reason)
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/today")
	w.shows("[data-toast]", "Booked")
}

// TestAMorningOfTwoReceptionists is what a desk does before lunch, on two screens: three bookings, a walk-in, a move
// and its undo, somebody late who comes after all, the vet calls in, a bill is paid in two clicks, and two take the
// same time.
func TestAMorningOfTwoReceptionists(t *testing.T) {
	t.Parallel()
	s := newTill(t, "wholemorning")
	late := s.d.book(t, s.d.second, s.d.consult, 0)   // Smokey, whose time has come
	moved := s.d.book(t, s.d.second, s.d.consult, 12) // Otto
	for range 4 {
		s.d.animal(t) // Hazel, Mabel, Jasper and Willow
	}
	w := s.c.window(t).as(access.Receptionist)
	for _, one := range []struct{ name, reason string }{{"Hazel", "Booster"}, {"Mabel", "Dental check"}, {"Willow", "Weight loss"}} {
		w.books(one.name, one.reason)
	}

	// A walk-in, known already.
	w.key("w")
	w.focused("#find")
	w.types("Jasp")
	w.shows("#finder-list [role=option]", "Jasper")
	w.until(`document.querySelector("#find").getAttribute("aria-activedescendant") !== null`)
	w.key(kb.Enter)
	w.shows(".chosen", "Jasper")
	w.write("#reason", "Bee sting")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/today")
	w.shows("#lane-waiting", "Jasper")

	// Somebody wants to come later, and then does not.
	day, was := s.d.soon(12)
	w.visit("/today?day=" + day.Format("2006-01-02"))
	_, then := s.d.soon(16)
	card := "#a-" + moved.String()
	w.click(card)
	w.shows("#card .visitcard", "Otto")
	w.click("#card [data-key=m]")
	w.shows("#card #move-form", "Move Otto Becker")
	w.write("#card #day", day.Format("02-01-2006"))
	w.write("#card #at", fmt.Sprintf("%02d%02d", then/60, then%60))
	w.key(kb.Enter)
	w.shows(".toast", "Otto moved to")
	w.click(".toast button")
	w.shows(card, fmt.Sprintf("%02d:%02d", was/60, was%60))

	// Who was late comes in.
	w.visit("/today")
	w.shows("#lane-late", "Smokey")
	eval[chromedp.Void](w, `void document.getElementById("a-`+late.String()+`").focus()`)
	w.key("i")
	w.shows("#beside #check-in-form", "Smokey")
	w.click("#beside #check-in-form [data-primary]")
	w.shows("#lane-waiting", "Smokey")

	// The vet calls in who stands first; the desk sees it without doing anything.
	v := s.c.window(t).as(access.Veterinarian)
	v.visit("/today")
	v.key("c")
	v.shows("#lane-consult", "")
	v.shows(".toast", "in consult")
	w.shows("#lane-consult", "")

	// The bill, in two clicks.
	w.follow("#lane-ready a[href='" + s.path() + "']")
	w.shows(".totals .due", "£147.80")
	w.follow("#pay-form [data-primary]")
	w.shows("main .list", "Paid")

	// Two take the same time for different animals: one is offered others and keeps what was typed.
	other := s.c.window(t).as(access.Receptionist)
	for _, one := range []*window{w, other} {
		one.visit("/bookings/new?day=%2B3d&at=1030")
		one.pick("#with", "Dr Amara")
	}
	for _, one := range []struct {
		w    *window
		name string
	}{{w, "Clover"}, {other, "Rex"}} {
		one.w.write("#find", one.name)
		one.w.shows("#finder-list [role=option]", one.name)
		one.w.click("#pick-0")
		one.w.shows(".chosen", one.name)
		one.w.write("#reason", "For "+one.name)
	}
	w.follow("#booking-offer [data-primary]")
	w.at("/today")
	other.click("#booking-offer [data-primary]")
	other.shows("#booking-offer .notice", "is taken at 10:30")
	other.holds("#reason", "For Rex")
	other.click("#booking-offer .chip")
	other.until(`document.querySelector("#booking-offer .notice") === null && document.getElementById("at").value !== "10:30"`)
	other.follow("#booking-offer [data-primary]")
	other.at("/today")
}
