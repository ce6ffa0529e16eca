package views

import "paddock/views/ui"

// Account is the money of one client: what they owe, what stands to their credit, and how it came to that.
type Account struct {
	Page ui.Page
	Name string
	// Client is their page, Print the statement as a document, "" where there is nothing on it.
	Client, Print string
	// Balance says what they owe or what stands to their credit, Kind "owes", "credit" or "even".
	Balance, Kind string
	Open          []DocumentLink
	// Drafts is what is not billed yet, in words; "" for nothing.
	Drafts, DraftsHref string
	Lines              []StatementLine
	// Older leads to earlier lines.
	Older string
	// Form is nil for those who may not take money.
	Form *AccountForm
}

// StatementLine is one line of an account. Debit and Credit are one of them empty.
type StatementLine struct {
	Href, Day, At, What, Debit, Credit, Balance string
}

// AccountForm takes a payment or a deposit.
type AccountForm struct {
	Page ui.Page
	// Action is "/clients/{id}/payments".
	Action, ID string
	// Bills are what is open: each can be ticked to be settled, the oldest first.
	Bills []OpenBill
	// Credit says what stands to their account already, and can settle the ticked bills without new money.
	Credit                        string
	Method, Amount, Given, Symbol string
	// Closed says that the till takes nothing, nil while it does.
	Closed   *TillClosed
	Mistakes ui.Mistakes
}

// OpenBill is one bill with something to pay.
type OpenBill struct {
	ID, Number, Line, Amount string
	On                       bool
}
