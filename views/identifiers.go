package views

import "paddock/views/ui"

// NumberPanel shows beside a record the numbers an animal has.
type NumberPanel struct {
	Numbers []Number
	// Href is the page that adds and ends them, "" where the person may not.
	Href string
}

// Number is one number on an animal.
type Number struct {
	// Label is "Microchip", Shown the number, that of a chip in groups of three.
	Label, Shown string
	// Line is what else is known: "given 03-Jan-2020, left neck", or "".
	Line string
	// Ended is "" for one that is worn, else "No longer worn since 03-Mar-2024".
	Ended string
	// EndAction is where it is ended, "" for one that has ended.
	EndAction string
}

// Identifiers is the page of an animal's numbers.
type Identifiers struct {
	Page   ui.Page
	Banner Banner
	// Worn are those the animal has, Past those that ended.
	Worn, Past []Number
	Form       NumberForm
}

// NumberForm adds a number.
type NumberForm struct {
	Page ui.Page
	// Action is "/patients/{id}/identifiers"; ID, sent as new_id, the id the number will get.
	Action, ID, Cancel string

	Kind, Number, Again, GivenOn, Site string
	// Scanned is the tick that a reader gave the number, so that it need not be typed twice.
	Scanned bool
	// Taken are other animals that have the number; where there are any, saving it anyway can be ticked.
	Taken []Animal
	// Mistakes name "kind", "number", "again", "given_on", "site", "anyway" or "".
	Mistakes ui.Mistakes
}

var kindOptions = []ui.Option{{Value: "chip", Label: "Microchip"}, {Value: "tag", Label: "Tag"}, {Value: "tattoo", Label: "Tattoo"}, {Value: "licence", Label: "Licence"}, {Value: "passport", Label: "Passport"}}

func (v Identifiers) title() string { return "Numbers of " + v.Banner.Name }

func (v Identifiers) page() ui.Page { return titled(v.Page, v.title(), v.Form.Mistakes) }

// unsent is "typed" where the form came back with words nobody has saved.
func (v NumberForm) unsent() string { return unsent(v.Mistakes) }
