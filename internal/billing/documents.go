package billing

import (
	"time"

	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
)

// NewInvoice is the issue of charges. Its id comes with the form.
type NewInvoice struct {
	ID      id.ID
	Visit   id.ID // zero for none
	Charges []Seen
	// To pays everything, whoever the owners are; zero bills the owners by their shares.
	To  id.ID
	Day time.Time // of the clinic's calendar, midnight UTC
	// Note is printed on the document.
	Note string
}

// Issued is a document just made.
type Issued struct {
	ID, Client id.ID
	Number     string // INV-1042
	Total      money.Amount
}

// Person is who a document was made out to, as it was then.
type Person struct {
	Name     string `json:"name"`
	Street   string `json:"street,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"region,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
}

// The states of an invoice that are computed, never stored.
const (
	Unpaid    = "unpaid"
	PartPaid  = "part-paid"
	Paid      = "paid"
	Overdue   = "overdue"
	Credited  = "credited"
	CreditsIt = "credit-note"
)

// InvoiceRow is an issued document in a list.
type InvoiceRow struct {
	ID      id.ID
	Number  string
	Credits id.ID // of a credit note: the invoice it credits
	Client  id.ID
	Visit   id.ID
	Day     time.Time
	DueOn   time.Time
	// Currency and TaxIncluded are as they were then.
	Currency    money.Currency
	TaxIncluded bool
	Net, Tax    money.Amount
	ShareBP     int
	IssuedAt    time.Time
	IssuedBy    id.ID
	To          Person
	Note        string // of a credit note the reason
	// From headed it when it was issued, with no name where nothing was set up then.
	From practice.Letterhead
	// Settled is what payments and credit notes have settled, Credited what the credit notes alone have.
	Settled, Credited money.Amount
}

// Total is what the document comes to.
func (r InvoiceRow) Total() money.Amount { return r.Net + r.Tax }

// Due is what is left to pay of an invoice.
func (r InvoiceRow) Due() money.Amount { return r.Total() - r.Settled }

// InvoiceView is one document with its lines.
type InvoiceView struct {
	InvoiceRow
	Lines  []InvoiceLine
	ByRate []RateSum
	// Settlements are what was allocated to it, oldest first; CreditNotes what credits it.
	Settlements []Allocation
	CreditNotes []InvoiceRow
	// CreditsNumber and CreditsDay are, of a credit note, those of the invoice it credits.
	CreditsNumber string
	CreditsDay    time.Time
}

// InvoiceLine is a line as issued.
type InvoiceLine struct {
	ID, Charge, Patient, Item id.ID
	Name, Note                string
	PatientName               string
	Quantity                  money.Quantity
	Unit                      string
	Price                     money.Amount
	DiscountBP, ShareBP       int
	TaxClass                  id.ID
	Context, Species          string
	Rate                      money.Rate
	Amount, Net, Tax          money.Amount
	// Supplied is the day it was done or handed over, zero for that of the document.
	Supplied time.Time
	// CreditedAmount is how much of Amount credit notes took back.
	CreditedAmount money.Amount
}

// Allocation is what of a payment or a credit note settles which invoice. Negative ones take back.
type Allocation struct {
	ID, Invoice     id.ID
	Payment, Credit id.ID // one of them
	Amount          money.Amount
	At              time.Time
	By              id.ID
}

// NewCredit undoes an issued invoice or a part of it. Its id comes with the form.
type NewCredit struct {
	ID      id.ID
	Invoice id.ID
	// Lines are what is taken back of which line; none is all that is left of everything, which is to void it.
	Lines  []CreditLine
	Reason string
	// Then is Open or Declined: what becomes of charges that are wholly credited.
	Then string
	Day  time.Time
}

// CreditLine is a part of an issued line that is taken back: of its Amount.
type CreditLine struct {
	Line   id.ID
	Amount money.Amount
}
