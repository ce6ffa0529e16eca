package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// bookingForm is the form of a booking as it was sent or is begun, and what was read to show it.
type bookingForm struct {
	finding
	row, waiting                        id.ID
	reason, kind, with                  string
	day, at, minutes, every, times, why string
	back                                string

	types     []scheduling.TypeRow
	resources []scheduling.ResourceRow
	free      []scheduling.Free
	taken     *views.TakenSlot
	bad       fault.Fields
}

// newBooking shows the form for the next free time, or for the one it was asked for.
func (s *Server) newBooking(v *visit) (answer, error) {
	q := v.r.URL.Query()
	f := bookingForm{row: id.New(), back: v.backTo(q.Get("back")), kind: q.Get("type"), with: q.Get("with"), at: q.Get("at")}
	for name, into := range map[string]*id.ID{"patient": &f.patient, "client": &f.client, "waitlist": &f.waiting} {
		if text := q.Get(name); text != "" {
			var err error
			if *into, err = rowOf(text); err != nil {
				return answer{}, err
			}
		}
	}
	for _, text := range []string{f.kind, f.with} {
		if text == "" {
			continue
		}
		if _, err := rowOf(text); err != nil {
			return answer{}, err
		}
	}
	if text := q.Get("day"); text != "" {
		if day, err := parseComing(text, v.today()); err == nil {
			f.day = day.Format(weekdayForm)
			if f.back == "/today" {
				f.back = v.dayHref(day, dayView)
			}
		}
	}
	if !f.waiting.IsZero() {
		if err := v.read(func(ctx context.Context, tx *db.Tx) error { return v.waited(ctx, tx, &f) }); err != nil {
			return answer{}, err
		}
	}
	return v.bookingPage(http.StatusOK, f)
}

// typedBooking is the form as it was sent.
func (v *visit) typedBooking() (f bookingForm, err error) {
	if f.finding, err = v.typedFinding(); err != nil {
		return f, err
	}
	if f.row, err = v.newRow(); err != nil {
		return f, err
	}
	if text := v.field("waitlist"); text != "" {
		if f.waiting, err = rowOf(text); err != nil {
			return f, err
		}
	}
	f.reason, f.kind, f.with, f.day, f.at, f.minutes = v.field("reason"), v.field("type"), v.field("with"), v.field("day"), v.field("at"), v.field("minutes")
	f.every, f.times, f.why, f.back = v.field("every"), v.field("times"), v.field("over_reason"), v.backTo(v.field("back"))
	if f.act == actSlot {
		f.takeSlot(v.field("slot"))
	}
	return f, nil
}

// takeSlot fills in a time that was offered: "2026-03-24 630 id". Anything else changes nothing.
func (f *bookingForm) takeSlot(value string) {
	parts := strings.Fields(value)
	if len(parts) != 3 {
		return
	}
	day, err := time.Parse(time.DateOnly, parts[0])
	start, wrong := strconv.Atoi(parts[1])
	if err != nil || wrong != nil || start < 0 || start >= 24*60 {
		return
	}
	f.day, f.at, f.with = day.Format(weekdayForm), clockOf(start), parts[2]
}

// backTo is where a form leads back to: a page of this clinic that it can be opened from.
func (v *visit) backTo(typed string) string {
	for _, p := range []string{"/patients/", "/clients/", "/today", "/waitlist"} {
		if strings.HasPrefix(typed, p) && !strings.ContainsAny(typed, "\\\r\n") && !strings.Contains(typed, "//") {
			return typed
		}
	}
	return "/today"
}

// createBooking books, or takes one step in the form that books nothing yet.
func (s *Server) createBooking(v *visit) (answer, error) {
	f, err := v.typedBooking()
	if err != nil {
		return answer{}, err
	}
	switch f.act {
	case actLook, actFind, actPick, actOther, actOffer, actFree, actSlot:
		return v.bookingPage(http.StatusOK, f)
	}
	if f.patient.IsZero() {
		f.bad.Add("find", "Find and choose the patient")
		f.asked = f.find != ""
	}
	b := f.read(v)
	repeat := f.repeat()
	if len(f.bad) > 0 {
		return v.bookingPage(http.StatusUnprocessableEntity, f)
	}
	return v.book(f, b, repeat)
}

