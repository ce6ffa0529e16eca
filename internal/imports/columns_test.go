package imports_test

import (
	"maps"
	"strings"
	"testing"

	"paddock/internal/imports"
)

func columns(headings ...string) []imports.Column {
	out := make([]imports.Column, len(headings))
	for i, h := range headings {
		out[i].Heading = h
	}
	return out
}

func TestColumnsAreGuessedByTheirHeadings(t *testing.T) {
	for headings, want := range map[string]imports.Mapping{
		"License Issue Date|License Number|Animal's Name|Species|Primary Breed|Secondary Breed|ZIP Code": {
			imports.Issued: 0, imports.Number: 1, imports.Name: 2, imports.Species: 3, imports.Breed: 4, imports.Breed2: 5,
		},
		"Owner Name|PET NAME|Type|D.O.B.|Gender|Spayed/Neutered|Color|Microchip #|Rabies Tag": {
			imports.Name: 1, imports.Species: 2, imports.Born: 3, imports.Sex: 4, imports.Neutered: 5, imports.Colour: 6, imports.Chip: 7, imports.Tag: 8,
		},
		"Licence no.|Name|Name of owner|Animal type": {imports.Number: 0, imports.Name: 1, imports.Species: 3},
		"": {},
	} {
		if got := imports.Guess(columns(strings.Split(headings, "|")...)); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", headings, got, want)
		}
	}
}

func TestColumnsWithoutHeadingsAreGuessedByWhatStandsInThem(t *testing.T) {
	list := []imports.Column{
		{Heading: "Column1", Samples: []string{"Rex", "Zoë"}},
		{Heading: "", Samples: []string{"Canine", "cats"}},
		{Heading: "F3", Samples: []string{"FS", "male"}},
		{Heading: "F4", Samples: []string{"985112001234567"}},
		{Heading: "F5", Samples: []string{"12/31/2019", "March 29 2005"}},
		{Heading: "Last visit", Samples: []string{"12/31/2019"}},
	}
	want := imports.Mapping{imports.Species: 1, imports.Sex: 2, imports.Chip: 3, imports.Born: 4}
	if got := imports.Guess(list); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestACommandLineSaysWhichColumnIsWhat(t *testing.T) {
	list := columns("Nickname", "What", "License, No", "Breed")
	got, err := imports.ParseMapping(`name=nickname, species=2,number="License, No",breed=`, list)
	want := imports.Mapping{imports.Name: 0, imports.Species: 1, imports.Number: 2}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for typed, says := range map[string]string{"nickname=Nickname": "names no field", "name": "names no field", "name=Nick": "has no column", "name=9": "has no column"} {
		if _, err := imports.ParseMapping(typed, list); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", typed, err, says)
		}
	}
}
