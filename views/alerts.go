package views

import "paddock/views/ui"

// AlertLine is one alert as it stands in a banner.
type AlertLine struct {
	// Level is "stop", "mind" or "know", and its shape with it.
	Level string
	// Lead is bold: "Allergy:", "Owner:", "No known allergies", or "".
	Lead, Text string
}

// AllergyGap says that nobody has asked about allergies. Its form, where the person may send it, says that
// there are none.
type AllergyGap struct {
	Page ui.Page
	// Action is "/patients/{id}/alerts", "" for no form; ID the id of what it makes.
	Action, ID string
}

// Alerts is the page of a patient's or a client's alerts.
type Alerts struct {
	Page ui.Page
	// Banner is of the patient, nil for a client, whose page is Back.
	Banner *Banner
	// Whose is the name in the heading.
	Whose, Back string
	Standing    []AlertEntry
	Ended       []AlertEntry
	Add         AlertForm
}

// AlertEntry is one alert in the list.
type AlertEntry struct {
	AlertLine
	// By is "Priya Raman, 12-Jan-2026", Ended the same of who ended it or "".
	By, Ended string
	// EditHref and EndAction are "" where the alert cannot be changed or ended.
	EditHref, EndAction string
}

// AlertForm makes or changes an alert.
type AlertForm struct {
	Page   ui.Page
	Action string
	// ID, sent as new_id, is the id a new alert will get; "" when changing. Version is of the row that is
	// changed; "" for a new one.
	ID, Version string
	// Whose is the name the alert is about, Heading what the form is called.
	Whose, Heading     string
	Level, Topic, Text string
	// Topics are the choices of what it is about, nil for a client, whose alerts are general.
	Topics []ui.Option
	// Mistakes name "level", "topic", "text" or "".
	Mistakes ui.Mistakes
	// Cancel is the path of the list, "" where the form stands on it.
	Cancel string
	// Banner is of the patient on a page of its own, nil else.
	Banner *Banner
}

// PatientTopics are what an alert of a patient can be about.
var PatientTopics = []ui.Option{{Value: "general", Label: "Anything else"}, {Value: "allergy", Label: "An allergy"}}

var alertLevels = []ui.Option{
	{Value: "stop", Label: "Stop: read before anything is done"}, {Value: "mind", Label: "Mind: take care"}, {Value: "know", Label: "Know: good to know"},
}

// levelWord and levelIcon tell the levels apart besides their colour.
var (
	levelWord = map[string]string{"stop": "Stop", "mind": "Mind", "know": "Know"}
	levelIcon = map[string]string{"stop": "stop", "mind": "warn", "know": "info"}
)

func (a AlertLine) icon() string {
	if a.Lead == NoAllergiesWords {
		return "shield"
	}
	return levelIcon[a.Level]
}

// NoAllergiesWords is how the entry reads that somebody asked and there are none.
const NoAllergiesWords = "No known allergies"

func (v AlertForm) button() string {
	if v.ID != "" {
		return "Add alert"
	}
	return "Save alert"
}

func (b Banner) statusWord() string {
	if b.Died {
		return "About the death"
	}
	return "Died or left us"
}

func (v Alerts) title() string { return v.Whose + ", alerts" }
