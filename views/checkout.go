package views

import "paddock/views/ui"

// Checkout is the bill of a visit before it is issued, what is to be done before they go, and the panel that
// takes the money. All amounts are in words of the clinic's currency.
type Checkout struct {
	Page ui.Page
	// Names are the animals and the owner's surname: "Biscuit and Clover Thompson".
	Names string
	// Line says how the visit stands, "" while there is nothing to say.
	Line   string
	Alerts []AlertLine
	// Animals are those with something on the bill, that of the visit first.
	Animals []BillAnimal
	// Estimate is how the bill stands to what was offered, nil where nothing was.
	Estimate *BillEstimate
	// EstimateHref and PreviewHref are "" where there is nothing to make or to see.
	EstimateHref, PreviewHref string
	// Add is nil for those who may not add to a bill.
	Add    *AddItem
	Todo   []Todo
	Panel  PayPanel
	Next   []DeskNext
	Issued []DocumentLink
	// Changed is the sentence of 409: why nothing was done.
	Changed string
}

// BillAnimal is one animal's part of a bill.
type BillAnimal struct {
	Species, Name, Line string
	Lines               []BillLine
}

// BillLine is one act or thing of a bill.
type BillLine struct {
	Name, Sub, By, Quantity, Each, Amount string
	// Href leads to its form, "" for those who may not change it.
	Href string
	// Crosses says that the bill goes over its estimate with this line.
	Crosses string
	// Settled says how it ended without being billed: "Given free: colleague's dog".
	Settled string
}

// BillEstimate is how a bill stands to its estimate.
type BillEstimate struct {
	Href, Words string
	// Over says that the high mark is crossed.
	Over bool
}

// AddItem is the form that puts something on the bill.
type AddItem struct {
	Page ui.Page
	// Action is "/visits/{id}/charges", Find what answers with what the typed letters begin.
	Action, Find string
	// ID is that of the charge.
	ID              string
	Typed, Quantity string
	// Patients are whom it can be for; one alone is not asked about.
	Patients []ui.Option
	Patient  string
	// Choices are what the typed words may mean, where they mean more than one thing.
	Choices []Item
	// Focus puts the cursor here again, for the next item.
	Focus    bool
	Mistakes ui.Mistakes
}

// Item is one line of the price list to choose from.
type Item struct {
	ID, Code, Name, Price string
}

// Items are what a few letters found in the price list.
type Items struct {
	Query string
	Rows  []Item
}

// Todo is one thing of "Before they go".
type Todo struct {
	Icon, Title, Line string
	Done              bool
	// Href and Act are the link that does it, "" for none.
	Href, Act string
}

// DeskNext is somebody else who is ready to go.
type DeskNext struct {
	Href, Name, Surname, Since, Amount string
}

// DocumentLink leads to something issued.
type DocumentLink struct {
	Href, PDF, Title, Line, Amount string
	State                          DocumentState
}

// DocumentState is how a document stands in a word.
type DocumentState struct {
	Status, Icon, Word string
}

// Total is one line below a bill.
type Total struct {
	Label, Value string
}

// PayPanel shows what is to pay, and takes it.
type PayPanel struct {
	Page ui.Page
	// Name is who pays, Href their account and Phone their first number, "" where there is none.
	Name, Href, Phone, Tel string
	Totals                 []Total
	Due                    Total
	// Form is nil where there is nothing to issue, or for those who may not.
	Form *PayForm
	// Hint stands where there is no form: why. OwnersHref is where an owner is linked to who has none, else "".
	Hint, OwnersHref string
	// Owed are invoices of the visit with something left to pay.
	Owed []Owed
	// Closed says that the till takes nothing, nil while it does.
	Closed *TillClosed
}

// Owed is an invoice with something left to pay; Href leads to where it is taken, "" for those who may not.
type Owed struct{ Number, Name, Amount, Href string }

