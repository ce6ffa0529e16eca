package views

import "paddock/views/ui"

// Patients is the landing page: the patients opened last, newest first.
type Patients struct {
	Page ui.Page
	Rows []PatientRow
	// MayAdd shows the button for a new client, from whose page a patient is added.
	MayAdd bool
}

// PatientRow is one patient of the landing page.
type PatientRow struct {
	Href string
	// Species is the face shown: "dog", "cat", …
	Species string
	Name    string
	// Kind is species, breed and age in words: "Dog, Labrador Retriever, 7 y 2 m".
	Kind string
	// Owner is "" where nobody is known, OwnerHref where the person may not open clients.
	Owner, OwnerHref, Phone string
	// Opened is "Today 10:05", OpenedAt the same instant for machines (RFC 3339).
	Opened, OpenedAt string
	// Died shows the row grey with the word.
	Died bool
}

// Breed is suggested for a species.
type Breed struct {
	Species, Name string
}

// PatientForm makes or changes a patient.
type PatientForm struct {
	Page ui.Page
	// Banner is of the patient that is changed, nil for a new one.
	Banner *Banner
	// Action is "/patients" or "/patients/{id}".
	Action string
	// ID, sent as new_id, is the id a new patient will get, so that sending twice makes one; "" when changing.
	ID string
	// Version is of the row that is changed; "" for a new one.
	Version string
	// ClientID and ClientName are of the owner; both "" where the owner is not known.
	ClientID, ClientName string

	Name, Species, Breed, Colour string
	// Sex is "", "female" or "male"; Neutered "", "yes" or "no".
	Sex, Neutered string
	// Born is a date in the house form or as typed; Age an estimate: "3 y", "8 months".
	Born, Age string

	// Chip is that of a new patient, typed twice unless ChipScanned. ChipTaken says that other animals have it,
	// of whom Taken are shown.
	Chip, ChipAgain        string
	ChipScanned, ChipTaken bool
	Taken                  []Animal

	// SpeciesOptions start with the empty choice. Breeds are suggested, those of the chosen species where
	// script runs, and any other may be typed.
	SpeciesOptions []ui.Option
	Breeds         []Breed
	// Alike are animals of the owner that may be the same one.
	Alike Alikes
	// Mistakes name "name", "species", "breed", "colour", "sex", "neutered", "born", "age", "alike",
	// "chip", "chip_again", "chip_anyway" or "".
	Mistakes ui.Mistakes
	// Cancel is the path of the page the form was opened from.
	Cancel string
}

var sexOptions = []ui.Option{{Value: "", Label: "Not known"}, {Value: "female", Label: "Female"}, {Value: "male", Label: "Male"}}

var neuteredOptions = []ui.Option{{Value: "", Label: "Not known"}, {Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}

func (v PatientForm) heading() string {
	if v.ID != "" {
		return "New patient"
	}
	return "Change " + v.Name
}

func (v PatientForm) button() string {
	if v.ID != "" {
		return "Add patient"
	}
	return "Save patient"
}
