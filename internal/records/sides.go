package records

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// ErrApart answers the signature of a draft that has a second text: its author chooses first.
var ErrApart = fault.New(fault.Conflict, "This note has a second text from another window. Choose what stands before signing.")

// Side is a text of a draft that met another, kept until its author has chosen. ID is the window it was written in,
// Base what both texts began from, nil where that is not known. SavedAt is UTC.
type Side struct {
	ID      id.ID
	SOAP    SOAP
	Base    *SOAP
	SavedAt time.Time
}

// KeepSide keeps what a window has of a draft that was saved elsewhere since version, beside the draft and over what
// the window had kept before. All windows without an id, as of pages from before there were any, are one.
// It gives the errors of SaveDraft but the conflict, and fault.Missing for an id that is another draft's window.
func KeepSide(ctx context.Context, tx *db.Tx, keys *vault.Clinic, window, draft id.ID, version int64, s SOAP) (id.ID, error) {
	if window.IsZero() || window == draft {
		window = nameless(draft)
	}
	s, bad := s.tidy()
	if err := bad.Err(); err != nil {
		return window, err
	}
	row, stored, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return window, err
	}
	if s == stored && row.Version >= version {
		return window, nil // somebody chose these words meanwhile
	}
	was, err := tx.GetDraftSide(ctx, db.GetDraftSideParams{TenantID: tx.Tenant, ID: window})
	none := db.NoRows(err)
	if err := unless(none, err); err != nil {
		return window, fmt.Errorf("reading a second text: %w", err)
	}
	if !none && was.DraftID != draft {
		return window, fault.Missing
	}
	var before SOAP
	if !none {
		if err := open(keys, "draft_sides", window, was.Sealed, &before); err != nil {
			return window, err
		}
		if before == s && was.BaseVersion == version {
			return window, nil
		}
	}
	text, err := seal(keys, "draft_sides", window, s)
	if err != nil {
		return window, err
	}
	n := int64(1)
	if none {
		err = tx.InsertDraftSide(ctx, db.InsertDraftSideParams{
			TenantID: tx.Tenant, ID: window, DraftID: draft, BaseVersion: version, Sealed: text, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now(),
		})
	} else {
		n, err = tx.UpdateDraftSide(ctx, db.UpdateDraftSideParams{
			TenantID: tx.Tenant, ID: window, DraftID: draft, BaseVersion: version, Sealed: text, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now(),
		})
	}
	if err := db.OneRow(n, err); err != nil {
		return window, fmt.Errorf("keeping a second text of draft %s: %w", draft, err)
	}
	change := audit.Change{Action: audit.Changed, Object: "draft-side", ObjectID: window, IDs: []id.ID{draft}, Group: group, Before: before, After: s}
	if none {
		change.Action, change.Before = audit.Created, nil
	}
	return window, audit.RecordChange(tx, keys, change)
}

// nameless is the window of a draft that has no id: not the draft's own, whose changes are counted.
func nameless(draft id.ID) id.ID {
	for i := 9; i < len(draft); i++ { // the random part
		draft[i] = ^draft[i]
	}
	return draft
}

// DropSide takes a second text away once its author has chosen: what it said stays in the record of changes. One that
// is gone already is no mistake.
func DropSide(ctx context.Context, tx *db.Tx, keys *vault.Clinic, side, draft id.ID) error {
	if _, _, err := hold(ctx, tx, keys, draft); err != nil {
		return err
	}
	was, err := tx.GetDraftSide(ctx, db.GetDraftSideParams{TenantID: tx.Tenant, ID: side})
	if db.NoRows(err) || err == nil && was.DraftID != draft {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading a second text: %w", err)
	}
	var before SOAP
	if err := open(keys, "draft_sides", side, was.Sealed, &before); err != nil {
		return err
	}
	n, err := tx.DeleteDraftSide(ctx, db.DeleteDraftSideParams{TenantID: tx.Tenant, ID: side, DraftID: draft})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("taking a second text away: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "draft-side", ObjectID: side, IDs: []id.ID{draft}, Group: group, Before: before,
	})
}

// Sides reads one's own draft and its second texts, the oldest first. It gives the errors of OpenDraft.
func Sides(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) (Draft, []Side, error) {
	d, err := OpenDraft(ctx, tx, keys, draft)
	if err != nil {
		return d, nil, err
	}
	rows, err := tx.ListDraftSides(ctx, db.ListDraftSidesParams{TenantID: tx.Tenant, DraftID: draft})
	if err != nil {
		return d, nil, fmt.Errorf("reading second texts: %w", err)
	}
	out := make([]Side, len(rows))
	for i, r := range rows {
		out[i] = Side{ID: r.ID, SavedAt: r.SavedAt.UTC()}
		if err := open(keys, "draft_sides", r.ID, r.Sealed, &out[i].SOAP); err != nil {
			return d, nil, err
		}
		if out[i].Base, err = registry.PastVersion[SOAP](ctx, tx, keys, changeSlot, draft, r.BaseVersion, d.Version); err != nil {
			return d, nil, err
		}
	}
	return d, out, nil
}
