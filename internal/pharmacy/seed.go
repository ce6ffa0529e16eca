package pharmacy

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"sync"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// The drugs a clinic begins with, by their generic names, and what holds for each species. Nothing of it counts as
// checked: each clinic reads the sources and makes the list its own.
var (
	//go:embed data/drugs.csv
	drugsFile []byte
	//go:embed data/species.csv
	speciesFile []byte
)

type startDrug struct {
	Drug
	code string // of the price list
}

var readStart = sync.OnceValues(func() (out []startDrug, err error) {
	at := map[string]int{}
	err = eachLine(drugsFile, func(f []string) error {
		d := startDrug{code: f[8], Drug: Drug{
			Name: f[0], Ingredients: Listed(f[1]), Families: Listed(f[2]), Strength: f[3], Unit: f[4], Route: f[5], Cautions: f[10],
		}}
		micro, err := money.ParseQuantity(f[6]) // thousandths of a milligram
		if err != nil {
			return err
		}
		d.Micrograms = int64(micro)
		if d.Step, err = money.ParseQuantity(f[7]); err != nil {
			return err
		}
		at[d.Name], out = len(out), append(out, d)
		out[at[d.Name]].PerItem, err = money.ParseQuantity(f[9])
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, eachLine(speciesFile, func(f []string) error {
		n, ok := at[f[0]]
		if !ok {
			return fmt.Errorf("no drug is called %q", f[0])
		}
		r := Rule{Species: f[1], Banned: f[2] == "yes", Licensed: f[5] == "yes", Source: f[6]}
		for i, into := range []*int64{&r.Low, &r.High} {
			if f[3+i] == "" {
				continue
			}
			micro, err := money.ParseQuantity(f[3+i])
			if err != nil {
				return err
			}
			*into = int64(micro)
		}
		out[n].Rules = append(out[n].Rules, r)
		return nil
	})
})

func eachLine(file []byte, do func(fields []string) error) error {
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		return fmt.Errorf("reading the drugs clinics begin with: %w", err)
	}
	for _, f := range lines[1:] {
		if err := do(f); err != nil {
			return fmt.Errorf("reading the drugs clinics begin with, %s: %w", f[0], err)
		}
	}
	return nil
}

// Seed gives a clinic that has no drug list the one it begins with, each drug tied to the item of its price list that
// still has the usual code.
func Seed(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	list, err := readStart()
	if err != nil {
		return err
	}
	have, err := List(ctx, tx, true)
	if err != nil || len(have) > 0 {
		return err
	}
	for _, d := range list {
		if d.code != "" {
			found, err := tx.ListPriceItemsOfCode(ctx, db.ListPriceItemsOfCodeParams{TenantID: tx.Tenant, Typed: d.code})
			if err != nil {
				return fmt.Errorf("looking for the price of %s: %w", d.Name, err)
			}
			if len(found) > 0 {
				d.Item = found[0].ID
			}
		}
		d.Rules = append([]Rule(nil), d.Rules...)
		if err := AddDrug(ctx, tx, keys, id.New(), d.Drug); err != nil {
			return err
		}
	}
	return nil
}
