package pharmacy

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/packs"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Label is what stands on one, every word of it.
type Label struct {
	Clinic      string `json:"clinic"`
	Address     string `json:"address"`
	Phone       string `json:"phone"`
	Prescriber  string `json:"prescriber"`
	Name        string `json:"name"`
	Ingredients string `json:"ingredients"`
	Strength    string `json:"strength"`
	Quantity    string `json:"quantity"`
	Directions  string `json:"directions"`
	Cautions    string `json:"cautions,omitempty"`
	// Fixed are the words that the jurisdictions ask for on every label.
	Fixed      []string `json:"fixed"`
	Withdrawal string   `json:"withdrawal,omitempty"`
	OffLicence string   `json:"off_licence,omitempty"`
	Animal     string   `json:"animal"`
	Species    string   `json:"species"`
	Client     string   `json:"client"`
	Street     string   `json:"street"`
	Date       string   `json:"date"`
	Batch      string   `json:"batch"`
	Expiry     string   `json:"expiry"`
	Refills    string   `json:"refills,omitempty"`
	// Packs is the version of the rules it was checked against.
	Packs string `json:"packs"`
	food  bool
}

// Lack is a field that a label must have and does not, with the law that asks for it.
type Lack struct{ Field, Words, Citation string }

// lackWords say what is missing, and where it is entered.
var lackWords = map[string]string{
	"clinic": "the name of the clinic", "address": "the address of the clinic (Practice, Letterhead)", "phone": "the telephone of the clinic (Practice, Letterhead)",
	"prescriber": "the name of the veterinarian", "animal": "the name of the animal", "species": "the species", "client": "the name of the owner",
	"client-address": "the address of the owner", "date": "the date", "ingredients": "the established name of each ingredient (drug list)",
	"strength": "the strength (drug list)", "quantity": "the quantity", "directions": "the directions", "batch": "the batch", "expiry": "the expiry",
	"withdrawal": "the days until meat and milk are eaten",
}

// values are the fields of a label by the names that the rules have for them.
func (l Label) values() map[string]string {
	withdrawal := l.Withdrawal
	if !l.food {
		withdrawal = "none needed"
	}
	return map[string]string{
		"clinic": l.Clinic, "address": l.Address, "phone": l.Phone, "prescriber": l.Prescriber, "animal": l.Animal, "species": l.Species, "client": l.Client,
		"client-address": l.Street, "date": l.Date, "ingredients": l.Ingredients, "strength": l.Strength, "quantity": l.Quantity, "directions": l.Directions,
		"batch": l.Batch, "expiry": l.Expiry, "withdrawal": withdrawal,
	}
}

// Lacks are the fields that the rules of a place ask for and a label has not. A field no release knows is lacking.
func (l Label) Lacks(at Place) (out []Lack) {
	have := l.values()
	for _, r := range at.rules("label").Every("field") {
		if have[r.Value] != "" {
			continue
		}
		w := lackWords[r.Value]
		if w == "" {
			w = r.Value
		}
		out = append(out, Lack{r.Value, w, r.Citation})
	}
	return out
}

// Printed is one printing of a label. Instants are UTC.
type Printed struct {
	ID, Supply, Prescription, Patient id.ID
	Number                            int // above 1 for a reprint
	Label
	At time.Time
	By id.ID
}

// Issuer is what a label needs to know of the clinic and its people.
type Issuer struct {
	Clinic string
	// Name is a person's as it stands on paper.
	Name func(person id.ID) string
}

