package pharmacy_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
)

func message(t *testing.T, err error, name string) string {
	t.Helper()
	var bad fault.Fields
	if !errors.As(err, &bad) {
		t.Fatalf("not a mistake but %v", err)
	}
	return bad.Message(name)
}

func TestAPrescriptionFromTheDraftToTheLastSupply(t *testing.T) {
	c := newClinic(t)
	row, o := id.New(), c.course()
	nurse := id.New()
	prepare := func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Prepare(ctx, tx, c.Keys, c.at, row, c.dog, o)
	}
	vet := c.who.Person
	c.who.Person = nurse
	c.must(t, prepare)
	if err := c.write(t, prepare); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("prepared twice: %v", err)
	}
	c.who.Person = vet
	o.Extra = "In the evening"
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.SaveDraft(ctx, tx, c.Keys, c.at, row, 1, o)
	})
	sign := func(version int64) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Sign(ctx, tx, c.Keys, c.at, row, c.dog, version, o)
		})
	}
	if err := sign(1); !errors.Is(err, pharmacy.ErrChanged) {
		t.Errorf("signed as it was before it was changed: %v", err)
	}
	if err := sign(2); err != nil {
		t.Fatal(err)
	}
	if err := sign(2); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("signed twice: %v", err)
	}
	p := c.open(t, row)
	if p.State != pharmacy.Signed || p.Left != 2 || p.PreparedBy != nurse || p.SignedBy != vet ||
		p.Directions != "Give ONE AND A HALF tablets by mouth ONCE a day for 14 days. In the evening." || p.OffLicence || p.Food ||
		!p.ExpiresOn.Equal(c.at.Today.AddDate(0, 6, 0)) && p.ExpiresOn.Month() != c.at.Today.AddDate(0, 6, -3).Month() {
		t.Errorf("signed as %+v", p)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		b, err := pharmacy.Why(ctx, tx, c.Keys, row)
		if b.Grams != 24_600 || b.Micro != 75_000 || b.PerKilogram != 3048 || b.Indication != "Stiff hips" || b.Packs == "" {
			t.Errorf("on the basis of %+v", b)
		}
		drafts, err2 := pharmacy.Drafts(ctx, tx, c.Keys, c.dog)
		if len(drafts) != 0 {
			t.Errorf("%d drafts are left", len(drafts))
		}
		return errors.Join(err, err2)
	})

	first := id.New()
	for want := error(nil); ; want = pharmacy.ErrAlreadyThere { // pressed twice
		if err := c.dispense(t, first, row, box(21*money.One)); !errors.Is(err, want) {
			t.Fatalf("a supply: %v", err)
		}
		if want != nil {
			break
		}
	}
	if p = c.open(t, row); p.State != pharmacy.Dispensing || p.Left != 1 || len(p.Given) != 1 || p.Given[0].Batch != "K2291" || p.Given[0].Number != 1 {
		t.Errorf("after a supply: %+v", p)
	}
	charges := c.charges(t, p)
	if l := charges[0]; l.Quantity != 21*money.One || l.Context != billing.Dispensed || l.State != billing.Open || l.Unit != "tablet" || l.Note != p.Directions {
		t.Errorf("charged as %+v", l)
	}
	if err := c.dispense(t, id.New(), row, box(10*money.One)); err != nil {
		t.Fatal(err)
	}
	if p = c.open(t, row); p.State != pharmacy.Completed || p.Left != 0 || p.Given[1].Number != 2 {
		t.Errorf("after the last: %+v", p)
	}
	// Two supplies of 14 days each are in the house.
	if day := p.Given[0].Day; p.Live(day) || !p.Taken(day.AddDate(0, 0, 27)) || p.Taken(day.AddDate(0, 0, 28)) {
		t.Errorf("all given, of %d days each, it is taken until another day", p.Lasts)
	}
	if err := c.dispense(t, id.New(), row, box(1)); !errors.Is(err, pharmacy.ErrNothingLeft) {
		t.Errorf("one more: %v", err)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Stop(ctx, tx, c.Keys, id.New(), row, "Better")
	}); !errors.Is(err, pharmacy.ErrOver) {
		t.Errorf("stopped when completed: %v", err)
	}
}

