package practice_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/practice"
)

var lane = practice.Letterhead{
	Name: "Meadow Lane Vets Ltd", Trading: "Meadow Lane", Address: "14 Meadow Lane", City: "York", Postcode: "YO1 9ZZ", Phone: "01632 960155",
	Email: "desk@lane.example", TaxNumber: "GB 000 0000 00", Company: "00000000", Bank: "Sort code 00-00-00", Footer: "Thank you.", Jurisdictions: "GB",
}

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

func (c clinic) save(version int64, l practice.Letterhead) error {
	return c.env.Store.Write(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) error { return practice.Save(ctx, tx, c.Keys, version, l) })
}

func (c clinic) holds(t *testing.T) (l practice.Letterhead) {
	t.Helper()
	err := c.env.Store.Read(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = practice.Load(ctx, tx, c.Keys)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Version, l.By = 0, id.ID{}
	return l
}

func TestALetterheadIsTidiedAndNeverOverwritten(t *testing.T) {
	c := newClinic(t)
	typed := lane
	typed.Address, typed.City, typed.Jurisdictions = " 14  Meadow Lane \r\n\r\n", " York ", "gb, GB"
	if err := c.save(0, typed); err != nil {
		t.Fatal(err)
	}
	if got := c.holds(t); got != lane {
		t.Errorf("kept as %+v", got)
	}
	if err := c.save(0, lane); err != nil {
		t.Errorf("the same again: %v", err)
	}
	other := lane
	other.Phone = "01632 960156"
	if err := c.save(0, other); !errors.Is(err, practice.ErrChanged) {
		t.Errorf("from an old form: %v", err)
	}
	var bad fault.Fields
	wrong := practice.Letterhead{
		Email: "nobody", TaxNumber: "GB<1>", Address: "1\n2\n3\n4\n5\n6\n7", City: strings.Repeat("y", 81), Jurisdictions: "GB, Yorkshire",
	}
	if err := c.save(1, wrong); !errors.As(err, &bad) || len(bad) != 6 {
		t.Errorf("name, e-mail, number, address, city and jurisdictions: %v", err)
	}
	if got := c.holds(t); got != lane {
		t.Errorf("it became %+v", got)
	}
	if got := newClinic(t).holds(t); got != (practice.Letterhead{}) {
		t.Errorf("another clinic has %+v", got)
	}
}

func TestAnAddressStandsOnPaperAsItIsWrittenThere(t *testing.T) {
	for _, c := range []struct {
		l    practice.Letterhead
		want string
	}{
		{practice.Letterhead{}, ""},
		{practice.Letterhead{Address: "14 Meadow Lane\nYork YO1 9ZZ"}, "14 Meadow Lane|York YO1 9ZZ"},
		{lane, "14 Meadow Lane|York|YO1 9ZZ"},
		{practice.Letterhead{Address: "2 Oak St", City: "Austin", Region: "TX", Postcode: "78702", Country: "USA"}, "2 Oak St|Austin, TX 78702|USA"},
		{practice.Letterhead{Address: "3 Lighthouse Row", City: "Kilmaren", Region: "Co. Galway", Postcode: "H91 XX00"}, "3 Lighthouse Row|Kilmaren|Co. Galway|H91 XX00"},
	} {
		if got := strings.Join(c.l.AddressLines(), "|"); got != c.want {
			t.Errorf("%+v stands as %q", c.l, got)
		}
	}
}

func TestRulesAreThoseOfTheCountryUntilOthersAreEntered(t *testing.T) {
	if got := (practice.Letterhead{}).Rules("IE"); !slices.Equal(got, []string{"IE"}) {
		t.Errorf("of none entered: %v", got)
	}
	if got := (practice.Letterhead{Jurisdictions: "US US-NY"}).Rules("US"); !slices.Equal(got, []string{"US", "US-NY"}) {
		t.Errorf("entered: %v", got)
	}
}
