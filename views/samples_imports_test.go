package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func admin() ui.Page {
	p := vet()
	p.Here, p.Practice, p.Person = "practice", []ui.Link{{Href: "/resources", Label: "Columns and rooms"}, {Href: "/hours", Label: "Hours"}, {Href: "/imports", Label: "Import"}}, ui.Person{Name: "Joanne Webb", Role: "Practice admin", Initials: "JW"}
	return p
}

func importsList() views.Imports {
	ready := views.ImportState{Status: "ready", Icon: "check", Word: "Imported"}
	holds := ui.Choice{Name: "holds", Label: "What stands in it", Value: "animals", Options: []ui.Option{{Value: "animals", Label: "Patients"}, {Value: "history", Label: "Clinical history"}}}
	return views.Imports{Page: admin(), ID: "018f", Holds: holds, Sample: "/imports/sample", Rows: []views.ImportRow{
		{Href: "/imports/2", File: "licences-2026.csv", When: "Today 10:05", At: "2026-03-24T10:05:00Z", By: "Joanne Webb", State: views.ImportState{Status: "consult", Icon: "clock", Word: "Being imported"}},
		{Href: "/imports/1", File: "seattle-pet-licences.csv", When: "12-Mar-2026 09:10", At: "2026-03-12T09:10:00Z", By: "The command line", State: ready, Line: "64,612 added, 1,430 merged"},
	}}
}

func importOf(status, icon, word string) views.Import {
	return views.Import{
		Page: admin(), Version: "3", File: "licences.csv", Line: "3.1 MB, chosen Today 10:05 by Joanne Webb",
		State: views.ImportState{Status: status, Icon: icon, Word: word},
	}
}

func importColumns(m ui.Mistakes) views.ImportColumns {
	return views.ImportColumns{
		Page: admin(), Action: "/imports/1/columns", Version: "3", File: "licences.csv", Reads: "The file is read as UTF-8.", Button: "Check the file",
		Reason: "A row was too long.", Discard: "/imports/1/discard", Mistakes: m,
		Fields: []ui.Option{{Label: "Not taken over"}, {Value: "name", Label: "Name"}, {Value: "species", Label: "Species"}},
		Columns: []views.ImportColumn{
			{Name: "column_1", Heading: "Animal's Name", Field: "name", Samples: []string{"Biscuit", "Mango"}},
			{Name: "column_2", Heading: "Species", Field: "species", Samples: []string{"Dog", "Cat"}},
			{Name: "column_3", Heading: "ZIP Code"},
		},
	}
}

func importWork(again string) views.ImportWork {
	w := views.ImportWork{
		Page: admin(), Progress: "/imports/1/progress", Href: "/imports/1", Heading: "Importing", Said: "12,000 of 66,042 rows", Aloud: "10 % of the rows",
		Help: "You can leave the page.", Done: 12000, Total: 66042, Version: "3", Again: again,
	}
	if again != "" {
		w.Fields = []views.KeptField{{Name: "column_1", Value: "name"}}
	}
	return w
}

func importCounts() []views.ImportCount {
	return []views.ImportCount{
		{Number: "64,612", Words: "to add", Status: "ready", Shares: []string{"1,365 without a name"}},
		{Number: "1,430", Words: "renewals to merge", Status: "ready"},
		{Number: "0", Words: "to skip", Status: "booked"},
		{Number: "0", Words: "refused", Status: "booked"},
	}
}

func importProblems() []views.ImportProblems {
	return []views.ImportProblems{{
		ID: "problems-conflict", Title: "Same number, another animal", Help: "Look at them afterwards.", Count: "61", Rest: "60 more in the download",
		Rows: []views.ImportProblem{{Line: "412", Why: "Licence 12345 belongs to the cat “Mango” of line 17 as well"}},
	}}
}

func importKept() *views.ImportKept {
	return &views.ImportKept{Title: "Stay, since they were used", Count: "2", Rest: "And 1 more", Rows: []views.KeptAnimal{{Href: "/patients/1", Name: "Biscuit", Line: "line 17", Why: "Has notes"}}}
}

func importStates() []views.Import {
	columns, work, checked, ended, stopped, back := importOf("waiting", "edit", "Columns to choose"), importOf("consult", "clock", "Being imported"),
		importOf("waiting", "check", "Ready to import"), importOf("ready", "check", "Imported"), importOf("late", "stop", "Stopped"), importOf("booked", "history", "Taken back")
	c, w := importColumns(ui.Mistakes{{Name: "column_2", Message: "Choose another"}, {Message: "Choose the column that says what kind of animal it is"}}), importWork("")
	columns.Columns, work.Work = &c, &w
	checked.Checked = &views.ImportChecked{
		Sentence: "Nothing is imported yet.", Counts: importCounts(), Notes: []string{"ZIP Code is not taken over."}, Problems: importProblems(),
		Download: "/imports/1/problems", DownloadLabel: "Download all 61 as CSV", Run: "/imports/1/run", Button: "Import 64,612 patients", Columns: "/imports/1/columns", Discard: "/imports/1/discard",
	}
	checked.Busy = &views.ImportBusy{Href: "/imports/2", File: "licences-2026.csv", By: "Joanne Webb", State: "Being imported"}
	ended.Ended = &views.ImportEnded{Sentence: "All rows were gone through.", Counts: importCounts(), Patients: "/patients", Withdrawal: "/imports/1/withdrawal", WithdrawalLabel: "Take this import back"}
	stopped.Ended = &views.ImportEnded{Failed: "The file is gone.", Sentence: "Going on begins after them.", Again: "/imports/1/run", AgainButton: "Go on importing", Withdrawal: "/imports/1/withdrawal", WithdrawalLabel: "Take back what came in"}
	back.Ended = &views.ImportEnded{Sentence: "Taken back today.", Kept: importKept()}
	return []views.Import{columns, work, checked, ended, stopped, back}
}

func stalledImport() views.Import {
	v, w := importOf("late", "warn", "Stands still"), importWork("/imports/1/run")
	v.Work = &w
	return v
}

func importWithdrawal() views.Withdrawal {
	return views.Withdrawal{
		Page: admin(), Action: "/imports/1/withdrawal", Version: "3", File: "licences.csv", Back: "/imports/1", Sentence: "Patients this import added are deleted.",
		Counts: importCounts()[:2], Kept: importKept(), Button: "Take back 64,600 patients",
	}
}
