package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/money"
	"paddock/internal/scheduling"
	"paddock/internal/vault"
)

// The clinic of the front desk. Its day does not depend on when the benchmark runs: who is before those in
// the building is done, who is behind them is booked.
const (
	deskPatients  = 400
	columnsOfDay  = 4
	inColumn      = 40 // appointments of a column today
	inBuilding    = 15
	deskOpens     = 8 * 60
	deskCloses    = 19 * 60
	slotMinutes   = 15
	bookedAhead   = 14 // days
	aheadInColumn = 30 // appointments of a column on each of them
	pastInColumn  = 10 // and on each day of the years before
	chargesEach   = 3  // of a bill
	fillAtOnce    = 1000
)

// deskClinic is a clinic whose front desk is measured.
type deskClinic struct {
	clinic
	host    string
	who     actor.Who
	day     time.Time // today on its calendar
	zone    *time.Location
	kind    id.ID // of every appointment
	columns []id.ID
	with    []id.ID // who comes with each of the patients
	bills   []bill
	notes   []openNote
}

// bill is a visit that is to be paid for.
type bill struct {
	visit, payer id.ID
	charges      []id.ID
}

// desk makes a clinic with a person of a role, patients, three vets and a nurse, and hours.
func (w *workshop) desk(ctx context.Context, host, email, role string) (d *deskClinic, err error) {
	d = &deskClinic{host: host}
	if d.zone, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("making the front desk: %w", err)
	}
	d.day = scheduling.DayOf(clock.System.Now(), d.zone)
	d.keys, d.who, d.vet, err = w.found(ctx, host, identity.NewPerson{Name: "Jo Marsh", Email: email, Roles: []string{role}, Passphrase: passphrase})
	if err != nil {
		return nil, err
	}
	if err := w.families(ctx, d.who, &d.clinic, deskPatients); err != nil {
		return nil, err
	}
	for _, c := range d.clients {
		d.with = append(d.with, slices.Repeat([]id.ID{c}, animalsEach)...)
	}
	return d, w.store.Write(ctx, d.who, d.furnish)
}

// furnish gives the clinic its columns, and hours on every day.
func (d *deskClinic) furnish(ctx context.Context, tx *db.Tx) error {
	for n := range columnsOfDay {
		r := scheduling.Resource{Kind: scheduling.Vet, Name: fmt.Sprintf("Vet %d", n+1), Position: n + 1}
		if n == columnsOfDay-1 {
			r.Kind, r.Name = scheduling.Nurse, "Nurse"
		}
		row := id.New()
		if err := scheduling.AddResource(ctx, tx, d.keys, row, r); err != nil {
			return fmt.Errorf("making %s: %w", r.Name, err)
		}
		d.columns = append(d.columns, row)
	}
	var week []scheduling.WeekSpan
	for weekday := 1; weekday <= 7; weekday++ {
		week = append(week, scheduling.WeekSpan{Weekday: weekday, Span: scheduling.Span{Kind: scheduling.Work, From: deskOpens, To: deskCloses}})
	}
	if err := scheduling.SetHours(ctx, tx, d.keys, id.ID{}, d.day, week); err != nil {
		return fmt.Errorf("opening the front desk: %w", err)
	}
	types, err := scheduling.Types(ctx, tx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(types, func(t scheduling.TypeRow) bool { return t.NeedsRoom == "" && t.Stands() })
	if i < 0 {
		return fmt.Errorf("no type of appointment does without a room")
	}
	d.kind = types[i].ID
	return nil
}

// visit is one of a patient in a column; of is its number, which chooses the patient.
func (d *deskClinic) visit(day time.Time, column, start, of int) scheduling.PastVisit {
	n := of % len(d.patients)
	v := scheduling.PastVisit{
		ID: id.New(), Patient: d.patients[n], Client: d.with[n], Type: d.kind, Day: day, Start: start, Minutes: slotMinutes,
		Reason: pick(of, "Itchy ears, 4 days", "Booster", "Lame, left hind", "Skin, recheck", "Weight loss, drinking more"), BookedAt: d.instant(day, start).AddDate(0, 0, -20),
	}
	if column >= 0 {
		v.Seats = []scheduling.Seat{{Resource: d.columns[column]}}
	}
	return v
}

func (d *deskClinic) instant(day time.Time, minute int) time.Time {
	at, _ := scheduling.Instant(day, minute, d.zone, false)
	return at
}

// moved is a visit that was moved so many minutes before an instant, to one state after the other.
func moved(v scheduling.PastVisit, at time.Time, to ...string) scheduling.PastVisit {
	for i, state := range to {
		v.Moves = append(v.Moves, scheduling.PastMove{To: state, At: at.Add(time.Duration(i-len(to)) * 7 * time.Minute).UTC()})
	}
	return v
}

var wholeVisit = []string{scheduling.Arrived, scheduling.WithVet, scheduling.Ready, scheduling.Done}

// today is the day as it stands now, and so many days to come.
func (d *deskClinic) today(now time.Time, days int) (out []scheduling.PastVisit) {
	here := [][]string{wholeVisit[:1], wholeVisit[:2], {scheduling.Arrived, scheduling.InTreatment}, wholeVisit[:3]}
	each := (inBuilding + columnsOfDay - 1) / columnsOfDay
	first := min(max(0, (scheduling.MinuteOf(now, d.zone)-deskOpens)/slotMinutes-each+1), inColumn-each)
	in := 0
	for column := range columnsOfDay {
		for k := range inColumn {
			v := d.visit(d.day, column, deskOpens+k*slotMinutes, column*inColumn+k)
			switch {
			case k < first:
				v = moved(v, now, wholeVisit...)
			case k < first+each && in < inBuilding:
				v = moved(v, now, here[in%len(here)]...)
				in++
			case k < first+each:
				v = moved(v, now, wholeVisit...)
			case k%3 == 0:
				v = moved(v, now, scheduling.Confirmed)
			}
			out = append(out, v)
		}
	}
	for ahead := 1; ahead <= days; ahead++ {
		for column := range columnsOfDay {
			for k := range aheadInColumn {
				out = append(out, d.visit(d.day.AddDate(0, 0, ahead), column, deskOpens+k*slotMinutes, ahead*7+column*inColumn+k))
			}
		}
	}
	return out
}

// past are the visits of the days from so many years ago to so many, Sundays apart.
func (d *deskClinic) past(from, to int) (out []scheduling.PastVisit) {
	for day := d.day.AddDate(-from, 0, 0); day.Before(d.day.AddDate(-to, 0, 0)); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Sunday {
			continue
		}
		for column := range columnsOfDay {
			for k := range pastInColumn {
				start := deskOpens + k*4*slotMinutes
				v := d.visit(day, column, start, len(out))
				out = append(out, moved(v, d.instant(day, start).Add(time.Hour), wholeVisit...))
			}
		}
	}
	return out
}

