package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

// watched is a record with alerts of each weight and a series of weights.
func watched() views.Record {
	v := record()
	v.Banner.StatusHref, v.Banner.AlertsHref = "/patients/1/status", "/patients/1/alerts"
	v.Banner.Weight = views.BannerWeight{Value: "34.2 kg", Twin: "75.4 lb", When: "today"}
	v.Banner.Alerts = alertLines()
	v.Banner.Gap = &views.AllergyGap{Page: vet(), Action: "/patients/1/alerts", ID: "018f"}
	v.Weights = views.Weights{
		Page: vet(), Trend: "−0.6 kg since 14-Nov-2025", Form: weightForm(),
		Rows: []views.WeightRow{
			{When: "Today 10:02", At: "2026-03-24T10:02:00Z", Value: "34.2 kg", Twin: "75.4 lb", How: "Measured", By: "Baines", StrikeAction: "/weights/1/strike"},
			{When: "20-Mar-2026", At: "2026-03-20T00:00:00Z", Value: "342 kg", By: "Baines", Struck: "Entered in error, Baines, 20-Mar-2026"},
		},
		Chart: &views.Chart{
			Title: "Weight of Biscuit, June 2022 to March 2026", Desc: "31.4 kg in June 2022, now 34.2 kg.", Width: "292", Height: "142", Left: "34", Span: "216",
			Grid: []views.ChartMark{{X: "29", Y: "118", Text: "121.5", Label: "28"}}, Times: []views.ChartMark{{X: "69", Y: "136", Label: "2023"}},
			Line: "M36 82L69 70", Points: []views.ChartPoint{{X: "36", Y: "82", Title: "03-Jun-2022: 31.4 kg"}},
			Last: views.ChartMark{X: "69", Y: "70", Text: "74", Label: "34.2"}, LabelX: "77",
		},
	}
	return v
}

// asked is a record on which a weight was typed that jumps.
func asked() views.Record {
	v := watched()
	f := weightForm()
	f.Weight, f.Open, f.Sure, f.SureValue = "54", true, "34.2 to 54 kg is right", "54000"
	f.Mistakes = ui.Mistakes{{Name: "sure", Message: "54 kg is 58 % more than 34.2 kg on 24-Mar-2026. Check it, or tick that it is right"}}
	v.Weights.Form = f
	return v
}

// departed is the record of an animal that died.
func departed() views.Record {
	v := record()
	v.Banner.Died, v.Banner.State, v.Banner.Age, v.Banner.StatusHref = true, "12-Nov-2026", "7 y 10 m", "/patients/1/status"
	v.Closed = "Biscuit has died. No new consult is begun."
	v.Weights = views.Weights{Page: vet(), Target: "Target 32 to 34 kg", TargetBy: "Dr Amara Nwosu, 24-Mar-2026", TargetForm: &views.TargetForm{
		Page: vet(), Action: "/patients/1/weight-target", ID: "018f", Title: "Biscuit Thompson", Low: "34", High: "32", Unit: "kg", Mistakes: ui.Mistakes{{Name: "high", Message: "The end is above the beginning"}},
	}, Only: "34.2 kg, 75.4 lb, 24-Mar-2026"}
	return v
}

func weightForm() *views.WeightForm {
	return &views.WeightForm{Page: vet(), Action: "/patients/1/weights", ID: "018f", Title: "Biscuit Thompson", Unit: "kg", Source: "measured"}
}

func alertLines() []views.AlertLine {
	return []views.AlertLine{
		{Level: "stop", Lead: "Allergy:", Text: "penicillins, collapse in June 2022"},
		{Level: "mind", Text: "Muzzle for nails and ears"},
		{Level: "know", Lead: "Owner:", Text: "prefers text"},
		{Level: "know", Lead: views.NoAllergiesWords, Text: "Maya Lindqvist, 12-Jan-2026"},
	}
}

func alerts() views.Alerts {
	b := beneath()
	b.Alerts = alertLines()
	v := views.Alerts{Page: vet(), Banner: &b, Whose: "Biscuit", Back: "/patients/1", Add: alertForm()}
	v.Add.Topics, v.Add.Topic = views.PatientTopics, "general"
	for _, a := range alertLines()[:2] {
		v.Standing = append(v.Standing, views.AlertEntry{AlertLine: a, By: "Priya Raman, 12-Jan-2026", EditHref: "/alerts/1/edit", EndAction: "/alerts/1/ending"})
		v.Ended = append(v.Ended, views.AlertEntry{AlertLine: a, By: "Priya Raman, 12-Jan-2026", Ended: "Owen Achebe, 13-Jan-2026"})
	}
	return v
}

func alertForm() views.AlertForm {
	return views.AlertForm{Page: vet(), Action: "/clients/1/alerts", ID: "018f", Whose: "Helen Thompson", Heading: "Add an alert", Level: "mind", Topic: "general"}
}

func changedAlert() views.AlertForm {
	b := beneath()
	return views.AlertForm{
		Page: vet(), Action: "/alerts/1", Version: "2", Whose: "Biscuit", Heading: "Alert", Level: "stop", Topic: "allergy", Topics: views.PatientTopics, Cancel: "/patients/1/alerts", Banner: &b,
		Mistakes: ui.Mistakes{{Name: "text", Message: "Enter what the allergy is to, like penicillins"}},
	}
}

func moveLines() []views.MoveLine {
	return []views.MoveLine{{What: "Died", On: "12-Nov-2026", Facts: "Put to sleep, cremation", Words: "Kidney failure", By: "Priya Raman, 12-Nov-2026 16:20"}}
}

func living() views.Status {
	return views.Status{
		Page: vet(), Banner: beneath(), Name: "Biscuit",
		Death: &views.DeathForm{Page: vet(), Action: "/patients/1/status", ID: "018f", Name: "Biscuit", On: "soon", Mistakes: ui.Mistakes{{Name: "on", Message: "Enter a date like 24-Mar-2026, 24/3 or yesterday"}}},
		Leaving: &views.LeavingForm{
			Page: vet(), Action: "/patients/1/status", ID: "018e", Name: "Biscuit", Heading: "Left us",
			Choices: []ui.Option{{Value: "inactive", Label: "Not coming at present"}, {Value: "transferred", Label: "Left us"}},
		},
	}
}

// overtaken is of a death that two recorded at once.
func overtaken() views.Status {
	v := dead("/patients/1/revival")
	v.Overtaken = &views.Overtaken{
		Name: v.Name, By: "Dr Tom Reilly", At: "today 10:27", Href: "/patients/1/status", Theirs: v.Moves[0],
		Mine: views.MoveLine{What: "Died", On: "yesterday", Facts: "Home with the owner", Words: "Owner rang."},
	}
	return v
}

func dead(action string) views.Status {
	b := beneath()
	b.Died, b.State = true, "12-Nov-2026"
	return views.Status{
		Page: vet(), Banner: b, Name: "Biscuit", Moves: moveLines(),
		Revival: &views.RevivalForm{Page: vet(), Action: action, ID: "018f", Seen: "018e", Name: "Biscuit", Needs: "a veterinarian or a practice admin"},
	}
}
