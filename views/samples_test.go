package views_test

import (
	"slices"

	"github.com/a-h/templ"

	"paddock/views"
	"paddock/views/ui"
)

// sample is one state of one component, with words as the handlers make them.
type sample struct {
	name string
	// fragment says that it is no page of its own.
	fragment bool
	show     templ.Component
}

func vet() ui.Page {
	return ui.Page{
		Nonce: "n0nce", CSRF: "t0ken", Clinic: "Oakvale Vets", Here: "patients",
		Person: ui.Person{Name: "Dr Amara Nwosu", Role: "Veterinarian", Initials: "AN"},
		Assets: ui.Assets{CSS: "/static/app.css", App: "/static/app.js", Htmx: "/static/htmx.min.js", HxCSP: "/static/hx-csp.min.js", Logo: "/static/logo.svg"},
	}
}

func visitor() ui.Page {
	p := vet()
	p.Person = ui.Person{}
	return p
}

func banner() views.Banner {
	return views.Banner{
		Name: "Biscuit", Surname: "Thompson", Species: "dog", Kind: "Dog, Labrador Retriever, black",
		Sex: "Male, neutered", Born: "12-Jan-2019", Age: "7 y 2 m",
		OwnerName: "Helen Thompson", OwnerPhone: "07700 900142", EditHref: "/patients/1/edit",
	}
}

func owner() views.Owner {
	return views.Owner{
		Name: "Helen Thompson", Href: "/clients/1", Role: "Owner", Email: "helen.thompson@example.org",
		Phones: []views.Phone{{Number: "07700 900142", Tel: "+447700900142", Note: "mobile, prefers text"}, {Number: "01904 496 0123", Tel: "+4419044960123"}},
	}
}

func owners() views.OwnerPanel {
	return views.OwnerPanel{
		Owners: []views.Owner{owner()}, Href: "/patients/1/owners",
		Others: []views.Animal{{Href: "/patients/2", Species: "cat", Name: "Clover", Line: "Cat, 11 y"}},
	}
}

func numbers() []views.Number {
	return []views.Number{
		{Label: "Microchip", Shown: "985 112 004 678 301", Line: "12-Feb-2019, left neck", EndAction: "/identifiers/1/ending"},
		{Label: "Licence", Shown: "S124456", EndAction: "/identifiers/2/ending"},
	}
}

func years() []views.Year {
	return []views.Year{
		{Entries: []views.Entry{
			{Href: "/patients/1", Icon: "steth", Status: "consult", When: "Today 10:05", At: "2026-03-24T10:05:00Z", By: "Nwosu", Title: "Consult", Line: "Draft, not signed", Current: true},
		}},
		{Label: "2025", Entries: []views.Entry{
			{Href: "/notes/2", Icon: "note", Status: "booked", When: "14-Nov-2025", At: "2025-11-14T09:00:00Z", By: "Reilly", Title: "Consult", Line: "Otitis externa, left. Cleared at recheck."},
			{Href: "/notes/3", Icon: "note", Status: "booked", When: "02-Apr-2025", At: "2025-04-02T09:00:00Z", By: "Reilly", Title: "Consult", Line: "Annual check. Weight clinic advised."},
		}},
	}
}

func record() views.Record {
	return views.Record{
		Medicines: medicines(),
		Page:      vet(), Banner: banner(), History: views.History{Page: vet(), Years: years()[1:], Count: 2}, Owners: owners(),
		Numbers: views.NumberPanel{Numbers: numbers(), Href: "/patients/1/identifiers"},
	}
}

