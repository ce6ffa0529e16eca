package pharmacy

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"paddock/internal/money"
	"paddock/internal/registry"
)

// Grave says what a finding does to a prescription.
type Grave string

// How grave a finding is.
const (
	Stops Grave = "stops" // nobody signs over it
	Asks  Grave = "asks"  // signed with a reason, which stands in the record
	Warns Grave = "warns"
)

// The kinds of finding.
const (
	KindBan       = "ban"
	KindAllergy   = "allergy"
	KindTenTimes  = "ten-times"
	KindOver      = "over"
	KindUnder     = "under"
	KindPounds    = "pounds"
	KindNoRange   = "no-range"
	KindNoWeight  = "no-weight"
	KindStale     = "stale-weight"
	KindEstimated = "estimated-weight"
)

// Finding is something a guard found, in the words of a person at the form.
type Finding struct {
	Kind  string `json:"kind"`
	Grave Grave  `json:"grave"`
	Words string `json:"words"`
}

// Subject is the animal as far as a dose depends on it. The zero Grams is no weight, the zero Born a birth not known.
type Subject struct {
	Name string
	// Species is its code, Kind the same in words: "guinea pig".
	Species, Kind string
	Grams         int64
	Source        string    // registry.Measured, Estimated or Stated
	WeighedOn     time.Time // days of the clinic's calendar, midnight UTC
	Born, Today   time.Time
	Allergies     []string // the words of its allergy alerts
}

// Ages are how old a weight may be, in days, and until which age in months an animal counts as growing.
type Ages struct{ Grown, Growing, GrowingMonths int }

// tenfold is the slip of a decimal point: so many times the usual dose is never signed.
const tenfold = 10

// A pound is exactly 453.59237 g (International yard and pound agreement of 1959).
const poundNum, poundDen = 45_359_237, 100_000_000

func product(factors ...int64) *big.Int {
	out := big.NewInt(1)
	for _, f := range factors {
		out.Mul(out, big.NewInt(f))
	}
	return out
}

// inRange reports whether a dose is within the range of a rule for a weight of grams x num / den. A dose in thousandths
// of a unit times its micrograms has the measure of µg/kg times grams, so that everything is compared in whole numbers.
func (d Drug) inRange(r Rule, dose money.Quantity, grams, num, den int64) bool {
	given := product(int64(dose), d.Micrograms, den)
	return given.Cmp(product(r.Low, grams, num)) >= 0 && given.Cmp(product(r.High, grams, num)) <= 0
}

// PerKilogram is a dose in micrograms a kilogram, rounded down; 0 where the drug is not dosed by weight.
func (d Drug) PerKilogram(dose money.Quantity, grams int64) int64 {
	if grams <= 0 {
		return 0
	}
	return new(big.Int).Quo(product(int64(dose), d.Micrograms), big.NewInt(grams)).Int64()
}

// Micro is what a dose holds, in micrograms, rounded down to one.
func (d Drug) Micro(dose money.Quantity) int64 {
	return new(big.Int).Quo(product(int64(dose), d.Micrograms), big.NewInt(int64(money.One))).Int64()
}

// factor is how many times the usual a dose is, in tenths and rounded down. Usual is the middle of the range.
func (d Drug) factor(r Rule, dose money.Quantity, grams int64) int64 {
	usual := product(r.Low+r.High, grams)
	return new(big.Int).Quo(product(int64(dose), d.Micrograms, 2, 10), usual).Int64()
}

// Suggest is the dose nearest to the middle of the range that can be given in the drug's steps and lies within the
// range; ok is false where none does, as with a tablet that is too strong.
func (d Drug) Suggest(r Rule, grams int64) (dose money.Quantity, ok bool) {
	if d.Micrograms <= 0 || grams <= 0 || r.High <= 0 || r.Banned {
		return 0, false
	}
	// Steps of the middle dose, rounded to the nearest.
	num, den := product(r.Low+r.High, grams), product(2, d.Micrograms, int64(d.Step))
	n := new(big.Int).Add(new(big.Int).Mul(num, big.NewInt(2)), den)
	n.Quo(n, new(big.Int).Mul(den, big.NewInt(2)))
	if !n.IsInt64() || n.Int64() > int64(money.MostQuantity)/int64(d.Step) {
		return 0, false
	}
	for _, steps := range []int64{n.Int64(), n.Int64() - 1, n.Int64() + 1} {
		if dose = money.Quantity(steps) * d.Step; dose > 0 && d.inRange(r, dose, grams, 1, 1) {
			return dose, true
		}
	}
	return 0, false
}

