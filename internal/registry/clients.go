package registry

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Client is a person or body that answers for patients.
type Client struct {
	FirstName string  `json:"first_name,omitempty"`
	LastName  string  `json:"last_name,omitempty"`
	Phones    []Phone `json:"phones,omitempty"`
	Email     string  `json:"email,omitempty"`
	// Where the client lives. Region is the state, county or canton where an address needs one.
	Street   string `json:"street,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"state,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
}

// Phone is one number as it is dialled, and a word on it: "mobile", "work, before noon".
type Phone struct {
	Number string `json:"number"`
	Label  string `json:"label,omitempty"`
}

// Name is the whole name, first name first.
func (c Client) Name() string {
	switch {
	case c.FirstName == "":
		return c.LastName
	case c.LastName == "":
		return c.FirstName
	}
	return c.FirstName + " " + c.LastName
}

// Surname is the last name, or the only one there is.
func (c Client) Surname() string {
	if c.LastName == "" {
		return c.FirstName
	}
	return c.LastName
}

// ClientView is a client as stored. Instants are UTC.
type ClientView struct {
	ID id.ID
	Client
	Version            int64
	CreatedAt, SavedAt time.Time
	SavedBy            id.ID
}

// OpenClient reads one client. It gives fault.Missing where there is none in this clinic.
func OpenClient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) (ClientView, error) {
	row, err := tx.GetClient(ctx, db.GetClientParams{TenantID: tx.Tenant, ID: client})
	if err := db.Missing(err, "reading a client"); err != nil {
		return ClientView{}, err
	}
	v := ClientView{ID: row.ID, Version: row.Version, CreatedAt: row.CreatedAt.UTC(), SavedAt: row.UpdatedAt.UTC(), SavedBy: row.UpdatedBy}
	if err := openInto(keys, slot("clients", row.ID), row.Sealed, &v.Client); err != nil {
		return ClientView{}, err
	}
	return v, nil
}

// RegisterClient makes a client under an id that came with the form. A second sending gives
// ErrAlreadyThere and changes nothing.
func RegisterClient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, c Client) error {
	text, err := sealed(keys, "clients", row, c)
	if err != nil {
		return err
	}
	tokens := tokenRows{row: row, kind: "client"}
	tokens.add(keys, clientTerms(c))
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertClient(ctx, db.InsertClientParams{
				TenantID: tx.Tenant, ID: row, Sealed: text, KeyVersion: keys.KeyVersion(), CreatedAt: tx.Now(), UpdatedBy: tx.Who.Person,
			})
			if db.Violates(err, "clients_pkey") {
				return ErrAlreadyThere
			}
			return err
		},
		tokens.insert,
	)
	if errors.Is(err, ErrAlreadyThere) {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("registering client %s: %w", row, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "client", ObjectID: row, Group: group, After: Versioned[Client]{1, c}})
}

// EditClient saves a client that the form showed at a version. It gives *Conflict[Client] where that is
// no longer the one stored, and fault.Missing where there is no such client. Saving what is stored
// already does nothing.
func EditClient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID, version int64, c Client) error {
	row, err := tx.LockClient(ctx, db.LockClientParams{TenantID: tx.Tenant, ID: client})
	if err := db.Missing(err, "locking a client"); err != nil {
		return err
	}
	var was Client
	if err := openInto(keys, slot("clients", client), row.Sealed, &was); err != nil {
		return err
	}
	if reflect.DeepEqual(was, c) {
		return nil
	}
	if row.Version != version {
		base, err := PastVersion[Client](ctx, tx, keys, changeSlot, client, version, row.Version)
		if err != nil {
			return err
		}
		return &Conflict[Client]{Base: base, Theirs: was, TheirVersion: row.Version, By: row.UpdatedBy, At: row.UpdatedAt.UTC()}
	}
	text, err := sealed(keys, "clients", client, c)
	if err != nil {
		return err
	}
	n, err := tx.UpdateClient(ctx, db.UpdateClientParams{
		TenantID: tx.Tenant, ID: client, Version: version, Sealed: text, KeyVersion: keys.KeyVersion(), UpdatedAt: tx.Now(), UpdatedBy: tx.Who.Person,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving client %s: %w", client, err)
	}
	if err := refind(ctx, tx, keys, client, "client", clientTerms(was), clientTerms(c)); err != nil {
		return err
	}
	if was.FirstName != c.FirstName || was.LastName != c.LastName {
		if err := refindAnimals(ctx, tx, keys, client, was); err != nil {
			return err
		}
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "client", ObjectID: client, Group: group,
		Before: Versioned[Client]{version, was}, After: Versioned[Client]{version + 1, c},
	})
}

func changeSlot(row id.ID) vault.Slot { return audit.ChangeSlot(group, row) }

// refindAnimals lets the animals of a client be found by the client's new name instead of the one it had.
// The caller holds the client; animals are locked in the order of their ids, so that two of these cannot
// wait for each other.
func refindAnimals(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID, was Client) error {
	animals, err := tx.ListLinkedPatients(ctx, db.ListLinkedPatientsParams{TenantID: tx.Tenant, ClientID: client})
	if err != nil {
		return fmt.Errorf("reading the animals of client %s: %w", client, err)
	}
	for _, a := range animals {
		if _, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: a}); err != nil {
			return fmt.Errorf("locking patient %s: %w", a, err)
		}
	}
	jobs := make([]func(context.Context, *db.Tx) error, len(animals))
	for i, a := range animals {
		jobs[i] = func(ctx context.Context, tx *db.Tx) error {
			now, err := OpenPatient(ctx, tx, keys, a)
			if err != nil {
				return err
			}
			before := now.ownerClients()
			for at, o := range now.Owners {
				if o.ID == client {
					before[at] = was
				}
			}
			return refind(ctx, tx, keys, a, "patient", patientTerms(now.Name, before, nil), patientTerms(now.Name, now.ownerClients(), nil))
		}
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return fmt.Errorf("rewriting what the animals of client %s are found by: %w", client, err)
	}
	return nil
}

// lockOwner holds a client whose name goes into an animal's tokens, and opens it.
func lockOwner(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) (Client, error) {
	row, err := tx.LockClient(ctx, db.LockClientParams{TenantID: tx.Tenant, ID: client})
	if err := db.Missing(err, "locking an owner"); err != nil {
		return Client{}, err
	}
	var c Client
	if err := openInto(keys, slot("clients", client), row.Sealed, &c); err != nil {
		return Client{}, err
	}
	return c, nil
}
