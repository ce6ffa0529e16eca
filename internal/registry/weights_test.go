package registry_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func TestWeightsAreReadForgivinglyAndExactly(t *testing.T) {
	for _, c := range []struct {
		typed, unit string
		grams       int64
		entered, in string
	}{
		{"24.6", "kg", 24600, "24.6", "kg"},
		{"24,6 kg", "lb", 24600, "24.6", "kg"},
		{"24.6kg.", "kg", 24600, "24.6", "kg"},
		{" 24.60 KG ", "kg", 24600, "24.60", "kg"},
		{"850g", "kg", 850, "850", "g"},
		{"850 grams", "kg", 850, "850", "g"},
		{".85", "kg", 850, "0.85", "kg"},
		{"7.", "kg", 7000, "7", "kg"},
		{"1 lb", "kg", 454, "1", "lb"},
		{"100 lbs", "kg", 45359, "100", "lb"},
		{"1000000 oz", "g", 0, "", ""},
		{"10000 lb", "kg", 4535924, "10000", "lb"}, // 4,535,923.7 g
		{"54.2", "lb", 24585, "54.2", "lb"},        // 24,584.706454 g
		{"16 oz", "kg", 454, "16", "oz"},
		{"1 ounce", "kg", 28, "1", "oz"},
		{"5 lb 4 oz", "kg", 2381, "5.25", "lb"}, // 2,381.3599425 g
		{"5lb, 4oz", "kg", 2381, "5.25", "lb"},
		{"5 lb 4.5", "kg", 2396, "5.28125", "lb"}, // 2,395.534703125 g
		{"12 # 1 oz", "kg", 5471, "12.0625", "lb"},
		{"1,250.5 lb", "kg", 567217, "1250.5", "lb"},
		{"1,234,567 g", "kg", 1234567, "1234567", "g"},
		{"0,850", "kg", 850, "0.850", "kg"},
		{"5000", "kg", 5000000, "5000", "kg"},
		{"0.0005", "kg", 1, "0.0005", "kg"}, // half a gram counts up
		{"0.0004", "kg", 0, "", ""},
		{"5000.001", "kg", 0, "", ""},
		{"1,250", "kg", 0, "", ""}, // a thousand times one way or the other
		{"24kg600", "kg", 0, "", ""},
		{"5 lb 16 oz", "kg", 0, "", ""},
		{"24..6", "kg", 0, "", ""},
		{"-3", "kg", 0, "", ""},
		{"1e3", "kg", 0, "", ""},
		{"", "kg", 0, "", ""},
		{"heavy", "kg", 0, "", ""},
		{"24.6", "stone", 0, "", ""},
		{"0.00000000001", "kg", 0, "", ""},
	} {
		got, err := registry.ParseWeight(c.typed, c.unit)
		if (err != nil) != (c.grams == 0) || got != (registry.Weighed{Grams: c.grams, Entered: c.entered, Unit: c.in}) {
			t.Errorf("%q in %s is %+v, %v", c.typed, c.unit, got, err)
		}
	}
}

// 1 lb is 0.45359237 kg and 16 oz, exactly, at every value the field takes.
func TestPoundsAndOuncesAreExact(t *testing.T) {
	lb := big.NewRat(45359237, 100000)
	for range 5000 {
		n := rand.Int64N(100_000_000)
		typed := strconv.FormatFloat(float64(n)/10000, 'f', 4, 64)
		for unit, factor := range map[string]*big.Rat{"lb": lb, "oz": new(big.Rat).Quo(lb, big.NewRat(16, 1))} {
			exact := new(big.Rat).Mul(big.NewRat(n, 10000), factor)
			got, err := registry.ParseWeight(typed, unit)
			if err != nil {
				if exact.Cmp(big.NewRat(1, 2)) >= 0 && exact.Cmp(big.NewRat(5_000_000, 1)) <= 0 {
					t.Fatalf("%s %s: %v", typed, unit, err)
				}
				continue
			}
			if off := exact.Sub(exact, big.NewRat(got.Grams, 1)); off.Cmp(big.NewRat(1, 2)) >= 0 || off.Cmp(big.NewRat(-1, 2)) < 0 {
				t.Fatalf("%s %s is taken as %d g, %s off", typed, unit, got.Grams, off.FloatString(6))
			}
		}
	}
}

func TestWeightsAreWrittenAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		grams      int64
		unit, want string
	}{
		{24600, "kg", "24.6"},
		{24600, "lb", "54.2"},
		{24000, "kg", "24"},
		{1250, "kg", "1.25"},
		{850, "g", "850"},
		{850, "oz", "30"},
		{999, "kg", "1"},
		{2381, "lb", "5.25"},
		{512345, "kg", "512.3"},
	} {
		if got := registry.WeightIn(c.grams, c.unit); got != c.want {
			t.Errorf("%d g in %s is %q, want %q", c.grams, c.unit, got, c.want)
		}
	}
}