func draft() views.Draft {
	return views.Draft{
		Page: vet(), SaveAction: "/drafts/1", SignAction: "/drafts/1/signature", MaySign: true,
		Heading:    "Tue 24-Mar-2026 10:05, Dr Amara Nwosu",
		Subjective: "Scratching both ears and shaking head for 4 days, worse at night. No discharge seen by owner. Eating, drinking and bright.",
		Objective:  "Ears: both canals red, waxy brown exudate L > R, drums seen and whole.\nCytology: Malassezia +++ left, ++ right, no rods.",
		Assessment: "Bilateral otitis externa, Malassezia.",
		Status:     views.DraftStatus{Saved: "10:19", Version: "3"},
		Window:     "018f", PresenceAction: "/drafts/1/presence", TextsHref: "/drafts/1/texts",
		Weighed: "34.2 kg",
		Vitals: []views.VitalField{
			{Name: "temperature", Label: "Temp", Long: "Temperature", Value: "38.6", Unit: "C", Units: []ui.Option{{Value: "C", Label: "°C"}, {Value: "F", Label: "°F"}}, Decimal: true},
			{Name: "pulse", Label: "Heart", Long: "Heart beats in a minute", Unit: "/min", Value: "96", Decimal: true},
		},
		Exam:     []views.ExamField{{Name: "exam_ears", Label: "Ears", Value: "abnormal"}, {Name: "exam_eyes", Label: "Eyes", Value: "rest"}},
		Orders:   orders(),
		Findings: findings(),
		Snippets: []views.SnippetChoice{{ID: "1", Name: "ears", Text: "Canals clean. [side?]"}},
		ToDesk:   true,
	}
}

func orders() views.Plan {
	return views.Plan{
		Page: vet(), Action: "/drafts/1/acts", Find: "/prices/found", Draft: "1", ID: "018f", Quantity: "1", MayAdd: true, Total: "£84.40",
		Lines: []views.PlanLine{
			{Name: "Consultation", Quantity: "1", Price: "£52.00", Href: "/charges/1/edit"},
			{Name: "Ear cytology, both ears", Quantity: "1", Price: "£32.40", Gone: "Given free"},
		},
		Estimate: "The bill goes over the estimate, £70–80", Over: true, Status: &views.DraftStatus{Saved: "10:19", Version: "4"},
	}
}

func looks() views.Looks {
	b := banner()
	b.Href = "/patients/1"
	return views.Looks{
		Page: vet(), Banner: b, OlderHref: "/patients/1/looks?before=x", LogHref: "/audit?about=1",
		Rows: []views.LookLine{{When: "24-Mar-2026 10:05", At: "2026-03-24T10:05:00Z", By: "Dr Tom Reilly", Role: "Veterinarian", What: "Opened"}},
	}
}

func snippetForm() views.SnippetForm {
	return views.SnippetForm{Page: vet(), Heading: "Add a snippet", Action: "/snippets", ID: "018f", Cancel: "/snippets", Mistakes: ui.Mistakes{{Name: "name", Message: "Enter a short name"}}}
}

func voidForm() views.VoidForm {
	return views.VoidForm{Page: vet(), Action: "/notes/2/void", ID: "018f", Mistakes: ui.Mistakes{{Name: "void_reason", Message: "Say why it was entered in error"}}}
}

func voidedNote() views.Note {
	v := note()
	v.Late = "Late entry: written down 15-Nov-2025 about 14-Nov-2025"
	v.Void = &views.NoteVoid{By: "Joanne Field", When: "16-Nov-2025", At: "2025-11-16T08:00:00Z", Reason: []string{"Written about another animal"}}
	v.Acts = []views.PlanLine{{Name: "Consultation", Quantity: "1"}}
	v.Parts[1].Measured, v.Parts[1].Looked = []views.Fact{{Label: "Temp", Text: "38.6 °C"}}, []views.Fact{{Label: "Normal", Text: "Eyes, Mouth"}}
	return v
}

