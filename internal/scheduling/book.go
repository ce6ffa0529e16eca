package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// When is a time for an appointment.
type When struct {
	Day   time.Time
	Start int
	// Minutes is how long, 0 for what the type takes.
	Minutes int
	// With is the resource; Room one beside it, zero for one that the type needs and is free, or that belongs to it.
	With, Room id.ID
	// Second asks for the second of two same times, when clocks go back.
	Second bool
	// Anyway books across what is not offered.
	Anyway bool
	// Overbook is why it may stand over another, "" where it may not.
	Overbook string
}

// Booking is an appointment to be made.
type Booking struct {
	Patient id.ID
	// Client is who comes with it, zero for the first who owns or pays for it.
	Client id.ID
	Type   id.ID
	When
	Reason string
	Urgent bool
	// Waiting is the entry of the waitlist that ends with it, zero for none.
	Waiting id.ID
}

// Placed is where an appointment came to stand.
type Placed struct {
	// ID is the appointment: of one moved to another day, the new one.
	ID               id.ID
	Day              time.Time
	Start, Minutes   int
	StartsAt, EndsAt time.Time
	// Shifted says that the time asked for is one that the clocks leave out that day: Start is what it became.
	Shifted bool
	Seats   []Seat
	// Before is where it stood, as undoing a move asks for; zero where it is new. Its Anyway is set.
	Before When
}

// WalkIn is somebody who came without an appointment.
type WalkIn struct {
	Patient, Client id.ID
	Type            id.ID
	// With is the resource that will see them, zero for whoever is free first.
	With   id.ID
	Reason string
	// Urgent is seen first.
	Urgent bool
	// Asks is what was not asked: AskPhone, AskWeight, AskAlerts.
	Asks []string
}

// pastQuarter is how long ago the start of what is booked may be: the quarter of an hour that runs.
const pastQuarter = quarterStep * time.Minute

// aheadMost is how many days ahead may be booked: a year that was typed wrong is further.
const aheadMost = 3 * 366

// Book makes an appointment under an id that came with the form. It gives ErrAlreadyThere for a second sending,
// fault.Missing where patient, client, type, resource or room is not there, *Taken where the time is,
// *Crossing where it crosses what is not offered, and fault.Fields named patient, type, with, room, day, at, minutes,
// reason and overbook. Of two at once for the same time the database lets one in.
func Book(ctx context.Context, tx *db.Tx, d Desk, row id.ID, b Booking) (Placed, error) {
	if err := b.check().Err(); err != nil {
		return Placed{}, err
	}
	s, err := readStage(ctx, tx, d, b.Type, b.Day, b.Day)
	if err != nil {
		return Placed{}, err
	}
	if !s.kind.Stands() {
		return Placed{}, fault.Missing
	}
	placed, err := s.book(ctx, tx, d, row, id.ID{}, b)
	if err != nil {
		return Placed{}, err
	}
	return placed, touchSchedule(ctx, tx, d)
}

func touchSchedule(ctx context.Context, tx *db.Tx, d Desk) error {
	return live.Touch(ctx, tx, d.Keys, live.Schedule, live.Board)
}

func (b *Booking) check() fault.Fields {
	var bad fault.Fields
	b.Reason, b.Overbook = plain.Line(b.Reason), plain.Line(b.Overbook)
	if b.Patient.IsZero() {
		bad.Add("patient", "Choose an animal")
	}
	if b.Type.IsZero() {
		bad.Add("type", "Choose what it is for")
	}
	bad = append(bad, b.When.check()...)
	bad.TooLong("reason", b.Reason, longestReason)
	return bad
}

func (w When) check() fault.Fields {
	var bad fault.Fields
	if w.With.IsZero() {
		bad.Add("with", "Choose with whom")
	}
	if w.Day.IsZero() {
		bad.Add("day", "Enter a day, like 24-Mar-2026")
	}
	if w.Start < 0 || w.Start >= wholeDay || w.Start%5 != 0 {
		bad.Add("at", "Enter a time in steps of 5 minutes, like 10:30")
	}
	if w.Minutes < 0 || w.Minutes > wholeDay || w.Minutes%5 != 0 {
		bad.Add("minutes", "Enter minutes in steps of 5, from 5 on")
	}
	bad.TooLong("overbook", w.Overbook, longestReason)
	return bad
}

// book makes an appointment that stands alone, or in a series.
func (s *stage) book(ctx context.Context, tx *db.Tx, d Desk, row, series id.ID, b Booking) (Placed, error) {
	placed, bad := s.when(d, tx.Now(), b.When)
	if err := bad.Err(); err != nil {
		return Placed{}, err
	}
	var err error
	b.Client, err = holdAnimal(ctx, tx, d.Keys, b.Patient, b.Client)
	if err != nil {
		return Placed{}, err
	}
	placed.ID = row
	err = s.settle(ctx, tx, d, &placed, b.When, func(ctx context.Context, tx *db.Tx) error {
		return s.insert(ctx, tx, d, newcomer{row: row, series: series, Booking: b, placed: placed, state: Booked})
	})
	if err != nil {
		return Placed{}, err
	}
	if !b.Waiting.IsZero() {
		if err := endWaiting(ctx, tx, d.Keys, b.Waiting, EndedBooked); err != nil {
			return Placed{}, err
		}
	}
	return placed, recordBeside(tx, d.Keys, b.Patient, audit.Change{
		Action: audit.Created, Object: "appointment", ObjectID: row, After: s.change(d, b.When, placed, Booked, b.Reason),
	})
}

