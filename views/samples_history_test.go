package views_test

import "paddock/views"

func history() views.History {
	return views.History{
		Page: vet(), Banner: beneath(), Years: years(), Count: 3, Older: "/patients/1/history?before=1&than=2", LooksHref: "/patients/1/looks", PrintHref: "/patients/1/history/print",
		SearchAction: "/patients/1/history/search",
		Filters:      []views.HistoryFilter{{Href: "/patients/1/history", Word: "All", Here: true}, {Href: "/patients/1/history?show=visits", Word: "Visits"}, {Href: "/patients/1/history?show=medicines", Word: "Medicines"}, {Href: "/patients/1/history?show=vaccines", Word: "Vaccines"}, {Href: "/patients/1/history?show=labs", Word: "Lab"}},
	}
}

func historyFound() views.History {
	v := history()
	v.Older, v.Newest, v.Filters[0].Here = "", "/patients/1/history", false
	v.Years[1].Entries[0].Found = []views.Piece{{Text: "Cytology: "}, {Text: "Malassezia", Matched: true}, {Text: " ++"}}
	v.Search = &views.HistorySearch{Query: "malassezia", Said: "700 entries looked through, back to 03-Jun-2022. Stopped there: the record goes on.", Before: "1", Than: "2"}
	return v
}

func historyMistaken() views.History {
	v := historyFound()
	v.Years, v.Count = nil, 0
	v.Search = &views.HistorySearch{Query: "m", Mistake: "Type 2 to 100 letters"}
	return v
}

func historyPrint() views.HistoryPrint {
	return views.HistoryPrint{
		Page: vet(), Paper: "a4", Kind: "Record of Biscuit", About: "Everything on the record, newest first", From: []string{"Meadow Lane Vets", "2 Priory Row"},
		To: []string{"Helen Thompson", "07700 900142"}, Facts: []views.Total{{Label: "Animal", Value: "Dog, Labrador Retriever"}},
		Entries: []views.PrintEntry{
			{When: "24-Mar-2026 10:05", At: "2026-03-24T10:05:00Z", By: "Dr Amara Nwosu", Title: "Consult, signed", Parts: []views.PrintPart{{Label: "Plan", Text: "Rest.\nRecheck on Friday."}}},
			{When: "02-Apr-2025", At: "2025-04-02", Title: "Consult", Void: "Entered in error, Reilly, 03-Apr-2025: another dog"},
		},
		Rest: "This copy ends here.", RestHref: "/patients/1/history/print?before=1&than=2", Back: "/patients/1", PDF: "/patients/1/history/pdf", Printed: "Printed 24-Mar-2026",
	}
}
