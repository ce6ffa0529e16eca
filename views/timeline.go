package views

import "paddock/views/ui"

// History is what happened to an animal, a page of it, the newest first.
type History struct {
	Page   ui.Page
	Banner Banner // of the page of the history alone
	// Years hold the entries; Count is how many there are on the page.
	Years []Year
	Count int
	// Older goes on where there is more, Newest back to the beginning; "" for neither.
	Older, Newest string
	// Filters are the kinds that can be shown alone.
	Filters []HistoryFilter
	// NotesClosed says that there are notes and this person may not read them: the entries then carry no title of
	// their own, no text and no link, because none was fetched.
	NotesClosed bool
	// LooksHref lists who opened this record and PrintHref prints it, "" for those who may not.
	LooksHref, PrintHref string
	// SearchAction looks through the record, "" for those who may not read what stands in it.
	SearchAction string
	// Search is what was looked for, nil where nothing was.
	Search *HistorySearch
}

// HistoryFilter shows one kind of entries.
type HistoryFilter struct {
	Href, Word string
	Here       bool
}

// HistorySearch is what was looked for and how far. Before and Than are where looking goes on, "" where all was looked
// through.
type HistorySearch struct {
	Query, Said  string
	Mistake      string
	Before, Than string
}

// HistoryPrint is a copy of a record to be printed.
type HistoryPrint struct {
	Page ui.Page
	// Paper is "a4" or "letter". Kind is "Record", From the practice, To the owner, Facts what is known of the animal.
	Paper, Kind, About string
	From, To           []string
	Facts              []Total
	Entries            []PrintEntry
	// Rest says that older entries stand in another copy, which RestHref opens; "" where this one is whole.
	Rest, RestHref string
	Back, PDF      string
	Printed        string
}

// PrintEntry is one thing that happened, with all that is known of it. Void says in words that it was entered in error.
type PrintEntry struct {
	When, At, By, Title, Void string
	Parts                     []PrintPart
}

// PrintPart is a text under its label.
type PrintPart struct{ Label, Text string }

func (v History) found() bool { return v.Search != nil && v.Search.Mistake == "" }

// filtersMost is how many kinds stand in one line on a phone; the rest are a press away.
const filtersMost = 4

// chips are the kinds that are offered at once.
func (v History) chips() []HistoryFilter { return v.Filters[:min(filtersMost, len(v.Filters))] }

// rest are the other kinds.
func (v History) rest() []HistoryFilter { return v.Filters[len(v.chips()):] }

// other is the one of the rest that is shown, the zero value for none.
func (v History) other() (f HistoryFilter) {
	for _, one := range v.rest() {
		if one.Here {
			f = one
		}
	}
	return f
}

func (v History) empty() string {
	switch {
	case v.found():
		return "Nothing was found."
	case v.Newest != "":
		return "Nothing older."
	case len(v.Filters) > 0 && !v.Filters[0].Here:
		return "Nothing of this kind yet."
	}
	return "No history yet."
}
