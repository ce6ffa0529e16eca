package pharmacy

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Draft is a prescription that nobody has signed. Instants are UTC.
type Draft struct {
	ID, Patient id.ID
	// Name is the drug's, where several are read.
	Name string
	Order
	Version         int64
	MadeAt, SavedAt time.Time
	MadeBy, SavedBy id.ID
}

// Drafts reads the prescriptions of a patient that are not signed, the newest first. It is for those who may read
// clinical text.
func Drafts(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Draft, error) {
	rows, err := tx.ListPrescriptionDrafts(ctx, db.ListPrescriptionDraftsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the prescriptions that are not signed: %w", err)
	}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		out[i], err = draftOf(keys, db.GetPrescriptionDraftRow{
			ID: r.ID, PatientID: r.PatientID, DrugID: r.DrugID, Sealed: r.Sealed, Version: r.Version, MadeAt: r.MadeAt, MadeBy: r.MadeBy, SavedAt: r.SavedAt, SavedBy: r.SavedBy,
		})
		if err != nil {
			return nil, err
		}
		out[i].Name = r.Name
	}
	return out, nil
}

// OpenDraft reads one. It gives fault.Missing where there is none in this clinic.
func OpenDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) (Draft, error) {
	r, err := tx.GetPrescriptionDraft(ctx, db.GetPrescriptionDraftParams{TenantID: tx.Tenant, ID: draft})
	if err := db.Missing(err, "reading a prescription that is not signed"); err != nil {
		return Draft{}, err
	}
	return draftOf(keys, r)
}

func draftOf(keys *vault.Clinic, r db.GetPrescriptionDraftRow) (Draft, error) {
	d := Draft{
		ID: r.ID, Patient: r.PatientID, Version: r.Version, MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy, SavedAt: r.SavedAt.UTC(), SavedBy: r.SavedBy,
	}
	err := keys.OpenJSON(slot("prescription_drafts", groupClinical, r.ID), r.Sealed, &d.Order)
	d.Drug = r.DrugID
	return d, err
}

// Prepare keeps an order that a vet signs later, under an id that came with the form. It gives ErrAlreadyThere for a
// second sending, ErrSigned where the id is a prescription's, ErrDied, fault.Missing where patient or drug are not
// there, and fault.Fields.
func Prepare(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, row, patient id.ID, o Order) error {
	o, bad := o.tidy(at)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := holdLiving(ctx, tx, patient); err != nil {
		return err
	}
	if err := drugThere(ctx, tx, o.Drug); err != nil {
		return err
	}
	switch _, err := tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: row}); {
	case err == nil:
		return ErrSigned
	case !db.NoRows(err):
		return fmt.Errorf("looking for a prescription: %w", err)
	}
	text, err := keys.SealJSON(slot("prescription_drafts", groupClinical, row), o)
	if err != nil {
		return err
	}
	err = tx.InsertPrescriptionDraft(ctx, db.InsertPrescriptionDraftParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, DrugID: o.Drug, Sealed: text, KeyVersion: keys.KeyVersion(), MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if db.Violates(err, "prescription_drafts_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("preparing a prescription: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "prescription-draft", ObjectID: row, IDs: []id.ID{patient, o.Drug}, Group: groupClinical, After: o,
	})
}

// SaveDraft saves an order that the form showed at a version. An order that says what is saved already is as good as
// saved, whatever its version. It gives ErrChanged, ErrDied, fault.Missing and fault.Fields.
func SaveDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, draft id.ID, version int64, o Order) error {
	o, bad := o.tidy(at)
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := holdDraft(ctx, tx, keys, draft, version)
	if (err == nil || errors.Is(err, ErrChanged)) && reflect.DeepEqual(was.Order, o) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := drugThere(ctx, tx, o.Drug); err != nil {
		return err
	}
	text, err := keys.SealJSON(slot("prescription_drafts", groupClinical, draft), o)
	if err != nil {
		return err
	}
	n, err := tx.UpdatePrescriptionDraft(ctx, db.UpdatePrescriptionDraftParams{
		TenantID: tx.Tenant, ID: draft, DrugID: o.Drug, Sealed: text, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now(), SavedBy: tx.Who.Person,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving a prescription: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "prescription-draft", ObjectID: draft, IDs: []id.ID{was.Patient, o.Drug}, Group: groupClinical, Before: was.Order, After: o,
	})
}

