package vaccines

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/packs"
	"paddock/internal/registry"
)

// Check is one thing looked at before a certificate is issued.
type Check struct {
	Words string
	OK    bool
	// Warns says that a certificate is issued all the same, and says so.
	Warns bool
}

// Blocked reports whether any check stands against issuing.
func Blocked(list []Check) bool {
	return slices.ContainsFunc(list, func(c Check) bool { return !c.OK && !c.Warns })
}

// NotReady says what stands against issuing. It is a fault of kind Conflict.
type NotReady struct{ Checks []Check }

func (n *NotReady) Error() string { return "a certificate is not ready to be issued" }

// Unwrap gives the fault a person reads.
func (n *NotReady) Unwrap() error {
	for _, c := range n.Checks {
		if !c.OK && !c.Warns {
			return fault.New(fault.Conflict, "No certificate yet. "+c.Words+".")
		}
	}
	return nil
}

// Sizes are those of the form, by weight.
var Sizes = []struct {
	Code, Name string
	below      int64 // grams; 1 lb = 453.59237 g
}{{"small", "Under 20 lb", 9_072}, {"middle", "20 to 50 lb", 22_680}, {"large", "Over 50 lb", 1 << 40}}

func sizeName(code string) string {
	for _, s := range Sizes {
		if s.Code == code {
			return s.Name
		}
	}
	return ""
}

// Size is the size by the last weight, "" where none is known.
func (k Case) Size() string {
	for _, s := range Sizes {
		if k.Weight > 0 && k.Weight < s.below {
			return s.Code
		}
	}
	return ""
}

// addressWords are the parts of an address a jurisdiction may ask for.
var addressWords = map[string]string{"street": "street", "city": "city", "state": "state", "postcode": "postcode", "phone": "telephone"}

// Checks are what is looked at before a certificate is issued by a person, in the order it is listed. Who may issue:
// the veterinarian who gave or supervised the dose, with a licence number on file (22 TAC 573.51).
func (k Case) Checks(signer id.ID, today time.Time) []Check {
	d, p := k.Dose, k.Patient
	rules := RulesFor(k.From.Rules(k.country), today)
	list := []Check{
		either(d.Stands(), "The dose stands", "The dose was entered in error"),
		either(!d.Historical, "The dose was given here", "The dose was given elsewhere: only the veterinarian who vaccinated may issue"),
	}
	list = append(list,
		either(!signer.IsZero() && (d.Giver == signer || d.Vet == signer), "You gave or supervised it", "Another veterinarian gave or supervised it: only they may issue"),
		either(k.Licence != "", "Your licence number is on file", "Your licence number is not on file. A practice admin enters it under Practice, Licences"),
		either(!d.Expiry.IsZero() && !d.Expiry.Before(d.On), "The lot had not expired that day", "The lot had expired that day, or its expiry is not known"),
		either(slices.Contains(k.product.Species, p.Species), "The vaccine is labelled for the species", "The vaccine is not labelled for the species"),
		k.age(rules), k.owner(), k.practice(),
		Check{Words: "The microchip is on file", OK: p.Chip != "", Warns: true},
	)
	if p.Chip == "" {
		list[len(list)-1].Words = "No microchip is on file: the certificate says so"
	}
	return list
}

func either(ok bool, yes, no string) Check {
	if ok {
		return Check{Words: yes, OK: true}
	}
	return Check{Words: no}
}

func (k Case) age(rules Rules) Check {
	least := leastWeeks(k.product, k.Dose.Protects, rules)
	switch {
	case !k.Patient.Born.Known():
		return Check{Words: "The birth of " + k.Patient.Called() + " is not known. About when is enough"}
	case k.Dose.On.Before(k.Patient.Born.On.AddDate(0, 0, 7*least)):
		return Check{Words: k.Patient.Called() + " was younger than " + weeks(least) + " that day"}
	}
	return Check{Words: "Old enough for the label and the rules that day", OK: true}
}

