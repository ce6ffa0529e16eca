package labs

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// What a clinic begins with: names and units of usual tests, and no range. A range belongs to an analyser and its
// method, so the clinic enters that of its own.
//
//go:embed data/tests.csv
var testsFile []byte

type seedTest struct {
	Test
	panels []string
}

// seedPanels are the panels a clinic begins with: their key in the file, their name, and the code of what is charged.
var seedPanels = []struct{ key, name, price string }{
	{"BIO", "Biochemistry profile", "BLOOD-BIO"}, {"CBC", "Blood count", "BLOOD-CBC"}, {"T4", "Thyroid hormone (T4)", "BLOOD-T4"},
}

var readTests = sync.OnceValues(func() ([]seedTest, error) {
	lines, err := csv.NewReader(bytes.NewReader(testsFile)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the lab tests that clinics begin with: %w", err)
	}
	var out []seedTest
	for _, f := range lines[1:] {
		t := seedTest{Test: Test{Name: f[0], Unit: f[1]}, panels: strings.Fields(f[3])}
		if t.Decimals, err = strconv.Atoi(f[2]); err != nil {
			return nil, fmt.Errorf("reading the lab test %s: %w", f[0], err)
		}
		out = append(out, t)
	}
	return out, nil
})

// Seed gives a clinic its first tests and panels, priced by the price list where that has the code. A clinic that has a
// test keeps what it has.
func Seed(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	had, err := tx.ListLabTests(ctx, db.ListLabTestsParams{TenantID: tx.Tenant, Ended: true})
	if err != nil {
		return fmt.Errorf("looking for lab tests: %w", err)
	}
	if len(had) > 0 {
		return nil
	}
	list, err := readTests()
	if err != nil {
		return err
	}
	of := map[string][]id.ID{}
	for _, t := range list {
		row := id.New()
		if err := AddTest(ctx, tx, keys, row, t.Test); err != nil {
			return err
		}
		for _, p := range t.panels {
			of[p] = append(of[p], row)
		}
	}
	for _, s := range seedPanels {
		p := Panel{Name: s.name, Tests: of[s.key]}
		items, err := tx.ListPriceItemsOfCode(ctx, db.ListPriceItemsOfCodeParams{TenantID: tx.Tenant, Typed: s.price})
		if err != nil {
			return fmt.Errorf("looking for the price of a lab panel: %w", err)
		}
		if len(items) > 0 {
			p.Item = items[0].ID
		}
		if err := AddPanel(ctx, tx, keys, id.New(), p); err != nil {
			return err
		}
	}
	return nil
}
