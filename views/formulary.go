package views

import (
	"slices"
	"strings"

	"paddock/views/ui"
)

// Formulary is the drug list.
type Formulary struct {
	Page ui.Page
	Rows []DrugLine
	// Ended says that those no longer used are shown, and EndedHref leads to the other list.
	Ended              bool
	EndedHref, AddHref string
}

// DrugLine is one drug of the list.
type DrugLine struct {
	Href, Name, Ingredients, Route, Price string
	Ended                                 bool
	// ReturnAction puts one on the list again that is no longer used.
	ReturnAction string
}

// DrugForm makes or changes a drug.
type DrugForm struct {
	Page ui.Page
	// Action is "/formulary" or "/formulary/{id}"; ID is of a new one, Version of one that is changed.
	Action, ID, Version                             string
	Name, Ingredients, Families, Strength, Unit     string
	Route, Milligrams, Step, Item, PerItem, Caution string
	Units, Routes, Items                            []ui.Option
	Rules                                           []DrugRule
	// EndAction takes it off the list, "" for a new one.
	EndAction string
	Ended     bool
	Mistakes  ui.Mistakes
}

// DrugRule is what holds for one species, as typed.
type DrugRule struct {
	Species, Kind                 string
	Low, High, Meat, Milk, Source string
	Banned, Licensed, Checked     bool
}

func (v DrugForm) title() string {
	if v.ID != "" {
		return "New medicine"
	}
	return "Change " + v.Name
}

// typed reports whether anything was entered for a species.
func (r DrugRule) typed() bool {
	return r.Banned || r.Licensed || r.Checked || r.Low != "" || r.High != "" || r.Meat != "" || r.Milk != "" || r.Source != ""
}

// open reports whether the part of the form for a species stands open: where something is entered, or said of it.
func (r DrugRule) open(m ui.Mistakes) bool {
	return r.typed() || slices.ContainsFunc(m, func(one ui.Mistake) bool { return strings.HasSuffix(one.Name, "-"+r.Species) })
}

func (r DrugRule) line() string {
	switch {
	case r.Banned:
		return "never given"
	case r.Low != "":
		return r.Low + "–" + r.High + " mg/kg"
	case r.typed():
		return "no range"
	}
	return ""
}
