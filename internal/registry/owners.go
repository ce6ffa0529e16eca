package registry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// The roles of a client at an animal. Owners and payers pay; a carer or trainer who does is a payer.
const (
	RoleOwner   = "owner"
	RolePayer   = "payer"
	RoleCarer   = "carer"
	RoleTrainer = "trainer"
)

// Bond links a client to an animal.
type Bond struct {
	Client id.ID  `json:"client"`
	Role   string `json:"role"`
	// Share of the animal's bills in basis points. Those of all present bonds sum to WholeShare.
	Share int `json:"share"`
	// MayConsent to treatment, GetsReminders that something is due.
	MayConsent    bool `json:"may_consent"`
	GetsReminders bool `json:"gets_reminders"`
	// Since is UTC; SetOwners sets it for a new bond.
	Since time.Time `json:"-"`
}

// Pays reports whether the role is one that pays.
func (b Bond) Pays() bool { return b.Role == RoleOwner || b.Role == RolePayer }

// same reports whether nothing that a form can change differs.
func (b Bond) same(o Bond) bool {
	b.Since, o.Since = time.Time{}, time.Time{}
	return b == o
}

// Bonds are the present links of a patient, owners first, then payers, carers and trainers.
func (v PatientView) Bonds() []Bond {
	out := make([]Bond, len(v.Owners))
	for i, o := range v.Owners {
		out[i] = o.Bond
	}
	return out
}

// PastOwner is a client who was linked to an animal. Instants are UTC.
type PastOwner struct {
	ID id.ID
	Client
	Role         string
	Since, Until time.Time
}

// PastOwners reads the links of a patient that have ended, the latest first, at most 50.
func PastOwners(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]PastOwner, error) {
	rows, err := tx.ListPastOwners(ctx, db.ListPastOwnersParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading past owners: %w", err)
	}
	out := make([]PastOwner, len(rows))
	for i, r := range rows {
		out[i] = PastOwner{ID: r.ClientID, Role: r.Role, Since: r.Since.UTC(), Until: r.Until.UTC()}
		if err := openInto(keys, slot("clients", r.ClientID), r.ClientSealed, &out[i].Client); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ClientsAmong reads the clients of these ids, as a form names them. One that is not there is not in the map.
func ClientsAmong(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ids []id.ID) (map[id.ID]Client, error) {
	rows, err := tx.ListClientsAmong(ctx, db.ListClientsAmongParams{TenantID: tx.Tenant, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading clients: %w", err)
	}
	out := make(map[id.ID]Client, len(rows))
	for _, r := range rows {
		var c Client
		if err := openInto(keys, slot("clients", r.ID), r.Sealed, &c); err != nil {
			return nil, err
		}
		out[r.ID] = c
	}
	return out, nil
}

// SetOwners makes these the present bonds of a patient that the form showed at a version of its owners;
// none means that the owner is not known. A bond that is missing, or has another role, ends and is kept.
// It gives fault.Fields where the bonds are not ones that may be, fault.Missing where patient or client is
// not there, and *Conflict[[]Bond] where the version is no longer the one stored. Setting what is stored
// already does nothing.
//
// Clients are held before the patient and in the order of their ids, as everywhere. The lock on the patient
// is what keeps the sum of the shares: nobody else changes a bond of it meanwhile.
func SetOwners(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, version int64, bonds []Bond) error {
	if err := checkBonds(bonds, nil).Err(); err != nil {
		return err
	}
	// Held, so that a change of a new client's name meanwhile finds this animal too.
	names, err := lockOwners(ctx, tx, keys, bonds)
	if err != nil {
		return err
	}
	row, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	now, err := OpenPatient(ctx, tx, keys, patient)
	if err != nil {
		return err
	}
	was := now.Bonds()
	if slices.EqualFunc(byClient(was), byClient(bonds), Bond.same) {
		return nil
	}
	object := bondsOf(patient)
	if row.OwnersVersion != version {
		return bondsConflict(ctx, tx, keys, object, version, now)
	}
	jobs := bondChanges(patient, was, bonds)
	jobs = append(jobs,
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.UpdateOwnersVersion(ctx, db.UpdateOwnersVersionParams{TenantID: tx.Tenant, ID: patient, Version: version})
			return db.OneRow(n, err)
		},
		func(ctx context.Context, tx *db.Tx) error {
			var after []Client
			for _, b := range bonds {
				after = append(after, names[b.Client])
			}
			return refind(ctx, tx, keys, patient, "patient", patientTerms(now.Name, now.ownerClients(), nil), patientTerms(now.Name, after, nil))
		},
	)
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return fmt.Errorf("saving the owners of patient %s: %w", patient, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "owners", ObjectID: object, IDs: aboutBonds(patient, was, bonds), Group: group,
		Before: Versioned[[]Bond]{version, was}, After: Versioned[[]Bond]{version + 1, bonds},
	})
}

// lockOwners holds the clients of bonds in the order of their ids.
func lockOwners(ctx context.Context, tx *db.Tx, keys *vault.Clinic, bonds []Bond) (map[id.ID]Client, error) {
	names := make(map[id.ID]Client, len(bonds))
	for _, b := range byClient(bonds) {
		c, err := lockOwner(ctx, tx, keys, b.Client)
		if err != nil {
			return nil, err
		}
		names[b.Client] = c
	}
	return names, nil
}

// bondChanges are the writes between two lists of bonds.
func bondChanges(patient id.ID, was, bonds []Bond) (jobs []func(context.Context, *db.Tx) error) {
	stays := func(list []Bond, b Bond) int {
		return slices.IndexFunc(list, func(o Bond) bool { return o.Client == b.Client && o.Role == b.Role })
	}
	for _, b := range was {
		if stays(bonds, b) >= 0 {
			continue
		}
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			until := tx.Now()
			n, err := tx.EndOwnership(ctx, db.EndOwnershipParams{TenantID: tx.Tenant, PatientID: patient, ClientID: b.Client, Role: b.Role, Until: &until})
			return db.OneRow(n, err)
		})
	}
	for _, b := range bonds {
		at := stays(was, b)
		switch {
		case at < 0:
			jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertOwnership(ctx, db.InsertOwnershipParams{
					TenantID: tx.Tenant, ID: id.New(), PatientID: patient, ClientID: b.Client, Role: b.Role, Share: int32(b.Share),
					MayConsent: b.MayConsent, GetsReminders: b.GetsReminders, Since: tx.Now(),
				})
			})
		case !b.same(was[at]):
			jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
				n, err := tx.UpdateOwnership(ctx, db.UpdateOwnershipParams{
					TenantID: tx.Tenant, PatientID: patient, ClientID: b.Client, Role: b.Role, Share: int32(b.Share),
					MayConsent: b.MayConsent, GetsReminders: b.GetsReminders,
				})
				return db.OneRow(n, err)
			})
		}
	}
	return jobs
}

