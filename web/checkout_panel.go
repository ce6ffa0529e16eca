package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"paddock/internal/access"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// payPanel is what is to pay and the form that takes it.
func (v *visit) payPanel(c checkout) views.PayPanel {
	panel := views.PayPanel{Page: v.page("bills"), Name: "Owner not known"}
	payer := c.payer()
	if client, ok := c.clients[payer]; ok {
		panel.Name, panel.Href = client.Name(), accountPath(payer)
		if len(client.Phones) > 0 {
			panel.Phone, panel.Tel = client.Phones[0].Number, dialled(client.Phones[0].Number)
		}
	}
	cur := c.bill.Currency
	if len(c.bill.Lines) > 0 {
		panel.Totals = v.billTotals(c.bill.Settings, c.bill.Net, c.bill.Tax)
	}
	may, due, credit := v.may(access.BillWrite), c.due(payer), c.credit(payer)
	if len(c.bill.Payers) > 1 {
		panel.Totals = append(panel.Totals, views.Total{Label: "Shared by " + strconv.Itoa(len(c.bill.Payers)), Value: ""})
	}
	if credit > 0 && len(c.bill.Lines) > 0 {
		panel.Totals = append(panel.Totals, views.Total{Label: "Credit on account", Value: v.sum(cur, -credit)})
	}
	v.owed(&panel, c)
	switch {
	case len(c.bill.Lines) == 0 && c.card.State == scheduling.Done:
		panel.Hint = "They have gone home, and nothing of this visit is left to pay."
		if len(panel.Owed) > 0 {
			panel.Hint = "They have gone home, and this is still to pay."
		}
	case len(c.bill.Lines) == 0 && c.card.State != scheduling.Ready && c.card.State != scheduling.Billed:
		panel.Hint = "Nothing is on the bill yet."
	case len(c.bill.Lines) > 0 && len(c.bill.Payers) == 0:
		panel.Hint = "Nobody is known who pays for " + c.card.Patient.Called() + "."
		if v.may(access.PatientWrite) {
			panel.OwnersHref = "/patients/" + c.card.PatientID.String() + "/owners"
		}
	case !may:
		panel.Due = views.Total{Label: "To pay", Value: v.sum(cur, due)}
	default:
		form := v.payForm(c, payer, due)
		panel.Form = &form
		if v.r.Method == http.MethodGet && !form.Free {
			panel.Closed = v.tillClosed(c.shut)
		}
		if !form.Free {
			panel.Due = views.Total{Label: "To pay", Value: v.sum(cur, due)}
		}
		if !c.leaves() && len(c.bill.Lines) > 0 {
			panel.Hint = c.card.Patient.Called() + " is not ready to go home yet: the bill is issued, and the visit goes on."
		}
	}
	return panel
}

// owed adds what is left to pay of the invoices of the visit: it is taken on the account of who owes it.
func (v *visit) owed(panel *views.PayPanel, c checkout) {
	for _, r := range c.issued {
		if !r.Credits.IsZero() || r.Due() <= 0 {
			continue
		}
		one := views.Owed{Number: r.Number, Name: r.To.Name, Amount: v.sum(r.Currency, r.Due())}
		if v.may(access.BillWrite) {
			one.Href = accountPath(r.Client) + "?bill=" + r.ID.String()
		}
		panel.Owed = append(panel.Owed, one)
	}
}

// billTotals is what stands above the sum: the tax in it, or what comes on top.
func (v *visit) billTotals(s billing.Settings, net, tax money.Amount) []views.Total {
	if s.TaxIncluded {
		return []views.Total{{Label: fmt.Sprintf("Bill, %s %s included", v.taxWord(), v.sum(s.Currency, tax)), Value: v.sum(s.Currency, net+tax)}}
	}
	return []views.Total{{Label: "Bill", Value: v.sum(s.Currency, net)}, {Label: sentence(v.taxWord()), Value: v.sum(s.Currency, tax)}}
}

// taxWord is what the tax on sales is called where the clinic is.
func (v *visit) taxWord() string {
	switch v.clinic.Country() {
	case "US":
		return "sales tax"
	case "CA", "AU", "NZ", "SG", "IN":
		return "GST"
	}
	return "VAT"
}

