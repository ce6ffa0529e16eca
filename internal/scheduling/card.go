package scheduling

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// MoveRow is one move of an appointment as stored.
type MoveRow struct {
	ID       id.ID
	From, To string
	// ByWhom called it off: ByClinic, ByClient or "".
	ByWhom string
	Reason string
	At     time.Time
	By     id.ID
}

// Who called an appointment off.
const (
	ByClinic = "clinic"
	ByClient = "client"
)

// Card is all of one appointment.
type Card struct {
	Appointment
	// Moves are its moves, the oldest first. That it was booked, or came in, is none: see BookedAt.
	Moves []MoveRow
	// Next are the states it may go to from here, for a person with every right; Needs is the right each takes.
	Next  []string
	Needs map[string]string
	// Banner are all standing alerts with their ids; Noticed are those somebody took notice of on this visit.
	Banner  []registry.AlertRow
	Noticed map[id.ID]bool
	// NoShows is how often the client did not come.
	NoShows int
	// Weight is the last one that stands; Weighed is false where there is none.
	Weight  registry.WeightRow
	Weighed bool
	// ClientVersion is for a check-in that changes the phone.
	ClientVersion int64
}

// OpenCard reads all of one appointment. It gives fault.Missing where there is none in this clinic.
func OpenCard(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID) (Card, error) {
	c := Card{Needs: map[string]string{}, Noticed: map[id.ID]bool{}}
	var allowed []db.VisitStateMove
	err := db.Together(ctx, tx,
		reading(&c.Appointment, func(ctx context.Context, tx *db.Tx) (Appointment, error) {
			return OpenAppointment(ctx, tx, d.Keys, appointment)
		}),
		reading(&c.Moves, func(ctx context.Context, tx *db.Tx) ([]MoveRow, error) { return movesOf(ctx, tx, d.Keys, appointment) }),
		reading(&allowed, func(ctx context.Context, tx *db.Tx) ([]db.VisitStateMove, error) { return tx.ListVisitStateMoves(ctx) }),
		reading(&c.Banner, func(ctx context.Context, tx *db.Tx) ([]registry.AlertRow, error) {
			return registry.BannerAlertsOfVisit(ctx, tx, d.Keys, appointment)
		}),
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListAlertNotices(ctx, db.ListAlertNoticesParams{TenantID: tx.Tenant, AppointmentID: appointment})
			for _, r := range rows {
				c.Noticed[r.AlertID] = true
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.CountNoShowsOf(ctx, db.CountNoShowsOfParams{TenantID: tx.Tenant, AppointmentID: appointment})
			c.NoShows = int(n)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			c.Weight, c.Weighed, err = registry.LastWeightOfVisit(ctx, tx, appointment)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			c.ClientVersion, err = tx.GetVisitClientVersion(ctx, db.GetVisitClientVersionParams{TenantID: tx.Tenant, AppointmentID: appointment})
			if db.NoRows(err) { // nobody is known
				return nil
			}
			return err
		})
	if err != nil {
		return Card{}, firstFault(err, "reading an appointment's card")
	}
	for _, m := range allowed {
		if m.FromState == c.State {
			c.Next = append(c.Next, m.ToState)
			c.Needs[m.ToState] = m.Needs
		}
	}
	for _, a := range c.Banner {
		if a.Level != registry.LevelKnow {
			c.Alerts = append(c.Alerts, a.Alert)
		}
	}
	return c, nil
}

type sealedMove struct {
	Reason string `json:"reason,omitempty"`
}

func movesOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, appointment id.ID) ([]MoveRow, error) {
	rows, err := tx.ListAppointmentMoves(ctx, db.ListAppointmentMovesParams{TenantID: tx.Tenant, AppointmentID: appointment})
	if err != nil {
		return nil, fmt.Errorf("reading the moves of an appointment: %w", err)
	}
	out := make([]MoveRow, len(rows))
	for i, r := range rows {
		var s sealedMove
		if err := openInto(keys, slotOf("appointment_moves", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = MoveRow{ID: r.ID, From: r.FromState, To: r.ToState, Reason: s.Reason, At: r.At.UTC(), By: r.ByID}
		if r.ByWhom != nil {
			out[i].ByWhom = *r.ByWhom
		}
	}
	return out, nil
}
