package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

var activeProblem = views.DocumentState{Status: "waiting", Word: "Active"}

func problemSamples() []sample {
	return []sample{
		{"problem", false, views.PatientProblemPage(patientProblem())},
		{"problem-form", false, views.ProblemFormPage(banner(), problemForm())},
		{"problem-form-part", true, views.ProblemFormPart(banner(), problemForm())},
		{"record-problems", false, views.RecordPage(problemRecord())},
		{"findings-part", true, views.FindingsPart(findings())},
		{"no-codes", true, views.NoCodes()},
		{"code-list", true, views.CodeList(views.CodesFound{Query: "ear", Action: "/drafts/1/diagnoses", Nonce: "n0nce", Rows: findings().Choices})},
		{"code-list-none", true, views.CodeList(views.CodesFound{Query: "zzz"})},
		{"code-lists", false, views.CodeListsPage(codeLists())},
		{"code-lists-found", false, views.CodeListsPage(views.CodeLists{Page: vet(), Rows: codeLists().Rows, Load: views.CodeLoad{Page: vet(), ID: "018f", Found: "The file is right: 2 codes."}})},
		{"code-list-page", false, views.CodeListOnePage(codeListPage())},
		{"code-list-ended", false, views.CodeListOnePage(views.CodeListPage{Page: vet(), Name: "Made up 1", Licence: "Ours", Ended: true})},
		{"code-form-part", true, views.CodeFormPart("Clinic's own 1", *codeListPage().Add)},
		{"note-waiting", false, views.NotePage(waitingNote())},
		{"note-cosigned", false, views.NotePage(cosignedNote())},
		{"cosign-form-part", true, views.CosignFormPart(*waitingNote().Cosign.Form)},
	}
}

func problemLines() []views.ProblemLine {
	return []views.ProblemLine{
		{Href: "/problems/1", Title: "Overweight", Line: "since 12-Feb-2024, moderate", State: activeProblem},
		{Href: "/problems/2", Title: "Otitis externa, recurrent", Line: "since 03-Jul-2024", Visits: "Came up in 3 notes", State: activeProblem},
		{Href: "/problems/3", Title: "Lipoma, sternum", Line: "since 03-Mar-2024", State: views.DocumentState{Status: "booked", Word: "Watched"}},
	}
}

func problemRecord() views.Record {
	r := record()
	r.Problems = views.Problems{
		Shown: true, AddHref: "/patients/1/problems/new", Lasting: problemLines(),
		Resolved: []views.ProblemLine{{Href: "/problems/4", Title: "Cough", Line: "resolved 03-Jan-2020", State: views.DocumentState{Status: "done", Icon: "check", Word: "Resolved"}}},
	}
	return r
}

func problemForm() views.ProblemForm {
	return views.ProblemForm{
		Page: vet(), Heading: "Add a problem", Action: "/patients/1/problems", Cancel: "/patients/1", ID: "018f", Title: "ear", State: "active", Since: "tomorrow",
		Choices:  findings().Choices,
		Mistakes: ui.Mistakes{{Name: "title", Message: "The lists know words like these: choose one, or keep yours"}, {Name: "since", Message: "That day is still to come"}},
	}
}

func patientProblem() views.PatientProblem {
	b := banner()
	b.Href = "/patients/1"
	form := problemForm()
	form.Heading, form.Version, form.Choices, form.Mistakes = "How it stands now", "2", nil, nil
	return views.PatientProblem{
		Page: vet(), Banner: b, Title: "Ear inflammation", Code: "EARS, Clinic's own 1", State: activeProblem,
		Facts: []views.Fact{{Label: "So since", Text: "24-Mar-2026"}, {Label: "Severity", Text: "Moderate"}},
		History: []views.ProblemChange{
			{When: "Today 10:05", At: "2026-03-24T10:05:00Z", By: "Dr Amara Nwosu", Line: "Ear inflammation, since 24-Mar-2026, moderate", Remark: "Third time", NoteHref: "/notes/1", Note: "Came up in the note of today 10:05", State: activeProblem},
			{When: "14-Nov-2025 09:00", At: "2025-11-14T09:00:00Z", By: "Dr Tom Reilly", Line: "Ear inflammation", Note: "Came up in a note that is not signed yet", Void: true, State: activeProblem},
		},
		Diagnoses: []views.ProblemDiagnosis{{Href: "/notes/1", When: "today 10:05", At: "2026-03-24T10:05:00Z", By: "Dr Amara Nwosu", DiagnosisLine: findings().Lines[0], Void: true}},
		Form:      &form,
	}
}

