package scheduling

import (
	"context"
	"fmt"
	"slices"
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
