package scheduling

import (
	"cmp"
	"context"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// Column is a resource on one day.
type Column struct {
	ResourceRow
	// Hours are when it works that day, in order, without what is inside them; Off says that it does not.
	Hours []Span
	Off   bool
	// Pauses are the kinds inside its hours that are not offered.
	Pauses []Span
	// Blocks are what is not offered that once, of its own or of the whole clinic.
	Blocks []BlockRow
	// FreeQuarters counts the free quarters of an hour, from now on where it is today.
	FreeQuarters int
}

// DayPlan is one day of the schedule.
type DayPlan struct {
	Day time.Time
	SettingsRow
	Columns []Column
	// Resources are all that can be booked and, last, those that could.
	Resources []ResourceRow
	// Open are the opening hours, Closed the blocks of the whole clinic.
	Open   []Span
	Closed []BlockRow
	// Appointments are those of the day, by time, with what is shown of them: of the animal its name and species, of the
	// client the names and telephones. Moved and cancelled ones are not among them, no-shows are.
	Appointments []Appointment
	// Fits are free times of the day, from now on, that somebody on the waitlist would take.
	Fits []Fit
	// Seen counts those who have been seen, Late those who should be here.
	Seen, Late int
}

// Fit is the start of a free time that waiting people would take.
type Fit struct {
	Resource id.ID
	Start    int
	StartsAt time.Time
	// Waiting are the entries of the waitlist.
	Waiting []id.ID
}

// Board is who is in the building, and who should be.
type Board struct {
	SettingsRow
	Now time.Time
	// Waiting are those to see first, then those who wait longest; Late those of today, the latest first;
	// Consult, Care and Ready by when they came to that state, Care those with a time to look again first.
	Waiting, Late, Consult, Care, Ready []Appointment
	Waitlist                            []WaitingRow
	// Next is the next one who is expected today, nil for none.
	Next *Appointment
}

// InBuilding counts those who are.
func (b Board) InBuilding() int {
	return len(b.Waiting) + len(b.Consult) + len(b.Care) + len(b.Ready)
}

// dayRead is what the pages of a day are made of.
type dayRead struct {
	now      time.Time
	today    time.Time // at the clinic
	day      time.Time
	settings SettingsRow
	// all are the resources that can be booked and, last, those that could; resources are the former.
	all, resources []ResourceRow
	rules          week
	blocks         []BlockRow
	shown          []Appointment
	waiting        []WaitingRow
}

// statements are what a page of a day asks, for db.Together. Without a plan it is the board alone.
func (r *dayRead) statements(d Desk, plan bool) []func(context.Context, *db.Tx) error {
	shown := db.ListShownAppointmentsParams{Day: r.day, Whole: plan, Now: r.now}
	alerts, seats := map[id.ID][]registry.Alert{}, map[id.ID][]Seat{}
	do := []func(context.Context, *db.Tx) error{
		reading(&r.settings, OpenSettings),
		func(ctx context.Context, tx *db.Tx) error {
			shown.TenantID = tx.Tenant
			rows, err := tx.ListShownAppointments(ctx, shown)
			if err != nil {
				return err
			}
			o := newOpener(d.Keys)
			r.shown = make([]Appointment, len(rows))
			for i, row := range rows {
				if err := o.shown(row, &r.shown[i]); err != nil {
					return err
				}
				r.shown[i].Alerts, r.shown[i].Seats = alerts[row.PatientID], seats[row.ID]
			}
			return nil
		},
		reading(&r.waiting, func(ctx context.Context, tx *db.Tx) ([]WaitingRow, error) { return Waitlist(ctx, tx, d.Keys) }),
	}
	// Answered before the appointments, which take what it found.
	do = slices.Insert(do, 1, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListShownAlerts(ctx, db.ListShownAlertsParams{TenantID: tx.Tenant, Day: r.day, Whole: plan, Now: r.now})
		if err != nil {
			return err
		}
		return openAlerts(d, rows, alerts)
	}, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListShownSeats(ctx, db.ListShownSeatsParams{TenantID: tx.Tenant, Day: r.day, Whole: plan, Now: r.now})
		seatsOf(rows, seats)
		return err
	})
	if !plan {
		return do
	}
	return append(do,
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.all, err = Resources(ctx, tx, d.Keys)
			r.resources = r.all[:len(r.all):len(r.all)]
			if ended := slices.IndexFunc(r.all, func(one ResourceRow) bool { return !one.Stands() }); ended >= 0 {
				r.resources = r.all[:ended:ended]
			}
			return err
		},
		reading(&r.rules, func(ctx context.Context, tx *db.Tx) (week, error) { return rulesOf(ctx, tx, r.day, r.day) }),
		reading(&r.blocks, func(ctx context.Context, tx *db.Tx) ([]BlockRow, error) { return Blocks(ctx, tx, d, r.day, r.day) }),
	)
}

