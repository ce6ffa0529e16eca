package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// PastVisit is an appointment of a Fill, with what has become of it. Without a move it is as it was made: Arrived
// for a walk-in, Booked for any other.
type PastVisit struct {
	ID, Patient, Client, Type id.ID
	Day                       time.Time
	Start, Minutes            int
	Seats                     []Seat
	Moves                     []PastMove
	WalkIn, Urgent, Quiet     bool
	Asks                      []string
	Place                     id.ID
	NextAt                    time.Time
	Reason                    string
	BookedAt                  time.Time
}

// PastMove is a move of a PastVisit.
type PastMove struct {
	To string
	At time.Time
	// By is who made it, zero for who writes the fill.
	By id.ID
}

// State is where its moves led it, and when.
func (v PastVisit) State() (state string, since time.Time) {
	state, since = Booked, v.BookedAt
	if v.WalkIn {
		state = Arrived
	}
	for _, m := range v.Moves {
		state, since = m.To, m.At
	}
	return state, since
}

// Fill is visits that are written together, as when a clinic is made up: sealed, for one transaction of the clinic
// whose keys sealed them.
type Fill struct {
	commitment []byte
	visits     db.InsertPastAppointmentsParams
	slots      db.InsertPastSlotsParams
}

// SealFill seals visits of a clinic in a zone. It writes nothing, so that it may be done on several processors.
func SealFill(keys *vault.Clinic, zone *time.Location, visits []PastVisit) (*Fill, error) {
	content, err := json.Marshal(visits)
	if err != nil {
		return nil, fmt.Errorf("writing down a fill: %w", err)
	}
	f := &Fill{commitment: keys.Commit([]byte("fill"), content)}
	f.visits.Zone = zone.String()
	for _, v := range visits {
		if err := f.add(keys, zone, v); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Fill) add(keys *vault.Clinic, zone *time.Location, v PastVisit) error {
	p := &f.visits
	starts, _ := Instant(v.Day, v.Start, zone, false)
	ends := starts.Add(time.Duration(v.Minutes) * time.Minute)
	state, since := v.State()
	text, err := sealed(keys, "appointments", v.ID, sealedAppointment{Reason: v.Reason})
	if err != nil {
		return err
	}
	from, arrived := Booked, time.Time{}
	if v.WalkIn {
		from, arrived = Arrived, v.BookedAt
	}
	last := ""
	for _, m := range v.Moves {
		row := id.New()
		words, err := sealed(keys, "appointment_moves", row, sealedMove{})
		if err != nil {
			return err
		}
		p.MoveIds, p.MovedIds, p.MoveSealed = append(p.MoveIds, row), append(p.MovedIds, v.ID), append(p.MoveSealed, words)
		p.FromStates, p.ToStates, p.MoveAts = append(p.FromStates, from), append(p.ToStates, m.To), append(p.MoveAts, m.At)
		p.MoveBys = append(p.MoveBys, m.By)
		from, last = m.To, row.String()
		if m.To == Arrived {
			arrived = m.At
		}
	}
	p.Ids, p.PatientIds, p.TypeIds = append(p.Ids, v.ID), append(p.PatientIds, v.Patient), append(p.TypeIds, v.Type)
	p.ClientIds, p.PlaceIds, p.LastMoveIds = append(p.ClientIds, orEmpty(v.Client)), append(p.PlaceIds, orEmpty(v.Place)), append(p.LastMoveIds, last)
	p.Days, p.StartMinutes, p.Minutes = append(p.Days, v.Day), append(p.StartMinutes, int32(v.Start)), append(p.Minutes, int32(v.Minutes))
	p.StartsAts, p.EndsAts = append(p.StartsAts, starts), append(p.EndsAts, ends)
	p.States, p.Sinces, p.Sealed = append(p.States, state), append(p.Sinces, since), append(p.Sealed, text)
	p.WalkIns, p.Urgents, p.Quiets = append(p.WalkIns, v.WalkIn), append(p.Urgents, v.Urgent), append(p.Quiets, v.Quiet)
	p.Asks, p.BookedAts = append(p.Asks, strings.Join(v.Asks, ",")), append(p.BookedAts, v.BookedAt)
	p.NextAts, p.ArrivedAts = append(p.NextAts, instantText(v.NextAt)), append(p.ArrivedAts, instantText(arrived))
	held := state != Cancelled && state != NoShowed && state != Moved
	for _, s := range v.Seats {
		f.slots.AppointmentIds, f.slots.ResourceIds = append(f.slots.AppointmentIds, v.ID), append(f.slots.ResourceIds, s.Resource)
		f.slots.Lanes, f.slots.Days = append(f.slots.Lanes, int32(s.Lane)), append(f.slots.Days, v.Day)
		f.slots.StartsAts, f.slots.EndsAts = append(f.slots.StartsAts, starts), append(f.slots.EndsAts, ends)
		f.slots.Held = append(f.slots.Held, held)
	}
	return nil
}

func orEmpty(row id.ID) string {
	if row.IsZero() {
		return ""
	}
	return row.String()
}

func instantText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// WriteFill writes the visits of a fill as the person of the transaction: two statements, and one leaf with their ids
// and a commitment to what they say. It gives ErrAlreadyThere where one of them is there, and *Taken where two stand over each other; the transaction is lost then.
func WriteFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill) error {
	if len(f.visits.Ids) == 0 {
		return nil
	}
	visits, slots := f.visits, f.slots
	visits.TenantID, visits.KeyVersion, visits.ByID = tx.Tenant, keys.KeyVersion(), tx.Who.Person
	visits.MoveBys = slices.Clone(visits.MoveBys)
	for i, by := range visits.MoveBys {
		if by.IsZero() {
			visits.MoveBys[i] = tx.Who.Person
		}
	}
	slots.TenantID = tx.Tenant
	err := tx.InsertPastAppointments(ctx, visits)
	if err == nil {
		err = tx.InsertPastSlots(ctx, slots)
	}
	switch {
	case db.Violates(err, "appointments_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "appointment_slots_free"):
		return &Taken{}
	case err != nil:
		return fmt.Errorf("writing a fill: %w", err)
	}
	return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "appointment", IDs: visits.Ids, Commitment: f.commitment})
}
