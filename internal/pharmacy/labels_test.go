package pharmacy_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/practice"
)

func TestALabelSaysWhatIsLackingAndIsReprintedAsOne(t *testing.T) {
	c := newClinic(t)
	row, supply := c.signed(t), id.New()
	if err := c.dispense(t, supply, row, box(21*money.One)); err != nil {
		t.Fatal(err)
	}
	printed := func(label id.ID) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Print(ctx, tx, c.Keys, c.at, c.issuer(), label, supply)
		})
	}
	first, second := id.New(), id.New()
	if err := printed(first); !errors.Is(err, pharmacy.ErrLacks) {
		t.Errorf("a label of a clinic without an address: %v", err)
	}
	var lacks []string
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		l, _, err := pharmacy.Compose(ctx, tx, c.Keys, c.at, c.issuer(), supply)
		for _, k := range l.Lacks(c.at) {
			lacks = append(lacks, k.Field)
			if k.Citation == "" {
				t.Errorf("%s without its law", k.Field)
			}
		}
		return err
	})
	if strings.Join(lacks, " ") != "address phone" {
		t.Errorf("lacking: %v", lacks)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return practice.Save(ctx, tx, c.Keys, 0, practice.Letterhead{Name: "Meadow Lane Vets Ltd", Address: "14 Meadow Lane", City: "York", Postcode: "YO1 9ZZ", Phone: "01632 960155"})
	})
	for _, label := range []id.ID{first, second} {
		if err := printed(label); err != nil {
			t.Fatal(err)
		}
	}
	if err := printed(second); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("one printing twice: %v", err)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		l, err := pharmacy.OpenLabel(ctx, tx, c.Keys, second)
		want := pharmacy.Label{
			Clinic: "Oakvale Vets", Address: "14 Meadow Lane, York, YO1 9ZZ", Phone: "01632 960155", Prescriber: "Dr Amara Nwosu", Name: "Carprofen 50 mg tablets",
			Ingredients: "carprofen", Strength: "50 mg", Quantity: "21 tablets", Directions: "Give ONE AND A HALF tablets by mouth ONCE a day for 14 days.",
			Cautions: "Give with food.", Animal: "Biscuit", Species: "dog", Client: "Helen Thompson", Street: "8 Priory Row, York YO1 7QQ", Date: c.at.Today.Format("02-Jan-2006"),
			Batch: "K2291", Expiry: "11-2031", Refills: "1 more supply", Fixed: l.Fixed, Packs: l.Packs,
		}
		if strings.Join(l.Fixed, " ") != "For animal treatment only. Keep out of reach of children." {
			t.Errorf("the fixed words are %q", l.Fixed)
		}
		if l.Number != 2 || !reflect.DeepEqual(l.Label, want) {
			t.Errorf("printed as %+v", l)
		}
		return err
	})
}

// The fields of a label are rows: another jurisdiction asks for others.
func TestTheFieldsOfALabelAreThoseOfThePlace(t *testing.T) {
	whole := pharmacy.Label{
		Clinic: "a", Address: "a", Phone: "a", Prescriber: "a", Name: "a", Ingredients: "a", Strength: "a", Quantity: "a", Directions: "a", Animal: "a", Species: "a", Client: "a",
		Date: "a", Batch: "a",
	}
	for in, want := range map[string]string{"GB": "client-address expiry", "US": "", "US-TX": "", "US-AK": "expiry", "NZ": ""} {
		var lacks []string
		for _, k := range whole.Lacks(pharmacy.Place{Jurisdictions: []string{in}, Today: today}) {
			lacks = append(lacks, k.Field)
		}
		if got := strings.Join(lacks, " "); got != want {
			t.Errorf("in %s lacking: %q, not %q", in, got, want)
		}
	}
}

func TestTheDrugListIsTheClinicsOwn(t *testing.T) {
	c := newClinic(t)
	if len(c.drugs) != 12 || c.drugs["Carprofen 50 mg tablets"].Item.IsZero() {
		t.Fatalf("begins with %d drugs", len(c.drugs))
	}
	for _, d := range c.drugs {
		for _, r := range d.Rules {
			if r.Checked || r.Source == "" {
				t.Errorf("%s for %s counts as checked, or has no source", d.Name, r.Species)
			}
		}
	}
	row := id.New()
	add := func(d pharmacy.Drug) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return pharmacy.AddDrug(ctx, tx, c.Keys, row, d) })
	}
	bad := carprofen()
	bad.Name, bad.Step, bad.Rules[0].High = "", 0, 1000
	err := add(bad)
	for _, name := range []string{"name", "step", "range-dog"} {
		if message(t, err, name) == "" {
			t.Errorf("no word about %s", name)
		}
	}
	if err := add(carprofen()); err != nil {
		t.Fatal(err)
	}
	if err := add(carprofen()); !errors.Is(err, pharmacy.ErrAlreadyThere) {
		t.Errorf("twice: %v", err)
	}
	changed := carprofen()
	changed.Rules[0].High, changed.Rules[0].Checked = 4400, true
	change := func(version int64) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.ChangeDrug(ctx, tx, c.Keys, row, version, changed)
		})
	}
	for range 2 { // the second is the same form again
		if err := change(1); err != nil {
			t.Fatal(err)
		}
	}
	changed.Strength = "49 mg"
	if err := change(1); !errors.Is(err, pharmacy.ErrChanged) {
		t.Errorf("a version behind: %v", err)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		d, err := pharmacy.OpenDrug(ctx, tx, row)
		if r, _ := d.Rule("dog"); d.Version != 2 || r.High != 4400 || !r.Checked || len(d.Rules) != 2 {
			t.Errorf("stored as %+v", d)
		}
		return err
	})
	for range 2 {
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return pharmacy.EndDrug(ctx, tx, c.Keys, row) })
	}
	o := c.course()
	o.Drug = row
	if said := message(t, c.sign(t, id.New(), c.dog, o), "drug"); !strings.Contains(said, "no longer on the drug list") {
		t.Errorf("what is ended: %q", said)
	}
	for range 2 {
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return pharmacy.BringDrugBack(ctx, tx, c.Keys, row) })
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		d, err := pharmacy.OpenDrug(ctx, tx, row)
		if !d.EndedAt.IsZero() || d.Version != 4 || len(d.Rules) != 2 { // changed, ended and brought back, each once
			t.Errorf("brought back it is %+v", d)
		}
		return err
	})
}
