package demo

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
)

// mostMedicines is how many animals of a sample clinic have medicines.
const mostMedicines = 6

// medicines gives some of the animals that are weighed a prescription: one of them is still to be signed, some have been
// supplied, one is stopped. A clinic where one of them has had some has had them all.
func (d Deps) medicines(ctx context.Context, b bookings) error {
	var at pharmacy.Place
	admin := d.as(b.at, b.people["admin"])
	var drugs map[string]pharmacy.DrugRow
	err := d.Store.Write(ctx, admin, func(ctx context.Context, tx *db.Tx) error {
		drugs = nil
		for _, p := range b.made.patients {
			if had, err := pharmacy.Prescriptions(ctx, tx, b.desk.Keys, p.row); err != nil || len(had) > 0 {
				return err
			}
		}
		list, err := pharmacy.List(ctx, tx, false)
		if err != nil {
			return err
		}
		drugs = map[string]pharmacy.DrugRow{}
		for _, one := range list {
			drugs[one.Name] = one
		}
		at, err = pharmacy.At(ctx, tx, b.desk.Keys, b.Country, b.day)
		return err
	})
	if err != nil || drugs == nil {
		return err
	}
	made := 0
	for i, p := range b.made.patients {
		if made == mostMedicines || i == died || p.Species != "dog" && p.Species != "cat" {
			continue
		}
		ok, err := d.medicine(ctx, b, at, made, p, drugs)
		if err != nil {
			return fmt.Errorf("giving a sample animal its medicine: %w", err)
		}
		if ok {
			made++
		}
	}
	return nil
}

// medicine prescribes for one animal; ok is false for one that no dose fits, or whose weight is old.
func (d Deps) medicine(ctx context.Context, b bookings, at pharmacy.Place, n int, p patient, drugs map[string]pharmacy.DrugRow) (ok bool, err error) {
	name := pick(b.draws(uint64(n)), "Meloxicam 1.5 mg/ml oral suspension", "Prednisolone 5 mg tablets")
	if p.Species == "cat" {
		name = "Prednisolone 5 mg tablets"
	}
	keys, vet, nurse := b.desk.Keys, d.as(b.at, b.people["vet"]), d.as(b.at, b.people["nurse"])
	row := b.rowID("prescription", n)
	err = d.Store.Write(ctx, vet, func(ctx context.Context, tx *db.Tx) error {
		ok = false
		e, err := pharmacy.Examine(ctx, tx, keys, at, p.row, drugs[name].ID, 0)
		if err != nil || e.Suggested == 0 || e.Gravest() != "" || e.Patient.Status == registry.Deceased {
			return err
		}
		o := pharmacy.Order{
			Drug: drugs[name].ID, Dose: e.Suggested, Every: 24, Days: 14, Quantity: pharmacy.Needed(e.Suggested, 24, 14), Supplies: 1 + n%3, Indication: "Stiff after rest",
		}
		ok = true
		if n == 0 {
			return pharmacy.Prepare(ctx, tx, keys, at, row, p.row, o)
		}
		return pharmacy.Sign(ctx, tx, keys, at, row, p.row, 0, o)
	})
	if errors.Is(err, pharmacy.ErrAlreadyThere) {
		return true, nil
	}
	if err != nil || !ok || n%2 == 0 {
		return ok, err
	}
	if n == mostMedicines-1 {
		return true, d.Store.Write(ctx, vet, func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.Stop(ctx, tx, keys, b.rowID("stop", n), row, "Vomits on it")
		})
	}
	if drugs[name].Item.IsZero() {
		return true, nil
	}
	return true, d.Store.Write(ctx, nurse, func(ctx context.Context, tx *db.Tx) error {
		given, err := pharmacy.Open(ctx, tx, keys, row)
		if err != nil {
			return err
		}
		owner, err := registry.OpenClient(ctx, tx, keys, p.owner)
		if err != nil {
			return err
		}
		if owner.Street == "" { // it stands on the label
			owner.Street, owner.City, owner.Postcode = fmt.Sprintf("%d Priory Row", 2+3*n), "Exampleton", "EX1 7QQ"
			if err := registry.EditClient(ctx, tx, keys, p.owner, owner.Version, owner.Client); err != nil {
				return err
			}
		}
		expiry := at.Today.AddDate(1, 0, 0).Format("01-2006")
		return pharmacy.Dispense(ctx, tx, keys, at, b.rowID("supply", n), row, pharmacy.Supply{Quantity: min(given.Quantity, 1000*money.One), Batch: fmt.Sprintf("K%d", 2291+n), Expiry: expiry})
	})
}
