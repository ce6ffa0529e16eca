package registry

import (
	"strings"
	"time"

	"paddock/internal/fault"
	"paddock/internal/plain"
)

// PatientForm is what was typed into the form of a patient.
type PatientForm struct {
	Name, Species, Breed, Colour string
	// Sex is "", "female", "male"; Neutered "", "yes", "no".
	Sex, Neutered string
	// Born is a date, or an age, as ParseBirth reads them; Age is used where Born is empty.
	Born, Age string
}

// FormOfPatient is the form that shows a patient.
func FormOfPatient(p Patient) PatientForm {
	f := PatientForm{Name: p.Called(), Species: p.Species, Breed: p.Breed, Colour: p.Colour, Born: p.Born.String()}
	if p.Sex != "unknown" {
		f.Sex = p.Sex
	}
	if p.Neutered != "unknown" {
		f.Neutered = p.Neutered
	}
	return f
}

// Parse reads the form forgivingly. today is any instant of the clinic's present day, in the clinic's
// zone. Mistakes are named after the inputs name, species, breed, colour, sex, neutered, born and age.
// That the species is one of the list is judged by the verb.
func (f PatientForm) Parse(today time.Time) (Patient, fault.Fields) {
	var bad fault.Fields
	p := Patient{
		Name: plain.Line(f.Name), Species: strings.TrimSpace(f.Species), Breed: plain.Line(f.Breed), Colour: plain.Line(f.Colour),
		Sex: known(f.Sex), Neutered: known(f.Neutered),
	}
	switch {
	case p.Name == "":
		bad.Add("name", "Enter the name, or “Unnamed”")
	case strings.EqualFold(p.Name, unnamed):
		p.Name = ""
	}
	bad.TooLong("name", p.Name, longestName)
	if p.Species == "" {
		bad.Add("species", "Choose a species from the list")
	}
	bad.TooLong("breed", p.Breed, longestBreed)
	bad.TooLong("colour", p.Colour, longestName)
	if p.Sex != "male" && p.Sex != "female" && p.Sex != "unknown" {
		bad.Add("sex", "Choose female, male or not known")
	}
	if p.Neutered != "yes" && p.Neutered != "no" && p.Neutered != "unknown" {
		bad.Add("neutered", "Choose yes, no or not known")
	}
	if plain.Line(f.Born) != "" && plain.Line(f.Age) != "" {
		bad.Add("age", "Enter either the date of birth or the age")
	}
	input, typed := "born", f.Born
	if plain.Line(typed) == "" {
		input, typed = "age", f.Age
	}
	born, err := ParseBirth(typed, today)
	if err != nil {
		bad.Add(input, err.Error())
	}
	p.Born = born
	return p, bad
}

// known reads a choice whose empty answer means not known.
func known(choice string) string {
	if choice = strings.TrimSpace(choice); choice != "" {
		return choice
	}
	return "unknown"
}
