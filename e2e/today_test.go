package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// local is where the clinics are: where it is the middle of the day now, so that the hours to come are of today.
var local = func() *time.Location {
	hour := clock.System.Now().Hour()
	if hour >= 8 && hour <= 15 {
		return time.UTC
	}
	zone, err := time.LoadLocation(fmt.Sprintf("Etc/GMT%+d", hour-11)) // whose sign is the other way round
	if err != nil {
		panic(err)
	}
	return zone
}()

// diary is a clinic's schedule: open all day long, so that the tests can run at any hour.
type diary struct {
	c                   *clinic
	vet, second, nurse  id.ID
	room, theatre       id.ID
	consult, vaccinated id.ID
	names               int
	// began is when its test did: a quarter of an hour that ends on the way moves no expectation.
	began time.Time
}

func (c *clinic) desk() scheduling.Desk {
	return scheduling.Desk{Keys: c.keys, Zone: local, May: func(string) bool { return true }}
}

func (c *clinic) today() time.Time { return scheduling.DayOf(clock.System.Now(), local) }

// diary sets one up.
func (c *clinic) diary(t *testing.T) *diary {
	t.Helper()
	d := &diary{c: c, began: clock.System.Now(), vet: id.New(), second: id.New(), nurse: id.New(), room: id.New(), theatre: id.New(), consult: id.New(), vaccinated: id.New()}
	var week, lunch []scheduling.WeekSpan
	for day := 1; day <= 7; day++ {
		week = append(week, scheduling.WeekSpan{Weekday: day, Span: scheduling.Span{Kind: scheduling.Work, From: 0, To: 24 * 60}})
		lunch = append(lunch, scheduling.WeekSpan{Weekday: day, Span: scheduling.Span{Kind: scheduling.Lunch, From: 2 * 60, To: 3 * 60}})
	}
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		for _, one := range []struct {
			row id.ID
			of  scheduling.Resource
		}{
			{d.room, scheduling.Resource{Kind: scheduling.Room, Name: "Consult 1", Position: 8}},
			{d.theatre, scheduling.Resource{Kind: scheduling.Theatre, Name: "Theatre", Position: 9}},
			{d.vet, scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Amara Nwosu", Room: d.room, Position: 1}},
			{d.second, scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Tom Reilly", Position: 2}},
			{d.nurse, scheduling.Resource{Kind: scheduling.Nurse, Name: "Callum Baines RVN", Position: 3}},
		} {
			if err := scheduling.AddResource(ctx, tx, c.keys, one.row, one.of); err != nil {
				return err
			}
		}
		for _, one := range []struct {
			row id.ID
			of  scheduling.Type
		}{
			{d.consult, scheduling.Type{Name: "Consult", Minutes: 15, Colour: "plain", Needs: scheduling.Anyone, Position: 8}},
			{d.vaccinated, scheduling.Type{Name: "Vaccination", Minutes: 30, Colour: "green", Needs: scheduling.Anyone, Position: 9}},
		} {
			if err := scheduling.AddType(ctx, tx, c.keys, one.row, one.of); err != nil {
				return err
			}
		}
		if err := scheduling.SetHours(ctx, tx, c.keys, id.ID{}, c.today().AddDate(0, 0, -7), week); err != nil {
			return err
		}
		return scheduling.SetHours(ctx, tx, c.keys, d.nurse, c.today().AddDate(0, 0, -7), append(week, lunch...))
	})
	return d
}

// animals are given out in turn, each with an owner of its own.
var animals = []struct{ name, owner, species, reason string }{
	{"Smokey", "Ahmed", "cat", "Vomiting, 2 days"},
	{"Otto", "Becker", "dog", "Back pain, stairs"},
	{"Hazel", "Novak", "cat", "Booster"},
	{"Mabel", "Okafor", "cat", "Dental check"},
	{"Jasper", "Quinn", "dog", "Bee sting, muzzle swollen"},
	{"Willow", "Evans", "cat", "Weight loss, drinking"},
	{"Nibbles", "Patel", "rabbit", "Off food since Sunday"},
	{"Luna", "Kowalski", "dog", "Spay"},
	{"Monty", "Fraser", "dog", "Skin, recheck"},
	{"Duke", "Harrison", "dog", "Quality of life talk"},
	{"Freya", "Dahl", "dog", "Limping"},
	{"Ludo", "Grant", "cat", "Post-op check"},
}

