package pharmacy_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

var usual = pharmacy.Ages{Grown: 365, Growing: 14, GrowingMonths: 12}

// carprofen is 50 mg tablets at 2 to 4 mg/kg for dogs, which can be halved.
func carprofen() pharmacy.Drug {
	return pharmacy.Drug{
		Name: "Carprofen 50 mg tablets", Ingredients: []string{"carprofen"}, Families: []string{"NSAID"}, Strength: "50 mg", Unit: "tablet", Route: "mouth",
		Micrograms: 50_000, Step: money.One / 2, PerItem: money.One,
		Rules: []pharmacy.Rule{{Species: "dog", Low: 2000, High: 4000, Licensed: true}, {Species: "cat", Banned: true, Source: "Slow to leave them."}},
	}
}

func dog(grams int64) pharmacy.Subject {
	return pharmacy.Subject{
		Name: "Biscuit", Species: "dog", Kind: "dog", Grams: grams, Source: registry.Measured, WeighedOn: today.AddDate(0, 0, -3), Born: today.AddDate(-7, 0, 0), Today: today,
	}
}

func kinds(found []pharmacy.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Kind+"/"+string(f.Grave))
	}
	return strings.Join(out, " ")
}

func TestEveryGuardOverADose(t *testing.T) {
	with := func(change func(*pharmacy.Subject)) pharmacy.Subject { s := dog(24_600); change(&s); return s }
	for name, c := range map[string]struct {
		subject pharmacy.Subject
		dose    money.Quantity
		want    string
		says    string
	}{
		"within the range":           {dog(24_600), 1500, "", ""},
		"at its low end":             {dog(25_000), 1000, "", ""},
		"at its high end":            {dog(12_500), 1000, "", ""},
		"a gram over the high end":   {dog(12_499), 1000, "over/asks", "above the range: 1.3 times the usual"},
		"a gram under the low end":   {dog(25_001), 1000, "under/asks", "below the range: 0.6 times the usual"},
		"ten times":                  {dog(5_000), 3000, "ten-times/stops", "10.0 times the usual"},
		"more than ten times":        {dog(24_600), 15_500, "ten-times/stops", "10.5 times the usual"},
		"not quite ten times":        {dog(5_000), 2999, "over/asks", "9.9 times the usual"},
		"pounds taken for kilograms": {dog(10_000), 1500, "over/asks pounds/asks", "2.2 times the weight"},
		"kilograms for pounds":       {dog(54_233), 1500, "under/asks pounds/asks", "divided by 2.2"},
		"no weight":                  {with(func(s *pharmacy.Subject) { s.Grams = 0 }), 1500, "no-weight/stops", "Biscuit has no weight"},
		"an old weight":              {with(func(s *pharmacy.Subject) { s.WeighedOn = today.AddDate(0, 0, -366) }), 1500, "stale-weight/stops", "366 days old"},
		"a weight of its last day":   {with(func(s *pharmacy.Subject) { s.WeighedOn = today.AddDate(0, 0, -365) }), 1500, "", ""},
		"a weight of a pup": {with(func(s *pharmacy.Subject) {
			s.WeighedOn, s.Born = today.AddDate(0, 0, -15), today.AddDate(0, -5, 0)
		}), 1500, "stale-weight/stops", "15 days old"},
		"a guess":              {with(func(s *pharmacy.Subject) { s.Source = registry.Estimated }), 1500, "estimated-weight/warns", "not measured"},
		"a cat":                {with(func(s *pharmacy.Subject) { s.Species, s.Kind = "cat", "cat" }), 1500, "ban/stops", "Carprofen is never given to this species (cat). Slow to leave them."},
		"a horse":              {with(func(s *pharmacy.Subject) { s.Species, s.Kind = "horse", "horse" }), 1500, "no-range/asks", "no range of Carprofen"},
		"an allergy":           {with(func(s *pharmacy.Subject) { s.Allergies = []string{"Carprofen, hives in 2024"} }), 1500, "allergy/asks", "allergy to carprofen: Carprofen, hives in 2024"},
		"an allergy by family": {with(func(s *pharmacy.Subject) { s.Allergies = []string{"Vomits on all NSAIDs"} }), 1500, "allergy/asks", "allergy to NSAID"},
		"another allergy":      {with(func(s *pharmacy.Subject) { s.Allergies = []string{"Chicken", "Nsaidine"} }), 1500, "", ""},
	} {
		found := carprofen().Check(c.subject, c.dose, usual)
		if got := kinds(found); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
		var all string
		for _, f := range found {
			all += f.Words + "\n"
		}
		if !strings.Contains(all, c.says) {
			t.Errorf("%s says %q", name, all)
		}
	}
}

// What is not dosed by weight is not looked at by weight, and is banned all the same.
func TestADrugWithoutARangeStillHasItsBan(t *testing.T) {
	spot := pharmacy.Drug{
		Name: "Spot-on", Ingredients: []string{"permethrin"}, Unit: "pipette", Route: "skin", Step: money.One,
		Rules: []pharmacy.Rule{{Species: "dog", Licensed: true}, {Species: "cat", Banned: true}},
	}
	s := dog(0)
	if found := spot.Check(s, money.One, usual); len(found) > 0 {
		t.Errorf("a dog: %v", found)
	}
	s.Species = "cat"
	if got := kinds(spot.Check(s, money.One, usual)); got != "ban/stops" {
		t.Errorf("a cat: %s", got)
	}
}

