package views

import "paddock/views/ui"

// Resources is Practice, Columns and rooms: what can be booked, and the form for one more.
type Resources struct {
	Page ui.Page
	// Steps lead through a clinic that has no schedule yet, none where it has.
	Steps []SetupStep
	Rows  []ResourceLine
	Ended []ResourceLine
	Add   ResourceForm
}

// SetupStep is one thing that a schedule needs before anything can be booked.
type SetupStep struct {
	Href, Label, Line string
	Done              bool
}

// ResourceLine is one of what can be booked.
type ResourceLine struct {
	// Kind is "Vet", Called the person's name or its own, Line where it works: "Consult 1".
	Kind, Called, Line string
	// EditHref, HoursHref and EndAction are "" for one that has ended.
	EditHref, HoursHref, EndAction string
	// ReturnAction brings one back that has ended.
	ReturnAction string
}

// ResourceForm makes or changes one.
type ResourceForm struct {
	Page ui.Page
	// Action is "/resources" or "/resources/{id}"; ID is of a new one, Version of one that is changed.
	Action, ID, Version string
	Heading             string
	Kind, Name          string
	Person, Room        string
	Position            string
	Kinds               []ui.Option
	People, Rooms       []ui.Option
	// Mistakes name "kind", "name", "person", "room", "position" or "".
	Mistakes ui.Mistakes
	// Cancel is the list, "" where the form stands on it.
	Cancel string
}

// Hours is Practice, Hours: the weekly hours of the clinic or of one resource.
type Hours struct {
	Page ui.Page
	// Subjects are whose hours can be shown.
	Subjects []HoursSubject
	// Of is the resource, "" for the clinic; Whose is what it is called.
	Of, Whose string
	// Days are seven, Monday first.
	Days []HoursDay
	// Since is the day from which on they shall hold, "" for today.
	Since string
	// Mistakes name "work_1" … "work_7", "lunch_1" …, "other_1" …, "since" or "".
	Mistakes ui.Mistakes
}

// HoursSubject is a link to the hours of the clinic or of a resource.
type HoursSubject struct {
	Href, Label string
	Here        bool
	// None says that it has no hours of its own yet.
	None bool
}

// HoursDay is a weekday with its spans as typed: "08:30-12:30, 14:00-18:00".
type HoursDay struct {
	Label              string
	Work, Lunch, Other string
}

// Blocks is Practice, Holidays: time that is not offered, once.
type Blocks struct {
	Page ui.Page
	Rows []BlockLine
	Form BlockForm
}

// BlockLine is one span that is not offered.
type BlockLine struct {
	// When is "Fri 25-Dec-2026, all day", Who "The clinic" or a name, Kind "Holiday", Words what was said.
	When, Who, Kind, Words string
	EndAction              string
}

// BlockForm closes a span.
type BlockForm struct {
	Page                ui.Page
	ID                  string
	Of, Kind            string
	Ofs, Kinds          []ui.Option
	Day, Last, From, To string
	Words               string
	// Mistakes name "of", "kind", "day", "last", "from", "to", "words" or "".
	Mistakes ui.Mistakes
}

// VisitTypes is Practice, Types: why somebody comes.
type VisitTypes struct {
	Page ui.Page
	Rows []VisitTypeLine
	// Ended are those that are offered no more.
	Ended []VisitTypeLine
	Add   VisitTypeForm
}

// VisitTypeLine is one type.
type VisitTypeLine struct {
	Name, Colour string
	// Length is "15 min", Needs "a vet and a room".
	Length, Needs       string
	Quiet               bool
	EditHref, EndAction string // "" of one that has ended
	ReturnAction        string // "" of one that is offered
}

// VisitTypeForm makes or changes a type.
type VisitTypeForm struct {
	Page                    ui.Page
	Action, ID, Version     string
	Heading                 string
	Name, Minutes, Position string
	Colour, Needs, Room     string
	Colours, Needed, Rooms  []ui.Option
	Quiet                   bool
	// Mistakes name "name", "minutes", "colour", "needs", "needs_room", "position" or "".
	Mistakes ui.Mistakes
	Cancel   string
}

// ScheduleSettings is Practice, Day: how a clinic runs its day.
type ScheduleSettings struct {
	Page    ui.Page
	Version string
	// From and To are times of day; the others whole numbers, in minutes but for Overbook.
	From, To, Mind, Long, Grace, Overbook string
	// Mistakes name "day_from", "day_to", "wait_mind", "wait_long", "no_show_grace", "overbook_most" or "".
	Mistakes ui.Mistakes
}
