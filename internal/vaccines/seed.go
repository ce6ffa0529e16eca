package vaccines

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

// What a clinic begins with: a list of invented vaccines of the usual kinds, which each clinic makes its own.
//
//go:embed data/products.csv
var productsFile []byte

type seedProduct struct {
	Product
	price string // the code of what is charged
}

var readProducts = sync.OnceValues(func() ([]seedProduct, error) {
	lines, err := csv.NewReader(bytes.NewReader(productsFile)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the vaccines that clinics begin with: %w", err)
	}
	var out []seedProduct
	for _, f := range lines[1:] {
		p := seedProduct{Product: Product{Name: f[0], Manufacturer: f[1], Species: strings.Fields(f[2]), Protects: strings.Fields(f[3]), Route: f[9], Volume: f[10]}, price: f[11]}
		for i, into := range []*int{&p.Months, &p.FirstDoses, &p.FirstWeeks, &p.FirstMonths, &p.MinWeeks} {
			if *into, err = strconv.Atoi(f[4+i]); err != nil {
				return nil, fmt.Errorf("reading the vaccine %s: %w", f[0], err)
			}
		}
		out = append(out, p)
	}
	return out, nil
})

// Seed gives a clinic its first vaccines, priced by the price list where that has the code, and the series of its
// certificates. A clinic that has a series keeps what it has.
func Seed(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	n, err := tx.InsertCertificateSeries(ctx, db.InsertCertificateSeriesParams{TenantID: tx.Tenant, ID: id.New(), Prefix: "VC-"})
	if err != nil {
		return fmt.Errorf("setting up certificates: %w", err)
	}
	if n == 0 {
		return nil
	}
	list, err := readProducts()
	if err != nil {
		return err
	}
	for _, p := range list {
		items, err := tx.ListPriceItemsOfCode(ctx, db.ListPriceItemsOfCodeParams{TenantID: tx.Tenant, Typed: p.price})
		if err != nil {
			return fmt.Errorf("looking for the price of a vaccine: %w", err)
		}
		if len(items) > 0 {
			p.Item = items[0].ID
		}
		if err := AddProduct(ctx, tx, keys, id.New(), p.Product); err != nil {
			return err
		}
	}
	return nil
}
