package records

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenText opens what a signed note says, as a row of the history has it.
func OpenText(keys *vault.Clinic, note id.ID, sealed []byte) (SOAP, Earlier, error) {
	n := Note{NoteHead: NoteHead{ID: note}}
	err := n.open(keys, sealed)
	return n.SOAP, n.Earlier, err
}

// Later is what came after notes were signed and what was done for them, by the note's id.
type Later struct {
	Addenda map[id.ID][]Addendum
	Voids   map[id.ID]Voided
	Acts    map[id.ID][]Act
}

// LoadLater reads what belongs to some notes, in one trip with whatever else is read.
func LoadLater(into *Later, keys *vault.Clinic, notes []id.ID) []func(ctx context.Context, tx *db.Tx) error {
	*into = Later{map[id.ID][]Addendum{}, map[id.ID]Voided{}, map[id.ID][]Act{}}
	if len(notes) == 0 {
		return nil
	}
	return []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListAddendaOfNotes(ctx, db.ListAddendaOfNotesParams{TenantID: tx.Tenant, Notes: notes})
			if err != nil {
				return fmt.Errorf("reading the addenda of notes: %w", err)
			}
			for _, r := range rows {
				var a sealedAddendum
				if err := open(keys, "addenda", r.ID, r.Sealed, &a); err != nil {
					return err
				}
				into.Addenda[r.NoteID] = append(into.Addenda[r.NoteID], Addendum{r.ID, r.AuthorID, Kind(r.Kind), r.EventAt.UTC(), r.SignedAt.UTC(), a.Reason, a.Text})
			}
			return nil
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListNoteVoids(ctx, db.ListNoteVoidsParams{TenantID: tx.Tenant, Notes: notes})
			if err != nil {
				return fmt.Errorf("reading why notes do not count: %w", err)
			}
			for _, r := range rows {
				var s sealedVoid
				if err := open(keys, "note_voids", r.ID, r.Sealed, &s); err != nil {
					return err
				}
				if _, there := into.Voids[r.NoteID]; !there {
					into.Voids[r.NoteID] = Voided{By: r.ByID, At: r.At.UTC(), Reason: s.Reason}
				}
			}
			return nil
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListActsOfNotes(ctx, db.ListActsOfNotesParams{TenantID: tx.Tenant, Notes: notes})
			if err != nil {
				return fmt.Errorf("reading what was done for notes: %w", err)
			}
			for _, r := range rows {
				var s sealedAct
				if err := open(keys, "acts", r.ID, r.Sealed, &s); err != nil {
					return err
				}
				into.Acts[r.NoteID] = append(into.Acts[r.NoteID], Act{ID: r.ID, By: r.ByID, Name: s.Name, Quantity: r.Quantity, Unit: r.Unit, At: r.At.UTC()})
			}
			return nil
		},
	}
}
