package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func roleTable() views.Roles {
	cell := func(n, role, words string, on, was, differs bool) views.RightCell {
		return views.RightCell{N: n, Name: "may-" + n, Value: "bill.credit", Label: role + ": " + words, On: on, Was: was, Differs: differs}
	}
	return views.Roles{
		Page: admin(), Show: "most", Pending: "1 change", NewHref: "/roles/new", WhyHref: "/access",
		Columns: []views.RoleColumn{
			{N: "1", ID: "018a", Name: "Receptionist", Line: "3 people", Href: "/roles/018a", Version: "1", Was: "schedule.write"},
			{N: "2", ID: "018b", Name: "Locum vet", Line: "your own, 1 person", Href: "/roles/018b", Version: "3", Was: "schedule.write bill.credit"},
		},
		Groups: []views.RightGroup{
			{Name: "Diary", Most: true, Rows: []views.RightRow{{Words: "Book, move and cancel visits", Most: true, Cells: []views.RightCell{
				cell("1", "Receptionist", "Book, move and cancel visits", true, true, false), cell("2", "Locum vet", "Book, move and cancel visits", true, true, false),
			}}}},
			{Name: "Money", Differs: true, Rows: []views.RightRow{{Words: "Void or credit an issued bill", Differs: true, Cells: []views.RightCell{
				cell("1", "Receptionist", "Void or credit an issued bill", true, false, true), cell("2", "Locum vet", "Void or credit an issued bill", false, true, false),
			}}}},
		},
		People: roleHolders(),
	}
}

func roleHolders() []views.RoleHolder {
	return []views.RoleHolder{
		{Name: "Priya Shah", Initials: "PS", Roles: "Receptionist", Href: "/people/1/roles"},
		{Name: "Ella Brook", Initials: "EB", Roles: "Receptionist, Locum vet", Href: "/people/2/roles", Status: "booked", State: "Invited"},
	}
}

