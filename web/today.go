package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/records"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// The views of a day.
const (
	dayView   = "day"
	weekView  = "week"
	roomsView = "rooms"
)

// isoForm is how a day stands in an address.
const isoForm = "2006-01-02"

// shownDay is which page of which day is asked for.
type shownDay struct {
	on   time.Time
	view string
}

// shownDay reads it from an address, or from a form that leads back to it. What cannot be read is today.
func (v *visit) shownDay(day, view string) shownDay {
	d := shownDay{on: v.today(), view: dayView}
	if on, err := time.Parse(isoForm, day); err == nil {
		d.on = on
	}
	if view == weekView || view == roomsView {
		d.view = view
	}
	return d
}

// href is the address of a day in a view. Today has the short one.
func (v *visit) dayHref(on time.Time, view string) string {
	q := ""
	if !on.Equal(v.today()) {
		q = "day=" + on.Format(isoForm)
	}
	if view != dayView {
		if q != "" {
			q += "&"
		}
		q += "view=" + view
	}
	if q == "" {
		return "/today"
	}
	return "/today?" + q
}

func (d shownDay) back() views.Back {
	return views.Back{On: d.on.Format(isoForm), View: d.view}
}

// dayRead is what a page of a day is made of.
type dayRead struct {
	plan      scheduling.DayPlan
	week      scheduling.WeekPlan
	board     scheduling.Board
	resources map[id.ID]scheduling.ResourceRow
	// open are the charges of those who go home, for people who see money.
	open     map[id.ID]billing.OpenTotal
	currency money.Currency
	// unsigned are the notes of this person that have waited for more than a day, on the page of today.
	unsigned []records.Unsigned
	// results are those of the lab that wait for this person, on the page of today.
	results views.LabCount
	// waiting are the notes of others that wait for this person's co-signature.
	waiting []records.WaitingNote
}

// readOpen reads what those who go home have still to pay, for people who see money.
func (v *visit) readOpen(ctx context.Context, tx *db.Tx, r *dayRead) (err error) {
	if v.may(access.BillRead) {
		r.open, r.currency, err = billing.OpenTotalsLeaving(ctx, tx)
	}
	return err
}

// readDay reads a page of a day in one trip. Where the day is another one, the board is still today's.
func (v *visit) readDay(d shownDay) (r dayRead, err error) {
	today := d.view != weekView && d.on.Equal(v.today())
	do := []func(ctx context.Context, tx *db.Tx) error{func(ctx context.Context, tx *db.Tx) error { return v.readOpen(ctx, tx, &r) }}
	switch {
	case today:
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			r.plan, r.board, err = scheduling.Today(ctx, tx, v.desk(), d.on)
			r.resources = byID(r.plan.Resources)
			return err
		})
	case d.view == weekView:
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			r.week, err = scheduling.Week(ctx, tx, v.desk(), mondayOf(d.on))
			return err
		})
	default:
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			r.plan, err = scheduling.Day(ctx, tx, v.desk(), d.on)
			return err
		})
	}
	if today && v.may(access.ClinicalWrite) {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			r.unsigned, err = records.OldDrafts(ctx, tx)
			return err
		})
	}
	if today && v.may(access.LabAcknowledge) {
		do = append(do, v.labCount(&r.results))
	}
	if today && v.cosigns() {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			r.waiting, err = records.ToCosign(ctx, tx)
			return err
		})
	}
	if !today {
		do = append(do, v.readBoard(&r)...)
	}
	return r, v.read(do...)
}

// readBoard is what the board alone is read by.
func (v *visit) readBoard(r *dayRead) []func(context.Context, *db.Tx) error {
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.board, err = scheduling.InBuilding(ctx, tx, v.desk())
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			list, err := scheduling.Resources(ctx, tx, v.keys)
			r.resources = byID(list)
			return err
		},
	}
}

func byID(list []scheduling.ResourceRow) map[id.ID]scheduling.ResourceRow {
	out := make(map[id.ID]scheduling.ResourceRow, len(list))
	for _, one := range list {
		out[one.ID] = one
	}
	return out
}

func mondayOf(on time.Time) time.Time {
	return on.AddDate(0, 0, -(int(on.Weekday())+6)%7)
}

// recordDay notes whose names a page of a day has shown.
func (v *visit) recordDay(object string, shown ...[]scheduling.Appointment) {
	most := 0
	for _, list := range shown {
		most += len(list)
	}
	ids, seen := make([]id.ID, 0, most), make(map[id.ID]bool, most)
	for _, list := range shown {
		for i := range list {
			if p := list[i].PatientID; !seen[p] {
				seen[p] = true
				ids = append(ids, p)
			}
		}
	}
	v.record(audit.Entry{Action: audit.Opened, Object: object, IDs: ids})
}

func (r dayRead) onBoard() [][]scheduling.Appointment {
	b := r.board
	return [][]scheduling.Appointment{b.Waiting, b.Late, b.Consult, b.Care, b.Ready}
}

// showToday is the page of a day.
func (s *Server) showToday(v *visit) (answer, error) {
	q := v.r.URL.Query()
	return v.todayPage(http.StatusOK, v.shownDay(q.Get("day"), q.Get("view")), "", nil)
}

