package web_test

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
)

// cooler is what a shop vaccinates with.
type cooler struct{ rabies vaccines.ProductRow }

var (
	coolers     = map[*shop]*cooler{}
	coolersHeld sync.Mutex
)

// cooler sets the shop's up once: vaccines, an address and a licence of its vet.
func (h *shop) cooler(t *testing.T) *cooler {
	t.Helper()
	h.purse(t)
	coolersHeld.Lock()
	defer coolersHeld.Unlock()
	if c := coolers[h]; c != nil {
		return c
	}
	c := &cooler{}
	h.headed(t)
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		if err := vaccines.Seed(ctx, tx, h.keys); err != nil {
			return err
		}
		if err := registry.SetLicence(ctx, tx, h.keys, h.people[access.Veterinarian].ID, "MRCVS 4711"); err != nil {
			return err
		}
		list, err := vaccines.Products(ctx, tx, false)
		for _, p := range list {
			if p.Name == "Samplevac Rabies 3" {
				c.rabies = p
			}
		}
		return err
	})
	coolers[h] = c
	return c
}

// vaccinated is a dog of its own with a rabies dose that can be certified.
func (h *shop) vaccinated(t *testing.T) (dose, animal id.ID) {
	t.Helper()
	c := h.cooler(t)
	client := id.New()
	dose, animal = id.New(), id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		err := registry.RegisterClient(ctx, tx, h.keys, client, registry.Client{
			FirstName: "Quill", LastName: "Ward", Street: "3 Tanner Court", City: "York", Postcode: "YO1 6XX", Phones: []registry.Phone{{Number: "07700 900734"}},
		})
		if err != nil {
			return err
		}
		born := registry.Birth{On: h.today().AddDate(-2, 0, 0), Precision: registry.ToDay}
		if err := registry.RegisterPatient(ctx, tx, h.keys, animal, client, registry.Patient{Name: "Pippin", Species: "dog", Breed: "Whippet", Sex: "female", Neutered: "no", Colour: "fawn", Born: born}); err != nil {
			return err
		}
		vet := h.people[access.Veterinarian].ID
		return vaccines.Record(ctx, tx, h.keys, dose, vaccines.Dose{
			Patient: animal, Product: c.rabies.ID, On: h.today().AddDate(0, -1, 0), Lot: "R88-41", Expiry: h.today().AddDate(2, 0, 0), Site: "Right hind leg", Giver: vet, Vet: vet,
		}, []string{"GB"}, h.today())
	})
	return dose, animal
}

// certified is a certificate over such a dose, with its code.
func (h *shop) certified(t *testing.T) (certificate, dose id.ID, code string) {
	t.Helper()
	dose, _ = h.vaccinated(t)
	certificate = id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		err := vaccines.Issue(ctx, tx, h.keys, certificate, vaccines.NewCertificate{
			Dose: dose, Size: "middle", Clinic: "Elm", Vet: h.people[access.Veterinarian].Name, Country: "GB", Today: h.today(),
		})
		if err != nil {
			return err
		}
		c, err := vaccines.OpenCertificate(ctx, tx, h.keys, certificate)
		code = c.Certificate.Code
		return err
	})
	return certificate, dose, code
}

// vaccineRow makes the rows of vaccinations that the matrix asks for.
func (h *shop) vaccineRow(t *testing.T, word string, made map[string]string) bool {
	t.Helper()
	switch word {
	case "dose":
		dose, _ := h.vaccinated(t)
		made[word] = dose.String()
	case "certificate", "proof":
		certificate, _, code := h.certified(t)
		made["certificate"], made["proof"] = certificate.String(), code
	case "vaccine", "unkept":
		h.cooler(t)
		row := id.New()
		h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
			p := h.cooler(t).rabies.Product
			p.Name = "Samplevac " + row.String()[24:]
			err := vaccines.AddProduct(ctx, tx, h.keys, row, p)
			if err == nil && word == "unkept" {
				err = vaccines.EndProduct(ctx, tx, h.keys, row)
			}
			return err
		})
		made[word] = row.String()
	case "nurse":
		made[word] = h.people[access.Nurse].ID.String()
	case "signer":
		made[word] = h.people[access.Veterinarian].ID.String()
	default:
		return false
	}
	return true
}

func vaccineForm() url.Values {
	return url.Values{
		"name": {"Samplevac Plus"}, "manufacturer": {"Sample Biologicals"}, "species": {"dog", "cat"}, "protects": {"rabies"}, "months": {"12"}, "min_weeks": {"12"},
		"first_doses": {"1"}, "first_weeks": {"0"}, "first_months": {"12"}, "route": {"under-skin"}, "volume": {"1 ml"},
	}
}