// Check runs every guard over a dose, the gravest findings first.
func (d Drug) Check(s Subject, dose money.Quantity, ages Ages) []Finding {
	var stops, asks, warns []Finding
	r, known := d.Rule(s.Species)
	if known && r.Banned {
		stops = append(stops, Finding{KindBan, Stops, d.Ingredient() + " is never given to this species (" + s.Kind + ")." + spaced(r.Source)})
	}
	for _, word := range d.met(s.Allergies) {
		asks = append(asks, Finding{KindAllergy, Asks, fmt.Sprintf("%s has an allergy to %s: %s", s.Name, word.ingredient, word.alert)})
	}
	switch {
	case known && r.Banned:
	case !known || r.High == 0 && d.Micrograms > 0:
		asks = append(asks, Finding{KindNoRange, Asks, "The drug list has no range of " + d.Ingredient() + " for this species (" + s.Kind + ")."})
	case d.Micrograms > 0 && s.Grams <= 0:
		stops = append(stops, Finding{KindNoWeight, Stops, s.Name + " has no weight. Weigh first: this dose goes by weight."})
	case d.Micrograms > 0:
		if days, stale := s.stale(ages); stale {
			stops = append(stops, Finding{KindStale, Stops, fmt.Sprintf("The weight of %s is %d days old. Weigh again: this dose goes by weight.", s.Name, days)})
		}
		if s.Source != registry.Measured {
			warns = append(warns, Finding{KindEstimated, Warns, "The weight of " + s.Name + " was not measured here."})
		}
		if dose > 0 {
			found := d.slips(r, s, dose)
			for _, f := range found {
				if f.Grave == Stops {
					stops = append(stops, f)
				} else {
					asks = append(asks, f)
				}
			}
		}
	}
	return append(append(stops, asks...), warns...)
}

// slips are what is wrong with the size of a dose. Most slips of calculating overdose, so each names its factor.
func (d Drug) slips(r Rule, s Subject, dose money.Quantity) []Finding {
	if d.inRange(r, dose, s.Grams, 1, 1) {
		return nil
	}
	given, usual := product(int64(dose), d.Micrograms, 2), product(r.Low+r.High, s.Grams)
	over := product(int64(dose), d.Micrograms).Cmp(product(r.High, s.Grams)) > 0
	times := tenths(d.factor(r, dose, s.Grams)) + " times the usual"
	if over && given.Cmp(new(big.Int).Mul(usual, big.NewInt(tenfold))) >= 0 {
		return []Finding{{KindTenTimes, Stops, "This dose is " + times + ". Look at the decimal point."}}
	}
	var out []Finding
	if over {
		out = append(out, Finding{KindOver, Asks, "This dose is above the range: " + times + "."})
	} else {
		out = append(out, Finding{KindUnder, Asks, "This dose is below the range: " + times + "."})
	}
	if over && d.inRange(r, dose, s.Grams, poundDen, poundNum) {
		out = append(out, Finding{KindPounds, Asks, "The dose would be right for 2.2 times the weight: were pounds taken for kilograms?"})
	}
	if !over && d.inRange(r, dose, s.Grams, poundNum, poundDen) {
		out = append(out, Finding{KindPounds, Asks, "The dose would be right for the weight divided by 2.2: were kilograms taken for pounds?"})
	}
	return out
}

// stale reports how many days old the weight is, and whether that is too old for a dose.
func (s Subject) stale(ages Ages) (days int, stale bool) {
	days = int(s.Today.Sub(s.WeighedOn).Hours()) / 24
	most := ages.Grown
	if !s.Born.IsZero() && s.Today.Before(s.Born.AddDate(0, ages.GrowingMonths, 0)) {
		most = ages.Growing
	}
	return days, most > 0 && days > most
}

type allergy struct{ ingredient, alert string }

// met are the allergies that name an ingredient of the drug or a family it belongs to, each alert once.
func (d Drug) met(alerts []string) (out []allergy) {
	for _, text := range alerts {
		words := " " + spread(text) + " "
		for _, name := range append(append([]string{}, d.Ingredients...), d.Families...) {
			if n := spread(name); n != "" && (strings.Contains(words, " "+n+" ") || strings.Contains(words, " "+n+"s ")) {
				out = append(out, allergy{name, text})
				break
			}
		}
	}
	return out
}

// tenths writes a number of tenths: 104 is 10.4.
func tenths(n int64) string { return fmt.Sprintf("%d.%d", n/10, n%10) }

func spaced(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}

// hardest reports the gravest of findings: Stops, Asks, Warns, or "" for none.
func hardest(found []Finding) Grave {
	for _, g := range []Grave{Stops, Asks, Warns} {
		for _, f := range found {
			if f.Grave == g {
				return g
			}
		}
	}
	return ""
}
