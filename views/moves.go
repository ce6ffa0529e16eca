package views

import "paddock/views/ui"

// Status is the page of what has become of a patient.
type Status struct {
	Page   ui.Page
	Banner Banner
	Name   string
	Moves  []MoveLine
	// Overtaken is what was typed into a form that can be sent no more, nil where nothing was.
	Overtaken *Overtaken
	// Death and Leaving are nil for a patient that died.
	Death   *DeathForm
	Leaving *LeavingForm
	// Revival is of a patient that died, nil else.
	Revival *RevivalForm
}

// MoveLine is one move in the list.
type MoveLine struct {
	// What is "Died", "Left us", "Not coming at present", "With us again" or "Taken back".
	What string
	// On is the day it happened, "12-Nov-2026" or "day not known".
	On string
	// Facts are manner and what became of the body; Words the cause or reason.
	Facts, Words string
	// By is who wrote it down and when.
	By string
}

// Overtaken is what somebody typed about a patient while somebody else recorded what leaves no room for it.
type Overtaken struct {
	Name string
	// By recorded Theirs, At is "today 10:27"; Own says that it was this person, in another window.
	By, At       string
	Own          bool
	Mine, Theirs MoveLine
	// Href is the page of how things stand.
	Href string
}

func (v Overtaken) theirs() string {
	if v.Own {
		return "Recorded in another window"
	}
	return "Recorded by " + v.By
}

// DeathForm records that a patient died.
type DeathForm struct {
	Page ui.Page
	// Action is "/patients/{id}/status", ID the id the move will get, Seen the last move the page showed.
	Action, ID, Seen, Name     string
	On, Manner, Remains, Words string
	// Mistakes name "on", "manner", "remains", "words" or "".
	Mistakes ui.Mistakes
}

// LeavingForm records that a patient comes no more, or again.
type LeavingForm struct {
	Page                   ui.Page
	Action, ID, Seen, Name string
	// Heading is "Left us" or "Comes again, or left us".
	Heading           string
	To, Since, Reason string
	// Choices are the states that may follow.
	Choices []ui.Option
	// Mistakes name "to", "since", "reason" or "".
	Mistakes ui.Mistakes
}

// RevivalForm takes a death back.
type RevivalForm struct {
	Page ui.Page
	// Action is "/patients/{id}/revival", or "" where the person may not: then Needs names who can.
	Action, ID, Seen, Name string
	Needs                  string
	Reason                 string
	// Mistakes name "reason" or "".
	Mistakes ui.Mistakes
}

var deathManners = []ui.Option{{Value: "", Label: "Not known"}, {Value: "died", Label: "Died"}, {Value: "euthanasia", Label: "Put to sleep"}}

var deathRemains = []ui.Option{
	{Value: "", Label: "Not known"},
	{Value: "home", Label: "Home with the owner"},
	{Value: "ashes", Label: "Cremation, ashes come back"},
	{Value: "cremation", Label: "Cremation"},
	{Value: "clinic", Label: "With us for now"},
}

func (v Status) mistakes() ui.Mistakes {
	switch {
	case v.Overtaken != nil: // it says so itself
		return nil
	case v.Death != nil && len(v.Death.Mistakes) > 0:
		return v.Death.Mistakes
	case v.Leaving != nil && len(v.Leaving.Mistakes) > 0:
		return v.Leaving.Mistakes
	case v.Revival != nil:
		return v.Revival.Mistakes
	}
	return nil
}

func (v Status) heading() string {
	if v.Banner.Died {
		return "About the death of " + v.Name
	}
	return "Died or left us"
}
