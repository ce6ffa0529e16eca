package views

import "paddock/views/ui"

// WalkIn is the form that takes in somebody who stands at the desk: known, or new with a new animal.
type WalkIn struct {
	Page ui.Page
	// ID is the id the visit will get, ClientID and PatientID those of a new client and a new animal.
	ID, ClientID, PatientID string
	Finder                  Finder
	// Client is the known client a new animal is written down for, nil for none.
	Client *Findable
	// New says that the fields for somebody new are shown: nobody known is chosen.
	New bool
	// ClientName and Phone are of a new client; Name and Species of a new animal.
	ClientName, Phone, Name, Species string
	SpeciesOptions                   []ui.Option
	Reason, Type, With               string
	Types, Withs                     []ui.Option
	// First puts them before all others who wait.
	First bool
	// Alike is who may be the same client.
	Alike Alikes
	// Mistakes name "find", "client_name", "phone", "name", "species", "reason", "type", "with", "alike" or "".
	Mistakes ui.Mistakes
	Cancel   string
}

func (v WalkIn) button() string {
	switch {
	case v.Finder.Chosen != nil:
		return v.Finder.Chosen.Name + " is waiting"
	case v.Client != nil:
		return "Add and put in the waiting room"
	}
	return "Put in the waiting room"
}

// unsent says that the form came back from a step with words that nobody has sent.
func (v WalkIn) unsent() string {
	if v.Reason != "" || v.Name != "" || v.Phone != "" {
		return "typed"
	}
	return unsent(v.Mistakes)
}
