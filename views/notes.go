package views

import "paddock/views/ui"

// Draft is one open note under the hand of its author.
type Draft struct {
	Page ui.Page
	// SaveAction is "/drafts/{id}", SignAction "/drafts/{id}/signature".
	SaveAction, SignAction string
	// Patient is the id of the animal the note is about, sent along and compared.
	Patient string
	// Window is the id of the window that shows it, PresenceAction where it says that somebody writes.
	Window, PresenceAction string
	// Turn counts the savings of the window so far.
	Turn string
	// TextsHref shows a second text of the note that is kept, "" for none.
	TextsHref string
	// Heading is "Tue 24-Mar-2026 10:05, Dr Amara Nwosu".
	Heading string
	// The four parts as plain text.
	Subjective, Objective, Assessment, Plan string
	Status                                  DraftStatus
	// Weighed is the weight that stands for this note, "24.6 kg", or "".
	Weighed string
	Vitals  []VitalField
	Exam    []ExamField
	Orders  Plan
	// Findings are the diagnoses, and the problems that came up.
	Findings Findings
	// Snippets may be put into a part.
	Snippets []SnippetChoice
	// MaySign shows the button that signs; ToDesk says that this ends a visit's consult.
	MaySign, ToDesk bool
	// Supervised says that what is signed waits for a co-signature.
	Supervised bool
	// Mistakes name "subjective", "objective", "assessment", "plan", a vital or "".
	Mistakes ui.Mistakes
}

// VitalField is one thing measured. Label is short, Long is what a screen reader says, with the unit. Units, where
// there is a choice, are offered, and Unit is the chosen one.
type VitalField struct {
	Name, Label, Long, Value, Unit string
	Units                          []ui.Option
	Decimal                        bool
}

// ExamField is one system looked at; Value is a finding or "".
type ExamField struct {
	Name, Label, Value string
}

var examFindings = []ui.Option{{Value: "", Label: "Not done"}, {Value: "normal", Label: "Normal"}, {Value: "rest", Label: "Normal, rest"}, {Value: "abnormal", Label: "Abnormal"}}

// Fact is a label and what stands beside it.
type Fact struct {
	Label, Text string
}

// DraftStatus says what is safe. It is the answer to each autosave and carries the version the next
// save must name.
type DraftStatus struct {
	// Saved is the time of the last save, "10:19", or "" before the first.
	Saved string
	// Version is of the draft as it is stored now.
	Version string
	// Clash says that the draft was saved elsewhere since: "Saved in another window at 10:27". The
	// version stays the old one, so that saving by the button shows both side by side.
	Clash string
}

// Note is a signed note with what was added to it.
type Note struct {
	Page   ui.Page
	Banner Banner
	// Title is "Consult", Heading "Tue 24-Mar-2026 10:05, Dr Amara Nwosu".
	Title, Heading string
	// Signed is "24-Mar-2026 10:31", SignedAt the instant for machines, SignedBy the name.
	Signed, SignedAt, SignedBy string
	Parts                      []NotePart
	// Acts are what was done and given.
	Acts    []PlanLine
	Addenda []Addendum
	// Diagnoses are closed with the note; Cosign is nil where it needs no second signature.
	Diagnoses []DiagnosisLine
	Cosign    *Cosign
	// Late is said where it was written down more than a day after.
	Late string
	// Earlier says who wrote a note of an earlier practice system, which nobody here signed; "" for one of ours. Signed
	// is when it was brought in then.
	Earlier string
	// Void says that it was entered in error, nil where it was not.
	Void *NoteVoid
	// VoidForm marks it so, nil where the person may not.
	VoidForm *VoidForm
	// Form adds to the note, nil where the person may not.
	Form *AddendumForm
}

// NotePart is one part of a note. Letter and Label are "S" and "Subjective"; an empty part is left
// out by the caller.
type NotePart struct {
	Letter, Label string
	// Measured and Looked stand before the words of the objective part.
	Measured, Looked []Fact
	// Paragraphs are the text split at empty lines; single line ends inside are kept.
	Paragraphs []string
}

// Addendum is what somebody added after the signature.
type Addendum struct {
	// Kind is "Addendum", "Correction" or "Late entry".
	Kind, When, At, By, Reason string
	// About is when what a late entry tells happened, "22-Nov-2026 16:30".
	About      string
	Paragraphs []string
}

// kind is what it is, of a late entry with when that happened.
func (a Addendum) kind() string {
	if a.About == "" {
		return a.Kind
	}
	return a.Kind + " about " + a.About
}

// NoteVoid says who marked a note as entered in error, when and why.
type NoteVoid struct {
	By, When, At string
	Reason       []string
}

// VoidForm marks a note as entered in error.
type VoidForm struct {
	Page ui.Page
	// Action is "/notes/{id}/void", ID the id the void will get.
	Action, ID, Reason string
	Mistakes           ui.Mistakes
}

// AddendumForm adds to a signed note.
type AddendumForm struct {
	Page ui.Page
	// Action is "/notes/{id}/addenda", ID the id the addendum will get.
	Action, ID string
	// Kind is "addendum", "correction" or "late-entry".
	Kind string
	// Happened is for a late entry.
	Happened, Reason, Text string
	// Mistakes name "kind", "happened", "reason", "text" or "".
	Mistakes ui.Mistakes
}

var addendumKinds = []ui.Option{{Value: "addendum", Label: "Addendum"}, {Value: "correction", Label: "Correction"}, {Value: "late-entry", Label: "Late entry"}}

// soapPart is one text area of a draft.
type soapPart struct {
	Name, Letter, Label, Key, Value string
	// Focus puts the cursor here: into the first part of a note nobody has written in yet.
	Focus bool
}

func (v Draft) parts() []soapPart {
	fresh := v.Subjective+v.Objective+v.Assessment+v.Plan == "" && len(v.Mistakes) == 0
	return []soapPart{
		{"subjective", "S", "Subjective", "1", v.Subjective, fresh},
		{"objective", "O", "Objective", "2", v.Objective, false},
		{"assessment", "A", "Assessment", "3", v.Assessment, false},
		{"plan", "P", "Plan", "4", v.Plan, false},
	}
}

func (v Note) page() ui.Page {
	p := keyed(v.Page, when(v.Banner.EditHref != "", "e", "Change this patient")...)
	var m ui.Mistakes
	if v.Form != nil {
		m = v.Form.Mistakes
	}
	if v.VoidForm != nil && len(v.VoidForm.Mistakes) > 0 {
		m = v.VoidForm.Mistakes
	}
	if v.Cosign != nil && v.Cosign.Form != nil && len(v.Cosign.Form.Mistakes) > 0 {
		m = v.Cosign.Form.Mistakes
	}
	return titled(p, v.Banner.title()+", "+v.Title, m)
}
