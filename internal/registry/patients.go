package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Patient is one animal. Name and colour are sealed; the rest is plain under row security.
type Patient struct {
	// Name is "" for an animal without one: see Called.
	Name string `json:"name,omitempty"`
	// Species is a code of ListSpecies.
	Species string `json:"species"`
	Breed   string `json:"breed,omitempty"`
	// Sex is "male", "female" or "unknown"; Neutered "yes", "no" or "unknown".
	Sex      string `json:"sex"`
	Neutered string `json:"neutered"`
	Born     Birth  `json:"born,omitzero"`
	Colour   string `json:"colour,omitempty"`
}

// unnamed is what an animal without a name is called.
const unnamed = "Unnamed"

// Called is the name as it is shown.
func (p Patient) Called() string {
	if p.Name == "" {
		return unnamed
	}
	return p.Name
}

// The states of a patient.
const (
	Active      = "active"
	Inactive    = "inactive"
	Transferred = "transferred"
	Deceased    = "deceased"
)

// WholeShare is all of a patient's bills, in basis points: what the shares of its present bonds sum to.
const WholeShare = 10000

// Owner is a client linked to an animal, in whatever role. Bond is filled where one patient is read.
type Owner struct {
	ID id.ID
	Client
	Bond Bond `json:",omitzero"`
}

// PatientRow is a patient as lists show one, with all clients linked to it: owners first, then payers, carers
// and trainers, the oldest bond first. By each of them it is found.
type PatientRow struct {
	ID id.ID
	Patient
	Status string
	Owners []Owner
}

// Owner is the first owner, or the first payer; ok is false where nobody is known.
func (r PatientRow) Owner() (o Owner, ok bool) {
	if len(r.Owners) == 0 {
		return Owner{}, false
	}
	return r.Owners[0], true
}

func (r PatientRow) ownerClients() []Client {
	out := make([]Client, len(r.Owners))
	for i, o := range r.Owners {
		out[i] = o.Client
	}
	return out
}

// PatientView is a patient as stored. Instants are UTC.
type PatientView struct {
	PatientRow
	Version int64
	// OwnersVersion counts the changes of its bonds, see SetOwners.
	OwnersVersion int64
	// Chip is the number of the first chip it wears, "" for none.
	Chip               string
	CreatedAt, SavedAt time.Time
	SavedBy            id.ID
	// MovedOn is the day its last move happened (midnight UTC), of a death for instance; zero where that is
	// not known.
	MovedOn time.Time
}

// RecentPatient is a patient with the instant it was last opened, zero where it never was.
type RecentPatient struct {
	PatientRow
	OpenedAt time.Time
}

// Species is one kind of animal.
type Species struct{ Code, Name string }

// sealedPatient is what of a patient is sealed.
type sealedPatient struct {
	Name   string `json:"name,omitempty"`
	Colour string `json:"colour,omitempty"`
}

// plainPatient are the columns of a patient that every query of one reads.
type plainPatient struct {
	id                            id.ID
	species, breed, sex, neutered string
	bornOn                        *time.Time
	bornPrecision                 *string
	bornEstimated                 bool
	status                        string
	sealed                        []byte
	client                        id.ID
	clientSealed                  []byte
}

func (r plainPatient) open(keys *vault.Clinic) (Patient, error) {
	p := Patient{Species: r.species, Breed: r.breed, Sex: r.sex, Neutered: r.neutered}
	if r.bornOn != nil && r.bornPrecision != nil {
		p.Born = Birth{On: r.bornOn.UTC(), Precision: Precision(*r.bornPrecision), Estimated: r.bornEstimated}
	}
	var s sealedPatient
	if err := openInto(keys, slot("patients", r.id), r.sealed, &s); err != nil {
		return Patient{}, err
	}
	p.Name, p.Colour = s.Name, s.Colour
	return p, nil
}

// gather makes patients of rows of which one patient has as many as clients linked to it, one after another.
func gather(keys *vault.Clinic, rows []plainPatient) ([]PatientRow, error) {
	out := make([]PatientRow, 0, len(rows))
	owners := map[id.ID]Client{}
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != r.id {
			p, err := r.open(keys)
			if err != nil {
				return nil, err
			}
			out = append(out, PatientRow{ID: r.id, Patient: p, Status: r.status})
		}
		if r.client.IsZero() {
			continue
		}
		c, known := owners[r.client]
		if !known {
			if err := openInto(keys, slot("clients", r.client), r.clientSealed, &c); err != nil {
				return nil, err
			}
			owners[r.client] = c
		}
		last := &out[len(out)-1]
		last.Owners = append(last.Owners, Owner{ID: r.client, Client: c})
	}
	return out, nil
}

// registered is what is kept as the first state of a patient.
type registered struct {
	Versioned[Patient]
	Owner string `json:"owner,omitempty"`
}

