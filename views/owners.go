package views

import (
	"strconv"

	"paddock/views/ui"
)

// OwnerPanel says beside a record who answers for the animal.
type OwnerPanel struct {
	// Owners are all clients linked to it, owners first; none where nobody is known.
	Owners []Owner
	// Href is the page that changes them, "" where the person may not.
	Href string
	// Others are the other animals of its owners.
	Others []Animal
}

// Owner is one client linked to an animal.
type Owner struct {
	Name string
	// Href is "" where the person may not open clients.
	Href string
	// Role is "Owner", "Payer", "Carer" or "Trainer".
	Role string
	// Words say what else holds: "Pays 50 %, does not consent", or "" where there is nothing to say.
	Words  string
	Phones []Phone
	Email  string
}

// OwnersForm changes who answers for an animal.
type OwnersForm struct {
	Page   ui.Page
	Banner Banner
	// Action is "/patients/{id}/owners", Version of the links that are changed.
	Action, Version, Cancel string
	// Rows are those of the form in order; their inputs are client_1, role_1, share_1, consent_1,
	// reminders_1, remove_1, client_2, …
	Rows []BondRow
	// Full says that nobody more can be linked.
	Full bool
	// Find is what was typed to find somebody more (the input find); Asked says that it was looked for, Found
	// who came of it, as choices of the input pick. More says that there are others.
	Find  string
	Asked bool
	Found []Choosable
	More  bool
	// NewClient is where a client is made who is not there yet, "" where the person may not.
	NewClient string
	// Past are the links that have ended, the latest first.
	Past []PastBond
	// Mistakes name "role_1", "share_1", …, "find", "pick" or "".
	Mistakes ui.Mistakes
	// Fresh is the place of a row just added, 0 for none.
	Fresh int
	// Typed says that the form came back with words nobody has saved.
	Typed bool
}

// BondRow is one client in the form.
type BondRow struct {
	ClientID, Name string
	// Line is a second thing to know the client by: phone or e-mail.
	Line        string
	Role, Share string
	// MayConsent, GetsReminders and Remove are ticks.
	MayConsent, GetsReminders, Remove bool
}

// Choosable is a client to choose.
type Choosable struct {
	ID   string
	Name []Piece
	Line string
}

// PastBond is a link that has ended.
type PastBond struct {
	Name, Href string
	// Line is "Owner, 12-Jan-2019 to 03-Mar-2024".
	Line string
}

var roleOptions = []ui.Option{{Value: "owner", Label: "Owner"}, {Value: "payer", Label: "Payer"}, {Value: "carer", Label: "Carer"}, {Value: "trainer", Label: "Trainer"}}

func (v OwnersForm) title() string { return "Who answers for " + v.Banner.Name }

func (v OwnersForm) page() ui.Page { return titled(v.Page, v.title(), v.Mistakes) }

func (v OwnersForm) unsent() string {
	if v.Typed || len(v.Mistakes) > 0 {
		return "typed"
	}
	return ""
}

// at is the name of an input of a row: "share_2".
func at(name string, row int) string { return name + "_" + strconv.Itoa(row+1) }

func (o OwnerPanel) heading() string {
	switch len(o.Owners) {
	case 0:
		return "Owner"
	case 1:
		return o.Owners[0].Name
	}
	return "Owners"
}