func note() views.Note {
	b := banner()
	b.Href = "/patients/1"
	return views.Note{
		Page: vet(), Banner: b, Title: "Consult", Heading: "Fri 14-Nov-2025 09:00, Dr Tom Reilly",
		Signed: "14-Nov-2025 09:31", SignedAt: "2025-11-14T09:31:00Z", SignedBy: "Dr Tom Reilly",
		Parts: []views.NotePart{
			{Letter: "S", Label: "Subjective", Paragraphs: []string{"Left ear sore since the weekend.\nNo other complaints."}},
			{Letter: "A", Label: "Assessment", Paragraphs: []string{"Otitis externa, left.", "Recheck in a week."}},
		},
		Addenda: []views.Addendum{{When: "15-Nov-2025 08:02", At: "2025-11-15T08:02:00Z", By: "Dr Tom Reilly", Reason: "Result received", Paragraphs: []string{"Cytology: Malassezia ++."}}},
		Form:    &views.AddendumForm{Page: vet(), Action: "/notes/2/addenda", ID: "018f"},
	}
}

func patientForm() views.PatientForm {
	return views.PatientForm{
		Page: vet(), Action: "/patients", ID: "018f", ClientID: "1", ClientName: "Helen Thompson", Cancel: "/clients/1",
		SpeciesOptions: []ui.Option{{Value: "", Label: "Choose"}, {Value: "dog", Label: "Dog"}, {Value: "cat", Label: "Cat"}},
		Breeds:         []views.Breed{{Species: "dog", Name: "Labrador Retriever"}, {Species: "cat", Name: "Domestic Shorthair"}},
	}
}

func clientForm() views.ClientForm {
	return views.ClientForm{Page: vet(), Action: "/clients", ID: "018f", Cancel: "/patients", Alike: alike()}
}

// alikeForm came back with the question whether it is a client that is there already.
func alikeForm() views.ClientForm {
	v := clientForm()
	v.GivenName, v.FamilyName, v.Alike = "Helen", "Someone", askedAlike()
	v.Mistakes = ui.Mistakes{{Name: "alike", Message: "Helen Thompson has this number"}}
	return v
}

func alike() views.Alikes {
	return views.Alikes{Nonce: "n0nce", Ask: "/clients/alike", From: "identity"}
}

func askedAlike() views.Alikes {
	v := alike()
	v.Anyway, v.Rows = true, []views.Alike{{ID: "018f", Href: "/clients/1", Name: "Helen Thompson", Says: "has this number", Open: "Open their page"}}
	return v
}

func found() views.Search {
	p := vet()
	p.Query = "bis"
	return views.Search{
		Page: p, Query: "bis", More: true, AddClient: "/clients/new",
		Patients: []views.Hit{
			{Href: "/patients/1", Species: "dog", Name: []views.Piece{{Text: "Bis", Matched: true}, {Text: "cuit Thompson"}}, Line: []views.Piece{{Text: "Labrador, 7 y. Helen Thompson 07700 900142"}}},
			{Href: "/patients/3", Species: "rabbit", Name: []views.Piece{{Text: "Bis", Matched: true}, {Text: "cotti Ferrari"}}, Line: []views.Piece{{Text: "Died 11-Sep-2024. Luca Ferrari 07700 900640"}}, State: "Died", Gone: true},
		},
		Clients: []views.Hit{{Href: "/clients/9", Name: []views.Piece{{Text: "Margaret "}, {Text: "Bis", Matched: true}, {Text: "hop"}}, Line: []views.Piece{{Text: "Rolo, dog. 07700 900455"}}}},
	}
}

