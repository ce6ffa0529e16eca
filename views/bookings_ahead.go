package views

// Ahead is what is booked for a patient or a client, beside a record.
type Ahead struct {
	// Shown is off for a person who may not see the schedule.
	Shown bool
	Rows  []AheadLine
	// NoShows is "Did not come twice", "" for never.
	NoShows string
	// BookHref is where one more is booked, "" for a person who may not, and for an animal that died.
	BookHref, WaitHref string
}

// AheadLine is one visit that is still to come, or under way.
type AheadLine struct {
	// When is "Tue 24-Mar-2026 10:30", Line why and with whom, and on a client's page which animal.
	Href, When, Line string
	// Word is a state to be named, "" for booked.
	Word, Status string
}
