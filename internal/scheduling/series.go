package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
)

// Scope is which of a series an act is about.
type Scope string

// The scopes. All are those that are still ahead.
const (
	OnlyThis  Scope = "this"
	Following Scope = "following"
	All       Scope = "all"
)

// Repeat is how often a booking comes again: Times in all, the first included, every so many Weeks.
type Repeat struct {
	Weeks, Times int
	// SkipTaken leaves out the days on which the time is taken or not offered, where either would refuse the series
	// otherwise.
	SkipTaken bool
}

// SeriesPlaced is what became of a series.
type SeriesPlaced struct {
	Series id.ID
	Placed []Placed
	// Skipped are the days that were left out.
	Skipped []time.Time
}

func (r Repeat) check() fault.Fields {
	var bad fault.Fields
	if r.Weeks < 1 || r.Weeks > 52 {
		bad.Add("weeks", "Enter weeks from 1 to 52")
	}
	if r.Times < 2 || r.Times > 60 {
		bad.Add("times", "Enter how often in all, from 2 to 60")
	}
	return bad
}

// BookSeries makes a booking that comes again, on the same weekday and at the same time on the clinic's clock. The series
// stands under the id that came with the form. It gives what Book gives, for the first day that is refused, and
// fault.Fields named weeks and times.
func BookSeries(ctx context.Context, tx *db.Tx, d Desk, row id.ID, b Booking, r Repeat) (SeriesPlaced, error) {
	if err := append(b.check(), r.check()...).Err(); err != nil {
		return SeriesPlaced{}, err
	}
	s, err := readStage(ctx, tx, d, b.Type, b.Day, b.Day.AddDate(0, 0, 7*r.Weeks*(r.Times-1)))
	if err != nil {
		return SeriesPlaced{}, err
	}
	if !s.kind.Stands() {
		return SeriesPlaced{}, fault.Missing
	}
	err = tx.InsertAppointmentSeries(ctx, db.InsertAppointmentSeriesParams{
		TenantID: tx.Tenant, ID: row, EveryWeeks: int32(r.Weeks), Times: int32(r.Times), FirstDay: b.Day, MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if db.Violates(err, "appointment_series_pkey") {
		return SeriesPlaced{}, ErrAlreadyThere
	}
	if err != nil {
		return SeriesPlaced{}, fmt.Errorf("making series %s: %w", row, err)
	}
	out := SeriesPlaced{Series: row}
	for n := range r.Times {
		one := b
		one.Day = b.Day.AddDate(0, 0, 7*r.Weeks*n)
		if len(out.Placed) > 0 {
			one.Waiting = id.ID{}
		}
		placed, err := s.book(ctx, tx, d, id.New(), row, one)
		switch {
		case err == nil:
			out.Placed = append(out.Placed, placed)
		case r.SkipTaken && canSkip(err):
			out.Skipped = append(out.Skipped, one.Day)
		default:
			return SeriesPlaced{}, err
		}
	}
	if len(out.Placed) == 0 {
		return SeriesPlaced{}, fault.Fields{{Name: "day", Message: "The time is taken or closed on every one of these days"}}
	}
	err = recordBeside(tx, d.Keys, b.Patient, audit.Change{
		Action: audit.Created, Object: "appointment-series", ObjectID: row,
		After: changedSeries{Weeks: r.Weeks, Times: r.Times, First: b.Day.Format(time.DateOnly), Made: len(out.Placed)},
	})
	if err != nil {
		return SeriesPlaced{}, err
	}
	return out, touchSchedule(ctx, tx, d)
}

// changedSeries is what the record keeps of a series.
type changedSeries struct {
	Weeks int    `json:"weeks"`
	Times int    `json:"times"`
	First string `json:"first"`
	Made  int    `json:"made"`
}

// canSkip reports whether a day of a series was refused because of what stands then.
func canSkip(err error) bool {
	var taken *Taken
	var crossing *Crossing
	return errors.As(err, &taken) || errors.As(err, &crossing)
}

// holdScope holds an appointment and the others of its series that an act is about: those that are still ahead, from its own
// day on or all, by their days. Without a series, or for this one only, others is empty.
func holdScope(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, scope Scope) (was Appointment, others []id.ID, err error) {
	if was, err = OpenAppointment(ctx, tx, d.Keys, appointment); err != nil {
		return was, nil, err
	}
	if !slices.Contains([]Scope{OnlyThis, Following, All}, scope) {
		return was, nil, fault.Fields{{Name: "scope", Message: "Choose this one, this and the following, or all"}}
	}
	if was.Series.IsZero() || scope == OnlyThis {
		return was, nil, nil
	}
	p := db.LockSeriesAheadParams{TenantID: tx.Tenant, SeriesID: was.Series, FirstDay: was.Day}
	if scope == All {
		p.FirstDay = d.today(tx.Now())
	}
	rows, err := tx.LockSeriesAhead(ctx, p)
	if err != nil {
		return was, nil, fmt.Errorf("locking series %s: %w", was.Series, err)
	}
	slices.SortStableFunc(rows, func(a, b db.LockSeriesAheadRow) int { return a.Day.Compare(b.Day) })
	for _, r := range rows {
		if r.ID != appointment {
			others = append(others, r.ID)
		}
	}
	return was, others, nil
}

// RescheduleSeries moves an appointment, and the others of its series that are meant, by as many days and to the same time and
// resource. It gives what Reschedule gives, for the first that is refused, and fault.Fields named scope.
func RescheduleSeries(ctx context.Context, tx *db.Tx, d Desk, row, appointment id.ID, version int64, w When, scope Scope) (SeriesPlaced, error) {
	w.Overbook = plain.Line(w.Overbook)
	if err := w.check().Err(); err != nil {
		return SeriesPlaced{}, err
	}
	seen, err := OpenAppointment(ctx, tx, d.Keys, appointment)
	if err != nil {
		return SeriesPlaced{}, err
	}
	if _, err := holdAnimal(ctx, tx, d.Keys, seen.PatientID, seen.ClientID); err != nil {
		return SeriesPlaced{}, err
	}
	was, others, err := holdScope(ctx, tx, d, appointment, scope)
	if err != nil {
		return SeriesPlaced{}, err
	}
	held, err := hold(ctx, tx, appointment)
	switch {
	case err != nil:
		return SeriesPlaced{}, err
	case held.Version != version || was.Version != version:
		return SeriesPlaced{}, rescheduledSince(ctx, tx, d, row)
	}
	by := nth(was.Day, w.Day)
	jobs := []Appointment{was}
	for _, one := range others {
		a, err := OpenAppointment(ctx, tx, d.Keys, one)
		if err != nil {
			return SeriesPlaced{}, err
		}
		jobs = append(jobs, a)
	}
	// Those at the end they go to make way for the others.
	slices.SortStableFunc(jobs, func(a, b Appointment) int {
		if by > 0 {
			return b.Day.Compare(a.Day)
		}
		return a.Day.Compare(b.Day)
	})
	out := SeriesPlaced{Series: was.Series}
	for _, a := range jobs {
		one, to := id.New(), w
		if a.ID == appointment {
			one = row
		}
		to.Day = a.Day.AddDate(0, 0, by)
		placed, err := reschedule(ctx, tx, d, one, a, to)
		if err != nil {
			return SeriesPlaced{}, err
		}
		out.Placed = append(out.Placed, placed)
	}
	slices.SortStableFunc(out.Placed, func(a, b Placed) int { return a.StartsAt.Compare(b.StartsAt) })
	return out, touchSchedule(ctx, tx, d)
}

// CancelSeries calls off an appointment, and the others of its series that are meant. It gives how many that were, what Cancel
// gives, and fault.Fields named scope.
func CancelSeries(ctx context.Context, tx *db.Tx, d Desk, row, appointment, seen id.ID, by, why string, scope Scope) (cancelled int, err error) {
	m, err := cancelling(by, why)
	if err != nil {
		return 0, err
	}
	_, others, err := holdScope(ctx, tx, d, appointment, scope)
	if err != nil {
		return 0, err
	}
	held, err := holdMoved(ctx, tx, row, appointment, seen)
	if err != nil {
		return 0, err
	}
	if err := moveHeld(ctx, tx, d, row, held, m); err != nil {
		return 0, err
	}
	for _, other := range others {
		if held, err = hold(ctx, tx, other); err != nil {
			return 0, err
		}
		if err := moveHeld(ctx, tx, d, id.New(), held, m); err != nil {
			return 0, err
		}
	}
	return 1 + len(others), nil
}
