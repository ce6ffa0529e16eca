package vaccines

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"paddock/internal/id"
	"paddock/internal/packs"
	"paddock/internal/registry"
)

// Rules are what jurisdictions say of vaccinations. They come from packs: no number of theirs stands in this code.
type Rules struct {
	// FirstMonths is after how many months the first documented rabies dose is due again, whatever its label says.
	FirstMonths int
	// OnsetDays is after how many days the first rabies dose protects.
	OnsetDays int
	// MinimumWeeks is the age from which a rabies dose counts.
	MinimumWeeks int
	// LateCounts says that a late rabies booster protects at once.
	LateCounts bool
	// SoonDays is how long before its day something is due soon.
	SoonDays int
	// Sources are where the rules of rabies stand, by key.
	Sources map[string]string
}

// RulesFor gives the rules that hold in these jurisdictions on a day.
func RulesFor(jurisdictions []string, on time.Time) Rules {
	rabies, all := packs.In("rabies", jurisdictions, on), packs.In("vaccination", jurisdictions, on)
	r := Rules{Sources: map[string]string{}}
	number := func(rules packs.Rules, key string) int {
		n, _ := rules.Number(key) // a key without a row in any jurisdiction asks for nothing
		if row, ok := rules.Row(key); ok {
			r.Sources[key] = row.Citation
		}
		return n
	}
	r.FirstMonths, r.OnsetDays = number(rabies, "first_interval_months"), number(rabies, "onset_days")
	r.MinimumWeeks, r.LateCounts = number(rabies, "minimum_age_weeks"), number(rabies, "overdue_is_current_at_once") == 1
	r.SoonDays = number(all, "soon_days")
	return r
}

// Course is what is due after a dose, as the label of its product has it.
type Course struct {
	// Months is how long a dose lasts by its label.
	Months int `json:"months"`
	// First* are the first course: so many doses, so many weeks apart, and the months from the last of them to the
	// first booster; 0 for Months.
	FirstDoses  int `json:"first_doses"`
	FirstWeeks  int `json:"first_weeks"`
	FirstMonths int `json:"first_months"`
}

// Given is a dose as due days see it.
type Given struct {
	ID         id.ID
	On         time.Time // a day, midnight UTC
	Protects   []string
	Historical bool
	// Booster says that the first course was over before it.
	Booster bool
	Course
}

// SetDate is a due day that somebody set by hand. It holds while After, zero for none, is the last dose that stands.
type SetDate struct {
	ID       id.ID
	Protects string
	After    id.ID
	On       time.Time // zero to go back to the rule
	At       time.Time
	By       id.ID
}

// Animal is what due days ask of a patient. A zero Born is not known.
type Animal struct {
	Born time.Time
	Died bool
}

// Line is what is due against one disease.
type Line struct {
	Protects string
	// Due is a day, midnight UTC; Because says why it is that one, Source the rule's own words if it has any.
	Due     time.Time
	Because string
	Source  string
	// Last is the last dose that counts, zero for none; From the day it protects from, zero where no rule says.
	Last   Given
	Count  int
	From   time.Time
	SoonIn int
	// Set is the day set by hand that holds, nil for the rule's.
	Set *SetDate
}

// How far away a due day is.
const (
	Overdue = "overdue"
	Soon    = "soon"
	Current = "current"
)

// State is how the line stands on a day.
func (l Line) State(today time.Time) string {
	switch {
	case l.Due.Before(today):
		return Overdue
	case l.Due.Before(today.AddDate(0, 0, l.SoonIn+1)):
		return Soon
	}
	return Current
}

// Due gives what is due against each disease that a dose was given or a day was set for, in the order of Diseases.
// doses are those that stand, in any order: nothing is stored, so that voiding one computes the rest anew. Nothing
// is due for an animal that died.
func Due(r Rules, a Animal, doses []Given, set []SetDate) []Line {
	if a.Died {
		return nil
	}
	var out []Line
	for _, d := range Diseases {
		var list []Given
		for _, g := range doses {
			if slices.Contains(g.Protects, d.Code) {
				list = append(list, g)
			}
		}
		line := r.line(d.Code, a, oncePerDay(list))
		line.Protects, line.SoonIn = d.Code, r.SoonDays
		last := newest(list)
		if s := newestSet(set, d.Code); s != nil && !s.On.IsZero() && s.After == last {
			line.Due, line.Set, line.Because, line.Source = s.On, s, "the day was set by hand", ""
		}
		if !line.Due.IsZero() {
			out = append(out, line)
		}
	}
	return out
}

