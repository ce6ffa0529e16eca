package pharmacy

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/packs"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// The states of a prescription. Expired is read from its day and stands in no row.
const (
	Signed     = "signed"
	Dispensing = "dispensing"
	Completed  = "completed"
	Stopped    = "stopped"
	Expired    = "expired"
)

const stateDraft = "draft"

// Text is what of a prescription stands on its label, as it was when it was signed.
type Text struct {
	Name        string   `json:"name"`
	Ingredients []string `json:"ingredients"`
	Strength    string   `json:"strength"`
	Directions  string   `json:"directions"`
	Cautions    string   `json:"cautions,omitempty"`
	// Food says that animals of the species are kept for food, so that the days to wait are stated even when 0.
	Food bool `json:"food,omitempty"`
	Withdrawal
	OffLicence bool `json:"off_licence,omitempty"`
	// Lasts is for how many days one supply is taken.
	Lasts int `json:"lasts,omitempty"`
}

// Basis is why a prescription was signed as it was: clinical text.
type Basis struct {
	Order
	Grams     int64     `json:"grams"`
	WeighedOn time.Time `json:"weighed_on,omitzero"`
	Source    string    `json:"source,omitempty"`
	// Micro is what a dose holds and PerKilogram the same for each kilogram, in micrograms.
	Micro       int64     `json:"micro"`
	PerKilogram int64     `json:"per_kilogram"`
	Rule        Rule      `json:"rule"`
	Findings    []Finding `json:"findings,omitempty"`
	// Packs is the version of the rules that held.
	Packs string `json:"packs"`
}

// Prescription is a signed one. Instants are UTC, days midnight UTC of the clinic's calendar.
type Prescription struct {
	ID, Patient, Drug id.ID
	Text
	Quantity             money.Quantity // of one supply
	Unit                 string
	Supplies, Left       int
	ExpiresOn            time.Time
	State                string
	Version              int64
	SignedAt, MovedAt    time.Time
	PreparedBy, SignedBy id.ID
	MovedBy              id.ID
	// Given are its supplies where they were asked for, the first first.
	Given []Supplied
}

// StateOn is the state on a day: Expired where medicine could still be supplied but for the date.
func (p Prescription) StateOn(day time.Time) string {
	if (p.State == Signed || p.State == Dispensing) && day.After(p.ExpiresOn) {
		return Expired
	}
	return p.State
}

// Live reports whether medicine may be supplied on a day.
func (p Prescription) Live(day time.Time) bool {
	s := p.StateOn(day)
	return s == Signed || s == Dispensing
}

// Taken reports whether the animal may be under it on a day: medicine may still be supplied, or what was supplied is
// not used up yet.
func (p Prescription) Taken(day time.Time) bool {
	if p.Live(day) || p.State == Stopped {
		return p.Live(day)
	}
	var until time.Time
	for _, s := range p.Given {
		if s.Day.After(until) {
			until = s.Day
		}
		until = until.AddDate(0, 0, p.Lasts)
	}
	return day.Before(until)
}

type sealedMove struct {
	Reason string `json:"reason,omitempty"`
}

// shownMost is how many prescriptions of a patient are shown.
const shownMost = 200

// Prescriptions reads the signed ones of a patient with what was supplied, the newest first: what labels say.
func Prescriptions(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Prescription, error) {
	return Newest(ctx, tx, keys, patient, shownMost)
}

// Newest reads no more than so many of them.
func Newest(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, most int) ([]Prescription, error) {
	var rows []db.ListPrescriptionsRow
	var given []db.ListPatientSuppliesRow
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = tx.ListPrescriptions(ctx, db.ListPrescriptionsParams{TenantID: tx.Tenant, PatientID: patient, Most: int32(most)})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			given, err = tx.ListPatientSupplies(ctx, db.ListPatientSuppliesParams{TenantID: tx.Tenant, PatientID: patient, Most: int32(most)})
			return err
		},
	)
	if err != nil {
		return nil, fmt.Errorf("reading prescriptions: %w", err)
	}
	of := map[id.ID][]Supplied{}
	for _, g := range given {
		s, err := suppliedOf(keys, db.GetSupplyRow(g))
		if err != nil {
			return nil, err
		}
		of[s.Prescription] = append(of[s.Prescription], s)
	}
	out := make([]Prescription, len(rows))
	for i, r := range rows {
		if out[i], err = prescriptionOf(keys, db.GetPrescriptionRow(r)); err != nil {
			return nil, err
		}
		out[i].Given = of[r.ID]
	}
	return out, nil
}

