package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func medicines() views.Medicines {
	return views.Medicines{Shown: true, AllHref: "/patients/1/prescriptions", PrescribeHref: "/patients/1/prescriptions/new", Rows: []views.Medicine{
		{Href: "/prescription-drafts/3", Name: "Prednisolone 5 mg tablets", Line: "Prepared by Joy Cole, Today 10:05", State: views.DocumentState{Status: "waiting", Icon: "note", Word: "To sign"}},
		{
			Href: "/prescriptions/1", LabelHref: "/supplies/1/label", Name: "Carprofen 50 mg tablets", Line: "Give ONE tablet by mouth TWICE a day for 14 days.", Left: "1 of 2 supplies left, until 23-May-2027",
			State: views.DocumentState{Status: "consult", Icon: "split", Word: "Part given"},
		},
		{Name: "Oclacitinib 16 mg tablets", Left: "Vomits on it", Over: true, State: views.DocumentState{Status: "late", Icon: "stop", Word: "Stopped"}},
	}}
}

func prescriptionForm() views.PrescriptionForm {
	return views.PrescriptionForm{
		Page: vet(), Banner: below(), Action: "/patients/1/prescriptions", SignAction: "/patients/1/prescriptions/signed", Cancel: "/patients/1/prescriptions", ID: "018f",
		Drugs: []ui.Option{{Value: "", Label: "Choose"}, {Value: "1", Label: "Carprofen 50 mg tablets"}}, Drug: "1", Dose: "1.5", Every: "24", Supplies: "1",
		Rhythms: []ui.Option{{Value: "24", Label: "Once a day"}, {Value: "12", Label: "Twice a day"}}, Food: true,
		Dosing: views.Dosing{
			Ask: "/patients/1/prescriptions/dose", Nonce: "n0nce", Facts: []views.Total{{Label: "Weight", Value: "24.6 kg, 20-Nov-2026"}}, Directions: "Give ONE tablet by mouth ONCE a day.",
			Findings: []views.DoseFinding{{Level: "stop", Words: "This dose is 10.5 times the usual."}, {Level: "mind", Words: "Biscuit has an allergy to NSAID"}, {Level: "know", Words: "Not measured here."}},
		},
	}
}

func mistakenPrescription() views.PrescriptionForm {
	f := prescriptionForm()
	f.SignAction, f.DiscardAction, f.By, f.Version, f.ID = "", "/prescription-drafts/1/discard", "Joy Cole, Today 10:05", "2", ""
	f.Mistakes = ui.Mistakes{{Name: "dose", Message: "Enter how much is given at once, more than 0"}, {Name: "meat", Message: "Enter a number of days"}}
	return f
}

func prescription() views.PrescriptionView {
	return views.PrescriptionView{
		Page: vet(), Banner: below(), Name: "Carprofen 50 mg tablets", State: views.DocumentState{Status: "ready", Icon: "check", Word: "Signed"}, Back: "/patients/1/prescriptions",
		Directions: "Give ONE tablet by mouth TWICE a day for 14 days.", Facts: []views.Total{{Label: "Supply", Value: "28 tablets"}}, Findings: []views.DoseFinding{{Level: "mind", Words: "Above the range"}},
		Reason: "Tolerated before", Supplies: []views.SupplyLine{{What: "28 tablets", Line: "Batch K2291", LabelHref: "/supplies/1/label"}}, AgainHref: "/patients/1/prescriptions/new?again=1",
		Supply: &views.SupplyForm{Page: vet(), Action: "/prescriptions/1/supplies", ID: "018f", Unit: "tablets", Left: "1 of 2 supplies left", Mistakes: ui.Mistakes{{Name: "batch", Message: "Enter the batch"}}},
		Stop:   &views.StopForm{Page: vet(), Action: "/prescriptions/1/stop", ID: "018f"},
	}
}

func rxLabel() views.Label {
	return views.Label{
		Clinic: "Meadow Lane Vets", Address: "14 Meadow Lane, York YO1 9ZZ", Phone: "01632 960155", Drug: "Oclacitinib 16 mg tablets", Quantity: "28 tablets",
		Directions: "Give ONE tablet by mouth TWICE a day for 14 days.", Notes: []string{"For animal treatment only.", "Keep out of reach of children."}, Animal: "Biscuit",
		Kind: "dog. Helen Thompson, 8 Priory Row, York YO1 7QQ", By: "Dr A. Nwosu, 24-Mar-2026", Batch: "Batch K2291, expires 11-2027", Reprint: true,
	}
}

