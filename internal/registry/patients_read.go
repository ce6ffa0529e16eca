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
	for i, r := range found {
		if !r.ClientID.IsZero() { // then the columns of the bond are there too
			one[0].Owners[i].Bond = Bond{
				Client: r.ClientID, Role: *r.Role, Share: int(*r.Share), MayConsent: *r.MayConsent, GetsReminders: *r.GetsReminders, Since: r.Since.UTC(),
			}
		}
	}
	r := found[0]
	v := PatientView{PatientRow: one[0], Version: r.Version, OwnersVersion: r.OwnersVersion, CreatedAt: r.CreatedAt.UTC(), SavedAt: r.UpdatedAt.UTC(), SavedBy: r.UpdatedBy}
	if !r.ChipID.IsZero() {
		var chip sealedIdentifier
		if err := openInto(keys, slot("identifiers", r.ChipID), r.ChipSealed, &chip); err != nil {
			return PatientView{}, err
		}
		v.Chip = chip.Number
	}
	if r.MovedOn != nil {
		v.MovedOn = r.MovedOn.UTC()
	}
	return v, nil
}

// ClientPatient is an animal of a client with the role the client has, or had until the instant Until (UTC,
// zero for a link that holds).
type ClientPatient struct {
	PatientRow
	Role  string
	Share int
	Until time.Time
}

// ClientPatients reads the animals a client is or was linked to, the living first, then by name. Owners
// are not filled in.
func ClientPatients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) ([]ClientPatient, error) {
	found, err := tx.ListClientPatients(ctx, db.ListClientPatientsParams{TenantID: tx.Tenant, ClientID: client})
	if err != nil {
		return nil, fmt.Errorf("reading a client's animals: %w", err)
	}
	rows := make([]plainPatient, len(found))
	links := make(map[id.ID]ClientPatient, len(found))
	for i, r := range found {
		rows[i] = plainPatient{r.ID, r.Species, r.Breed, r.Sex, r.Neutered, r.BornOn, r.BornPrecision, r.BornEstimated, r.Status, r.Sealed, id.ID{}, nil}
		link := ClientPatient{Role: r.Role, Share: int(r.Share)}
		if r.Until != nil {
			link.Until = r.Until.UTC()
		}
		links[r.ID] = link
	}
	animals, err := gather(keys, rows)
	livingFirst(animals)
	out := make([]ClientPatient, len(animals))
	for i, a := range animals {
		out[i] = links[a.ID]
		out[i].PatientRow = a
	}
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