// seatsOf divides seats by appointment, each with whom first, then where.
func seatsOf(rows []db.ListShownSeatsRow, into map[id.ID][]Seat) {
	slices.SortFunc(rows, func(a, b db.ListShownSeatsRow) int {
		return cmp.Or(slices.Compare(a.AppointmentID[:], b.AppointmentID[:]), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			slices.Compare(a.ResourceID[:], b.ResourceID[:]))
	})
	all := make([]Seat, len(rows))
	for from, to := 0, 0; to < len(rows); from = to {
		for ; to < len(rows) && rows[to].AppointmentID == rows[from].AppointmentID; to++ {
			all[to] = Seat{rows[to].ResourceID, int(rows[to].Lane)}
		}
		into[rows[from].AppointmentID] = all[from:to:to]
	}
}

// openAlerts opens the alerts of those shown, by patient, those of level stop first.
func openAlerts(d Desk, rows []db.ListShownAlertsRow, into map[id.ID][]registry.Alert) error {
	for _, row := range rows {
		a := registry.Alert{Level: row.Level, Topic: row.Topic}
		if err := openInto(d.Keys, slotOf("alerts", row.ID), row.Sealed, &a); err != nil {
			return err
		}
		a.Level, a.Topic = row.Level, row.Topic
		into[row.PatientID] = append(into[row.PatientID], a)
	}
	for _, list := range into {
		slices.SortStableFunc(list, func(a, b registry.Alert) int {
			return cmp.Compare(heaviness(a), heaviness(b))
		})
	}
	return nil
}

func heaviness(a registry.Alert) int {
	n := slices.Index([]string{registry.LevelStop, registry.LevelMind}, a.Level) * 2
	if a.Topic != registry.TopicAllergy {
		n++
	}
	return n
}

func readDay(ctx context.Context, tx *db.Tx, d Desk, day time.Time, plan bool) (*dayRead, error) {
	now := tx.Now()
	r := &dayRead{now: now, today: d.today(now), day: day}
	if err := db.Together(ctx, tx, r.statements(d, plan)...); err != nil {
		return nil, firstFault(err, "reading a day")
	}
	return r, nil
}

// Today reads a day of the schedule and, where that is the present day, the board.
func Today(ctx context.Context, tx *db.Tx, d Desk, day time.Time) (DayPlan, Board, error) {
	r, err := readDay(ctx, tx, d, day, true)
	if err != nil {
		return DayPlan{}, Board{}, err
	}
	plan := r.plan(d)
	return plan, r.board(&plan), nil
}

// Day reads one day of the schedule.
func Day(ctx context.Context, tx *db.Tx, d Desk, day time.Time) (DayPlan, error) {
	r, err := readDay(ctx, tx, d, day, true)
	if err != nil {
		return DayPlan{}, err
	}
	return r.plan(d), nil
}

// InBuilding reads who is in the building and who should be.
func InBuilding(ctx context.Context, tx *db.Tx, d Desk) (Board, error) {
	r, err := readDay(ctx, tx, d, d.today(tx.Now()), false)
	if err != nil {
		return Board{}, err
	}
	return r.board(nil), nil
}

