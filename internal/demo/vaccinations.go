package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/tenancy"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// invented are postcodes that nobody has, by country.
var invented = map[string]string{"GB": "ZZ9 9ZZ", "IE": "Z00 ZZ00", "US": "00000"}

// place is the town of a sample clinic, called like its host.
func (c Clinic) place() string { return strings.ToUpper(c.Label[:1]) + c.Label[1:] }

// vaccinations gives dogs, cats and rabbits doses of the last years, so that some are due and some overdue, and one
// dog a certificate. It is one transaction, and left out where it is done.
func (d Deps) vaccinations(ctx context.Context, c Clinic, s sample, at tenancy.Clinic, people map[string]id.ID, keys *vault.Clinic) error {
	today := scheduling.DayOf(d.Store.Now(), at.Zone())
	return d.Store.Write(ctx, d.as(at, people["vet"]), func(ctx context.Context, tx *db.Tx) error {
		licence, err := registry.LicenceOf(ctx, tx, keys, people["vet"])
		if err != nil || licence != "" {
			return err
		}
		if err := registry.SetLicence(ctx, tx, keys, people["vet"], fmt.Sprintf("%s %05d", c.Country, c.seed%100_000)); err != nil {
			return err
		}
		products, err := vaccines.Products(ctx, tx, false)
		if err != nil {
			return err
		}
		return c.inject(ctx, tx, keys, s, products, people, today)
	})
}

// inject writes the doses, and the certificate over the first that can have one.
func (c Clinic) inject(ctx context.Context, tx *db.Tx, keys *vault.Clinic, s sample, products []vaccines.ProductRow, people map[string]id.ID, today time.Time) error {
	r := c.draws(0x76616363)
	n, certified := 0, false
	for i, p := range s.patients {
		days, times := 20+r.IntN(430), 1+r.IntN(3)
		if i == died || r.IntN(5) == 0 {
			continue
		}
		for _, product := range products {
			if !slices.Contains(product.Species, p.Species) || product.Name == "Samplevac Rabies 1" || r.IntN(4) == 0 {
				continue
			}
			for k := times - 1; k >= 0; k-- {
				on := today.AddDate(-k, 0, -days)
				if p.Born.Known() && on.Before(p.Born.On.AddDate(0, 4, 0)) {
					continue
				}
				dose := vaccines.Dose{
					Patient: p.row, Product: product.ID, Booster: k < times-1, On: on, Lot: fmt.Sprintf("S%03d-%c", r.IntN(900), 'A'+rune(r.IntN(20))), Expiry: on.AddDate(1, r.IntN(9), 0),
					Site: pick(r, "Right hind leg", "Left hind leg", "Between the shoulder blades"), Giver: people[pick(r, "nurse", "vet")], Vet: people["vet"],
				}
				if k == 2 { // the oldest is known from a passport
					dose = vaccines.Dose{Patient: p.row, Product: product.ID, Historical: true, Source: "Passport", On: on}
				}
				row := c.rowID("dose", n)
				n++
				if err := vaccines.RecordPast(ctx, tx, keys, row, dose, []string{c.Country}, today); err != nil {
					return fmt.Errorf("giving a sample vaccine: %w", err)
				}
				if certified || k > 0 || p.Species != "dog" || product.Name != "Samplevac Rabies 3" || !p.Born.Known() || dose.Historical {
					continue
				}
				err := vaccines.Issue(ctx, tx, keys, c.rowID("certificate", 0), vaccines.NewCertificate{
					Dose: row, Size: "middle", Clinic: c.Name, Vet: c.vet(), Country: c.Country, Today: today,
				})
				certified = err == nil
				if _, no := errors.AsType[*vaccines.NotReady](err); err != nil && !no {
					return err
				}
			}
		}
	}
	return nil
}

// vet is what the sample clinic's vet is called.
func (c Clinic) vet() string {
	for _, p := range c.People {
		if p.Job == "vet" {
			return p.Name
		}
	}
	return ""
}
