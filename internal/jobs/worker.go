package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// snooze is how often a job looks whether its clinic is open again, and its keys and rows can be reached.
// It costs no attempt.
const snooze = time.Minute

// What River keeps of a job that did not succeed. Why is in the log: an error's text is not for a table
// that all clinics share.
var (
	errRefused = errors.New("refused")
	errFailed  = errors.New("failed")
)

// worker runs every kind of job.
type worker struct {
	river.WorkerDefaults[args]
	config Config
}

// Work judges an order, and does it.
func (w *worker) Work(ctx context.Context, rj *river.Job[args]) error {
	o, ok := rj.Args.order()
	if !ok {
		return w.forged(ctx, o, id.Tenant{})
	}
	tenant := id.TenantFrom(o.clinic) // of an order that may be forged: good for finding its keys
	keys, err := w.config.Vault.Clinic(ctx, tenant)
	switch {
	case errors.Is(err, vault.ErrNoKeys):
		return w.forged(ctx, o, id.Tenant{})
	case err != nil:
		return w.unreachable(ctx, o, err)
	case !o.genuine(keys):
		return w.forged(ctx, o, tenant)
	}
	who := actor.Who{
		Clinic: tenant, Person: o.person, Request: id.New(), Purpose: o.kind.purpose(), Route: "job " + string(o.kind),
	}
	now, err := w.place(ctx, who)
	switch {
	case db.NoRows(err):
		w.config.Log.WarnContext(ctx, "a job of a clinic that is gone was refused", "job", o.id.String(), "clinic", o.clinic.String())
		return river.JobCancel(errRefused)
	case err != nil:
		return w.unreachable(ctx, o, err)
	case now.Epoch != o.epoch:
		w.config.Log.WarnContext(ctx, "a job from before a move of its clinic was refused", "job", o.id.String(), "clinic", o.clinic.String())
		return river.JobCancel(errRefused)
	case now.State != "active":
		return river.JobSnooze(snooze)
	}
	who.Placement = actor.Placement{Tier: actor.Tier(now.Tier), Cluster: now.Cluster, Epoch: now.Epoch}
	who.PolicyEpoch = now.PolicyEpoch
	work := w.config.Works[o.kind]
	if work == nil { // of a newer release, which another process may be
		return w.outcome(ctx, o, rj, errors.New("this process knows no job of that kind"))
	}
	return w.outcome(ctx, o, rj, safely(ctx, work, Job{
		Who: who, Object: o.object, Store: w.config.Store, Keys: keys, Attempt: rj.Attempt, Attempts: rj.MaxAttempts,
	}))
}

// place asks, in the clinic's own context, where it is now.
func (w *worker) place(ctx context.Context, who actor.Who) (row db.GetThisClinicRow, err error) {
	err = w.config.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = tx.GetThisClinic(ctx, db.GetThisClinicParams{TenantID: tx.Tenant})
		return err
	})
	return row, err
}

// forged refuses what no clinic asked for, for good. Nothing it says of itself is believed or repeated,
// save the ids.
func (w *worker) forged(ctx context.Context, o order, clinic id.Tenant) error {
	w.config.Log.ErrorContext(ctx, "a job that no clinic asked for was refused", "job", o.id.String(), "clinic", o.clinic.String())
	w.config.Report(actor.Who{Clinic: clinic, Request: id.New(), Route: "job"}, "job-forged")
	return river.JobCancel(errRefused)
}

// unreachable puts off a job that could not be judged.
func (w *worker) unreachable(ctx context.Context, o order, err error) error {
	if ctx.Err() != nil {
		return river.JobSnooze(0)
	}
	w.config.Log.ErrorContext(ctx, "the clinic of a job could not be reached", "job", o.id.String(), "clinic", o.clinic.String(), "err", err)
	return river.JobSnooze(snooze)
}

// outcome writes down why a run failed, and tells River what is to become of the job.
func (w *worker) outcome(ctx context.Context, o order, rj *river.Job[args], err error) error {
	if err == nil {
		return nil
	}
	said := []any{"job", o.id.String(), "kind", string(o.kind), "clinic", o.clinic.String(), "attempt", rj.Attempt}
	if ctx.Err() != nil { // the process stops, or the run took too long
		w.config.Log.WarnContext(ctx, "a job was cut off and will go on", said...)
		return river.JobSnooze(0)
	}
	_, hopeless := errors.AsType[never](err)
	w.config.Log.ErrorContext(ctx, "a job failed", append(said, "again", !hopeless && rj.Attempt < rj.MaxAttempts, "err", err)...)
	if hopeless {
		return river.JobCancel(errFailed)
	}
	return errFailed // River gives it up after the last attempt
}

// safely makes an error of a panic, which River would keep whole in the queue. The value may hold what is
// a clinic's, so only where it happened is told.
func safely(ctx context.Context, work Work, j Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a panic (%T) at %s", v, debug.Stack())
		}
	}()
	return work(ctx, j)
}
