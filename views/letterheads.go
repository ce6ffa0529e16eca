package views

import "paddock/views/ui"

// Letterhead is what heads and ends the documents of a clinic, as it is set up.
type Letterhead struct {
	Page                             ui.Page
	Version                          string
	Name, Trading, Address           string
	City, Region, Postcode, Country  string
	Jurisdictions                    string
	Phone, Email, TaxNumber, Company string
	Bank, Footer                     string
	// TaxLabel is "VAT number", as it is called there.
	TaxLabel string
	// Lacks says what a bill should have and has not, "" for nothing.
	Lacks string
	// From are the lines as they stand on paper.
	From     []string
	Mistakes ui.Mistakes
}