// taxShort is the same in the head of a column.
func (v *visit) taxShort() string {
	if word := v.taxWord(); word != "sales tax" {
		return word
	}
	return "Tax"
}

// leaves reports whether the visit can end with the bill.
func (c checkout) leaves() bool {
	return c.card.State == scheduling.Ready || c.card.State == scheduling.Billed || c.card.State == scheduling.Done
}

// payer is who pays now: as the form said, else the client of the visit where they share the bill, else the first.
func (c checkout) payer() id.ID {
	all := c.payers()
	for _, wanted := range []string{c.pay.Payer, c.card.ClientID.String()} {
		for _, one := range all {
			if one.String() == wanted {
				return one
			}
		}
	}
	if len(all) == 0 {
		return id.ID{}
	}
	return all[0]
}

// credit is what of a payer's credit the bill uses.
func (c checkout) credit(payer id.ID) money.Amount {
	return min(c.accounts[payer].Credit, c.total(payer))
}

func (c checkout) total(payer id.ID) money.Amount {
	for _, p := range c.bill.Payers {
		if p.Client == payer {
			return p.Total()
		}
	}
	return 0
}

// due is what a payer has to pay now.
func (c checkout) due(payer id.ID) money.Amount { return c.total(payer) - c.credit(payer) }

func (v *visit) payForm(c checkout, payer id.ID, due money.Amount) views.PayForm {
	f, cur := c.pay, c.bill.Currency
	f.Page, f.Action, f.Seen = v.page("bills"), "/visits/"+c.card.ID.String()+"/invoices", seenCharges(c.bill.Lines)
	f.Payer, f.Symbol = payer.String(), cur.Sign()
	f.Due, f.DueCash = v.sum(cur, due), v.sum(cur, due.ToStep(c.bill.CashStep))
	f.Minor, f.Step, f.Places = strconv.FormatInt(int64(due), 10), strconv.FormatInt(c.bill.CashStep, 10), strconv.Itoa(cur.Exponent())
	f.Free, f.Nothing = len(c.bill.Lines) == 0, due == 0
	sent := f.Payers
	f.Payers = nil
	for _, p := range c.bill.Payers {
		one := views.Payer{ID: p.Client.String(), Name: c.clients[p.Client].Name(), Share: v.basis(p.ShareBP), Amount: v.sum(cur, c.due(p.Client)), Value: v.typedSum(cur, c.due(p.Client))}
		if credit := c.credit(p.Client); credit > 0 {
			one.Share = join(one.Share, v.sum(cur, credit)+" from credit")
		}
		one.Way = payLater
		if p.Client == payer {
			one.Way = billing.Card
		}
		if at := slices.IndexFunc(sent, func(was views.Payer) bool { return was.ID == one.ID }); at >= 0 && len(c.bill.Payers) > 1 {
			one.Way, one.Value = sent[at].Way, sent[at].Value
		}
		f.Payers = append(f.Payers, one)
		f.Nothing = f.Nothing && c.due(p.Client) == 0
	}
	if f.ID == "" { // not as it was sent
		f.ID, f.Method = id.New().String(), billing.Card
		if len(c.bill.Payers) < 2 {
			f.Amount = v.typedSum(cur, due)
		}
	}
	return f
}

// addView is the form that puts something on the bill.
func (v *visit) addView(c checkout) *views.AddItem {
	f := c.add
	f.Page, f.Action, f.Find = v.page("bills"), "/visits/"+c.card.ID.String()+"/charges", "/prices/found"
	if f.ID == "" {
		f.ID, f.Quantity = id.New().String(), "1"
	}
	if f.Patient == "" {
		f.Patient = c.card.PatientID.String()
	}
	f.Patients = append(f.Patients, optionOf(c.card.PatientID, c.card.Patient.Called()))
	for _, a := range c.mine {
		if a.ID != c.card.PatientID && a.Until.IsZero() && a.Status != registry.Deceased {
			f.Patients = append(f.Patients, optionOf(a.ID, a.Called()))
		}
	}
	return &f
}
