package views

import "paddock/views/ui"

// DueLine is what is due against one disease.
type DueLine struct {
	Disease string
	// Status is "late", "waiting" or "ready", Icon its glyph and Word the same in words: "Overdue", "Due soon", "Up to date".
	Status, Icon, Word string
	// Due is "Due 12-Mar-2027", When "in 3 weeks"; Because says why, Source the rule's own words or "".
	Due, At, When, Because, Source string
	// Last is "Last given 12-Mar-2026" or "No dose is known"; From "Protects from 09-Apr-2026" or "".
	Last, From string
	// Set says who set the day by hand and why, "" for the rule's own.
	Set string
}

// VaccinationPanel is the panel of what is due beside the record.
type VaccinationPanel struct {
	Lines []DueLine
	// Href is the page of all doses; AddHref writes one down, "" where the person may not.
	Href, AddHref string
	// Empty is said where nothing is due: "No vaccination is known."
	Empty string
}

// Vaccinations is the page of an animal's doses and what is due.
type Vaccinations struct {
	Page   ui.Page
	Banner Banner
	Due    VaccinationPanel
	Doses  []DoseLine
	// Closed says that doses are clinical text that this person's role does not open.
	Closed bool
	// Set sets a due day by hand, nil where the person may not.
	Set *DueForm
}

// DoseLine is one dose in a list.
type DoseLine struct {
	Href, Product, Against, Day, At string
	// Line is "Lot A12, right hind, Callum Baines" or "From elsewhere: passport".
	Line string
	// Void says that and why it was entered in error, "" where it stands.
	Void string
	// Certificate is its serial, "" for none, and CertificateHref leads to it.
	Certificate, CertificateHref string
	CertificateState             DocumentState
}

// DueForm sets by hand when something is due.
type DueForm struct {
	Page                       ui.Page
	Action, ID                 string
	Protects, Due, Reason, Act string
	Diseases                   []ui.Option
	Mistakes                   ui.Mistakes
	Open                       bool
}

// DoseForm writes a dose down, given here or elsewhere.
type DoseForm struct {
	Page   ui.Page
	Banner Banner
	// Action is "/patients/{id}/vaccinations", ID the id the dose will get, Visit the visit it belongs to or "".
	Action, ID, Visit string
	// Historical is for a dose given elsewhere; HereHref and ElsewhereHref lead to the forms of either kind.
	Historical              bool
	HereHref, ElsewhereHref string
	// Product is a product's id, "" for none.
	Product, On, Lot, Expiry, Site, Tag, Giver, Vet string
	// Of a dose from elsewhere that is none of the clinic's products.
	Source, Name, Manufacturer, Protects, Months string
	// First is "initial" or "booster".
	First string
	// Sure asks about an age below the label's, "" for no question; SureOn is its tick.
	Sure   string
	SureOn bool

	Products, Givers, Vets, Diseases []ui.Option
	Cancel                           string
	Mistakes                         ui.Mistakes
}

// Dose is one dose with what stands over it.
type Dose struct {
	Page    ui.Page
	Banner  Banner
	Title   string
	Facts   []Total
	Void    string
	Back    string
	Entered string
	// Certificates are those over it, the newest first; IssueHref issues or replaces one, "" where the person may not.
	Certificates         []DocumentLink
	IssueHref, IssueWord string
	// VoidForm says that it was entered in error, nil where the person may not.
	VoidForm *ReasonForm
}

// ReasonForm does one thing for which a reason is asked.
type ReasonForm struct {
	Page   ui.Page
	Action string
	// Heading is what the form is called, Line what follows from it, Button what it does.
	Heading, Line, Button, Label string
	Reason                       string
	Mistakes                     ui.Mistakes
}

var courseOptions = []ui.Option{{Value: "", Label: "Choose"}, {Value: "initial", Label: "First course"}, {Value: "booster", Label: "Booster"}}

func (v Vaccinations) title() string { return v.Banner.title() + ", vaccinations" }

func (v Vaccinations) mistakes() ui.Mistakes {
	if v.Set == nil {
		return nil
	}
	return v.Set.Mistakes
}

func (v DoseForm) title() string { return v.Banner.title() + ", " + v.heading() }

func (v DoseForm) heading() string {
	if v.Historical {
		return "vaccination from elsewhere"
	}
	return "new vaccination"
}

func (v Dose) mistakes() ui.Mistakes {
	if v.VoidForm == nil {
		return nil
	}
	return v.VoidForm.Mistakes
}
