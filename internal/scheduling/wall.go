package scheduling

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/registry"
)

// WallCard is one visit as a screen on the wall shows it: whose it is stays with the staff.
type WallCard struct {
	Name, Species string
	// Type is why they came, by the list of types and never in typed words; "" for a quiet visit.
	Type   string
	Quiet  bool
	Urgent bool
	// Place is where in the building they are, "" for not said.
	Place string
	// Since is when they came in, or came to where they are.
	Since time.Time
}

// WallBoard is who is in the building, by lane; those to see first, then those who have been there longest.
type WallBoard struct {
	SettingsRow
	Now                           time.Time
	Waiting, Consult, Care, Ready []WallCard
}

// Count is how many are in the building.
func (b WallBoard) Count() int {
	return len(b.Waiting) + len(b.Consult) + len(b.Care) + len(b.Ready)
}

var statesInBuilding = []string{Arrived, Roomed, WithVet, InTreatment, Admitted, Ready, Billed}

// Wall reads the flow board for a screen on the wall. No client is read, and nothing that was written about
// a visit.
func Wall(ctx context.Context, tx *db.Tx, d Desk) (WallBoard, error) {
	b := WallBoard{Now: tx.Now()}
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			b.SettingsRow, err = OpenSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListWall(ctx, db.ListWallParams{TenantID: tx.Tenant, States: statesInBuilding})
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := b.add(d, r); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return WallBoard{}, fmt.Errorf("reading the board of a wall: %w", err)
	}
	return b, nil
}

func (b *WallBoard) add(d Desk, r db.ListWallRow) error {
	name, err := registry.Called(d.Keys, r.PatientID, r.PatientSealed)
	if err != nil {
		return err
	}
	c := WallCard{Name: name, Species: r.Species, Type: r.TypeName, Quiet: r.Quiet, Urgent: r.Urgent, Since: r.StateSince.UTC()}
	if r.Quiet {
		c.Type = ""
	}
	if r.Place != nil {
		c.Place = *r.Place
	}
	switch (Appointment{State: r.State}).Shown(b.Now) {
	case StatusWaiting:
		if r.ArrivedAt != nil {
			c.Since = r.ArrivedAt.UTC()
		}
		b.Waiting = append(b.Waiting, c)
	case StatusConsult:
		b.Consult = append(b.Consult, c)
	case StatusCare:
		b.Care = append(b.Care, c)
	default:
		b.Ready = append(b.Ready, c)
	}
	return nil
}
