package views

import "paddock/views/ui"

// People is Practice, People: everybody who works or worked at the clinic.
type People struct {
	Page ui.Page
	Rows []PersonRow
	// Active and Invited count the rows of those states.
	Active, Invited int
}

// PersonRow is one of them.
type PersonRow struct {
	Href, Name, Email, Initials string
	Roles, Seen                 string
	Status, State               string
	Gone                        bool
}

// Person is the page of one of them. What cannot be done has no address.
type Person struct {
	Page  ui.Page
	Row   PersonRow
	Facts []Total
	// RolesHref changes the roles, SessionsHref is where the person is signed in.
	RolesHref, SessionsHref string
	// LinkAction makes a new link, EndAction ends what the person may do here, ReturnAction takes that back.
	LinkAction, EndAction, ReturnAction string
	Version, Reason                     string
	// Self says that it is whoever looks.
	Self     bool
	Mistakes ui.Mistakes
}

// Invitation is the form for somebody new.
type Invitation struct {
	Page            ui.Page
	ID, Name, Email string
	Roles           []Ticked
	Mistakes        ui.Mistakes
}

// InvitationLink is shown once to whoever made it.
type InvitationLink struct {
	Page ui.Page
	// Address is what to pass on, "" where the form was sent before and the link cannot be shown again.
	Name, Address, Until, Href string
}
