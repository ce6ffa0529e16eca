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
	// Form is nil where the day is closed, or is not over before it began.
	Form *TillForm
	// Closed says who closed it and when, with its differences.
	Closed string
	Reason string
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
	Mistakes              ui.Mistakes
}

// ClosedDay is one line of the closed days.
type ClosedDay struct {
	Href, Day, By, Cash, Difference string
	Off                             bool
}
