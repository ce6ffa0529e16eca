package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// opened is a clinic that can be booked at every hour: a vet, a nurse, a room, two types.
func opened(t *testing.T, label string, roles ...string) *clinic {
	t.Helper()
	c := newClinic(t, label, roles...)
	room, vet, nurse := id.New(), id.New(), id.New()
	c.write(t, c.by(roles[0]), func(ctx context.Context, tx *db.Tx) error {
		var week []scheduling.WeekSpan
		for day := 1; day <= 7; day++ {
			week = append(week, scheduling.WeekSpan{Weekday: day, Span: scheduling.Span{Kind: scheduling.Work, From: 0, To: 24 * 60}})
		}
		if err := scheduling.SetHours(ctx, tx, c.keys, id.ID{}, scheduling.DayOf(tx.Now(), time.UTC).AddDate(0, 0, -2), week); err != nil {
			return err
		}
		for _, r := range []struct {
			row id.ID
			is  scheduling.Resource
		}{
			{room, scheduling.Resource{Kind: scheduling.Room, Name: "Consult 1", Position: 3}},
			{vet, scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Priya Raman", Room: room, Position: 1}},
			{nurse, scheduling.Resource{Kind: scheduling.Nurse, Name: "Owen Achebe", Position: 2}},
		} {
			if err := scheduling.AddResource(ctx, tx, c.keys, r.row, r.is); err != nil {
				return err
			}
		}
		for i, k := range []scheduling.Type{{Name: "Consult", Minutes: 15, Colour: "blue", Needs: scheduling.NeedsVet}, {Name: "Dental", Minutes: 60, Colour: "violet", Needs: scheduling.NeedsVet}} {
			k.Position = i + 1
			if err := scheduling.AddType(ctx, tx, c.keys, id.New(), k); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

// counted presses keys and counts them.
func (w *window) counted(n *int, key string, held ...kb.Modifier) {
	w.t.Helper()
	*n++
	w.key(key, held...)
}

// A known patient is booked with at most five keys besides the name.
func TestAKnownPatientIsBookedInFiveKeys(t *testing.T) {
	t.Parallel()
	c := opened(t, "fivekeys", access.Receptionist)
	c.biscuit(t)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today")
	keys := 0
	w.counted(&keys, "n")
	w.focused("#find")
	w.types("bisc")
	w.shows("#finder-list [role=option]", "Biscuit")
	w.until(`document.querySelector("#find").getAttribute("aria-activedescendant") !== null`)
	w.counted(&keys, kb.Enter)
	w.shows(".chosen", "Thompson")
	w.focused("#reason")
	w.types("Itchy ears")
	w.loads(func() { w.counted(&keys, kb.Enter, ctrl) })
	w.at("/today")
	w.shows("[data-toast]", "Booked")
	if keys > 5 {
		t.Errorf("it took %d keys besides the name", keys)
	}
}

// Somebody new stands at the desk: from nothing to waiting in one form, by keys alone.
func TestSomebodyNewWaitsAfterOneForm(t *testing.T) {
	t.Parallel()
	c := opened(t, "walkers", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today")
	keys := 0
	w.counted(&keys, "w")
	w.focused("#find")
	for _, field := range []struct{ selector, text string }{{"#client_name", "Mara Vogel"}, {"#phone", "07700 900888"}, {"#name", "Jasper"}, {"#species", "Do"}, {"#reason", "Bee sting"}} {
		w.counted(&keys, kb.Tab)
		w.focused(field.selector)
		w.types(field.text)
	}
	w.loads(func() { w.counted(&keys, kb.Enter, ctrl) })
	w.at("/today")
	w.shows("#board", "Jasper")
	if keys > 8 {
		t.Errorf("it took %d keys besides the words", keys)
	}
}

// Leaving the field of the time asks what can be had then, and the answer would come before the finger leaves the button:
// it waits for that. A press that was let go elsewhere books nothing, and the answer comes after all.
func TestAPressOutlastsTheAnswerToWhatWasAsked(t *testing.T) {
	t.Parallel()
	c := opened(t, "presses", access.Receptionist)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Receptionist)
	w.visit("/bookings/new?patient=" + strings.TrimPrefix(patient, "/patients/"))
	w.write("#day", "+3d")
	w.write("#at", "1030")
	w.hold("#booking-offer [data-primary]", 600)
	w.shows("#booking-offer [data-primary]", "10:30")
	w.write("#at", "1430")
	w.loads(func() { w.hold("#booking-offer [data-primary]", 0) })
	w.at("/today")
	w.shows("[data-toast]", "Booked")
}

func TestTheBookingPanelIsAccessible(t *testing.T) {
	t.Parallel()
	c := opened(t, "panels", access.Receptionist, access.Veterinarian)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today")
	w.key("n")
	w.focused("#find")
	w.accessible("today-booking")
	w.visit("/bookings/new")
	w.accessible("booking")
	w.write("#find", "bis")
	w.shows("#finder-list [role=option]", "Biscuit")
	w.accessible("booking-found")
	w.click("#pick-0")
	w.shows(".chosen", "Biscuit")
	w.write("#day", "31/2")
	w.click("#booking-offer [data-primary]")
	w.shows("#mistakes", "Enter a day")
	w.accessible("booking-mistakes")
	w.write("#day", "+3d")
	w.write("#at", "1030")
	w.follow("#booking-offer [data-primary]")
	w.at("/today")
	// The same time for another animal: the next free times, and everything typed is kept.
	other, _ := c.client(t, registry.Client{FirstName: "Simran", LastName: "Kaur", Phones: []registry.Phone{{Number: "07700 900871"}}})
	bisto, _ := c.patient(t, other, registry.Patient{Name: "Bisto", Species: "cat", Sex: "female", Neutered: "yes"})
	w.visit("/bookings/new?patient=" + bisto.String() + "&day=%2B3d&at=1030")
	w.pick("#with", "Dr Priya")
	w.write("#reason", "Weight loss")
	// What the form asks for by itself just before it is sent does not cover why the time is refused.
	eval[chromedp.Void](w, `void (document.getElementById("with").dispatchEvent(new Event("change", { bubbles: true })))`)
	w.click("#booking-offer [data-primary]")
	w.shows("#booking-offer .notice", "is taken at 10:30")
	w.settled()
	w.shows("#booking-offer .notice", "is taken at 10:30")
	w.holds("#reason", "Weight loss")
	w.accessible("booking-taken")
	w.click("#booking-offer .chip")
	w.until(`document.querySelector("#booking-offer .notice") === null && document.getElementById("at").value === "10:45"`)
	w.follow("#booking-offer [data-primary]")
	w.visit(patient)
	w.shows(".ahead", "Consult")
	w.accessible("record-booked")
	w.follow(".ahead .list a")
	w.at("/appointments/")
}

func TestCheckingInCallingOffAndWaitingAreAccessible(t *testing.T) {
	t.Parallel()
	c := opened(t, "arrivals", access.Receptionist)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Receptionist)
	w.visit("/walk-ins/new")
	w.accessible("walk-in")
	w.visit(patient)
	w.follow(".ahead a[data-key=b]")
	w.shows(".chosen", "Biscuit")
	w.follow("#booking-offer [data-primary]")
	w.at(patient)
	w.follow(".ahead .list a")
	card := w.path()
	w.visit(card + "/check-in")
	w.accessible("check-in")
	w.visit(card + "/cancellation")
	w.accessible("cancellation")
	w.visit("/waitlist")
	w.accessible("waitlist-none")
	w.write("#find", "bis")
	w.shows("#finder-list [role=option]", "Biscuit")
	w.click("#pick-0")
	w.shows(".chosen", "Biscuit")
	w.pick("#type", "Dental")
	w.follow("#wait-form [data-primary]")
	w.shows(".waits", "Biscuit")
	w.accessible("waitlist")
	w.visit(card + "/check-in")
	w.write("#phone", "07700 900555")
	w.follow("#check-in-form [data-primary]")
	w.at("/today")
	w.shows("#board", "Biscuit")
}

// Without script each step is a page, and the same buttons lead through.
func TestABookingWithoutScript(t *testing.T) {
	t.Parallel()
	c := opened(t, "plainbooks", access.Receptionist)
	_, patient := c.biscuit(t)
	w := c.window(t)
	w.script(false)
	w.as(access.Receptionist)
	w.visit("/bookings/new")
	w.write("#find", "bisc")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("[role=option]", "Biscuit")
	w.write("#reason", "Itchy ears")
	w.follow("#pick-0")
	w.shows(".chosen", "Biscuit")
	w.holds("#reason", "Itchy ears")
	w.follow("#booking-offer .chip:nth-child(2)")
	w.follow("#booking-offer [data-primary]")
	w.at("/today")
	w.visit(patient)
	w.shows(".ahead", "Itchy ears")
}

func TestPracticesScheduleIsAccessible(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "practices", access.PracticeAdmin, access.Veterinarian)
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/resources")
	w.accessible("resources-none")
	w.pick("#person", "Priya")
	w.follow("#resource-form [data-primary]")
	w.shows(".list", "Priya Raman")
	w.visit("/hours")
	w.write("#work_1", "whenever")
	w.click("#hours-form [data-primary]")
	w.shows("#mistakes", "Monday")
	w.accessible("hours-mistakes")
	w.write("#work_1", "8:30-18")
	w.write("#lunch_1", "12:30-13:30")
	w.follow("#hours-form [data-primary]")
	w.holds("#work_1", "08:30-18:00")
	w.accessible("hours")
	w.visit("/blocks")
	w.write("#day", "25/12")
	w.write("#words", "Christmas")
	w.follow("#block-form [data-primary]")
	w.shows(".list", "Christmas")
	w.accessible("blocks")
	w.visit("/appointment-types")
	w.write("#name", "Farewell")
	w.write("#minutes", "45")
	w.pick("#colour", "Violet")
	w.click("#quiet")
	w.follow("#type-form [data-primary]")
	w.shows(".list", "Farewell")
	w.accessible("types")
	w.visit("/schedule-settings")
	w.accessible("schedule-settings")
	w.visit("/resources")
	w.accessible("resources")
}
