package scheduling

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
)

// CheckIn is what is asked of somebody who comes in.
type CheckIn struct {
	// Seen is the last move the page showed.
	Seen id.ID
	// Reason is what brings them, as it is now.
	Reason string
	// PhoneAsked says that the phone was read out and is right. Phones, where not nil, are the numbers from now on,
	// of a client that the form showed at ClientVersion.
	PhoneAsked    bool
	Phones        []registry.Phone
	ClientVersion int64
	// Weight is what the scales say, nil where it was not asked; Sure as in registry.AddWeight.
	Weight   *registry.Weight
	WeightID id.ID
	Sure     int64
	// Noticed are the alerts somebody took notice of.
	Noticed []id.ID
	Urgent  bool
	// Place is the room they wait in, zero for the waiting room.
	Place id.ID
}

// Arrive brings somebody in, with what was asked, under an id that came with the form; what was not asked is left to
// ask. It gives what MoveTo gives, *registry.Jump and *registry.Conflict[registry.Client], and fault.Fields named reason,
// phone and at.
func Arrive(ctx context.Context, tx *db.Tx, d Desk, row, appointment id.ID, c CheckIn) error {
	c.Reason = plain.Line(c.Reason)
	var bad fault.Fields
	bad.TooLong("reason", c.Reason, longestReason)
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := OpenAppointment(ctx, tx, d.Keys, appointment)
	if err != nil {
		return err
	}
	if was.LastMove == row {
		return ErrAlreadyThere
	}
	// Clients before patients before appointments.
	if c.Phones != nil && !was.ClientID.IsZero() {
		client, err := registry.OpenClient(ctx, tx, d.Keys, was.ClientID)
		if err != nil {
			return err
		}
		client.Phones = c.Phones
		if err := registry.EditClient(ctx, tx, d.Keys, was.ClientID, c.ClientVersion, client.Client); err != nil {
			return err
		}
		c.PhoneAsked = true
	}
	if c.Weight != nil {
		if err := registry.AddWeight(ctx, tx, d.Keys, c.WeightID, was.PatientID, *c.Weight, c.Sure); err != nil {
			return err
		}
	}
	held, err := holdMoved(ctx, tx, row, appointment, c.Seen)
	if err != nil {
		return err
	}
	if !c.Place.IsZero() {
		if err := bookable(ctx, tx, d.Keys, c.Place); err != nil {
			return err
		}
	}
	if err := moveHeld(ctx, tx, d, row, held, move{to: Arrived}); err != nil {
		return err
	}
	if err := notice(ctx, tx, d, held, c.Noticed); err != nil {
		return err
	}
	asks, err := leftToAsk(ctx, tx, d, was, c)
	if err != nil {
		return err
	}
	return put(ctx, tx, d, held, func(now *detail) {
		now.Asks, now.Place, now.Urgent = asks, c.Place, c.Urgent
		if c.Reason != "" {
			now.Reason = c.Reason
		}
	})
}

// leftToAsk is what was not asked at check-in, as it is stored.
func leftToAsk(ctx context.Context, tx *db.Tx, d Desk, was Appointment, c CheckIn) (string, error) {
	var asks []string
	if !c.PhoneAsked && !was.ClientID.IsZero() {
		asks = append(asks, AskPhone)
	}
	if c.Weight == nil {
		asks = append(asks, AskWeight)
	}
	noticed := map[id.ID]bool{}
	var banner []registry.AlertRow
	err := db.Together(ctx, tx,
		reading(&banner, func(ctx context.Context, tx *db.Tx) ([]registry.AlertRow, error) {
			return registry.BannerAlertsOfVisit(ctx, tx, d.Keys, was.ID)
		}),
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListAlertNotices(ctx, db.ListAlertNoticesParams{TenantID: tx.Tenant, AppointmentID: was.ID})
			for _, r := range rows {
				noticed[r.AlertID] = true
			}
			return err
		})
	if err != nil {
		return "", fmt.Errorf("reading what was noticed: %w", err)
	}
	for _, a := range banner {
		if a.Level != registry.LevelKnow && !noticed[a.ID] {
			asks = append(asks, AskAlerts)
			break
		}
	}
	return joinAsks(asks), nil
}
