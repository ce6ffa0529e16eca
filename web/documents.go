package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/paper"
	"paddock/internal/practice"
	"paddock/views"
)

// letterCountries print on Letter; all others on A4 (ISO 216).
var letterCountries = map[string]bool{"US": true, "CA": true, "MX": true, "PH": true, "CL": true, "CO": true, "CR": true, "GT": true, "PA": true, "DO": true}

func (v *visit) paperSize() string {
	if letterCountries[v.clinic.Country()] {
		return paper.Letter
	}
	return paper.A4
}

// document is the frame of all that is printed, under the letterhead that held when it was issued.
func (v *visit) document(kind, number string, from practice.Letterhead) views.Document {
	return views.Document{
		Page: v.page("bills"), Kind: kind, Number: number, Paper: v.paperSize(), From: v.headLines(from), Foot: paperLines(from.Footer),
		Printed: "Printed " + v.now().Format(dayForm) + " " + v.minute(v.now()) + " by " + v.current.Person.Name,
	}
}

// billColumns are those of a bill. What stands in them is without the tax; where prices have it in them, the last one
// is with it (Directive 2006/112/EC, article 226, points 8 to 10).
func (v *visit) billColumns(included bool) []views.DocumentColumn {
	tax := v.taxShort()
	if !included {
		return []views.DocumentColumn{
			{Word: "Item", Narrow: true}, {Word: "Qty", Number: true, Narrow: true}, {Word: "Each", Number: true}, {Word: tax, Number: true}, {Word: "Amount", Number: true, Narrow: true},
		}
	}
	return []views.DocumentColumn{
		{Word: "Item", Narrow: true},
		{Word: "Qty", Number: true, Narrow: true},
		{Word: "Each net", Number: true},
		{Word: "Net", Number: true},
		{Word: tax, Number: true},
		{Word: "With " + tax, Number: true, Narrow: true},
	}
}

// billed is a line of a bill as far as its cells go.
type billed struct {
	name               string
	quantity           money.Quantity
	unit               string
	price, amount, net money.Amount
	rate               money.Rate
}

func (v *visit) billCells(c money.Currency, included bool, l billed) []string {
	cells := []string{l.name, v.quantity(l.quantity) + unitSigns[l.unit]}
	if !included {
		return append(cells, v.sum(c, l.price), v.percent(l.rate), v.sum(c, l.amount))
	}
	return append(cells, v.sum(c, l.price.NetOf(l.rate)), v.sum(c, l.net), v.percent(l.rate), v.sum(c, l.amount))
}

// invoiceDocument is an invoice or a credit note as it was issued.
func (v *visit) invoiceDocument(inv billing.InvoiceView) views.Document {
	kind := "Invoice"
	if !inv.Credits.IsZero() {
		kind = "Credit note"
	}
	d := v.document(kind, inv.Number, inv.From)
	d.To, d.Columns = addressOf(inv.To), v.billColumns(inv.TaxIncluded)
	d.Facts = []views.Total{{Label: "Date", Value: dated(inv.Day)}}
	supplied := suppliedOn(inv)
	if inv.Credits.IsZero() {
		if !supplied.IsZero() {
			d.Facts = append(d.Facts, views.Total{Label: "Supplied", Value: dated(supplied)})
		}
		d.Facts = append(d.Facts, views.Total{Label: "Due", Value: dated(inv.DueOn)})
		d.Pay = paperLines(inv.From.Bank)
	} else {
		d.Facts = append(d.Facts, views.Total{Label: "Credits", Value: inv.CreditsNumber}, views.Total{Label: "of", Value: dated(inv.CreditsDay)})
	}
	if inv.ShareBP < money.WholeBP {
		d.Facts = append(d.Facts, views.Total{Label: "Your part", Value: v.basis(inv.ShareBP)})
	}
	var groups lineGroups
	for _, l := range inv.Lines {
		sub := l.Note
		if l.DiscountBP > 0 {
			sub = join(sub, v.basis(l.DiscountBP)+" off")
		}
		if l.ShareBP < money.WholeBP {
			sub = join(sub, v.basis(l.ShareBP)+" of "+v.sum(inv.Currency, l.Price.Times(l.Quantity, l.DiscountBP)))
		}
		if supplied.IsZero() && !l.Supplied.IsZero() {
			sub = join(sub, dated(l.Supplied))
		}
		groups.add(l.Patient, l.PatientName, views.DocumentLine{Sub: sub, Cells: v.billCells(inv.Currency, inv.TaxIncluded, billed{
			l.Name, l.Quantity, l.Unit, l.Price, l.Amount, l.Net, l.Rate,
		})})
	}
	d.Groups = groups.list
	d.Totals = v.documentTotals(inv.Currency, inv.Net, inv.Tax)
	d.Due = views.Total{Label: "Total", Value: v.sum(inv.Currency, inv.Total())}
	d.Taxes = v.taxLines(inv.Currency, inv.ByRate)
	if inv.Note != "" && !inv.Credits.IsZero() {
		d.Notes = append(d.Notes, "Reason: "+inv.Note)
	} else if inv.Note != "" {
		d.Notes = append(d.Notes, inv.Note)
	}
	return d
}