// What stops is refused whatever the form says; what asks takes a reason that stands in the record.
func TestTheServerLooksAgainWhenItIsSigned(t *testing.T) {
	c := newClinic(t)
	cat := c.animal(t, "Mog", "cat", "4.1")
	with := func(change func(*pharmacy.Order)) pharmacy.Order {
		o := c.course()
		o.Reason = "I know what I do"
		change(&o)
		return o
	}
	unweighed := c.animal(t, "Light", "dog", "")
	for name, r := range map[string]struct {
		patient    id.ID
		o          pharmacy.Order
		at, saying string
	}{
		"paracetamol for a cat": {cat, with(func(o *pharmacy.Order) { o.Drug, o.Dose = c.drugs["Paracetamol 500 mg tablets"].ID, 250 }), "drug", "Paracetamol is never given to this species (cat)"},
		"permethrin for a cat":  {cat, with(func(o *pharmacy.Order) { o.Drug, o.Dose = c.drugs["Permethrin spot-on for dogs"].ID, 1000 }), "drug", "Permethrin is never given"},
		"ten times":             {c.dog, with(func(o *pharmacy.Order) { o.Dose = 15_500 }), "dose", "10.5 times the usual"},
		"no weight":             {unweighed, with(func(*pharmacy.Order) {}), "drug", "no weight"},
		"a third of a tablet":   {c.dog, with(func(o *pharmacy.Order) { o.Dose = 1333 }), "dose", "steps of 0.5 tablet"},
		"no drug":               {c.dog, with(func(o *pharmacy.Order) { o.Drug = id.ID{} }), "drug", "Choose the medicine"},
		"no dose":               {c.dog, with(func(o *pharmacy.Order) { o.Dose = 0 }), "dose", "more than 0"},
		"too many supplies":     {c.dog, with(func(o *pharmacy.Order) { o.Supplies = 13 }), "supplies", "1 to 12"},
		"above without a word":  {c.dog, with(func(o *pharmacy.Order) { o.Dose, o.Reason = 3000, " " }), "reason", "above the range"},
	} {
		if said := message(t, c.sign(t, id.New(), r.patient, r.o), r.at); !strings.Contains(said, r.saying) {
			t.Errorf("%s: %q", name, said)
		}
	}
	row := id.New()
	if err := c.sign(t, row, c.dog, with(func(o *pharmacy.Order) { o.Dose = 3000 })); err != nil {
		t.Fatalf("above the range, with a reason: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddAlert(ctx, tx, c.Keys, id.New(), c.dog, registry.Alert{Level: registry.LevelStop, Topic: registry.TopicAllergy, Text: "NSAID: vomits blood"})
	})
	o := c.course()
	if said := message(t, c.sign(t, id.New(), c.dog, o), "reason"); !strings.Contains(said, "Biscuit has an allergy to NSAID: NSAID: vomits blood") {
		t.Errorf("an allergy: %q", said)
	}
	o.Reason = "Tolerated since, owner agrees"
	if err := c.sign(t, row, c.dog, o); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("another one under the same id: %v", err)
	}
	other := id.New()
	if err := c.sign(t, other, c.dog, o); err != nil {
		t.Fatal(err)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		b, err := pharmacy.Why(ctx, tx, c.Keys, other)
		if b.Reason != o.Reason || len(b.Findings) != 1 || b.Findings[0].Kind != pharmacy.KindAllergy {
			t.Errorf("the record holds %+v", b)
		}
		return err
	})
}

func TestAnAnimalForFoodHasItsDaysStated(t *testing.T) {
	c := newClinic(t)
	cow := c.animal(t, "Daisy", "cattle", "550")
	o := pharmacy.Order{Drug: c.drugs["Oxytetracycline 100 mg/ml injection"].ID, Dose: 55 * money.One, Every: 24, Days: 3, Quantity: 165 * money.One, Supplies: 1}
	if said := message(t, c.sign(t, id.New(), cow, o), "meat"); !strings.Contains(said, "how many days") {
		t.Errorf("without days: %q", said)
	}
	meat, milk := 22, 0
	o.Meat, o.Milk = &meat, &milk
	row := id.New()
	if err := c.sign(t, row, cow, o); err != nil {
		t.Fatal(err)
	}
	if err := c.dispense(t, id.New(), row, box(165*money.One)); !errors.Is(err, pharmacy.ErrNoPrice) {
		t.Errorf("what has no price: %v", err)
	}
	if p := c.open(t, row); !p.Food || *p.Meat != 22 || *p.Milk != 0 || p.Left != 1 {
		t.Errorf("signed as %+v", p)
	}
}