// RegisterPatient makes a patient under an id that came with the form, owned by client unless that is
// zero (owner not known). It gives fault.Missing where there is no such client, ErrAlreadyThere for a
// second sending, and fault.Fields for a species nobody knows.
func RegisterPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, client id.ID, p Patient) error {
	var owners []Client
	first := registered{Versioned: Versioned[Patient]{1, p}}
	if !client.IsZero() {
		// Held, so that a change of the owner's name meanwhile finds this animal too.
		owner, err := lockOwner(ctx, tx, keys, client)
		if err != nil {
			return err
		}
		owners, first.Owner = []Client{owner}, client.String()
	}
	text, err := sealed(keys, "patients", row, sealedPatient{p.Name, p.Colour})
	if err != nil {
		return err
	}
	tokens := tokenRows{row: row, kind: "patient"}
	tokens.add(keys, patientTerms(p.Name, owners, nil))
	on, precision := p.Born.columns()
	jobs := []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertPatient(ctx, db.InsertPatientParams{
				TenantID: tx.Tenant, ID: row, Species: p.Species, Breed: p.Breed, Sex: p.Sex, Neutered: p.Neutered,
				BornOn: on, BornPrecision: precision, BornEstimated: p.Born.Estimated,
				Sealed: text, KeyVersion: keys.KeyVersion(), CreatedAt: tx.Now(), UpdatedBy: tx.Who.Person,
			})
			if db.Violates(err, "patients_pkey") {
				return ErrAlreadyThere
			}
			return knownSpecies(err)
		},
		tokens.insert,
	}
	if !client.IsZero() {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertOwnership(ctx, db.InsertOwnershipParams{
				TenantID: tx.Tenant, ID: id.New(), PatientID: row, ClientID: client, Role: RoleOwner, Share: WholeShare,
				MayConsent: true, GetsReminders: true, Since: tx.Now(),
			})
		})
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return firstFault(err, "registering patient "+row.String())
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "patient", ObjectID: row, Group: group, After: first})
}

// EditPatient saves a patient that the form showed at a version. It gives *Conflict[Patient] where that
// is no longer the one stored, fault.Missing where there is no such patient, and fault.Fields for a
// species nobody knows. A birth that reads as the one stored is left as it is, since a form shows less
// than is kept. Saving what is stored already does nothing.
func EditPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, version int64, p Patient) error {
	row, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	was, err := plainPatient{row.ID, row.Species, row.Breed, row.Sex, row.Neutered, row.BornOn, row.BornPrecision, row.BornEstimated, row.Status, row.Sealed, id.ID{}, nil}.open(keys)
	if err != nil {
		return err
	}
	if p.Born.String() == was.Born.String() {
		p.Born = was.Born
	}
	if was == p {
		return nil
	}
	if row.Version != version {
		base, err := PastVersion[Patient](ctx, tx, keys, changeSlot, patient, version, row.Version)
		if err != nil {
			return err
		}
		return &Conflict[Patient]{Base: base, Theirs: was, TheirVersion: row.Version, By: row.UpdatedBy, At: row.UpdatedAt.UTC()}
	}
	if err := savePatient(ctx, tx, keys, patient, version, p); err != nil {
		return err
	}
	if was.Name != p.Name {
		// Read under the lock, without which neither the bonds nor what the patient is found by change.
		now, err := OpenPatient(ctx, tx, keys, patient)
		if err != nil {
			return err
		}
		owners := now.ownerClients()
		if err := refind(ctx, tx, keys, patient, "patient", patientTerms(was.Name, owners, nil), patientTerms(p.Name, owners, nil)); err != nil {
			return err
		}
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "patient", ObjectID: patient, Group: group,
		Before: Versioned[Patient]{version, was}, After: Versioned[Patient]{version + 1, p},
	})
}

// savePatient writes a patient the caller holds at this version.
func savePatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, version int64, p Patient) error {
	text, err := sealed(keys, "patients", patient, sealedPatient{p.Name, p.Colour})
	if err != nil {
		return err
	}
	on, precision := p.Born.columns()
	n, err := tx.UpdatePatient(ctx, db.UpdatePatientParams{
		TenantID: tx.Tenant, ID: patient, Version: version, Species: p.Species, Breed: p.Breed, Sex: p.Sex, Neutered: p.Neutered,
		BornOn: on, BornPrecision: precision, BornEstimated: p.Born.Estimated,
		Sealed: text, KeyVersion: keys.KeyVersion(), UpdatedAt: tx.Now(), UpdatedBy: tx.Who.Person,
	})
	if err := db.OneRow(n, knownSpecies(err)); err != nil {
		return firstFault(err, "saving patient "+patient.String())
	}
	return nil
}

func (b Birth) columns() (on *time.Time, precision *string) {
	if !b.Known() {
		return nil, nil
	}
	p := string(b.Precision)
	return &b.On, &p
}

// knownSpecies turns the refusal of a species into words.
func knownSpecies(err error) error {
	if db.Violates(err, "patients_species_fkey") {
		return fault.Fields{{Name: "species", Message: "Choose a species from the list"}}
	}
	return err
}

// firstFault gives the fault in an error by itself, and wraps any other error.
func firstFault(err error, doing string) error {
	var f fault.Fields
	switch {
	case errors.Is(err, ErrAlreadyThere):
		return ErrAlreadyThere
	case errors.As(err, &f):
		return f
	}
	return fmt.Errorf("%s: %w", doing, err)
}
