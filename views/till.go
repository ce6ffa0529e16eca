package views

import "paddock/views/ui"

// Till is one day's money: what should be there, and the form that counts and closes.
type Till struct {
	Page ui.Page
	// Day is shown, Before and After lead to its neighbours ("" for a day to come).
	Day, Before, After string
	// Rows are the ways to pay with what came in and went out.
	Rows []TillRow
	// Sums are the day's bills, credits and payments, as the ledger has them.
	Sums []Total
	// Form is nil where the day is closed, and where it is over and nothing is to be closed.
	Form *TillForm
	// Closed says who closed it and when, with its differences.
	Closed string
	Reason string
	// ReopenHref opens it again; Ask says who can, for those who may not.
	ReopenHref, Ask string
	// Reopened are the times it was opened again.
	Reopened []Reopened
	// Days are those that are closed, newest first.
	Days []ClosedDay
}

// TillRow is one way to pay.
type TillRow struct {
	Method, In, Out, Expected, Counted, Difference string
	// Off says that the difference is not nothing.
	Off bool
}

// TillForm counts and closes a day.
type TillForm struct {
	Page ui.Page
	// ID makes one press one closing; Day is sent along.
	ID, Day, Seen, Symbol string
	Cash, Card, Transfer  string
	CashHint, CardHint    string
	TransferHint, Reason  string
	// Sure is what is about to be closed, nil while it is counted; Changed why nothing was closed.
	Sure     *ClosingSure
	Changed  string
	Mistakes ui.Mistakes
}

// ClosingSure names what is about to be closed, to be confirmed.
type ClosingSure struct {
	// Ago says that the day is a past one, "" for today.
	Day, Ago string
	Rows     []TillRow
}

// Reopened is one time a closed day was opened again.
type Reopened struct{ Line, Reason string }

// TillClosed says above a form that today takes no money: Href opens it again, Ask says who can.
type TillClosed struct{ Words, Ask, Href string }

// ReopeningForm opens a closed day again.
type ReopeningForm struct {
	Page ui.Page
	// Action is "/closings/{id}/reopening", Back the till of that day.
	Action, ID, Back string
	Day, Line        string
	Reason           string
	Mistakes         ui.Mistakes
}

func (v ReopeningForm) title() string { return "Open " + v.Day + " again" }

// ClosedDay is one line of the closed days.
type ClosedDay struct {
	Href, Day, By, Cash, Difference string
	Off                             bool
}
