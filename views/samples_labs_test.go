package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func labPanel() views.LabPanel {
	return views.LabPanel{
		Shown: true, AllHref: "/patients/1/labs", AskHref: "/patients/1/labs/new", Unseen: 1,
		Rows: []views.LabLine{
			{Href: "/labs/1", Title: "Biochemistry profile, Haematocrit", Line: "Asked for today 10:05, Nwosu, Elm Lab", Urgent: true, State: views.DocumentState{Status: "waiting", Icon: "clock", Word: "Awaited"}},
			{Href: "/labs/2", Title: "Blood count", Values: "White cells 21.0 10⁹/L high, Haematocrit 0.41 L/L", Line: "Asked for 12-Mar-2026 09:10, Nwosu", State: views.DocumentState{Status: "consult", Icon: "lab", Word: "To read"}},
		},
	}
}

func lab() views.Lab {
	high := views.DocumentState{Status: "late", Icon: "warn", Word: "high"}
	return views.Lab{
		Page: vet(), Banner: bannerBelow(), Title: "Biochemistry profile", State: views.DocumentState{Status: "consult", Icon: "lab", Word: "To read"}, Urgent: true,
		Facts: []views.Total{{Label: "By", Value: "Dr Amara Nwosu"}, {Label: "Sample", Value: "Blood"}}, Back: "/patients/1/labs", ResultHref: "/labs/1/results/new",
		Reports: []views.LabReport{
			{
				ID: "2", Heading: "24-Mar-2026 10:05", At: "2026-03-24T10:05:00Z", Entered: "Written down by Callum Baines, today 10:06", Corrects: "Typed the creatinine", CorrectHref: "/lab-reports/2/correction",
				Values: []views.LabValue{
					{
						Name: "Urea", Value: "12.0", Unit: "mmol/L", Range: "2.5–9.6", Flag: high,
						Spark:   &views.Spark{Title: "Urea of Biscuit in mmol/L: 7.0 on 12-Mar-2026, 12.0 on 24-Mar-2026", Line: "M4 28L116 4", BandY: "12", BandHigh: "20", Points: []views.ChartPoint{{X: "4", Y: "28", Title: "7.0 on 12-Mar-2026"}}, Last: views.ChartPoint{X: "116", Y: "4", Title: "12.0 on 24-Mar-2026"}},
						Earlier: []views.LabEarlier{{When: "24-Mar-2026 10:05", At: "2026-03-24T10:05:00Z", Value: "12.0", Flag: "high", Current: true}, {When: "12-Mar-2026", At: "2026-03-12T00:00:00Z", Value: "7.0"}},
					},
					{Name: "ALT", Value: "<10", Unit: "U/L", Range: "no range"},
				},
				Findings: []string{"Lipaemic sample."}, See: &views.SeeForm{Page: vet(), Action: "/lab-reports/2/acknowledgement", Of: "24-Mar-2026 10:05", Name: "note-2"},
			},
			{
				ID: "1", Heading: "24-Mar-2026 10:05", At: "2026-03-24T10:05:00Z", Entered: "Written down by Callum Baines, today 10:05", Until: ", until it was corrected today 10:06", Corrected: "Corrected by Callum Baines, today 10:06: Typed the creatinine",
				Values: []views.LabValue{{Name: "Urea", Value: "99.0", Unit: "mmol/L", Range: "2.5–9.6", Flag: high}}, Seen: "Read by Dr Amara Nwosu, today 10:05", Note: "Rang the owner",
			},
		},
	}
}

func labAsk() views.LabAskForm {
	return views.LabAskForm{
		Page: vet(), Banner: bannerBelow(), Action: "/patients/1/labs", ID: "018f", Cancel: "/patients/1", Within: "Within your consult of today 10:05",
		Panels: []views.Ticked{{Value: "1", Label: "Biochemistry profile", On: true}}, Tests: []views.Ticked{{Value: "2", Label: "Urea"}, {Value: "3", Label: "ALT"}},
	}
}

func labResult() views.LabResultForm {
	return views.LabResultForm{
		Page: vet(), Banner: bannerBelow(), Action: "/labs/1/results", ID: "018f", Cancel: "/labs/1", Asked: "Biochemistry profile",
		Rows: []views.LabRow{{Key: "a", Name: "Urea", Unit: "mmol/L", Low: "2.5", High: "9.6"}, {Key: "1"}}, Tests: []ui.Option{{Value: "", Label: "Another test"}, {Value: "a", Label: "Urea"}},
	}
}

func labTestForm() views.LabTestForm {
	return views.LabTestForm{
		Page: admin(), Action: "/lab-tests", ID: "018f", Name: "Urea", Unit: "mmol/L", Decimals: "1",
		Ranges: []views.LabRange{{Species: "dog", Kind: "Dog", Low: "2.5", High: "9.6", Source: "Our analyser"}, {Species: "cat", Kind: "Cat", High: "9"}, {Species: "rabbit", Kind: "Rabbit"}},
	}
}

func labPanelForm() views.LabPanelForm {
	return views.LabPanelForm{Page: admin(), Action: "/lab-panels", ID: "018f", Tests: []views.Ticked{{Value: "1", Label: "Urea", On: true}}, Items: []ui.Option{{Value: "", Label: "Nothing"}}}
}

