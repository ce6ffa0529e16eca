package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// KeptMost bounds what is kept of one form, in bytes before sealing: any form that was taken fits, a
// note of four full parts included.
const KeptMost = 2 << 20

// keptEach is how many forms are kept for one person; the oldest go first.
const keptEach = 10

// Kept is a form that could not be taken: the session was locked or over, or the save was refused.
type Kept struct {
	Path   string     `json:"path"`   // where it was sent, a path of this host
	Values url.Values `json:"values"` // what was typed; the sender leaves tokens and passphrases out
	At     time.Time  `json:"-"`      // when it was kept, UTC
}

// KeptForms keeps what people typed, sealed, for the one who typed it.
type KeptForms struct {
	store *db.Store
	vault *vault.Vault
}

// NewKeptForms keeps forms in a store.
func NewKeptForms(store *db.Store, v *vault.Vault) *KeptForms { return &KeptForms{store, v} }

func keptSlot(row id.ID) vault.Slot { return vault.Slot{Table: "kept_forms", Group: "typed", Row: row} }

// Keep seals a form away. It gives a fault of kind Invalid for one that is too long.
func (k *KeptForms) Keep(ctx context.Context, who actor.Who, person id.ID, form Kept) (id.ID, error) {
	if !ReturnPath(form.Path) {
		return id.ID{}, fault.New(fault.Invalid, "What you typed belongs to no page here, so it could not be kept.")
	}
	keys, err := k.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return id.ID{}, fmt.Errorf("keeping a form: %w", err)
	}
	plain, err := json.Marshal(form)
	if err != nil {
		return id.ID{}, fmt.Errorf("keeping a form: %w", err)
	}
	if len(plain) > KeptMost {
		return id.ID{}, fault.New(fault.Invalid, "What you typed is too long to be kept. Copy it before you go on.")
	}
	row := id.New()
	sealed, err := keys.Seal(keptSlot(row), plain)
	if err != nil {
		return id.ID{}, fmt.Errorf("keeping a form: %w", err)
	}
	who.Person = person
	err = k.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertKeptForm(ctx, db.InsertKeptFormParams{
			TenantID: tx.Tenant, ID: row, PersonID: person, Sealed: sealed, KeyVersion: keys.KeyVersion(), KeptAt: tx.Now(),
		}); err != nil {
			return err
		}
		if _, err := tx.DeleteOldKeptForms(ctx, db.DeleteOldKeptFormsParams{TenantID: tx.Tenant, PersonID: person, Most: keptEach}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "kept-form", ObjectID: row})
	})
	if err != nil {
		return id.ID{}, fmt.Errorf("keeping a form: %w", err)
	}
	return row, nil
}

// Kept opens a form for the person who typed it; for anybody else it is fault.Missing. The page that
// shows it records the opening.
func (k *KeptForms) Kept(ctx context.Context, who actor.Who, person, row id.ID) (Kept, error) {
	keys, err := k.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return Kept{}, fmt.Errorf("opening a kept form: %w", err)
	}
	var r db.GetKeptFormRow
	err = k.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = tx.GetKeptForm(ctx, db.GetKeptFormParams{TenantID: tx.Tenant, ID: row, PersonID: person})
		return err
	})
	if db.NoRows(err) {
		return Kept{}, fault.Missing
	}
	if err != nil {
		return Kept{}, fmt.Errorf("opening a kept form: %w", err)
	}
	plain, err := keys.Open(keptSlot(row), r.Sealed)
	if err != nil {
		return Kept{}, fmt.Errorf("opening kept form %v: %w", row, err)
	}
	var form Kept
	if err := json.Unmarshal(plain, &form); err != nil {
		return Kept{}, fmt.Errorf("reading kept form %v: the sealed form is not ours", row)
	}
	form.At = r.KeptAt.UTC()
	return form, nil
}

// Newest is the form a person's last typing was kept in, or fault.Missing.
func (k *KeptForms) Newest(ctx context.Context, who actor.Who, person id.ID) (row id.ID, err error) {
	err = k.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = tx.GetNewestKeptForm(ctx, db.GetNewestKeptFormParams{TenantID: tx.Tenant, PersonID: person})
		return err
	})
	if db.NoRows(err) {
		return id.ID{}, fault.Missing
	}
	if err != nil {
		return id.ID{}, fmt.Errorf("looking for a kept form: %w", err)
	}
	return row, nil
}

// Drop throws a kept form away once it was sent, or is not wanted. One that is gone already, or another
// person's, is fault.Missing.
func (k *KeptForms) Drop(ctx context.Context, who actor.Who, person, row id.ID) error {
	err := k.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.DeleteKeptForm(ctx, db.DeleteKeptFormParams{TenantID: tx.Tenant, ID: row, PersonID: person})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing
		}
		return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "kept-form", ObjectID: row})
	})
	if err != nil {
		return fmt.Errorf("dropping a kept form: %w", err)
	}
	return nil
}
