package web_test

import (
	"context"
	"net/url"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
)

func (h *shop) place() pharmacy.Place {
	return pharmacy.Place{Jurisdictions: []string{"GB"}, Today: h.today()}
}

// newDrug is a drug of 50 mg tablets, for dogs from 2 to 4 mg/kg and never for cats, sold at the price of test tablets.
func (h *shop) newDrug(t *testing.T) id.ID {
	t.Helper()
	row, item := id.New(), h.purse(t).items["T-TAB"].ID
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.AddDrug(ctx, tx, h.keys, row, pharmacy.Drug{
			Name: "Testoprofen 50 mg tablets", Ingredients: []string{"testoprofen"}, Families: []string{"NSAID"}, Strength: "50 mg", Unit: "tablet", Route: "mouth", Micrograms: 50_000,
			Step: money.One / 2, PerItem: money.One, Item: item, Rules: []pharmacy.Rule{{Species: "dog", Low: 2000, High: 4000, Licensed: true}, {Species: "cat", Banned: true}},
		})
	})
	return row
}

// dosed is a dog of 24.6 kg with an owner who has an address.
func (h *shop) dosed(t *testing.T) id.ID {
	t.Helper()
	client, animal := id.New(), id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		err := registry.RegisterClient(ctx, tx, h.keys, client, registry.Client{FirstName: "Helen", LastName: "Quill" + animal.String()[30:], Street: "8 Priory Row", City: "York"})
		if err != nil {
			return err
		}
		err = registry.RegisterPatient(ctx, tx, h.keys, animal, client, registry.Patient{Name: "Pip", Species: "dog", Sex: "male", Neutered: "yes"})
		if err != nil {
			return err
		}
		w, err := registry.ParseWeight("24.6", "kg")
		if err != nil {
			return err
		}
		return registry.AddWeight(ctx, tx, h.keys, id.New(), animal, registry.Weight{Weighed: w, At: tx.Now(), Source: registry.Measured}, w.Grams)
	})
	return animal
}

func course(drug id.ID) pharmacy.Order {
	return pharmacy.Order{Drug: drug, Dose: 1500, Every: 24, Days: 14, Quantity: 21 * money.One, Supplies: 2, Indication: "Stiff hips in the cold"}
}

func (h *shop) prepared(t *testing.T, animal, drug id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Prepare(ctx, tx, h.keys, h.place(), row, animal, course(drug))
	})
	return row
}

func (h *shop) prescribed(t *testing.T, animal, drug id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Sign(ctx, tx, h.keys, h.place(), row, animal, 0, course(drug))
	})
	return row
}

func (h *shop) supplied(t *testing.T, prescription id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Dispense(ctx, tx, h.keys, h.place(), row, prescription, pharmacy.Supply{Quantity: 21 * money.One, Batch: "K2291", Expiry: "11-2040"})
	})
	return row
}

func (h *shop) labelled(t *testing.T, supply id.ID) id.ID {
	t.Helper()
	h.headed(t)
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Print(ctx, tx, h.keys, h.place(), pharmacy.Issuer{Clinic: "Shop", Name: func(id.ID) string { return "Dr Alder" }}, row, supply)
	})
	return row
}

// medicineRow makes the rows of medicine that the matrix asks for.
func (h *shop) medicineRow(t *testing.T, word string, made map[string]string) bool {
	t.Helper()
	switch word {
	case "drug", "dosed", "prepared", "prescription", "supply", "label":
		h.headed(t)
		drug, animal := h.newDrug(t), h.dosed(t)
		prescription := h.prescribed(t, animal, drug)
		supply := h.supplied(t, prescription)
		made["drug"], made["dosed"], made["prepared"] = drug.String(), animal.String(), h.prepared(t, animal, drug).String()
		made["prescription"], made["supply"], made["label"] = prescription.String(), supply.String(), h.labelled(t, supply).String()
	case "unused":
		row := h.newDrug(t)
		h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error { return pharmacy.EndDrug(ctx, tx, h.keys, row) })
		made[word] = row.String()
	default:
		return false
	}
	return true
}

// orderForm is what the form of a prescription sends.
func orderForm() url.Values {
	return url.Values{"drug": {"{drug}"}, "dose": {"1.5"}, "every": {"24"}, "days": {"14"}, "supplies": {"2"}, "indication": {"Stiff"}}
}

// drugForm is what the form of a drug sends.
func drugForm() url.Values {
	return url.Values{
		"name": {"Testoprofen 50 mg tablets"}, "ingredients": {"testoprofen"}, "strength": {"50 mg"}, "unit": {"tablet"}, "route": {"mouth"}, "milligrams": {"50"}, "step": {"0.5"},
		"per_item": {"1"}, "low-dog": {"2"}, "high-dog": {"4"}, "source-dog": {"Read"},
	}
}

// newCat is a cat of 4.1 kg.
func (h *shop) newCat(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		err := registry.RegisterPatient(ctx, tx, h.keys, row, id.ID{}, registry.Patient{Name: "Mog", Species: "cat", Sex: "male", Neutered: "yes"})
		if err != nil {
			return err
		}
		w, err := registry.ParseWeight("4.1", "kg")
		if err != nil {
			return err
		}
		return registry.AddWeight(ctx, tx, h.keys, id.New(), row, registry.Weight{Weighed: w, At: tx.Now(), Source: registry.Measured}, w.Grams)
	})
	return row
}