// oncePerDay puts doses in order and takes two of one day for one.
func oncePerDay(list []Given) []Given {
	slices.SortFunc(list, func(x, y Given) int { return cmp.Or(x.On.Compare(y.On), slices.Compare(x.ID[:], y.ID[:])) })
	var out []Given
	for _, g := range list {
		if n := len(out); n > 0 && out[n-1].On.Equal(g.On) {
			g.Booster = g.Booster || out[n-1].Booster
			out[n-1] = g
			continue
		}
		out = append(out, g)
	}
	return out
}

// newest is the last dose of those given, which a day set by hand refers to.
func newest(list []Given) id.ID {
	if len(list) == 0 {
		return id.ID{}
	}
	return slices.MaxFunc(list, func(x, y Given) int { return cmp.Or(x.On.Compare(y.On), slices.Compare(x.ID[:], y.ID[:])) }).ID
}

func newestSet(set []SetDate, disease string) *SetDate {
	var out *SetDate
	for _, s := range set {
		if s.Protects == disease && (out == nil || s.At.After(out.At) || s.At.Equal(out.At) && slices.Compare(s.ID[:], out.ID[:]) > 0) {
			out = &s
		}
	}
	return out
}

// line is what the rule says of doses in order, no two of a day.
func (r Rules) line(disease string, a Animal, list []Given) Line {
	if disease == Rabies {
		return r.rabies(a, list)
	}
	if len(list) == 0 {
		return Line{}
	}
	nth := 0
	for _, g := range list {
		nth++
		if g.Booster {
			nth = max(nth, g.FirstDoses+1)
		}
	}
	last := list[len(list)-1]
	l := Line{Last: last, Count: len(list)}
	switch {
	case nth < last.FirstDoses:
		l.Due = last.On.AddDate(0, 0, 7*last.FirstWeeks)
		l.Because = fmt.Sprintf("the first course has %d doses, and the next one follows after %s", last.FirstDoses, weeks(last.FirstWeeks))
	case nth == last.FirstDoses && last.FirstMonths > 0:
		l.Due = registry.AddMonths(last.On, last.FirstMonths)
		l.Because = "the first course is complete and its booster is due after " + months(last.FirstMonths)
	default:
		l.Due = registry.AddMonths(last.On, last.Months)
		l.Because = "the last dose lasts " + months(last.Months) + " by its label"
	}
	return l
}

// rabies follows the compendium: the first documented dose is due again after FirstMonths whatever the label says,
// later ones run their label's time. First is a dose before which none is documented, however late a later one comes.
func (r Rules) rabies(a Animal, list []Given) Line {
	counted := list[:0:0]
	var young Given
	for _, g := range list {
		if !a.Born.IsZero() && g.On.Before(a.Born.AddDate(0, 0, 7*r.MinimumWeeks)) {
			young = g
			continue
		}
		counted = append(counted, g)
	}
	switch {
	case len(list) == 0:
		return Line{}
	case len(counted) == 0:
		return Line{
			Due: a.Born.AddDate(0, 0, 7*r.MinimumWeeks), Source: r.Sources["minimum_age_weeks"],
			Because: "the dose of " + young.On.Format(dayForm) + " was given before the age of " + weeks(r.MinimumWeeks) + " and does not count",
		}
	}
	last := counted[len(counted)-1]
	l := Line{Last: last, Count: len(counted), From: last.On}
	if len(counted) == 1 {
		l.Due, l.From = registry.AddMonths(last.On, r.FirstMonths), last.On.AddDate(0, 0, r.OnsetDays)
		l.Because, l.Source = "the first documented rabies dose is due again after "+months(r.FirstMonths)+", whatever the label says", r.Sources["first_interval_months"]
		return l
	}
	l.Due = registry.AddMonths(last.On, last.Months)
	l.Because = "an earlier rabies dose is documented, and the last one lasts " + months(last.Months) + " by its label"
	if before := r.rabies(a, counted[:len(counted)-1]); !r.LateCounts && last.On.After(before.Due) {
		l.From = last.On.AddDate(0, 0, r.OnsetDays)
	}
	return l
}

// dayForm has the month in letters, so that no two countries read it differently.
const dayForm = "02-Jan-2006"

func months(n int) string {
	switch {
	case n == 12:
		return "one year"
	case n == 1:
		return "one month"
	case n%12 == 0:
		return fmt.Sprintf("%d years", n/12)
	}
	return fmt.Sprintf("%d months", n)
}

func weeks(n int) string {
	if n == 1 {
		return "one week"
	}
	return fmt.Sprintf("%d weeks", n)
}
