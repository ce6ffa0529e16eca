package imports_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/registry"
)

// clinic is a fresh clinic with one person who imports.
type clinic struct {
	dbtest.Clinic
	env *dbtest.Env
	who actor.Who
}

func newClinic(t *testing.T) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env}
	c.who = c.Who(actor.Import)
	c.who.Person = id.New()
	return c
}

func (c clinic) write(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return c.env.Store.Write(t.Context(), c.who, do)
}

func (c clinic) read(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.env.Store.Read(t.Context(), c.who, do); err != nil {
		t.Fatal(err)
	}
}

func (c clinic) stage(t *testing.T, r io.Reader) (id.ID, error) {
	t.Helper()
	return c.stageFrom(t, "GB", r)
}

func (c clinic) stageFrom(t *testing.T, country string, r io.Reader) (id.ID, error) {
	t.Helper()
	row := id.New()
	return row, imports.Stage(t.Context(), c.env.Store, c.Keys, c.who, row, imports.Upload{Name: "list.csv", Country: country}, r)
}

// staged takes a text in that is a good list.
func (c clinic) staged(t *testing.T, text string) id.ID {
	t.Helper()
	row, err := c.stage(t, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) view(t *testing.T, row id.ID) (v imports.View) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = imports.Open(ctx, tx, c.Keys, row)
		return err
	})
	return v
}

// check runs the dry run with the guessed columns.
func (c clinic) check(t *testing.T, row id.ID) imports.Counts {
	t.Helper()
	v := c.view(t, row)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return imports.SetMapping(ctx, tx, c.Keys, row, v.Version, v.Mapping, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := imports.Check(t.Context(), c.env.Store, c.Keys, c.who, row, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (c clinic) start(t *testing.T, row id.ID) {
	t.Helper()
	v := c.view(t, row)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return imports.Start(ctx, tx, c.Keys, row, v.Version, nil) })
	if err != nil {
		t.Fatal(err)
	}
}

// run takes a text in, checks it and brings it in; the dry run has to say what comes of it.
func (c clinic) run(t *testing.T, text string) (id.ID, imports.Counts) {
	t.Helper()
	row := c.staged(t, text)
	said := c.check(t, row)
	c.start(t, row)
	got, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, row, nil)
	if err != nil {
		t.Fatal(err)
	}
	if said != got {
		t.Errorf("the dry run said %+v, the run came to %+v", said, got)
	}
	return row, got
}

func (c clinic) takeBack(t *testing.T, row id.ID) (kept int) {
	t.Helper()
	v := c.view(t, row)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return imports.Withdraw(ctx, tx, c.Keys, row, v.Version, nil)
	})
	if err == nil {
		kept, err = imports.TakeBack(t.Context(), c.env.Store, c.Keys, c.who, row)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func (c clinic) problems(t *testing.T, row id.ID) (list []imports.Problem) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		var all int
		if list, all, err = imports.Problems(ctx, tx, c.Keys, row, 1000); all != len(list) && len(list) < 1000 {
			t.Errorf("%d problems are counted and %d read", all, len(list))
		}
		return err
	})
	return list
}

func (c clinic) countPatients(t *testing.T) (n int64) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
		return err
	})
	return n
}

func (c clinic) search(t *testing.T, typed string) (r registry.Results) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = registry.Search(ctx, tx, c.Keys, tx.Now(), typed)
		return err
	})
	return r
}

// names are the patients of a search, as they are called.
func names(r registry.Results) string {
	var out []string
	for _, p := range r.Patients {
		out = append(out, p.Called())
	}
	return strings.Join(out, ", ")
}

func (c clinic) leaves(t *testing.T, object id.ID) (out []string) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: object})
		for _, r := range rows {
			out = append(out, r.Action)
		}
		return err
	})
	return out
}
