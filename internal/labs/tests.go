package labs

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Test is one thing that is measured.
type Test struct {
	Name string `json:"name"`
	Unit string `json:"unit"` // "" for a plain number
	// Decimals is how many digits its ranges and values have after the point at the least.
	Decimals int     `json:"decimals"`
	Ranges   []Range `json:"ranges,omitempty"` // one a species
}

// Range is where the clinic expects a test of a species. An end it does not have is nil.
type Range struct {
	Species string  `json:"species"`
	Low     *Number `json:"low,omitempty"`
	High    *Number `json:"high,omitempty"`
	Source  string  `json:"source,omitempty"` // whose range it is
}

// TestRow is a test as stored. A zero EndedAt says that it is made.
type TestRow struct {
	ID id.ID
	Test
	Version int64
	EndedAt time.Time
}

// Range is that of a species, with no ends where there is none.
func (t Test) Range(species string) Range {
	for _, r := range t.Ranges {
		if r.Species == species {
			return r
		}
	}
	return Range{Species: species}
}

// Tests are those of the clinic by name, with their ranges for a species, or for all where it is "". Those the clinic
// no longer makes are among them if asked.
func Tests(ctx context.Context, tx *db.Tx, species string, ended bool) ([]TestRow, error) {
	var rows []db.ListLabTestsRow
	var ranges []db.ListLabRangesForRow
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = tx.ListLabTests(ctx, db.ListLabTestsParams{TenantID: tx.Tenant, Ended: ended})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			ranges, err = tx.ListLabRangesFor(ctx, db.ListLabRangesForParams{TenantID: tx.Tenant, Species: species})
			return err
		},
	)
	if err != nil {
		return nil, fmt.Errorf("reading the lab tests: %w", err)
	}
	by := map[id.ID][]Range{}
	for _, r := range ranges {
		by[r.TestID] = append(by[r.TestID], rangeOf(r.Species, r.Low, r.High, r.Source))
	}
	out := make([]TestRow, len(rows))
	for i, r := range rows {
		out[i] = testOf(db.GetLabTestRow(r))
		out[i].Ranges = by[r.ID]
	}
	return out, nil
}

// OpenTest reads one test with its ranges. It gives fault.Missing.
func OpenTest(ctx context.Context, tx *db.Tx, test id.ID) (t TestRow, err error) {
	var ranges []db.ListLabRangesRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetLabTest(ctx, db.GetLabTestParams{TenantID: tx.Tenant, ID: test})
			t = testOf(r)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			ranges, err = tx.ListLabRanges(ctx, db.ListLabRangesParams{TenantID: tx.Tenant, TestID: test})
			return err
		},
	)
	for _, r := range ranges {
		t.Ranges = append(t.Ranges, rangeOf(r.Species, r.Low, r.High, r.Source))
	}
	return t, db.Missing(err, "reading a lab test")
}

func rangeOf(species string, low, high *int64, source string) Range {
	return Range{Species: species, Low: (*Number)(low), High: (*Number)(high), Source: source}
}

func testOf(r db.GetLabTestRow) TestRow {
	t := TestRow{ID: r.ID, Version: r.Version, Test: Test{Name: r.Name, Unit: r.Unit, Decimals: int(r.Decimals)}}
	if r.EndedAt != nil {
		t.EndedAt = r.EndedAt.UTC()
	}
	return t
}

// tidy gives the test as it is kept, and the mistakes: name, unit, decimals, and low- or source- with a species.
func (t Test) tidy() (Test, fault.Fields) {
	var bad fault.Fields
	t.Name = plain.Words(&bad, "name", t.Name, "Enter what it is called", 80)
	t.Unit = plain.Words(&bad, "unit", t.Unit, "", 20)
	if t.Decimals < 0 || t.Decimals > places {
		bad.Add("decimals", "Enter how many digits follow the point, 0 to 4")
	}
	var kept []Range
	seen := map[string]bool{}
	for _, r := range t.Ranges {
		r.Source = plain.Words(&bad, "source-"+r.Species, r.Source, "", 200)
		switch {
		case seen[r.Species]:
			bad.Add("low-"+r.Species, "This species is here twice")
		case r.Low != nil && r.High != nil && *r.High < *r.Low:
			bad.Add("low-"+r.Species, "Enter the range from low to high")
		case r.Low == nil && r.High == nil && r.Source != "":
			bad.Add("low-"+r.Species, "Enter the range this source gives")
		case r.Low == nil && r.High == nil:
			continue
		}
		seen[r.Species] = true
		kept = append(kept, r)
	}
	t.Ranges = kept
	return t, bad
}

// AddTest adds a test under an id that came with the form. It gives ErrAlreadyThere for a second sending,
// fault.Missing for an unknown species, and fault.Fields.
func AddTest(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, t Test) error {
	t, bad := t.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	err := tx.InsertLabTest(ctx, db.InsertLabTestParams{TenantID: tx.Tenant, ID: row, Name: t.Name, Unit: t.Unit, Decimals: int32(t.Decimals)})
	if db.Violates(err, "lab_tests_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding a lab test: %w", err)
	}
	if err := addRanges(ctx, tx, row, t.Ranges); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "lab-test", ObjectID: row, Group: group, After: t})
}

func addRanges(ctx context.Context, tx *db.Tx, test id.ID, ranges []Range) error {
	for _, r := range ranges {
		err := tx.InsertLabRange(ctx, db.InsertLabRangeParams{
			TenantID: tx.Tenant, TestID: test, Species: r.Species, Low: (*int64)(r.Low), High: (*int64)(r.High), Source: r.Source,
		})
		if db.Violates(err, "lab_ranges_species_fkey") {
			return fault.Missing
		}
		if err != nil {
			return fmt.Errorf("keeping a range of lab test %s: %w", test, err)
		}
	}
	return nil
}

// ChangeTest saves a test that the form showed at a version. Results keep the range they were shown with. It gives
// ErrChanged, fault.Missing and fault.Fields.
func ChangeTest(ctx context.Context, tx *db.Tx, keys *vault.Clinic, test id.ID, version int64, t Test) error {
	t, bad := t.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := OpenTest(ctx, tx, test)
	if err != nil {
		return err
	}
	n, err := tx.UpdateLabTest(ctx, db.UpdateLabTestParams{TenantID: tx.Tenant, ID: test, Version: version, Name: t.Name, Unit: t.Unit, Decimals: int32(t.Decimals)})
	if err != nil {
		return fmt.Errorf("saving a lab test: %w", err)
	}
	if n == 0 {
		return ErrChanged
	}
	if err := tx.DeleteLabRanges(ctx, db.DeleteLabRangesParams{TenantID: tx.Tenant, TestID: test}); err != nil {
		return fmt.Errorf("replacing the ranges of lab test %s: %w", test, err)
	}
	if err := addRanges(ctx, tx, test, t.Ranges); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "lab-test", ObjectID: test, Group: group, Before: was.Test, After: t})
}

// EndTest takes a test off the list. Ending it twice does nothing more. It gives fault.Missing.
func EndTest(ctx context.Context, tx *db.Tx, keys *vault.Clinic, test id.ID) error {
	was, err := OpenTest(ctx, tx, test)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := tx.EndLabTest(ctx, db.EndLabTestParams{TenantID: tx.Tenant, ID: test, EndedAt: &now})
	if err != nil {
		return fmt.Errorf("ending a lab test: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "lab-test", ObjectID: test, Group: group, Before: was.Test})
}
