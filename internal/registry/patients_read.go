package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenPatient reads one patient with its owners, in one statement. It gives fault.Missing where there
// is none in this clinic.
func OpenPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (PatientView, error) {
	found, err := tx.GetPatient(ctx, db.GetPatientParams{TenantID: tx.Tenant, ID: patient})
	if err != nil {
		return PatientView{}, fmt.Errorf("reading a patient: %w", err)
	}
	return patientView(keys, found)
}

// OpenPatientOfNote reads the patient a signed note is about, without the note's text, so that a note's
// page need not wait for the note to learn whose it is. It gives fault.Missing where there is no such note.
func OpenPatientOfNote(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) (PatientView, error) {
	found, err := tx.GetPatientOfNote(ctx, db.GetPatientOfNoteParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return PatientView{}, fmt.Errorf("reading a note's patient: %w", err)
	}
	same := make([]db.GetPatientRow, len(found))
	for i, r := range found {
		same[i] = db.GetPatientRow(r)
	}
	return patientView(keys, same)
}

func patientView(keys *vault.Clinic, found []db.GetPatientRow) (PatientView, error) {
	if len(found) == 0 {
		return PatientView{}, fault.Missing
	}
	rows := make([]plainPatient, len(found))
	for i, r := range found {
		rows[i] = plainPatient{r.ID, r.Species, r.Breed, r.Sex, r.Neutered, r.BornOn, r.BornPrecision, r.BornEstimated, r.Status, r.Sealed, r.ClientID, r.ClientSealed}
	}
	one, err := gather(keys, rows)
	if err != nil {
		return PatientView{}, err
	}
	r := found[0]
	return PatientView{PatientRow: one[0], Version: r.Version, CreatedAt: r.CreatedAt.UTC(), SavedAt: r.UpdatedAt.UTC(), SavedBy: r.UpdatedBy}, nil
}

// ClientPatients reads a client's animals, the living first, then by name. Owners are not filled in.
func ClientPatients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) ([]PatientRow, error) {
	found, err := tx.ListClientPatients(ctx, db.ListClientPatientsParams{TenantID: tx.Tenant, ClientID: client})
	if err != nil {
		return nil, fmt.Errorf("reading a client's animals: %w", err)
	}
	rows := make([]plainPatient, len(found))
	for i, r := range found {
		rows[i] = plainPatient{r.ID, r.Species, r.Breed, r.Sex, r.Neutered, r.BornOn, r.BornPrecision, r.BornEstimated, r.Status, r.Sealed, id.ID{}, nil}
	}
	out, err := gather(keys, rows)
	livingFirst(out)
	return out, err
}

// statusRank puts the active first and the dead last.
func statusRank(status string) int {
	return slices.Index([]string{Active, Inactive, Transferred, Deceased}, status)
}

// Recent reads the 50 patients the clinic opened last, newest first, filled up with the newest in the
// registry; one statement.
func Recent(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]RecentPatient, error) {
	found, err := tx.ListRecentPatients(ctx, db.ListRecentPatientsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading the recent patients: %w", err)
	}
	rows := make([]plainPatient, len(found))
	opened := map[id.ID]time.Time{}
	for i, r := range found {
		rows[i] = plainPatient{r.ID, r.Species, r.Breed, r.Sex, r.Neutered, r.BornOn, r.BornPrecision, r.BornEstimated, r.Status, r.Sealed, r.ClientID, r.ClientSealed}
		if r.OpenedAt.Unix() > 0 {
			opened[r.ID] = r.OpenedAt.UTC()
		}
	}
	patients, err := gather(keys, rows)
	if err != nil {
		return nil, err
	}
	out := make([]RecentPatient, len(patients))
	for i, p := range patients {
		out[i] = RecentPatient{PatientRow: p, OpenedAt: opened[p.ID]}
	}
	return out, nil
}

// Identifiers reads the numbers on an animal, the oldest entry first.
func Identifiers(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Identifier, error) {
	rows, err := tx.ListIdentifiers(ctx, db.ListIdentifiersParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading identifiers: %w", err)
	}
	out := make([]Identifier, len(rows))
	for i, r := range rows {
		var s sealedIdentifier
		if err := openInto(keys, slot("identifiers", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = Identifier{ID: r.ID, Kind: r.Kind, Number: s.Number, RecordedAt: r.RecordedAt.UTC()}
	}
	return out, nil
}

// ListSpecies reads the kinds of animal in the order they are offered.
func ListSpecies(ctx context.Context, tx *db.Tx) ([]Species, error) {
	rows, err := tx.ListSpecies(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the species: %w", err)
	}
	out := make([]Species, len(rows))
	for i, r := range rows {
		out[i] = Species{r.Code, r.Name}
	}
	return out, nil
}
