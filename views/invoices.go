package views

import (
	"strconv"

	"paddock/views/ui"
)

// Bills is the list of issued bills, with the open ones that are not issued yet on top.
type Bills struct {
	Page ui.Page
	// Again is where the lists are fetched anew.
	Again string
	// Filters are the links above the list; exactly one is the present one.
	Filters []Filter
	// Drafts are clients with something open that nobody has issued.
	Drafts []DraftBill
	// DraftsMore says that there are further ones.
	DraftsMore bool
	Rows       []BillRow
	// Empty is what is said where nothing is: "Nothing overdue."
	Empty string
	// Older leads to the next page, "" on the last; Since says which days are looked through, "" for all.
	Older, OlderWord, Since string
	// TillHref is "" for those who may not close it.
	TillHref string
}

// Filter is one link above a list.
type Filter struct {
	Href, Word string
	Here       bool
}

// DraftBill is what is open for a client or an animal.
type DraftBill struct {
	Href, Name, Line, Amount string
}

// BillRow is one issued document in a list.
type BillRow struct {
	Href, Number, Client, ClientHref, Day, At, Due, Total, Open string
	State                                                       DocumentState
}

// Document is a bill, a credit note, a receipt, a statement or an estimate as it is printed: the screen and
// the paper show the same.
type Document struct {
	Page ui.Page
	// Kind is "Invoice", "Credit note", "Receipt", "Statement", "Estimate"; Number is "" for what has none.
	Kind, Number string
	// Draft says in words that it is none yet: "Draft, not an invoice".
	Draft string
	// About is one line below the head, "" for none.
	About string
	// From are the lines of who issues it, To of whom it is made out to.
	From, To []string
	Facts    []Total
	Columns  []DocumentColumn
	Groups   []DocumentGroup
	Totals   []Total
	Due      Total
	// Taxes say what tax is in it, by rate.
	Taxes []TaxLine
	// Notes stand below it, Pay says how to pay, Foot is the clinic's own words.
	Notes, Pay, Foot []string
	// Printed says when and by whom.
	Printed string
	// Paper is "a4" or "letter".
	Paper string

	// The rest is on the screen only.
	State   DocumentState
	Line    string
	Back    string
	BackTo  string
	PDF     string
	Actions []DocumentAct
	// Settled are the payments and credits of it.
	Settled []DocumentLink
}

// DocumentAct is one link above a document.
type DocumentAct struct {
	Href, Icon, Word string
	// Primary is the one thing to do next.
	Primary bool
}

// DocumentColumn is a column of a document's table. Number says that it holds amounts; Narrow ones stay on a phone.
type DocumentColumn struct {
	Word   string
	Number bool
	Narrow bool
}

// DocumentGroup is the lines of one animal, or all of them.
type DocumentGroup struct {
	Head  string
	Lines []DocumentLine
}

// DocumentLine has one cell for each column; Sub stands below the first.
type DocumentLine struct {
	Cells []string
	Sub   string
}

// TaxLine is the tax of one rate.
type TaxLine struct {
	Rate, Net, Tax string
}

// CreditForm undoes an issued bill, whole or in part.
type CreditForm struct {
	Page ui.Page
	// Action is "/invoices/{id}/credit".
	Action, ID string
	// Number is that of the bill, Total what it is over, Left what of it has not been credited yet.
	Number, Client, Total, Left string
	Lines                       []CreditLine
	// As is "open" or "declined": what becomes of what was billed.
	As, Reason string
	// Back is the bill.
	Back string
	// Closed says that the till takes no documents, nil while it does.
	Closed   *TillClosed
	Mistakes ui.Mistakes
}

// CreditLine is one line of a bill that can be credited.
type CreditLine struct {
	ID, Name, Line, Amount string
	On                     bool
	// Gone says that it was credited before.
	Gone string
}

func (v Document) title() string {
	if v.Number == "" {
		return v.Kind
	}
	return v.Kind + " " + v.Number
}

func (v CreditForm) title() string { return "Credit " + v.Number }

func cellClass(c DocumentColumn) string {
	switch {
	case c.Number && !c.Narrow:
		return "n opt"
	case c.Number:
		return "n"
	case !c.Narrow:
		return "opt"
	}
	return ""
}

func columns(v Document) string { return strconv.Itoa(len(v.Columns)) }