// fill writes visits.
func (w *workshop) fill(ctx context.Context, d *deskClinic, visits []scheduling.PastVisit) error {
	for some := range slices.Chunk(visits, fillAtOnce) {
		f, err := scheduling.SealFill(d.keys, d.zone, some)
		if err != nil {
			return err
		}
		err = w.store.Write(ctx, d.who, func(ctx context.Context, tx *db.Tx) error { return scheduling.WriteFill(ctx, tx, d.keys, f) })
		if err != nil {
			return err
		}
	}
	return nil
}

// charge makes bills: animals that came yesterday and are ready to go home, each with charges from the price list.
func (w *workshop) charge(ctx context.Context, d *deskClinic, bills int) error {
	visits := make([]scheduling.PastVisit, bills)
	for i := range visits {
		visits[i] = moved(d.visit(d.day.AddDate(0, 0, -1), -1, deskOpens, i), clock.System.Now(), wholeVisit[:3]...)
	}
	if err := w.fill(ctx, d, visits); err != nil {
		return err
	}
	var items []billing.ItemRow
	err := w.store.Read(ctx, d.who, func(ctx context.Context, tx *db.Tx) (err error) {
		items, _, err = billing.Items(ctx, tx, "", false)
		return err
	})
	if err != nil {
		return err
	}
	if len(items) < chargesEach {
		return fmt.Errorf("the price list has %d items", len(items))
	}
	for some := range slices.Chunk(visits, chunk) {
		err := w.store.Write(ctx, d.who, func(ctx context.Context, tx *db.Tx) error {
			var add []func(context.Context, *db.Tx) error
			for _, v := range some {
				b := bill{visit: v.ID, payer: v.Client}
				for _, i := range items[:chargesEach] {
					row, c := id.New(), i.Charge(money.One)
					c.Patient, c.Visit, c.Day = v.Patient, v.ID, d.day
					b.charges = append(b.charges, row)
					add = append(add, addCharge(d.keys, row, c))
				}
				d.bills = append(d.bills, b)
			}
			return db.Together(ctx, tx, add...)
		})
		if err != nil {
			return fmt.Errorf("making bills: %w", err)
		}
	}
	return nil
}

func addCharge(keys *vault.Clinic, row id.ID, c billing.Charge) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error { return billing.AddCharge(ctx, tx, keys, row, c) }
}
