package views

import "paddock/views/ui"

// Banner is the head of every page about one animal: it stays in sight while scrolling.
type Banner struct {
	// Name is the animal's, Surname its owner's or "".
	Name, Surname string
	// Species is the face shown, Kind the words: "Dog, Labrador Retriever, black".
	Species, Kind string
	// Sex is "Male, neutered", Born "12-Jan-2019" or "about 2019" or "Not known", Age "7 y 2 m" or "".
	Sex, Born, Age string
	// Chip is the number of the first chip the animal wears, in groups of three, or "".
	Chip string
	// OwnerName is "" where nobody is known; OwnerPhone the first number.
	OwnerName, OwnerPhone string
	// EditHref is "" where the person may not change the patient; StatusHref, AlertsHref and EstimatesHref likewise.
	EditHref, StatusHref, AlertsHref, EstimatesHref string
	// Href is the patient's page, for the pages below it; "" on that page itself.
	Href string
	// Weight is the last one, its zero value for none yet.
	Weight BannerWeight
	// State is "" for an active patient, else "Left us" or "Not coming at present"; of one that Died, whose
	// banner is grey, the day: "12-Nov-2026" or "Day not known".
	State string
	Died  bool
	// Alerts are in the order they are shown.
	Alerts []AlertLine
	// Gap says that nobody asked about allergies yet, nil where somebody did or it matters no more.
	Gap *AllergyGap
}

// BannerWeight is a weight with its twin in the other unit: "24.6 kg", "54.2 lb", "today".
type BannerWeight struct {
	Value, Twin, When string
}

// Record is a patient's page: history, consult, owner.
type Record struct {
	Page   ui.Page
	Banner Banner

	History History

	// Draft is this person's open note, nil for none.
	Draft *Draft
	// Closed says why no note is started any more, "" where one may be.
	Closed string
	// Writing names somebody else's open note: "Dr Tom Reilly has been writing here since 10:05".
	Writing string
	// Present are those who write here now.
	Present Present
	// StartAction is where a new note is started, "" where the person may not write or a draft is
	// open; StartID the id the draft will get, so that pressing twice starts one.
	StartAction, StartID string

	Problems     Problems
	Medicines    Medicines
	Labs         LabPanel
	Vaccinations VaccinationPanel
	Weights      Weights
	Files        FilesPanel
	Ahead        Ahead
	// ToCharge is nil where nothing is, and for those who see the notes.
	ToCharge *ToCharge
	Owners   OwnerPanel
	// Numbers are chip, licence, passport: those the animal has.
	Numbers NumberPanel
}

// Year is one year's entries of a history; Label is "" for the current year.
type Year struct {
	Label   string
	Entries []Entry
}

// Entry is one thing that happened.
type Entry struct {
	// Href opens it, "" where there is nothing this person may open.
	Href string
	// Icon is a shape of ui.Icon, Status its colour: "consult" for a draft, "booked" for the rest.
	Icon, Status string
	// When is "Today 10:05" or "18-Mar-2026", At the instant for machines.
	When, At string
	// By is the author's surname.
	By    string
	Title string
	Line  string
	// Void strikes it through: it was entered in error.
	Void bool
	// Current marks the entry that is open on this page.
	Current bool
	// Found is the place where something that was looked for stands.
	Found []Piece
}

func (b Banner) title() string {
	if b.Surname == "" {
		return b.Name
	}
	return b.Name + " " + b.Surname
}

// noteKeys are the shortcuts of a page with an open draft.
var noteKeys = []ui.Key{
	{Press: "Alt 1", Does: "Subjective"},
	{Press: "Alt 2", Does: "Objective"},
	{Press: "Alt 3", Does: "Assessment"},
	{Press: "Alt 4", Does: "Plan"},
	{Press: "Ctrl S", Does: "Save the draft"},
}

func (v Record) page() ui.Page {
	p := keyed(v.Page, when(v.Banner.EditHref != "", "e", "Change this patient")...)
	p = keyed(p, when(v.Ahead.BookHref != "", "b", "Book")...)
	p = keyed(p, when(v.Weights.Form != nil, "v", "Add a weight")...)
	p = keyed(p, when(v.Medicines.PrescribeHref != "", "r", "Prescribe")...)
	p = keyed(p, when(v.Vaccinations.AddHref != "", "i", "Record a vaccine")...)
	p = keyed(p, when(v.History.SearchAction != "", "h", "Search this record")...)
	p = keyed(p, when(len(v.Weights.Rows) > 0, "g", "Weights in numbers")...)
	if v.Weights.Form != nil && len(v.Weights.Form.Mistakes) > 0 {
		return titled(p, v.Banner.title(), v.Weights.Form.Mistakes)
	}
	if f := v.Weights.TargetForm; f != nil && len(f.Mistakes) > 0 {
		return titled(p, v.Banner.title(), f.Mistakes)
	}
	if v.Draft != nil {
		p = keyed(p, when(v.Draft.Orders.MayAdd, "a", "Add to plan and bill")...)
		return titled(keyed(p, noteKeys...), v.Banner.title()+", consult", v.Draft.Mistakes)
	}
	return titled(keyed(p, when(v.StartAction != "", "s", "Start consult")...), v.Banner.title(), nil)
}
