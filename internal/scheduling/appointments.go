package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// The states of an appointment and of the visit it becomes.
const (
	Requested   = "requested"
	Booked      = "booked"
	Confirmed   = "confirmed"
	Arrived     = "arrived"
	Roomed      = "roomed"
	WithVet     = "with_vet"
	InTreatment = "in_treatment"
	Admitted    = "admitted"
	Ready       = "ready"
	Billed      = "billed"
	Done        = "done"
	Cancelled   = "cancelled"
	NoShowed    = "no_show"
	Moved       = "moved"
)

// What check-in left to ask.
const (
	AskPhone  = "phone"
	AskWeight = "weight"
	AskAlerts = "alerts"
)

// Seat is what an appointment takes of a resource. A Lane above 0 stands over others on purpose.
type Seat struct {
	Resource id.ID `json:"resource"`
	Lane     int   `json:"lane"`
}

// Appointment is a planned visit, and the visit itself. Instants are UTC.
type Appointment struct {
	ID        id.ID
	PatientID id.ID
	Patient   registry.Patient
	// Status is the patient's: registry.Active and so on.
	Status string
	// ClientID is who comes with it, zero where nobody is known.
	ClientID id.ID
	Client   registry.Client
	Type     TypeRow
	Series   id.ID
	// Day and Start are what was agreed; StartsAt and EndsAt what that means under the rules of the clinic's zone.
	Day              time.Time
	Start, Minutes   int
	StartsAt, EndsAt time.Time
	State            string
	// Since is the instant of the last move, LastMove its id (zero for none).
	Since                 time.Time
	LastMove              id.ID
	WalkIn, Urgent, Quiet bool
	// Asks is what check-in left to ask: AskPhone, AskWeight, AskAlerts.
	Asks []string
	// Place is where in the building they are (a resource), NextAt when to look again; zero for not said.
	Place             id.ID
	NextAt, ArrivedAt time.Time
	MovedTo           id.ID
	Reason            string
	// Overbooked is why it stands over another, "" where it does not.
	Overbooked string
	// Seats are with whom, then where. A walk-in that nobody has taken has none.
	Seats    []Seat
	Version  int64
	BookedAt time.Time
	BookedBy id.ID
	// Alerts are the standing ones of level stop or mind, of the patient and of those who own or pay for it, the
	// heaviest first.
	Alerts []registry.Alert
}

// With is the resource it is booked with, zero for none.
func (a Appointment) With() id.ID {
	if len(a.Seats) == 0 {
		return id.ID{}
	}
	return a.Seats[0].Resource
}

// Lane is the lane it stands in at the one it is booked with.
func (a Appointment) Lane() int {
	if len(a.Seats) == 0 {
		return 0
	}
	return a.Seats[0].Lane
}

// Room is the room booked beside, zero for none.
func (a Appointment) Room() id.ID {
	if len(a.Seats) < 2 {
		return id.ID{}
	}
	return a.Seats[1].Resource
}

// InBuilding reports whether they have come in and not gone out.
func (a Appointment) InBuilding() bool {
	switch a.State {
	case Arrived, Roomed, WithVet, InTreatment, Admitted, Ready, Billed:
		return true
	}
	return false
}

// Ahead reports whether they are still to come.
func (a Appointment) Ahead() bool {
	return a.State == Requested || a.State == Booked || a.State == Confirmed
}

// Late reports whether they should be here and are not.
func (a Appointment) Late(now time.Time) bool {
	return (a.State == Booked || a.State == Confirmed) && a.StartsAt.Before(now)
}

// The statuses a card shows, in words a style sheet knows.
const (
	StatusBooked    = "booked"
	StatusWaiting   = "waiting"
	StatusConsult   = "consult"
	StatusCare      = "care"
	StatusReady     = "ready"
	StatusLate      = "late"
	StatusDone      = "done"
	StatusCancelled = "cancelled"
	StatusNoShow    = "no-show"
)

// Shown is the status a card shows: several states look alike. Confirmed is Booked with a tick.
func (a Appointment) Shown(now time.Time) string {
	switch a.State {
	case Arrived, Roomed:
		return StatusWaiting
	case WithVet:
		return StatusConsult
	case InTreatment, Admitted:
		return StatusCare
	case Ready, Billed:
		return StatusReady
	case Done:
		return StatusDone
	case Cancelled, Moved:
		return StatusCancelled
	case NoShowed:
		return StatusNoShow
	}
	if a.Late(now) {
		return StatusLate
	}
	return StatusBooked
}

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

// OpenAppointment reads one appointment, without the alerts. It gives fault.Missing where there is none in this clinic.
func OpenAppointment(ctx context.Context, tx *db.Tx, keys *vault.Clinic, appointment id.ID) (Appointment, error) {
	r, err := tx.GetAppointment(ctx, db.GetAppointmentParams{TenantID: tx.Tenant, ID: appointment})
	if err := db.Missing(err, "reading an appointment"); err != nil {
		return Appointment{}, err
	}
	return newOpener(keys).appointment(r)
}

// patientMost is how many appointments of one patient are read.
const patientMost = 60

// OfPatient reads the appointments of a patient: those to come or in the building, the soonest first, and those that
// were or never came to be, the latest first. What was moved to another day stands there only.
func OfPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (ahead, past []Appointment, err error) {
	rows, err := tx.ListPatientAppointments(ctx, db.ListPatientAppointmentsParams{TenantID: tx.Tenant, PatientID: patient, Most: patientMost})
	if err != nil {
		return nil, nil, fmt.Errorf("reading a patient's appointments: %w", err)
	}
	o := newOpener(keys)
	for _, r := range rows {
		a, err := o.appointment(db.GetAppointmentRow(r))
		if err != nil {
			return nil, nil, err
		}
		if a.Ahead() || a.InBuilding() {
			ahead = append(ahead, a)
		} else {
			past = append(past, a)
		}
	}
	slices.Reverse(ahead)
	return ahead, past, nil
}

// OfClient reads what a client is expected to or is in the building for, the soonest first, and how often they did
// not come.
func OfClient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) (ahead []Appointment, noShows int, err error) {
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListClientAppointments(ctx, db.ListClientAppointmentsParams{TenantID: tx.Tenant, ClientID: client})
			if err != nil {
				return err
			}
			o := newOpener(keys)
			for _, r := range rows {
				a, err := o.appointment(db.GetAppointmentRow(r))
				if err != nil {
					return err
				}
				ahead = append(ahead, a)
			}
			return nil
		},
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.CountNoShows(ctx, db.CountNoShowsParams{TenantID: tx.Tenant, ClientID: client})
			noShows = int(n)
			return err
		})
	if err != nil {
		return nil, 0, fmt.Errorf("reading a client's appointments: %w", err)
	}
	return ahead, noShows, nil
}