func labSamples() []sample {
	beside := record()
	beside.Labs = labPanel()
	awaited := record()
	awaited.Labs = views.LabPanel{Shown: true, Awaited: []string{"A test, asked for 24-Mar-2026"}}
	open := lab()
	open.Reports, open.State = nil, views.DocumentState{Status: "waiting", Icon: "clock", Word: "Awaited"}
	open.CancelForm = &views.ReasonForm{Page: vet(), Action: "/labs/1/cancellation", Heading: "No longer wanted", Line: "The request stays.", Button: "Cancel this request", Label: "Why"}
	off := open
	off.CancelForm, off.Cancelled, off.ResultHref, off.Urgent = nil, "Dr Amara Nwosu, today 10:05: sample clotted", "", false
	unread := lab()
	unread.Reports = unread.Reports[:1]
	unread.Reports[0].See = &views.SeeForm{Page: vet(), Action: "/lab-reports/2/acknowledgement", Name: "note-2", Note: "x", Mistakes: ui.Mistakes{{Name: "note-2", Message: "Enter at most 500 letters"}}}
	wrongAsk := labAsk()
	wrongAsk.Panels, wrongAsk.Mistakes = nil, ui.Mistakes{{Name: "sample", Message: "Enter the sample, like blood or urine"}}
	wrongResult := labResult()
	wrongResult.Corrects, wrongResult.Changed = true, "This result was corrected meanwhile."
	wrongResult.Mistakes = ui.Mistakes{{Name: "value-a", Message: "Enter a number like 7.4, <0.5 or >1200"}, {Name: "test-1", Message: "Choose the test of this value"}}
	wrongTest := labTestForm()
	wrongTest.ID, wrongTest.Version, wrongTest.EndAction, wrongTest.Mistakes = "", "1", "/lab-tests/1/ending", ui.Mistakes{{Name: "low-dog", Message: "Enter the range from low to high"}}
	wrongPanel := labPanelForm()
	wrongPanel.ID, wrongPanel.Version, wrongPanel.EndAction, wrongPanel.Name, wrongPanel.Mistakes = "", "1", "/lab-panels/1/ending", "Kidneys", ui.Mistakes{{Name: "tests", Message: "Choose the tests it has"}}
	inbox := views.LabInbox{
		Page: vet(), Href: "/results/list", MineHref: "/results", AllHref: "/results?all=1", Reads: true,
		Rows: []views.LabWaiting{{Href: "/labs/1", Patient: "Biscuit", Title: "Biochemistry profile", Values: "Urea 12.0 mmol/L high", Line: "Result of 24-Mar-2026", Corrected: true, Urgent: true, Outside: "1 out of range"}},
	}
	none := inbox
	none.Rows, none.All = nil, true
	day := theDay()
	day.Results = views.LabCount{Page: vet(), Shown: true, Count: 2}
	tests := views.LabTests{
		Page: admin(), EndedHref: "/lab-tests?ended=1", Rows: []views.LabTestLine{{Href: "/lab-tests/1/edit", Name: "Urea", Unit: "mmol/L", Ranges: "Dog 2.5–9.6"}, {Href: "/lab-tests/2/edit", Name: "ALT", Unit: "U/L", Ranges: "No range yet", Ended: true}},
		Panels: []views.LabPanelLine{{Href: "/lab-panels/1/edit", Name: "Biochemistry profile", Tests: "Urea, ALT", Price: "£94.00"}},
	}
	noTests := views.LabTests{Page: admin(), EndedHref: "/lab-tests", Ended: true}
	return []sample{
		{"record-lab", false, views.RecordPage(beside)},
		{"record-lab-awaited", false, views.RecordPage(awaited)},
		{"labs", false, views.LabsPage(views.Labs{Page: vet(), Banner: bannerBelow(), Panel: labPanel()})},
		{"labs-none", false, views.LabsPage(views.Labs{Page: vet(), Banner: bannerBelow()})},
		{"lab", false, views.LabPage(lab())},
		{"lab-open", false, views.LabPage(open)},
		{"lab-cancelled", false, views.LabPage(off)},
		{"lab-422", false, views.LabPage(unread)},
		{"lab-see-part", true, views.SeeFormPart(views.SeeForm{Page: vet(), Action: "/lab-reports/2/acknowledgement", Name: "note-2"})},
		{"lab-ask", false, views.LabAskPage(labAsk())},
		{"lab-ask-part", true, views.LabAskPart(wrongAsk)},
		{"lab-result", false, views.LabResultPage(labResult())},
		{"lab-result-wrong", false, views.LabResultPage(wrongResult)},
		{"lab-result-part", true, views.LabResultPart(wrongResult)},
		{"lab-inbox", false, views.LabInboxPage(inbox)},
		{"lab-inbox-none", false, views.LabInboxPage(none)},
		{"lab-inbox-part", true, views.LabInboxPart(inbox)},
		{"today-results", false, views.TodayPage(day)},
		{"today-results-part", true, views.LabCountPart(views.LabCount{Page: vet(), Shown: true, Count: 1})},
		{"lab-tests", false, views.LabTestsPage(tests)},
		{"lab-tests-none", false, views.LabTestsPage(noTests)},
		{"lab-test-form", false, views.LabTestFormPage(labTestForm())},
		{"lab-test-form-wrong", false, views.LabTestFormPage(wrongTest)},
		{"lab-test-form-part", true, views.LabTestFormPart(wrongTest)},
		{"lab-panel-form", false, views.LabPanelFormPage(labPanelForm())},
		{"lab-panel-form-wrong", false, views.LabPanelFormPage(wrongPanel)},
		{"lab-panel-form-part", true, views.LabPanelFormPart(wrongPanel)},
	}
}