func (v *visit) todayPage(status int, d shownDay, typed string, bad fault.Fields) (answer, error) {
	r, err := v.readDay(d)
	if err != nil {
		return answer{}, err
	}
	v.recordDay("schedule", append(r.onBoard(), r.plan.Appointments)...)
	view := v.todayView(d, r)
	view.Typed, view.Mistakes = typed, mistakes(bad)
	return shown(status, views.TodayPage(view)), nil
}

// todayParts are the changed parts of a page of a day, after an act on it.
func (v *visit) todayParts(d shownDay, said *views.Toast) (answer, error) {
	r, err := v.readDay(d)
	if err != nil {
		return answer{}, err
	}
	v.recordDay("schedule", append(r.onBoard(), r.plan.Appointments)...)
	view := v.todayView(d, r)
	view.Toast = said
	return shown(http.StatusOK, views.TodayParts(view)), nil
}

// showSchedule is the schedule of a day alone, for a page that heard of a change.
func (s *Server) showSchedule(v *visit) (answer, error) {
	q := v.r.URL.Query()
	d := v.shownDay(q.Get("day"), q.Get("view"))
	if d.view == weekView {
		return goTo(v.dayHref(d.on, weekView)), nil
	}
	var plan scheduling.DayPlan
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		plan, err = scheduling.Day(ctx, tx, v.desk(), d.on)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.recordDay("schedule", plan.Appointments)
	return shown(http.StatusOK, views.SchedulePart(v.scheduleView(d, plan))), nil
}

// showBoard is the flow board alone.
func (s *Server) showBoard(v *visit) (answer, error) {
	var r dayRead
	err := v.read(append(v.readBoard(&r), func(ctx context.Context, tx *db.Tx) error { return v.readOpen(ctx, tx, &r) })...)
	if err != nil {
		return answer{}, err
	}
	v.recordDay("board", r.onBoard()...)
	q := v.r.URL.Query()
	return shown(http.StatusOK, views.BoardPart(v.boardView(v.shownDay(q.Get("day"), q.Get("view")), r))), nil
}

// chooseDay leads to the day that was typed.
func (s *Server) chooseDay(v *visit) (answer, error) {
	d, typed := v.shownDay("", v.field("view")), strings.TrimSpace(v.field("jump"))
	if strings.EqualFold(typed, "yesterday") {
		return goTo(v.dayHref(d.on.AddDate(0, 0, -1), d.view)), nil
	}
	on, err := parseComing(typed, d.on)
	if err != nil {
		return v.todayPage(http.StatusUnprocessableEntity, d, typed, fault.Fields{{Name: "jump", Message: err.Error()}})
	}
	return goTo(v.dayHref(on, d.view)), nil
}

func (v *visit) todayView(d shownDay, r dayRead) views.Today {
	step := 1
	if d.view == weekView {
		step = 7
	}
	view := views.Today{
		Page: v.page("today"), Day: d.on.Format(isoForm), Heading: v.heading(d.on), View: d.view, Present: d.on.Equal(v.today()),
		PrevHref: v.dayHref(d.on.AddDate(0, 0, -step), d.view), NextHref: v.dayHref(d.on.AddDate(0, 0, step), d.view), TodayHref: v.dayHref(v.today(), d.view),
		DayHref: v.dayHref(d.on, dayView), WeekHref: v.dayHref(d.on, weekView), RoomsHref: v.dayHref(d.on, roomsView),
		Board: v.boardView(d, r),
	}
	if v.may(access.ScheduleWrite) {
		view.BookHref, view.WalkInHref = "/bookings/new", "/walk-ins/new"
		if !view.Present {
			view.BookHref += "?day=" + view.Day
		}
	}
	if d.view == weekView {
		week := v.weekView(r.week)
		view.Week, view.Heading = &week, v.weekHeading(r.week.Monday)
		return view
	}
	for _, u := range r.unsigned {
		view.Unsigned = append(view.Unsigned, views.UnsignedNote{Href: "/patients/" + u.Patient.String(), When: v.moment(u.EventAt)})
	}
	view.Results = r.results
	view.Results.Page = view.Page
	view.Waiting = v.waitingNotes(r.waiting)
	view.Schedule = v.scheduleView(d, r.plan)
	view.Counts = counts(r.plan, view.Present)
	return view
}

// heading is "Tue 24 March", with the year where it is not the present one.
func (v *visit) heading(on time.Time) string {
	if on.Year() != v.today().Year() {
		return on.Format("Mon 2 January 2006")
	}
	return on.Format("Mon 2 January")
}

func (v *visit) weekHeading(monday time.Time) string {
	last := monday.AddDate(0, 0, 6)
	if monday.Month() == last.Month() {
		return monday.Format("2") + "–" + v.heading(last)[4:]
	}
	return monday.Format("2 Jan") + "–" + last.Format("2 Jan 2006")
}

// setupHref is where the schedule is set up, "" for those who may not.
func (v *visit) setupHref() string {
	if v.may(access.ScheduleManage) {
		return "/resources"
	}
	return ""
}

// toastOf says what was done, with the way back.
func (v *visit) toastOf(sentence string, d shownDay) *views.Toast {
	return &views.Toast{Page: ui.Page{Nonce: v.nonce, CSRF: v.token()}, Sentence: sentence, Back: d.back()}
}
