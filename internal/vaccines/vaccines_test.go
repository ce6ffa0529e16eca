package vaccines_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/dbtest"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
)

var oakSt = practice.Letterhead{Name: "Oak St Vets", Address: "2 Oak St", City: "Austin", Region: "TX", Postcode: "78702", Phone: "512 555 0199", Jurisdictions: "US US-TX"}

// clinic is a fresh clinic with prices, vaccines, a vet, a nurse, a client and a dog.
type clinic struct {
	dbtest.Clinic
	env          *dbtest.Env
	who          actor.Who
	vet, nurse   id.ID
	owner, dog   id.ID
	rabies, dhp  vaccines.ProductRow
	jurisdiction []string
}

func newClinic(t testing.TB, env *dbtest.Env) *clinic {
	t.Helper()
	c := &clinic{Clinic: env.NewClinic(t), env: env, owner: id.New(), dog: id.New(), jurisdiction: []string{"US-TX"}}
	c.who = c.Who(actor.Work)
	role := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: role, Key: access.Veterinarian, Name: "Veterinarian"}); err != nil {
			return err
		}
		for name, into := range map[string]*id.ID{"Amara Nwosu": &c.vet, "Callum Baines": &c.nurse} {
			p, err := identity.AddPerson(ctx, tx, c.Keys, identity.NewPerson{Name: name, Email: id.New().String() + "@x.example", Roles: []string{access.Veterinarian}})
			if err != nil {
				return err
			}
			*into = p.ID
		}
		if err := billing.Seed(ctx, tx, c.Keys, "US"); err != nil {
			return err
		}
		if err := vaccines.Seed(ctx, tx, c.Keys); err != nil {
			return err
		}
		if err := registry.RegisterClient(ctx, tx, c.Keys, c.owner, registry.Client{
			FirstName: "Helen May", LastName: "Thompson", Phones: []registry.Phone{{Number: "512 555 0123"}}, Street: "1 Elm St", City: "Austin", Region: "TX", Postcode: "78701",
		}); err != nil {
			return err
		}
		if err := practice.Save(ctx, tx, c.Keys, 0, oakSt); err != nil {
			return err
		}
		if err := registry.RegisterPatient(ctx, tx, c.Keys, c.dog, c.owner, registry.Patient{
			Name: "Biscuit", Species: "dog", Breed: "Beagle", Sex: "male", Neutered: "yes", Colour: "tan", Born: registry.Birth{On: on("2024-01-10"), Precision: registry.ToDay},
		}); err != nil {
			return err
		}
		list, err := vaccines.Products(ctx, tx, false)
		for _, p := range list {
			switch p.Name {
			case "Samplevac Rabies 3":
				c.rabies = p
			case "Samplevac DHPPi":
				c.dhp = p
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

func (c *clinic) given(day string) vaccines.Dose {
	return vaccines.Dose{Patient: c.dog, Product: c.rabies.ID, On: on(day), Lot: "L123", Expiry: on("2027-06-30"), Site: "right hind", Tag: "TX-77", Giver: c.nurse, Vet: c.vet}
}

func (c *clinic) record(t testing.TB, d vaccines.Dose) (row id.ID, err error) {
	t.Helper()
	row = id.New()
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.Record(ctx, tx, c.Keys, row, d, c.jurisdiction, today)
	})
	return row, err
}

func (c *clinic) recorded(t testing.TB, d vaccines.Dose) id.ID {
	t.Helper()
	row, err := c.record(t, d)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c *clinic) due(t testing.TB) []vaccines.Line {
	t.Helper()
	var out []vaccines.Line
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		var h vaccines.Heads
		if err := db.Together(ctx, tx, vaccines.LoadHeads(&h, c.dog)...); err != nil {
			return err
		}
		p, err := registry.OpenPatient(ctx, tx, c.Keys, c.dog)
		out = h.Due(p.PatientRow, c.jurisdiction, today)
		return err
	})
	return out
}

