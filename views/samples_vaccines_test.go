package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func dueLines() views.VaccinationPanel {
	return views.VaccinationPanel{Href: "/patients/1/vaccinations", AddHref: "/patients/1/vaccinations/new", Lines: []views.DueLine{
		{
			Disease: "Rabies", Status: "late", Icon: "warn", Word: "Overdue", Due: "Due 12-Mar-2026", At: "2026-03-12", When: "12 days ago", Last: "Last given 12-Mar-2025",
			Because: "the first documented rabies dose is due again after one year, whatever the label says", Source: "NASPHV Compendium 2016, Part I.A.5", From: "Protects from 09-Apr-2025",
		},
		{
			Disease: "Leptospirosis", Status: "waiting", Icon: "clock", Word: "Due soon", Due: "Due 02-Apr-2026", At: "2026-04-02", When: "in 9 days", Because: "the day was set by hand",
			Last: "No dose is known", Set: "By Dr Amara Nwosu on 01-Mar-2026, with the spring visit",
		},
		{Disease: "Kennel cough", Status: "ready", Icon: "check", Word: "Up to date", Due: "Due 14-Nov-2026", At: "2026-11-14", When: "in 8 months", Because: "the last dose lasts one year by its label", Last: "Last given 14-Nov-2025"},
	}}
}

func vaccinations() views.Vaccinations {
	return views.Vaccinations{
		Page: vet(), Banner: bannerBelow(), Due: dueLines(),
		Doses: []views.DoseLine{
			{
				Href: "/vaccinations/1", Product: "Samplevac Rabies 3", Against: "Rabies", Day: "12-Mar-2025", At: "2025-03-12", Line: "Lot R88-41, right hind leg, Callum Baines",
				Certificate: "VC-0007", CertificateHref: "/certificates/7", CertificateState: views.DocumentState{Status: "ready", Icon: "check", Word: "Valid"},
			},
			{Href: "/vaccinations/2", Product: "Samplevac KC", Against: "Kennel cough", Day: "14-Nov-2025", At: "2025-11-14", Line: "From elsewhere: passport", Void: "Entered in error, Nwosu, 15-Nov-2025: another dog's passport"},
		},
		Set: &views.DueForm{Page: vet(), Action: "/patients/1/dues", ID: "018f", Diseases: []ui.Option{{Value: "", Label: "Choose"}, {Value: "rabies", Label: "Rabies"}}},
	}
}

func doseForm() views.DoseForm {
	some := []ui.Option{{Value: "", Label: "Choose"}, {Value: "1", Label: "Dr Amara Nwosu"}}
	return views.DoseForm{
		Page: vet(), Banner: bannerBelow(), Action: "/patients/1/vaccinations", ID: "018f", HereHref: "/patients/1/vaccinations/new", ElsewhereHref: "/patients/1/vaccinations/new?elsewhere=1", First: "booster", Giver: "1", Vet: "1",
		Products: []ui.Option{{Value: "", Label: "Choose"}, {Value: "2", Label: "Samplevac Rabies 3, Rabies"}}, Givers: some, Vets: some, Diseases: some, Cancel: "/patients/1/vaccinations",
	}
}

func certificate() views.Certificate {
	return views.Certificate{
		Page: vet(), Kind: "Rabies vaccination certificate", Serial: "VC-0007", Issued: "24-Mar-2026", From: []string{"Oakvale Vets", "14 Meadow Lane", "York YO1 9ZZ"},
		Groups: []views.CertificateGroup{
			{Head: "Owner", Fields: []views.Total{{Label: "Last name", Value: "Thompson"}, {Label: "First, middle", Value: "Helen"}}},
			{Head: "Animal", Fields: []views.Total{{Label: "Name", Value: "Biscuit"}, {Label: "Microchip", Value: "None on file"}}},
			{Head: "Vaccine", Fields: []views.Total{{Label: "Product", Value: "Samplevac Rabies 3"}, {Label: "Next due", Value: "12-Mar-2026"}}},
			{Head: "Veterinarian", Fields: []views.Total{{Label: "Name", Value: "Dr Amara Nwosu"}, {Label: "Licence number", Value: "MRCVS 4711"}}},
		},
		CheckAt: "oakvale.example/verification", Code: "K7Q2-M9XD-4TRB-0WZ8", Signer: "Dr Amara Nwosu, veterinarian, licence MRCVS 4711", Printed: "Printed 24-Mar-2026 10:05 by Dr Amara Nwosu. Page 1 of 1",
		State: views.DocumentState{Status: "ready", Icon: "check", Word: "Valid"}, Line: "Issued by Dr Amara Nwosu, Today 10:05", Back: "/patients/1/vaccinations", PDF: "/certificates/7/pdf",
		DoseHref: "/vaccinations/1", ReissueHref: "/vaccinations/1/certificate",
		VoidForm: &views.ReasonForm{Page: vet(), Action: "/certificates/7/void", Heading: "This certificate does not hold", Line: "It stays.", Button: "Void VC-0007", Label: "Why"},
	}
}

