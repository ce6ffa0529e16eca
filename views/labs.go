package views

import (
	"slices"
	"strconv"

	"paddock/views/ui"
)

// LabPanel is what was asked of a lab for an animal, and what came of it.
type LabPanel struct {
	// Shown says that there is anything to show this person.
	Shown bool
	// AllHref lists all of it, AskHref asks for more; "" where the person may not.
	AllHref, AskHref string
	// Unseen is how many of them wait to be read.
	Unseen int
	Rows   []LabLine
	// Awaited says when something was asked for of which nothing came yet, to those who read no more than that.
	Awaited []string
}

// LabLine is one request.
type LabLine struct {
	Href, Title, Line string
	// Values are what came of it in a line: "Urea 21.0 mmol/L high".
	Values string
	Urgent bool
	State  DocumentState
}

// Labs is the page of all requests of an animal.
type Labs struct {
	Page   ui.Page
	Banner Banner
	Panel  LabPanel
}

// Lab is the page of one request.
type Lab struct {
	Page   ui.Page
	Banner Banner
	Title  string
	State  DocumentState
	Urgent bool
	Facts  []Total
	Back   string
	// Cancelled says who called it off and why, "" where nobody did.
	Cancelled string
	// ResultHref writes a result down, "" where the person may not.
	ResultHref string
	Reports    []LabReport
	// CancelForm calls it off, nil where that is not possible.
	CancelForm *ReasonForm
}

// LabReport is one result as it was written down.
type LabReport struct {
	ID, Heading, At, Entered string
	// Until is ", until it was corrected today 10:06" of one that was, or "".
	Until string
	// Corrects says what was wrong with the one before, "" for a first; Corrected that another took its place.
	Corrects, Corrected string
	Values              []LabValue
	Findings            []string
	// Seen says who has acknowledged it and when, Note what was noted then.
	Seen, Note  string
	CorrectHref string
	// See acknowledges it, nil where the person may not.
	See *SeeForm
}

// LabValue is one value with the range it was shown with.
type LabValue struct {
	Name, Value, Unit, Range string
	Flag                     DocumentState
	// Spark is nil where there is no other value to compare with.
	Spark   *Spark
	Earlier []LabEarlier
}

// Spark is a line of values over time without a scale, in a box of 120 × 32.
type Spark struct {
	Title string
	Line  string
	// BandY and BandHigh are where the range lies, "" where there is none.
	BandY, BandHigh string
	Points          []ChartPoint
	Last            ChartPoint
}

// LabEarlier is a value in a table.
type LabEarlier struct {
	When, At, Value, Flag string
	// Current is the one on this line of the page.
	Current bool
}

// SeeForm acknowledges a result.
type SeeForm struct {
	Page ui.Page
	// Of says of when the result is; Name is the field's, since a page may have several.
	Action, Of, Name, Note string
	Mistakes               ui.Mistakes
}

// LabAskForm asks for tests.
type LabAskForm struct {
	Page   ui.Page
	Banner Banner
	// Action is "/patients/{id}/labs", ID the id the request will get.
	Action, ID, Cancel string
	// Within says which consult it will be part of, "" for none.
	Within                  string
	Panels, Tests           []Ticked
	Other, Sample, Lab, Why string
	Urgent                  bool
	Labs                    []string
	Mistakes                ui.Mistakes
}

// LabResultForm writes a result down, or what one should have said.
type LabResultForm struct {
	Page   ui.Page
	Banner Banner
	// Action is where it is sent, ID the id the result will get, Asked what it is of.
	Action, ID, Cancel, Asked string
	// Corrects says that it corrects another, for Reason.
	Corrects bool
	Reason   string
	At       string
	Rows     []LabRow
	Findings string
	Tests    []ui.Option // for rows whose test is chosen
	Changed  string
	Mistakes ui.Mistakes
}

// LabRow is one line to be filled.
type LabRow struct {
	// Key names its fields: value-KEY, unit-KEY, low-KEY, high-KEY, and test-KEY where the test is chosen.
	Key string
	// Name is the test's, "" where it is chosen: Test is then its id.
	Name, Test             string
	Value, Unit, Low, High string
}

