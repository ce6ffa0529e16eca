package web

import (
	"strings"

	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

var temperatureUnits = []ui.Option{{Value: records.Celsius, Label: "°C"}, {Value: records.Fahrenheit, Label: "°F"}}

// typedNote is the note as the form has it.
func (v *visit) typedNote() records.SOAP {
	s := records.SOAP{
		Subjective: v.field("subjective"), Objective: v.field("objective"), Assessment: v.field("assessment"), Plan: v.field("plan"),
		Vitals: records.Vitals{
			Temperature: v.field("temperature"), Unit: v.field("temperature_unit"), Pulse: v.field("pulse"), Respiration: v.field("respiration"),
			Gums: v.field("gums"), Refill: v.field("refill"), Body: v.field("body"), Pain: v.field("pain"),
		},
	}
	for _, sys := range s.Exam.Systems() {
		*sys.Finding = records.Finding(v.field("exam_" + sys.Key))
	}
	if v.field("rest") != "" {
		s.Exam = s.Exam.RestNormal()
	}
	return s
}

// noteInputs are the parts of a note that two windows may have written at once, each to be chosen by itself.
func noteInputs(s records.SOAP) []input {
	out := []input{
		{"subjective", "Subjective", s.Subjective},
		{"objective", "Objective", s.Objective},
		{"assessment", "Assessment", s.Assessment},
		{"plan", "Plan", s.Plan},
	}
	for _, f := range vitalFields(s.Vitals) {
		out = append(out, input{f.Name, f.Long, f.Value})
	}
	out = append(out, input{"temperature_unit", "Unit of the temperature", s.Vitals.Unit})
	for _, sys := range s.Exam.Systems() {
		out = append(out, input{"exam_" + sys.Key, sys.Name, string(*sys.Finding)})
	}
	return out
}

func vitalFields(s records.Vitals) []views.VitalField {
	return []views.VitalField{
		{Name: "temperature", Label: "Temp", Long: "Temperature", Value: s.Temperature, Unit: s.Unit, Units: temperatureUnits, Decimal: true},
		{Name: "pulse", Label: "Heart", Unit: "/min", Long: "Heart beats in a minute", Value: s.Pulse, Decimal: true},
		{Name: "respiration", Label: "Resp", Unit: "/min", Long: "Breaths in a minute", Value: s.Respiration, Decimal: true},
		{Name: "gums", Label: "Gums", Long: "Colour of the gums", Value: s.Gums},
		{Name: "refill", Label: "Refill", Unit: "s", Long: "Capillary refill in seconds", Value: s.Refill},
		{Name: "body", Label: "Body", Unit: "/9", Long: "Body condition of 9", Value: s.Body, Decimal: true},
		{Name: "pain", Label: "Pain", Unit: "/4", Long: "Pain of 4", Value: s.Pain, Decimal: true},
	}
}

// addVitals puts the fields of what is measured and looked at onto an open note.
func (v *visit) addVitals(view *views.Draft, d records.Draft, weights []registry.WeightRow) {
	if d.Vitals.Unit == "" {
		d.Vitals.Unit = records.Celsius
		if v.clinic.Country() == "US" {
			d.Vitals.Unit = records.Fahrenheit
		}
	}
	view.Vitals = vitalFields(d.Vitals)
	for _, sys := range d.Exam.Systems() {
		view.Exam = append(view.Exam, views.ExamField{Name: "exam_" + sys.Key, Label: sys.Name, Value: string(*sys.Finding)})
	}
	if stand := standing(weights); len(stand) > 0 && records.WeighedFor(stand[0].At, d.EventAt) {
		view.Weighed = stand[0].Entered + " " + stand[0].Unit
	}
}

// measuredFacts are the vitals of a signed note in words.
func measuredFacts(s records.Vitals) (out []views.Fact) {
	if s.Weight != "" {
		out = append(out, views.Fact{Label: "Weight", Text: s.Weight})
	}
	for _, f := range vitalFields(s) {
		if f.Value == "" {
			continue
		}
		text := f.Value
		switch {
		case f.Units != nil:
			text += " °" + f.Unit
		case f.Unit == "s":
			text += " s"
		case f.Unit != "":
			text += f.Unit
		}
		out = append(out, views.Fact{Label: f.Label, Text: text})
	}
	return out
}

// lookedFacts are the systems of a signed note by what was found.
func lookedFacts(e records.Exam) (out []views.Fact) {
	for _, kind := range []struct {
		finding records.Finding
		label   string
	}{{records.Abnormal, "Abnormal"}, {records.Normal, "Normal"}, {records.NormalWithRest, "Normal, with the rest"}} {
		var names []string
		for _, sys := range e.Systems() {
			if *sys.Finding == kind.finding {
				names = append(names, sys.Name)
			}
		}
		if len(names) > 0 {
			out = append(out, views.Fact{Label: kind.label, Text: strings.Join(names, ", ")})
		}
	}
	return out
}