// read reads what was typed; mistakes are noted in the form.
func (f *bookingForm) read(v *visit) scheduling.Booking {
	b := scheduling.Booking{Patient: f.patient, Reason: f.reason, Waiting: f.waiting}
	var err error
	if b.Type, err = rowOf(f.kind); err != nil {
		f.bad.Add("type", "Choose why they come")
	}
	if f.with != "" {
		if b.With, err = rowOf(f.with); err != nil {
			f.bad.Add("with", "Choose with whom")
		}
	}
	if b.Day, err = parseComing(f.day, v.today()); err != nil {
		f.bad.Add("day", err.Error())
	}
	if b.Start, err = parseClock(f.at); err != nil {
		f.bad.Add("at", err.Error())
	}
	if strings.TrimSpace(f.minutes) != "" {
		if b.Minutes, err = strconv.Atoi(strings.TrimSpace(f.minutes)); err != nil || b.Minutes <= 0 {
			f.bad.Add("minutes", "Enter the length in minutes, like 30")
		}
	}
	if f.act == "over" {
		if b.Overbook = strings.TrimSpace(f.why); b.Overbook == "" {
			f.bad.Add("over_reason", "Say why it is booked over another")
		}
	}
	b.Anyway = f.act == "anyway" || f.act == "over"
	return b
}

// repeat reads how often it comes again; the zero Repeat is once.
func (f *bookingForm) repeat() (r scheduling.Repeat) {
	every, times := strings.TrimSpace(f.every), strings.TrimSpace(f.times)
	if every == "" && times == "" {
		return r
	}
	var err error
	if r.Weeks, err = strconv.Atoi(every); err != nil || r.Weeks < 1 || r.Weeks > 52 {
		f.bad.Add("every", "Enter a number of weeks from 1 to 52")
	}
	if r.Times, err = strconv.Atoi(times); err != nil || r.Times < 2 || r.Times > 60 {
		f.bad.Add("times", "Enter how often in all, from 2 to 60")
	}
	r.SkipTaken = f.act == "skip"
	return r
}

// book sends the booking, and answers what came of it.
func (v *visit) book(f bookingForm, b scheduling.Booking, r scheduling.Repeat) (answer, error) {
	var day time.Time
	var said string
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		if b.With.IsZero() {
			if err := v.whoIsFree(ctx, tx, &b); err != nil {
				return err
			}
		}
		if r.Times == 0 {
			placed, err := scheduling.Book(ctx, tx, v.desk(), f.row, b)
			day, said = placed.Day, "Booked."
			if placed.Shifted {
				said = "Booked. The clocks go forward that night, so it begins an hour later than asked."
			}
			return err
		}
		placed, err := scheduling.BookSeries(ctx, tx, v.desk(), f.row, b, r)
		if err == nil && len(placed.Placed) > 0 {
			day, said = placed.Placed[0].Day, "Booked "+strconv.Itoa(len(placed.Placed))+" times."
		}
		return err
	})
	var taken *scheduling.Taken
	var crossing *scheduling.Crossing
	var bad fault.Fields
	switch {
	case errors.As(err, &taken):
		return v.takenBooking(f, b, r, taken)
	case errors.As(err, &crossing):
		f.free = crossing.Free
		f.taken = &views.TakenSlot{Sentence: crossingWords(crossing), Crosses: true}
		return v.bookingPage(http.StatusConflict, f)
	case errors.As(err, &bad):
		f.bad = renamed(bad, map[string]string{"patient": "find", "overbook": "over_reason", "weeks": "every"})
		return v.bookingPage(http.StatusUnprocessableEntity, f)
	case errors.Is(err, scheduling.ErrAlreadyThere):
		day, said = b.Day, "Booked."
	case err != nil:
		return answer{}, err
	}
	v.say(said)
	if strings.HasPrefix(f.back, "/today") {
		return goTo(v.dayHref(day, dayView)), nil
	}
	return goTo(f.back), nil
}

// whoIsFree chooses somebody for a booking that did not: whoever is free then, or it is taken.
func (v *visit) whoIsFree(ctx context.Context, tx *db.Tx, b *scheduling.Booking) error {
	free, err := scheduling.NextFree(ctx, tx, v.desk(), scheduling.Wish{Type: b.Type, Minutes: b.Minutes, Day: b.Day, Start: b.Start})
	if err != nil {
		return err
	}
	if len(free) > 0 && free[0].Day.Equal(b.Day) && free[0].Start == b.Start {
		b.With = free[0].Resource
		return nil
	}
	return &scheduling.Taken{Free: free, Day: b.Day}
}

