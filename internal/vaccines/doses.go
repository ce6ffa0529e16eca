package vaccines

import (
	"context"
	"fmt"
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
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Dose is one dose as it is written down. Days are of the clinic's calendar, midnight UTC.
type Dose struct {
	Patient id.ID `json:"patient"`
	Visit   id.ID `json:"visit,omitzero"`
	// Product is one of the clinic's; of a historical dose it may be zero, and then Name and Protects say what it was.
	Product  id.ID    `json:"product,omitzero"`
	Name     string   `json:"name"`
	Maker    string   `json:"manufacturer,omitempty"`
	Protects []string `json:"protects"`
	Course
	// Historical says that it was given elsewhere, and Source who says so.
	Historical bool   `json:"historical"`
	Source     string `json:"source,omitempty"`
	// Booster says that the first course was over before it.
	Booster bool      `json:"booster"`
	On      time.Time `json:"on"`
	Lot     string    `json:"lot,omitempty"`
	Expiry  time.Time `json:"expiry,omitzero"`
	Site    string    `json:"site,omitempty"`
	Route   string    `json:"route,omitempty"`
	Volume  string    `json:"volume,omitempty"`
	Tag     string    `json:"tag,omitempty"`
	// Giver gave it, Vet supervised it; of a historical dose both are zero.
	Giver id.ID `json:"giver,omitzero"`
	Vet   id.ID `json:"vet,omitzero"`
	// Sure says that it was given before the age the label begins at, and meant so.
	Sure bool `json:"sure,omitempty"`
	// Earlier is what an earlier practice system says of it besides; its zero value of a dose that came from none.
	Earlier Earlier `json:"earlier,omitzero"`
}

// sealedDose is what of a dose is sealed.
type sealedDose struct {
	Name   string    `json:"name"`
	Maker  string    `json:"manufacturer,omitempty"`
	Source string    `json:"source,omitempty"`
	Lot    string    `json:"lot,omitempty"`
	Expiry time.Time `json:"expiry,omitzero"`
	Site   string    `json:"site,omitempty"`
	Route  string    `json:"route,omitempty"`
	Volume string    `json:"volume,omitempty"`
	Tag    string    `json:"tag,omitempty"`
	Sure   bool      `json:"sure,omitempty"`

	Earlier Earlier `json:"earlier,omitzero"`
}

type sealedReason struct {
	Reason string `json:"reason"`
}

// DoseRow is a dose as stored. Instants are UTC; a zero VoidAt says that it stands.
type DoseRow struct {
	ID id.ID
	Dose
	Charge id.ID
	// Imported says that it came with an import of an earlier practice system.
	Imported   bool
	RecordedAt time.Time
	RecordedBy id.ID
	VoidAt     time.Time
	VoidBy     id.ID
	VoidReason string
}

// Stands reports whether the dose was not entered in error.
func (d DoseRow) Stands() bool { return d.VoidAt.IsZero() }

// Given is the dose as due days see it.
func (d DoseRow) Given() Given {
	return Given{ID: d.ID, On: d.On, Protects: d.Protects, Historical: d.Historical, Booster: d.Booster, Course: d.Course}
}

// Doses are those of a patient, the newest first, void ones too.
func Doses(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]DoseRow, error) {
	rows, err := tx.ListDoses(ctx, db.ListDosesParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the vaccinations of a patient: %w", err)
	}
	out := make([]DoseRow, len(rows))
	for i, r := range rows {
		if out[i], err = doseOf(keys, db.GetDoseRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// OpenDose reads one dose. It gives fault.Missing.
func OpenDose(ctx context.Context, tx *db.Tx, keys *vault.Clinic, dose id.ID) (DoseRow, error) {
	r, err := tx.GetDose(ctx, db.GetDoseParams{TenantID: tx.Tenant, ID: dose})
	if err := db.Missing(err, "reading a vaccination"); err != nil {
		return DoseRow{}, err
	}
	return doseOf(keys, r)
}

func doseOf(keys *vault.Clinic, r db.GetDoseRow) (DoseRow, error) {
	var s sealedDose
	if err := keys.OpenJSON(slot("doses", r.ID), r.Sealed, &s); err != nil {
		return DoseRow{}, err
	}
	d := DoseRow{ID: r.ID, Charge: r.ChargeID, RecordedAt: r.RecordedAt.UTC(), RecordedBy: r.RecordedBy, VoidBy: r.VoidBy, Dose: Dose{
		Patient: r.PatientID, Visit: r.VisitID, Product: r.ProductID, Name: s.Name, Maker: s.Maker, Protects: strings.Fields(r.Protects),
		Course:     Course{Months: int(r.Months), FirstDoses: int(r.FirstDoses), FirstWeeks: int(r.FirstWeeks), FirstMonths: int(r.FirstMonths)},
		Historical: r.Historical, Source: s.Source, Booster: r.Booster, On: dayOf(r.GivenOn), Lot: s.Lot, Expiry: s.Expiry, Site: s.Site,
		Route: s.Route, Volume: s.Volume, Tag: s.Tag, Giver: r.GiverID, Vet: r.VetID, Sure: s.Sure, Earlier: s.Earlier,
	}}
	d.Imported = r.Imported
	if r.VoidAt != nil {
		var why sealedReason
		if err := keys.OpenJSON(slot("dose_voids", r.VoidID), r.VoidSealed, &why); err != nil {
			return DoseRow{}, err
		}
		d.VoidAt, d.VoidReason = r.VoidAt.UTC(), why.Reason
	}
	return d, nil
}

func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Record writes a dose down under an id that came with the form, and charges it where it was given here and its
// product has a price. One given today without a visit is of the visit that the animal is here for. today is the
// clinic's day. It gives ErrAlreadyThere for a second sending, fault.Missing where
// patient, product or visit are not there, ErrDied, what billing.AddCharge gives, and fault.Fields named like the
// fields of the form.
func Record(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, d Dose, jurisdictions []string, today time.Time) error {
	return write(ctx, tx, keys, row, d, jurisdictions, today, true)
}

// RecordPast is Record for a dose that the practice gave before this was where it writes: nothing is charged.
func RecordPast(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, d Dose, jurisdictions []string, today time.Time) error {
	return write(ctx, tx, keys, row, d, jurisdictions, today, false)
}

func write(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, d Dose, jurisdictions []string, today time.Time, charged bool) error {
	if _, err := tx.GetDose(ctx, db.GetDoseParams{TenantID: tx.Tenant, ID: row}); !db.NoRows(err) {
		if err == nil {
			err = ErrAlreadyThere
		}
		return err
	}
	p, err := registry.OpenPatient(ctx, tx, keys, d.Patient)
	if err != nil {
		return err
	}
	var product ProductRow
	if !d.Product.IsZero() {
		if product, err = OpenProduct(ctx, tx, d.Product); err != nil {
			return err
		}
		d.Name, d.Maker, d.Protects, d.Course = product.Name, product.Manufacturer, product.Protects, product.Course
		d.Route, d.Volume = product.Route, product.Volume
	}
	d, bad := d.tidy(p, product, RulesFor(jurisdictions, d.On), today)
	if err := bad.Err(); err != nil {
		return err
	}
	if p.Status == registry.Deceased && !d.Historical {
		return ErrDied
	}
	if charged && !d.Historical && d.Visit.IsZero() && d.On.Equal(today) {
		d.Visit, err = tx.GetVisitUnderWay(ctx, db.GetVisitUnderWayParams{TenantID: tx.Tenant, PatientID: d.Patient})
		if err != nil && !db.NoRows(err) {
			return fmt.Errorf("looking for the visit of patient %s: %w", d.Patient, err)
		}
	}
	var charge id.ID
	if charged {
		if charge, err = d.charge(ctx, tx, keys, product); err != nil {
			return err
		}
	}
	return insertDose(ctx, tx, keys, row, d, charge)
}

func insertDose(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, d Dose, charge id.ID) error {
	sealed, err := keys.SealJSON(slot("doses", row), sealedDose{d.Name, d.Maker, d.Source, d.Lot, d.Expiry, d.Site, d.Route, d.Volume, d.Tag, d.Sure, d.Earlier})
	if err != nil {
		return err
	}
	err = tx.InsertDose(ctx, db.InsertDoseParams{
		TenantID: tx.Tenant, ID: row, PatientID: d.Patient, ProductID: d.Product, VisitID: d.Visit, ChargeID: charge, Historical: d.Historical, Booster: d.Booster,
		Protects: strings.Join(d.Protects, " "), Months: int32(d.Months), FirstDoses: int32(d.FirstDoses), FirstWeeks: int32(d.FirstWeeks), FirstMonths: int32(d.FirstMonths),
		GivenOn: d.On, GiverID: d.Giver, VetID: d.Vet, Sealed: sealed, KeyVersion: keys.KeyVersion(), RecordedAt: tx.Now(), RecordedBy: tx.Who.Person,
	})
	switch {
	case db.Violates(err, "doses_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "doses_tenant_id_giver_id_fkey"), db.Violates(err, "doses_tenant_id_vet_id_fkey"),
		db.Violates(err, "doses_tenant_id_visit_id_patient_id_fkey"):
		return fault.Missing
	case err != nil:
		return fmt.Errorf("writing down a vaccination: %w", err)
	}
	return record(tx, keys, d.Patient, audit.Change{Action: audit.Created, Object: "vaccination", ObjectID: row, After: d})
}

// charge notes what a dose given here costs, and gives its row, zero for none.
func (d Dose) charge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, product ProductRow) (id.ID, error) {
	if d.Historical || product.Item.IsZero() {
		return id.ID{}, nil
	}
	item, err := billing.OpenItem(ctx, tx, product.Item)
	if err != nil {
		return id.ID{}, err
	}
	row, c := id.New(), item.Charge(money.One)
	c.Patient, c.Visit, c.Day, c.Note, c.Context = d.Patient, d.Visit, d.On, product.Name, billing.Administered
	return row, billing.AddCharge(ctx, tx, keys, row, c)
}

// tidy gives the dose as it is kept, and the mistakes.
func (d Dose) tidy(p registry.PatientView, product ProductRow, rules Rules, today time.Time) (Dose, fault.Fields) {
	var bad fault.Fields
	d.On = dayOf(d.On)
	if d.Historical {
		d = d.tidyHistory(&bad)
	} else {
		d = d.tidyGiven(&bad, p, product)
	}
	switch {
	case d.On.After(today):
		bad.Add("on", "This is in the future: enter the day it was given")
	case p.Born.Known() && d.On.Before(p.Born.On):
		bad.Add("on", "This is before the birth, "+p.Born.String())
	case !d.Historical && !d.Sure && p.Born.Known() && d.On.Before(p.Born.On.AddDate(0, 0, 7*leastWeeks(product, d.Protects, rules))):
		bad.Add("sure", fmt.Sprintf("%s is labelled from the age of %s, and %s is younger. Say that it was meant", d.Name, weeks(leastWeeks(product, d.Protects, rules)), p.Called()))
	}
	d.Lot = plain.Words(&bad, "lot", d.Lot, "", 40)
	d.Site = plain.Words(&bad, "site", d.Site, "", 60)
	d.Tag = plain.Words(&bad, "tag", d.Tag, "", 40)
	if !d.Expiry.IsZero() {
		if d.Expiry = dayOf(d.Expiry); d.Expiry.Before(d.On) {
			bad.Add("expiry", "This lot expired on "+d.Expiry.Format(dayForm)+", before the day it was given")
		}
	}
	return d, bad
}

// leastWeeks is the age a dose may be given from: that of the label, and of rabies not below the rule's.
func leastWeeks(product ProductRow, protects []string, rules Rules) int {
	if slices.Contains(protects, Rabies) {
		return max(product.MinWeeks, rules.MinimumWeeks)
	}
	return product.MinWeeks
}

func (d Dose) tidyHistory(bad *fault.Fields) Dose {
	d.Giver, d.Vet, d.Visit, d.Sure = id.ID{}, id.ID{}, id.ID{}, false
	d.Source = plain.Words(bad, "source", d.Source, "Enter who says so, like passport or the practice before", 120)
	if !d.Product.IsZero() {
		return d
	}
	d.Name = plain.Words(bad, "name", d.Name, "Enter what it was called, or choose it from the list", 120)
	d.Maker = plain.Words(bad, "manufacturer", d.Maker, "", 120)
	if d.Protects = codes(d.Protects); len(d.Protects) == 0 || !slices.ContainsFunc(d.Protects, known) {
		bad.Add("protects", "Choose what it protected against")
	}
	if d.Months < 1 || d.Months > 60 {
		bad.Add("months", "Enter how many months it lasts by its label, 1 to 60")
	}
	d.FirstDoses, d.FirstWeeks, d.FirstMonths = 1, 0, 0 // nothing is known of its course: the label's time counts
	return d
}

func (d Dose) tidyGiven(bad *fault.Fields, p registry.PatientView, product ProductRow) Dose {
	d.Source = ""
	switch {
	case product.ID.IsZero():
		bad.Add("product", "Choose the vaccine that was given")
	case !product.EndedAt.IsZero():
		bad.Add("product", product.Name+" is no longer kept here. Choose another")
	case !slices.Contains(product.Species, p.Species):
		bad.Add("product", product.Name+" is not labelled for the species of "+p.Called())
	}
	if plain.Line(d.Lot) == "" {
		bad.Add("lot", "Enter the lot, as it stands on the vial")
	}
	if d.Expiry.IsZero() {
		bad.Add("expiry", "Enter when the lot expires, as it stands on the vial")
	}
	if d.Giver.IsZero() {
		bad.Add("giver", "Choose who gave it")
	}
	if d.Vet.IsZero() {
		bad.Add("vet", "Choose the veterinarian who gave or supervised it")
	}
	return d
}

// VoidDose says that a dose was entered in error: it stays, struck through, and what is due is computed anew without
// it. Its charge stays for the desk. It gives the dose as it was; voiding it twice does nothing more. It gives
// ErrCertified where a certificate stands over it, fault.Missing, and fault.Fields named reason.
func VoidDose(ctx context.Context, tx *db.Tx, keys *vault.Clinic, dose id.ID, reason string) (DoseRow, error) {
	var bad fault.Fields
	reason = plain.Words(&bad, "reason", reason, "Enter what was wrong, like entered for the wrong animal", 500)
	if err := bad.Err(); err != nil {
		return DoseRow{}, err
	}
	d, err := holdDose(ctx, tx, keys, dose)
	if err != nil {
		return d, err
	}
	if !d.Stands() {
		return d, nil
	}
	standing, err := certificateOver(ctx, tx, d)
	if err != nil {
		return d, err
	}
	if standing {
		return d, ErrCertified
	}
	sealed, err := keys.SealJSON(slot("dose_voids", dose), sealedReason{reason})
	if err != nil {
		return d, err
	}
	err = tx.InsertDoseVoid(ctx, db.InsertDoseVoidParams{
		TenantID: tx.Tenant, ID: dose, PatientID: d.Patient, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	})
	if err != nil {
		return d, fmt.Errorf("voiding a vaccination: %w", err)
	}
	return d, record(tx, keys, d.Patient, audit.Change{Action: audit.Changed, Object: "vaccination", ObjectID: dose, Before: d.Dose, After: sealedReason{reason}})
}

// holdDose reads a dose while its patient is held, so that what stands over it is certain until the end.
func holdDose(ctx context.Context, tx *db.Tx, keys *vault.Clinic, dose id.ID) (DoseRow, error) {
	d, err := OpenDose(ctx, tx, keys, dose)
	if err != nil {
		return d, err
	}
	_, err = tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: d.Patient})
	if err := db.Missing(err, "holding a patient"); err != nil {
		return d, err
	}
	return OpenDose(ctx, tx, keys, dose)
}
