package views

import "paddock/views/ui"

// Plan is what an open note adds to the bill.
type Plan struct {
	Page ui.Page
	// Action is "/drafts/{id}/acts"; Find answers with what the typed letters begin; Draft is the id of the note.
	Action, Find, Draft string
	Lines               []PlanLine
	// Total is what the visit comes to so far, "" for those who see no money; Estimate is how that stands to what the
	// owner was told, "" for none, Over where it is above.
	Total, Estimate string
	Over            bool
	// ID is what the next act gets. Typed and Quantity are as they were sent.
	ID, Typed, Quantity string
	Choices             []Item
	Mistakes            ui.Mistakes
	// Focus puts the cursor into the field again, for the next item.
	Focus bool
	// MayAdd shows the field.
	MayAdd bool
	// Status is the draft's, where the answer saved it along.
	Status *DraftStatus
}

// PlanLine is one thing done or given.
type PlanLine struct {
	Name, Quantity string
	// Price is "" for those who see no money.
	Price string
	// Gone says that it is on no bill: "Declined", "Given free".
	Gone string
	// Href changes its charge, "" where the person may not.
	Href string
}

// ToCharge is what is open to be charged for an animal, for those who see no notes.
type ToCharge struct {
	Lines []PlanLine
	Href  string // where it is billed, "" for nowhere yet
}

// ActItems is what the letters typed into the plan have found.
type ActItems struct {
	Items
	Action, Nonce string
}
