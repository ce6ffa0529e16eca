package pharmacy

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
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Drug is one medicine of the clinic's list, in one strength.
type Drug struct {
	Name string `json:"name"`
	// Ingredients are established names; Families what else an allergy may be called by, such as "penicillin".
	Ingredients []string `json:"ingredients"`
	Families    []string `json:"families,omitempty"`
	Strength    string   `json:"strength"` // as it stands on the label: "50 mg", "1.5 mg/ml"
	Unit        string   `json:"unit"`     // one of Units
	Route       string   `json:"route"`    // one of Routes
	// Micrograms is what one unit holds of what is dosed by weight, 0 where nothing is.
	Micrograms int64 `json:"micrograms"`
	// Step is the least part of a unit that can be given.
	Step money.Quantity `json:"step"`
	// Item is the line of the price list it is sold by, zero for none yet, which holds PerItem units.
	Item     id.ID          `json:"item"`
	PerItem  money.Quantity `json:"per_item"`
	Cautions string         `json:"cautions,omitempty"`
	Rules    []Rule         `json:"rules,omitempty"` // one a species
}

// Rule is what holds of a drug for a species.
type Rule struct {
	Species string `json:"species"`
	Banned  bool   `json:"banned,omitempty"`
	// Low and High are the range of one dose in micrograms a kilogram, 0 where none is known.
	Low  int64 `json:"low,omitempty"`
	High int64 `json:"high,omitempty"`
	// Licensed says that it is authorised for the species in the clinic's country.
	Licensed bool `json:"licensed,omitempty"`
	Withdrawal
	Source string `json:"source,omitempty"`
	// Checked says that somebody of the clinic has read the source.
	Checked bool `json:"checked,omitempty"`
}

// Withdrawal is how many days meat and milk are not eaten, nil where that is not known; 0 is stated as well.
type Withdrawal struct {
	Meat *int `json:"meat,omitempty"`
	Milk *int `json:"milk,omitempty"`
}

// DrugRow is a drug as stored. A zero EndedAt says that it is used.
type DrugRow struct {
	ID id.ID
	Drug
	Version int64
	EndedAt time.Time
}

// Rule is what holds for a species; ok is false where the list says nothing.
func (d Drug) Rule(species string) (r Rule, ok bool) {
	for _, r := range d.Rules {
		if r.Species == species {
			return r, true
		}
	}
	return Rule{Species: species}, false
}

// Ingredient are the ingredients as a sentence begins with them: "Amoxicillin and clavulanic acid".
func (d Drug) Ingredient() string {
	s := strings.Join(d.Ingredients, " and ")
	if s == "" {
		return d.Name
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

const (
	// DrugsMost is how many drugs the list shows.
	DrugsMost  = 500
	mostMicro  = 1_000_000_000
	longName   = 120
	longList   = 300
	mostDays   = 3650
	fieldRange = "range"
)

// List reads the drug list by name, without the rules of each; ended ones too if asked.
func List(ctx context.Context, tx *db.Tx, ended bool) ([]DrugRow, error) {
	rows, err := tx.ListDrugs(ctx, db.ListDrugsParams{TenantID: tx.Tenant, Ended: ended, Most: DrugsMost})
	if err != nil {
		return nil, fmt.Errorf("reading the drug list: %w", err)
	}
	out := make([]DrugRow, len(rows))
	for i, r := range rows {
		out[i] = drugOf(db.GetDrugRow(r))
	}
	return out, nil
}

// OpenDrug reads one drug with its rules. It gives fault.Missing where there is none in this clinic.
func OpenDrug(ctx context.Context, tx *db.Tx, drug id.ID) (d DrugRow, err error) {
	var rules []db.ListDrugSpeciesRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetDrug(ctx, db.GetDrugParams{TenantID: tx.Tenant, ID: drug})
			d = drugOf(r)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rules, err = tx.ListDrugSpecies(ctx, db.ListDrugSpeciesParams{TenantID: tx.Tenant, DrugID: drug})
			return err
		},
	)
	d.Rules = rulesOf(rules)
	return d, db.Missing(err, "reading a drug")
}

func rulesOf(rows []db.ListDrugSpeciesRow) (out []Rule) {
	for _, r := range rows {
		out = append(out, Rule{
			Species: r.Species, Banned: r.Banned, Low: r.Low, High: r.High, Licensed: r.Licensed, Source: r.Source, Checked: r.Checked,
			Withdrawal: Withdrawal{Meat: wide(r.MeatDays), Milk: wide(r.MilkDays)},
		})
	}
	return out
}

