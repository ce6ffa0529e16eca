package billing_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// However charges are added, resolved and billed while somebody ends the visit: none is done with one left open.
func TestNoVisitIsDoneWithAnOpenCharge(t *testing.T) {
	c := newClinic(t)
	desk := scheduling.Desk{Keys: c.Keys, Zone: time.UTC, May: func(string) bool { return true }}
	const visits = 24
	var done, refused, late atomic.Int64
	list := make([]id.ID, visits)
	for i := range list {
		list[i] = c.visit(t, "ready")
		v := c.consult(t)
		v.Visit = list[i]
		first := c.charge(t, v)
		var wait sync.WaitGroup
		wait.Go(func() { // the last charge of the page is resolved, and the visit ended at once
			err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
				if rand.IntN(4) > 0 {
					if err := billing.Resolve(ctx, tx, c.Keys, id.New(), first, 1, billing.Declined, ""); err != nil {
						return err
					}
				}
				return scheduling.MoveTo(ctx, tx, desk, id.New(), list[i], list[i], scheduling.Done, "")
			})
			switch {
			case err == nil:
				done.Add(1)
			case fault.KindOf(err) == fault.Conflict:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
		wait.Go(func() { // while somebody adds another
			if rand.IntN(2) == 0 {
				time.Sleep(time.Duration(rand.IntN(8)) * time.Millisecond)
			}
			err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddCharge(ctx, tx, c.Keys, id.New(), v) })
			switch {
			case err == nil:
			case fault.KindOf(err) == fault.Conflict:
				late.Add(1)
			default:
				t.Error(err)
			}
		})
		wait.Wait()
	}
	var open int
	err := c.env.Admin(t).QueryRow(context.Background(), `SELECT count(*) FROM app.appointments AS a JOIN app.charges AS c ON c.tenant_id = a.tenant_id AND c.visit_id = a.id
		WHERE a.tenant_id = $1 AND a.state = 'done' AND c.state = 'open'`, c.Tenant.ID()).Scan(&open)
	if err != nil || open != 0 {
		t.Errorf("%d charges are open on visits that are done, %v", open, err)
	}
	t.Logf("%d done, %d refused, %d charges came too late", done.Load(), refused.Load(), late.Load())
	// One whose charges are all resolved is done.
	last := c.visit(t, "ready")
	v := c.consult(t)
	v.Visit = last
	row := c.charge(t, v)
	end := func() error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.MoveTo(ctx, tx, desk, id.New(), last, last, scheduling.Done, "")
		})
	}
	if err := end(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("done with an open charge: %v", err)
	}
	c.billed(t, row)
	if err := end(); err != nil {
		t.Errorf("done with all billed: %v", err)
	}
}