func vaccineForm() views.VaccineForm {
	return views.VaccineForm{
		Page: admin(), Action: "/vaccines", ID: "018f", Months: "12", FirstDoses: "1", FirstWeeks: "0", FirstMonths: "0", From: "8", Route: "under-skin",
		Species: []views.Ticked{{Value: "dog", Label: "Dog", On: true}, {Value: "cat", Label: "Cat"}}, Protects: []views.Ticked{{Value: "rabies", Label: "Rabies"}},
		Routes: []ui.Option{{Value: "under-skin", Label: "Under the skin"}}, Items: []ui.Option{{Value: "", Label: "Nothing"}},
	}
}

func vaccineSamples() []sample {
	vaccinated := record()
	vaccinated.Vaccinations = dueLines()
	none := vaccinations()
	none.Doses, none.Due.Lines, none.Due.Empty, none.Set = nil, nil, "No vaccination is known.", nil
	closed := none
	closed.Closed = true
	wrongDue := vaccinations()
	wrongDue.Set.Open, wrongDue.Set.Mistakes = true, ui.Mistakes{{Name: "reason", Message: "Enter why, like titre test or with the spring visit"}}
	wrong := doseForm()
	wrong.Sure, wrong.Mistakes = "Younger than the label says, and meant so", ui.Mistakes{{Name: "expiry", Message: "This lot expired on 11-Mar-2026, before the day it was given"}, {Name: "sure", Message: "Say that it was meant"}}
	elsewhere := doseForm()
	elsewhere.Historical = true
	dose := views.Dose{
		Page: vet(), Banner: bannerBelow(), Title: "Samplevac Rabies 3, 12-Mar-2025", Back: "/patients/1/vaccinations", Entered: "Written down by Callum Baines, 12-Mar-2025 10:05",
		Facts:        []views.Total{{Label: "Against", Value: "Rabies"}, {Label: "Lot", Value: "R88-41"}},
		Certificates: []views.DocumentLink{{Href: "/certificates/7", Title: "VC-0007", Line: "24-Mar-2026, Dr Amara Nwosu", State: views.DocumentState{Status: "done", Icon: "history", Word: "Replaced"}}},
		IssueHref:    "/vaccinations/1/certificate", IssueWord: "Replace certificate",
		VoidForm: &views.ReasonForm{Page: vet(), Action: "/vaccinations/1/void", Heading: "Entered in error", Line: "The dose stays.", Button: "Void this dose", Label: "What was wrong"},
	}
	gone := dose
	gone.Void, gone.VoidForm, gone.Certificates, gone.IssueHref = "Nwosu, 15-Nov-2025: wrong animal", nil, nil, ""
	badReason := views.ReasonForm{Page: vet(), Action: "/vaccinations/1/void", Heading: "Entered in error", Line: "The dose stays.", Button: "Void this dose", Label: "What was wrong", Mistakes: ui.Mistakes{{Name: "reason", Message: "Enter what was wrong"}}}
	issue := views.CertificateForm{
		Page: vet(), Banner: bannerBelow(), Action: "/vaccinations/1/certificate", ID: "018f", What: "Samplevac Rabies 3, 12-Mar-2025", Ready: true, Signer: "Dr Amara Nwosu, MRCVS 4711", Back: "/vaccinations/1",
		Sizes:  []ui.Option{{Value: "", Label: "Not known"}, {Value: "small", Label: "Under 20 lb"}},
		Checks: []views.CertificateCheck{{Status: "ready", Icon: "check", State: "Yes", Words: "The dose stands"}, {Status: "waiting", Icon: "warn", State: "Mind", Words: "No microchip is on file: the certificate says so"}},
	}
	again := issue
	again.Replaces, again.Serial, again.Mistakes = "7", "VC-0007", ui.Mistakes{{Name: "reason", Message: "Enter why a new one is issued"}}
	notYet := issue
	notYet.Ready, notYet.Changed = false, "No certificate yet."
	notYet.Checks = append(notYet.Checks, views.CertificateCheck{Status: "late", Icon: "stop", State: "Missing", Words: "Your licence number is not on file"})
	replaced := certificate()
	replaced.Stamp, replaced.State, replaced.VoidForm, replaced.ReissueHref = "Replaced by VC-0008", views.DocumentState{Status: "done", Icon: "history", Word: "Replaced"}, nil, ""
	replaced.Later, replaced.Earlier = &views.DocumentLink{Href: "/certificates/8", Title: "VC-0008", Line: "Replaces this one"}, &views.DocumentLink{Href: "/certificates/6", Title: "VC-0006", Line: "Replaced by this one"}
	found := views.Verification{Page: visitor(), Code: "K7Q2", Found: true, State: views.DocumentState{Status: "ready", Icon: "check", Word: "Valid"}, Facts: []views.Total{{Label: "Serial", Value: "VC-0007"}}}
	list := views.Vaccines{Page: admin(), Ended: true, EndedHref: "/vaccines", AddHref: "/vaccines/new", Rows: []views.VaccineRow{
		{Href: "/vaccines/1/edit", Name: "Samplevac Rabies 3", Maker: "Sample Biologicals", Species: "Dog, Cat", Against: "Rabies", Lasts: "36 months", Course: "1 dose", Price: "£64.00"},
		{Href: "/vaccines/2/edit", Name: "Old", Maker: "Sample Biologicals", Species: "Dog", Against: "Rabies", Lasts: "12 months", Course: "1 dose", Ended: true, ReturnAction: "/vaccines/2/return"},
	}}
	badVaccine := vaccineForm()
	badVaccine.ID, badVaccine.Version, badVaccine.EndAction, badVaccine.Name = "", "2", "/vaccines/1/ending", "Samplevac"
	badVaccine.Mistakes = ui.Mistakes{{Name: "species", Message: "Choose the species it is labelled for"}}
	licences := views.Licences{Page: admin(), Rows: []views.LicenceRow{
		{ID: "1", Action: "/licences/1", Name: "Dr Amara Nwosu", Roles: "Veterinarian", Number: "MRCVS 4711"},
		{ID: "2", Action: "/licences/2", Name: "Callum Baines", Roles: "Nurse", Mistakes: ui.Mistakes{{Name: "number-2", Message: "Keep this under 60 letters"}}},
	}}
	return []sample{
		{"record, vaccinated", false, views.RecordPage(vaccinated)},
		{"vaccinations", false, views.VaccinationsPage(vaccinations())},
		{"vaccinations, none", false, views.VaccinationsPage(none)},
		{"vaccinations, closed", false, views.VaccinationsPage(closed)},
		{"vaccinations, due mistaken", false, views.VaccinationsPage(wrongDue)},
		{"due form", true, views.DueFormPart(*wrongDue.Set)},
		{"dose form", false, views.DoseFormPage(doseForm())},
		{"dose form, mistaken", false, views.DoseFormPage(wrong)},
		{"dose form, elsewhere", false, views.DoseFormPage(elsewhere)},
		{"dose form part", true, views.DoseFormPart(wrong)},
		{"dose", false, views.DosePage(dose)},
		{"dose, void", false, views.DosePage(gone)},
		{"reason form", true, views.ReasonFormPart(badReason)},
		{"certificate form", false, views.CertificateFormPage(issue)},
		{"certificate form, again", false, views.CertificateFormPage(again)},
		{"certificate form, not yet", false, views.CertificateFormPage(notYet)},
		{"certificate form part", true, views.CertificateFormPart(again)},
		{"certificate", false, views.CertificatePage(certificate())},
		{"certificate, replaced", false, views.CertificatePage(replaced)},
		{"verification", false, views.VerificationPage(views.Verification{Page: visitor()})},
		{"verification, found", false, views.VerificationPage(found)},
		{"verification, unknown", false, views.VerificationPage(views.Verification{Page: visitor(), Code: "K7", Mistakes: ui.Mistakes{{Name: "code", Message: "No certificate has this code"}}})},
		{"vaccines", false, views.VaccinesPage(list)},
		{"vaccines, none", false, views.VaccinesPage(views.Vaccines{Page: admin(), AddHref: "/vaccines/new", EndedHref: "/vaccines?ended=1"})},
		{"vaccine form", false, views.VaccineFormPage(vaccineForm())},
		{"vaccine form, mistaken", false, views.VaccineFormPage(badVaccine)},
		{"vaccine form part", true, views.VaccineFormPart(badVaccine)},
		{"licences", false, views.LicencesPage(licences)},
	}
}

// bannerBelow is the banner on a page below the record.
func bannerBelow() views.Banner {
	b := banner()
	b.Href = "/patients/1"
	return b
}
