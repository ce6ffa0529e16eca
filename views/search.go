package views

import "paddock/views/ui"

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
	// AddClient is the address for a new client with this name, "" where the person may not add one.
	AddClient string
}

// Hit is one patient or client found. Line holds two things besides the name that tell it from its
// namesakes: kind and age, client and phone.
type Hit struct {
	Href string
	// Species is the face shown: "dog", "cat", …; "" for a client.
	Species string
	Name    []Piece
	Line    string
	// State is "Died" or "", Gone shows the row grey.
	State string
	Gone  bool
}

// Piece is a part of a name; Matched is underlined.
type Piece struct {
	Text    string
	Matched bool
}

func (v Search) count() int { return len(v.Patients) + len(v.Clients) }

func (v Search) heading() string {
	if v.Recent {
		return "Recent patients"
	}
	return "Found for “" + v.Query + "”"
}