func wide(n *int32) *int {
	if n == nil {
		return nil
	}
	m := int(*n)
	return &m
}

func narrow(n *int) *int32 {
	if n == nil {
		return nil
	}
	m := int32(*n)
	return &m
}

func drugOf(r db.GetDrugRow) DrugRow {
	d := DrugRow{
		ID: r.ID, Version: r.Version, Drug: Drug{
			Name: r.Name, Ingredients: Listed(r.Ingredients), Families: Listed(r.Families), Strength: r.Strength, Unit: r.Unit, Route: r.Route,
			Micrograms: r.Micrograms, Step: money.Quantity(r.Step), Item: r.ItemID, PerItem: money.Quantity(r.PerItem), Cautions: r.Cautions,
		},
	}
	if r.EndedAt != nil {
		d.EndedAt = r.EndedAt.UTC()
	}
	return d
}

// Listed takes a list apart that is written with commas or semicolons.
func Listed(text string) (out []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = plain.Line(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// tidy gives the drug as it is kept, and its mistakes: name, ingredients, families, strength, unit, route, micrograms,
// step, per_item, cautions, and range-SPECIES.
func (d Drug) tidy() (Drug, fault.Fields) {
	var bad fault.Fields
	d.Name = plain.Words(&bad, "name", d.Name, "Enter the name with its strength and form", longName)
	plain.Words(&bad, "ingredients", strings.Join(d.Ingredients, "; "), "Enter the established name of each ingredient", longList)
	plain.Words(&bad, "families", strings.Join(d.Families, "; "), "", longList)
	d.Strength = plain.Words(&bad, "strength", d.Strength, "Enter the strength, like 50 mg or 1.5 mg/ml", 60)
	if !slices.Contains(Units, d.Unit) {
		bad.Add("unit", "Choose what it is counted in")
	}
	if !slices.Contains(Routes, d.Route) {
		bad.Add("route", "Choose how it is given")
	}
	if d.Micrograms < 0 || d.Micrograms > mostMicro {
		bad.Add("micrograms", "Enter how much one unit holds, in mg")
	}
	if d.Step < 1 || d.Step > 1000*money.One {
		bad.Add("step", "Enter the least part that can be given, like 0.5")
	}
	if d.PerItem < 1 || int64(d.PerItem) > mostMicro {
		bad.Add("per_item", "Enter how much one item of the price list holds, like 1 or 32")
	}
	d.Cautions = plain.Words(&bad, "cautions", d.Cautions, "", longList)
	seen := map[string]bool{}
	for i, r := range d.Rules {
		at := fieldRange + "-" + r.Species
		d.Rules[i].Source = plain.Words(&bad, "source-"+r.Species, r.Source, "", longList)
		switch {
		case seen[r.Species]:
			bad.Add(at, "This species is here twice")
		case r.Banned:
			d.Rules[i].Low, d.Rules[i].High = 0, 0
		case r.Low < 0 || r.High < r.Low || r.High > mostMicro || r.Low == 0 && r.High > 0:
			bad.Add(at, "Enter the range from low to high, in mg for each kg")
		}
		for _, days := range []*int{r.Meat, r.Milk} {
			if days != nil && (*days < 0 || *days > mostDays) {
				bad.Add(at, "Enter the days until meat and milk are eaten, 0 for none")
				break
			}
		}
		seen[r.Species] = true
	}
	return d, bad
}

// AddDrug adds a drug under an id that came with the form. It gives ErrAlreadyThere for a second sending,
// fault.Missing for an unknown item or species, and fault.Fields.
func AddDrug(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, d Drug) error {
	d, bad := d.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	if err := itemThere(ctx, tx, d.Item); err != nil {
		return err
	}
	err := tx.InsertDrug(ctx, db.InsertDrugParams{
		TenantID: tx.Tenant, ID: row, Name: d.Name, Ingredients: strings.Join(d.Ingredients, "; "), Families: strings.Join(d.Families, "; "),
		Strength: d.Strength, Unit: d.Unit, Route: d.Route, Micrograms: d.Micrograms, Step: int64(d.Step), ItemID: d.Item, PerItem: int64(d.PerItem),
		Cautions: d.Cautions,
	})
	if db.Violates(err, "drugs_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding a drug: %w", err)
	}
	if err := addRules(ctx, tx, row, d.Rules); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "drug", ObjectID: row, Group: groupLabel, After: d})
}

