package registry

import (
	"math/big"
	"regexp"
	"strings"

	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Why a typed weight was not taken.
const (
	errWeightUnread = sentence("Enter the weight as a number, like 24.6, or with its unit: 24.6 kg, 850 g, 12 lb 4 oz")
	errWeightComma  = sentence("The comma may be a decimal or a thousands mark. Enter the weight with a dot, or without the comma")
	errWeightZero   = sentence("A weight is more than nothing: 1 g at least")
	errWeightMost   = sentence("No animal here weighs more than 5,000 kg")
	errWeightLong   = sentence("Enter the weight with fewer digits")
)

// mostGrams is the heaviest that is taken, as the table has it.
const mostGrams = 5_000_000

// Weighed is a weight as it was typed and as it is computed with.
type Weighed struct {
	// Grams are rounded to the nearest, halves up.
	Grams int64
	// Entered is the number in Unit, which is "kg", "g", "lb" or "oz". Pounds with ounces are kept as the
	// same in pounds.
	Entered, Unit string
}

// gramsIn are the grams of each unit, exact: 1 lb = 0.45359237 kg (International Yard and Pound Agreement,
// 1959), 16 oz = 1 lb.
var gramsIn = map[string]*big.Rat{
	"kg": big.NewRat(1000, 1), "g": big.NewRat(1, 1),
	"lb": big.NewRat(45359237, 100000), "oz": big.NewRat(45359237, 1600000),
}

var (
	weightTyped = regexp.MustCompile(`^([0-9.,]+)\s*(kgs?|kilos?|kilograms?|g|grams?|lbs?|pounds?|#|oz|ounces?)?\.?$`)
	poundsTyped = regexp.MustCompile(`^([0-9]+)\s*(?:lbs?|pounds?|#)\.?,?\s*(?:and\s+)?([0-9]+(?:\.[0-9]+)?)\s*(?:oz|ounces?)?\.?$`)
	plainNumber = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$`)
	thousands   = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+|,[0-9]{3})$`)
	lastComma   = regexp.MustCompile(`^[0-9]+,[0-9]+$`)
	maybeComma  = regexp.MustCompile(`^[1-9][0-9]{0,2},[0-9]{3}$`)
)

// ParseWeight reads a weight forgivingly: "24.6", "24,6 kg", "850g", "54 lbs", "5 lb 4 oz". A number without
// a unit is in unit, one of "kg", "g", "lb" and "oz". The error is a sentence for the person who typed it.
func ParseWeight(typed, unit string) (Weighed, error) {
	s := strings.ToLower(vault.Fold(plain.Line(typed)))
	if gramsIn[unit] == nil {
		return Weighed{}, errWeightUnread
	}
	if m := poundsTyped.FindStringSubmatch(s); m != nil {
		return inPounds(m[1], m[2])
	}
	m := weightTyped.FindStringSubmatch(s)
	if m == nil {
		return Weighed{}, errWeightUnread
	}
	number := m[1]
	switch {
	case maybeComma.MatchString(number): // 1,250 kg and 1,250 g are a thousand times apart
		return Weighed{}, errWeightComma
	case lastComma.MatchString(number):
		number = strings.Replace(number, ",", ".", 1)
	case thousands.MatchString(number):
		number = strings.ReplaceAll(number, ",", "")
	}
	if !plainNumber.MatchString(number) {
		return Weighed{}, errWeightUnread
	}
	switch word := m[2]; {
	case word == "":
	case word[0] == 'k':
		unit = "kg"
	case word[0] == 'g':
		unit = "g"
	case word[0] == 'o':
		unit = "oz"
	default:
		unit = "lb"
	}
	return weighed(number, unit)
}

// inPounds makes pounds of pounds and ounces.
func inPounds(pounds, ounces string) (Weighed, error) {
	lb, okLb := new(big.Rat).SetString(pounds)
	oz, okOz := new(big.Rat).SetString(ounces)
	if !okLb || !okOz || oz.Cmp(big.NewRat(16, 1)) >= 0 {
		return Weighed{}, errWeightUnread
	}
	sum := lb.Add(lb, oz.Quo(oz, big.NewRat(16, 1)))
	return weighed(decimal(sum), "lb")
}

// decimal writes a number whose decimals end, without zeros behind.
func decimal(r *big.Rat) string {
	s := r.FloatString(12)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func weighed(number, unit string) (Weighed, error) {
	number = strings.TrimSuffix(number, ".")
	if strings.HasPrefix(number, ".") {
		number = "0" + number
	}
	if len(number) > 12 {
		return Weighed{}, errWeightLong
	}
	n, ok := new(big.Rat).SetString(number)
	if !ok {
		return Weighed{}, errWeightUnread
	}
	grams := rounded(n.Mul(n, gramsIn[unit]))
	switch {
	case grams < 1:
		return Weighed{}, errWeightZero
	case grams > mostGrams:
		return Weighed{}, errWeightMost
	}
	return Weighed{Grams: grams, Entered: number, Unit: unit}, nil
}

// rounded is the nearest whole number, halves up. Twelve digits of pounds fit many times.
func rounded(r *big.Rat) int64 {
	twice := new(big.Rat).Add(new(big.Rat).Mul(r, big.NewRat(2, 1)), big.NewRat(1, 1))
	half := new(big.Int).Mul(twice.Denom(), big.NewInt(2))
	return new(big.Int).Quo(twice.Num(), half).Int64()
}

// WeightIn writes grams in a unit as people read a weight: "24.6", "1.25", "850". Kilograms and pounds have
// one decimal from ten on and two below, ounces one, grams none.
func WeightIn(grams int64, unit string) string {
	in := gramsIn[unit]
	if in == nil {
		return ""
	}
	n := new(big.Rat).Quo(big.NewRat(grams, 1), in)
	places := int64(100)
	switch {
	case unit == "g":
		places = 1
	case unit == "oz" || n.Cmp(big.NewRat(10, 1)) >= 0:
		places = 10
	}
	return decimal(big.NewRat(rounded(n.Mul(n, big.NewRat(places, 1))), places))
}

// GramsIn is how many grams a unit has, for drawing; 0 for no unit. What is kept is computed exactly.
func GramsIn(unit string) float64 {
	r := gramsIn[unit]
	if r == nil {
		return 0
	}
	f, _ := r.Float64()
	return f
}
