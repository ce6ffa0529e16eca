package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func peopleSamples() []sample {
	left := person()
	left.Row.Status, left.Row.State, left.Row.Gone = "done", "Left", true
	left.LinkAction, left.EndAction, left.RolesHref, left.ReturnAction = "", "", "", "/people/1/return"
	self := person()
	self.Self, self.LinkAction, self.Mistakes = true, "", ui.Mistakes{{Message: "Nobody else can sign in and manage people. Give somebody else the role first."}}
	return []sample{
		{"people", false, views.PeoplePage(views.People{Page: admin(), Active: 11, Invited: 1, Rows: []views.PersonRow{person().Row, left.Row}})},
		{"person", false, views.PersonPage(person())},
		{"person-left", false, views.PersonPage(left)},
		{"person-self", false, views.PersonPage(self)},
		{"invitation", false, views.InvitationPage(views.Invitation{
			Page: admin(), ID: "018f", Name: "Ella Brook", Email: "ella", Roles: []views.Ticked{{Value: "nurse", Label: "Nurse", On: true}},
			Mistakes: ui.Mistakes{{Name: "email", Message: "Enter an e-mail address like jo@example.org."}},
		})},
		{"invitation-link", false, views.InvitationLinkPage(views.InvitationLink{Page: admin(), Name: "Ella Brook", Address: "meadow.example.org/welcome/abc", Until: "27-Nov-2026 10:00", Href: "/people/1"})},
		{"invitation-link-gone", false, views.InvitationLinkPage(views.InvitationLink{Page: admin(), Name: "Ella Brook", Href: "/people/1"})},
	}
}

func person() views.Person {
	return views.Person{
		Page: admin(), Version: "1", RolesHref: "/people/1/roles", LinkAction: "/people/1/link", EndAction: "/people/1/ending",
		Row:   views.PersonRow{Href: "/people/1", Name: "Ella Brook", Email: "ella@meadowlane.example", Initials: "EB", Roles: "Receptionist", Seen: "–", Status: "booked", State: "Invited"},
		Facts: []views.Total{{Label: "E-mail", Value: "ella@meadowlane.example"}, {Label: "Roles", Value: "Receptionist"}},
	}
}
