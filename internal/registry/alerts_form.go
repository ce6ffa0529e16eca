package registry

import (
	"slices"
	"strings"

	"paddock/internal/fault"
	"paddock/internal/plain"
)

// longestAlert is what fits a banner, in letters.
const longestAlert = 160

// ReadAlert tidies what was typed into the form of an alert. What is wrong with it is said by the verb.
func ReadAlert(level, topic, text string) Alert {
	a := Alert{Level: strings.TrimSpace(level), Topic: strings.TrimSpace(topic), Text: plain.Line(text)}
	if a.Topic == NoAllergies {
		a.Level, a.Text = LevelKnow, ""
	}
	return a
}

// check gives the mistakes of an alert, named level, topic and text.
func (a Alert) check(ofPatient bool) fault.Fields {
	var bad fault.Fields
	if !slices.Contains(levels, a.Level) {
		bad.Add("level", "Choose how much it weighs: stop, mind or know")
	}
	if a.Topic != TopicGeneral && (!ofPatient || a.Topic != TopicAllergy && a.Topic != NoAllergies) {
		bad.Add("topic", "Choose what it is about")
	}
	switch {
	case a.Text != "" || a.Topic == NoAllergies:
	case a.Topic == TopicAllergy:
		bad.Add("text", "Enter what the allergy is to, like penicillins")
	default:
		bad.Add("text", "Enter what must be known")
	}
	bad.TooLong("text", a.Text, longestAlert)
	return bad
}