func (d *diary) animal(t *testing.T) (row id.ID, reason string) {
	t.Helper()
	a := animals[d.names%len(animals)]
	d.names++
	owner, _ := d.c.client(t, registry.Client{LastName: a.owner, Phones: []registry.Phone{{Number: fmt.Sprintf("07700 900%03d", d.names)}}})
	row, _ = d.c.patient(t, owner, registry.Patient{Name: a.name, Species: a.species, Sex: "male", Neutered: "yes"})
	return row, a.reason
}

// soon is a quarter of an hour and the next ones, counted from the one its test began in; of tomorrow where the day ends first.
func (d *diary) soon(quarters int) (day time.Time, minute int) {
	minute = (scheduling.MinuteOf(d.began, local)/15 + quarters) * 15
	return scheduling.DayOf(d.began, local).AddDate(0, 0, minute/(24*60)), minute % (24 * 60)
}

// book books the next animal.
func (d *diary) book(t *testing.T, with, kind id.ID, quarters int) id.ID {
	t.Helper()
	row := id.New()
	animal, reason := d.animal(t)
	day, minute := d.soon(quarters)
	d.c.write(t, d.c.by(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.Book(ctx, tx, d.c.desk(), row, scheduling.Booking{
			Patient: animal, Type: kind, Reason: reason, When: scheduling.When{Day: day, Start: minute, With: with},
		})
		return err
	})
	return row
}

// walkIn brings the next animal in.
func (d *diary) walkIn(t *testing.T, with id.ID, urgent bool) id.ID {
	t.Helper()
	row := id.New()
	animal, reason := d.animal(t)
	d.c.write(t, d.c.by(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, d.c.desk(), row, scheduling.WalkIn{Patient: animal, Type: d.consult, With: with, Reason: reason, Urgent: urgent})
		return err
	})
	return row
}

func (d *diary) move(t *testing.T, appointment id.ID, to string) {
	t.Helper()
	d.c.write(t, d.c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		card, err := scheduling.OpenCard(ctx, tx, d.c.desk(), appointment)
		if err != nil {
			return err
		}
		return scheduling.MoveTo(ctx, tx, d.c.desk(), id.New(), appointment, card.LastMove, to, "")
	})
}

// drag takes what is in the middle of one element to another, with the mouse.
func (w *window) drag(from string, dx, dy float64) {
	w.t.Helper()
	eval[chromedp.Void](w, `void document.querySelector(`+quoted(from)+`).scrollIntoView({ block: "center", behavior: "instant" })`)
	box := eval[[]float64](w, `(() => { const b = document.querySelector(`+quoted(from)+`).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] })()`)
	x, y := box[0], box[1]
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MouseMoved, x, y)))
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
	for step := 1.0; step <= 4; step++ {
		must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MouseMoved, x+dx*step/4, y+dy*step/4, chromedp.ButtonLeft, chromedp.ClickCount(1))))
	}
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MouseReleased, x+dx, y+dy, chromedp.ButtonLeft, chromedp.ClickCount(1))))
}

func TestTheDayIsAccessible(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "daily", access.Receptionist, access.Nurse, access.Veterinarian)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today")
	w.shows("#schedule", "Nobody is on the schedule yet.")
	w.accessible("today-none")
	d := c.diary(t)
	w.visit("/today")
	w.shows("#board", "No one is waiting.")
	d.book(t, d.vet, d.vaccinated, 1)
	d.book(t, d.vet, d.consult, 4)
	d.book(t, d.second, d.consult, 2)
	d.book(t, d.nurse, d.vaccinated, 0)
	first := d.walkIn(t, id.ID{}, true)
	d.walkIn(t, d.vet, false)
	for _, to := range []string{scheduling.WithVet, scheduling.InTreatment, scheduling.Ready} {
		d.move(t, d.walkIn(t, d.second, false), to)
	}
	w.visit("/today")
	w.shows("#lane-waiting", "See first:")
	w.accessible("today")
	w.resize(phone)
	w.click(".boardtabs label:last-child")
	w.shows(".colhead", "Dr Amara Nwosu")
	w.accessible("today-schedule", phone)
	w.visit("/today?view=week")
	w.accessible("today-week")
	w.visit("/today?view=rooms")
	w.shows(".colhead", "Theatre")
	w.accessible("today-rooms")
	w.visit("/appointments/" + first.String())
	w.accessible("visit")
	w.visit("/today")
	w.click("#lane-waiting .who")
	w.shows("#card .visitcard", "Bee sting")
	w.accessible("visit-card", desk)
	w.key(kb.Escape)
	w.click("#schedule .appt[data-movable]")
	w.shows("#card", "Move")
	w.click("#card [data-key=m]")
	w.shows("#card #move-form", "Next free")
	w.write("#card #at", "half past")
	w.click("#card button[data-primary]")
	w.shows("#card #mistakes", "Enter a time")
	w.accessible("visit-move-422", desk)
	w.foresee("dialog beforeunload") // it is left
	w.visit(eval[string](w, `document.querySelector("#schedule .appt[data-movable]").pathname`) + "/time")
	w.accessible("visit-move")
	vet := c.window(t).as(access.Veterinarian)
	vet.visit("/appointments/" + first.String())
	vet.shows("main", "Look again at")
	vet.accessible("visit-of-vet")
}

