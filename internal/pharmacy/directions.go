package pharmacy

import (
	"fmt"
	"strings"

	"paddock/internal/money"
	"paddock/internal/plain"
)

// Single stands for a dose that is given once and no more, where others say every how many hours.
const Single = 0

// Rhythms are the times between doses that can be chosen, in hours, in the order they are offered.
var Rhythms = []int{24, 12, 8, 6, 48, 168, 720, Single}

var rhythmWords = map[int]string{
	Single: "ONCE", 24: "ONCE a day", 12: "TWICE a day", 8: "THREE times a day", 6: "FOUR times a day", 48: "ONCE every TWO days",
	168: "ONCE a week", 720: "ONCE a month",
}

// RhythmWords are how often in words, "" for one that is not offered.
func RhythmWords(every int) string { return rhythmWords[every] }

var routeWords = map[string]struct{ verb, how string }{
	"mouth": {"Give", "by mouth"}, "skin": {"Put", "on the skin"}, "ear": {"Put", "into the ear"}, "eye": {"Put", "into the eye"},
	"nose": {"Put", "into the nose"}, "under-skin": {"Give", "by injection under the skin"}, "muscle": {"Give", "by injection into the muscle"},
	"vein": {"Give", "by injection into the vein"},
}

// Routes are the ways of giving, in the order they are offered.
var Routes = []string{"mouth", "skin", "ear", "eye", "nose", "under-skin", "muscle", "vein"}

// RouteWords are a way of giving in words: "by mouth".
func RouteWords(route string) string { return routeWords[route].how }

// Units are what drugs are counted in, in the order they are offered.
var Units = []string{"tablet", "capsule", "ml", "g", "dose", "pipette", "drop"}

var numbers = []string{"", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE"}

// Directions are what an owner reads: "Give ONE tablet by mouth TWICE a day for 14 days.". Numbers that a slip of
// reading would double stand in words and capitals. extra is what the vet adds.
func Directions(d Drug, dose money.Quantity, every, days int, extra string) string {
	route := routeWords[d.Route]
	s := fmt.Sprintf("%s %s %s %s", route.verb, amount(dose, d.Unit), route.how, rhythmWords[every])
	switch {
	case every == Single:
	case days == 1:
		s += " for 1 day"
	case days > 1:
		s += fmt.Sprintf(" for %d days", days)
	}
	s += "."
	if extra = plain.Line(extra); extra != "" {
		s += " " + extra
		if !strings.ContainsAny(extra[len(extra)-1:], ".!?") {
			s += "."
		}
	}
	return s
}

// amount is a dose in words: "ONE AND A HALF tablets", "0.8 ml".
func amount(dose money.Quantity, unit string) string {
	if unit == "ml" || unit == "g" {
		return dose.String() + " " + unit
	}
	whole, part := int(dose/money.One), dose%money.One
	parts := map[money.Quantity]string{money.One / 2: "A HALF", money.One / 4: "A QUARTER", money.One * 3 / 4: "THREE QUARTERS"}
	switch {
	case part == 0 && whole > 0 && whole < len(numbers):
		return numbers[whole] + " " + Counted(dose, unit)
	case whole == 0 && part == money.One/2:
		return "HALF a " + unit
	case whole == 0 && parts[part] != "":
		return parts[part] + " of a " + unit
	case whole < len(numbers) && parts[part] != "":
		return numbers[whole] + " AND " + parts[part] + " " + unit + "s"
	}
	return dose.String() + " " + Counted(dose, unit)
}

// Counted is the unit that stands behind a quantity: "tablet" for one, "tablets" for others.
func Counted(q money.Quantity, unit string) string {
	if q == money.One || unit == "ml" || unit == "g" {
		return unit
	}
	return unit + "s"
}

// Needed is how much a course takes; 0 where it has no end.
func Needed(dose money.Quantity, every, days int) money.Quantity {
	switch {
	case every == Single:
		return dose
	case days <= 0:
		return 0
	}
	return dose * money.Quantity((days*24+every-1)/every)
}

// lasts is for how many days one supply of an order is taken.
func lasts(o Order) int {
	if o.Every == Single {
		return 1
	}
	doses := int((o.Quantity + o.Dose - 1) / o.Dose)
	return min((doses*o.Every+23)/24, mostDays)
}
