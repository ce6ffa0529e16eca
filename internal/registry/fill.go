package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Newcomer is a patient of a Fill: a row with its owners, who may be none, and the number of its chip,
// "" where it has none. Its status is not looked at: it comes as Active.
type Newcomer struct {
	PatientRow
	Chip string
}

// Fill is clients and patients that are registered together, as when a clinic is made up: sealed, with
// what they are found by. One Fill is for one transaction of the clinic whose keys sealed it.
type Fill struct {
	commitment []byte
	ids        []id.ID // of the patients
	clients    db.InsertClientsParams
	patients   db.InsertWholePatientsParams
	bonds      db.InsertOwnershipsParams
	chips      db.InsertIdentifiersParams
	tokens     map[shelf][]foundBy
	hashed     map[term][8]byte
	seen       map[term]bool
}

// SealFill seals clients and patients. It writes nothing, so that it may be done on several processors
// while other fills are written. The owners of a patient are among the clients, or were registered before.
func SealFill(keys *vault.Clinic, clients []Owner, patients []Newcomer) (*Fill, error) {
	content, err := json.Marshal(struct {
		Clients  []Owner
		Patients []Newcomer
	}{clients, patients})
	if err != nil {
		return nil, fmt.Errorf("writing down a fill: %w", err)
	}
	f := &Fill{
		commitment: keys.Commit([]byte("fill"), content),
		tokens:     map[shelf][]foundBy{}, hashed: map[term][8]byte{}, seen: map[term]bool{},
	}
	for _, c := range clients {
		if err := f.addClient(keys, c); err != nil {
			return nil, err
		}
	}
	for _, p := range patients {
		if err := f.addPatient(keys, p); err != nil {
			return nil, err
		}
	}
	for _, list := range f.tokens {
		slices.SortFunc(list, byIndex)
	}
	return f, nil
}

func (f *Fill) addClient(keys *vault.Clinic, c Owner) error {
	text, err := sealed(keys, "clients", c.ID, c.Client)
	if err != nil {
		return err
	}
	f.clients.Ids, f.clients.Sealed = append(f.clients.Ids, c.ID), append(f.clients.Sealed, text)
	f.add(keys, c.ID, "client", clientTerms(c.Client))
	return nil
}

func (f *Fill) addPatient(keys *vault.Clinic, n Newcomer) error {
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
	for i, o := range n.Owners {
		f.bonds.Ids, f.bonds.PatientIds = append(f.bonds.Ids, id.New()), append(f.bonds.PatientIds, n.ID)
		f.bonds.ClientIds, f.bonds.Roles = append(f.bonds.ClientIds, o.ID), append(f.bonds.Roles, "owner")
		share := int32(0) // the first pays
		if i == 0 {
			share = wholeShare
		}
		f.bonds.Shares, f.bonds.MayConsent = append(f.bonds.Shares, share), append(f.bonds.MayConsent, true)
	}
	var numbers []string
	if n.Chip != "" {
		numbers = []string{n.Chip}
		row := id.New()
		number, err := sealed(keys, "identifiers", row, sealedIdentifier{n.Chip})
		if err != nil {
			return err
		}
		f.chips.Ids, f.chips.PatientIds = append(f.chips.Ids, row), append(f.chips.PatientIds, n.ID)
		f.chips.Sealed = append(f.chips.Sealed, number)
	}
	f.add(keys, n.ID, "patient", patientTerms(n.Name, n.ownerClients(), numbers))
	return nil
}

// RegisterFill writes a fill: a statement for each table and each field of search, and one leaf with
// the ids of its patients and a commitment to everything in it. It gives ErrAlreadyThere where one of
// its rows is there, and fault.Fields for a species nobody knows; the transaction is lost then.
func RegisterFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill) error {
	at, version, by := tx.Now(), keys.KeyVersion(), tx.Who.Person
	clients, patients, bonds, chips := f.clients, f.patients, f.bonds, f.chips
	clients.TenantID, clients.KeyVersion, clients.CreatedAt, clients.UpdatedBy = tx.Tenant, version, at, by
	patients.TenantID, patients.KeyVersion, patients.CreatedAt, patients.UpdatedBy = tx.Tenant, version, at, by
	bonds.TenantID, bonds.Since = tx.Tenant, at
	chips.TenantID, chips.Kind, chips.KeyVersion, chips.RecordedAt = tx.Tenant, "chip", version, at
	jobs := []func(context.Context, *db.Tx) error{
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
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertIdentifiers(ctx, chips) },
	}
	for at, list := range f.tokens {
		jobs = append(jobs, at.insert(list))
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return firstFault(err, "writing a fill")
	}
	return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "patient", IDs: f.ids, Commitment: f.commitment})
}

// shelf is the part of search_tokens that one field of one kind of row has.
type shelf struct{ field, kind string }

// foundBy is one row of a shelf.
type foundBy struct {
	token [8]byte
	row   id.ID
}

// byIndex is the order of the index of search_tokens, which takes rows sooner in it.
func byIndex(a, b foundBy) int {
	if a.token != b.token {
		return cmp.Compare(binary.BigEndian.Uint64(a.token[:]), binary.BigEndian.Uint64(b.token[:]))
	}
	return bytes.Compare(a.row[:], b.row[:])
}

// add takes the terms of a row, each once. Names come again and again: each is hashed once a fill.
func (f *Fill) add(keys *vault.Clinic, row id.ID, kind string, terms []term) {
	clear(f.seen)
	for _, t := range terms {
		if f.seen[t] {
			continue
		}
		f.seen[t] = true
		token, known := f.hashed[t]
		if !known {
			token = t.token(keys)
			f.hashed[t] = token
		}
		at := shelf{t.field, kind}
		f.tokens[at] = append(f.tokens[at], foundBy{token, row})
	}
}

// insert writes the tokens of a shelf.
func (s shelf) insert(list []foundBy) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		p := db.InsertFieldTokensParams{
			TenantID: tx.Tenant, Field: s.field, Kind: s.kind, Tokens: make([][]byte, len(list)), RowIds: make([]id.ID, len(list)),
		}
		for i := range list {
			p.Tokens[i], p.RowIds[i] = list[i].token[:], list[i].row
		}
		return tx.InsertFieldTokens(ctx, p)
	}
}
