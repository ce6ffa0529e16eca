package views

import "paddock/views/ui"

// Waitlist is who would come sooner, and the form that adds one.
type Waitlist struct {
	Page ui.Page
	Rows []WaitRow
	Form *WaitForm // nil where the person may not add
}

// WaitRow is one who waits for a place.
type WaitRow struct {
	Href, Species, Name string
	// Line is "Dental, 60 min, with Dr Nwosu"; When "from Tue 24-Mar-2026, mornings"; Since who added them when.
	Line, When, Since, Phone, Tel string
	Offers                        []WaitOffer
	// EndAction takes the entry off the list, "" where the person may not.
	EndAction string
}

// WaitOffer is a free time that somebody could have: its link leads to the booking form.
type WaitOffer struct{ Label, Href string }

// WaitForm adds an entry.
type WaitForm struct {
	Page   ui.Page
	ID     string
	Finder Finder
	Reason string
	Type   string
	With   string
	Types  []ui.Option
	Withs  []ui.Option
	// First and Last are days as typed; From and To times of day.
	First, Last, From, To string
	// Mistakes name "find", "reason", "type", "with", "first", "last", "from", "to" or "".
	Mistakes ui.Mistakes
}

func (v Waitlist) mistakes() ui.Mistakes {
	if v.Form == nil {
		return nil
	}
	return v.Form.Mistakes
}
