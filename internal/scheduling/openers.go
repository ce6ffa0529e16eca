package scheduling

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// sealedAppointment is what is sealed of an appointment.
type sealedAppointment struct {
	Reason string `json:"reason,omitempty"`
	// Overbooked is why it stands over another.
	Overbooked string `json:"overbooked,omitempty"`
}

// opener opens rows of appointments; who comes more than once is opened once.
type opener struct {
	keys    *vault.Clinic
	animals map[id.ID]registry.Patient
	clients map[id.ID]registry.Client
}

func newOpener(keys *vault.Clinic) *opener {
	return &opener{keys, map[id.ID]registry.Patient{}, map[id.ID]registry.Client{}}
}

// animal opens what of a patient is sealed and adds it to what is plain.
func (o *opener) animal(row id.ID, sealed []byte, plain registry.Patient) (registry.Patient, error) {
	if known, ok := o.animals[row]; ok {
		return known, nil
	}
	if err := openInto(o.keys, slotOf("patients", row), sealed, &plain); err != nil {
		return registry.Patient{}, err
	}
	o.animals[row] = plain
	return plain, nil
}

// client opens a client, nobody where the id is zero.
func (o *opener) client(row id.ID, sealed []byte) (c registry.Client, err error) {
	if row.IsZero() {
		return c, nil
	}
	if known, ok := o.clients[row]; ok {
		return known, nil
	}
	if err := openInto(o.keys, slotOf("clients", row), sealed, &c); err != nil {
		return registry.Client{}, err
	}
	o.clients[row] = c
	return c, nil
}

func birth(on *time.Time, precision *string, estimated bool) registry.Birth {
	if on == nil || precision == nil {
		return registry.Birth{}
	}
	return registry.Birth{On: on.UTC(), Precision: registry.Precision(*precision), Estimated: estimated}
}

func utc(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.UTC()
}

func (o *opener) appointment(r db.GetAppointmentRow) (a Appointment, err error) {
	a = Appointment{
		ID: r.ID, PatientID: r.PatientID, Status: r.Status, ClientID: r.ClientID, Series: r.SeriesID,
		Type: TypeRow{ID: r.TypeID, Type: Type{Name: r.TypeName, Minutes: int(r.TypeMinutes), Colour: r.Colour, Needs: r.Needs, Quiet: r.TypeQuiet}},
		Day:  r.Day.UTC(), Start: int(r.StartMinute), Minutes: int(r.Minutes), StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(),
		State: r.State, Since: r.StateSince.UTC(), LastMove: r.LastMoveID, WalkIn: r.WalkIn, Urgent: r.Urgent, Quiet: r.Quiet, Asks: asksOf(r.Asks),
		Place: r.PlaceID, NextAt: utc(r.NextAt), ArrivedAt: utc(r.ArrivedAt), MovedTo: r.MovedToID,
		Version: r.Version, BookedAt: r.BookedAt.UTC(), BookedBy: r.BookedBy,
	}
	if r.NeedsRoom != nil {
		a.Type.NeedsRoom = *r.NeedsRoom
	}
	for _, s := range r.Seats {
		seat, err := seatOf(s)
		if err != nil {
			return a, err
		}
		a.Seats = append(a.Seats, seat)
	}
	a.Patient, err = o.animal(r.PatientID, r.PatientSealed, registry.Patient{
		Species: r.Species, Breed: r.Breed, Sex: r.Sex, Neutered: r.Neutered, Born: birth(r.BornOn, r.BornPrecision, r.BornEstimated),
	})
	if err != nil {
		return a, err
	}
	if a.Client, err = o.client(r.ClientID, r.ClientSealed); err != nil {
		return a, err
	}
	var s sealedAppointment
	if err := openInto(o.keys, slotOf("appointments", r.ID), r.Sealed, &s); err != nil {
		return a, err
	}
	a.Reason, a.Overbooked = s.Reason, s.Overbooked
	return a, nil
}

// shown opens what the pages of a day show of an appointment: of the animal its name and species, of the client the
// names and telephones.
func (o *opener) shown(r db.ListShownAppointmentsRow, a *Appointment) error {
	*a = Appointment{
		ID: r.ID, PatientID: r.PatientID, ClientID: r.ClientID, Type: TypeRow{Type: Type{Name: r.TypeName, Colour: r.Colour}},
		Day: r.Day.UTC(), Start: int(r.StartMinute), Minutes: int(r.Minutes), StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(),
		State: r.State, Since: r.StateSince.UTC(), LastMove: r.LastMoveID, WalkIn: r.WalkIn, Urgent: r.Urgent, Quiet: r.Quiet,
		Place: r.PlaceID, NextAt: utc(r.NextAt), ArrivedAt: utc(r.ArrivedAt), Version: r.Version,
	}
	var err error
	if a.Patient, err = o.shownAnimal(r.PatientID, r.PatientSealed); err != nil {
		return err
	}
	a.Patient.Species = r.Species
	if a.Client, err = o.shownClient(r.ClientID, r.ClientSealed); err != nil {
		return err
	}
	var s sealedAppointment
	if err := openInto(o.keys, slotOf("appointments", r.ID), r.Sealed, &s); err != nil {
		return err
	}
	a.Reason, a.Overbooked = s.Reason, s.Overbooked
	return nil
}

func (o *opener) shownAnimal(row id.ID, sealed []byte) (registry.Patient, error) {
	if known, ok := o.animals[row]; ok {
		return known, nil
	}
	var s struct {
		Name string `json:"name"`
	}
	if err := openInto(o.keys, slotOf("patients", row), sealed, &s); err != nil {
		return registry.Patient{}, err
	}
	o.animals[row] = registry.Patient{Name: s.Name}
	return o.animals[row], nil
}

func (o *opener) shownClient(row id.ID, sealed []byte) (registry.Client, error) {
	if row.IsZero() {
		return registry.Client{}, nil
	}
	if known, ok := o.clients[row]; ok {
		return known, nil
	}
	var s struct {
		FirstName string           `json:"first_name"`
		LastName  string           `json:"last_name"`
		Phones    []registry.Phone `json:"phones"`
	}
	if err := openInto(o.keys, slotOf("clients", row), sealed, &s); err != nil {
		return registry.Client{}, err
	}
	o.clients[row] = registry.Client{FirstName: s.FirstName, LastName: s.LastName, Phones: s.Phones}
	return o.clients[row], nil
}

// seatOf reads a seat as the statements write one: the resource's id and, right behind it, the lane.
func seatOf(s string) (Seat, error) {
	if len(s) < 37 {
		return Seat{}, fmt.Errorf("a seat is written as %q", s)
	}
	resource, err := id.Parse(s[:36])
	if err != nil {
		return Seat{}, fmt.Errorf("reading a seat: %w", err)
	}
	lane, err := strconv.Atoi(s[36:])
	if err != nil {
		return Seat{}, fmt.Errorf("reading a seat: %w", err)
	}
	return Seat{resource, lane}, nil
}

func asksOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