// takenBooking shows the form with what is free instead, and how the time can be had all the same.
func (v *visit) takenBooking(f bookingForm, b scheduling.Booking, r scheduling.Repeat, t *scheduling.Taken) (answer, error) {
	f.free = t.Free
	f.taken = &views.TakenSlot{MayOver: t.MayOverbook, Skip: r.Times > 0, Reason: f.why, Sentence: "Nobody is free at " + clockOf(b.Start)}
	if err := v.lists(&f); err != nil {
		return answer{}, err
	}
	if i := slices.IndexFunc(f.resources, func(r scheduling.ResourceRow) bool { return r.ID == b.With }); i >= 0 {
		f.taken.Sentence = f.resources[i].Called + " is taken at " + clockOf(b.Start)
	}
	if day := t.Day; !day.IsZero() && !day.Equal(b.Day) {
		f.taken.Sentence += " on " + day.Format(weekdayForm)
	}
	if holders := v.policy.People(access.ScheduleOverbook); !t.MayOverbook && !v.may(access.ScheduleOverbook) && len(holders) > 0 {
		f.taken.Who = holders[0]
	}
	return v.bookingPage(http.StatusConflict, f)
}

// crossedWords are the kinds of time that are not offered, in a sentence.
var crossedWords = map[string]string{
	scheduling.OutsideHours: "outside their hours", scheduling.Lunch: "over lunch", scheduling.Break: "over a break", scheduling.Meeting: "over a meeting",
	scheduling.Admissions: "over admissions", scheduling.Discharges: "over discharges", scheduling.Holiday: "on a holiday", scheduling.Away: "while they are away",
	scheduling.Closed: "while the clinic is closed", scheduling.Reserved: "over a reserved time", scheduling.Other: "over a time that is not offered",
}

func crossingWords(c *scheduling.Crossing) string {
	var words []string
	for _, kind := range c.Over {
		if w := crossedWords[kind]; w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	said := "This is " + strings.Join(words, " and ")
	if len(words) == 0 {
		said = "This is outside what is offered"
	}
	if about := join(c.Words...); about != "" {
		said += ": " + about
	}
	return said
}

// renamed are mistakes under the names that the inputs have here.
func renamed(bad fault.Fields, names map[string]string) fault.Fields {
	out := make(fault.Fields, len(bad))
	for i, m := range bad {
		out[i] = m
		if other := names[m.Name]; other != "" {
			out[i].Name = other
		}
	}
	return out
}

// lists reads types and resources, once a visit.
func (v *visit) lists(f *bookingForm) error {
	if f.types != nil {
		return nil
	}
	return v.read(v.listReads(f)...)
}

func (v *visit) listReads(f *bookingForm) []func(ctx context.Context, tx *db.Tx) error {
	return []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			f.types, err = scheduling.Types(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			f.resources, err = scheduling.Resources(ctx, tx, v.keys)
			return err
		},
	}
}

// bookingPage reads what the form shows and shows it: whole, or the part that was asked for.
func (v *visit) bookingPage(status int, f bookingForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	do := v.findReads(&f.finding)
	if f.act == actLook && v.partial {
		if err := v.read(do...); err != nil {
			return answer{}, err
		}
		v.recordFinding(f.finding)
		finder := v.finderView(f.finding, "/bookings", species)
		finder.WalkIn = "/walk-ins/new"
		return shown(status, views.FinderPart(finder)), nil
	}
	if f.types == nil {
		do = append(do, v.listReads(&f)...)
	}
	if len(do) > 0 {
		if err := v.read(do...); err != nil {
			return answer{}, err
		}
	}
	if err := v.offerTimes(&f); err != nil {
		return answer{}, err
	}
	v.recordFinding(f.finding)
	view := v.bookingView(f, species)
	switch {
	case v.partial && f.act == actOffer:
		return shown(status, views.BookingOfferPart(view)), nil
	case v.partial:
		return shown(status, views.BookingPart(view)), nil
	}
	return shown(status, views.BookingPage(view)), nil
}

// waited fills the form from an entry of the waitlist.
func (v *visit) waited(ctx context.Context, tx *db.Tx, f *bookingForm) error {
	rows, err := scheduling.Waitlist(ctx, tx, v.keys)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r scheduling.WaitingRow) bool { return r.ID == f.waiting })
	if i < 0 {
		return fault.Missing
	}
	w := rows[i]
	f.reason = w.Words
	if f.patient.IsZero() {
		f.patient = w.Patient
	}
	if f.kind == "" {
		f.kind = w.Type.String()
	}
	if f.with == "" && !w.With.IsZero() {
		f.with = w.With.String()
	}
	return nil
}

