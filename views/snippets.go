package views

import "paddock/views/ui"

// Snippets is the list of the clinic's own words for notes.
type Snippets struct {
	Page ui.Page
	Rows []SnippetLine
	Add  SnippetForm
}

// SnippetLine is one of them.
type SnippetLine struct {
	Name, Text          string
	EditHref, EndAction string
}

// SnippetForm makes or changes one.
type SnippetForm struct {
	Page                    ui.Page
	Heading, Action, Cancel string
	ID, Version, Name, Text string
	Mistakes                ui.Mistakes
}

// soapParts are the parts of a note that words are put into.
var soapParts = []struct{ Name, Label string }{{"subjective", "S"}, {"objective", "O"}, {"assessment", "A"}, {"plan", "P"}}

// SnippetChoice is one that may be put into an open note.
type SnippetChoice struct {
	ID, Name, Text string
}
