package pharmacy_test

import (
	"context"
	"errors"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
)

// clinic is a fresh clinic with prices, the drug list it begins with, a client and a dog of 24.6 kg.
type clinic struct {
	dbtest.Clinic
	env   *dbtest.Env
	who   actor.Who
	at    pharmacy.Place
	owner id.ID
	dog   id.ID
	drugs map[string]pharmacy.DrugRow // by the first word of the name and the strength
}

func newClinic(t *testing.T) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env, owner: id.New(), drugs: map[string]pharmacy.DrugRow{}}
	c.who = c.Who(actor.Work)
	c.who.Person = id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.Seed(ctx, tx, c.Keys, "GB") })
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := pharmacy.Seed(ctx, tx, c.Keys); err != nil {
			return err
		}
		now := tx.Now()
		c.at = pharmacy.Place{Jurisdictions: []string{"GB"}, Today: now.Truncate(24 * 60 * 60 * 1e9)}
		return registry.RegisterClient(ctx, tx, c.Keys, c.owner, registry.Client{FirstName: "Helen", LastName: "Thompson", Street: "8 Priory Row", City: "York", Postcode: "YO1 7QQ"})
	})
	c.dog = c.animal(t, "Biscuit", "dog", "24.6")
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := pharmacy.List(ctx, tx, false)
		for _, d := range list {
			if d, err = pharmacy.OpenDrug(ctx, tx, d.ID); err != nil {
				return err
			}
			c.drugs[d.Name] = d
		}
		return err
	})
	return c
}

// animal registers one of the owner's, weighed now where kilograms are given.
func (c clinic) animal(t testing.TB, name, species, kilograms string) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, row, c.owner, registry.Patient{Name: name, Species: species, Sex: "male", Neutered: "yes"})
	})
	if kilograms != "" {
		c.weigh(t, row, kilograms, registry.Measured)
	}
	return row
}

func (c clinic) weigh(t testing.TB, patient id.ID, kilograms, source string) {
	t.Helper()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		w, err := registry.ParseWeight(kilograms, "kg")
		if err != nil {
			return err
		}
		return registry.AddWeight(ctx, tx, c.Keys, id.New(), patient, registry.Weight{Weighed: w, At: tx.Now(), Source: source}, w.Grams)
	})
}

func (c clinic) write(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	for {
		err := c.env.Store.Write(context.Background(), c.who, do)
		if !errors.Is(err, db.ErrBusy) {
			return err
		}
	}
}

func (c clinic) must(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.write(t, do); err != nil {
		t.Fatal(err)
	}
}

func (c clinic) read(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.env.Store.Read(context.Background(), c.who, do); err != nil {
		t.Fatal(err)
	}
}

// course is one and a half tablets of carprofen once a day for two weeks, with two supplies.
func (c clinic) course() pharmacy.Order {
	return pharmacy.Order{
		Drug: c.drugs["Carprofen 50 mg tablets"].ID, Dose: 1500, Every: 24, Days: 14, Quantity: 21 * money.One, Supplies: 2, Cautions: "Give with food.", Indication: "Stiff hips",
	}
}

func (c clinic) sign(t testing.TB, row, patient id.ID, o pharmacy.Order) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Sign(ctx, tx, c.Keys, c.at, row, patient, 0, o)
	})
}

// signed is a prescription of the course for the dog.
func (c clinic) signed(t testing.TB) id.ID {
	t.Helper()
	row := id.New()
	if err := c.sign(t, row, c.dog, c.course()); err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) dispense(t testing.TB, row, prescription id.ID, s pharmacy.Supply) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Dispense(ctx, tx, c.Keys, c.at, row, prescription, s)
	})
}

func box(q money.Quantity) pharmacy.Supply {
	return pharmacy.Supply{Quantity: q, Batch: "K2291", Expiry: "11-2031"}
}

func (c clinic) open(t testing.TB, prescription id.ID) (p pharmacy.Prescription) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = pharmacy.Open(ctx, tx, c.Keys, prescription)
		return err
	})
	return p
}

// stoppedFor asks how a prescription of the dog stands, and why, of one and of all of them.
func (c clinic) stoppedFor(t testing.TB, prescription id.ID, want string) {
	t.Helper()
	if p := c.open(t, prescription); p.State != pharmacy.Stopped {
		t.Errorf("stands as %+v", p)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		why, err := pharmacy.Why(ctx, tx, c.Keys, prescription)
		if err != nil {
			return err
		}
		all, err := pharmacy.StopReasons(ctx, tx, c.Keys, c.dog)
		if why.Stopped != want || all[prescription] != want || len(all) != 1 {
			t.Errorf("stopped because %q, of all %q", why.Stopped, all)
		}
		return err
	})
}

// charges are what was noted for a patient.
func (c clinic) charges(t testing.TB, p pharmacy.Prescription) (out []billing.ChargeRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		for _, g := range p.Given {
			row, err := billing.OpenCharge(ctx, tx, c.Keys, g.Charge)
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out
}

func (c clinic) issuer() pharmacy.Issuer {
	return pharmacy.Issuer{Clinic: "Oakvale Vets", Name: func(id.ID) string { return "Dr Amara Nwosu" }}
}