// bondsConflict says what is stored instead of what the form was made from.
func bondsConflict(ctx context.Context, tx *db.Tx, keys *vault.Clinic, object id.ID, version int64, now PatientView) error {
	base, err := PastVersion[[]Bond](ctx, tx, keys, changeSlot, object, version, now.OwnersVersion)
	if err != nil {
		return err
	}
	by, at, err := OwnersSaved(ctx, tx, now.ID)
	if err != nil {
		return err
	}
	return &Conflict[[]Bond]{Base: base, Theirs: now.Bonds(), TheirVersion: now.OwnersVersion, By: by, At: at}
}

// OwnersSaved says who changed the owners of a patient last, and when (UTC): nobody, where they are those it
// was registered with.
func OwnersSaved(ctx context.Context, tx *db.Tx, patient id.ID) (by id.ID, at time.Time, err error) {
	last, err := tx.GetLastChange(ctx, db.GetLastChangeParams{TenantID: tx.Tenant, ObjectID: bondsOf(patient)})
	if db.NoRows(err) {
		return by, at, nil
	}
	if err != nil {
		return by, at, fmt.Errorf("reading who changed owners last: %w", err)
	}
	return last.ActorID, last.At.UTC(), nil
}

// byClient is a list of bonds in the order of the clients' ids.
func byClient(bonds []Bond) []Bond {
	return slices.SortedFunc(slices.Values(bonds), func(a, b Bond) int { return slices.Compare(a.Client[:], b.Client[:]) })
}

// aboutBonds are the rows a change of owners is about, for those who ask what was done with one of them.
func aboutBonds(patient id.ID, was, bonds []Bond) []id.ID {
	ids := []id.ID{patient}
	for _, b := range slices.Concat(was, bonds) {
		if !slices.Contains(ids, b.Client) {
			ids = append(ids, b.Client)
		}
	}
	return ids
}

// bondsOf names the bonds of a patient in the record, apart from the patient, whose own changes are counted
// by its versions (PastVersion). It is a UUIDv8 (RFC 9562) made of the patient's id.
func bondsOf(patient id.ID) id.ID {
	sum := sha256.Sum256(append([]byte("owners of "), patient[:]...))
	out := id.ID(sum[:16])
	out[6] = out[6]&0x0f | 0x80
	out[8] = out[8]&0x3f | 0x80
	return out
}