// ofDay are those shown that are of the day itself: as a rule all, since few stay in the building overnight.
func (r *dayRead) ofDay() []Appointment {
	another := func(a Appointment) bool { return !a.Day.Equal(r.day) }
	if !slices.ContainsFunc(r.shown, another) {
		return slices.Clip(r.shown)
	}
	return slices.DeleteFunc(slices.Clone(r.shown), another)
}

// plan makes the plan of the day.
func (r *dayRead) plan(d Desk) DayPlan {
	p := DayPlan{Day: r.day, SettingsRow: r.settings, Resources: r.all, Appointments: r.ofDay()}
	p.Open, _ = r.rules.on(id.ID{}, r.day)
	for _, b := range r.blocks {
		if b.Resource.IsZero() {
			p.Closed = append(p.Closed, b)
		}
	}
	for i := range p.Appointments {
		a := &p.Appointments[i]
		switch {
		case a.State == Done || a.State == Ready || a.State == Billed:
			p.Seen++
		case a.Late(r.now):
			p.Late++
		}
	}
	clock := clockOf(r.day, d.Zone)
	free := map[id.ID][]gap{}
	for _, one := range r.resources {
		c := Column{ResourceRow: one}
		c.Hours, c.Pauses = r.rules.on(one.ID, r.day)
		c.Off = len(c.Hours) == 0
		for _, b := range r.blocks {
			if b.Resource.IsZero() || b.Resource == one.ID {
				c.Blocks = append(c.Blocks, b)
			}
		}
		gaps := clock.gaps(c, r.shown, r.now)
		for _, g := range gaps {
			c.FreeQuarters += clock.quarters(g)
		}
		free[one.ID] = gaps
		p.Columns = append(p.Columns, c)
	}
	p.Fits = r.fits(clock, free)
	return p
}

// board makes the board. The times waiting people fit are known where the plan is of the present day.
func (r *dayRead) board(plan *DayPlan) Board {
	b := Board{SettingsRow: r.settings, Now: r.now, Waitlist: r.waiting}
	for i := range r.shown {
		a := &r.shown[i]
		switch a.Shown(r.now) {
		case StatusWaiting:
			b.Waiting = append(b.Waiting, *a)
		case StatusConsult:
			b.Consult = append(b.Consult, *a)
		case StatusCare:
			b.Care = append(b.Care, *a)
		case StatusReady:
			b.Ready = append(b.Ready, *a)
		case StatusLate:
			if a.Day.Equal(r.today) {
				b.Late = append(b.Late, *a)
			}
		case StatusBooked:
			if b.Next == nil && a.Day.Equal(r.today) && a.State != Requested && !a.StartsAt.Before(r.now) {
				b.Next = a
			}
		}
	}
	slices.SortStableFunc(b.Waiting, func(x, y Appointment) int {
		if x.Urgent != y.Urgent {
			if x.Urgent {
				return -1
			}
			return 1
		}
		return x.ArrivedAt.Compare(y.ArrivedAt)
	})
	since := func(x, y Appointment) int { return x.Since.Compare(y.Since) }
	slices.SortStableFunc(b.Consult, since)
	slices.SortStableFunc(b.Ready, since)
	slices.SortStableFunc(b.Care, func(x, y Appointment) int {
		if x.NextAt.IsZero() != y.NextAt.IsZero() {
			if y.NextAt.IsZero() {
				return -1
			}
			return 1
		}
		return cmp.Or(x.NextAt.Compare(y.NextAt), since(x, y))
	})
	if plan == nil || !r.day.Equal(r.today) {
		return b
	}
	called := make(map[id.ID]string, len(plan.Columns))
	for _, c := range plan.Columns {
		called[c.ID] = c.Called
	}
	for i := range b.Waitlist {
		w := &b.Waitlist[i]
		for _, f := range plan.Fits {
			if slices.Contains(f.Waiting, w.ID) {
				w.Fits = append(w.Fits, Free{
					Resource: f.Resource, Called: called[f.Resource], Day: r.day, Start: f.Start,
					StartsAt: f.StartsAt, EndsAt: f.StartsAt.Add(time.Duration(w.Long) * time.Minute),
				})
			}
		}
	}
	return b
}