func (c *clinic) void(t testing.TB, dose id.ID, reason string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := vaccines.VoidDose(ctx, tx, c.Keys, dose, reason)
		return err
	})
}

func mistake(err error, name string) string {
	bad, _ := errors.AsType[fault.Fields](err)
	return bad.Message(name)
}

func TestADoseIsWrittenDownAndChargedOnce(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	row := c.recorded(t, c.given("2026-03-12"))
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.Record(ctx, tx, c.Keys, row, c.given("2026-03-12"), c.jurisdiction, today)
	})
	if !errors.Is(err, vaccines.ErrAlreadyThere) {
		t.Fatalf("a second sending gave %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := vaccines.Doses(ctx, tx, c.Keys, c.dog)
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Name != "Samplevac Rabies 3" || list[0].Lot != "L123" || list[0].Charge.IsZero() || list[0].Months != 36 || list[0].Giver != c.nurse {
			t.Errorf("kept is %+v", list)
		}
		charge, err := billing.OpenCharge(ctx, tx, c.Keys, list[0].Charge)
		if err != nil || charge.Patient != c.dog || charge.Name != "Vaccination, rabies" || charge.Context != billing.Administered || charge.Price == 0 {
			t.Errorf("charged is %+v, %v", charge, err)
		}
		return nil
	})
	if l := c.due(t); len(l) != 1 || !l[0].Due.Equal(on("2027-03-12")) {
		t.Errorf("due is %+v", l)
	}
}

func TestWhatIsWrongWithADoseIsSaidInWords(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	for name, change := range map[string]func(d *vaccines.Dose){
		"lot":     func(d *vaccines.Dose) { d.Lot = " " },
		"expiry":  func(d *vaccines.Dose) { d.Expiry = on("2026-03-11") },
		"on":      func(d *vaccines.Dose) { d.On = today.AddDate(0, 0, 1) },
		"sure":    func(d *vaccines.Dose) { d.On = on("2024-03-01") },
		"product": func(d *vaccines.Dose) { d.Product = id.ID{} },
		"vet":     func(d *vaccines.Dose) { d.Vet = id.ID{} },
		"giver":   func(d *vaccines.Dose) { d.Giver = id.ID{} },
		"source":  func(d *vaccines.Dose) { d.Historical = true },
	} {
		d := c.given("2026-03-12")
		change(&d)
		if _, err := c.record(t, d); mistake(err, name) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := c.given("2026-03-12")
	d.Expiry = on("2026-03-11")
	if _, err := c.record(t, d); !strings.Contains(mistake(err, "expiry"), "expired on 11-Mar-2026") {
		t.Errorf("an expired lot gave %v", err)
	}
	d.Expiry = on("2026-03-12") // on its last day it may be given
	c.recorded(t, d)
	early := c.given("2024-03-01")
	early.Sure = true
	c.recorded(t, early)
	cat := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, cat, c.owner, registry.Patient{Name: "Tom", Species: "cat", Sex: "male", Neutered: "yes"})
	})
	d = c.given("2026-03-12")
	d.Patient, d.Product = cat, c.dhp.ID
	if _, err := c.record(t, d); mistake(err, "product") == "" {
		t.Errorf("a dog's vaccine for a cat gave %v", err)
	}
}

