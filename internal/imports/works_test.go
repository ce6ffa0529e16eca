package imports_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/jobs"
	"paddock/internal/vault"
)

// job does what a verb has asked for, as a worker does it.
func (c clinic) job(t *testing.T, kind jobs.Kind, row id.ID, attempt int) error {
	t.Helper()
	return imports.Works()[kind](t.Context(), jobs.Job{Who: c.who, Object: row, Store: c.env.Store, Keys: c.Keys, Attempt: attempt, Attempts: 2})
}

func TestTheVerbsLeaveTheWorkToJobs(t *testing.T) {
	c := newClinic(t)
	var asked []jobs.Kind
	later := func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind jobs.Kind, object id.ID) error {
		asked = append(asked, kind)
		return jobs.Enqueue(ctx, tx, keys, kind, object)
	}
	row := c.staged(t, sample(t))
	for _, step := range []struct {
		verb  func(ctx context.Context, tx *db.Tx, v imports.View) error
		kind  jobs.Kind
		state string
	}{
		{func(ctx context.Context, tx *db.Tx, v imports.View) error {
			return imports.SetMapping(ctx, tx, c.Keys, row, v.Version, v.Mapping, later)
		}, imports.CheckJob, imports.Checked},
		{func(ctx context.Context, tx *db.Tx, v imports.View) error {
			return imports.Start(ctx, tx, c.Keys, row, v.Version, later)
		}, imports.RunJob, imports.Done},
		{func(ctx context.Context, tx *db.Tx, v imports.View) error {
			return imports.Withdraw(ctx, tx, c.Keys, row, v.Version, later)
		}, imports.WithdrawJob, imports.Withdrawn},
	} {
		v := c.view(t, row)
		if err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return step.verb(ctx, tx, v) }); err != nil {
			t.Fatal(err)
		}
		if v := c.view(t, row); !v.Working() || v.Stalled {
			t.Errorf("asked for %s, it is %s, stalled %v", step.kind, v.State, v.Stalled)
		}
		if err := c.job(t, step.kind, row, 1); err != nil {
			t.Errorf("%s: %v", step.kind, err)
		}
		if v := c.view(t, row); v.State != step.state {
			t.Errorf("after %s it is %s", step.kind, v.State)
		}
		if err := c.job(t, step.kind, row, 1); !never(err) { // queued twice
			t.Errorf("%s again: %v", step.kind, err)
		}
	}
	if !slices.Equal(asked, []jobs.Kind{imports.CheckJob, imports.RunJob, imports.WithdrawJob}) {
		t.Errorf("asked for %q", asked)
	}
}

func TestAJobThatFailsForGoodLeavesTheImportToAPerson(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, sample(t))
	c.check(t, row)
	c.start(t, row)
	// A part of the file is gone: no attempt will find it.
	if _, err := c.env.Admin(t).Exec(t.Context(), "DELETE FROM app.import_parts WHERE tenant_id = $1", c.Tenant); err != nil {
		t.Fatal(err)
	}
	if err := c.job(t, imports.RunJob, row, 1); !never(err) {
		t.Errorf("tried again in vain: %v", err)
	}
	if v := c.view(t, row); v.State != imports.Failed || v.Reason != "The file is no longer there. Choose it again." {
		t.Errorf("it is %s: %q", v.State, v.Reason)
	}
}

func TestAJobThatMayYetComeRightIsTriedAgain(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, sample(t))
	c.check(t, row)
	c.start(t, row)
	// A part that another key sealed is nobody's fault that could be named.
	if _, err := c.env.Admin(t).Exec(t.Context(), "UPDATE app.import_parts SET sealed = '\\x00' WHERE tenant_id = $1", c.Tenant); err != nil {
		t.Fatal(err)
	}
	if err := c.job(t, imports.RunJob, row, 1); err == nil || never(err) || c.view(t, row).State != imports.Running {
		t.Errorf("the first time: %v, it is %s", err, c.view(t, row).State)
	}
	if err := c.job(t, imports.RunJob, row, 2); !never(err) {
		t.Errorf("the last time: %v", err)
	}
	if v := c.view(t, row); v.State != imports.Failed || v.Reason == "" {
		t.Errorf("it is %s: %q", v.State, v.Reason)
	}
}

func TestAnotherClinicsImportIsNoJobsObject(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	row := a.staged(t, sample(t))
	a.check(t, row)
	a.start(t, row)
	for kind := range imports.Works() {
		if err := b.job(t, kind, row, 1); !never(err) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if v := a.view(t, row); v.State != imports.Running || v.Counts.Done != 0 {
		t.Errorf("%+v", v)
	}
}

// never reports whether an error says that the job is not to be tried again.
func never(err error) bool {
	return reflect.TypeOf(err) == reflect.TypeOf(jobs.Never(err))
}

// Work whose process died is seen to stand still, and goes on when it is asked for again.
func TestWorkThatStandsStillIsTakenUpAgain(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, sample(t))
	c.check(t, row)
	c.start(t, row)
	again := func(v imports.View) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return imports.Start(ctx, tx, c.Keys, row, v.Version, jobs.Enqueue)
		})
	}
	if err := again(c.view(t, row)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("work that is under way was begun again: %v", err)
	}
	if _, err := c.env.Admin(t).Exec(t.Context(), "UPDATE app.imports SET updated_at = updated_at - interval '3 minutes' WHERE tenant_id = $1", c.Tenant); err != nil {
		t.Fatal(err)
	}
	v := c.view(t, row)
	if !v.Stalled {
		t.Fatal("it does not stand still")
	}
	if err := again(v); err != nil {
		t.Fatal(err)
	}
	if v := c.view(t, row); v.Stalled || v.State != imports.Running {
		t.Errorf("asked to go on, it is %s, stalled %t", v.State, v.Stalled)
	}
	if err := c.job(t, imports.RunJob, row, 1); err != nil {
		t.Fatal(err)
	}
	if v := c.view(t, row); v.State != imports.Done || v.Counts.Done != 59 {
		t.Errorf("%+v", v)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed", "imported", "changed"}) {
		t.Errorf("recorded as %q", got)
	}
}