// suppliedOn is the one day everything of a document was done on, zero where that is its own or there are several.
func suppliedOn(inv billing.InvoiceView) time.Time {
	if len(inv.Lines) == 0 {
		return time.Time{}
	}
	for _, l := range inv.Lines {
		if !l.Supplied.Equal(inv.Lines[0].Supplied) {
			return time.Time{}
		}
	}
	return inv.Lines[0].Supplied
}

// lineGroups put lines under the animal they are about, in the order they come.
type lineGroups struct {
	list []views.DocumentGroup
	at   map[id.ID]int
}

func (g *lineGroups) add(patient id.ID, head string, l views.DocumentLine) {
	n, ok := g.at[patient]
	if !ok {
		if g.at == nil {
			g.at = map[id.ID]int{}
		}
		n = len(g.list)
		g.at[patient], g.list = n, append(g.list, views.DocumentGroup{Head: head})
	}
	g.list[n].Lines = append(g.list[n].Lines, l)
}

func (v *visit) documentTotals(c money.Currency, net, tax money.Amount) []views.Total {
	return []views.Total{{Label: "Net", Value: v.sum(c, net)}, {Label: sentence(v.taxWord()), Value: v.sum(c, tax)}}
}

func (v *visit) taxLines(c money.Currency, sums []billing.RateSum) (out []views.TaxLine) {
	for _, r := range sums {
		out = append(out, views.TaxLine{Rate: sentence(v.taxWord()) + " " + v.percent(r.Rate), Net: v.sum(c, r.Net), Tax: v.sum(c, r.Tax)})
	}
	return out
}

