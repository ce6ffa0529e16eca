package labs_test

import (
	"context"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/labs"
	"paddock/internal/registry"
)

var (
	somebody = id.MustParse("01890000-0000-7000-8000-000000000001")
	today    = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
)

// clinic is a fresh clinic with prices, lab tests, two vets and a dog.
type clinic struct {
	dbtest.Clinic
	env         *dbtest.Env
	who         actor.Who
	vet, second id.ID
	dog         id.ID
	tests       map[string]labs.TestRow
	bio         labs.PanelRow
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := &clinic{Clinic: env.NewClinic(t), env: env, dog: id.New(), tests: map[string]labs.TestRow{}}
	c.who = c.Who(actor.Work)
	owner := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: id.New(), Key: access.Veterinarian, Name: "Veterinarian"}); err != nil {
			return err
		}
		for name, into := range map[string]*id.ID{"Amara Nwosu": &c.vet, "Tom Reilly": &c.second} {
			p, err := identity.AddPerson(ctx, tx, c.Keys, identity.NewPerson{Name: name, Email: id.New().String() + "@x.example", Roles: []string{access.Veterinarian}})
			if err != nil {
				return err
			}
			*into = p.ID
		}
		if err := billing.Seed(ctx, tx, c.Keys, "GB"); err != nil {
			return err
		}
		for range 2 { // a second time gives nothing more
			if err := labs.Seed(ctx, tx, c.Keys); err != nil {
				return err
			}
		}
		if err := registry.RegisterClient(ctx, tx, c.Keys, owner, registry.Client{FirstName: "Helen", LastName: "Thompson", Street: "8 Priory Row", City: "York", Postcode: "YO1 7QQ"}); err != nil {
			return err
		}
		if err := registry.RegisterPatient(ctx, tx, c.Keys, c.dog, owner, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"}); err != nil {
			return err
		}
		list, err := labs.Tests(ctx, tx, "", false)
		for _, one := range list {
			c.tests[one.Name] = one
		}
		if err != nil {
			return err
		}
		panels, err := labs.Panels(ctx, tx, false)
		for _, one := range panels {
			if one.Name == "Biochemistry profile" {
				c.bio = one
			}
		}
		return err
	})
	c.who.Person = c.vet
	return c
}

func (c *clinic) write(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return c.env.Store.Write(t.Context(), c.who, do)
}

func (c *clinic) must(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.write(t, do); err != nil {
		t.Fatal(err)
	}
}

// asked is a request of the biochemistry profile.
func (c *clinic) asked(t testing.TB) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return labs.Ask(ctx, tx, c.Keys, row, labs.Request{Patient: c.dog, Panels: []id.ID{c.bio.ID}, Sample: "Blood"}, today)
	})
	return row
}

func number(text string) labs.Number {
	n, _, err := labs.ParseNumber(text, ".")
	if err != nil {
		panic(err)
	}
	return n
}

// urea is a report of one value with a range, found some days ago.
func (c *clinic) urea(value string, daysAgo int) labs.Report {
	low, high := number("2.5"), number("9.6")
	return labs.Report{At: time.Now().AddDate(0, 0, -daysAgo), Values: []labs.Value{{Test: c.tests["Urea"].ID, Name: "Urea", Number: number(value), Places: 1, Unit: "mmol/L", Low: &low, High: &high, Flag: "no matter"}}}
}

func (c *clinic) result(t testing.TB, request id.ID, r labs.Report) (row id.ID, err error) {
	t.Helper()
	row = id.New()
	return row, c.write(t, func(ctx context.Context, tx *db.Tx) error { return labs.Result(ctx, tx, c.Keys, row, request, r) })
}

func (c *clinic) resulted(t testing.TB, request id.ID, r labs.Report) id.ID {
	t.Helper()
	row, err := c.result(t, request, r)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c *clinic) correct(t testing.TB, report id.ID, r labs.Report, reason string) (row id.ID, err error) {
	t.Helper()
	row = id.New()
	return row, c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := labs.Correct(ctx, tx, c.Keys, row, report, r, reason)
		return err
	})
}

func (c *clinic) acknowledge(t testing.TB, report id.ID, note string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := labs.Acknowledge(ctx, tx, c.Keys, report, note)
		return err
	})
}

func (c *clinic) cancel(t testing.TB, request id.ID, reason string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := labs.Cancel(ctx, tx, c.Keys, request, reason)
		return err
	})
}

func (c *clinic) lab(t testing.TB, request id.ID) (l labs.Lab) {
	t.Helper()
	c.must(t, func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = labs.OpenLab(ctx, tx, c.Keys, request)
		return err
	})
	return l
}

func (c *clinic) inbox(t testing.TB, asker id.ID, here []id.ID, everybody bool) (out []id.ID) {
	t.Helper()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := labs.Inbox(ctx, tx, c.Keys, asker, here, everybody)
		for _, w := range list {
			out = append(out, w.Report.ID)
			if w.Called != "Biscuit" {
				t.Errorf("the patient is %q", w.Called)
			}
		}
		if err != nil || everybody {
			return err
		}
		n, err := labs.Unseen(ctx, tx, asker, here)
		if n > len(out) || n == 0 && len(out) > 0 {
			t.Errorf("%d requests wait, and %d reports", n, len(out))
		}
		return err
	})
	return out
}
