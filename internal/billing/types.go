package billing

import (
	"time"

	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
)

// How tax is rounded.
const (
	ByLine     = "line"
	ByDocument = "document"
)

// Where a medicine goes, which tax may ask.
const (
	Administered = "administered"
	Dispensed    = "dispensed"
)

// Units are what prices are for, in the order they are offered.
var Units = []string{"each", "tablet", "ml", "g", "dose", "pack", "minute", "hour", "night", "km"}

// The states of a charge.
const (
	Open     = "open"
	Billed   = "billed"
	Free     = "free"
	Declined = "declined"
)

// The kinds of payment.
const (
	Payment = "payment"
	Deposit = "deposit"
	Refund  = "refund"
)

// The ways of paying.
const (
	Card     = "card"
	Cash     = "cash"
	Transfer = "transfer"
)

// Methods are the ways of paying in the order they are offered.
var Methods = []string{Card, Cash, Transfer}

// Settings are the money of one clinic.
type Settings struct {
	Currency    money.Currency `json:"currency"`
	TaxIncluded bool           `json:"tax_included"`
	TaxBy       string         `json:"tax_by"`    // ByLine or ByDocument
	CashStep    int64          `json:"cash_step"` // minor units that cash is rounded to; 1 for none
	DueDays     int            `json:"due_days"`
	Version     int64          `json:"-"`
}

// TaxClass is a rule by which something is taxed. A zero EndedAt says that it is offered.
type TaxClass struct {
	ID        id.ID
	Key, Name string
	EndedAt   time.Time
}

// TaxRate is a percentage from a day on until the next one of the same class, context and species.
type TaxRate struct {
	ID, Class id.ID
	// Context and Species narrow it, "" for all.
	Context, Species string
	Rate             money.Rate
	From             time.Time // a day, midnight UTC
}

// Taxes are the classes and rates of a clinic.
type Taxes struct {
	Classes []TaxClass
	Rates   []TaxRate // of each class the oldest first
}

// Item is a line of the price list.
type Item struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Unit     string       `json:"unit"`
	Price    money.Amount `json:"price"` // for one unit
	TaxClass id.ID        `json:"tax_class"`
	Context  string       `json:"context"`
	Barcode  string       `json:"barcode,omitempty"`
}

// ItemRow is an item as stored. A zero EndedAt says that it is sold.
type ItemRow struct {
	ID id.ID
	Item
	Version int64
	EndedAt time.Time
}

// Charge is something done or sold that must end billed, given free or declined.
type Charge struct {
	Patient id.ID `json:"patient"`
	// Client pays it alone; zero lets the shares of the patient's owners decide.
	Client id.ID `json:"client"`
	Visit  id.ID `json:"visit"`
	// Item is the line of the price list it came from, zero for one written by hand.
	Item     id.ID          `json:"item"`
	Name     string         `json:"name"`
	Note     string         `json:"note,omitempty"` // as on a label: "1 tablet twice a day"
	Quantity money.Quantity `json:"quantity"`
	Unit     string         `json:"unit"`
	Price    money.Amount   `json:"price"` // for one unit
	// DiscountBP is in basis points of the line.
	DiscountBP int       `json:"discount_bp"`
	TaxClass   id.ID     `json:"tax_class"`
	Context    string    `json:"context"`
	Day        time.Time `json:"day"` // of the clinic's calendar, midnight UTC
}

// ChargeRow is a charge as stored. Instants are UTC.
type ChargeRow struct {
	ID id.ID
	Charge
	Species string // of the patient
	State   string
	Version int64
	MadeAt  time.Time
	MadeBy  id.ID
	// Reason is why it was given free or declined.
	Reason   string
	lastMove id.ID
}

// Line is what a charge comes to.
type Line struct {
	ChargeRow
	Rate money.Rate
	// Amount is quantity x price less the discount; Net and Tax are it apart, or it and what comes on top.
	Amount, Net, Tax money.Amount
}

// Total is what is paid for the line.
func (l Line) Total() money.Amount { return l.Net + l.Tax }

// Bill is what open charges come to, before they are issued.
type Bill struct {
	Settings
	Lines    []Line
	Net, Tax money.Amount
	// ByRate is the tax of each rate, the highest first.
	ByRate []RateSum
	Payers []Payer
}

// RateSum is what one rate of tax came to.
type RateSum struct {
	Rate     money.Rate
	Net, Tax money.Amount
}

// Total is what the bill comes to.
func (b Bill) Total() money.Amount { return b.Net + b.Tax }

// Payer is one who gets an invoice for a part of a bill.
type Payer struct {
	Client   id.ID
	ShareBP  int // of the whole
	Parts    []Part
	Net, Tax money.Amount
}

// Total is what the payer's invoice comes to.
func (p Payer) Total() money.Amount { return p.Net + p.Tax }

