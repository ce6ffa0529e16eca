package vaccines

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Product is a vaccine the clinic keeps.
type Product struct {
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer"`
	Species      []string `json:"species"`  // codes of the species it is labelled for
	Protects     []string `json:"protects"` // codes of Diseases
	Course
	MinWeeks int    `json:"min_weeks"` // the age from which it is labelled
	Route    string `json:"route"`     // of Routes
	Volume   string `json:"volume"`    // "1 ml"
	Item     id.ID  `json:"item"`      // what is charged for a dose, zero for nothing
}

// ProductRow is a product as stored. A zero EndedAt says that it is kept.
type ProductRow struct {
	ID id.ID
	Product
	Version int64
	EndedAt time.Time
}

// Products are the vaccines of the clinic by name, those it no longer keeps too if asked.
func Products(ctx context.Context, tx *db.Tx, ended bool) ([]ProductRow, error) {
	rows, err := tx.ListVaccineProducts(ctx, db.ListVaccineProductsParams{TenantID: tx.Tenant, Ended: ended})
	if err != nil {
		return nil, fmt.Errorf("reading the vaccines: %w", err)
	}
	out := make([]ProductRow, len(rows))
	for i, r := range rows {
		out[i] = productOf(db.GetVaccineProductRow(r))
	}
	return out, nil
}

// OpenProduct reads one vaccine. It gives fault.Missing.
func OpenProduct(ctx context.Context, tx *db.Tx, product id.ID) (ProductRow, error) {
	r, err := tx.GetVaccineProduct(ctx, db.GetVaccineProductParams{TenantID: tx.Tenant, ID: product})
	return productOf(r), db.Missing(err, "reading a vaccine")
}

func productOf(r db.GetVaccineProductRow) ProductRow {
	p := ProductRow{ID: r.ID, Version: r.Version, Product: Product{
		Name: r.Name, Manufacturer: r.Manufacturer, Species: strings.Fields(r.Species), Protects: strings.Fields(r.Protects),
		Course:   Course{Months: int(r.Months), FirstDoses: int(r.FirstDoses), FirstWeeks: int(r.FirstWeeks), FirstMonths: int(r.FirstMonths)},
		MinWeeks: int(r.MinWeeks), Route: r.Route, Volume: r.Volume, Item: r.ItemID,
	}}
	if r.EndedAt != nil {
		p.EndedAt = r.EndedAt.UTC()
	}
	return p
}

// tidy gives the product as it is kept, and the mistakes named like the columns.
func (p Product) tidy() (Product, fault.Fields) {
	var bad fault.Fields
	p.Name = plain.Words(&bad, "name", p.Name, "Enter what it is called", 120)
	p.Manufacturer = plain.Words(&bad, "manufacturer", p.Manufacturer, "Enter who makes it", 120)
	if p.Species = codes(p.Species); len(p.Species) == 0 {
		bad.Add("species", "Choose the species it is labelled for")
	}
	if p.Protects = codes(p.Protects); len(p.Protects) == 0 || !slices.ContainsFunc(p.Protects, known) {
		bad.Add("protects", "Choose what it protects against")
	}
	for _, n := range []struct {
		name        string
		value       int
		least, most int
		ask         string
	}{
		{"months", p.Months, 1, 60, "Enter how many months it lasts by its label, 1 to 60"},
		{"first_doses", p.FirstDoses, 1, 6, "Enter how many doses the first course has, 1 to 6"},
		{"first_weeks", p.FirstWeeks, 0, 52, "Enter the weeks between them, 0 to 52"},
		{"first_months", p.FirstMonths, 0, 60, "Enter the months to the first booster, 0 for as long as it lasts"},
		{"min_weeks", p.MinWeeks, 0, 104, "Enter the age in weeks from which it is labelled, 0 to 104"},
	} {
		if n.value < n.least || n.value > n.most {
			bad.Add(n.name, n.ask)
		}
	}
	if p.FirstDoses > 1 && p.FirstWeeks == 0 {
		bad.Add("first_weeks", "Enter the weeks between the doses of the first course")
	}
	if RouteName(p.Route) == p.Route {
		bad.Add("route", "Choose how it is given")
	}
	p.Volume = plain.Words(&bad, "volume", p.Volume, "", 40)
	return p, bad
}