func TestWhatIsMissingOrAnotherClinicsIsNotFound(t *testing.T) {
	t.Parallel()
	env := dbtest.Shared(t)
	c, other := newClinic(t, env), newClinic(t, env)
	dose := other.recorded(t, other.given("2026-03-12"))
	for name, change := range map[string]func(d *vaccines.Dose){
		"patient": func(d *vaccines.Dose) { d.Patient = other.dog }, "product": func(d *vaccines.Dose) { d.Product = other.rabies.ID },
		"visit": func(d *vaccines.Dose) { d.Visit = id.New() }, "giver": func(d *vaccines.Dose) { d.Giver = other.nurse }, "vet": func(d *vaccines.Dose) { d.Vet = id.New() },
	} {
		d := c.given("2026-03-12")
		change(&d)
		if _, err := c.record(t, d); !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's %s gave %v", name, err)
		}
	}
	if err := c.void(t, dose, "Not ours"); !errors.Is(err, fault.Missing) {
		t.Errorf("voiding another clinic's gave %v", err)
	}
	if _, err := c.issue(t, dose, id.ID{}, ""); !errors.Is(err, fault.Missing) {
		t.Errorf("certifying another clinic's gave %v", err)
	}
	for what, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"a due day": func(ctx context.Context, tx *db.Tx) error {
			return vaccines.SetDue(ctx, tx, c.Keys, id.New(), other.dog, "rabies", today, "Titre", today)
		},
		"a product": func(ctx context.Context, tx *db.Tx) error {
			return vaccines.ChangeProduct(ctx, tx, c.Keys, other.rabies.ID, 1, other.rabies.Product)
		},
		"the end of a product": func(ctx context.Context, tx *db.Tx) error {
			return vaccines.EndProduct(ctx, tx, c.Keys, other.rabies.ID)
		},
		"the return of a product": func(ctx context.Context, tx *db.Tx) error {
			return vaccines.BringProductBack(ctx, tx, c.Keys, other.rabies.ID)
		},
		"a licence": func(ctx context.Context, tx *db.Tx) error {
			return registry.SetLicence(ctx, tx, c.Keys, other.vet, "TX 1")
		},
		"a price": func(ctx context.Context, tx *db.Tx) error {
			p := c.rabies.Product
			p.Item = other.rabies.Item
			return vaccines.AddProduct(ctx, tx, c.Keys, id.New(), p)
		},
	} {
		if err := c.write(t, do); !errors.Is(err, fault.Missing) {
			t.Errorf("%s of another clinic gave %v", what, err)
		}
	}
}

func TestVoidingADoseComputesWhatIsDueAnew(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	first := c.recorded(t, vaccines.Dose{Patient: c.dog, Historical: true, Source: "Passport", Name: "Rabivac", Protects: []string{"rabies"}, Course: vaccines.Course{Months: 12}, On: on("2025-03-01")})
	c.recorded(t, c.given("2026-03-12"))
	if l := c.due(t); !l[0].Due.Equal(on("2029-03-12")) {
		t.Errorf("after one from elsewhere it is due %s", l[0].Due)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.SetDue(ctx, tx, c.Keys, id.New(), c.dog, "rabies", on("2028-01-01"), "With the spring visit", today)
	})
	if l := c.due(t); l[0].Set == nil || !l[0].Due.Equal(on("2028-01-01")) {
		t.Errorf("a set day does not stand: %+v", l[0])
	}
	if err := c.void(t, first, " "); mistake(err, "reason") == "" {
		t.Errorf("without a reason: %v", err)
	}
	if err := c.void(t, first, "The passport is another dog's"); err != nil {
		t.Fatal(err)
	}
	if err := c.void(t, first, "Again"); err != nil {
		t.Errorf("twice: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error { // the day that was set follows the dose that stands
		return vaccines.SetDue(ctx, tx, c.Keys, id.New(), c.dog, "rabies", time.Time{}, "By the rule", today)
	})
	if l := c.due(t); l[0].Set != nil || !l[0].Due.Equal(on("2027-03-12")) {
		t.Errorf("after voiding the first it is due %+v", l[0])
	}
}

func TestADeadAnimalIsNotVaccinatedButItsHistoryIsKept(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	c.recorded(t, c.given("2026-03-12"))
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, c.Keys, id.New(), c.dog, id.ID{}, registry.Move{To: registry.Deceased, On: on("2026-05-01"), Manner: registry.Euthanasia, Remains: "ashes"})
	})
	if _, err := c.record(t, c.given("2026-04-12")); !errors.Is(err, vaccines.ErrDied) {
		t.Errorf("it was given to a dead animal: %v", err)
	}
	c.recorded(t, vaccines.Dose{Patient: c.dog, Historical: true, Source: "Passport", Product: c.rabies.ID, On: on("2025-03-01")})
	if l := c.due(t); len(l) != 0 {
		t.Errorf("due is %+v", l)
	}
}

