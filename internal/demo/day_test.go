package demo_test

import (
	"context"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/demo"
	"paddock/internal/scheduling"
	"paddock/internal/vault"
)

func TestTheDayIsLivelyAtWhateverTimeItIsStarted(t *testing.T) {
	for name, at := range map[string]time.Time{
		"in the morning":           time.Date(2031, 3, 25, 10, 20, 0, 0, time.UTC),
		"in the middle of a night": time.Date(2031, 3, 26, 3, 10, 0, 0, time.UTC),
		"late on a Sunday":         time.Date(2031, 3, 30, 22, 40, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := dbtest.NewAt(t, clock.NewFake(at))
			d := deps(t, e)
			if err := demo.Make(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			for range 2 { // given again it changes nothing
				if err := demo.Lively(t.Context(), d); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range demo.Clinics() {
				zone, err := time.LoadLocation(c.Zone)
				if err != nil {
					t.Fatal(err)
				}
				inside(t, e, d, c, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
					desk := scheduling.Desk{Keys: keys, Zone: zone}
					plan, board, err := scheduling.Today(ctx, tx, desk, scheduling.DayOf(at, zone))
					if err != nil {
						return err
					}
					if len(board.Waiting) < 2 || !board.Waiting[0].Urgent || len(board.Consult) == 0 || len(board.Care) == 0 || len(board.Ready) == 0 || len(board.Waitlist) == 0 {
						t.Errorf("%s: waiting %d, consult %d, care %d, ready %d, waitlist %d", c.Label, len(board.Waiting), len(board.Consult),
							len(board.Care), len(board.Ready), len(board.Waitlist))
					}
					if n := len(plan.Appointments); n < 15 || len(plan.Columns) != 8 { // four, and as many rooms
						t.Errorf("%s: %d appointments in %d columns", c.Label, n, len(plan.Columns))
					}
					for _, one := range plan.Appointments {
						if one.ClientID.IsZero() { // nobody pays, so it would stand at going home for good
							t.Errorf("%s: %s is nobody's and has a visit", c.Label, one.Patient.Called())
						}
					}
					till, err := billing.OpenTill(ctx, tx, keys, scheduling.DayOf(at, zone))
					if err != nil || till.Total() == 0 {
						t.Errorf("%s: the till holds %d: %v", c.Label, till.Total(), err)
					}
					return nil
				})
			}
		})
	}
}

func TestAFillHasTheVisitsAndBillsOfItsYears(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	n := demo.Numbers{Clinics: 2, Patients: 60, Years: 2, Seed: 5}
	made := fill(t, d, n)
	if made.Visits < made.Notes {
		t.Errorf("made %d visits of %d notes", made.Visits, made.Notes)
	}
	if again := fill(t, d, n); again.Visits != 0 {
		t.Errorf("a second fill made %d visits", again.Visits)
	}
	admin := e.Admin(t)
	for what, sql := range map[string]string{
		"clinics whose invoices do not count on from 1 in the order of their days": `SELECT count(*) FROM (
			SELECT number, row_number() OVER (PARTITION BY tenant_id ORDER BY issued_at, number) AS nth FROM app.invoices) AS i WHERE number <> nth`,
		"sources whose entries do not add up to nothing": `SELECT count(*) FROM (
			SELECT 1 FROM app.ledger_entries GROUP BY tenant_id, source_id HAVING sum(amount) <> 0) AS s`,
		"visits that are done without a bill": `SELECT count(*) FROM app.appointments AS a WHERE a.state = 'done'
			AND NOT EXISTS (SELECT FROM app.invoices AS i WHERE i.tenant_id = a.tenant_id AND i.visit_id = a.id)`,
		"invoices that are not the sum of their lines": `SELECT count(*) FROM app.invoices AS i WHERE i.total <>
			(SELECT sum(l.net + l.tax) FROM app.invoice_lines AS l WHERE l.tenant_id = i.tenant_id AND l.invoice_id = i.id)`,
		"open charges": `SELECT count(*) FROM app.charges WHERE state = 'open'`,
	} {
		var found int
		if err := admin.QueryRow(t.Context(), sql).Scan(&found); err != nil || found != 0 {
			t.Errorf("%d %s: %v", found, what, err)
		}
	}
	var invoices, ahead int
	if err := admin.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM app.invoices), (SELECT count(*) FROM app.appointments WHERE state = 'booked')`).Scan(&invoices, &ahead); err != nil ||
		invoices < made.Notes*8/10 || ahead == 0 {
		t.Errorf("%d invoices and %d bookings ahead for %d notes: %v", invoices, ahead, made.Notes, err)
	}
}
