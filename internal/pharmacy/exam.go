package pharmacy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Order is what is prescribed.
type Order struct {
	Drug id.ID `json:"drug"`
	// Dose is what is given at once, in units of the drug; Every how many hours lie between two, Single for one dose
	// alone; Days how long, 0 for no end.
	Dose  money.Quantity `json:"dose"`
	Every int            `json:"every"`
	Days  int            `json:"days"`
	// Quantity is one supply, Supplies how many are approved with the first.
	Quantity money.Quantity `json:"quantity"`
	Supplies int            `json:"supplies"`
	Extra    string         `json:"extra,omitempty"` // more directions
	Cautions string         `json:"cautions,omitempty"`
	// Withdrawal replaces what the drug list says.
	Withdrawal
	Indication string `json:"indication,omitempty"`
	// Reason is why it is prescribed in spite of what was found.
	Reason string `json:"reason,omitempty"`
}

// tidy gives the order as it is kept, and the mistakes named dose, every, days, quantity, supplies, extra, cautions,
// meat, milk, indication and reason.
func (o Order) tidy(at Place) (Order, fault.Fields) {
	var bad fault.Fields
	if o.Dose <= 0 || o.Dose > 10_000*money.One {
		bad.Add("dose", "Enter how much is given at once, more than 0")
	}
	if !slices.Contains(Rhythms, o.Every) {
		bad.Add("every", "Choose how often")
	}
	if o.Days < 0 || o.Days > mostDays {
		bad.Add("days", "Enter for how many days, or leave it empty")
	}
	if o.Every == Single {
		o.Days = 0
	}
	if o.Quantity <= 0 || o.Quantity > 100_000*money.One {
		bad.Add("quantity", "Enter how much is supplied at once, more than 0")
	}
	if most := at.MostSupplies(); o.Supplies < 1 || o.Supplies > most {
		bad.Add("supplies", fmt.Sprintf("Enter how many supplies you approve, 1 to %d", most))
	}
	o.Extra = plain.Words(&bad, "extra", o.Extra, "", 200)
	o.Cautions = plain.Words(&bad, "cautions", o.Cautions, "", 200)
	o.Indication = plain.Words(&bad, "indication", o.Indication, "", longList)
	o.Reason = plain.Words(&bad, "reason", o.Reason, "", longList)
	for name, days := range map[string]*int{"meat": o.Meat, "milk": o.Milk} {
		if days != nil && (*days < 0 || *days > mostDays) {
			bad.Add(name, "Enter a number of days, 0 for none")
		}
	}
	return o, bad
}

// Exam is everything that is looked at before a dose is signed.
type Exam struct {
	Patient registry.PatientView
	Drug    DrugRow
	Rule    Rule
	// Ruled says that the drug list knows the species.
	Ruled   bool
	Subject Subject
	// Suggested is a dose within the range, 0 for none.
	Suggested money.Quantity
	// Food says that animals of the species are kept for food here.
	Food     bool
	Findings []Finding
}

// Gravest is what the findings do to a prescription, "" for nothing.
func (e Exam) Gravest() Grave { return hardest(e.Findings) }

// Waits is how many days meat and milk are not eaten: what the order says before what the list says.
func (e Exam) Waits(o Order) Withdrawal {
	w := e.Rule.Withdrawal
	if o.Meat != nil {
		w.Meat = o.Meat
	}
	if o.Milk != nil {
		w.Milk = o.Milk
	}
	return w
}

// Examine looks at a drug and a dose for a patient, with what is stored now: the clinic's list, the last weight, the
// allergies that stand. A zero dose asks for what is known without one. It gives fault.Missing where patient or drug
// are not there.
func Examine(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, patient, drug id.ID, dose money.Quantity) (e Exam, err error) {
	var alerts []registry.AlertRow
	var weight registry.WeightRow
	var weighed bool
	var kinds []registry.Species
	var rules []db.ListDrugSpeciesRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			e.Patient, err = registry.OpenPatient(ctx, tx, keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			alerts, err = registry.BannerAlerts(ctx, tx, keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			weight, weighed, err = registry.LastWeight(ctx, tx, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			kinds, err = registry.ListSpecies(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetDrug(ctx, db.GetDrugParams{TenantID: tx.Tenant, ID: drug})
			e.Drug = drugOf(r)
			return db.Missing(err, "reading a drug")
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rules, err = tx.ListDrugSpecies(ctx, db.ListDrugSpeciesParams{TenantID: tx.Tenant, DrugID: drug})
			return err
		},
	)
	if err != nil {
		return e, err
	}
	e.Drug.Rules = rulesOf(rules)
	p := e.Patient
	s := Subject{Name: p.Called(), Species: p.Species, Kind: p.Species, Today: at.Today}
	for _, k := range kinds {
		if k.Code == p.Species {
			s.Kind = strings.ToLower(k.Name)
		}
	}
	if p.Born.Known() {
		s.Born = p.Born.On
	}
	if weighed {
		s.Grams, s.Source, s.WeighedOn = weight.Grams, weight.Source, dayOf(weight.At)
	}
	for _, a := range alerts {
		if a.Topic == registry.TopicAllergy {
			s.Allergies = append(s.Allergies, a.Text)
		}
	}
	e.Subject, e.Food = s, at.IsFood(p.Species)
	e.Rule, e.Ruled = e.Drug.Rule(p.Species)
	e.Suggested, _ = e.Drug.Suggest(e.Rule, s.Grams)
	e.Findings = e.Drug.Check(s, dose, at.ages())
	return e, nil
}

// refused are the mistakes for which an order cannot be signed as it is.
func (e Exam) refused(o Order) fault.Fields {
	var bad fault.Fields
	for _, f := range e.Findings {
		switch {
		case f.Grave == Stops && f.Kind == KindTenTimes:
			bad.Add("dose", f.Words)
		case f.Grave == Stops:
			bad.Add("drug", f.Words)
		case f.Grave == Asks && o.Reason == "" && bad.Message("reason") == "":
			bad.Add("reason", f.Words+" Enter why it is given all the same")
		}
	}
	if e.Drug.Step > 0 && o.Dose%e.Drug.Step != 0 {
		bad.Add("dose", fmt.Sprintf("This is given in steps of %s %s", e.Drug.Step, e.Drug.Unit))
	}
	if !e.Drug.EndedAt.IsZero() {
		bad.Add("drug", e.Drug.Name+" is no longer on the drug list")
	}
	if w := e.Waits(o); e.Food {
		if w.Meat == nil {
			bad.Add("meat", "Enter how many days meat is not eaten, 0 for none")
		}
		if w.Milk == nil {
			bad.Add("milk", "Enter how many days milk is not used, 0 for none")
		}
	}
	return bad
}