// PayForm issues a bill and takes a payment for it.
type PayForm struct {
	Page ui.Page
	// Action is "/visits/{id}/invoices".
	Action string
	// ID makes one press one payment; Seen is the bill as it was shown, so that another is not issued.
	ID   string
	Seen []SeenCharge
	// Payers share the bill; one alone is not asked about.
	Payers []Payer
	Payer  string
	// Method is "card", "cash", "transfer" or "split".
	Method string
	Amount string
	// Card, Cash and Transfer are the parts of a split payment, Given the notes and coins handed over.
	Card, Cash, Transfer, Given string
	// Symbol stands in labels: "£". Due is what the button says, DueCash the same as cash can pay it.
	Symbol, Due, DueCash string
	// Minor is the amount in minor units, Step what cash is rounded to, Places how many decimals there are.
	Minor, Step, Places string
	// Nothing says that nothing is to be taken: the bill is covered, or there is none.
	Nothing bool
	// Free says that there is no bill at all, and the visit only ends.
	Free bool
	// Credit is what stands to the client's account and can be used.
	Credit   string
	Mistakes ui.Mistakes
}

// SeenCharge is a line of the bill with its version, as the page shows it.
type SeenCharge struct {
	ID, Version string
}

// Payer is one of several who share a bill.
type Payer struct {
	ID, Name, Share, Amount string
	// Way is how they pay: "card", "cash", "transfer" or "later". Value is the amount as it is typed.
	Way, Value string
}

// ChargeForm changes one line of an open bill.
type ChargeForm struct {
	Page ui.Page
	// Action is "/charges/{id}", ResolveAction "/charges/{id}/resolution".
	Action, ResolveAction string
	// Name is what it is, For whom, Line who noted it and when.
	Name, For, Line string
	// NewID is of the second form, Visit whose bill it is changed from, "" for its own.
	Version, NewID, Visit string
	Back                  string
	// State is "open", "free" or "declined"; Reason why it is not billed.
	State, Reason string
	// Quantity, Price and Discount are as typed; Unit and Symbol stand in labels.
	Quantity, Price, Discount, Note string
	Unit, Symbol                    string
	// As and Why are the second form's: how it ends without being billed.
	As, Why string
	// Changed says that somebody else changed it meanwhile, and what is shown is theirs.
	Changed string
	// Mistakes are of the first form, Wrong of the second.
	Mistakes, Wrong ui.Mistakes
}

func (v Checkout) page() ui.Page {
	p := keyed(v.Page, when(v.Add != nil, "a", "Add an item")...)
	p = keyed(p, when(v.PreviewHref != "", "p", "Preview the bill")...)
	var m ui.Mistakes
	if v.Add != nil {
		m = append(m, v.Add.Mistakes...)
	}
	if v.Panel.Form != nil {
		m = append(m, v.Panel.Form.Mistakes...)
	}
	return titled(p, v.title(), m)
}

func (v Checkout) title() string { return "Check out, " + v.Names }

// done is how many things of the list are done.
func (v Checkout) done() int {
	n := 0
	for _, t := range v.Todo {
		if t.Done {
			n++
		}
	}
	return n
}

// empty says that nothing is on the bill.
func (v Checkout) empty() bool {
	for _, a := range v.Animals {
		if len(a.Lines) > 0 {
			return false
		}
	}
	return true
}

func (v ChargeForm) title() string { return v.Name + ", " + v.For }

func (v ChargeForm) page() ui.Page {
	return titled(v.Page, v.title(), append(append(ui.Mistakes{}, v.Mistakes...), v.Wrong...))
}

// checked are the ways to pay of a form, in order.
var payMethods = []struct{ value, label, icon string }{
	{"card", "Card", "card"}, {"cash", "Cash", "cash"}, {"transfer", "Transfer", "bank"}, {"split", "Split", "split"},
}

// shareMethods are those of one of several payers.
var shareMethods = []ui.Option{{Value: "card", Label: "By card"}, {Value: "cash", Label: "In cash"}, {Value: "transfer", Label: "By transfer"}, {Value: "later", Label: "Later, on their account"}}