// Of two at once for the last supply, one wins.
func TestTheLastSupplyIsGivenOnce(t *testing.T) {
	c := newClinic(t)
	o := c.course()
	o.Supplies = 1
	row := id.New()
	if err := c.sign(t, row, c.dog, o); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		all.Go(func() { errs[i] = c.dispense(t, id.New(), row, box(21*money.One)) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, pharmacy.ErrNothingLeft):
			t.Errorf("the loser hears %v", err)
		}
	}
	if p := c.open(t, row); won != 1 || len(p.Given) != 1 || p.Left != 0 {
		t.Errorf("%d won, %d supplies, %d left", won, len(p.Given), p.Left)
	}
}

func TestWhatASupplyMayNotBe(t *testing.T) {
	c := newClinic(t)
	row := c.signed(t)
	for name, r := range map[string]struct {
		s          pharmacy.Supply
		at, saying string
	}{
		"more than approved": {box(22 * money.One), "quantity", "One supply of 21 was approved"},
		"nothing":            {box(0), "quantity", "more than 0"},
		"no batch":           {pharmacy.Supply{Quantity: money.One, Expiry: "11-2031"}, "batch", "on the pack"},
		"an old batch":       {pharmacy.Supply{Quantity: money.One, Batch: "A", Expiry: "01-2020"}, "expiry", "expired in January 2020"},
		"no month":           {pharmacy.Supply{Quantity: money.One, Batch: "A", Expiry: "soon"}, "expiry", "like 11-2027"},
	} {
		if said := message(t, c.dispense(t, id.New(), row, r.s), r.at); !strings.Contains(said, r.saying) {
			t.Errorf("%s: %q", name, said)
		}
	}
	late := c
	late.at.Today = c.at.Today.AddDate(0, 7, 0)
	if err := late.dispense(t, id.New(), row, box(money.One)); !errors.Is(err, pharmacy.ErrOver) {
		t.Errorf("after it expired: %v", err)
	}
	if p := c.open(t, row); p.StateOn(late.at.Today) != pharmacy.Expired || !p.Live(c.at.Today) || len(p.Given) != 0 {
		t.Errorf("stands as %+v", p)
	}
}

func TestAStopTakesAReasonAndEndsIt(t *testing.T) {
	c := newClinic(t)
	row := c.signed(t)
	stop := func(reason string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Stop(ctx, tx, c.Keys, id.New(), row, reason)
		})
	}
	if said := message(t, stop(" "), "reason"); said == "" {
		t.Error("stopped without a reason")
	}
	if err := stop("Vomits on it"); err != nil {
		t.Fatal(err)
	}
	if err := stop("Vomits on it"); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("twice: %v", err)
	}
	if err := c.dispense(t, id.New(), row, box(money.One)); !errors.Is(err, pharmacy.ErrOver) {
		t.Errorf("a supply of what was stopped: %v", err)
	}
	c.stoppedFor(t, row, "Vomits on it")
}

