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
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
)

// offersEach is how many times each of them is offered.
const offersEach = 3

// offeredMost is how many of the waitlist are shown with the next time they could have.
const offeredMost = 20

// waitForm is the form that adds to the waitlist, as it was sent or is begun.
type waitForm struct {
	bookingForm
	first, last, from, to string
}

// listWaiting shows who would come sooner, with the next time for each.
func (s *Server) listWaiting(v *visit) (answer, error) {
	f := waitForm{}
	f.row = id.New()
	for name, into := range map[string]*id.ID{"patient": &f.patient, "client": &f.client} {
		if text := v.r.URL.Query().Get(name); text != "" {
			var err error
			if *into, err = rowOf(text); err != nil {
				return answer{}, err
			}
		}
	}
	return v.waitPage(http.StatusOK, f)
}

// createWaiting adds somebody, or takes one step in the form that adds nobody yet.
func (s *Server) createWaiting(v *visit) (answer, error) {
	var f waitForm
	var err error
	if f.bookingForm, err = v.typedBooking(); err != nil {
		return answer{}, err
	}
	f.first, f.last, f.from, f.to = v.field("first"), v.field("last"), v.field("from"), v.field("to")
	switch f.act {
	case actLook, actFind, actPick, actOther, actOffer:
		return v.waitPage(http.StatusOK, f)
	}
	w := f.read(v)
	if len(f.bad) > 0 {
		return v.waitPage(http.StatusUnprocessableEntity, f)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddWaiting(ctx, tx, v.desk(), f.row, w)
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		f.bad = renamed(bad, map[string]string{"patient": "find", "words": "reason"})
		return v.waitPage(http.StatusUnprocessableEntity, f)
	case err != nil && !errors.Is(err, scheduling.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Added to the waitlist.")
	return goTo("/waitlist"), nil
}

// read reads what was typed; mistakes are noted in the form.
func (f *waitForm) read(v *visit) scheduling.Waiting {
	w := scheduling.Waiting{Patient: f.patient, Words: f.reason, To: 24 * 60}
	var err error
	if f.patient.IsZero() {
		f.bad.Add("find", "Find and choose the patient")
		f.asked = f.find != ""
	}
	if w.Type, err = rowOf(f.kind); err != nil {
		f.bad.Add("type", "Choose why they come")
	}
	if f.with != "" {
		if w.With, err = rowOf(f.with); err != nil {
			f.bad.Add("with", "Choose with whom")
		}
	}
	if w.First, err = parseComing(f.first, v.today()); err != nil {
		f.bad.Add("first", err.Error())
	}
	if strings.TrimSpace(f.last) != "" {
		if w.Last, err = parseComing(f.last, v.today()); err != nil {
			f.bad.Add("last", err.Error())
		}
	}
	for _, one := range []struct {
		name, typed string
		into        *int
	}{{"from", f.from, &w.From}, {"to", f.to, &w.To}} {
		if strings.TrimSpace(one.typed) == "" {
			continue
		}
		if *one.into, err = parseClock(one.typed); err != nil {
			f.bad.Add(one.name, err.Error())
		}
	}
	return w
}

// createWaitEnding takes an entry off the list.
func (s *Server) createWaitEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return scheduling.EndWaiting(ctx, tx, v.desk(), row, scheduling.EndedDropped)
	})
	if err != nil {
		return answer{}, err
	}
	v.say("Taken off the waitlist.")
	return goTo("/waitlist"), nil
}

