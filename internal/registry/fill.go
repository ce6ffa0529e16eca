package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Newcomer is a patient of a Fill: a row with its owners, who may be none, the number of its chip, "" where
// it has none, and others, and what is known of it. Its status is not looked at: it comes as Active. Owners
// without a bond own it together, and the first pays.
type Newcomer struct {
	PatientRow
	Chip    string
	Numbers []NewNumber
	Weights []NewWeight
	Alerts  []NewAlert
}

// NewWeight is a weighing that comes with a Fill.
type NewWeight struct {
	ID id.ID
	Weight
}

// NewAlert is an alert that comes with a Fill, and when it was made (UTC).
type NewAlert struct {
	ID id.ID
	Alert
	MadeAt time.Time
}

// NewNumber is a number that comes with a Fill: see Identifier. The zero GivenOn is not known.
type NewNumber struct {
	ID                     id.ID
	Kind, Number, Standard string
	GivenOn                time.Time
}

// AnotherNumber is one more number of a patient that is there, which is found by a number of the same
// letters and digits already.
type AnotherNumber struct {
	Patient id.ID
	NewNumber
}

// Fill is clients and patients that are registered together, as when a clinic is made up: sealed, with
// what they are found by. One Fill is for one transaction of the clinic whose keys sealed it.
type Fill struct {
	commitment []byte
	ids        []id.ID // of the patients
	clients    db.InsertClientsParams
	patients   db.InsertWholePatientsParams
	bonds      db.InsertOwnershipsParams
	numbers    db.InsertIdentifiersParams
	weights    db.InsertWeightsParams
	alerts     db.InsertAlertsParams
	tokens     []db.InsertFieldTokensParams
}

// SealFill seals clients and patients. It writes nothing, so that it may be done on several processors
// while other fills are written. The owners of a patient are among the clients, or were registered before.
func SealFill(keys *vault.Clinic, clients []Owner, patients []Newcomer, more ...AnotherNumber) (*Fill, error) {
	content, err := json.Marshal(struct {
		Clients  []Owner
		Patients []Newcomer
		More     []AnotherNumber
	}{clients, patients, more})
	if err != nil {
		return nil, fmt.Errorf("writing down a fill: %w", err)
	}
	f, found := &Fill{commitment: keys.Commit([]byte("fill"), content)}, newFinder(keys)
	for _, c := range clients {
		if err := f.addClient(keys, found, c); err != nil {
			return nil, err
		}
	}
	for _, p := range patients {
		if err := f.addPatient(keys, found, p); err != nil {
			return nil, err
		}
	}
	for _, n := range more {
		if err := f.addNumber(keys, n.Patient, n.NewNumber); err != nil {
			return nil, err
		}
	}
	f.tokens = found.inserts()
	return f, nil
}

func (f *Fill) addClient(keys *vault.Clinic, found *finder, c Owner) error {
	text, err := sealed(keys, "clients", c.ID, c.Client)
	if err != nil {
		return err
	}
	f.clients.Ids, f.clients.Sealed = append(f.clients.Ids, c.ID), append(f.clients.Sealed, text)
	found.client(c)
	return nil
}

func (f *Fill) addPatient(keys *vault.Clinic, found *finder, n Newcomer) error {
	text, err := sealed(keys, "patients", n.ID, sealedPatient{n.Name, n.Colour})
	if err != nil {
		return err
	}
	p := &f.patients
	born := ""
	if n.Born.Known() {
		born = n.Born.On.Format(time.DateOnly)
	}
	f.ids = append(f.ids, n.ID)
	p.Ids, p.Sealed = append(p.Ids, n.ID), append(p.Sealed, text)
	p.Species, p.Breeds = append(p.Species, n.Species), append(p.Breeds, n.Breed)
	p.Sexes, p.Neutered = append(p.Sexes, n.Sex), append(p.Neutered, n.Neutered)
	p.BornOn, p.BornPrecisions = append(p.BornOn, born), append(p.BornPrecisions, string(n.Born.Precision))
	p.BornEstimated = append(p.BornEstimated, n.Born.Estimated)
	f.addBonds(n)
	f.addWeights(n)
	if err := f.addAlerts(keys, n); err != nil {
		return err
	}
	own := n.Numbers
	if n.Chip != "" {
		own = append(own[:len(own):len(own)], NewNumber{ID: id.New(), Kind: KindChip, Number: n.Chip})
	}
	numbers := make([]string, len(own))
	for i, o := range own {
		if err := f.addNumber(keys, n.ID, o); err != nil {
			return err
		}
		numbers[i] = o.Number
	}
	found.patient(n, numbers)
	return nil
}