// Compose puts the label of a supply together as it would be printed now. It gives fault.Missing where there is no such
// supply.
func Compose(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, by Issuer, supply id.ID) (l Label, p Prescription, err error) {
	row, err := tx.GetSupply(ctx, db.GetSupplyParams{TenantID: tx.Tenant, ID: supply})
	if err := db.Missing(err, "reading a supply"); err != nil {
		return l, p, err
	}
	s, err := suppliedOf(keys, row)
	if err != nil {
		return l, p, err
	}
	if p, err = Open(ctx, tx, keys, s.Prescription); err != nil {
		return l, p, err
	}
	var animal registry.PatientView
	var head practice.Letterhead
	var kinds []registry.Species
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			animal, err = registry.OpenPatient(ctx, tx, keys, p.Patient)
			return err
		},
		practice.Loading(&head, keys),
		func(ctx context.Context, tx *db.Tx) (err error) {
			kinds, err = registry.ListSpecies(ctx, tx)
			return err
		},
	)
	if err != nil {
		return l, p, err
	}
	rules := at.rules("label")
	l = Label{
		Clinic: by.Clinic, Address: strings.Join(head.AddressLines(), ", "), Phone: head.Phone, Prescriber: by.Name(p.SignedBy), Name: p.Name, Ingredients: strings.Join(p.Ingredients, ", "),
		Strength: p.Strength, Quantity: s.Quantity.String() + " " + Counted(s.Quantity, p.Unit), Directions: p.Directions, Cautions: p.Cautions,
		Animal: animal.Called(), Date: s.Day.Format(dayForm), Batch: s.Batch, Expiry: s.Expiry, Packs: packs.Version(), food: p.Food,
	}
	for _, k := range kinds {
		if k.Code == animal.Species {
			l.Species = strings.ToLower(k.Name)
		}
	}
	if o, ok := animal.Owner(); ok {
		l.Client, l.Street = o.Name(), address(o.Client)
	}
	for _, r := range rules.Every("words") {
		l.Fixed = append(l.Fixed, r.Value)
	}
	if r, ok := rules.Row("off_licence"); ok && p.OffLicence {
		l.OffLicence = r.Value
	}
	if p.Food && p.Meat != nil && p.Milk != nil {
		l.Withdrawal = fmt.Sprintf("Do not eat meat for %s, do not use milk for %s after the last dose.", days(*p.Meat), days(*p.Milk))
	}
	switch left := p.Supplies - s.Number; {
	case left == 1:
		l.Refills = "1 more supply"
	case left > 1:
		l.Refills = strconv.Itoa(left) + " more supplies"
	}
	return l, p, nil
}

const dayForm = "02-Jan-2006"

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func address(c registry.Client) string {
	var parts []string
	for _, part := range []string{c.Street, strings.TrimSpace(c.City + " " + c.Postcode), c.Region} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// ErrLacks says that a label lacks what it must have; what it is, Compose and Lacks tell.
var ErrLacks = fault.New(fault.Conflict, "This label lacks something it must have. Nothing was printed.")

// Print keeps a printing of a supply's label under an id that came with the form, with every word that stands on it. A
// second one is a reprint. It gives ErrAlreadyThere for a second sending, ErrLacks, and fault.Missing.
func Print(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, by Issuer, row, supply id.ID) error {
	l, p, err := Compose(ctx, tx, keys, at, by, supply)
	if err != nil {
		return err
	}
	if len(l.Lacks(at)) > 0 {
		return ErrLacks
	}
	// Held, so that of two printings at once the second is the reprint.
	if _, _, err := hold(ctx, tx, p.ID); err != nil {
		return err
	}
	before, err := tx.ListLabels(ctx, db.ListLabelsParams{TenantID: tx.Tenant, SupplyID: supply})
	if err != nil {
		return fmt.Errorf("reading the labels of a supply: %w", err)
	}
	text, err := keys.SealJSON(slot("prescription_labels", groupLabel, row), l)
	if err != nil {
		return err
	}
	number := int32(len(before)) + 1
	err = tx.InsertLabel(ctx, db.InsertLabelParams{
		TenantID: tx.Tenant, ID: row, SupplyID: supply, Number: number, Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	})
	if db.Violates(err, "prescription_labels_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("keeping a label: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "label", ObjectID: row, IDs: []id.ID{supply, p.ID, p.Patient}, Group: groupLabel, After: l,
	})
}

// OpenLabel reads a label as it was printed. It gives fault.Missing where there is none in this clinic.
func OpenLabel(ctx context.Context, tx *db.Tx, keys *vault.Clinic, label id.ID) (Printed, error) {
	r, err := tx.GetLabel(ctx, db.GetLabelParams{TenantID: tx.Tenant, ID: label})
	if err := db.Missing(err, "reading a label"); err != nil {
		return Printed{}, err
	}
	p := Printed{ID: r.ID, Supply: r.SupplyID, Prescription: r.PrescriptionID, Patient: r.PatientID, Number: int(r.Number), At: r.At.UTC(), By: r.ByID}
	return p, keys.OpenJSON(slot("prescription_labels", groupLabel, label), r.Sealed, &p.Label)
}

// PrintedBefore reads how often the label of a supply was printed, the first time first, without its words.
func PrintedBefore(ctx context.Context, tx *db.Tx, supply id.ID) ([]Printed, error) {
	rows, err := tx.ListLabels(ctx, db.ListLabelsParams{TenantID: tx.Tenant, SupplyID: supply})
	if err != nil {
		return nil, fmt.Errorf("reading the labels of a supply: %w", err)
	}
	out := make([]Printed, len(rows))
	for i, r := range rows {
		out[i] = Printed{ID: r.ID, Supply: supply, Number: int(r.Number), At: r.At.UTC(), By: r.ByID}
	}
	return out, nil
}