func addRules(ctx context.Context, tx *db.Tx, drug id.ID, rules []Rule) error {
	var jobs []func(context.Context, *db.Tx) error
	for _, r := range rules {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertDrugSpecies(ctx, db.InsertDrugSpeciesParams{
				TenantID: tx.Tenant, DrugID: drug, Species: r.Species, Banned: r.Banned, Low: r.Low, High: r.High, Licensed: r.Licensed,
				MeatDays: narrow(r.Meat), MilkDays: narrow(r.Milk), Source: r.Source, Checked: r.Checked,
			})
		})
	}
	if len(jobs) == 0 {
		return nil
	}
	err := db.Together(ctx, tx, jobs...)
	if db.Violates(err, "drug_species_species_fkey") {
		return fault.Missing
	}
	if err != nil {
		return fmt.Errorf("keeping the rules of drug %s: %w", drug, err)
	}
	return nil
}

// same reports whether two say the same, in whatever order their rules stand.
func (d Drug) same(other Drug) bool {
	for _, one := range []*Drug{&d, &other} {
		one.Rules = slices.SortedFunc(slices.Values(one.Rules), func(a, b Rule) int { return strings.Compare(a.Species, b.Species) })
	}
	return reflect.DeepEqual(d, other)
}

// ChangeDrug saves a drug that the form showed at a version. What is prescribed already keeps its words. A form that
// says what is saved already is as good as saved, whatever its version. It gives ErrChanged, fault.Missing and
// fault.Fields.
func ChangeDrug(ctx context.Context, tx *db.Tx, keys *vault.Clinic, drug id.ID, version int64, d Drug) error {
	d, bad := d.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := tx.LockDrug(ctx, db.LockDrugParams{TenantID: tx.Tenant, ID: drug})
	if err := db.Missing(err, "locking a drug"); err != nil {
		return err
	}
	was, err := OpenDrug(ctx, tx, drug)
	if err != nil {
		return err
	}
	if d.same(was.Drug) {
		return nil
	}
	if was.Version != version {
		return ErrChanged
	}
	if err := itemThere(ctx, tx, d.Item); err != nil {
		return err
	}
	n, err := tx.UpdateDrug(ctx, db.UpdateDrugParams{
		TenantID: tx.Tenant, ID: drug, Name: d.Name, Ingredients: strings.Join(d.Ingredients, "; "), Families: strings.Join(d.Families, "; "),
		Strength: d.Strength, Unit: d.Unit, Route: d.Route, Micrograms: d.Micrograms, Step: int64(d.Step), ItemID: d.Item, PerItem: int64(d.PerItem),
		Cautions: d.Cautions,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving drug %s: %w", drug, err)
	}
	if err := tx.DeleteDrugSpecies(ctx, db.DeleteDrugSpeciesParams{TenantID: tx.Tenant, DrugID: drug}); err != nil {
		return fmt.Errorf("replacing the rules of drug %s: %w", drug, err)
	}
	if err := addRules(ctx, tx, drug, d.Rules); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "drug", ObjectID: drug, Group: groupLabel, Before: was.Drug, After: d})
}

// EndDrug takes a drug off the list. Ending it twice does nothing more. It gives fault.Missing where there is none.
func EndDrug(ctx context.Context, tx *db.Tx, keys *vault.Clinic, drug id.ID) error {
	was, err := OpenDrug(ctx, tx, drug)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := tx.EndDrug(ctx, db.EndDrugParams{TenantID: tx.Tenant, ID: drug, EndedAt: &now})
	if err != nil {
		return fmt.Errorf("ending a drug: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "drug", ObjectID: drug, Group: groupLabel, Before: was.Drug})
}

// BringDrugBack puts a drug that was taken off the list on it again. Twice does nothing more. It gives fault.Missing
// where there is none.
func BringDrugBack(ctx context.Context, tx *db.Tx, keys *vault.Clinic, drug id.ID) error {
	was, err := OpenDrug(ctx, tx, drug)
	if err != nil {
		return err
	}
	n, err := tx.ReturnDrug(ctx, db.ReturnDrugParams{TenantID: tx.Tenant, ID: drug})
	if err != nil {
		return fmt.Errorf("bringing a drug back: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "drug", ObjectID: drug, Group: groupLabel, After: was.Drug})
}

func itemThere(ctx context.Context, tx *db.Tx, item id.ID) error {
	if item.IsZero() {
		return nil
	}
	_, err := billing.OpenItem(ctx, tx, item)
	return err
}
