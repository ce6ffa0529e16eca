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
)

// bookingForm is the form of a booking as it was sent or is begun, and what was read to show it.
type bookingForm struct {
	finding
	row, waiting                        id.ID
	reason, kind, with                  string
	day, at, minutes, every, times, why string
	second, back                        string
	// offer is what the form filled in by itself, and what for: while it stands so, other times are offered too.
	offer offer

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
	f.second = v.field("second")
	f.offer = typedOffer(v.field("offered"), f.day, f.at, f.with)
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

// offer is the day from which times were offered, and with whom, "" for anybody.
type offer struct {
	day, with string
	made      bool
}

// typedOffer is what the form offered, if the time it filled in stands there still; else it was chosen by hand.
func typedOffer(text, day, at, with string) offer {
	parts := strings.Split(text, "|")
	if len(parts) != 5 || parts[2] != day || parts[3] != at || parts[4] != with {
		return offer{}
	}
	return offer{day: parts[0], with: parts[1], made: true}
}

// text is the offer as the form carries it, beside the time that was filled in.
func (o offer) text(day, at, with string) string {
	if !o.made {
		return ""
	}
	return strings.Join([]string{o.day, o.with, day, at, with}, "|")
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
	if f.comesTwice(v) {
		if b.Second = f.second == "yes"; f.second == "" {
			f.bad.Add("second", "Choose which of the two it is")
		}
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

// comesTwice reports whether the clock shows the time that is typed two times that day.
func (f *bookingForm) comesTwice(v *visit) bool {
	day, err := parseComing(f.day, v.today())
	start, wrong := parseClock(f.at)
	return err == nil && wrong == nil && scheduling.Twice(day, start, v.desk().Zone)
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
			day, said = placed.Placed[0].Day, bookedSeries(placed)
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
		f.taken = &views.TakenSlot{Sentence: crossingWords(crossing), Crosses: true, Skip: r.Times > 0}
		f.instead(crossing.Day, b.Day, crossing.Free)
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

// bookedSeries says what became of a series.
func bookedSeries(p scheduling.SeriesPlaced) string {
	said := "Booked " + countOf(len(p.Placed), "time", "times") + "."
	var out []string
	for _, day := range p.Skipped {
		out = append(out, day.Format(weekdayForm))
	}
	if len(out) > 3 {
		out = append(out[:2], countOf(len(out)-2, "day", "days")+" more")
	}
	if len(out) > 0 {
		said += " Left out: " + strings.Join(out, ", ") + "."
	}
	for _, one := range p.Placed {
		if one.Shifted {
			said += " On " + one.Day.Format(weekdayForm) + " the clocks go forward, so it begins an hour later."
		}
	}
	return said
}

// instead offers other times for a day that was refused. One of a series has none: another time then would begin the whole
// series on another day.
func (f *bookingForm) instead(refused, first time.Time, free []scheduling.Free) {
	f.free = free
	if refused.IsZero() || refused.Equal(first) {
		return
	}
	f.free, f.taken.Later = nil, true
	if on := refused.Format(weekdayForm); f.taken.Crosses {
		f.taken.Sentence = "On " + on + ", " + lowerFirst(f.taken.Sentence)
	} else {
		f.taken.Sentence += " on " + on
	}
}

// whoIsFree chooses somebody for a booking that did not: whoever is free then, or it is taken.
func (v *visit) whoIsFree(ctx context.Context, tx *db.Tx, b *scheduling.Booking) error {
	wish := scheduling.Wish{Type: b.Type, Minutes: b.Minutes, Day: b.Day, Start: b.Start}
	just := wish
	just.Days, just.Most, just.Fine = 1, 1, true
	free, err := scheduling.NextFree(ctx, tx, v.desk(), just)
	if err != nil {
		return err
	}
	if len(free) > 0 && free[0].Day.Equal(b.Day) && free[0].Start == b.Start {
		b.With = free[0].Resource
		return nil
	}
	if free, err = scheduling.NextFree(ctx, tx, v.desk(), wish); err != nil {
		return err
	}
	return &scheduling.Taken{Free: free, Day: b.Day}
}

// takenBooking shows the form with what is free instead, and how the time can be had all the same.
func (v *visit) takenBooking(f bookingForm, b scheduling.Booking, r scheduling.Repeat, t *scheduling.Taken) (answer, error) {
	f.taken = &views.TakenSlot{MayOver: t.MayOverbook, Skip: r.Times > 0, Reason: f.why, Sentence: "Nobody is free at " + clockOf(b.Start)}
	if err := v.lists(&f); err != nil {
		return answer{}, err
	}
	if i := slices.IndexFunc(f.resources, func(r scheduling.ResourceRow) bool { return r.ID == b.With }); i >= 0 {
		f.taken.Sentence = f.resources[i].Called + " is taken at " + clockOf(b.Start)
	}
	f.instead(t.Day, b.Day, t.Free)
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