// codes are sorted and each stands once.
func codes(list []string) []string {
	var out []string
	for _, c := range list {
		if c = strings.TrimSpace(c); c != "" {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check holds a product against the list of species and the price list.
func (p Product) check(ctx context.Context, tx *db.Tx) error {
	species, err := tx.ListSpecies(ctx)
	if err != nil {
		return fmt.Errorf("reading the species: %w", err)
	}
	for _, code := range p.Species {
		if !slices.ContainsFunc(species, func(s db.ListSpeciesRow) bool { return s.Code == code }) {
			return fault.Fields{{Name: "species", Message: "Choose from the list of species"}}
		}
	}
	if p.Item.IsZero() {
		return nil
	}
	_, err = billing.OpenItem(ctx, tx, p.Item)
	return err
}

// AddProduct adds a vaccine under an id that came with the form. It gives ErrAlreadyThere for a second sending,
// fault.Missing for an unknown price, and fault.Fields.
func AddProduct(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, p Product) error {
	p, bad := p.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	err := tx.InsertVaccineProduct(ctx, db.InsertVaccineProductParams{
		TenantID: tx.Tenant, ID: row, Name: p.Name, Manufacturer: p.Manufacturer, Species: strings.Join(p.Species, " "), Protects: strings.Join(p.Protects, " "),
		Months: int32(p.Months), FirstDoses: int32(p.FirstDoses), FirstWeeks: int32(p.FirstWeeks), FirstMonths: int32(p.FirstMonths), MinWeeks: int32(p.MinWeeks),
		Route: p.Route, Volume: p.Volume, ItemID: p.Item,
	})
	if db.Violates(err, "vaccine_products_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding a vaccine: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "vaccine", ObjectID: row, Group: group, After: p})
}

// ChangeProduct saves a vaccine that the form showed at a version. Doses given already keep what was due after them. A
// form that says what is saved already is as good as saved, whatever its version. It gives ErrChanged, fault.Missing and
// fault.Fields.
func ChangeProduct(ctx context.Context, tx *db.Tx, keys *vault.Clinic, product id.ID, version int64, p Product) error {
	p, bad := p.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := OpenProduct(ctx, tx, product)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(was.Product, p) {
		return nil
	}
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	n, err := tx.UpdateVaccineProduct(ctx, db.UpdateVaccineProductParams{
		TenantID: tx.Tenant, ID: product, Version: version, Name: p.Name, Manufacturer: p.Manufacturer, Species: strings.Join(p.Species, " "), Protects: strings.Join(p.Protects, " "),
		Months: int32(p.Months), FirstDoses: int32(p.FirstDoses), FirstWeeks: int32(p.FirstWeeks), FirstMonths: int32(p.FirstMonths), MinWeeks: int32(p.MinWeeks),
		Route: p.Route, Volume: p.Volume, ItemID: p.Item,
	})
	if err != nil {
		return fmt.Errorf("saving a vaccine: %w", err)
	}
	if n == 0 {
		return ErrChanged
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "vaccine", ObjectID: product, Group: group, Before: was.Product, After: p})
}

// EndProduct takes a vaccine off the list. Ending it twice does nothing more. It gives fault.Missing.
func EndProduct(ctx context.Context, tx *db.Tx, keys *vault.Clinic, product id.ID) error {
	was, err := OpenProduct(ctx, tx, product)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := tx.EndVaccineProduct(ctx, db.EndVaccineProductParams{TenantID: tx.Tenant, ID: product, EndedAt: &now})
	if err != nil {
		return fmt.Errorf("ending a vaccine: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "vaccine", ObjectID: product, Group: group, Before: was.Product})
}

// BringProductBack puts a vaccine that was taken off the list on it again. Twice does nothing more. It gives
// fault.Missing.
func BringProductBack(ctx context.Context, tx *db.Tx, keys *vault.Clinic, product id.ID) error {
	was, err := OpenProduct(ctx, tx, product)
	if err != nil {
		return err
	}
	n, err := tx.ReturnVaccineProduct(ctx, db.ReturnVaccineProductParams{TenantID: tx.Tenant, ID: product})
	if err != nil {
		return fmt.Errorf("bringing a vaccine back: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "vaccine", ObjectID: product, Group: group, After: was.Product})
}
