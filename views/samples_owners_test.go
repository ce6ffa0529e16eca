package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

// beneath is the banner of a page below the record.
func beneath() views.Banner {
	b := banner()
	b.Href, b.EditHref, b.Chip = "/patients/1", "", "985 112 004 678 301"
	return b
}

func ownersForm() views.OwnersForm {
	return views.OwnersForm{
		Page: vet(), Banner: beneath(), Action: "/patients/1/owners", Version: "3", Cancel: "/patients/1", NewClient: "/clients/new",
		Rows: []views.BondRow{
			{ClientID: "1", Name: "Helen Thompson", Line: "07700 900142", Role: "owner", Share: "50 %", MayConsent: true, GetsReminders: true},
			{ClientID: "2", Name: "Redbrick Stables", Role: "carer", MayConsent: true, Remove: true},
		},
		Past: []views.PastBond{{Name: "Anna Quill", Href: "/clients/3", Line: "Owner, 12-Jan-2019 to 03-Mar-2024"}, {Name: "Otto Becker", Line: "Payer, 12-Jan-2019 to 03-Mar-2024"}},
	}
}

func foundOwners() views.OwnersForm {
	v := ownersForm()
	v.Find, v.Asked, v.More, v.Typed, v.Past = "quill", true, true, true, nil
	v.Found = []views.Choosable{{ID: "4", Name: []views.Piece{{Text: "Anna "}, {Text: "Quill", Matched: true}}, Line: "07700 900455"}, {ID: "5", Name: []views.Piece{{Text: "Quill", Matched: true}}}}
	return v
}

func badOwners() views.OwnersForm {
	v := foundOwners()
	v.Mistakes = ui.Mistakes{{Name: "share_1", Message: "The shares come to 50 %. They must come to 100 %."}, {Name: "pick", Message: "Choose who it is"}}
	return v
}

func identifiers(bad ui.Mistakes) views.Identifiers {
	v := views.Identifiers{
		Page: vet(), Banner: beneath(), Worn: numbers(),
		Past: []views.Number{{Label: "Tag", Shown: "YO-3177", Ended: "No longer worn, 03-Mar-2024"}},
		Form: views.NumberForm{Page: vet(), Action: "/patients/1/identifiers", ID: "018f", Cancel: "/patients/1", Kind: "chip", Mistakes: bad},
	}
	if bad.About("anyway") != "" {
		v.Form.Taken = []views.Animal{{Href: "/patients/2", Name: "Clover"}, {Href: "/patients/3", Name: "Smokey"}}
	}
	return v
}

// shared is the record of an animal that several answer for.
func shared() views.Record {
	v := record()
	first, second := owner(), owner()
	first.Words = "Pays 50 %, may consent, gets reminders"
	second.Name, second.Href, second.Role, second.Words = "Anna Quill", "", "Payer", "Pays 50 %, may not consent, gets no reminders"
	v.Owners.Owners = []views.Owner{first, second}
	return v
}