func TestMomentsAreReadForgivingly(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 24, 10, 5, 0, 0, zone) // a Tuesday
	for _, c := range []struct{ typed, want string }{
		{"", "2026-03-24 10:05"},
		{"now", "2026-03-24 10:05"},
		{"Today", "2026-03-24 10:05"},
		{"9:30", "2026-03-24 09:30"},
		{"9.30", "2026-03-24 09:30"},
		{"9am", "2026-03-24 09:00"},
		{"today at 9:15 am", "2026-03-24 09:15"},
		{"yesterday", "2026-03-23 00:00"},
		{"yesterday 2pm", "2026-03-23 14:00"},
		{"23/3", "2026-03-23 00:00"},
		{"23/3 16:40", "2026-03-23 16:40"},
		{"24-Mar-2025 08:00", "2025-03-24 08:00"},
		{"12 Jan 2019", "2019-01-12 00:00"},
		{"24 Dec", "2025-12-24 00:00"},
		{"Dec 24", "2025-12-24 00:00"},
		{"3 days ago", "2026-03-21 00:00"},
		{"-1d", "2026-03-23 00:00"},
		{"Monday", "2026-03-23 00:00"},
		{"last tuesday", "2026-03-17 00:00"},
		{"Tue 24-Mar-2026 10:00", "2026-03-24 10:00"},
		{"24.03", "2026-03-24 10:05"},
		{"29/2", "2024-02-29 00:00"},
		{"2026-03-01", "2026-03-01 00:00"},
		{"11:00", ""},
		{"tomorrow", ""},
		{"25/3/2026", ""},
		{"2019", ""},
		{"3 y", ""},
		{"31/2/2026", ""},
		{"9:75", ""},
		{"13pm", ""},
		{"soon", ""},
		{"25:00", ""},
	} {
		got, err := registry.ParseMoment(c.typed, now)
		if text := got.Format("2006-01-02 15:04"); (err != nil) != (c.want == "") || err == nil && (text != c.want || got.Location() != zone) {
			t.Errorf("%q is %s, %v; want %q", c.typed, text, err, c.want)
		}
	}
	for typed, want := range map[string]string{
		"tomorrow": "in the future", "Tomorrow 9am": "in the future", "next Friday": "in the future", "in 3 days": "in the future", "the day after tomorrow": "in the future",
		"25/3/2026": "in the future", "11:00": "in the future", "25:00": "Enter a time like", "13pm": "Enter a time like", "soon": "Enter a date like",
	} {
		if _, err := registry.ParseMoment(typed, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", typed, err, want)
		}
	}
}

func kilograms(t *testing.T, typed string, at time.Time) registry.Weight {
	t.Helper()
	w, err := registry.ParseWeight(typed, "kg")
	if err != nil {
		t.Fatal(err)
	}
	return registry.Weight{Weighed: w, At: at, Source: registry.Measured}
}

func (c clinic) weigh(t *testing.T, row, patient id.ID, w registry.Weight, sure int64) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddWeight(ctx, tx, c.Keys, row, patient, w, sure)
	})
}

func (c clinic) weights(t *testing.T, patient id.ID) (out []registry.WeightRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = registry.Weights(ctx, tx, patient)
		return err
	})
	return out
}

