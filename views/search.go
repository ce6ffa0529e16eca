package views

import (
	"slices"

	"paddock/views/ui"
)

// Search is what one search found, as a page and as the list below the search box. Fewer than two
// letters find the recent patients.
type Search struct {
	Page ui.Page
	// Query is what was typed.
	Query string
	// Recent says that the rows are the recent patients, since too little was typed.
	Recent bool
	// Patients and Clients are in the order they are shown.
	Patients []Hit
	Clients  []Hit
	// More says that there were more than are shown.
	More bool
	// AddClient is where what was typed is sent for a new client, "" where the person may not add one.
	AddClient string
}

// Hit is one patient or client found. Line holds two things besides the name that tell it from its
// namesakes: kind and age, client and phone.
type Hit struct {
	Href string
	// Second is where Ctrl+Enter leads, "" for nowhere: the owner of a patient.
	Second string
	// Species is the face shown: "dog", "cat", …; "" for a client.
	Species string
	Name    []Piece
	Line    []Piece
	// State is "Died", "Left", "Inactive" or "", Gone shows the row grey.
	State string
	Gone  bool
}

// Piece is a part of a name; Matched is underlined.
type Piece struct {
	Text    string
	Matched bool
}

func (v Search) count() int { return len(v.Patients) + len(v.Clients) }

// second reports whether Ctrl+Enter does something on one of the rows.
func (v Search) second() bool {
	return slices.ContainsFunc(v.Patients, func(h Hit) bool { return h.Second != "" })
}

// addLabel says whom the button adds.
func (v Search) addLabel() string {
	if v.Recent {
		return "New client"
	}
	return "New client “" + v.Query + "”"
}

func (v Search) heading() string {
	if v.Recent {
		return "Recent patients"
	}
	return "Found for “" + v.Query + "”"
}
