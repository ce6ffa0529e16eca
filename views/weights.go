package views

import "paddock/views/ui"

// Weights is the panel of a patient's weighings beside the record.
type Weights struct {
	// Trend is "−0.6 kg since 14-Nov-2025" or "".
	Trend string
	// Chart is nil where fewer than two weighings stand.
	Chart *Chart
	// Only is the one weighing that stands where there is no chart: "24.6 kg, 54.2 lb, 12-Nov-2026".
	Only string
	Rows []WeightRow
	// Form adds one, nil where the person may not.
	Form *WeightForm
	Page ui.Page
	// Target is "Target 23 to 25 kg" or "", TargetBy who set it and when. TargetForm sets it, nil where the person may
	// not.
	Target, TargetBy string
	TargetForm       *TargetForm
}

// TargetForm sets the range a weight should be in.
type TargetForm struct {
	Page ui.Page
	// Action is "/patients/{id}/weight-target", ID the id the row will get, Title that of the page, for the tab.
	Action, ID, Title string
	Low, High, Unit   string
	// Mistakes name "low", "high" or "".
	Mistakes ui.Mistakes
}

// WeightRow is one weighing in numbers.
type WeightRow struct {
	// When is "12-Nov-2026 10:05", At the instant for machines.
	When, At string
	// Value is "24.6 kg" as it was entered, Twin the same in the other unit.
	Value, Twin string
	// How is "Measured", "Estimated" or "Said by the owner"; By the surname of who wrote it down.
	How, By string
	// Struck is "Entered in error, Raman, 12-Nov-2026" or "". StrikeAction is "" where it cannot be struck.
	Struck, StrikeAction string
}

// WeightForm adds a weighing.
type WeightForm struct {
	Page ui.Page
	// Action is "/patients/{id}/weights", ID the id the weighing will get.
	Action, ID string
	// Title is of the page the form stands on, for the tab.
	Title                    string
	Weight, Unit, Source, At string
	// Sure asks whether a jump is right: the words beside the box, and what it sends.
	Sure, SureValue string
	// Mistakes name "weight", "unit", "source", "at", "sure" or "".
	Mistakes ui.Mistakes
	// Open shows the form at once.
	Open bool
}

// Chart is a line of values over time, placed in a box of Width × Height.
type Chart struct {
	Title, Desc   string
	Width, Height string
	// Left and Span are where the lines of the grid begin and how long they are.
	Left, Span string
	Grid       []ChartMark
	Times      []ChartMark
	Line       string
	Points     []ChartPoint
	// Last is the newest value, written from LabelX on beside its point.
	Last   ChartMark
	LabelX string
	// BandTop and BandHigh are where the target's band begins and how high it is; BandHigh is "" for none.
	BandTop, BandHigh string
}

// ChartMark is a label at a place; Text is the baseline of a text beside a line or point at Y.
type ChartMark struct {
	X, Y, Text, Label string
}

// ChartPoint is one value.
type ChartPoint struct {
	X, Y, Title string
}

var weightUnits = []ui.Option{{Value: "kg", Label: "kg"}, {Value: "g", Label: "g"}, {Value: "lb", Label: "lb"}, {Value: "oz", Label: "oz"}}

var weightSources = []ui.Option{{Value: "measured", Label: "Measured here"}, {Value: "estimated", Label: "Estimated"}, {Value: "stated", Label: "Said by the owner"}}