func TestTheDeadHaveNoMedicine(t *testing.T) {
	c := newClinic(t)
	row := c.signed(t)
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		err := registry.MovePatient(ctx, tx, c.Keys, id.New(), c.dog, id.ID{}, registry.Move{To: registry.Deceased, Manner: registry.Died, Remains: "home"})
		if err != nil {
			return err
		}
		n, err := pharmacy.PatientDied(ctx, tx, c.Keys, c.dog)
		if n != 1 {
			t.Errorf("%d stopped", n)
		}
		return err
	})
	c.stoppedFor(t, row, "The animal has died")
	for what, err := range map[string]error{
		"prescribed": c.sign(t, id.New(), c.dog, c.course()), "supplied": c.dispense(t, id.New(), row, box(money.One)),
		"prepared": c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Prepare(ctx, tx, c.Keys, c.at, id.New(), c.dog, c.course())
		}),
	} {
		if !errors.Is(err, pharmacy.ErrDied) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAnotherClinicsMedicineIsNotThere(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	row, supply, draft := c.signed(t), id.New(), id.New()
	if err := c.dispense(t, supply, row, box(money.One)); err != nil {
		t.Fatal(err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Prepare(ctx, tx, c.Keys, c.at, draft, c.dog, c.course())
	})
	o := other.course()
	theirs := o
	theirs.Drug = c.course().Drug
	k := other.Keys
	for what, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"open": func(ctx context.Context, tx *db.Tx) error { _, err := pharmacy.Open(ctx, tx, k, row); return err },
		"why":  func(ctx context.Context, tx *db.Tx) error { _, err := pharmacy.Why(ctx, tx, k, row); return err },
		"a draft": func(ctx context.Context, tx *db.Tx) error {
			_, err := pharmacy.OpenDraft(ctx, tx, k, draft)
			return err
		},
		"save a draft": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.SaveDraft(ctx, tx, k, other.at, draft, 1, o)
		},
		"discard a draft": func(ctx context.Context, tx *db.Tx) error {
			_, err := pharmacy.Discard(ctx, tx, k, draft, 1)
			return err
		},
		"sign a draft": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Sign(ctx, tx, k, other.at, draft, other.dog, 1, o)
		},
		"sign for theirs": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Sign(ctx, tx, k, other.at, id.New(), c.dog, 0, o)
		},
		"sign with theirs": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Sign(ctx, tx, k, other.at, id.New(), other.dog, 0, theirs)
		},
		"prepare theirs": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Prepare(ctx, tx, k, other.at, id.New(), other.dog, theirs)
		},
		"stop": func(ctx context.Context, tx *db.Tx) error { return pharmacy.Stop(ctx, tx, k, id.New(), row, "No") },
		"dispense": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Dispense(ctx, tx, k, other.at, id.New(), row, box(1))
		},
		"compose a label": func(ctx context.Context, tx *db.Tx) error {
			_, _, err := pharmacy.Compose(ctx, tx, k, other.at, c.issuer(), supply)
			return err
		},
		"a drug": func(ctx context.Context, tx *db.Tx) error {
			_, err := pharmacy.OpenDrug(ctx, tx, theirs.Drug)
			return err
		},
		"change a drug": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.ChangeDrug(ctx, tx, k, theirs.Drug, 1, carprofen())
		},
		"end a drug": func(ctx context.Context, tx *db.Tx) error { return pharmacy.EndDrug(ctx, tx, k, theirs.Drug) },
		"bring a drug back": func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.BringDrugBack(ctx, tx, k, theirs.Drug)
		},
		"a drug at a price": func(ctx context.Context, tx *db.Tx) error {
			d := carprofen()
			d.Item = c.drugs["Carprofen 50 mg tablets"].Item
			return pharmacy.AddDrug(ctx, tx, k, id.New(), d)
		},
	} {
		if err := other.write(t, do); !errors.Is(err, fault.Missing) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What is signed, supplied and printed can be added to and read, and nothing else: the database refuses.
func TestTheDatabaseRefusesToChangeWhatIsSigned(t *testing.T) {
	c := newClinic(t)
	row := c.signed(t)
	if err := c.dispense(t, id.New(), row, box(money.One)); err != nil {
		t.Fatal(err)
	}
	conn := c.env.As(t, db.RoleApp)
	for _, table := range []string{"prescriptions", "prescription_moves", "prescription_supplies", "prescription_labels"} {
		for _, sql := range []string{"UPDATE app." + table + " SET sealed = sealed", "DELETE FROM app." + table} {
			if _, err := conn.Exec(context.Background(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	admin := c.env.Admin(t)
	if _, err := admin.Exec(context.Background(), "UPDATE app.prescription_states SET supplies_left = -1 WHERE tenant_id = $1 AND id = $2", c.Tenant.ID(), row); err == nil {
		t.Error("less than nothing is left")
	}
	if _, err := admin.Exec(context.Background(), "UPDATE app.prescription_states SET state = 'completed' WHERE tenant_id = $1 AND id = $2", c.Tenant.ID(), row); err == nil {
		t.Error("a state without its move")
	}
}