// Part is a payer's share of a line.
type Part struct {
	Line             int // of the bill's lines
	ShareBP          int // of the line
	Amount, Net, Tax money.Amount
}

// Seen is a charge as a page showed it.
type Seen struct {
	Charge  id.ID
	Version int64
}

// NewPayment is money that comes in. Its id comes with the form.
type NewPayment struct {
	ID     id.ID
	Client id.ID
	Kind   string // Payment or Deposit
	Method string
	// Amount is what the account is credited with. Cash is rounded beside it, by the verb.
	Amount money.Amount
	Day    time.Time
	// To settles these invoices; what is left stands to the client's credit. A deposit has none.
	To   []Settle
	Note string
}

// Settle is an amount for an invoice.
type Settle struct {
	Invoice id.ID        `json:"invoice"`
	Amount  money.Amount `json:"amount"`
}

// NewRefund pays money back. Its id comes with the form.
type NewRefund struct {
	ID      id.ID
	Payment id.ID
	Method  string
	Amount  money.Amount
	Day     time.Time
	Reason  string
}

// PaymentRow is a payment as stored.
type PaymentRow struct {
	ID, Client   id.ID
	Kind, Method string
	// Amount is what the account was credited with (a refund: debited); Amount + Rounding what was in the hand.
	Amount, Rounding money.Amount
	Refunds          id.ID
	Day              time.Time
	Note             string // of a refund the reason
	At               time.Time
	By               id.ID
	// Allocated settles invoices, Refunded was paid back.
	Allocated, Refunded money.Amount
	// From headed its receipt when it was taken, with no name where nothing was set up then.
	From practice.Letterhead
	to   []Settle // as it was said when it was taken
}

// Unapplied is what of it stands to the client's credit.
func (p PaymentRow) Unapplied() money.Amount {
	if p.Kind == Refund {
		return 0
	}
	return p.Amount - p.Allocated - p.Refunded
}

// Account is what stands between a client and the clinic.
type Account struct {
	// Balance is what the client owes; below 0, what stands to their credit.
	Balance money.Amount
	// Credit is what of payments settles nothing yet.
	Credit money.Amount
	// Unpaid are the invoices with something left to pay, oldest first; Unapplied the payments with credit.
	Unpaid    []InvoiceRow
	Unapplied []PaymentRow
}

// Entry is a dated line of a statement.
type Entry struct {
	Source id.ID
	// Kind is "invoice", "credit-note", Payment, Deposit or Refund.
	Kind string
	// Number is of a document, Method of money.
	Number, Method string
	Day            time.Time
	At             time.Time
	// Amount is what the client owes more; Balance what they owe after it.
	Amount, Balance money.Amount
}

// Till is a day's money by the ways of paying.
type Till struct {
	Day time.Time
	// Tender is what the ledger says came in, less what was paid back; of a closed day, what it said then.
	Tender
	Closed *Closing // nil while it is open
	// Reopened are the times it was closed and opened again, the first one first.
	Reopened []Reopening
	// Empty says that nothing of the day is in the ledger.
	Empty bool
	// Payments are the day's, refunds too, in the order they were taken.
	Payments []PaymentRow
}

// Closing is a closed day.
type Closing struct {
	ID  id.ID
	Day time.Time
	// Expected is what the ledger said, Counted what was there: of cash without the float.
	Expected, Counted Tender
	Reason            string
	At                time.Time
	By                id.ID
}

// Reopening is that a closed day was opened again.
type Reopening struct {
	ID, Closing id.ID
	Reason      string
	At          time.Time
	By          id.ID
}

// Tender is an amount for each way of paying.
type Tender struct {
	Cash     money.Amount `json:"cash"`
	Card     money.Amount `json:"card"`
	Transfer money.Amount `json:"transfer"`
}

// Total is all of it.
func (t Tender) Total() money.Amount { return t.Cash + t.Card + t.Transfer }

// Estimate is a sum offered before the work.
type Estimate struct {
	Patient, Client, Visit id.ID
	Low, High              money.Amount // with tax
	Title, Note            string
	Lines                  []EstimateLine
}

// EstimateLine is what the sums of an estimate are made of.
type EstimateLine struct {
	Item id.ID        `json:"item"`
	Name string       `json:"name"`
	Low  money.Amount `json:"low"` // with tax
	High money.Amount `json:"high"`
}

// EstimateRow is an estimate as stored.
type EstimateRow struct {
	ID id.ID
	Estimate
	Version  int
	Replaces id.ID
	Currency money.Currency
	MadeAt   time.Time
	MadeBy   id.ID
	// Replaced says that a later one stands for the same work.
	Replaced bool
	// From headed it when it was made, with no name where nothing was set up then.
	From practice.Letterhead
}

// OpenTotal is what the open charges of a visit come to.
type OpenTotal struct {
	Count int
	Total money.Amount
}
