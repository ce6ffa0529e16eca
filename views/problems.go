package views

import "paddock/views/ui"

// Problems is the panel of an animal's problems beside its record; Shown is false for those who read no notes.
type Problems struct {
	Shown   bool
	AddHref string // "" for those who write none
	// Lasting are active or watched; Resolved are folded away.
	Lasting, Resolved []ProblemLine
}

// ProblemLine is a problem as it stands: "Ear inflammation", "since 12-Feb-2026, moderate", "3 visits".
type ProblemLine struct {
	Href, Title, Line, Visits string
	State                     DocumentState
}

// PatientProblem is the page of one problem: how it stands, what became of it, and the form that says more.
type PatientProblem struct {
	Page   ui.Page
	Banner Banner
	Title  string
	// Code is "EARS, Clinic's own 1", "" for words of one's own.
	Code  string
	State DocumentState
	Facts []Fact
	// History is all that was said, the newest first; Diagnoses what was diagnosed of it.
	History   []ProblemChange
	Diagnoses []ProblemDiagnosis
	Form      *ProblemForm // nil for those who write none
}

// ProblemChange is one line of a problem's history. NoteHref is the note it came up in, "" for none.
type ProblemChange struct {
	When, At, By, Line, Remark string
	NoteHref, Note             string
	Void                       bool
	State                      DocumentState
}

// ProblemDiagnosis is one diagnosis of a problem in a note.
type ProblemDiagnosis struct {
	Href, When, At, By string
	DiagnosisLine
	Void bool
}

// ProblemForm begins a problem or says how it stands.
type ProblemForm struct {
	Page ui.Page
	// Heading is "Add a problem" or "How it stands"; Title is the page's.
	Heading, Action, Cancel                      string
	ID, Version                                  string
	Code                                         string // the id of the code that was chosen
	Title, State, Severity, Onset, Since, Remark string
	Choices                                      []CodeChoice
	Mistakes                                     ui.Mistakes
}

var problemStates = []ui.Option{{Value: "active", Label: "Active"}, {Value: "controlled", Label: "Watched, under control"}, {Value: "resolved", Label: "Resolved"}}

var severities = []ui.Option{{Value: "", Label: "Not said"}, {Value: "mild", Label: "Mild"}, {Value: "moderate", Label: "Moderate"}, {Value: "severe", Label: "Severe"}}

func (v PatientProblem) page() ui.Page {
	var m ui.Mistakes
	if v.Form != nil {
		m = v.Form.Mistakes
	}
	return titled(v.Page, v.Banner.title()+", "+v.Title, m)
}