// offerTimes reads the next free times for what the form says, and fills in the first where it says no time.
func (v *visit) offerTimes(f *bookingForm) error {
	if f.kind == "" {
		if i := slices.IndexFunc(f.types, scheduling.TypeRow.Stands); i >= 0 {
			f.kind = f.types[i].ID.String()
		}
	}
	kind, err := rowOf(f.kind)
	if err != nil || f.taken != nil {
		return nil //nolint:nilerr // without a type nothing is offered, and the form says so
	}
	w := scheduling.Wish{Type: kind}
	if f.with != "" {
		if w.With, err = rowOf(f.with); err != nil {
			return err
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(f.minutes)); err == nil && n > 0 {
		w.Minutes = n
	}
	if w.Day, err = parseComing(f.day, v.today()); err != nil {
		w.Day = v.today()
	}
	if start, err := parseClock(f.at); err == nil && start < 24*60 {
		w.Start = start
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		f.free, err = scheduling.NextFree(ctx, tx, v.desk(), w)
		return err
	})
	if err != nil {
		return err
	}
	if f.at == "" && len(f.free) > 0 && f.act != actOffer {
		first := f.free[0]
		f.day, f.at, f.with = first.Day.Format(weekdayForm), clockOf(first.Start), first.Resource.String()
	}
	return nil
}

// bookingView is the form as shown.
func (v *visit) bookingView(f bookingForm, species map[string]string) views.Booking {
	view := views.Booking{
		Page: v.page("today"), ID: f.row.String(), Finder: v.finderView(f.finding, "/bookings", species), Reason: f.reason, Type: f.kind, With: f.with,
		Types: v.typeOptions(f.types, f.kind), Withs: v.withOptions(f.resources, f.with), Day: f.day, At: f.at, Minutes: f.minutes, Every: f.every, Times: f.times,
		Mistakes: mistakes(f.bad), Cancel: f.back,
	}
	view.Finder.WalkIn, view.Finder.Mistake = "/walk-ins/new", f.bad.Message("find")
	if !f.waiting.IsZero() {
		view.Waitlist = f.waiting.String()
	}
	view.Offer = views.BookingOffer{Taken: f.taken, Button: "Book"}
	day, err := parseComing(f.day, v.today())
	start, wrong := parseClock(f.at)
	if err == nil && wrong == nil {
		view.Offer.Button = "Book " + v.shortTime(day, start)
	}
	for _, slot := range f.free {
		view.Offer.Free = append(view.Offer.Free, views.FreeSlot{
			Value: slot.Day.Format(time.DateOnly) + " " + strconv.Itoa(slot.Start) + " " + slot.Resource.String(), Label: v.shortTime(slot.Day, slot.Start) + " " + slot.Called,
			Pressed: err == nil && wrong == nil && slot.Day.Equal(day) && slot.Start == start && slot.Resource.String() == f.with,
		})
	}
	if len(f.free) == 0 {
		view.Offer.None = "Nothing is free in the next " + strconv.Itoa(scheduling.FreeDays) + " days."
		if len(f.types) == 0 || len(f.resources) == 0 {
			view.Offer.None = "The schedule is not set up yet: it needs people and types of appointment."
		}
	}
	return view
}

// shortTime is a time to come in few letters: "10:30" today, "Tue 10:30" within a week, else with the date.
func (v *visit) shortTime(day time.Time, start int) string {
	switch ahead := int(day.Sub(v.today()).Hours() / 24); {
	case ahead == 0:
		return clockOf(start)
	case ahead > 0 && ahead < 7:
		return day.Format("Mon ") + clockOf(start)
	}
	return day.Format("Mon 02-Jan ") + clockOf(start)
}

// typeOptions are the types that can be booked, and the one that is chosen.
func (v *visit) typeOptions(types []scheduling.TypeRow, chosen string) []ui.Option {
	var out []ui.Option
	for _, t := range types {
		if t.Stands() || t.ID.String() == chosen {
			out = append(out, ui.Option{Value: t.ID.String(), Label: t.Name + ", " + strconv.Itoa(t.Minutes) + " min"})
		}
	}
	if len(out) == 0 {
		out = []ui.Option{{Value: "", Label: "No type yet"}}
	}
	return out
}

// withOptions are who sees patients, and what else was chosen.
func (v *visit) withOptions(resources []scheduling.ResourceRow, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Anybody who is free"}}
	for _, r := range resources {
		sees := r.Kind == scheduling.Vet || r.Kind == scheduling.Nurse
		if r.Stands() && sees || r.ID.String() == chosen {
			out = append(out, ui.Option{Value: r.ID.String(), Label: r.Called})
		}
	}
	return out
}
