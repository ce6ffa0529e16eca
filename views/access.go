package views

import (
	"strings"

	"paddock/views/ui"
)

// Access answers why somebody can or cannot do something, and who can.
type Access struct {
	Page          ui.Page
	Person, Right string
	People        []ui.Option
	Rights        []RightOptions
	// Answer is nil before both were chosen.
	Answer *AccessAnswer
}

// RightOptions are rights to choose from under a heading.
type RightOptions struct {
	Name    string
	Options []ui.Option
}

// AccessAnswer is the answer, and where it comes from.
type AccessAnswer struct {
	Yes      bool
	Sentence string // "Tom Reilly may: Sign notes"
	// Reasons are sentences, the weightiest first: which roles give it, or what is missing.
	Reasons []string
	// Others are people who can, Granters those who could give it.
	Others, Granters []string
	RolesHref        string
	// Permission is what the clinic's records call it.
	Permission string
}

func (a AccessAnswer) othersWord() string {
	if a.Yes {
		return "Can as well"
	}
	return "Can"
}

// listed are names with commas between, or a word for none.
func listed(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}