func drugForm() views.DrugForm {
	return views.DrugForm{
		Page: vet(), Action: "/formulary/1", Version: "1", Name: "Carprofen 50 mg tablets", Unit: "tablet", Route: "mouth", EndAction: "/formulary/1/ending",
		Units: []ui.Option{{Value: "tablet", Label: "tablet"}}, Routes: []ui.Option{{Value: "mouth", Label: "by mouth"}}, Items: []ui.Option{{Value: "", Label: "None yet"}},
		Rules: []views.DrugRule{
			{Species: "dog", Kind: "Dog", Low: "2", High: "4", Licensed: true},
			{Species: "cat", Kind: "Cat", Banned: true, Source: "Never"},
			{Species: "rabbit", Kind: "Rabbit"},
			{Species: "horse", Kind: "Horse", Source: "None known"},
		},
		Mistakes: ui.Mistakes{{Name: "low-dog", Message: "Enter the range from low to high"}},
	}
}

func medicineSamples() []sample {
	one := prescription()
	newDrug := drugForm()
	newDrug.ID, newDrug.Version, newDrug.EndAction, newDrug.Mistakes = "018f", "", "", nil
	preview := views.LabelPreview{Page: vet(), Label: rxLabel(), Back: "/patients/1/prescriptions", BackTo: "Medicines of Biscuit", Action: "/supplies/1/labels", ID: "018f", Before: []string{"Today 10:05, Joy Cole"}}
	lacking := preview
	lacking.Before, lacking.Lacks, lacking.SettingsHref = nil, []views.LabelLack{{Words: "the address of the clinic", Citation: "SI 2013/2033"}}, "/letterhead"
	first := preview
	first.Before = nil
	list := views.Formulary{Page: vet(), AddHref: "/formulary/new", EndedHref: "/formulary", Ended: true, Rows: []views.DrugLine{{Href: "/formulary/1/edit", Name: "Carprofen 50 mg tablets", Ended: true, ReturnAction: "/formulary/1/return"}, {Href: "/formulary/2/edit", Name: "Meloxicam"}}}
	return []sample{
		{"medicines", false, views.PrescriptionsPage(views.Prescriptions{Page: vet(), Banner: below(), Medicines: medicines()})},
		{"no medicines", false, views.PrescriptionsPage(views.Prescriptions{Page: vet(), Banner: below()})},
		{"prescribe", false, views.PrescriptionFormPage(prescriptionForm())},
		{"prescribe with mistakes", false, views.PrescriptionFormPage(mistakenPrescription())},
		{"prescribe, the form alone", true, views.PrescriptionFormPart(prescriptionForm())},
		{"dosing", true, views.DosingPart(prescriptionForm().Dosing)},
		{"prescription", false, views.PrescriptionPage(one)},
		{"prescription that is over", false, views.PrescriptionPage(views.PrescriptionView{Page: vet(), Banner: below(), Name: "Carprofen", Back: "/patients/1/prescriptions", Changed: "It is over."})},
		{"supply", true, views.SupplyFormPart(*one.Supply)},
		{"stop", true, views.StopFormPart(*one.Stop)},
		{"label to print again", false, views.LabelPreviewPage(preview)},
		{"label that lacks", false, views.LabelPreviewPage(lacking)},
		{"label to print", false, views.LabelPreviewPage(first)},
		{"label", false, views.PrintedLabelPage(views.PrintedLabel{Page: vet(), Label: rxLabel(), Back: "/patients/1/prescriptions", BackTo: "Medicines", PDF: "/labels/1/pdf", Line: "Today"})},
		{"drug list", false, views.FormularyPage(list)},
		{"drug list, none", false, views.FormularyPage(views.Formulary{Page: vet(), AddHref: "/formulary/new", EndedHref: "/formulary?ended=1"})},
		{"drug", false, views.DrugFormPage(drugForm())},
		{"new drug", false, views.DrugFormPage(newDrug)},
		{"drug, the form alone", true, views.DrugFormPart(drugForm())},
	}
}

// below is the banner of a page below the record.
func below() views.Banner {
	b := banner()
	b.Href = "/patients/1"
	return b
}