// AddWalkIn brings in somebody without an appointment, under an id that came with the form: they are in the building
// at once, and take time of a resource where one is named, over others if need be. It gives what Book gives, but for
// *Taken and *Crossing.
func AddWalkIn(ctx context.Context, tx *db.Tx, d Desk, row id.ID, w WalkIn) (Placed, error) {
	var bad fault.Fields
	w.Reason = plain.Line(w.Reason)
	if w.Patient.IsZero() {
		bad.Add("patient", "Choose an animal")
	}
	if w.Type.IsZero() {
		bad.Add("type", "Choose what it is for")
	}
	bad.TooLong("reason", w.Reason, longestReason)
	if err := bad.Err(); err != nil {
		return Placed{}, err
	}
	now := tx.Now()
	today := d.today(now)
	s, err := readStage(ctx, tx, d, w.Type, today, today)
	if err != nil {
		return Placed{}, err
	}
	if !s.kind.Stands() {
		return Placed{}, fault.Missing
	}
	if w.Client, err = holdAnimal(ctx, tx, d.Keys, w.Patient, w.Client); err != nil {
		return Placed{}, err
	}
	// They are here now, on the minute.
	at := now.Truncate(time.Minute)
	placed := Placed{
		ID: row, Day: today, Start: MinuteOf(at, d.Zone), Minutes: s.kind.Minutes, StartsAt: at, EndsAt: at.Add(time.Duration(s.kind.Minutes) * time.Minute),
	}
	when := When{With: w.With}
	insert := func(ctx context.Context, tx *db.Tx) error {
		return s.insert(ctx, tx, d, newcomer{
			row: row, placed: placed, state: Arrived, walkIn: true, asks: w.Asks,
			Booking: Booking{Patient: w.Patient, Client: w.Client, Type: w.Type, Reason: w.Reason, Urgent: w.Urgent},
		})
	}
	if w.With.IsZero() {
		err = insert(ctx, tx)
	} else {
		err = s.squeeze(ctx, tx, &placed, when, insert)
	}
	if err != nil {
		return Placed{}, err
	}
	err = recordBeside(tx, d.Keys, w.Patient, audit.Change{
		Action: audit.Created, Object: "appointment", ObjectID: row, After: s.change(d, when, placed, Arrived, w.Reason),
	})
	if err != nil {
		return Placed{}, err
	}
	return placed, touchSchedule(ctx, tx, d)
}

// newcomer is a row of appointments to be made.
type newcomer struct {
	row, series id.ID
	Booking
	placed Placed
	state  string
	walkIn bool
	asks   []string
}

func (s *stage) insert(ctx context.Context, tx *db.Tx, d Desk, n newcomer) error {
	text, err := sealed(d.Keys, "appointments", n.row, sealedAppointment{Reason: n.Reason, Overbooked: n.Overbook})
	if err != nil {
		return err
	}
	p := db.InsertAppointmentParams{
		TenantID: tx.Tenant, ID: n.row, PatientID: n.Patient, ClientID: n.Client, TypeID: n.Type, SeriesID: n.series,
		Day: n.placed.Day, StartMinute: int32(n.placed.Start), Minutes: int32(n.placed.Minutes), Zone: d.Zone.String(),
		StartsAt: n.placed.StartsAt, EndsAt: n.placed.EndsAt, State: n.state, At: tx.Now(), WalkIn: n.walkIn, Urgent: n.Urgent,
		Quiet: s.kind.Quiet, Asks: joinAsks(n.asks), Sealed: text, KeyVersion: d.Keys.KeyVersion(), ByID: tx.Who.Person,
	}
	if n.state == Arrived {
		p.ArrivedAt = &p.At
	}
	err = tx.InsertAppointment(ctx, p)
	if db.Violates(err, "appointments_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("booking %s: %w", n.row, err)
	}
	return nil
}

// changedAppointment is what the record keeps of an appointment.
type changedAppointment struct {
	State      string `json:"state,omitempty"`
	Day        string `json:"day"`
	Start      int    `json:"start"`
	Minutes    int    `json:"minutes"`
	Zone       string `json:"zone"`
	Type       id.ID  `json:"type"`
	Seats      []Seat `json:"seats,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Overbooked string `json:"overbooked,omitempty"`
}

func (s *stage) change(d Desk, w When, p Placed, state, reason string) changedAppointment {
	return changedAppointment{
		State: state, Day: p.Day.Format(time.DateOnly), Start: p.Start, Minutes: p.Minutes, Zone: d.Zone.String(), Type: s.kind.ID,
		Seats: p.Seats, Reason: reason, Overbooked: w.Overbook,
	}
}

// holdAnimal holds the client who comes with a patient, then the patient, and refuses one that is gone. It gives back
// who comes: the one named, or the first who owns or pays for it.
func holdAnimal(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient, client id.ID) (id.ID, error) {
	animal, err := registry.OpenPatient(ctx, tx, keys, patient)
	if err != nil {
		return client, err
	}
	if client.IsZero() {
		at := slices.IndexFunc(animal.Owners, func(o registry.Owner) bool { return o.Bond.Pays() })
		if at >= 0 {
			client = animal.Owners[at].ID
		}
	}
	if !client.IsZero() {
		_, err := tx.HoldClient(ctx, db.HoldClientParams{TenantID: tx.Tenant, ID: client})
		if err := db.Missing(err, "holding a client"); err != nil {
			return client, err
		}
	}
	held, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return client, err
	}
	switch held.Status {
	case registry.Deceased:
		return client, fault.Fields{{Name: "patient", Message: animal.Called() + " has died, so nothing can be booked"}}
	case registry.Transferred:
		return client, fault.Fields{{Name: "patient", Message: animal.Called() + " has left for another practice. Bring the record back first"}}
	}
	return client, nil
}

// errOverbook refuses to book over others for want of the right.
var errOverbook = fault.New(fault.Forbidden, "Booking over another appointment is not for your role. Ask somebody who may, or take the next free time.")
