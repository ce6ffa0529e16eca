package records_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// clinic is a fresh clinic with two people and one patient.
type clinic struct {
	dbtest.Clinic
	env        *dbtest.Env
	vet, other id.ID
	patient    id.ID
}

func newClinic(t *testing.T) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env, vet: id.New(), other: id.New(), patient: id.New()}
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		for _, p := range []id.ID{c.vet, c.other} {
			token := make([]byte, 32)
			_, _ = rand.Read(token) // never fails
			sealed, err := c.Keys.Seal(vault.Slot{Table: "people", Group: "contact", Row: p}, []byte("{}"))
			if err != nil {
				return err
			}
			err = tx.InsertPerson(ctx, db.InsertPersonParams{
				TenantID: tx.Tenant, ID: p, EmailToken: token, Sealed: sealed, KeyVersion: c.Keys.KeyVersion(), State: "active", CreatedAt: tx.Now(),
			})
			if err != nil {
				return err
			}
		}
		return registry.RegisterPatient(ctx, tx, c.Keys, c.patient, id.ID{}, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"})
	}))
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as writes on behalf of a person.
func (c clinic) as(t *testing.T, person id.ID, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	who := c.Who(actor.Work)
	who.Person = person
	return c.env.Store.Write(t.Context(), who, do)
}

func (c clinic) read(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	who := c.Who(actor.Work)
	who.Person = c.vet
	must(t, c.env.Store.Read(t.Context(), who, do))
}

func (c clinic) start(t *testing.T, person, row id.ID) (d records.Draft, err error) {
	t.Helper()
	err = c.as(t, person, func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = records.StartConsult(ctx, tx, c.Keys, row, c.patient)
		return err
	})
	return d, err
}

func (c clinic) save(t *testing.T, person, draft id.ID, version int64, s records.SOAP) (v int64, err error) {
	t.Helper()
	err = c.as(t, person, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = records.SaveDraft(ctx, tx, c.Keys, draft, records.Writing{Version: version}, s)
		return err
	})
	return v, err
}

func (c clinic) sign(t *testing.T, person, draft id.ID, version int64, s records.SOAP) error {
	t.Helper()
	return c.as(t, person, func(ctx context.Context, tx *db.Tx) error {
		return records.Sign(ctx, tx, c.Keys, draft, records.Writing{Version: version}, s)
	})
}

func (c clinic) add(t *testing.T, row, note id.ID, kind records.Kind, reason, text string) error {
	t.Helper()
	return c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		var happened time.Time
		if kind == records.KindLateEntry {
			happened = tx.Now().Add(-2 * time.Hour)
		}
		return records.AddAddendum(ctx, tx, c.Keys, row, note, kind, happened, reason, text)
	})
}

// signed makes a signed note.
func (c clinic) signed(t *testing.T, s records.SOAP) id.ID {
	t.Helper()
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	must(t, c.sign(t, c.vet, d.ID, d.Version, s))
	return d.ID
}

func (c clinic) drafts(t *testing.T) (out []records.Draft) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = records.Drafts(ctx, tx, c.Keys, c.patient)
		return err
	})
	return out
}

func (c clinic) notes(t *testing.T) (out []records.Note) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = records.Notes(ctx, tx, c.Keys, c.patient)
		return err
	})
	return out
}

func (c clinic) leaves(t *testing.T, object id.ID) (out []audit.Leaf) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: object})
		for _, r := range rows {
			l, err := audit.FromRow(tx.Tenant, r)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return err
	})
	return out
}

var limp = records.SOAP{Subjective: "Limping since Tuesday.\n\"Left\" <front> leg", Objective: "Pain at the carpus", Plan: "Rest"}
