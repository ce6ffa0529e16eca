package views

import (
	"strings"

	"paddock/views/ui"
)

// VisitCard is one appointment with what can be done about it: over the schedule, or as a page.
type VisitCard struct {
	Page ui.Page
	Href string
	// Status is the colour, Icon the glyph and State the words: "Waiting 14 min".
	Status, Icon, State string
	// When is "10:30–10:45, Dr Nwosu"; Day "Tue 24-Mar-2026"; DayHref the schedule of that day.
	When, Day, DayHref string
	Pet, Surname       string
	// PetHref is the record, "" for those who may not open it; Kind "Maine Coon, male neutered, 9 y 4 m, 6.8 kg".
	PetHref, Kind string
	Alerts        []AlertLine
	// Type is the kind of appointment, Reason what brings them, Over why it stands over another.
	Type, Reason, Over string
	// Owner and Phone are "" for those who may not see clients; OwnerHref opens one.
	Owner, OwnerHref, Phone, Tel string
	// Balance is "" for those who see no money.
	Balance string
	// Place is where in the building they are, Asks what is still to be asked, NoShows "did not come twice".
	Place, Asks, NoShows string
	// Forward is what comes next, nil where nothing does or the person may not.
	Forward *Act
	// Consult begins a note about this visit, nil where the person may not or it is over.
	Consult *Act
	// MoveHref and CancelHref are "" where that is over or not allowed.
	MoveHref, CancelHref string
	// Others are the rest of what may be done.
	Others []Act
	// Assign and Whereabouts are of somebody who is in the building, nil else or where the person may not.
	Assign      *AssignForm
	Whereabouts *PlaceForm
	Steps       []Step
	Back        Back
	// Told is what somebody else did meanwhile, "" for nothing.
	Told string
}

// AssignForm gives a visit to somebody.
type AssignForm struct {
	Page         ui.Page
	Action, With string
	Withs        []ui.Option
}

// PlaceForm says where in the building somebody is.
type PlaceForm struct {
	Page          ui.Page
	Action, Place string
	Places        []ui.Option
	// Next is when to look again: "10:30".
	Next string
	// Mistakes name "next" or "".
	Mistakes ui.Mistakes
}

// Step is one thing that happened to an appointment.
type Step struct {
	What, Line, By string
}

// MoveForm brings an appointment to another time.
type MoveForm struct {
	Page ui.Page
	// Action is "/appointments/{id}/time", ID the id a new row would get, Version what the page showed.
	Action, ID, Version string
	// Name is "Smokey Ahmed", At "now 10:30, Dr Nwosu", Called "Smokey".
	Name, At, Called string
	Day, Time, With  string
	Withs            []ui.Option
	Free             []FreeChip
	// None says that nothing is free, "" where something is.
	None string
	// Cross asks whether it is meant to stand where nothing is offered; Over whether it may stand over another,
	// with a Reason; Refused says that it may not.
	Cross, Over, Refused string
	Reason               string
	// Scopes are which of a series are meant, none where it is no series.
	Scopes []ui.Option
	Scope  string
	// Twice says that the time comes two times that day, "" where it does not; Second is "yes" for the later one, "no"
	// for the first, and "" while that is not said.
	Twice, Second string
	// Mistakes name "day", "at", "second", "with", "overbook" or "".
	Mistakes ui.Mistakes
	Cancel   string
	Back     Back
}

// FreeChip is a free time to choose.
type FreeChip struct {
	Value, Label string
}

func (v VisitCard) name() string {
	if v.Surname == "" {
		return v.Pet
	}
	return v.Pet + " " + v.Surname
}

func (v VisitCard) title() string { return v.name() + ", " + v.Day }

func (v MoveForm) title() string { return "Move " + v.Name }

func upper(key string) string { return strings.ToUpper(key) }
