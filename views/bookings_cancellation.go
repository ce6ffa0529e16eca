package views

import "paddock/views/ui"

// Cancellation is the form that calls a visit off, or says that nobody came.
type Cancellation struct {
	Page ui.Page
	// Action is "/appointments/{id}/cancellation", ID the id the move will get, Seen the last one the page
	// showed.
	Action, ID, Seen string
	// What is "Biscuit Thompson, Tue 24-Mar-2026 10:30".
	What, Name string
	// ByWhom is "client" or "clinic", Reason why.
	ByWhom, Reason string
	// Scope is "this", "following" or "all" of a series; Scopes are the choices, none where it is no series.
	Scope  string
	Scopes []ui.Option
	// NoShow offers to say that nobody came; NoShowFrom says from when on that can be said, where not yet:
	// "10:45". Both are off for one that is in the building.
	NoShow     bool
	NoShowFrom string
	// Left says that the animal is in the building, so that calling off means it left.
	Left bool
	// Open are the lines of its bill that keep it from being called off, BillHref where they are resolved.
	Open     []string
	BillHref string
	// Mistakes name "by_whom", "reason", "scope" or "".
	Mistakes ui.Mistakes
	Cancel   string
}

var whoCancels = []ui.Option{{Value: "", Label: "Choose"}, {Value: "client", Label: "The client"}, {Value: "clinic", Label: "The clinic"}}

func (v Cancellation) title() string {
	if v.Left {
		return "Left without being seen"
	}
	return "Call off"
}

func (v Cancellation) button() string {
	if v.Left {
		return v.Name + " left"
	}
	return "Call off " + v.Name
}
