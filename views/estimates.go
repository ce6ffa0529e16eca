package views

import "paddock/views/ui"

// EstimateForm offers a sum before the work, low and high.
type EstimateForm struct {
	Page   ui.Page
	Banner Banner
	// Action is "/patients/{id}/estimates".
	Action, ID string
	// Visit and Replaces are ids that go along, "" for none.
	Visit, Replaces string
	Rows            []EstimateRow
	For, Note       string
	Symbol          string
	Cancel          string
	Mistakes        ui.Mistakes
}

// Estimates are those of one animal, the newest first.
type Estimates struct {
	Page   ui.Page
	Banner Banner
	Rows   []DocumentLink
	// AddHref is "" for those who may not make one.
	AddHref string
}

// EstimateRow is one line: what, and from how much to how much. An empty one is not sent.
type EstimateRow struct {
	What, Low, High string
}

// EstimateRows is how many lines an estimate can have.
const EstimateRows = 12

func (v EstimateForm) title() string { return "Estimate, " + v.Banner.Name }

// rows are those typed and one more to type, four at least.
func (v EstimateForm) rows() []EstimateRow {
	out := append([]EstimateRow{}, v.Rows...)
	for len(out) < EstimateRows && (len(out) < 4 || out[len(out)-1].What != "") {
		out = append(out, EstimateRow{})
	}
	return out
}