func (f *Fill) addBonds(n Newcomer) {
	p := &f.bonds
	for i, o := range n.Owners {
		b := o.Bond
		if b == (Bond{}) {
			b = Bond{Role: RoleOwner, MayConsent: true, GetsReminders: true}
			if i == 0 {
				b.Share = WholeShare
			}
		}
		p.Ids, p.PatientIds, p.ClientIds = append(p.Ids, id.New()), append(p.PatientIds, n.ID), append(p.ClientIds, o.ID)
		p.Roles, p.Shares = append(p.Roles, b.Role), append(p.Shares, int32(b.Share))
		p.MayConsent, p.GetsReminders = append(p.MayConsent, b.MayConsent), append(p.GetsReminders, b.GetsReminders)
	}
}

func (f *Fill) addWeights(n Newcomer) {
	p := &f.weights
	for _, w := range n.Weights {
		p.Ids, p.PatientIds, p.Ats = append(p.Ids, w.ID), append(p.PatientIds, n.ID), append(p.Ats, w.At)
		p.Grams, p.Entered, p.Units, p.Sources = append(p.Grams, w.Grams), append(p.Entered, w.Entered), append(p.Units, w.Unit), append(p.Sources, w.Source)
	}
}

func (f *Fill) addAlerts(keys *vault.Clinic, n Newcomer) error {
	p := &f.alerts
	for _, a := range n.Alerts {
		text, err := sealed(keys, "alerts", a.ID, sealedAlert{a.Text})
		if err != nil {
			return err
		}
		p.Ids, p.PatientIds, p.MadeAt = append(p.Ids, a.ID), append(p.PatientIds, n.ID), append(p.MadeAt, a.MadeAt)
		p.Levels, p.Topics, p.Sealed = append(p.Levels, a.Level), append(p.Topics, a.Topic), append(p.Sealed, text)
	}
	return nil
}

func (f *Fill) addNumber(keys *vault.Clinic, patient id.ID, n NewNumber) error {
	text, err := sealed(keys, "identifiers", n.ID, sealedIdentifier{n.Number})
	if err != nil {
		return err
	}
	given := ""
	if !n.GivenOn.IsZero() {
		given = n.GivenOn.Format(time.DateOnly)
	}
	p := &f.numbers
	p.Ids, p.PatientIds, p.Kinds = append(p.Ids, n.ID), append(p.PatientIds, patient), append(p.Kinds, n.Kind)
	p.Standards, p.GivenOn, p.Sealed = append(p.Standards, n.Standard), append(p.GivenOn, given), append(p.Sealed, text)
	return nil
}

// RegisterFill writes a fill: a statement for each table and each field of search, and one leaf with
// the ids of its patients and a commitment to everything in it. It gives ErrAlreadyThere where one of
// its rows is there, and fault.Fields for a species nobody knows; the transaction is lost then.
func RegisterFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill) error {
	if err := WriteFill(ctx, tx, keys, f); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "patient", IDs: f.ids, Commitment: f.commitment})
}

// WriteFill is RegisterFill without the leaf, for a part of a batch that is recorded as a whole. with is
// sent together with it, first.
func WriteFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill, with ...func(context.Context, *db.Tx) error) error {
	at, version, by := tx.Now(), keys.KeyVersion(), tx.Who.Person
	clients, patients, bonds, numbers := f.clients, f.patients, f.bonds, f.numbers
	clients.TenantID, clients.KeyVersion, clients.CreatedAt, clients.UpdatedBy = tx.Tenant, version, at, by
	patients.TenantID, patients.KeyVersion, patients.CreatedAt, patients.UpdatedBy = tx.Tenant, version, at, by
	bonds.TenantID, bonds.Since = tx.Tenant, at
	numbers.TenantID, numbers.KeyVersion, numbers.RecordedAt = tx.Tenant, version, at
	weights, alerts := f.weights, f.alerts
	weights.TenantID, weights.RecordedBy = tx.Tenant, by
	alerts.TenantID, alerts.KeyVersion, alerts.MadeBy = tx.Tenant, version, by
	jobs := append(slices.Clip(with),
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertClients(ctx, clients)
			if db.Violates(err, "clients_pkey") {
				return ErrAlreadyThere
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertWholePatients(ctx, patients)
			if db.Violates(err, "patients_pkey") {
				return ErrAlreadyThere
			}
			return knownSpecies(err)
		},
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertOwnerships(ctx, bonds) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertIdentifiers(ctx, numbers) },
	)
	if len(weights.Ids) > 0 {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error { return tx.InsertWeights(ctx, weights) })
	}
	if len(alerts.Ids) > 0 {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error { return tx.InsertAlerts(ctx, alerts) })
	}
	for _, tokens := range f.tokens {
		tokens.TenantID = tx.Tenant
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error { return tx.InsertFieldTokens(ctx, tokens) })
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return firstFault(err, "writing a fill")
	}
	return nil
}
