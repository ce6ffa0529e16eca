package views

import "paddock/views/ui"

// Vaccines is the list of what the clinic vaccinates with.
type Vaccines struct {
	Page ui.Page
	Rows []VaccineRow
	// Ended says that those no longer kept are shown, EndedHref leads to the other list.
	Ended              bool
	EndedHref, AddHref string
}

// VaccineRow is one vaccine of the list.
type VaccineRow struct {
	Href, Name, Maker, Species, Against, Lasts, Course, Price string
	Ended                                                     bool
	// ReturnAction puts one on the list again that is no longer kept.
	ReturnAction string
}

// line is who makes it, and that it is no longer kept.
func (r VaccineRow) line() string {
	if r.Ended {
		return r.Maker + ", no longer kept"
	}
	return r.Maker
}

// VaccineForm makes or changes a vaccine.
type VaccineForm struct {
	Page ui.Page
	// Action is "/vaccines" or "/vaccines/{id}"; ID is of a new one, Version of one that is changed.
	Action, ID, Version                               string
	Name, Manufacturer, Route, Volume, Item           string
	Months, FirstDoses, FirstWeeks, FirstMonths, From string
	Species, Protects                                 []Ticked
	Routes, Items                                     []ui.Option
	EndAction                                         string
	Ended                                             bool
	Mistakes                                          ui.Mistakes
}

// Ticked is one box of several under a name.
type Ticked struct {
	Value, Label string
	On           bool
}

func (v VaccineForm) title() string {
	if v.ID != "" {
		return "New vaccine"
	}
	return "Change " + v.Name
}

func (v VaccineForm) button() string {
	if v.ID != "" {
		return "Add vaccine"
	}
	return "Save vaccine"
}
