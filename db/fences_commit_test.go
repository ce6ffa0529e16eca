package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
)

// A writing transaction reaches its COMMIT in one of three ways: alone, behind the last statements, or
// in one trip with everything else.
var commits = map[string]struct {
	do   func(context.Context, *db.Tx) error
	rows int64
}{
	"COMMIT alone": {insertClient, 1},
	"COMMIT behind the last statement": {func(ctx context.Context, tx *db.Tx) error {
		tx.AtCommit(insertClient)
		return insertClient(ctx, tx)
	}, 2},
	"all in one trip": {func(_ context.Context, tx *db.Tx) error {
		tx.AtCommit(insertClient)
		return nil
	}, 1},
}

// T49: whether the change is there is not known, be it there because only the answer was lost, or not
// because COMMIT was; and what is said is the same.
func TestALostAnswerToACommitIsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, at := range []dbtest.Cut{dbtest.CutBeforeCommit, dbtest.CutBeforeAnswers, dbtest.CutBeforeItsAnswer, dbtest.CutNever} {
		for name, c := range commits {
			t.Run(name+", "+string(at), func(t *testing.T) {
				t.Parallel()
				e := dbtest.New(t)
				cutter := dbtest.PutCutter(t, e)
				a, b := e.NewClinic(t), e.NewClinic(t)
				var err error
				cutter.During(t, at, func() {
					ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
					defer cancel()
					if at == dbtest.CutNever {
						ctx, cancel = context.WithTimeout(ctx, time.Second)
						defer cancel()
					}
					err = e.Store.Write(ctx, a.Who(actor.Work), c.do)
				})
				if !errors.Is(err, db.ErrUnknownOutcome) {
					t.Errorf("the writer is told %v, not that the outcome is unknown", err)
				}
				saved := c.rows
				if at == dbtest.CutBeforeCommit {
					saved = 0
				}
				if n := stored(t, e, "app.clients"); int64(n) != saved {
					t.Errorf("%d rows are stored, not %d", n, saved)
				}
				if n := countClients(t, e, a); n != saved {
					t.Errorf("the clinic sees %d rows afterwards, not %d", n, saved)
				}
				if n := countClients(t, e, b); n != 0 {
					t.Errorf("another clinic sees %d rows", n)
				}
			})
		}
	}
}

// T49, the twin: a connection lost once COMMIT was answered takes nothing back. What is there is known,
// so nobody is told that it failed.
func TestAConnectionLostAfterItsCommitWasAnsweredIsNoFailure(t *testing.T) {
	t.Parallel()
	for name, c := range commits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := dbtest.New(t)
			cutter := dbtest.PutCutter(t, e)
			a := e.NewClinic(t)
			var err error
			cutter.During(t, dbtest.CutAfterItsAnswer, func() { err = e.Store.Write(context.Background(), a.Who(actor.Work), c.do) })
			if err != nil && !errors.Is(err, db.ErrUnknownOutcome) {
				t.Errorf("the writer is told %v of a change that is saved", err)
			}
			if n := countClients(t, e, a); n != c.rows {
				t.Errorf("the clinic sees %d rows afterwards, not %d", n, c.rows)
			}
		})
	}
}

// A line that nobody cuts is none the worse for the proxy before it.
func TestTheCutterPassesOnWhatItIsGiven(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	dbtest.PutCutter(t, e)
	a := e.NewClinic(t)
	var saved int64
	for name, c := range commits {
		if err := e.Store.Write(context.Background(), a.Who(actor.Work), c.do); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		saved += c.rows
		if n := countClients(t, e, a); n != saved {
			t.Errorf("%s: the clinic sees %d rows, not %d", name, n, saved)
		}
	}
}