func findings() views.Findings {
	return views.Findings{
		Page: vet(), Action: "/drafts/1/diagnoses", Drop: "/drafts/1/diagnoses/removal", Review: "/drafts/1/problems", Find: "/codes/found", Draft: "1", ID: "018f",
		Lines: []views.DiagnosisLine{
			{ID: "1", Text: "Ear inflammation", Code: "EARS, Clinic's own 1", Certainty: "Confirmed", Status: "ready", Problem: true},
			{ID: "2", Text: "Atopy", Certainty: "Tentative", Status: "waiting", ProblemHref: "/problems/2"},
		},
		Problems: []views.FindingProblem{{ID: "1", Text: "Overweight", State: "active"}, {ID: "2", Text: "Lipoma, sternum", State: "watched", Came: true}},
		Typed:    "ear", Certainty: "tentative", Lasting: true,
		Choices:  []views.CodeChoice{{ID: "1", Text: "Ear inflammation", Code: "EARS, Clinic's own 1"}, {ID: "2", Text: "Ear mites", Code: "78, Made up 1"}},
		Mistakes: ui.Mistakes{{Name: "diagnosis", Message: "The lists know words like these: choose one, or keep yours"}},
		Status:   &views.DraftStatus{Saved: "10:19", Version: "4"},
	}
}

func codeLists() views.CodeLists {
	return views.CodeLists{
		Page: vet(),
		Rows: []views.CodeListRow{{Href: "/code-lists/1", Name: "Clinic's own 1", Codes: "46 codes", Licence: "The clinic's own words"}, {Href: "/code-lists/2", Name: "Made up 1", Licence: "Ours", Ended: true}},
		Load: views.CodeLoad{
			Page: vet(), ID: "018f", Name: "Made up", Version: "2", Problems: []string{"Line 3: Enter a code"},
			Mistakes: ui.Mistakes{{Name: "file", Message: "The file has 1 line to mend"}},
		},
	}
}

func codeListPage() views.CodeListPage {
	return views.CodeListPage{
		Page: vet(), Name: "Clinic's own 1", Licence: "The clinic's own words", Source: "Written here", EndAction: "/code-lists/1/ending", MoreHref: "/code-lists/1?after=EARS",
		Rows: []views.CodeRow{{Code: "EARS", Name: "Ear inflammation", Species: "Dog, Cat", Parent: "below HEAD", EndAction: "/codes/1/ending"}, {Code: "OLD", Name: "Gone"}},
		Add:  &views.CodeForm{Page: vet(), Action: "/code-lists/1/codes", ID: "018f", Code: "EARS", Species: []views.Ticked{{Value: "dog", Label: "Dog", On: true}}, Mistakes: ui.Mistakes{{Name: "code", Message: "The list has this code already, or had it: choose another"}}},
	}
}

func waitingNote() views.Note {
	n := note()
	n.Diagnoses = findings().Lines
	n.Cosign = &views.Cosign{Waits: true, Form: &views.CosignForm{Page: vet(), Action: "/notes/1/co-signature", Remark: "Check", Mistakes: ui.Mistakes{{Name: "remark", Message: "Keep this under 50,000 letters"}}}}
	return n
}

func cosignedNote() views.Note {
	n := note()
	n.Cosign = &views.Cosign{By: "Dr Amara Nwosu", When: "today 11:05", At: "2026-03-24T11:05:00Z"}
	return n
}
