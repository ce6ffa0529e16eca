package demo

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/labs"
)

// mostTested is how many animals of a sample clinic have lab results.
const mostTested = 5

// sampleRanges are those of the sample clinics, so that results there have flags: made up, and for nobody else.
var sampleRanges = map[string][2]labs.Number{
	"Urea": {30_000, 90_000}, "Creatinine": {450_000, 1_350_000}, "ALT": {100_000, 900_000}, "Glucose": {35_000, 65_000}, "Haematocrit": {3_600, 5_400},
}

// tested gives some of the animals lab results of some months. One waits for a result, one for a reader.
func (d Deps) tested(ctx context.Context, b bookings) error {
	tests, err := d.ranged(ctx, b)
	if err != nil || len(tests) == 0 {
		return err
	}
	made := 0
	for i, p := range b.made.patients {
		if made == mostTested || i == died || p.Species != "dog" && p.Species != "cat" {
			continue
		}
		if err := d.lab(ctx, b, made, p, tests); err != nil {
			return fmt.Errorf("giving a sample animal its lab results: %w", err)
		}
		made++
	}
	return nil
}

// ranged gives the tests of a sample clinic their ranges. Where they have some, there is no more to be made, and none are
// given back.
func (d Deps) ranged(ctx context.Context, b bookings) (tests []labs.TestRow, err error) {
	err = d.Store.Write(ctx, d.as(b.at, b.people["admin"]), func(ctx context.Context, tx *db.Tx) error {
		all, err := labs.Tests(ctx, tx, "", false)
		tests = nil
		for _, t := range all {
			ends, ok := sampleRanges[t.Name]
			if !ok {
				continue
			}
			if len(t.Ranges) > 0 {
				tests = nil
				return nil
			}
			for _, species := range []string{"cat", "dog"} {
				t.Ranges = append(t.Ranges, labs.Range{Species: species, Low: &ends[0], High: &ends[1], Source: "Made up for the sample clinic"})
			}
			if err := labs.ChangeTest(ctx, tx, b.desk.Keys, t.ID, t.Version, t.Test); err != nil {
				return err
			}
			tests = append(tests, t)
		}
		return err
	})
	return tests, err
}

// lab is what the practice before found in some months, and a request of today: nothing came of the first animal's yet,
// nobody has read the second's.
func (d Deps) lab(ctx context.Context, b bookings, n int, p patient, tests []labs.TestRow) error {
	keys, vet, nurse := b.desk.Keys, d.as(b.at, b.people["vet"]), d.as(b.at, b.people["nurse"])
	before, now := b.rowID("labs-before", n), b.rowID("lab", n)
	err := d.Store.Write(ctx, vet, func(ctx context.Context, tx *db.Tx) error {
		old := labs.Request{Patient: p.row, Other: "Results of the practice before", Sample: "Blood", Lab: "Exampleton Animal Clinic"}
		if err := labs.Ask(ctx, tx, keys, before, old, b.day); err != nil {
			return err
		}
		r := labs.Request{Patient: p.row, Sample: "Blood", Why: "Drinks more than it used to", Urgent: n == 0}
		for _, t := range tests {
			r.Tests = append(r.Tests, t.ID)
		}
		return labs.Ask(ctx, tx, keys, now, r, b.day)
	})
	if errors.Is(err, labs.ErrAlreadyThere) {
		return nil
	}
	if err != nil {
		return err
	}
	for k := range 4 {
		request := before
		if k == 3 {
			request = now
		}
		if request == now && n == 0 {
			break
		}
		report := b.rowID("lab-report", n*10+k)
		err := d.Store.Write(ctx, nurse, func(ctx context.Context, tx *db.Tx) error {
			return labs.Result(ctx, tx, keys, report, request, labs.Report{At: tx.Now().AddDate(0, -4*(3-k), 0), Values: b.measured(n*10+k, p.Species, tests)})
		})
		if err != nil {
			return err
		}
		if request == now && n == 1 {
			break
		}
		err = d.Store.Write(ctx, vet, func(ctx context.Context, tx *db.Tx) error {
			_, err := labs.Acknowledge(ctx, tx, keys, report, "")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// measured are values around their ranges, some of them outside.
func (b bookings) measured(n int, species string, tests []labs.TestRow) (out []labs.Value) {
	draws := b.draws(uint64(n))
	for _, t := range tests {
		ends := t.Range(species)
		span, least := int64(*ends.High-*ends.Low), []int64{10_000, 1_000, 100, 10, 1}[t.Decimals]
		value := (int64(*ends.Low) + draws.Int64N(span*3/2) - span/8) / least * least
		out = append(out, labs.Value{Test: t.ID, Name: t.Name, Number: labs.Number(value), Places: t.Decimals, Unit: t.Unit, Low: ends.Low, High: ends.High})
	}
	return out
}