// addressOf are the lines of whom a document was made out to.
func addressOf(p billing.Person) (lines []string) {
	for _, line := range []string{p.Name, p.Street, strings.TrimSpace(p.City + " " + p.Postcode), p.Region, p.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// draftDocument is a bill that is not issued yet.
func (v *visit) draftDocument(c checkout, from practice.Letterhead) views.Document {
	d := v.document("Bill", "", from)
	d.Draft, d.Columns = "Draft, not an invoice", v.billColumns(c.bill.TaxIncluded)
	d.Back, d.BackTo = checkoutPath(c.card.ID), "Check out"
	d.Facts = []views.Total{{Label: "Date", Value: dated(v.today())}}
	for _, p := range c.bill.Payers {
		name := c.clients[p.Client].Name()
		d.To = append(d.To, name)
		if len(c.bill.Payers) > 1 {
			d.Facts = append(d.Facts, views.Total{Label: name, Value: v.sum(c.bill.Currency, p.Total())})
		}
	}
	var groups lineGroups
	for _, l := range c.bill.Lines {
		sub := l.Note
		if l.DiscountBP > 0 {
			sub = join(sub, v.basis(l.DiscountBP)+" off")
		}
		groups.add(l.Patient, c.animals[l.Patient].Called(), views.DocumentLine{Sub: sub, Cells: v.billCells(c.bill.Currency, c.bill.TaxIncluded, billed{
			l.Name, l.Quantity, l.Unit, l.Price, l.Amount, l.Net, l.Rate,
		})})
	}
	d.Groups = groups.list
	d.Totals = v.documentTotals(c.bill.Currency, c.bill.Net, c.bill.Tax)
	d.Due = views.Total{Label: "Total", Value: v.sum(c.bill.Currency, c.bill.Total())}
	d.Taxes = v.taxLines(c.bill.Currency, c.bill.ByRate)
	return d
}

// receiptDocument says what money came in, or went back out.
func (v *visit) receiptDocument(r receipt) views.Document {
	p, c := r.PaymentRow, r.settings.Currency
	kind, word := "Receipt", "Received "
	if p.Kind == billing.Refund {
		kind, word = "Refund", "Paid back "
	}
	d := v.document(kind, "", p.From)
	d.To = addressOf(personOf(r.client.Client))
	d.Facts = []views.Total{{Label: "Date", Value: dated(p.Day)}, {Label: word[:len(word)-1], Value: methodWords[p.Method]}}
	d.Totals = []views.Total{{Label: word + methodWords[p.Method], Value: v.sum(c, p.Amount)}}
	if p.Rounding != 0 {
		d.Totals = append(d.Totals, views.Total{Label: "Rounded for cash", Value: v.sum(c, p.Rounding)})
	}
	d.Due = views.Total{Label: "Total", Value: v.sum(c, p.Amount+p.Rounding)}
	if p.Note != "" {
		d.Notes = []string{p.Note}
	}
	for _, one := range r.settled {
		d.Notes = append(d.Notes, v.sum(c, one.Amount)+" of it is for invoice "+one.Number+".")
	}
	if credit := p.Unapplied(); credit > 0 {
		d.Notes = append(d.Notes, v.sum(c, credit)+" stands to the credit of the account.")
	}
	return d
}

// pdf sends a document as a file. Its name is fixed, so that no clinic data stands in a header; what is the
// same is the same to the byte.
func (v *visit) pdf(name string, d views.Document) answer {
	p := paper.Document{
		Size: d.Paper, Kind: d.Kind, Number: d.Number, Draft: d.Draft, About: d.About, From: d.From, To: d.To, Notes: append(slices.Clone(d.Notes), d.Pay...),
		Foot: d.Foot, Printed: d.Printed,
		Facts: pairs(d.Facts), Totals: pairs(d.Totals), Due: paper.Pair(d.Due), Lang: "en-GB", At: v.now(),
	}
	for _, c := range d.Columns {
		p.Columns = append(p.Columns, paper.Column{Word: c.Word, Number: c.Number})
	}
	for _, g := range d.Groups {
		group := paper.Group{Head: g.Head}
		for _, l := range g.Lines {
			group.Lines = append(group.Lines, paper.Line(l))
		}
		p.Groups = append(p.Groups, group)
	}
	for _, t := range d.Taxes {
		p.Taxes = append(p.Taxes, paper.Tax(t))
	}
	return answer{download: &download{name: name + ".pdf", kind: "application/pdf", write: p.Write}}
}

func pairs(list []views.Total) (out []paper.Pair) {
	for _, t := range list {
		out = append(out, paper.Pair(t))
	}
	return out
}

// documentLink leads to an issued document.
func (v *visit) documentLink(r billing.InvoiceRow) views.DocumentLink {
	path := "/invoices/" + r.ID.String()
	title := "Invoice " + r.Number
	if !r.Credits.IsZero() {
		title = "Credit note " + r.Number
	}
	line := dated(r.Day) + ", " + r.To.Name
	if due := r.Due(); r.Credits.IsZero() && due > 0 && due < r.Total() {
		line += ", " + v.sum(r.Currency, due) + " to pay"
	}
	return views.DocumentLink{Href: path, PDF: path + "/pdf", Title: title, Line: line, Amount: v.sum(r.Currency, r.Total()), State: v.billState(r)}
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