// waitPage shows the list and the form, or the part of the form that was asked for.
func (v *visit) waitPage(status int, f waitForm) (answer, error) {
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
		return shown(status, views.FinderPart(v.finderView(f.finding, "/waitlist", species))), nil
	}
	var rows []scheduling.WaitingRow
	offers := map[id.ID][]scheduling.Free{}
	do = append(do, v.listReads(&f.bookingForm)...)
	if !v.partial {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			if rows, err = scheduling.Waitlist(ctx, tx, v.keys); err != nil {
				return err
			}
			return v.waitOffers(ctx, tx, rows, offers)
		})
	}
	if err := v.read(do...); err != nil {
		return answer{}, err
	}
	f.firstType()
	if f.act == actOffer && v.partial {
		f.dropUnable()
		return shown(status, views.WithPart(v.page("today"), "wait-form", f.withOptions(), f.with)), nil
	}
	form := views.WaitForm{
		Page: v.page("today"), ID: f.row.String(), Finder: v.finderView(f.finding, "/waitlist", species), Reason: f.reason, Type: f.kind, With: f.with,
		Types: v.typeOptions(f.types, f.kind), Withs: f.withOptions(), First: f.first, Last: f.last, From: f.from, To: f.to, Mistakes: mistakes(f.bad),
	}
	form.Finder.Mistake, form.Finder.Below = f.bad.Message("find"), !v.partial
	if v.partial {
		v.recordFinding(f.finding)
		return shown(status, views.WaitFormPart(form)), nil
	}
	view := views.Waitlist{Page: v.page("today")}
	if v.may(access.ScheduleWrite) {
		view.Form = &form
	}
	var seen []id.ID
	for _, w := range rows {
		seen = append(seen, w.Patient)
		view.Rows = append(view.Rows, v.waitRow(w, f.resources, offers))
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "waiting", IDs: seen})
	if f.asked || !f.patient.IsZero() || !f.client.IsZero() {
		v.recordFinding(f.finding)
	}
	return shown(status, views.WaitlistPage(view)), nil
}

// waitOffers finds the next times for each of those who wait longest, side by side.
func (v *visit) waitOffers(ctx context.Context, tx *db.Tx, rows []scheduling.WaitingRow, into map[id.ID][]scheduling.Free) error {
	var do []func(context.Context, *db.Tx) error
	for _, w := range rows[:min(offeredMost, len(rows))] {
		wish := scheduling.Wish{Type: w.Type, With: w.With, Day: w.First, From: w.From, Until: w.To, Most: offersEach}
		if wish.Day.Before(v.today()) {
			wish.Day = v.today()
		}
		if !w.Last.IsZero() {
			if wish.Days = int(w.Last.Sub(wish.Day).Hours()/24) + 1; wish.Days < 1 {
				continue
			}
		}
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			into[w.ID], err = scheduling.NextFree(ctx, tx, v.desk(), wish)
			return err
		})
	}
	return db.Together(ctx, tx, do...)
}

// between says which part of a day somebody can come in, "" for all of it.
func between(from, to int) string {
	ends := to > 0 && to < 24*60
	switch {
	case from > 0 && ends:
		return clockOf(from) + "–" + clockOf(to)
	case ends:
		return "before " + clockOf(to)
	case from > 0:
		return "from " + clockOf(from)
	}
	return ""
}

func (v *visit) waitRow(w scheduling.WaitingRow, resources []scheduling.ResourceRow, offers map[id.ID][]scheduling.Free) views.WaitRow {
	row := views.WaitRow{
		Href: "/patients/" + w.Patient.String(), Species: w.Animal.Species, Name: strings.TrimSpace(w.Animal.Called() + " " + w.Owner.Surname()),
		Line: w.Called + ", " + strconv.Itoa(w.Long) + " min", When: "from " + w.First.Format(weekdayForm), Since: v.policy.Name(w.AddedBy) + ", " + v.moment(w.AddedAt),
	}
	if i := slices.IndexFunc(resources, func(r scheduling.ResourceRow) bool { return r.ID == w.With }); i >= 0 {
		row.Line += ", with " + resources[i].Called
	}
	row.Line = join(row.Line, w.Words)
	if !w.Last.IsZero() {
		row.When += " to " + w.Last.Format(weekdayForm)
	}
	row.When = join(row.When, between(w.From, w.To))
	if list := phones(w.Owner.Phones); len(list) > 0 {
		row.Phone, row.Tel = list[0].Number, list[0].Tel
	}
	if !v.may(access.ScheduleWrite) {
		return row
	}
	row.EndAction = "/waitlist/" + w.ID.String() + "/ending"
	for _, free := range offers[w.ID] {
		row.Offers = append(row.Offers, views.WaitOffer{
			Label: v.shortTime(free.Day, free.Start) + " " + shortName(free.Called),
			Href: "/bookings/new?patient=" + w.Patient.String() + "&waitlist=" + w.ID.String() + "&type=" + w.Type.String() + "&with=" + free.Resource.String() +
				"&day=" + free.Day.Format(time.DateOnly) + "&at=" + clockOf(free.Start) + "&back=/waitlist",
		})
	}
	return row
}