// Discard throws a draft away and gives its patient, with ErrAlreadyThere as well where it was thrown away before. It
// gives ErrChanged, ErrSigned and fault.Missing.
func Discard(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, version int64) (patient id.ID, err error) {
	was, err := holdDraft(ctx, tx, keys, draft, version)
	if errors.Is(err, fault.Missing) {
		return discarded(ctx, tx, draft)
	}
	if err != nil {
		return id.ID{}, err
	}
	if err := deleteDraft(ctx, tx, draft); err != nil {
		return id.ID{}, err
	}
	return was.Patient, audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "prescription-draft", ObjectID: draft, IDs: []id.ID{was.Patient}, Group: groupClinical, Before: was.Order,
	})
}

// discarded gives the patient of a draft that is gone with ErrAlreadyThere, ErrSigned where it became a prescription,
// and fault.Missing where none was ever prepared under this id.
func discarded(ctx context.Context, tx *db.Tx, draft id.ID) (patient id.ID, err error) {
	switch _, err := tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: draft}); {
	case err == nil:
		return id.ID{}, ErrSigned
	case !db.NoRows(err):
		return id.ID{}, fmt.Errorf("looking for a prescription: %w", err)
	}
	patient, err = tx.GetPreparedPatient(ctx, db.GetPreparedPatientParams{TenantID: tx.Tenant, ObjectID: draft})
	if err := db.Missing(err, "looking for what was prepared"); err != nil {
		return id.ID{}, err
	}
	return patient, ErrAlreadyThere
}

func deleteDraft(ctx context.Context, tx *db.Tx, draft id.ID) error {
	n, err := tx.DeletePrescriptionDraft(ctx, db.DeletePrescriptionDraftParams{TenantID: tx.Tenant, ID: draft})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("taking a prescription from those that are not signed: %w", err)
	}
	return nil
}

// holdDraft locks a draft's patient, then the draft, and gives it with ErrChanged where it is not at the version the
// page showed.
func holdDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, version int64) (Draft, error) {
	seen, err := tx.GetPrescriptionDraft(ctx, db.GetPrescriptionDraftParams{TenantID: tx.Tenant, ID: draft})
	if err := db.Missing(err, "reading a prescription that is not signed"); err != nil {
		return Draft{}, err
	}
	if _, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: seen.PatientID}); err != nil {
		return Draft{}, fmt.Errorf("locking patient %s: %w", seen.PatientID, err)
	}
	r, err := tx.LockPrescriptionDraft(ctx, db.LockPrescriptionDraftParams{TenantID: tx.Tenant, ID: draft})
	if err := db.Missing(err, "locking a prescription that is not signed"); err != nil {
		return Draft{}, err
	}
	d, err := draftOf(keys, db.GetPrescriptionDraftRow(r))
	if err == nil && r.Version != version {
		err = ErrChanged
	}
	return d, err
}

// holdLiving locks a patient that has not died.
func holdLiving(ctx context.Context, tx *db.Tx, patient id.ID) error {
	held, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	if held.Status == registry.Deceased {
		return ErrDied
	}
	return nil
}

func drugThere(ctx context.Context, tx *db.Tx, drug id.ID) error {
	if drug.IsZero() {
		return fault.Fields{{Name: "drug", Message: "Choose the medicine"}}
	}
	_, err := tx.GetDrug(ctx, db.GetDrugParams{TenantID: tx.Tenant, ID: drug})
	return db.Missing(err, "reading a drug")
}