func (c *clinic) issue(t testing.TB, dose, replaces id.ID, reason string) (row id.ID, err error) {
	t.Helper()
	row = id.New()
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.Issue(ctx, tx, c.Keys, row, vaccines.NewCertificate{
			Dose: dose, Replaces: replaces, Reason: reason, Size: "small", Clinic: "Elm Clinic", Vet: "Amara Nwosu", Country: "US", Today: today,
		})
	})
	return row, err
}

func (c *clinic) certificate(t testing.TB, row id.ID) (out vaccines.CertificateRow) {
	t.Helper()
	c.must(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = vaccines.OpenCertificate(ctx, tx, c.Keys, row)
		return err
	})
	return out
}

func (c *clinic) licensed(t testing.TB) {
	t.Helper()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.SetLicence(ctx, tx, c.Keys, c.vet, "TX 12345")
	})
}

func TestWhatIsWrittenDownCannotBeChanged(t *testing.T) {
	t.Parallel()
	env := dbtest.Shared(t)
	app := env.As(t, "paddock_app")
	for _, table := range []string{"doses", "dose_voids", "due_dates", "certificates", "certificate_voids"} {
		for _, sql := range []string{"UPDATE app." + table + " SET key_version = 2", "DELETE FROM app." + table} {
			if sql == "DELETE FROM app.doses" {
				continue // what came with an import may go: its policy is asked in internal/imports
			}
			if _, err := app.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s gave %v", sql, err)
			}
		}
	}
}

func TestProductsAreHeldAgainstTheListsTheyNameAndTheirVersion(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	p := c.rabies.Product
	p.Name, p.Species = "Equivac", []string{"horse", "unicorn"}
	add := func(p vaccines.Product) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return vaccines.AddProduct(ctx, tx, c.Keys, id.New(), p)
		})
	}
	if err := add(p); mistake(err, "species") == "" {
		t.Errorf("a unicorn's vaccine: %v", err)
	}
	if err := add(vaccines.Product{Course: vaccines.Course{FirstDoses: 2}}); mistake(err, "name") == "" || mistake(err, "months") == "" || mistake(err, "first_weeks") == "" || mistake(err, "route") == "" || mistake(err, "protects") == "" {
		t.Errorf("an empty one: %v", err)
	}
	p.Species = []string{"dog", "horse"}
	change := func(version int64) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return vaccines.ChangeProduct(ctx, tx, c.Keys, c.rabies.ID, version, p)
		})
	}
	for range 2 { // the second is the same form again
		if err := change(1); err != nil {
			t.Fatal(err)
		}
	}
	p.Volume = "2 ml"
	if err := change(1); !errors.Is(err, vaccines.ErrChanged) {
		t.Errorf("an old version: %v", err)
	}
	for range 2 {
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return vaccines.EndProduct(ctx, tx, c.Keys, c.rabies.ID) })
	}
	if _, err := c.record(t, c.given("2026-03-12")); mistake(err, "product") == "" {
		t.Errorf("an ended one was given: %v", err)
	}
	for range 2 {
		c.must(t, func(ctx context.Context, tx *db.Tx) error {
			return vaccines.BringProductBack(ctx, tx, c.Keys, c.rabies.ID)
		})
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		r, err := vaccines.OpenProduct(ctx, tx, c.rabies.ID)
		if !r.EndedAt.IsZero() || r.Version != 4 { // changed, ended and brought back, each once
			t.Errorf("brought back it is %+v", r)
		}
		return err
	})
	if _, err := c.record(t, c.given("2026-03-12")); err != nil {
		t.Errorf("one brought back is not given: %v", err)
	}
}
