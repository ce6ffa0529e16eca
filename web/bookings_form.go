package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

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
	f.firstType()
	if f.act == actOffer {
		f.dropUnable()
	}
	kind, err := rowOf(f.kind)
	if err != nil || f.taken != nil {
		return nil //nolint:nilerr // without a type nothing is offered, and the form says so
	}
	w := scheduling.Wish{Type: kind}
	day, with := f.day, f.with
	if f.offer.made {
		day, with = f.offer.day, f.offer.with
	} else if start, err := parseClock(f.at); err == nil && start < 24*60 {
		w.Start = start
	}
	if with != "" {
		if w.With, err = rowOf(with); err != nil {
			return err
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(f.minutes)); err == nil && n > 0 {
		w.Minutes = n
	}
	if w.Day, err = parseComing(day, v.today()); err != nil {
		w.Day = v.today()
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
		f.offer = offer{day: f.day, with: f.with, made: true}
		f.day, f.at, f.with = first.Day.Format(weekdayForm), clockOf(first.Start), first.Resource.String()
	}
	return nil
}

// bookingView is the form as shown.
func (v *visit) bookingView(f bookingForm, species map[string]string) views.Booking {
	view := views.Booking{
		Page: v.page("today"), ID: f.row.String(), Finder: v.finderView(f.finding, "/bookings", species), Reason: f.reason, Type: f.kind, With: f.with,
		Types: v.typeOptions(f.types, f.kind), Withs: f.withOptions(), Day: f.day, At: f.at, Minutes: f.minutes, Every: f.every, Times: f.times,
		Offered: f.offer.text(f.day, f.at, f.with), Mistakes: mistakes(f.bad), Cancel: f.back,
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
	if f.comesTwice(v) {
		view.Offer.Twice, view.Offer.Second = "The clocks go back that night: "+clockOf(start)+" comes twice", f.second
	}
	if len(f.free) == 0 && (f.taken == nil || !f.taken.Later) {
		view.Offer.None = f.nothingFree()
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

// firstType chooses the first type there is, or where somebody was chosen the first that they take.
func (f *bookingForm) firstType() {
	if f.kind != "" {
		return
	}
	for _, t := range f.types {
		if !t.Stands() {
			continue
		}
		if f.kind == "" {
			f.kind = t.ID.String()
		}
		offered := t.Offered(f.resources)
		if f.with == "" || slices.ContainsFunc(offered, func(r id.ID) bool { return r.String() == f.with }) {
			f.kind = t.ID.String()
			return
		}
	}
}

// chosen is the type the form says.
func (f *bookingForm) chosen() (t scheduling.TypeRow, ok bool) {
	i := slices.IndexFunc(f.types, func(t scheduling.TypeRow) bool { return t.ID.String() == f.kind })
	if i < 0 {
		return t, false
	}
	return f.types[i], true
}

// able are those that the chosen type can be booked with.
func (f *bookingForm) able() []scheduling.ResourceRow {
	t, ok := f.chosen()
	if !ok {
		t.Needs = scheduling.Anyone
	}
	return t.With(f.resources)
}

// withOptions are those that the type can be booked with, and who else was chosen.
func (f *bookingForm) withOptions() []ui.Option {
	able := f.able()
	out := []ui.Option{{Value: "", Label: "Anybody who is free"}}
	for _, r := range f.resources {
		if r.ID.String() == f.with || slices.ContainsFunc(able, func(a scheduling.ResourceRow) bool { return a.ID == r.ID }) {
			out = append(out, ui.Option{Value: r.ID.String(), Label: r.Called})
		}
	}
	return out
}

// dropUnable forgets whom the type, which is another one now, cannot be booked with.
func (f *bookingForm) dropUnable() {
	if !slices.ContainsFunc(f.able(), func(r scheduling.ResourceRow) bool { return r.ID.String() == f.with }) {
		f.with = ""
	}
}

// nothingFree says why no time is offered, and with whom there may be one.
func (f *bookingForm) nothingFree() string {
	t, ok := f.chosen()
	able := f.able()
	var names []string
	for _, r := range able {
		if r.ID.String() != f.with {
			names = append(names, r.Called)
		}
	}
	switch {
	case len(f.types) == 0 || len(f.resources) == 0:
		return "The schedule is not set up yet: it needs people and types of appointment."
	case ok && len(able) == 0:
		return t.Name + " needs " + neededWords[t.Needs] + ", and the schedule has none."
	case ok && t.NeedsRoom != "" && !slices.ContainsFunc(f.resources, func(r scheduling.ResourceRow) bool { return r.Stands() && r.Kind == t.NeedsRoom }):
		return t.Name + " needs " + neededWords[t.NeedsRoom] + ", and the schedule has none."
	case f.with == "" || len(names) == 0:
		return "Nothing is free in the next " + strconv.Itoa(scheduling.FreeDays) + " days."
	case len(names) == len(able): // who was chosen is not among them
		return t.Name + " is done by " + strings.Join(names, " or ") + "."
	}
	return "Nothing is free in the next " + strconv.Itoa(scheduling.FreeDays) + " days. " + t.Name + " is done by " + strings.Join(names, " or ") + " too."
}

// neededWords are what a type needs, in a sentence.
var neededWords = map[string]string{
	scheduling.NeedsVet: "a vet", scheduling.NeedsNurse: "a nurse or a vet", scheduling.Anyone: "a vet or a nurse",
	scheduling.Room: "a room", scheduling.Theatre: "a theatre", scheduling.Equipment: "equipment",
}