func (r LabRow) called() string {
	if r.Name == "" {
		return "another test"
	}
	return r.Name
}

// LabInbox is the page of results that nobody has acknowledged.
type LabInbox struct {
	Page ui.Page
	// Href fetches the list again, MineHref and AllHref lead to whose it is; All says that it is the whole clinic's, and
	// Reads that the person acknowledges results and has some of their own.
	Href, MineHref, AllHref string
	All, Reads              bool
	Rows                    []LabWaiting
}

// LabWaiting is a result that waits.
type LabWaiting struct {
	Href, Patient, Title, Values, Line string
	Corrected, Urgent                  bool
	Outside                            string // "3 outside the range" or ""
}

// LabCount is how many results wait for a person, on the page of the day.
type LabCount struct {
	Page  ui.Page
	Shown bool
	Count int
}

// LabTests is the list of what the clinic's lab makes.
type LabTests struct {
	Page  ui.Page
	Rows  []LabTestLine
	Ended bool
	// EndedHref leads to the other list.
	EndedHref string
	Panels    []LabPanelLine
}

// LabTestLine is one test of the list.
type LabTestLine struct {
	Href, Name, Unit, Ranges string
	Ended                    bool
}

// LabPanelLine is one panel of the list.
type LabPanelLine struct {
	Href, Name, Tests, Price string
	Ended                    bool
}

// LabTestForm makes or changes a test.
type LabTestForm struct {
	Page ui.Page
	// Action is "/lab-tests" or "/lab-tests/{id}"; ID is of a new one, Version of one that is changed.
	Action, ID, Version, EndAction string
	Name, Unit, Decimals           string
	Ranges                         []LabRange
	Ended                          bool
	Changed                        string
	Mistakes                       ui.Mistakes
}

// LabRange is the range of one species.
type LabRange struct {
	Species, Kind, Low, High, Source string
}

func (r LabRange) line() string {
	switch {
	case r.Low != "" && r.High != "":
		return r.Low + " to " + r.High
	case r.Low != "":
		return "from " + r.Low
	case r.High != "":
		return "up to " + r.High
	}
	return "no range"
}

// LabPanelForm makes or changes a panel.
type LabPanelForm struct {
	Page                           ui.Page
	Action, ID, Version, EndAction string
	Name, Item                     string
	Tests                          []Ticked
	Items                          []ui.Option
	Ended                          bool
	Changed                        string
	Mistakes                       ui.Mistakes
}

func (v LabTestForm) title() string {
	if v.ID != "" {
		return "New test"
	}
	return "Change " + v.Name
}

func (v LabPanelForm) title() string {
	if v.ID != "" {
		return "New panel"
	}
	return "Change " + v.Name
}

func (v LabResultForm) title() string { return v.Banner.title() + ", " + v.heading() }

func (v LabResultForm) heading() string {
	if v.Corrects {
		return "correct a result"
	}
	return "lab result"
}

func (v LabInbox) heading() string {
	if v.All {
		return "Nobody has read"
	}
	return "For you to read"
}

func (v LabInbox) empty() string {
	if v.All {
		return "Every result was read."
	}
	return "Nothing waits for you."
}

// mistakes are those of whichever form of the page was sent.
func (v Lab) mistakes() ui.Mistakes {
	for _, r := range v.Reports {
		if r.See != nil && len(r.See.Mistakes) > 0 {
			return r.See.Mistakes
		}
	}
	if v.CancelForm != nil {
		return v.CancelForm.Mistakes
	}
	return nil
}

var labSamples = []string{"Blood", "Serum", "Urine", "Faeces", "Swab", "Fine needle aspirate", "Tissue"}

func (v LabCount) words() string {
	if v.Count == 1 {
		return "1 lab result to read"
	}
	return strconv.Itoa(v.Count) + " lab results to read"
}

// typed reports whether a single test is chosen already.
func (v LabAskForm) typed() bool {
	return len(v.Panels) == 0 || slices.ContainsFunc(v.Tests, func(t Ticked) bool { return t.On })
}