// Whatever is suggested lies within the range, in whole steps; and a tenfold slip of it is always found.
func TestASuggestedDoseIsWithinTheRange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	suggested := 0
	for range 20_000 {
		low := 1 + r.Int64N(50_000)
		rule := pharmacy.Rule{Species: "dog", Low: low, High: low + r.Int64N(2*low)}
		d := pharmacy.Drug{Ingredients: []string{"x"}, Micrograms: 1 + r.Int64N(1_000_000), Step: money.Quantity(1 + r.Int64N(1000)), Rules: []pharmacy.Rule{rule}}
		grams := 10 + r.Int64N(800_000)
		dose, ok := d.Suggest(rule, grams)
		if !ok {
			continue
		}
		suggested++
		perKilogram := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(dose)), big.NewInt(d.Micrograms)), big.NewInt(grams))
		if perKilogram.Cmp(new(big.Rat).SetInt64(rule.Low)) < 0 || perKilogram.Cmp(new(big.Rat).SetInt64(rule.High)) > 0 || dose%d.Step != 0 || dose <= 0 {
			t.Fatalf("%+v at %d g: %v is %s", d, grams, dose, perKilogram.FloatString(3))
		}
		if found := d.Check(dog(grams), dose, usual); len(found) > 0 {
			t.Fatalf("%+v at %d g: what is suggested is found fault with: %v", d, grams, found)
		}
		if found := d.Check(dog(grams), 100*dose, usual); kinds(found) != "ten-times/stops" {
			t.Fatalf("%+v at %d g: a hundredfold dose gives %v", d, grams, found)
		}
		if found := d.Check(dog(grams), 10*dose, usual); len(found) == 0 {
			t.Fatalf("%+v at %d g: a tenfold dose is not found", d, grams)
		}
	}
	if suggested < 5000 {
		t.Errorf("only %d suggested", suggested)
	}
}

// More of the same drug is never less grave once it is above the range, and no less is once below.
func TestAGraverDoseIsNeverTakenMoreLightly(t *testing.T) {
	rank := func(found []pharmacy.Finding) int {
		out := 0
		for _, f := range found {
			out = max(out, 1+slices.Index([]pharmacy.Grave{pharmacy.Warns, pharmacy.Asks, pharmacy.Stops}, f.Grave))
		}
		return out
	}
	d, s := carprofen(), dog(24_600)
	before := 0
	for dose := money.Quantity(1968); dose < 60*money.One; dose += 7 { // from the high end on
		now := rank(d.Check(s, dose, usual))
		if now < before {
			t.Fatalf("%s tablets are taken more lightly than less", dose)
		}
		before = now
	}
	if before != 3 {
		t.Error("sixty tablets are not stopped")
	}
}

func TestNoTabletFitsASmallAnimal(t *testing.T) {
	d := carprofen()
	if dose, ok := d.Suggest(d.Rules[0], 3000); ok {
		t.Errorf("%s tablets for 3 kg", dose)
	}
	if _, ok := d.Suggest(d.Rules[1], 24_600); ok {
		t.Error("a dose is suggested where the drug is banned")
	}
}

func TestDirectionsInWords(t *testing.T) {
	tablet, drops := carprofen(), pharmacy.Drug{Unit: "ml", Route: "mouth"}
	for _, c := range []struct {
		d           pharmacy.Drug
		dose        money.Quantity
		every, days int
		extra, want string
	}{
		{tablet, 1000, 12, 14, "", "Give ONE tablet by mouth TWICE a day for 14 days."},
		{tablet, 500, 24, 1, "With food", "Give HALF a tablet by mouth ONCE a day for 1 day. With food."},
		{tablet, 1500, 8, 0, "", "Give ONE AND A HALF tablets by mouth THREE times a day."},
		{tablet, 2000, pharmacy.Single, 0, "", "Give TWO tablets by mouth ONCE."},
		{tablet, 250, 48, 10, "", "Give A QUARTER of a tablet by mouth ONCE every TWO days for 10 days."},
		{tablet, 2750, 6, 2, "", "Give TWO AND THREE QUARTERS tablets by mouth FOUR times a day for 2 days."},
		{tablet, 13_000, 168, 0, "", "Give 13 tablets by mouth ONCE a week."},
		{drops, 850, 24, 5, "Shake first!", "Give 0.85 ml by mouth ONCE a day for 5 days. Shake first!"},
	} {
		if got := pharmacy.Directions(c.d, c.dose, c.every, c.days, c.extra); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
	for _, c := range []struct {
		dose        money.Quantity
		every, days int
		want        money.Quantity
	}{{1000, 12, 14, 28_000}, {500, 24, 7, 3500}, {1000, 48, 5, 3000}, {1000, 24, 0, 0}, {2000, pharmacy.Single, 0, 2000}, {850, 8, 5, 12_750}} {
		if got := pharmacy.Needed(c.dose, c.every, c.days); got != c.want {
			t.Errorf("%v every %d for %d takes %s", c.dose, c.every, c.days, got)
		}
	}
}

func TestTheMonthOnAPack(t *testing.T) {
	for typed, want := range map[string]string{
		"11-2027": "11-2027", "11/27": "11-2027", " 3 / 2028": "03-2028", "2027-02": "02-2027", "Nov-2027": "11-2027", "november 27": "11-2027", "Nova 2027": "", "13-2027": "", "2027": "", "soon": "", "0-27": "",
	} {
		got, last, ok := pharmacy.ParseExpiry(typed)
		if got != want || ok != (want != "") || ok && last.AddDate(0, 0, 1).Day() != 1 {
			t.Errorf("%q is %q until %s", typed, got, last)
		}
	}
	if q := pharmacy.Charged(16*money.One, 32*money.One); q != money.One/2 {
		t.Errorf("half a bottle is %s", q)
	}
	if q := pharmacy.Charged(1, 32*money.One); q != 1 {
		t.Errorf("a drop of a bottle is %s", q)
	}
}