func patients() views.Patients {
	v := views.Patients{Page: vet(), MayAdd: true}
	v.Page.Flash = "Saved Helen Thompson"
	for i, s := range []string{"dog", "cat", "rabbit", "bird", "horse", "reptile", "small", "farm", "fish", "other"} {
		r := views.PatientRow{Href: "/patients/1", Species: s, Name: "Biscuit", Kind: "Dog, Labrador Retriever, 7 y 2 m", Owner: "Helen Thompson-O’Shaughnessy", OwnerHref: "/clients/1", Phone: "07700 900142", Opened: "Today 10:05", OpenedAt: "2026-03-24T10:05:00Z"}
		if i == 3 {
			r.Owner, r.OwnerHref, r.Phone, r.Died = "", "", "", true
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// apartConflict is of two changes that do not touch.
func apartConflict() views.Conflict {
	v := conflict()
	v.Rows, v.Apart = nil, []views.Merged{{Label: "Phone 2", Value: "020 7946 0999", Mine: true}, {Label: "E-mail address", Value: ""}}
	return v
}

func conflict() views.Conflict {
	return views.Conflict{
		Page: vet(), Action: "/clients/1", Version: "5", What: "Helen Thompson", By: "Dr Tom Reilly", At: "10:27", Theirs: "/clients/1",
		Rows:   []views.Clash{{Name: "phone_1", Label: "Phone", Mine: "07700 900142", Theirs: "07700 900199"}, {Name: "email", Label: "E-mail", Mine: "", Theirs: "helen@example.org"}},
		Joined: []views.KeptField{{Name: "given_name", Value: "Helen"}, {Name: "family_name", Value: "Thompson"}}, JoinedCount: 2,
	}
}

func samples() []sample {
	lock := views.Lock{Page: visitor(), Name: "Dr Amara Nwosu", Email: "vet@oakvale.example", Return: "/patients"}
	wrong, over, kept := lock, lock, lock
	wrong.Problem = "That passphrase is not right"
	over.Ended = true
	kept.Kept = "018f"

	seen := record()
	besides := draft()
	seen.Draft, seen.Present = &besides, present()
	writing := record()
	d := draft()
	writing.Draft, writing.History.Years, writing.History.Count = &d, years(), 3
	mistaken := record()
	bad := draft()
	bad.Subjective, bad.Mistakes = "", ui.Mistakes{{Name: "subjective", Message: "Write at least one part before you sign"}}
	mistaken.Draft = &bad
	ready := record()
	ready.StartAction, ready.StartID = "/patients/1/consults", "018f"
	nurse := record()
	nurse.Writing = "Dr Tom Reilly has been writing here since 10:05"
	reception := record()
	reception.History.NotesClosed = true
	reception.History.Years = []views.Year{{Label: "2025", Entries: []views.Entry{{Icon: "note", Status: "booked", When: "14-Nov-2025", At: "2025-11-14T09:00:00Z", By: "Reilly", Title: "Consult, signed"}}}}
	stray := views.Record{Page: vet(), Banner: views.Banner{Name: "Smokey", Species: "other", Kind: "Ferret", Sex: "Not known", Born: "Not known"}}

	badPatient := patientForm()
	badPatient.Name, badPatient.Born = "Biscuit", "31/2/19"
	badPatient.Mistakes = ui.Mistakes{{Name: "species", Message: "Choose a species"}, {Name: "born", Message: "Enter a date, like 12-Jan-2019"}}
	badClient := clientForm()
	badClient.ID, badClient.Version, badClient.GivenName = "", "4", "Helen"
	badClient.Phones = []views.Phone{{Number: "0770 09", Note: "mobile"}, {Number: "01904 4960123"}}
	badClient.Mistakes = ui.Mistakes{{Name: "family_name", Message: "Enter the family name"}, {Name: "phone_1", Message: "Enter a phone number, like 07700 900142"}}

	readOnly := note()
	readOnly.Form, readOnly.Addenda = nil, nil
	badNote := note()
	badNote.Form.Mistakes = ui.Mistakes{{Name: "reason", Message: "Say why you add to this note"}, {Name: "text", Message: "Write what you add"}}

	unchosen := conflict()
	unchosen.Mistakes = ui.Mistakes{{Name: "email", Message: "Choose one of the two"}}
	nothing := found()
	nothing.Patients, nothing.Clients, nothing.More = nil, nil, false
	recent := found()
	recent.Recent, recent.Clients = true, nil

	return slices.Concat([]sample{
		{"sign-in", false, views.SignInPage(views.SignIn{Page: visitor()})},
		{"sign-in-refused", false, views.SignInPage(views.SignIn{Page: visitor(), Email: "vet@oakvale.example", Problem: "E-mail and passphrase do not match", Kept: "018f", Notice: "You are signed out"})},
		{"welcome", false, views.WelcomePage(views.Welcome{Page: visitor(), Action: "/welcome/abc", Name: "Priya", Email: "reception@oakvale.example"})},
		{"welcome-mistakes", false, views.WelcomePage(views.Welcome{Page: visitor(), Action: "/welcome/abc", Name: "Priya", Email: "reception@oakvale.example", Mistakes: ui.Mistakes{{Name: "passphrase", Message: "Use 12 characters or more"}, {Name: "again", Message: "The two are not the same"}}})},
		{"lock", false, views.LockPage(lock)},
		{"lock-kept", false, views.LockPage(kept)},
		{"lock-wrong", false, views.LockPage(wrong)},
		{"lock-dialog", true, views.LockDialog(lock)},
		{"lock-dialog-wrong", true, views.LockDialog(wrong)},
		{"lock-dialog-ended", true, views.LockDialog(over)},
		{"lock-lifted", true, views.LockLifted(vet())},
		{"kept", false, views.KeptPage(views.Kept{
			Page: vet(), What: "Consult note for Biscuit Thompson", When: "10:19", Why: "the session was locked", Action: "/drafts/1", Back: "/patients/1",
			Fields: []views.KeptField{{Name: "subjective", Label: "Subjective", Value: "Scratching both ears and shaking head for 4 days, worse at night. No discharge seen by owner."}, {Name: "plan", Label: "Plan", Value: "Recheck"}},
			Hidden: []views.KeptField{{Name: "version", Value: "3"}},
		})},
		{"search", false, views.SearchPage(found())},
		{"search-nothing", false, views.SearchPage(nothing)},
		{"search-recent", false, views.SearchPage(recent)},
		{"search-list", true, views.SearchList(found())},
		{"alike", true, views.AlikeList(askedAlike())},
		{"client-form-alike", false, views.ClientFormPage(alikeForm())},
		{"search-list-nothing", true, views.SearchList(nothing)},
		{"patients", false, views.PatientsPage(patients())},
		{"patients-none", false, views.PatientsPage(views.Patients{Page: vet()})},
		{"patient-new", false, views.PatientFormPage(patientForm())},
		{"patient-mistakes", false, views.PatientFormPage(badPatient)},
		{"patient-part", true, views.PatientFormPart(badPatient)},
		{"owners", false, views.OwnersPage(ownersForm())},
		{"owners-nobody", false, views.OwnersPage(views.OwnersForm{Page: vet(), Banner: beneath(), Action: "/patients/1/owners", Version: "1", Cancel: "/patients/1", Find: "quil", Asked: true, NewClient: "/clients/new"})},
		{"owners-found", false, views.OwnersPage(foundOwners())},
		{"owners-mistakes", false, views.OwnersPage(badOwners())},
		{"owners-part", true, views.OwnersPart(badOwners())},
		{"identifiers", false, views.IdentifiersPage(identifiers(nil))},
		{"identifiers-taken", false, views.IdentifiersPage(identifiers(ui.Mistakes{{Name: "anyway", Message: "Another animal has this number"}, {Name: "again", Message: "The two numbers are not the same"}}))},
		{"identifiers-part", true, views.NumberFormPart(identifiers(ui.Mistakes{{Name: "number", Message: "Enter the number"}}))},
		{"client-new", false, views.ClientFormPage(clientForm())},
		{"client-mistakes", false, views.ClientFormPage(badClient)},
		{"client-part", true, views.ClientFormPart(badClient)},
		{"client", false, views.ClientPage(views.Client{Page: vet(), Name: "Helen Thompson", Since: "Client since 12-Jan-2019", Phones: owner().Phones, Email: owner().Email, Animals: []views.Animal{{Href: "/patients/1", Species: "dog", Name: "Biscuit", Line: "Dog, Labrador Retriever, 7 y 2 m"}, {Href: "/patients/2", Species: "cat", Name: "Clover", Line: "Cat, 11 y", Died: true}}, EditHref: "/clients/1/edit", AddHref: "/patients/new?client=1"})},
		{"client-bare", false, views.ClientPage(views.Client{Page: vet(), Name: "Otto Becker"})},
		{"record-draft", false, views.RecordPage(writing)},
		{"record-draft-mistakes", false, views.RecordPage(mistaken)},
		{"record-ready", false, views.RecordPage(ready)},
		{"record-nurse", false, views.RecordPage(nurse)},
		{"record-reception", false, views.RecordPage(reception)},
		{"record-shared", false, views.RecordPage(shared())},
		{"record-alerts", false, views.RecordPage(watched())},
		{"record-weight-asked", false, views.RecordPage(asked())},
		{"record-died", false, views.RecordPage(departed())},
		{"weight-part", true, views.WeightFormPart(*asked().Weights.Form)},
		{"alerts", false, views.AlertsPage(alerts())},
		{"alerts-none", false, views.AlertsPage(views.Alerts{Page: vet(), Whose: "Helen Thompson", Back: "/clients/1", Add: alertForm()})},
		{"alert-change", false, views.AlertFormPage(changedAlert())},
		{"alert-part", true, views.AlertFormPart(changedAlert())},
		{"status", false, views.StatusPage(living())},
		{"status-died", false, views.StatusPage(dead("/patients/1/revival"))},
		{"status-died-reception", false, views.StatusPage(dead(""))},
		{"death-part", true, views.DeathFormPart(*living().Death)},
		{"status-overtaken", false, views.StatusPage(overtaken())},
		{"overtaken-part", true, views.OvertakenPart(*overtaken().Overtaken)},
		{"leaving-part", true, views.LeavingFormPart(*living().Leaving)},
		{"revival-part", true, views.RevivalFormPart(*dead("/patients/1/revival").Revival)},
		{"record-stray", false, views.RecordPage(stray)},
		{"draft-part", true, views.DraftPart(bad)},
		{"draft-saved", true, views.DraftStatusPart(views.DraftStatus{Saved: "10:24", Version: "4"})},
		{"draft-clash", true, views.DraftStatusPart(views.DraftStatus{Version: "3", Clash: "Saved in another window at 10:27"})},
		{"note", false, views.NotePage(note())},
		{"note-read", false, views.NotePage(readOnly)},
		{"note-mistakes", false, views.NotePage(badNote)},
		{"addendum-part", true, views.AddendumFormPart(*badNote.Form)},
		{"conflict", false, views.ConflictPage(conflict())},
		{"conflict-unchosen", false, views.ConflictPage(unchosen)},
		{"conflict-apart", false, views.ConflictPage(apartConflict())},
		{"conflict-kept", false, views.ConflictPage(keptText())},
		{"record-writing", false, views.RecordPage(seen)},
		{"writing-part", true, views.PresentPart(seen.Present)},
		{"conflict-part", true, views.ConflictPart(conflict())},
		{"files", false, views.FilesPage(filesPage(false, nil))},
		{"files-closed", false, views.FilesPage(filesPage(true, ui.Mistakes{{Name: "file", Message: "This file is empty"}}))},
		{"files-none", false, views.FilesPage(views.Files{Page: vet(), Banner: filesPage(false, nil).Banner})},
		{"file", false, views.FilePage(filePage("40", nil))},
		{"file-void", false, views.FilePage(filePage("", &views.FileVoidForm{Page: vet(), Action: "/files/1/void", Mistakes: ui.Mistakes{{Name: "reason", Message: "Say why"}}}))},
		{"file-voided", false, views.FilePage(voidedFile())},
		{"imports", false, views.ImportsPage(importsList())},
		{"imports-none", false, views.ImportsPage(views.Imports{Page: admin(), ID: "018f", Mistakes: ui.Mistakes{{Name: "file", Message: "The file is empty"}}})},
		{"import-columns", false, views.ImportPage(importStates()[0])},
		{"import-columns-part", true, views.ColumnsPart(*importStates()[0].Columns)},
		{"import-running", false, views.ImportPage(importStates()[1])},
		{"import-progress-part", true, views.ImportProgressPart(importWork(""))},
		{"import-stalled", false, views.ImportPage(stalledImport())},
		{"import-checked", false, views.ImportPage(importStates()[2])},
		{"import-done", false, views.ImportPage(importStates()[3])},
		{"import-stopped", false, views.ImportPage(importStates()[4])},
		{"import-withdrawn", false, views.ImportPage(importStates()[5])},
		{"import-withdrawal", false, views.WithdrawalPage(importWithdrawal())},
		{"today", false, views.TodayPage(theDay())},
		{"today-empty", false, views.TodayPage(emptyDay())},
		{"today-week", false, views.TodayPage(theWeek())},
		{"today-parts", true, views.TodayParts(theDay())},
		{"today-problem", true, views.TodayProblem(theDay(), views.Problem{Page: desk(), Sentence: "Dr Tom Reilly was faster."})},
		{"schedule-part", true, views.SchedulePart(daySchedule())},
		{"board-part", true, views.BoardPart(flowBoard())},
		{"visit", false, views.VisitPage(visitCard())},
		{"visit-told", false, views.VisitPage(toldCard())},
		{"visit-card", true, views.VisitCardPart(visitCard())},
		{"visit-place", true, views.PlaceFormPart(*visitCard().Whereabouts, views.Back{})},
		{"visit-time", false, views.MovePage(moveForm())},
		{"visit-time-asked", false, views.MovePage(askedMove())},
		{"visit-time-refused", true, views.MoveFormPart(refusedMove())},
		{"checkout", false, views.CheckoutPage(checkout())},
		{"checkout-shared", false, views.CheckoutPage(sharedCheckout())},
		{"checkout-part", true, views.CheckoutPart(mistakenPayment())},
		{"checkout-gone", false, views.CheckoutPage(goneHome())},
		{"items", true, views.ItemList(views.Items{Query: "con", Rows: sharedCheckout().Add.Choices})},
		{"items-none", true, views.ItemList(views.Items{Query: "con"})},
		{"plan-part", true, views.PlanPart(orders())},
		{"act-list", true, views.ActList(views.ActItems{Items: views.Items{Query: "con", Rows: []views.Item{{ID: "1", Code: "CONS", Name: "Consultation", Price: "£52.00"}}}, Action: "/drafts/1/acts", Nonce: "n0nce"})},
		{"act-list-none", true, views.ActList(views.ActItems{Items: views.Items{Query: "zzz"}})},
		{"snippets", false, views.SnippetsPage(views.Snippets{Page: vet(), Add: snippetForm(), Rows: []views.SnippetLine{{Name: "ears", Text: "Canals clean. [side?]", EditHref: "/snippets/1/edit", EndAction: "/snippets/1/ending"}}})},
		{"snippets-none", false, views.SnippetsPage(views.Snippets{Page: vet(), Add: snippetForm()})},
		{"snippet-form", false, views.SnippetFormPage(snippetForm())},
		{"snippet-form-part", true, views.SnippetFormPart(snippetForm())},
		{"void-form-part", true, views.VoidFormPart(voidForm())},
		{"note-void", false, views.NotePage(voidedNote())},
		{"looks", false, views.LooksPage(looks())},
		{"history", false, views.HistoryPage(history())},
		{"history-found", false, views.HistoryPage(historyFound())},
		{"history-mistaken", false, views.HistoryPage(historyMistaken())},
		{"history-none", false, views.HistoryPage(views.History{Page: vet(), Banner: beneath(), NotesClosed: true})},
		{"history-print", false, views.HistoryPrintPage(historyPrint())},
		{"history-print-none", false, views.HistoryPrintPage(views.HistoryPrint{Page: vet(), Kind: "Record of Biscuit", Paper: "letter"})},
		{"weight-target", true, views.TargetFormPart(views.TargetForm{Page: vet(), Action: "/patients/1/weight-target", Unit: "kg"})},
		{"history-part", true, views.HistoryPart(history())},
		{"history-more", true, views.HistoryMore(history())},
		{"items-empty", true, views.NoItems()},
		{"charge", false, views.ChargePage(chargeForm("open"))},
		{"charge-mistakes", false, views.ChargePage(mistakenCharge())},
		{"charge-free", false, views.ChargePage(chargeForm("free"))},
		{"bills", false, views.BillsPage(bills())},
		{"bills-part", true, views.BillsPart(bills())},
		{"bills-none", false, views.BillsPage(views.Bills{Page: vet(), Empty: "Nothing overdue."})},
		{"document", false, views.DocumentPage(document())},
		{"credit", false, views.CreditPage(creditForm())},
		{"credit-part", true, views.CreditFormPart(creditForm())},
		{"refund", false, views.RefundPage(refundForm())},
		{"refund-part", true, views.RefundFormPart(refundForm())},
		{"account", false, views.AccountPage(account())},
		{"account-bare", false, views.AccountPage(views.Account{Page: vet(), Name: "Otto Becker", Client: "/clients/2", Balance: "Owes nothing", Kind: "even"})},
		{"account-part", true, views.AccountFormPart(*account().Form)},
		{"till", false, views.TillPage(till(""))},
		{"till-closed", false, views.TillPage(till("Closed by Priya Shah, Today 18:02"))},
		{"till-part", true, views.TillFormPart(*till("").Form)},
		{"till-sure", true, views.TillFormPart(sureTill())},
		{"reopening", false, views.ReopeningPage(reopening())},
		{"reopening-part", true, views.ReopeningPart(reopening())},
		{"letterhead", false, views.LetterheadPage(letterhead())},
		{"letterhead-part", true, views.LetterheadPart(letterhead())},
		{"estimates", false, views.EstimatesPage(views.Estimates{Page: vet(), Banner: beneath(), AddHref: "/patients/1/estimates/new", Rows: []views.DocumentLink{{Href: "/estimates/1", Title: "Dental", Line: "24-Mar-2026", Amount: "£170.00", State: views.DocumentState{Status: "done", Icon: "history", Word: "Replaced"}}}})},
		{"estimates-none", false, views.EstimatesPage(views.Estimates{Page: vet(), Banner: beneath()})},
		{"estimate-form", false, views.EstimateFormPage(estimateForm())},
		{"estimate-part", true, views.EstimateFormPart(estimateForm())},
		{"prices", false, views.PricesPage(prices())},
		{"prices-none", false, views.PricesPage(views.Prices{Page: admin(), EndedHref: "/prices", Ended: true, AddHref: "/prices/new"})},
		{"price-form", false, views.PriceFormPage(priceForm())},
		{"price-part", true, views.PriceFormPart(priceForm())},
		{"taxes", false, views.TaxesPage(taxes())},
		{"money", false, views.MoneyPage(moneyForm())},
		{"money-part", true, views.MoneyFormPart(moneyForm())},
		{"refused", false, views.RefusedPage(views.Refused{Page: vet(), Act: "Signing notes", Needs: "a veterinarian", Permission: "clinical.sign", Holders: []string{"Joanne Webb", "Tom Reilly"}, KeptHref: "/kept/1"})},
		{"refused-nobody", false, views.RefusedPage(views.Refused{Page: vet(), Act: "Reading the audit log", Needs: "a practice admin", Permission: "audit.read"})},
		{"missing", false, views.MissingPage(views.Missing{Page: vet()})},
		{"nowhere", false, views.NowherePage()},
		{"broken", false, views.BrokenPage(views.Broken{Page: visitor(), RequestID: "0198f0c2-7d1e", Posted: true})},
		{"suspended", false, views.SuspendedPage(visitor())},
		{"problem", true, views.ProblemPart(views.Problem{Sentence: "This did not save.", Help: "It is our fault, and your text is still here.", RequestID: "0198f0c2-7d1e"})},
		{"problem-page", false, views.ProblemPage(views.Problem{Page: visitor(), Sentence: "This came from another site, so nothing was done.", Help: "Open the page again."})},
	}, bookingSamples(), vaccineSamples(), medicineSamples(), labSamples(), wallSamples(), problemSamples(), rolesSamples(), peopleSamples(), trustSamples())
}