// Open reads one signed prescription with its supplies. It gives fault.Missing where there is none in this clinic.
func Open(ctx context.Context, tx *db.Tx, keys *vault.Clinic, prescription id.ID) (p Prescription, err error) {
	var row db.GetPrescriptionRow
	var given []db.ListSuppliesRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			row, err = tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: prescription})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			given, err = tx.ListSupplies(ctx, db.ListSuppliesParams{TenantID: tx.Tenant, Prescriptions: []id.ID{prescription}})
			return err
		},
	)
	if err := db.Missing(err, "reading a prescription"); err != nil {
		return p, err
	}
	if p, err = prescriptionOf(keys, row); err != nil {
		return p, err
	}
	for _, g := range given {
		s, err := suppliedOf(keys, db.GetSupplyRow(g))
		if err != nil {
			return p, err
		}
		p.Given = append(p.Given, s)
	}
	return p, nil
}

func prescriptionOf(keys *vault.Clinic, r db.GetPrescriptionRow) (Prescription, error) {
	p := Prescription{
		ID: r.ID, Patient: r.PatientID, Drug: r.DrugID, Quantity: r.Quantity, Unit: r.Unit, Supplies: int(r.Supplies), Left: int(r.SuppliesLeft),
		ExpiresOn: r.ExpiresOn.UTC(), State: r.State, Version: r.Version, SignedAt: r.SignedAt.UTC(), SignedBy: r.SignedBy, PreparedBy: r.PreparedBy,
		MovedAt: r.MovedAt.UTC(), MovedBy: r.MovedBy,
	}
	err := keys.OpenJSON(slot("prescriptions", groupLabel, r.ID), r.Sealed, &p.Text)
	return p, err
}

// Sign makes an order a prescription for good, under the id of its form or draft; version is the draft's as the page
// showed it, 0 where there is none. Everything is looked at again, with what is stored now, and what was found is kept
// with it: what stops cannot be signed whatever the form says, what asks takes a reason. It gives ErrAlreadyThere for a
// second sending, ErrSigned where somebody else was faster, ErrChanged, ErrDied, fault.Missing, and fault.Fields as
// SaveDraft and named drug.
func Sign(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, row, patient id.ID, version int64, o Order) error {
	if tx.Who.Person.IsZero() {
		return fmt.Errorf("signing prescription %s as nobody", row)
	}
	o, bad := o.tidy(at)
	if o.Drug.IsZero() {
		bad.Add("drug", "Choose the medicine")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := holdLiving(ctx, tx, patient); err != nil {
		return err
	}
	prepared := tx.Who.Person
	switch signed, err := tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: row}); {
	case err == nil && signed.SignedBy != tx.Who.Person:
		return ErrSigned
	case err == nil:
		return ErrAlreadyThere
	case !db.NoRows(err):
		return fmt.Errorf("looking for a prescription: %w", err)
	}
	if version == 0 { // a form that was kept for later, gone back to, and signed
		d, err := tx.GetPrescriptionDraft(ctx, db.GetPrescriptionDraftParams{TenantID: tx.Tenant, ID: row})
		switch {
		case err == nil && d.MadeBy == tx.Who.Person:
			version = d.Version
		case err == nil:
			return ErrChanged
		case !db.NoRows(err):
			return fmt.Errorf("looking for what was prepared: %w", err)
		}
	}
	if version > 0 {
		d, err := holdDraft(ctx, tx, keys, row, version)
		if err != nil {
			return err
		}
		if d.Patient != patient {
			return fault.Missing
		}
		prepared = d.MadeBy
		if err := deleteDraft(ctx, tx, row); err != nil {
			return err
		}
	}
	e, err := Examine(ctx, tx, keys, at, patient, o.Drug, o.Dose)
	if err != nil {
		return err
	}
	if err := e.refused(o).Err(); err != nil {
		return err
	}
	return write(ctx, tx, keys, at, row, prepared, e, o)
}

