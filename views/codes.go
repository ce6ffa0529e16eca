package views

import "paddock/views/ui"

// CodeLists is the page of the lists that diagnoses are chosen from.
type CodeLists struct {
	Page ui.Page
	Rows []CodeListRow
	Load CodeLoad
}

// CodeListRow is one list: "Clinic's own 1", how many codes it has, its licence.
type CodeListRow struct {
	Href, Name, Codes, Licence string
	Ended                      bool
}

// CodeLoad takes a list in from a file. Problems are what keeps it out, by line; Found says what a dry run has found.
type CodeLoad struct {
	Page                               ui.Page
	ID, Name, Version, Licence, Source string
	Found                              string
	Problems                           []string
	Mistakes                           ui.Mistakes
}

// CodeListPage is one list with its codes.
type CodeListPage struct {
	Page ui.Page
	// Name is "Clinic's own 1"; Source and Licence are the clinic's note.
	Name, Licence, Source string
	Ended                 bool
	EndAction             string // "" where it cannot be taken out
	Rows                  []CodeRow
	MoreHref              string
	Add                   *CodeForm // nil where codes are not added by hand
}

// CodeRow is one code.
type CodeRow struct {
	Code, Name, Species, Parent, EndAction string
}

// CodeForm adds a code by hand.
type CodeForm struct {
	Page       ui.Page
	Action, ID string
	Code, Name string
	Species    []Ticked
	Mistakes   ui.Mistakes
}

func (v CodeListPage) mistakes() ui.Mistakes {
	if v.Add == nil {
		return nil
	}
	return v.Add.Mistakes
}
