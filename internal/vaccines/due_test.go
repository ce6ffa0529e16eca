package vaccines_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/internal/id"
	"paddock/internal/vaccines"
)

func on(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

var today = on("2026-11-23")

func rules(jurisdictions ...string) vaccines.Rules {
	return vaccines.RulesFor(jurisdictions, today)
}

var (
	threeYears = vaccines.Course{Months: 36, FirstDoses: 1, FirstMonths: 12}
	oneYear    = vaccines.Course{Months: 12, FirstDoses: 1, FirstMonths: 12}
	twoDoses   = vaccines.Course{Months: 36, FirstDoses: 2, FirstWeeks: 4, FirstMonths: 12}
)

func dose(disease, day string, c vaccines.Course) vaccines.Given {
	return vaccines.Given{ID: id.New(), On: on(day), Protects: []string{disease}, Course: c}
}

func historical(g vaccines.Given) vaccines.Given { g.Historical = true; return g }

func booster(g vaccines.Given) vaccines.Given { g.Booster = true; return g }

func TestDueDaysFollowTheRules(t *testing.T) {
	rabies := func(days ...string) (out []vaccines.Given) {
		for _, d := range days {
			out = append(out, dose("rabies", d, threeYears))
		}
		return out
	}
	for _, c := range []struct {
		what    string
		in      string
		born    string
		doses   []vaccines.Given
		due     string
		from    string
		because string
	}{
		{"the first documented rabies dose, whatever the label says", "US-TX", "", rabies("2026-03-12"), "2027-03-12", "2026-04-09", "first documented"},
		{"in New York it protects sooner", "US-NY", "", rabies("2026-03-12"), "2027-03-12", "2026-03-26", "first documented"},
		{"in Great Britain after three weeks", "GB", "", rabies("2026-03-12"), "2027-03-12", "2026-04-02", "first documented"},
		{"a second dose runs its label's time", "US-TX", "", rabies("2025-03-12", "2026-03-12"), "2029-03-12", "2026-03-12", "3 years by its label"},
		{"a late booster counts at once and is no first dose", "US-TX", "", rabies("2020-03-12", "2026-03-12"), "2029-03-12", "2026-03-12", "3 years by its label"},
		{"a dose from elsewhere counts as documented", "US-TX", "", []vaccines.Given{historical(rabies("2025-01-01")[0]), rabies("2026-03-12")[0]}, "2029-03-12", "2026-03-12", "earlier rabies dose"},
		{"a label of one year", "US-TX", "", []vaccines.Given{rabies("2025-01-01")[0], dose("rabies", "2026-03-12", oneYear)}, "2027-03-12", "2026-03-12", "one year by its label"},
		{"a booster by word alone is still the first documented", "US-TX", "", []vaccines.Given{booster(rabies("2026-03-12")[0])}, "2027-03-12", "2026-04-09", "first documented"},
		{"two of one day are one", "US-TX", "", rabies("2026-03-12", "2026-03-12"), "2027-03-12", "2026-04-09", "first documented"},
		{"one given too young does not count", "US-TX", "2026-01-10", rabies("2026-03-12"), "2026-04-04", "", "does not count"},
		{"one given too young does not make the next a second", "US-TX", "2026-01-10", rabies("2026-03-12", "2026-05-01"), "2027-05-01", "2026-05-29", "first documented"},
		{"on the day it is old enough it counts", "US-TX", "2026-01-10", rabies("2026-04-04"), "2027-04-04", "2026-05-02", "first documented"},
		{"the 29th of February", "US-TX", "", rabies("2024-02-29"), "2025-02-28", "2024-03-28", "first documented"},
		{"a leap day is met again after four years", "US-TX", "", []vaccines.Given{rabies("2020-02-29")[0], dose("rabies", "2024-02-29", vaccines.Course{Months: 48, FirstDoses: 1})}, "2028-02-29", "2024-02-29", "4 years"},
		{"a first course", "GB", "", []vaccines.Given{dose("dhppi", "2026-01-31", twoDoses)}, "2026-02-28", "", "first course has 2 doses"},
		{"a first course complete", "GB", "", []vaccines.Given{dose("dhppi", "2026-01-31", twoDoses), dose("dhppi", "2026-02-28", twoDoses)}, "2027-02-28", "", "first course is complete"},
		{"a booster after it", "GB", "", []vaccines.Given{dose("dhppi", "2025-01-31", twoDoses), dose("dhppi", "2025-02-28", twoDoses), dose("dhppi", "2026-02-28", twoDoses)}, "2029-02-28", "", "3 years by its label"},
		{"a booster said to be one", "GB", "", []vaccines.Given{booster(dose("dhppi", "2026-02-28", twoDoses))}, "2029-02-28", "", "3 years by its label"},
		{"the end of a month", "GB", "", []vaccines.Given{dose("kennelcough", "2026-08-31", vaccines.Course{Months: 6, FirstDoses: 1})}, "2027-02-28", "", "6 months"},
	} {
		a := vaccines.Animal{}
		if c.born != "" {
			a.Born = on(c.born)
		}
		lines := vaccines.Due(rules(c.in), a, c.doses, nil)
		if len(lines) != 1 {
			t.Errorf("%s: %d lines", c.what, len(lines))
			continue
		}
		l := lines[0]
		if !l.Due.Equal(on(c.due)) || !strings.Contains(l.Because, c.because) {
			t.Errorf("%s: due %s because %s", c.what, l.Due.Format(time.DateOnly), l.Because)
		}
		if c.from != "" && !l.From.Equal(on(c.from)) || c.from == "" && !l.From.IsZero() {
			t.Errorf("%s: protects from %s", c.what, l.From.Format(time.DateOnly))
		}
	}
}

func TestALateBoosterMayHaveToBeginAgainWhereALawSaysSo(t *testing.T) {
	r := rules("US-TX")
	r.LateCounts = false
	late := []vaccines.Given{dose("rabies", "2020-03-12", threeYears), dose("rabies", "2026-03-12", threeYears)}
	if l := vaccines.Due(r, vaccines.Animal{}, late, nil)[0]; !l.From.Equal(on("2026-04-09")) || !l.Due.Equal(on("2029-03-12")) {
		t.Errorf("a late booster: %+v", l)
	}
	inTime := []vaccines.Given{dose("rabies", "2025-03-12", threeYears), dose("rabies", "2026-03-12", threeYears)}
	if l := vaccines.Due(r, vaccines.Animal{}, inTime, nil)[0]; !l.From.Equal(on("2026-03-12")) {
		t.Errorf("one in time: %+v", l)
	}
}

func TestNothingIsDueForAnAnimalThatDied(t *testing.T) {
	if lines := vaccines.Due(rules("GB"), vaccines.Animal{Died: true}, []vaccines.Given{dose("rabies", "2026-03-12", oneYear)}, nil); len(lines) != 0 {
		t.Errorf("%+v", lines)
	}
}

func TestADaySetByHandHoldsUntilTheDosesChange(t *testing.T) {
	first, second := dose("rabies", "2025-03-12", threeYears), dose("rabies", "2026-03-12", threeYears)
	set := vaccines.SetDate{ID: id.New(), Protects: "rabies", After: first.ID, On: on("2025-06-01"), At: today}
	due := func(doses []vaccines.Given, set ...vaccines.SetDate) vaccines.Line {
		t.Helper()
		return vaccines.Due(rules("US"), vaccines.Animal{}, doses, set)[0]
	}
	if l := due([]vaccines.Given{first}, set); l.Set == nil || !l.Due.Equal(set.On) {
		t.Errorf("a set day does not hold: %+v", l)
	}
	if l := due([]vaccines.Given{first, second}, set); l.Set != nil || !l.Due.Equal(on("2029-03-12")) {
		t.Errorf("it holds over a later dose: %+v", l)
	}
	after := vaccines.SetDate{ID: id.New(), Protects: "rabies", After: second.ID, On: on("2027-01-01"), At: today}
	if l := due([]vaccines.Given{first}, after); l.Set != nil || !l.Due.Equal(on("2026-03-12")) {
		t.Errorf("it holds though its dose was voided: %+v", l)
	}
	back := vaccines.SetDate{ID: id.New(), Protects: "rabies", After: first.ID, At: today.Add(time.Hour)}
	if l := due([]vaccines.Given{first}, set, back); l.Set != nil || !l.Due.Equal(on("2026-03-12")) {
		t.Errorf("it holds though it was taken back: %+v", l)
	}
	none := vaccines.SetDate{ID: id.New(), Protects: "felv", On: on("2027-01-01"), At: today}
	if l := due(nil, none); l.Set == nil || l.Protects != "felv" || !l.Last.On.IsZero() {
		t.Errorf("without any dose: %+v", l)
	}
}

func TestHowFarADueDayIsHasThreeStates(t *testing.T) {
	l := vaccines.Line{Due: today, SoonIn: 30}
	for _, c := range []struct {
		days  int
		state string
	}{{-1, vaccines.Overdue}, {0, vaccines.Soon}, {30, vaccines.Soon}, {31, vaccines.Current}} {
		l.Due = today.AddDate(0, 0, c.days)
		if got := l.State(today); got != c.state {
			t.Errorf("in %d days it is %s", c.days, got)
		}
	}
}

// drawn are some doses of an animal's life.
func drawn(r *rand.Rand) []vaccines.Given {
	var out []vaccines.Given
	for range 1 + r.IntN(7) {
		g := dose([]string{"rabies", "dhppi", "lepto"}[r.IntN(3)], "2015-01-01", []vaccines.Course{threeYears, oneYear, twoDoses}[r.IntN(3)])
		g.On = g.On.AddDate(0, 0, r.IntN(4000))
		g.Historical, g.Booster = r.IntN(4) == 0, r.IntN(6) == 0
		if r.IntN(3) == 0 {
			g.Protects = append(g.Protects, "kennelcough")
		}
		out = append(out, g)
	}
	return out
}

func same(a, b []vaccines.Line) bool {
	return slices.EqualFunc(a, b, func(x, y vaccines.Line) bool {
		return x.Protects == y.Protects && x.Due.Equal(y.Due) && x.Because == y.Because && x.From.Equal(y.From) && x.Count == y.Count
	})
}

func TestDueDaysDependOnWhatStandsAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for range 3000 {
		doses, a := drawn(r), vaccines.Animal{}
		if r.IntN(2) == 0 {
			a.Born = on("2015-01-01").AddDate(0, 0, -r.IntN(90))
		}
		law := rules([]string{"US-NY", "US-TX", "GB"}[r.IntN(3)])
		before := vaccines.Due(law, a, doses, nil)

		other := slices.Clone(doses)
		r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if !same(before, vaccines.Due(law, a, other, nil)) {
			t.Fatalf("the order counts: %+v", doses)
		}
		// Voided and given again, it is as it was.
		n := r.IntN(len(doses))
		again := append(slices.Delete(slices.Clone(doses), n, n+1), doses[n])
		again[len(again)-1].ID = id.New()
		if !same(before, vaccines.Due(law, a, again, nil)) && !slices.ContainsFunc(doses, func(g vaccines.Given) bool { return g.ID != doses[n].ID && g.On.Equal(doses[n].On) }) {
			t.Fatalf("voiding and giving again is not the same: %+v", doses)
		}
	}
}