func rolesSamples() []sample {
	unticked := roleTable()
	unticked.Pending, unticked.NewHref, unticked.Show, unticked.Mistakes = "", "", "changed", ui.Mistakes{{Message: "Nothing is changed yet. Tick or untick a box first."}}
	tried := views.PersonDiff{Name: "Priya Shah", Roles: "Receptionist", Gains: []string{"Void or credit an issued bill"}, Loses: []string{"Print medicine labels"}}
	preview := views.RolePreview{
		Page: admin(), ID: "018f",
		Diffs: []views.RoleDiff{
			{Name: "Receptionist", Added: []string{"Void or credit an issued bill"}, Taken: []string{"Print medicine labels"}},
			{Name: "Locum vet", Added: []string{"Close the till"}, Notes: []string{"“Close the till” opens nothing until “Prices, bills and payments” is ticked as well."}},
		},
		Hidden:   []views.KeptField{{Name: "version-018a", Value: "1"}, {Name: "add", Value: "018a bill.credit"}},
		Affected: []views.PersonDiff{tried}, Same: "No difference for Tom Reilly: their other roles say the same.",
		Who: "1", People: []ui.Option{{Label: "Choose somebody"}, {Value: "1", Label: "Priya Shah"}}, Tried: &tried,
		Reason: "Evenings without an admin", Meanwhile: []views.RoleEvent{{When: "Today 10:22", By: "Joanne Webb", What: "Receptionist: gave 1", Added: []string{"Close the till"}}, {By: "Somebody", What: "changed Locum vet"}},
		Mistakes: ui.Mistakes{{Name: "reason", Message: "Enter why, in a few words"}},
	}
	nothing := views.RolePreview{Page: admin(), ID: "018f", People: preview.People[:1], Tried: &views.PersonDiff{Name: "Priya Shah"}}
	form := views.NewRole{Page: admin(), ID: "018f", Name: "Nurse", From: "1", Models: []ui.Option{{Label: "Choose a role"}, {Value: "1", Label: "Nurse"}}, Mistakes: ui.Mistakes{{Name: "name", Message: "There is a role of this name already. Choose another name"}}}
	one := views.OneRole{
		Page: admin(), Name: "Locum vet", Typed: "Locum", Line: "Your own", ID: "018f", Version: "3", Action: "/roles/018b", EndAction: "/roles/018b/ending",
		Groups: []views.RightList{{Name: "Records", Words: []string{"Read clinical records", "Sign notes"}}, {Name: "Money", Words: []string{"See bills and accounts"}}},
		History: []views.RoleEvent{
			{When: "Today 10:22", At: "2026-03-24T10:22:00Z", By: "Joanne Webb", What: "gave 1, took 1", Added: []string{"Sign notes"}, Taken: []string{"Close the till"}, Reason: "New contract"},
			{When: "01-Mar-2026 09:00", At: "2026-03-01T09:00:00Z", By: "Joanne Webb", What: "made it, like Veterinarian"},
		},
	}
	held := one
	held.EndAction, held.EndWhy, held.Holders, held.Mistakes = "", "It can be retired when nobody holds it.", roleHolders(), ui.Mistakes{{Name: "name", Message: "Enter a name, like Locum vet"}}
	gone := views.OneRole{Page: admin(), Name: "Locum vet", Line: "Retired 24-Mar-2026"}
	person := views.PersonRoles{
		Page: admin(), Name: "Priya Shah", Action: "/people/1/roles", Preview: "/people/1/roles/preview", ID: "018f", Version: "2",
		Roles: []views.RoleChoice{{ID: "018a", Name: "Receptionist", Line: "3 people", On: true}, {ID: "018b", Name: "Locum vet", Line: "your own, 1 person"}},
	}
	changed := person
	changed.Diff, changed.Given, changed.Taken = &tried, []string{"Locum vet"}, []string{"Receptionist"}
	same := person
	same.Diff, same.Mistakes = &views.PersonDiff{Name: "Priya Shah"}, ui.Mistakes{{Name: "roles", Message: "Choose at least one role"}}
	ask := views.Access{Page: admin(), Person: "1", Right: "clinical.sign", People: preview.People[1:], Rights: []views.RightOptions{{Name: "Records", Options: []ui.Option{{Value: "clinical.sign", Label: "Sign notes"}}}}}
	no, yes := ask, ask
	no.Answer = &views.AccessAnswer{
		Sentence: "Priya Shah cannot: Sign notes", Reasons: []string{"No role of Priya Shah has “Sign notes”: they hold Receptionist.", "It comes with the role Veterinarian."},
		Others: []string{"Amara Nwosu", "Tom Reilly"}, Granters: []string{"Joanne Webb"}, RolesHref: "/people/1/roles", Permission: "clinical.sign",
	}
	yes.Answer = &views.AccessAnswer{Yes: true, Sentence: "Amara Nwosu can: Sign notes", Reasons: []string{"“Sign notes” comes with the role Veterinarian."}, RolesHref: "/people/3/roles", Permission: "clinical.sign"}
	return []sample{
		{"the table of roles", false, views.RolesPage(roleTable())},
		{"the table of roles with nothing ticked", false, views.RolesPage(unticked)},
		{"changes of roles", false, views.RolePreviewPage(preview)},
		{"changes of roles that change nothing", false, views.RolePreviewPage(nothing)},
		{"a new role", false, views.NewRolePage(form)},
		{"a role", false, views.OneRolePage(one)},
		{"a role that is held", false, views.OneRolePage(held)},
		{"a role that is retired", false, views.OneRolePage(gone)},
		{"the roles of somebody", false, views.PersonRolesPage(person)},
		{"other roles for somebody", false, views.PersonRolesPage(changed)},
		{"no roles for somebody", false, views.PersonRolesPage(same)},
		{"a question about somebody", false, views.AccessPage(ask)},
		{"why somebody cannot", false, views.AccessPage(no)},
		{"why somebody can", false, views.AccessPage(yes)},
	}
}
