package views

import "paddock/views/ui"

// Draft is one open note under the hand of its author.
type Draft struct {
	Page ui.Page
	// SaveAction is "/drafts/{id}", SignAction "/drafts/{id}/signature".
	SaveAction, SignAction string
	// Patient is the id of the animal the note is about, sent along and compared.
	Patient string
	// Heading is "Tue 24-Mar-2026 10:05, Dr Amara Nwosu".
	Heading string
	// The four parts as plain text.
	Subjective, Objective, Assessment, Plan string
	Status                                  DraftStatus
	// MaySign shows the button that signs.
	MaySign bool
	// Mistakes name "subjective", "objective", "assessment", "plan" or "".
	Mistakes ui.Mistakes
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
	Addenda                    []Addendum
	// Form adds to the note, nil where the person may not.
	Form *AddendumForm
}

// NotePart is one part of a note. Letter and Label are "S" and "Subjective"; an empty part is left
// out by the caller.
type NotePart struct {
	Letter, Label string
	// Paragraphs are the text split at empty lines; single line ends inside are kept.
	Paragraphs []string
}

// Addendum is what somebody added after the signature.
type Addendum struct {
	// Kind is "Addendum", "Correction" or "Late entry".
	Kind, When, At, By, Reason string
	Paragraphs                 []string
}

// AddendumForm adds to a signed note.
type AddendumForm struct {
	Page ui.Page
	// Action is "/notes/{id}/addenda", ID the id the addendum will get.
	Action, ID string
	// Kind is "addendum", "correction" or "late-entry".
	Kind         string
	Reason, Text string
	// Mistakes name "kind", "reason", "text" or "".
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
	return titled(p, v.Banner.title()+", "+v.Title, m)
}
