package views

import "paddock/views/ui"

// Findings is the part of an open note that says what is diagnosed and which problems came up.
type Findings struct {
	Page ui.Page
	// Action is "/drafts/{id}/diagnoses", Drop "/drafts/{id}/diagnoses/removal", Review "/drafts/{id}/problems"; Find
	// answers with what the typed letters begin; Draft is the id of the note.
	Action, Drop, Review, Find, Draft string
	Lines                             []DiagnosisLine
	Problems                          []FindingProblem
	// ID is what the next one gets. Typed, Certainty and Lasting are as they were sent.
	ID, Typed, Certainty string
	Lasting              bool
	Choices              []CodeChoice
	Mistakes             ui.Mistakes
	// Focus puts the cursor into the field again.
	Focus bool
	// Status is the draft's, where the answer saved it along.
	Status *DraftStatus
}

// DiagnosisLine is one diagnosis. Code is "EARS, Clinic's own 1", "" for words of one's own; Certainty is a word with its
// Status as a colour.
type DiagnosisLine struct {
	ID, Text, Code, Certainty, Status string
	// Problem says that it is kept as one; ProblemHref leads to it once it is.
	Problem     bool
	ProblemHref string
}

// FindingProblem is a problem of the animal that may be said to have come up. Came says that it has.
type FindingProblem struct {
	ID, Text, State string
	Came            bool
}

// CodeChoice is a code that may be chosen; Code is "EARS, Clinic's own 1".
type CodeChoice struct {
	ID, Text, Code string
}

// CodesFound is what the letters typed into a note have found.
type CodesFound struct {
	Query, Action, Nonce string
	Rows                 []CodeChoice
}

var certainties = []ui.Option{{Value: "tentative", Label: "Tentative"}, {Value: "confirmed", Label: "Confirmed"}, {Value: "ruled-out", Label: "Ruled out"}}
