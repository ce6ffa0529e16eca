package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// clinic is what the benchmark works on.
type clinic struct {
	vet      identity.Person
	keys     *vault.Clinic
	patients []id.ID
	clients  []id.ID
	notes    []id.ID
	// few and many are patients of fewVisits and of manyVisits; visitsEach has whoever is made next, 0 for notesEach.
	few, many  []id.ID
	visitsEach int
}

const (
	clinicName = "Oakvale Vets"
	vetName    = "Dr Tom Reilly"
	vetEmail   = "vet@oakvale.example"
	passphrase = "four calm horses graze"
	vetRole    = "Veterinarian"
	zone       = "Europe/London"

	animalsEach = 2 // of a client
	notesEach   = 2 // about a patient
	chunk       = 50
)

// seed makes a clinic with one vet, and patients with an owner, a chip and signed notes each.
func (s *stand) seed(ctx context.Context) error {
	w, err := s.workshop(ctx, database)
	if err != nil {
		return err
	}
	defer w.close()
	keys, who, vet, err := w.found(ctx, clinicHost, identity.NewPerson{
		Name: vetName, Email: vetEmail, Roles: []string{access.Veterinarian}, Passphrase: passphrase,
	})
	if err != nil {
		return err
	}
	s.clinic.keys, s.clinic.vet = keys, vet
	if err := w.families(ctx, who, &s.clinic, s.patients); err != nil {
		return err
	}
	if err := w.histories(ctx, who, &s.clinic); err != nil {
		return err
	}
	return s.admin(ctx, database, "VACUUM ANALYZE")
}

// family is one client with animals, each with a chip and notes.
func (c *clinic) family(ctx context.Context, tx *db.Tx, i int) error {
	client := id.New()
	if err := registry.RegisterClient(ctx, tx, c.keys, client, invented(i)); err != nil {
		return err
	}
	c.clients = append(c.clients, client)
	for n := range animalsEach {
		row := id.New()
		p := registry.Patient{
			Name: pick(i+n, "Biscuit", "Clover", "Pepper", "Juno", "Otto", "Maple", "Zoë"), Species: pick(i+n, "dog", "cat", "rabbit"),
			Breed: pick(i+n, "Labrador Retriever", "Domestic Shorthair", "Lop"), Sex: pick(n, "female", "male"), Neutered: pick(i, "yes", "no"),
			Colour: pick(i+n, "black", "tabby", "grey"),
			Born:   registry.Birth{On: time.Date(2016+i%8, time.Month(1+i%12), 1+i%28, 0, 0, 0, 0, time.UTC), Precision: registry.ToDay},
		}
		if err := registry.RegisterPatient(ctx, tx, c.keys, row, client, p); err != nil {
			return err
		}
		c.patients = append(c.patients, row)
		if err := c.history(ctx, tx, row, i+n); err != nil {
			return err
		}
	}
	return nil
}

// history is the chip of a patient and its signed notes, which stand in the past.
func (c *clinic) history(ctx context.Context, tx *db.Tx, patient id.ID, i int) error {
	chip := id.New()
	number, err := c.sealed("identifiers", "contact", chip, map[string]string{"number": fmt.Sprintf("9560000%08d", i)})
	if err != nil {
		return err
	}
	steps := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertIdentifiers(ctx, db.InsertIdentifiersParams{
			TenantID: tx.Tenant, Ids: []id.ID{chip}, PatientIds: []id.ID{patient}, Kinds: []string{"chip"}, Standards: []string{"iso"},
			GivenOn: []string{""}, Sealed: [][]byte{number}, KeyVersion: c.keys.KeyVersion(), RecordedAt: tx.Now(),
		})
	}}
	for n := range c.visits() {
		note := id.New()
		text, err := c.sealed("notes", "clinical", note, records.SOAP{
			Subjective: "Off her food since Monday, drinking more than usual, brought in by the owner who is worried about her weight.",
			Objective:  "T 38.6 °C, HR 104, RR 24. Abdomen soft, no pain. Gums pink and moist, CRT under 2 s. Weight 8.4 kg.",
			Assessment: "Mild gastritis, most likely dietary indiscretion.",
			Plan:       "Bland diet for three days, recheck on Friday if not better. Bloods if she still drinks more by then.",
		})
		if err != nil {
			return err
		}
		at := tx.Now().AddDate(0, 0, -(n+1)*max(7, 300/c.visits())-i%20)
		steps = append(steps, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertNote(ctx, db.InsertNoteParams{
				TenantID: tx.Tenant, ID: note, PatientID: patient, AuthorID: tx.Who.Person, EventAt: at, SignedAt: at,
				Sealed: text, KeyVersion: c.keys.KeyVersion(),
			})
		})
		c.notes = append(c.notes, note)
	}
	return db.Together(ctx, tx, steps...)
}

func (c *clinic) visits() int {
	if c.visitsEach == 0 {
		return notesEach
	}
	return c.visitsEach
}

func (c *clinic) sealed(table, group string, row id.ID, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing down a row of %s: %w", table, err)
	}
	return c.keys.Seal(vault.Slot{Table: table, Group: group, Row: row}, plain)
}

// invented is the client at an index, and the one that creating sends.
func invented(i int) registry.Client {
	return registry.Client{
		FirstName: pick(i/animalsEach, "Helen", "Asha", "Tomás", "Ingrid", "Priya", "Owen", "Maëlle"),
		LastName:  pick(i/animalsEach/7, "Thompson", "O'Brien", "Nakamura", "Fernández", "Whitfield") + fmt.Sprintf(" %c%c", 'A'+i%26, 'a'+i/26%26),
		Phones:    []registry.Phone{{Number: fmt.Sprintf("07700 9%05d", i%100000), Label: "mobile"}},
		Email:     fmt.Sprintf("client%d@example.com", i),
	}
}

func pick(i int, of ...string) string { return of[i%len(of)] }