func TestWeightsAreKeptAskedAboutAndStruck(t *testing.T) {
	c := newClinic(t)
	grown := biscuit()
	animal, now := c.addPatient(t, c.addClient(t, helen()), grown), c.env.Store.Now()
	first := id.New()
	if err := c.weigh(t, first, animal, kilograms(t, "24.6", now.AddDate(0, 0, -30)), 0); err != nil {
		t.Fatal(err)
	}
	if err := c.weigh(t, first, animal, kilograms(t, "24.6", now.AddDate(0, 0, -30)), 0); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Fatalf("sent twice: %v", err)
	}
	var jump *registry.Jump
	for typed, asks := range map[string]bool{"29.52": false, "29.53": true, "19.68": false, "19.67": true, "246": true, "54.2": true} {
		w := kilograms(t, typed, now.Add(-time.Minute))
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			if err := registry.AddWeight(ctx, tx, c.Keys, id.New(), animal, w, 0); err != nil {
				return err
			}
			return errRolledBack
		})
		if errors.As(err, &jump) != asks || !asks && !errors.Is(err, errRolledBack) {
			t.Errorf("%s kg after 24.6: %v", typed, err)
		}
	}
	row, heavy := id.New(), kilograms(t, "31.2", now)
	if err := c.weigh(t, row, animal, heavy, 0); !errors.As(err, &jump) || jump.Before.Grams != 24600 || jump.Now.Grams != 31200 || fault.KindOf(err) != fault.Invalid {
		t.Fatalf("a jump: %v", err)
	}
	if err := c.weigh(t, row, animal, heavy, 30000); !errors.As(err, &jump) {
		t.Fatalf("sure of another weight: %v", err)
	}
	if err := c.weigh(t, row, animal, heavy, 31200); err != nil {
		t.Fatal(err)
	}
	// After two years, and in a puppy after three weeks, nothing is asked.
	if err := c.weigh(t, id.New(), animal, kilograms(t, "12", now.AddDate(-2, 0, 0)), 0); err != nil {
		t.Fatal(err)
	}
	pup := biscuit()
	pup.Born = registry.Birth{On: now.AddDate(0, -3, 0).Truncate(24 * time.Hour), Precision: registry.ToDay}
	puppy := c.addPatient(t, id.ID{}, pup)
	for days, typed := range map[int]string{-30: "3", -9: "5"} {
		if err := c.weigh(t, id.New(), puppy, kilograms(t, typed, now.AddDate(0, 0, days)), 0); err != nil {
			t.Fatal(err)
		}
	}

	list := c.weights(t, animal)
	if len(list) != 3 || list[0].ID != row || list[0].Entered != "31.2" || list[0].RecordedBy != c.who.Person || list[2].Grams != 12000 {
		t.Fatalf("the series is %+v", list)
	}
	for range 2 {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			whose, err := registry.StrikeWeight(ctx, tx, c.Keys, row)
			if err == nil && whose != animal {
				t.Errorf("the weight of %s", whose)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if list = c.weights(t, animal); len(list) != 3 || list[0].Stands() || list[0].StruckBy != c.who.Person {
		t.Fatalf("struck: %+v", list)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		last, ok, err := registry.LastWeight(ctx, tx, animal)
		if !ok || last.ID != first {
			t.Errorf("the last that stands is %+v", last)
		}
		return err
	})
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed"}) {
		t.Errorf("recorded of the weight: %v", got)
	}
	if got := c.leaves(t, animal); len(got) != 5 {
		t.Errorf("recorded of the patient: %v", got)
	}
}

var errRolledBack = errors.New("rolled back by the test")

func TestBadWeightsAreRefused(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	animal, theirs := c.addPatient(t, id.ID{}, biscuit()), other.addPatient(t, id.ID{}, biscuit())
	now := c.env.Store.Now()
	var bad fault.Fields
	if err := c.weigh(t, id.New(), animal, kilograms(t, "24", now.Add(time.Minute)), 0); !errors.As(err, &bad) || bad.Message("at") == "" {
		t.Errorf("in the future: %v", err)
	}
	young := biscuit()
	young.Born = registry.Birth{On: now.AddDate(0, -3, 0).Truncate(24 * time.Hour), Precision: registry.ToDay}
	if err := c.weigh(t, id.New(), c.addPatient(t, id.ID{}, young), kilograms(t, "24", now.AddDate(0, -4, 0)), 0); !errors.As(err, &bad) || !strings.Contains(bad.Message("at"), "before the birth") {
		t.Errorf("before the birth: %v", err)
	}
	guess := kilograms(t, "24", now)
	guess.Source = "guessed"
	if err := c.weigh(t, id.New(), animal, guess, 0); !errors.As(err, &bad) || bad.Message("source") == "" {
		t.Errorf("of no known source: %v", err)
	}
	for _, nobodys := range []id.ID{theirs, id.New()} {
		if err := c.weigh(t, id.New(), nobodys, kilograms(t, "24", now), 0); !errors.Is(err, fault.Missing) {
			t.Errorf("of another clinic's patient: %v", err)
		}
	}
	row := id.New()
	if err := other.weigh(t, row, theirs, kilograms(t, "24", now), 0); err != nil {
		t.Fatal(err)
	}
	for _, nobodys := range []id.ID{row, id.New()} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := registry.StrikeWeight(ctx, tx, c.Keys, nobodys)
			return err
		})
		if !errors.Is(err, fault.Missing) {
			t.Errorf("striking another clinic's weight: %v", err)
		}
	}
	if got := c.weights(t, theirs); len(got) != 0 {
		t.Errorf("another clinic's series: %v", got)
	}
	if got := other.weights(t, theirs); len(got) != 1 || !got[0].Stands() {
		t.Errorf("their own series: %v", got)
	}
	// The database too refuses a weight of another clinic's patient.
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertWeight(ctx, db.InsertWeightParams{
			TenantID: tx.Tenant, ID: id.New(), PatientID: theirs, At: now, Grams: 1, Entered: "1", Unit: "g", Source: "measured", RecordedAt: now,
		})
	})
	if !db.Violates(err, "weights_tenant_id_patient_id_fkey") {
		t.Errorf("a weight of another clinic's patient in the database: %v", err)
	}
}
