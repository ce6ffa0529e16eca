package registry

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/id"
)

// Look is one time that somebody opened a patient's record, printed it or took it along. At is UTC; a zero By is no
// person of the clinic.
type Look struct {
	ID, By          id.ID
	At              time.Time
	Purpose, Action string
}

// LooksMost is how many looks a page has.
const LooksMost = 50

// Looks reads from the audit leaves who looked at a patient's record, the newest first: LooksMost from before a place
// in the list, which is the last look of the page before, or a zero one. more says that there are older ones.
func Looks(ctx context.Context, tx *db.Tx, patient id.ID, before Look) (out []Look, more bool, err error) {
	if before.At.IsZero() {
		before.At = tx.Now().Add(time.Hour) // a scribe's clock may be ahead
	}
	rows, err := tx.ListLooks(ctx, db.ListLooksParams{TenantID: tx.Tenant, ObjectID: patient, Before: before.At, BeforeID: before.ID})
	if err != nil {
		return nil, false, fmt.Errorf("reading who looked: %w", err)
	}
	for _, r := range rows[:min(len(rows), LooksMost)] {
		out = append(out, Look{ID: r.ID, By: r.ActorID, At: r.At.UTC(), Purpose: r.Purpose, Action: r.Action})
	}
	return out, len(rows) > LooksMost, nil
}
