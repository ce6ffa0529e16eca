package records

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Act is something done or given in a consult. Instants are UTC.
type Act struct {
	ID, Charge, By id.ID
	Name           string
	Quantity       money.Quantity
	Unit           string
	At             time.Time
	// State is its charge's: one that is declined was not done after all.
	State string
}

type sealedAct struct {
	Name string `json:"name"`
}

// ErrNoMore refuses an act where its visit is over.
var ErrNoMore = fault.New(fault.Conflict, "This visit is over: nothing more is added to it.")

// AddAct writes down what was done for a draft of one's own and charges it, under an id that came with the form. Day
// is the clinic's. It gives registry.ErrAlreadyThere for a second sending, fault.Missing where the draft or the item
// is not there, ErrAlreadySigned, ErrNoMore, and fault.Fields named quantity.
func AddAct(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, draft id.ID, item billing.ItemRow, q money.Quantity, day time.Time) error {
	held, _, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return err
	}
	c := item.Charge(q)
	c.Patient, c.Visit, c.Day = held.PatientID, held.VisitID, day
	// The charge has the act's id: whichever is sent twice, both are there already.
	err = billing.AddCharge(ctx, tx, keys, row, c)
	switch {
	case errors.Is(err, billing.ErrAlreadyThere):
		return registry.ErrAlreadyThere
	case errors.Is(err, billing.ErrVisitOver):
		return ErrNoMore
	case err != nil:
		return err
	}
	text, err := seal(keys, "acts", row, sealedAct{c.Name})
	if err != nil {
		return err
	}
	err = tx.InsertAct(ctx, db.InsertActParams{
		TenantID: tx.Tenant, ID: row, PatientID: held.PatientID, VisitID: held.VisitID, NoteID: draft, ChargeID: row, ItemID: item.ID,
		Quantity: q, Unit: c.Unit, Context: c.Context, Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: held.AuthorID,
	})
	if db.Violates(err, "acts_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("writing down an act of draft %s: %w", draft, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "act", ObjectID: row, IDs: []id.ID{held.PatientID, draft}, Group: group,
		After: map[string]string{"name": c.Name, "quantity": q.String(), "unit": c.Unit},
	})
}

// ActsOf reads what was done for a note or a draft, in that order. It is for those who may read clinical text.
func ActsOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) ([]Act, error) {
	rows, err := tx.ListActsOfNote(ctx, db.ListActsOfNoteParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return nil, fmt.Errorf("reading acts: %w", err)
	}
	out := make([]Act, len(rows))
	for i, r := range rows {
		var s sealedAct
		if err := open(keys, "acts", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = Act{ID: r.ID, Charge: r.ChargeID, By: r.ByID, Name: s.Name, Quantity: r.Quantity, Unit: r.Unit, At: r.At.UTC(), State: r.State}
	}
	return out, nil
}