// write keeps what was signed. The caller holds the patient.
func write(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, row, prepared id.ID, e Exam, o Order) error {
	if o.Cautions == "" {
		o.Cautions = e.Drug.Cautions
	}
	text := Text{
		Name: e.Drug.Name, Ingredients: e.Drug.Ingredients, Strength: e.Drug.Strength, Directions: Directions(e.Drug.Drug, o.Dose, o.Every, o.Days, o.Extra),
		Cautions: o.Cautions, Food: e.Food, Withdrawal: e.Waits(o), OffLicence: !e.Ruled || !e.Rule.Licensed,
		Lasts: lasts(o),
	}
	basis := Basis{
		Order: o, Grams: e.Subject.Grams, WeighedOn: e.Subject.WeighedOn, Source: e.Subject.Source, Micro: e.Drug.Micro(o.Dose),
		PerKilogram: e.Drug.PerKilogram(o.Dose, e.Subject.Grams), Rule: e.Rule, Findings: e.Findings, Packs: packs.Version(),
	}
	sealed, err := keys.SealJSON(slot("prescriptions", groupLabel, row), text)
	if err != nil {
		return err
	}
	why, err := keys.SealJSON(slot("prescriptions", groupClinical, row), basis)
	if err != nil {
		return err
	}
	move := id.New()
	moved, err := keys.SealJSON(slot("prescription_moves", groupLabel, move), sealedMove{})
	if err != nil {
		return err
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPrescription(ctx, db.InsertPrescriptionParams{
				TenantID: tx.Tenant, ID: row, PatientID: e.Patient.ID, DrugID: o.Drug, Quantity: o.Quantity, Unit: e.Drug.Unit, Supplies: int32(o.Supplies),
				ExpiresOn: at.expires(), Sealed: sealed, SealedClinical: why, KeyVersion: keys.KeyVersion(), PreparedBy: prepared, SignedAt: tx.Now(), SignedBy: tx.Who.Person,
			})
		},
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPrescriptionMove(ctx, db.InsertPrescriptionMoveParams{
				TenantID: tx.Tenant, ID: move, PrescriptionID: row, FromState: stateDraft, ToState: Signed, Sealed: moved, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
			})
		},
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPrescriptionState(ctx, db.InsertPrescriptionStateParams{TenantID: tx.Tenant, ID: row, SuppliesLeft: int32(o.Supplies), LastMoveID: move})
		},
	)
	if db.Violates(err, "prescriptions_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("signing prescription %s: %w", row, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Signed, Object: "prescription", ObjectID: row, IDs: []id.ID{e.Patient.ID, o.Drug}, Group: groupClinical, After: basis,
	})
}

// Stop ends a prescription with a reason, under the id of a move that came with the form: nothing more is supplied. It
// gives ErrAlreadyThere where it was stopped before, ErrOver where it was completed, fault.Missing, and fault.Fields
// named reason.
func Stop(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, prescription id.ID, reason string) error {
	var bad fault.Fields
	reason = plain.Words(&bad, "reason", reason, "Enter why it is stopped", longList)
	if err := bad.Err(); err != nil {
		return err
	}
	p, s, err := hold(ctx, tx, prescription)
	if err != nil {
		return err
	}
	switch s.State {
	case Stopped:
		return ErrAlreadyThere
	case Completed:
		return ErrOver
	}
	return moveTo(ctx, tx, keys, row, prescription, p.PatientID, s.State, Stopped, s.SuppliesLeft, reason)
}

// PatientDied stops what a patient that the caller holds and has moved to deceased still has. It gives how many
// prescriptions were stopped.
func PatientDied(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (stopped int, err error) {
	rows, err := tx.LockLivePrescriptions(ctx, db.LockLivePrescriptionsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return 0, fmt.Errorf("locking the prescriptions of patient %s: %w", patient, err)
	}
	for _, r := range rows {
		if err := moveTo(ctx, tx, keys, id.New(), r.ID, patient, r.State, Stopped, r.SuppliesLeft, "The animal has died"); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// hold locks the patient of a prescription, then how it stands.
func hold(ctx context.Context, tx *db.Tx, prescription id.ID) (p db.GetPrescriptionRow, s db.LockPrescriptionStateRow, err error) {
	p, err = tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: prescription})
	if err := db.Missing(err, "reading a prescription"); err != nil {
		return p, s, err
	}
	if _, err = tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: p.PatientID}); err != nil {
		return p, s, fmt.Errorf("locking patient %s: %w", p.PatientID, err)
	}
	s, err = tx.LockPrescriptionState(ctx, db.LockPrescriptionStateParams{TenantID: tx.Tenant, ID: prescription})
	return p, s, db.Missing(err, "locking a prescription")
}

// stood is what the record says of a move.
type stood struct {
	State  string `json:"state"`
	Left   int32  `json:"left"`
	Reason string `json:"reason,omitempty"`
}

// moveTo brings a prescription that the caller holds into another state.
func moveTo(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, prescription, patient id.ID, from, to string, left int32, reason string) error {
	text, err := keys.SealJSON(slot("prescription_moves", groupLabel, row), sealedMove{reason})
	if err != nil {
		return err
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPrescriptionMove(ctx, db.InsertPrescriptionMoveParams{
				TenantID: tx.Tenant, ID: row, PrescriptionID: prescription, FromState: from, ToState: to, Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
			})
		},
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.UpdatePrescriptionState(ctx, db.UpdatePrescriptionStateParams{TenantID: tx.Tenant, ID: prescription, State: to, SuppliesLeft: left, LastMoveID: row})
			return db.OneRow(n, err)
		},
	)
	if db.Violates(err, "prescription_moves_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("moving prescription %s: %w", prescription, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "prescription", ObjectID: prescription, IDs: []id.ID{patient}, Group: groupLabel,
		Before: stood{State: from}, After: stood{to, left, reason},
	})
}
