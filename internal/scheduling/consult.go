package scheduling

import (
	"context"

	"paddock/db"
	"paddock/internal/id"
)

// CallIn brings a visit that waits to the vet, under a move of its own, because its consult has begun. A visit that
// is further on stays where it is, as does one that the person may not move.
func CallIn(ctx context.Context, tx *db.Tx, d Desk, row, visit id.ID) error {
	return withConsult(ctx, tx, d, row, visit, WithVet, Arrived, Roomed)
}

// SendToDesk brings a visit whose consult is over to the desk, under a move of its own. One that stays in care, or was
// sent before, stays where it is, as does one that the person may not move.
func SendToDesk(ctx context.Context, tx *db.Tx, d Desk, row, visit id.ID) error {
	return withConsult(ctx, tx, d, row, visit, Ready, Arrived, Roomed, WithVet, InTreatment)
}

func withConsult(ctx context.Context, tx *db.Tx, d Desk, row, visit id.ID, to string, from ...string) error {
	if visit.IsZero() || !d.may(rightTreat) {
		return nil
	}
	held, err := hold(ctx, tx, visit)
	if err != nil {
		return err
	}
	for _, f := range from {
		if held.State == f {
			return moveHeld(ctx, tx, d, row, held, move{to: to})
		}
	}
	return nil
}
