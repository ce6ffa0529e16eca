package views

import "paddock/views/ui"

// Refused is the answer of 403: which permission is missing, in words, and who can help.
type Refused struct {
	Page ui.Page
	// Act is what was refused: "Signing notes".
	Act string
	// Needs is who may: "a veterinarian".
	Needs string
	// Permission is the name the clinic's roles use: "clinical.sign".
	Permission string
	// Holders are people of this clinic who hold it or can grant it, at most three.
	Holders []string
	// KeptHref leads to the text of the refused form, "" where there was none.
	KeptHref string
	// WhyHref leads to where the answer comes from, for who can change it; "" for everybody else.
	WhyHref string
}

// Missing is the answer of 404 to a signed-in person. Rows of other clinics get the same.
type Missing struct {
	Page ui.Page
}

// Broken is the answer of 500: our fault, with the id to quote.
type Broken struct {
	Page ui.Page
	// RequestID is what the log knows the request by.
	RequestID string
	// Posted says that a form was sent, so that the page says the text can be sent again.
	Posted bool
	// KeptHref leads to what was typed, "" where it could not be kept.
	KeptHref string
}

// Conflict is the answer of 409 to a form whose row was saved by somebody else meanwhile. What did
// not clash is already joined and goes along hidden; what did must be chosen.
type Conflict struct {
	Page ui.Page
	// Action is the address of the form that was sent.
	Action string
	// Version is of the row as it stands now.
	Version string
	// What is "Helen Thompson" or "the consult note", By who saved it, At "10:27".
	What, By, At string
	// Own says that the other window was this person's too.
	Own bool
	// Rows are what both have changed: none where the two changes can stand together.
	Rows []Clash
	// Apart are what only one of the two has changed, shown where there is nothing to choose.
	Apart []Merged
	// Joined are the other values of the form, mine or theirs, whichever was changed.
	Joined []KeptField
	// JoinedCount is how many fields differ from what this person saw and are kept.
	JoinedCount int
	// Theirs is the path of the record as it stands: throwing mine away opens it.
	Theirs string
	// Kept is when mine was kept, "today 10:31", where it is of a window that may be gone; "" for the one at hand.
	Kept string
	// Drops says that keeping what is saved is sent, and takes mine away.
	Drops bool
	// Mistakes name the clashing fields that were not chosen.
	Mistakes ui.Mistakes
}

// Clash is one field both have changed. Values are sent as they stand, shown with their line ends.
type Clash struct {
	Name, Label, Mine, Theirs string
	// Both is the one under the other, "" where that is no choice.
	Both string
}

// Merged is one field that only one of two changed, as it is saved.
type Merged struct {
	Label, Value string
	// Mine says that this person's is kept, else the other's.
	Mine bool
}

// Problem is one sentence for the bar on top of the page: the answer to htmx for 403, 404, 409, 429
// and 5xx where the form has nothing better.
type Problem struct {
	// Page is read by ProblemPage alone.
	Page ui.Page
	// Sentence is what happened, Help what to do.
	Sentence, Help string
	// RequestID is to be quoted to support, "" for faults that are not ours.
	RequestID string
	// KeptHref leads to what was typed, "" where nothing was or where it is still on the page.
	KeptHref string
}

func (v Conflict) title() string { return "Saved by someone else: " + v.What }

// ask names the people who can help, as one would say it.
func (v Refused) ask() string {
	switch len(v.Holders) {
	case 0:
		return ""
	case 1:
		return v.Holders[0]
	case 2:
		return v.Holders[0] + " or " + v.Holders[1]
	}
	last := len(v.Holders) - 1
	said := v.Holders[0]
	for _, h := range v.Holders[1:last] {
		said += ", " + h
	}
	return said + " or " + v.Holders[last]
}

func shown(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
