package registry_test

import (
	"context"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// clinic is a fresh clinic with one person at work.
type clinic struct {
	dbtest.Clinic
	env *dbtest.Env
	who actor.Who
}

func newClinic(t *testing.T) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env}
	c.who = c.Who(actor.Work)
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

func (c clinic) addClient(t *testing.T, v registry.Client) id.ID {
	t.Helper()
	row := id.New()
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return registry.RegisterClient(ctx, tx, c.Keys, row, v) })
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) addPatient(t *testing.T, owner id.ID, v registry.Patient) id.ID {
	t.Helper()
	row := id.New()
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, row, owner, v)
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) editClient(t *testing.T, row id.ID, version int64, v registry.Client) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.EditClient(ctx, tx, c.Keys, row, version, v)
	})
}

// editPatient saves a patient from a form that showed its first version.
func (c clinic) editPatient(t *testing.T, row id.ID, v registry.Patient) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.EditPatient(ctx, tx, c.Keys, row, 1, v)
	})
}

func (c clinic) client(t *testing.T, row id.ID) (v registry.ClientView) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = registry.OpenClient(ctx, tx, c.Keys, row)
		return err
	})
	return v
}

func (c clinic) patient(t *testing.T, row id.ID) (v registry.PatientView) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = registry.OpenPatient(ctx, tx, c.Keys, row)
		return err
	})
	return v
}

func (c clinic) search(t *testing.T, typed string) (r registry.Results) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = registry.Search(ctx, tx, c.Keys, tx.Now(), typed)
		return err
	})
	return r
}

// leaves are the actions recorded about one object.
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

// helen and biscuit are good rows to begin with.
func helen() registry.Client {
	return registry.Client{
		FirstName: "Helen", LastName: "Thompson", Email: "helen.thompson@example.com",
		Phones: []registry.Phone{{Number: "07700 900123", Label: "mobile"}, {Number: "+44 (0)20 7946 0018"}},
	}
}

func biscuit() registry.Patient {
	return registry.Patient{Name: "Biscuit", Species: "dog", Breed: "Labrador Retriever", Sex: "male", Neutered: "yes", Colour: "yellow"}
}
