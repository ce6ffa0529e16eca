package views

import "paddock/views/ui"

// Label is a medicine label, 70 × 37 mm, in the words that stand on it.
type Label struct {
	Clinic, Address, Phone string
	// Drug is name and strength, Quantity "28 tablets".
	Drug, Quantity, Directions string
	// Notes are cautions, the days to wait and what the law asks for, in their order.
	Notes []string
	// Animal is the name alone; Kind its species and owner with address: "dog. Helen Thompson, 8 Priory Row".
	Animal, Kind string
	// By is prescriber and date, Batch "Batch K2291, expires 11-2027".
	By, Batch string
	// Reprint says that it was printed before.
	Reprint bool
	// Tight sets it in the least print, for many words.
	Tight bool
}

// LabelPreview is a supply's label before it is printed.
type LabelPreview struct {
	Page  ui.Page
	Label Label
	// Back is the patient's medicines.
	Back, BackTo string
	// Action prints it, under the id of the printing.
	Action, ID string
	// Lacks are what it must have and has not, with the law; SettingsHref is where the clinic's head is entered.
	Lacks        []LabelLack
	SettingsHref string
	// Before are the printings there were: "Today 10:05, Joy Cole".
	Before []string
}

// LabelLack is a field that is missing.
type LabelLack struct{ Words, Citation string }

// PrintedLabel is a label as it was printed.
type PrintedLabel struct {
	Page         ui.Page
	Label        Label
	Back, BackTo string
	PDF, Line    string
}

// after is a text that stands behind another, with its comma.
func after(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}