// TestADayAtTheDesk moves by form and by hand, calls in, takes back and walks the day by keys.
func TestADayAtTheDesk(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "mornings", access.Receptionist, access.Veterinarian)
	d := c.diary(t)
	smokey := d.book(t, d.vet, d.consult, 2)
	otto := d.book(t, d.vet, d.consult, 3)
	hazel := d.book(t, d.second, d.consult, 2)
	d.walkIn(t, d.vet, false)
	day, _ := d.soon(2)
	w := c.window(t).as(access.Receptionist)
	w.visit("/today?day=" + day.Format("2006-01-02"))
	at := func(appointment id.ID, minute int) {
		t.Helper()
		w.shows("#a-"+appointment.String(), fmt.Sprintf("%02d:%02d", minute/60, minute%60))
	}

	// By keys: down the column, over to the next one, and to the move form.
	eval[chromedp.Void](w, `void document.getElementById("a-`+smokey.String()+`").focus()`)
	w.key(kb.ArrowDown)
	w.focused("#a-" + otto.String())
	w.key(kb.ArrowUp)
	w.key(kb.ArrowRight)
	w.focused("#a-" + hazel.String())
	w.key(kb.Enter)
	w.shows("#card .visitcard", "Hazel")
	w.key(kb.Escape)
	w.focused("#a-" + hazel.String())
	w.key("m")
	w.shows("#card #move-form", "Move Hazel Novak")
	_, then := d.soon(5)
	w.write("#card #at", fmt.Sprintf("%02d%02d", then/60, then%60))
	w.key(kb.Enter)
	w.shows(".toast", "Hazel moved to")
	at(hazel, then)
	w.click(".toast button")
	w.shows(".toast", "Hazel moved to")
	_, was := d.soon(2)
	at(hazel, was)

	// By hand: an hour later, 24 pixels a quarter, and back.
	w.drag("#a-"+otto.String(), 0, 4*24)
	w.shows(".toast", "Otto moved to")
	_, then = d.soon(7)
	at(otto, then)
	w.click(".toast button")
	_, was = d.soon(3)
	at(otto, was)
	// Onto another: it asks.
	w.drag("#a-"+otto.String(), 0, -24)
	w.shows("#card #move-form", "That time is taken")
	w.write("#card #overbook", "Only ten minutes")
	w.click("#card button[value=over]")
	w.shows(".appt.over, #a-"+otto.String(), "Otto")
	_, then = d.soon(2)
	at(otto, then)

	// The vet calls in the next one by key, and takes it back.
	v := c.window(t).as(access.Veterinarian)
	v.visit("/today")
	v.shows("#lane-waiting", "Mabel")
	v.key("c")
	v.shows("#lane-consult", "Mabel")
	v.shows(".toast", "Mabel: in consult.")
	v.click(".toast button")
	v.shows("#lane-waiting", "Mabel")

	// Without script all of it is pages.
	w.visit("/patients")
	w.script(false)
	w.visit("/today?day=" + day.Format("2006-01-02"))
	w.follow("#a-" + hazel.String())
	w.follow("main a[data-key=m]")
	w.write("#at", fmt.Sprintf("%02d%02d", then/60+2, then%60))
	w.follow("#move-form button[data-primary]")
	w.at("/today")
	w.script(true)
}
