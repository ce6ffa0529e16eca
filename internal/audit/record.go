package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Record writes the leaf of an act in the transaction of the act itself; it travels with COMMIT.
// Where the leaf cannot be written, nothing is.
func Record(tx *db.Tx, e Entry) error {
	if !tx.Writing() {
		return errors.New("a reading transaction records through the scribe")
	}
	if benchUnrecorded {
		return nil
	}
	leaf := NewLeaf(tx.Who, tx.Now(), e)
	tx.AtCommit(func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertLeaf(ctx, leaf.params()); err != nil {
			return fmt.Errorf("recording %s %s: %w", e.Action, e.Object, err)
		}
		return nil
	})
	return nil
}

// Change is what an act turned into what. Before is nil for something new.
type Change struct {
	Action   Action
	Object   string
	ObjectID id.ID
	// IDs are other rows it is about, as the patient whose owners these are.
	IDs []id.ID
	// Group is the field group the values belong to ("contact", "clinical"); it is named in what the
	// seal is bound to, so that opening one group's changes does not open another's.
	Group         string
	Before, After any
}

// changed is the sealed content of a row of changes.
type changed struct {
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// RecordChange keeps before and after sealed and records the act, in the transaction of the change.
// The leaf carries a keyed commitment to the content, so that the two can be held together later.
func RecordChange(tx *db.Tx, keys *vault.Clinic, c Change) error {
	plain, err := json.Marshal(changed{Before: c.Before, After: c.After})
	if err != nil {
		return fmt.Errorf("writing down a change of %s: %w", c.Object, err)
	}
	row := id.New()
	sealed, err := keys.Seal(ChangeSlot(c.Group, row), plain)
	if err != nil {
		return fmt.Errorf("sealing a change of %s: %w", c.Object, err)
	}
	p := db.InsertChangeParams{
		TenantID: tx.Tenant, ID: row, At: tx.Now(), ActorID: tx.Who.Person, RequestID: tx.Who.Request,
		Object: c.Object, ObjectID: c.ObjectID, Sealed: sealed, KeyVersion: keys.KeyVersion(),
	}
	tx.AtCommit(func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertChange(ctx, p); err != nil {
			return fmt.Errorf("keeping a change of %s: %w", c.Object, err)
		}
		return nil
	})
	return Record(tx, Entry{Action: c.Action, Object: c.Object, ObjectID: c.ObjectID, IDs: c.IDs, Commitment: keys.Commit(row[:], plain)})
}

// ChangeSlot is where a change is sealed.
func ChangeSlot(group string, row id.ID) vault.Slot {
	return vault.Slot{Table: "changes", Group: group, Row: row}
}