// The later the last dose was given, the later the next is due; and a dose more never makes one due sooner, where
// labels last a year at least and are all the same.
func TestALaterDoseIsNeverDueSooner(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 3000 {
		c := []vaccines.Course{threeYears, oneYear}[r.IntN(2)]
		var doses []vaccines.Given
		for day, n := on("2015-01-01"), 1+r.IntN(5); len(doses) < n; {
			day = day.AddDate(0, 0, 1+r.IntN(900))
			doses = append(doses, dose("rabies", day.Format(time.DateOnly), c))
		}
		law := rules("US-TX")
		at := func(list []vaccines.Given) time.Time { return vaccines.Due(law, vaccines.Animal{}, list, nil)[0].Due }
		before := at(doses)
		later := slices.Clone(doses)
		later[len(later)-1].On = later[len(later)-1].On.AddDate(0, 0, 1+r.IntN(400))
		if at(later).Before(before) {
			t.Fatalf("given later it is due sooner: %+v", doses)
		}
		more := append(slices.Clone(doses), dose("rabies", doses[len(doses)-1].On.AddDate(0, 0, 1+r.IntN(400)).Format(time.DateOnly), c))
		if at(more).Before(before) {
			t.Fatalf("one more makes it due sooner: %+v", doses)
		}
		early := append(slices.Clone(doses), historical(dose("rabies", "2014-06-01", c)))
		if at(early).Before(before) {
			t.Fatalf("one known from before makes it due sooner: %+v", doses)
		}
	}
}
