package views

import "paddock/views/ui"

// Medicines is the panel of a patient's medicines beside the record.
type Medicines struct {
	// Shown is false for those who see no medicines.
	Shown bool
	Rows  []Medicine
	// AllHref leads to all of them; PrescribeHref is "" for those who may not, and for the dead.
	AllHref, PrescribeHref string
}

// Medicine is one prescription as a line.
type Medicine struct {
	// Href opens it, "" where the person reads no clinical text; LabelHref its last supply's label.
	Href, LabelHref string
	Name, Line      string
	// Left is "1 of 2 supplies left, until 23-May-2027" or why it ended.
	Left  string
	State DocumentState
	Over  bool
}

// Prescriptions are all of a patient.
type Prescriptions struct {
	Page   ui.Page
	Banner Banner
	Medicines
}

// PrescriptionForm prepares, changes or signs a prescription.
type PrescriptionForm struct {
	Page   ui.Page
	Banner Banner
	// Action keeps it for later, SignAction signs it, "" for those who may not; DiscardAction throws a draft away.
	Action, SignAction, DiscardAction, Cancel string
	ID, Version                               string
	// Draft is the id of the draft that the form changes, "" for a new one.
	Draft string
	// By says who prepared it: "Joy Cole, Today 10:05".
	By    string
	Drugs []ui.Option
	Drug  string
	Dose, Every, Days, Quantity, Supplies,
	Extra, Cautions, Indication, Reason string
	// Food asks for the days to wait; they stand in Meat and Milk.
	Food       bool
	Meat, Milk string
	Rhythms    []ui.Option
	Dosing     Dosing
	Changed    string
	Mistakes   ui.Mistakes
}

// Dosing is what the calculator says.
type Dosing struct {
	// Ask is where it is asked, "" where it stands alone.
	Ask, Nonce string
	// Facts are weight, range and dose; none before a medicine is chosen.
	Facts []Total
	// Directions are what the label will say.
	Directions string
	Findings   []DoseFinding
}

// DoseFinding is what a guard says: Level is "stop", "mind" or "know" as of an alert.
type DoseFinding struct{ Level, Words string }

// PrescriptionView is a signed prescription.
type PrescriptionView struct {
	Page       ui.Page
	Banner     Banner
	Name       string
	State      DocumentState
	Back       string
	Directions string
	Facts      []Total
	Findings   []DoseFinding
	Reason     string
	Supplies   []SupplyLine
	AgainHref  string
	// Supply hands out the next one, Stop ends it; nil where that cannot be, or the person may not.
	Supply *SupplyForm
	Stop   *StopForm
	// Changed says why nothing was saved.
	Changed string
}

// SupplyLine is one that was given.
type SupplyLine struct{ What, Line, LabelHref string }

// SupplyForm hands out medicine.
type SupplyForm struct {
	Page                    ui.Page
	Action, ID              string
	Quantity, Batch, Expiry string
	Unit, Left              string
	Mistakes                ui.Mistakes
}

// StopForm ends a prescription.
type StopForm struct {
	Page       ui.Page
	Action, ID string
	Reason     string
	Mistakes   ui.Mistakes
}

var levelIcons = map[string]string{"stop": "stop", "mind": "warn", "know": "info"}

var levelStates = map[string]string{"stop": "late", "mind": "waiting", "know": "booked"}

func (v PrescriptionForm) title() string { return "Prescribe for " + v.Banner.Name }

func (v PrescriptionView) mistakes() ui.Mistakes {
	switch {
	case v.Supply != nil && len(v.Supply.Mistakes) > 0:
		return v.Supply.Mistakes
	case v.Stop != nil:
		return v.Stop.Mistakes
	}
	return nil
}

// doseTrigger asks again when something is chosen, and a moment after something was typed.
const doseTrigger = "change from:#prescription-form, input from:#prescription-form delay:400ms"
