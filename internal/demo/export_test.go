package demo

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"paddock/internal/id"
)

// RowID opens the fixed identifiers to the tests.
func RowID(c Clinic, table string, n int) id.ID { return c.rowID(table, n) }

// Names writes down everything of a sample but the dates.
func Names(c Clinic, today time.Time) string {
	s := c.sample(today)
	text := fmt.Sprint(s.clients, s.notes)
	for _, p := range s.patients {
		text += fmt.Sprint(p.row, p.owner, p.Name, p.Species, p.Breed, p.Sex, p.Neutered, p.Colour)
	}
	return text
}

// Lists gives the surnames and animals a clinic draws from.
func Lists(c Clinic) []string { return slices.Concat(c.surnames, c.animals) }

// ClinicOf opens what describes a clinic of a fill to the tests.
func ClinicOf(n Numbers, number int) Clinic { return filled(n.Seed, number) }

// FillID opens the fixed identifiers of a fill to the tests.
func FillID(c Clinic, table string, n int) id.ID { return c.fillID(table, n) }

// FillNames writes down the clients and animals of a clinic of a fill, and its people.
func FillNames(n Numbers, number int, today time.Time) string {
	c := filled(n.Seed, number)
	r := c.rows(0, n.Patients, n.Years, nil, today)
	text := fmt.Sprint(c.Name, c.People, r.clients)
	for _, p := range r.patients {
		text += fmt.Sprint(p.ID, p.Owners, p.Name, p.Species, p.Breed, p.Sex, p.Neutered, p.Colour, p.Chip)
	}
	return text
}

// SurnameParts gives what the surnames of fills are made of, the number of surnames, and how many a
// fill may need.
func SurnameParts() (parts [5][]string, all, needed int) {
	return [5][]string{beginnings, firstVowels, middles, secondVowels, ends}, allSurnames(), mostClinics * surnamesEach
}

// Kinds are the species that are drawn, and Bodies those that have a weight.
func Kinds() (kindsOf, bodiesOf []string) {
	for _, k := range kinds {
		kindsOf = append(kindsOf, k.species)
	}
	return slices.Sorted(slices.Values(kindsOf)), slices.Sorted(maps.Keys(bodies))
}

// Scatter opens the step of the surnames.
const Scatter = scatter
