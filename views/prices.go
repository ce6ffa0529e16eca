package views

import "paddock/views/ui"

// Prices is the price list.
type Prices struct {
	Page ui.Page
	// Find is what the list was narrowed to; it stands in the field again.
	Find string
	Rows []PriceRow
	// Ended says that those that are no longer sold are shown, and its links lead to either.
	Ended              bool
	EndedHref, AddHref string
	// Next leads to the codes after these, "" on the last page.
	Next string
}

// PriceRow is one item of the price list.
type PriceRow struct {
	Href, Code, Name, Unit, Price, Tax, Context, Barcode string
	Ended                                                bool
}

// PriceForm makes or changes an item of the price list.
type PriceForm struct {
	Page ui.Page
	// Action is "/prices" or "/prices/{id}"; ID is of a new one, Version of one that is changed.
	Action, ID, Version                                 string
	Code, Name, Unit, Price, TaxClass, Context, Barcode string
	Symbol, Taxed                                       string
	Units, TaxClasses                                   []ui.Option
	// EndAction takes it off the list, or puts it back, "" for a new one.
	EndAction string
	Ended     bool
	Changed   string
	Mistakes  ui.Mistakes
}

// Taxes are the clinic's tax classes with their rates by day.
type Taxes struct {
	Page    ui.Page
	Classes []TaxClass
	Species []ui.Option
	// Form is the rate that came back with mistakes, of the class of its Action.
	Form TaxRateForm
}

// TaxClass is one class and its rates, those that hold on top.
type TaxClass struct {
	ID, Name, Action, NewID string
	Rates                   []TaxRate
}

// TaxRate is one rate, from a day on.
type TaxRate struct {
	Rate, From, For string
	Now             bool
}

// TaxRateForm is what was typed into the form of a class.
type TaxRateForm struct {
	Class                    string
	Rate, From, For, Species string
	Mistakes                 ui.Mistakes
}

// MoneyForm is how the clinic deals with money.
type MoneyForm struct {
	Page     ui.Page
	Version  string
	Currency string
	// Included is "yes" where prices have the tax in them; By is "line" or "document".
	Included, By, CashStep, DueDays string
	Symbol                          string
	Mistakes                        ui.Mistakes
}

// The ways to deal with tax that a clinic chooses from.
var (
	IncludedChoice = []ui.Option{{Value: "yes", Label: "Prices have the tax in them"}, {Value: "no", Label: "Tax comes on top"}}
	TaxByChoice    = []ui.Option{{Value: "line", Label: "Each line"}, {Value: "document", Label: "The whole bill"}}
)

var (
	contextOptions = []ui.Option{{Value: "administered", Label: "Done or given here"}, {Value: "dispensed", Label: "Sent home"}}
	rateContexts   = append([]ui.Option{{Value: "", Label: "Both"}}, contextOptions...)
)

func (v PriceForm) title() string {
	if v.ID != "" {
		return "New price"
	}
	return "Change " + v.Name
}

func (v PriceForm) button() string {
	if v.ID != "" {
		return "Add to the price list"
	}
	return "Save price"
}