// owner holds the owner's address against what the jurisdictions ask for.
func (k Case) owner() Check {
	o, ok := k.Patient.Owner()
	if !ok {
		return Check{Words: "The owner is not known"}
	}
	have := map[string]string{"street": o.Street, "city": o.City, "state": o.Region, "postcode": o.Postcode}
	if len(o.Phones) > 0 {
		have["phone"] = o.Phones[0].Number
	}
	var lacks []string
	for _, row := range packs.In("vaccination", k.From.Rules(k.country), k.Dose.On).Every("address_field") {
		if strings.TrimSpace(have[row.Value]) == "" {
			lacks = append(lacks, addressWords[row.Value])
		}
	}
	if len(lacks) > 0 {
		return Check{Words: "The owner's address lacks " + strings.Join(lacks, ", ")}
	}
	return Check{Words: "The owner's address is complete", OK: true}
}

func (k Case) practice() Check {
	if k.From.Address == "" || k.From.City == "" || k.From.Postcode == "" {
		return Check{Words: "The practice's own address is not complete. A practice admin enters it under Practice, Letterhead"}
	}
	return Check{Words: "The practice's address is complete", OK: true}
}

// formSpecies are those the form names; all others are other.
var formSpecies = map[string]string{"dog": "Dog", "cat": "Cat", "ferret": "Ferret"}

// snapshot is the certificate as it will stand for good.
func (k Case) snapshot(n NewCertificate) Certificate {
	d, p := k.Dose, k.Patient
	c := Certificate{
		Tag: d.Tag, Chip: registry.FormatChip(p.Chip), Animal: p.Called(), Species: k.kind, Age: ageAt(p.Born, d.On), Size: sizeName(n.Size),
		Breed: p.Breed, Colours: p.Colour, LicenceTerm: n.LicenceTerm, Product: d.Name, Manufacturer: d.Maker, Lot: d.Lot, Expiry: d.Expiry,
		Licensed: months(d.Months), Rabies: slices.Contains(d.Protects, Rabies), Given: d.On, Vet: n.Vet, LicenceNo: k.Licence, Clinic: n.Clinic, VetPhone: k.From.Phone, Address: k.From.AddressLines(), Code: newCode(), Reason: n.Reason,
		Sex: map[string]string{"male": "Male", "female": "Female"}[p.Sex], Neuter: map[string]string{"yes": "Yes", "no": "No"}[p.Neutered],
	}
	if o, ok := p.Owner(); ok {
		c.OwnerLast, c.Street, c.City, c.State, c.Postcode = o.Surname(), o.Street, o.City, o.Region, o.Postcode
		if o.LastName != "" { // who has one name only has a last one
			c.OwnerFirst, c.OwnerMiddle, _ = strings.Cut(o.FirstName, " ")
		}
		if len(o.Phones) > 0 {
			c.Phone = o.Phones[0].Number
		}
	}
	c.Due, c.Because = k.dueAfter(n.Today)
	return c
}

// dueAfter is when the dose itself is due again, whatever was given after it: of what it protects against, the
// first. A certificate says what law and label say, not what day somebody set by hand.
func (k Case) dueAfter(today time.Time) (due time.Time, because string) {
	a := Animal{}
	if k.Patient.Born.Known() {
		a.Born = k.Patient.Born.On
	}
	until := slices.DeleteFunc(slices.Clone(k.heads.Doses), func(g Given) bool { return g.On.After(k.Dose.On) })
	for _, l := range Due(RulesFor(k.From.Rules(k.country), today), a, until, nil) {
		if slices.Contains(k.Dose.Protects, l.Protects) && (due.IsZero() || l.Due.Before(due)) {
			due, because = l.Due, l.Because
		}
	}
	return due, because
}

// ageAt is the age in months below two years, else in years.
func ageAt(b registry.Birth, on time.Time) string {
	if !b.Known() {
		return ""
	}
	n := 0
	for !registry.AddMonths(b.On, n+1).After(on) {
		n++
	}
	about := ""
	if b.Estimated || b.Precision != registry.ToDay {
		about = "about "
	}
	if n < 24 {
		return fmt.Sprintf("%s%d months", about, n)
	}
	return fmt.Sprintf("%s%d years", about, n/12)
}
