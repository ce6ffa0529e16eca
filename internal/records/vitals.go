package records

import (
	"regexp"
	"strconv"
	"strings"

	"paddock/internal/fault"
	"paddock/internal/plain"
)

// Vitals are what was measured, as it was entered: a draft keeps whatever was typed, and a signature takes only
// what can be. Units are those of Unit, beats and breaths a minute, seconds.
type Vitals struct {
	// Weight is "24.6 kg": the weighing that stood when the note was signed, from the patient's series. A draft
	// has none.
	Weight      string `json:"weight,omitempty"`
	Temperature string `json:"temperature,omitempty"`
	Unit        string `json:"unit,omitempty"` // of the temperature: Celsius or Fahrenheit
	Pulse       string `json:"pulse,omitempty"`
	Respiration string `json:"respiration,omitempty"`
	Gums        string `json:"gums,omitempty"`   // colour of the mucous membranes
	Refill      string `json:"refill,omitempty"` // of the capillaries
	Body        string `json:"body,omitempty"`   // condition, of 9
	Pain        string `json:"pain,omitempty"`   // of 4
}

// The units of a temperature.
const (
	Celsius    = "C"
	Fahrenheit = "F"
)

func (v Vitals) empty() bool {
	v.Unit, v.Weight = "", ""
	return v == Vitals{}
}

// longestVital bounds each, in letters.
const longestVital = 40

// tidy gives the vitals as a draft keeps them, and the mistakes named temperature, pulse, respiration, gums,
// refill, body and pain.
func (v Vitals) tidy(bad *fault.Fields) Vitals {
	v.Weight = ""
	for _, f := range v.fields() {
		*f.value = plain.Words(bad, f.input, *f.value, "", longestVital)
	}
	if v.Unit != Fahrenheit {
		v.Unit = Celsius
	}
	if v.Temperature == "" {
		v.Unit = ""
	}
	return v
}

type vital struct {
	input string
	value *string
}

func (v *Vitals) fields() []vital {
	return []vital{
		{"temperature", &v.Temperature},
		{"pulse", &v.Pulse},
		{"respiration", &v.Respiration},
		{"gums", &v.Gums},
		{"refill", &v.Refill},
		{"body", &v.Body},
		{"pain", &v.Pain},
	}
}

var refillForm = regexp.MustCompile(`^[<>]? ?[0-9]([.,][0-9])?$`)

// check gives what of the vitals cannot be, by the names of tidy.
func (v Vitals) check(bad *fault.Fields) {
	low, high, like := 20.0, 46.0, "Enter the temperature in °C, like 38.6"
	if v.Unit == Fahrenheit {
		low, high, like = 68, 115, "Enter the temperature in °F, like 101.5"
	}
	within(bad, "temperature", v.Temperature, low, high, like)
	within(bad, "pulse", v.Pulse, 1, 1000, "Enter heart beats in a minute, like 96")
	within(bad, "respiration", v.Respiration, 1, 600, "Enter breaths in a minute, like 24")
	within(bad, "body", v.Body, 1, 9, "Enter the body condition from 1 to 9")
	within(bad, "pain", v.Pain, 0, 4, "Enter the pain from 0 to 4")
	if v.Refill != "" && !refillForm.MatchString(v.Refill) {
		bad.Add("refill", "Enter the refill time in seconds, like 1.5 or < 2")
	}
}

func within(bad *fault.Fields, input, text string, low, high float64, like string) {
	if text == "" {
		return
	}
	n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || !(n >= low && n <= high) { // a NaN is neither
		bad.Add(input, like)
	}
}

// Finding is what was seen of one system: nothing said, Normal, NormalWithRest or Abnormal.
type Finding string

// The findings. NormalWithRest was not said of the system by itself, but of all that had nothing said.
const (
	Normal         Finding = "normal"
	NormalWithRest Finding = "rest"
	Abnormal       Finding = "abnormal"
)

// Exam is the examination by system.
type Exam struct {
	Ears    Finding `json:"ears,omitempty"`
	Skin    Finding `json:"skin,omitempty"`
	Eyes    Finding `json:"eyes,omitempty"`
	Mouth   Finding `json:"mouth,omitempty"`
	Heart   Finding `json:"heart,omitempty"`
	Lungs   Finding `json:"lungs,omitempty"`
	Abdomen Finding `json:"abdomen,omitempty"`
	Joints  Finding `json:"joints,omitempty"`
}

// System is one of an Exam, to be read or set.
type System struct {
	Key, Name string
	Finding   *Finding
}

// Systems are all of an exam in the order they are shown.
func (e *Exam) Systems() []System {
	return []System{
		{"ears", "Ears", &e.Ears},
		{"skin", "Skin", &e.Skin},
		{"eyes", "Eyes", &e.Eyes},
		{"mouth", "Mouth", &e.Mouth},
		{"heart", "Heart", &e.Heart},
		{"lungs", "Lungs", &e.Lungs},
		{"abdomen", "Abdomen", &e.Abdomen},
		{"joints", "Joints", &e.Joints},
	}
}

// RestNormal gives the exam with every system that had nothing said as NormalWithRest.
func (e Exam) RestNormal() Exam {
	for _, s := range e.Systems() {
		if *s.Finding == "" {
			*s.Finding = NormalWithRest
		}
	}
	return e
}

func (e Exam) tidy() Exam {
	for _, s := range e.Systems() {
		switch *s.Finding {
		case Normal, NormalWithRest, Abnormal:
		default:
			*s.Finding = ""
		}
	}
	return e
}

// prompt is a place of a snippet that is to be filled in: "[side?]".
var prompt = regexp.MustCompile(`\[[^\[\]\n]{1,60}\?\]`)

// unfilled names the first prompt that is left in each part of a note.
func (s SOAP) unfilled(bad *fault.Fields) {
	for _, p := range []struct{ input, text string }{
		{"subjective", s.Subjective}, {"objective", s.Objective}, {"assessment", s.Assessment}, {"plan", s.Plan},
	} {
		if left := prompt.FindString(p.text); left != "" {
			bad.Add(p.input, "Fill in "+left+" or take it out")
		}
	}
}
