package views

import "paddock/views/ui"

// Present is who writes about a patient now, as it stands on the patient's page and is fetched anew.
type Present struct {
	Page ui.Page
	// Href is where it is fetched, "" for those who may not see it.
	Href string
	// Writers are those at work, but for the window itself.
	Writers []Writer
}

// Writer is somebody at work in a note: Name, or "" for this person in another window, the part, and since when,
// "10:05", At the instant for machines.
type Writer struct {
	Name, Part, Since, At string
}
