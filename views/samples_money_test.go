package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func checkout() views.Checkout {
	p := vet()
	p.Here, p.Bills = "bills", true
	return views.Checkout{
		Page: p, Names: "Biscuit and Clover Thompson", PreviewHref: "/visits/1/preview",
		Alerts: []views.AlertLine{{Level: "stop", Lead: "Biscuit: Allergy:", Text: "penicillins"}},
		Animals: []views.BillAnimal{
			{Species: "dog", Name: "Biscuit", Line: "consult today 10:05", Lines: []views.BillLine{
				{Name: "Consultation", Sub: "10 % off", By: "Nwosu", Quantity: "1", Each: "£52.00", Amount: "£46.80", Href: "/charges/1/edit?visit=1"},
				{Name: "Oclacitinib 16 mg tablets", Sub: "One tablet twice a day for 14 days", By: "Nwosu", Quantity: "28", Each: "£2.15", Amount: "£60.20", Crosses: "The bill goes over the estimate here"},
				{Name: "Nail clip", By: "Nwosu", Quantity: "1", Each: "£12.00", Amount: "£12.00", Settled: "Given free: while asleep", Href: "/charges/3/edit?visit=1"},
			}},
			{Species: "cat", Name: "Clover", Line: "also open", Lines: []views.BillLine{{Name: "Worming tablet, cat 4–8 kg", By: "Shah", Quantity: "1", Each: "£8.40", Amount: "£8.40"}}},
		},
		Estimate: &views.BillEstimate{Href: "/estimates/1", Words: "Inside estimate £170.00–£195.00"},
		Add: &views.AddItem{
			Page: p, Action: "/visits/1/charges", Find: "/prices/found", ID: "018f", Quantity: "1",
			Patients: []ui.Option{{Value: "1", Label: "Biscuit"}, {Value: "2", Label: "Clover"}}, Patient: "1",
		},
		Todo: []views.Todo{
			{Icon: "board", Title: "Next visit is booked", Line: "Tue 31-Mar-2026 10:00", Done: true},
			{Icon: "ask", Title: "Weigh Biscuit", Line: "Left open at check-in", Href: "/patients/1", Act: "Open record"},
		},
		Panel: views.PayPanel{
			Page: p, Name: "Helen Thompson", Href: "/clients/1/account", Phone: "07700 900142", Tel: "+447700900142",
			Totals: []views.Total{{Label: "Bill, VAT £31.01 included", Value: "£186.05"}, {Label: "Credit on account", Value: "−£20.00"}},
			Due:    views.Total{Label: "To pay", Value: "£166.05"},
			Form: &views.PayForm{
				Page: p, Action: "/visits/1/invoices", ID: "018f", Seen: []views.SeenCharge{{ID: "1", Version: "1"}}, Payers: []views.Payer{{ID: "1", Name: "Helen Thompson"}}, Payer: "1",
				Method: "card", Amount: "166.05", Symbol: "£", Due: "£166.05", DueCash: "£166.05", Minor: "16605", Step: "1", Places: "2",
			},
		},
		Next: []views.DeskNext{{Href: "/visits/2/check-out", Name: "Rex", Surname: "Hughes", Since: "ready 4 min", Amount: "£118.75"}},
	}
}

// sharedCheckout is of a bill that two pay, sent with mistakes.
func sharedCheckout() views.Checkout {
	v := checkout()
	v.Estimate.Over, v.Estimate.Words, v.Changed = true, "Over estimate £70.00–£95.00", "Somebody else changed this bill meanwhile."
	v.Add.Typed, v.Add.Choices = "con", []views.Item{{ID: "1", Code: "CONS", Name: "Consultation", Price: "£52.00"}, {ID: "2", Code: "CONS-R", Name: "Recheck", Price: "£31.00"}}
	v.Add.Mistakes = ui.Mistakes{{Name: "item", Message: "“con” is more than one thing: choose which"}}
	f := v.Panel.Form
	f.Payers = []views.Payer{{ID: "1", Name: "Helen Thompson", Share: "50 %", Amount: "£83.02", Value: "83.02"}, {ID: "2", Name: "Anna Quill", Share: "50 %", Amount: "£83.03", Value: "83.03"}}
	f.Payers[0].Way, f.Payers[1].Way = "card", "later"
	f.Method, f.Amount = "card", ""
	v.Panel.Closed = &views.TillClosed{Words: "The till of today is closed: it takes no bills and no money.", Ask: "Ask Joanne Webb to open it again."}
	return v
}

func mistakenPayment() views.Checkout {
	v := checkout()
	f := v.Panel.Form
	f.Method, f.Given, f.Mistakes = "cash", "100", ui.Mistakes{{Name: "given", Message: "That is less than the £166.05 to pay in cash"}}
	return v
}

// goneHome is a visit whose bill was issued and paid.
func goneHome() views.Checkout {
	v := checkout()
	v.Animals, v.Add, v.Todo, v.Estimate, v.PreviewHref = nil, nil, nil, nil, ""
	v.Line = "went home today 10:41"
	v.Panel = views.PayPanel{Page: v.Page, Name: "Helen Thompson", Hint: "They have gone home, and this is still to pay.", Owed: []views.Owed{{Number: "INV-1042", Name: "Helen Thompson", Amount: "£46.80", Href: "/clients/1/account?bill=1"}}}
	v.Issued = []views.DocumentLink{{
		Href: "/invoices/1", PDF: "/invoices/1/pdf", Title: "Invoice INV-1042", Line: "24-Mar-2026, Helen Thompson", Amount: "£186.05",
		State: views.DocumentState{Status: "ready", Icon: "check", Word: "Paid"},
	}}
	return v
}

func chargeForm(state string) views.ChargeForm {
	return views.ChargeForm{
		Page: vet(), Action: "/charges/1", ResolveAction: "/charges/1/resolution", Name: "Consultation", For: "Biscuit", Line: "Dr Amara Nwosu, Today 10:05",
		Version: "2", NewID: "018f", Visit: "1", Back: "/visits/1/check-out", State: state, Quantity: "1", Price: "52.00", Discount: "10 %", Unit: "each", Symbol: "£",
	}
}

func mistakenCharge() views.ChargeForm {
	v := chargeForm("open")
	v.Changed = "Somebody else changed this bill meanwhile."
	v.Mistakes = ui.Mistakes{{Name: "quantity", Message: "Enter how much, more than 0"}}
	return v
}

func bills() views.Bills {
	return views.Bills{
		Page: vet(), TillHref: "/till", Older: "/invoices?before=1", DraftsMore: true,
		Filters: []views.Filter{{Href: "/invoices", Word: "All", Here: true}, {Href: "/invoices?state=overdue", Word: "Overdue"}},
		Drafts:  []views.DraftBill{{Href: "/visits/1/check-out", Name: "Biscuit Thompson", Line: "3 lines since 24-Mar-2026", Amount: "£118.75"}},
		Rows: []views.BillRow{
			{Href: "/invoices/1", Number: "INV-1042", Client: "Helen Thompson", ClientHref: "/clients/1/account", Day: "24-Mar-2026", At: "2026-03-24T10:41:00Z", Due: "24-Mar-2026", Total: "£186.05", Open: "£0.00", State: views.DocumentState{Status: "ready", Icon: "check", Word: "Paid"}},
			{Href: "/invoices/2", Number: "CN-7", Client: "Otto Becker", Day: "23-Mar-2026", At: "2026-03-23T10:41:00Z", Total: "£40.00", State: views.DocumentState{Status: "booked", Icon: "till", Word: "Credit note"}},
		},
	}
}

func document() views.Document {
	return views.Document{
		Page: vet(), Kind: "Invoice", Number: "INV-1042", From: []string{"Oakvale Vets", "York"}, To: []string{"Helen Thompson", "8 Priory Row", "York YO1 7QQ"},
		Facts:   []views.Total{{Label: "Date", Value: "24-Mar-2026"}},
		Columns: []views.DocumentColumn{{Word: "Item", Narrow: true}, {Word: "Qty", Number: true, Narrow: true}, {Word: "Each", Number: true}},
		Groups:  []views.DocumentGroup{{Head: "Biscuit", Lines: []views.DocumentLine{{Cells: []string{"Consultation", "1", "£46.80"}, Sub: "10 % off"}}}},
		Totals:  []views.Total{{Label: "Net", Value: "£39.00"}}, Due: views.Total{Label: "Total", Value: "£46.80"},
		Taxes: []views.TaxLine{{Rate: "VAT 20 %", Net: "£39.00", Tax: "£7.80"}}, Notes: []string{"Thank you"}, Printed: "Printed 24-Mar-2026 10:41 by Priya Shah", Paper: "a4",
		State: views.DocumentState{Status: "waiting", Icon: "clock", Word: "Unpaid"}, Line: "£46.80 to pay", Back: "/clients/1/account", BackTo: "Account of Helen Thompson", PDF: "/invoices/1/pdf",
		Actions: []views.DocumentAct{{Href: "/clients/1/account", Icon: "card", Word: "Take payment", Primary: true}, {Href: "/invoices/1/credit", Word: "Void or credit"}},
		Settled: []views.DocumentLink{{Href: "/payments/1", Title: "Payment", Line: "Today 10:41", Amount: "£10.00"}},
	}
}

func creditForm() views.CreditForm {
	return views.CreditForm{
		Page: vet(), Action: "/invoices/1/credit", ID: "018f", Number: "INV-1042", Client: "Helen Thompson", Total: "£186.05", As: "open", Back: "/invoices/1",
		Lines:    []views.CreditLine{{ID: "1", Name: "Consultation", Line: "Biscuit, 1", Amount: "£46.80", On: true}, {ID: "2", Name: "Nail clip", Gone: "credited before"}},
		Mistakes: ui.Mistakes{{Name: "reason", Message: "Enter why, like billed twice"}},
	}
}

func refundForm() views.RefundForm {
	return views.RefundForm{
		Page: vet(), Action: "/payments/1/refund", ID: "018f", Paid: "£20.00 by card on 24-Mar-2026.", Left: "£20.00 of it settles no bill and can be paid back.", Client: "Helen Thompson",
		Method: "card", Amount: "20.00", Symbol: "£", Back: "/payments/1", Mistakes: ui.Mistakes{{Name: "amount", Message: "Enter an amount above 0"}},
	}
}

func account() views.Account {
	return views.Account{
		Page: vet(), Name: "Helen Thompson", Client: "/clients/1", Print: "/clients/1/statement", Balance: "Owes £46.80", Kind: "owes",
		Drafts: "3 lines are not billed yet.", DraftsHref: "/visits/1/check-out", Older: "/clients/1/account?all=1",
		Lines: []views.StatementLine{
			{Href: "/payments/1", Day: "24-Mar-2026", At: "2026-03-24T10:41:00Z", What: "Paid by card", Credit: "£10.00", Balance: "£46.80"},
			{Day: "24-Mar-2026", At: "2026-03-24T10:41:00Z", What: "Invoice INV-1042", Debit: "£56.80", Balance: "£56.80"},
		},
		Form: &views.AccountForm{
			Page: vet(), Action: "/clients/1/payments", ID: "018f", Bills: []views.OpenBill{{ID: "1", Number: "INV-1042", Line: "24-Mar-2026", Amount: "£46.80", On: true}},
			Credit: "£20.00", Method: "card", Amount: "46.80", Symbol: "£", Mistakes: ui.Mistakes{{Name: "amount", Message: "Enter how much was paid"}},
		},
	}
}

func till(closed string) views.Till {
	v := views.Till{
		Page: vet(), Day: "Tue 24-Mar-2026", Before: "/till?day=2026-03-23", After: "/till?day=2026-03-25", Closed: closed,
		Rows: []views.TillRow{{Method: "Cash", In: "£60.00", Out: "−£10.00", Expected: "£50.00", Counted: "£49.00", Difference: "£1.00 missing", Off: true}},
		Sums: []views.Total{{Label: "Billed", Value: "£186.05"}}, Days: []views.ClosedDay{{Href: "/till?day=2026-03-20", Day: "Fri 20-Mar-2026", By: "Priya Shah", Cash: "£412.00", Difference: "exact"}},
	}
	if closed == "" {
		v.Days = nil
		v.Reopened = []views.Reopened{{Line: "Opened again by Joanne Webb, Today 18:20", Reason: "A payment forgotten"}}
		v.Form = &views.TillForm{
			Page: vet(), ID: "018f", Day: "2026-03-24", Seen: "5000 0 0", Symbol: "£", CashHint: "£50.00 expected", CardHint: "£0.00 expected", TransferHint: "£0.00 expected",
			Mistakes: ui.Mistakes{{Name: "reason", Message: "Enter why it differs"}},
		}
	}
	return v
}

// sureTill is a count that is about to be closed.
func sureTill() views.TillForm {
	f := *till("").Form
	f.Mistakes, f.Cash, f.Card, f.Transfer, f.Reason = nil, "49", "0", "0", "A wrong note"
	f.Sure = &views.ClosingSure{Day: "Tue 24-Mar-2026", Ago: "This is not today: it was 3 days ago.", Rows: till("").Rows}
	return f
}

func reopening() views.ReopeningForm {
	return views.ReopeningForm{
		Page: admin(), Action: "/closings/1/reopening", ID: "018f", Back: "/till?day=2026-03-24", Day: "Tue 24-Mar-2026", Line: "Closed by Priya Shah, Today 18:02: £49.00 counted.",
		Mistakes: ui.Mistakes{{Name: "reason", Message: "Enter why it is opened again, like a payment forgotten"}},
	}
}

func letterhead() views.Letterhead {
	return views.Letterhead{
		Page: admin(), Version: "1", Name: "Meadow Lane Vets Ltd", Trading: "Meadow Lane Vets", Address: "14 Meadow Lane", City: "York", Postcode: "YO1 9ZZ", Jurisdictions: "GB", Phone: "01632 960155", TaxLabel: "VAT number",
		Lacks: "You charge VAT, and no VAT number stands on your bills. An invoice needs it.", From: []string{"Meadow Lane Vets", "Meadow Lane Vets Ltd", "14 Meadow Lane"},
		Mistakes: ui.Mistakes{{Name: "email", Message: "Enter an e-mail address like desk@clinic.example"}},
	}
}

func estimateForm() views.EstimateForm {
	return views.EstimateForm{
		Page: vet(), Banner: beneath(), Action: "/patients/1/estimates", ID: "018f", Visit: "1", Symbol: "£", Cancel: "/visits/1/check-out",
		Rows: []views.EstimateRow{{What: "Dental", Low: "170", High: "195"}}, Mistakes: ui.Mistakes{{Name: "low_1", Message: "Enter the lowest it may cost"}},
	}
}

func prices() views.Prices {
	return views.Prices{
		Page: admin(), Find: "cons", EndedHref: "/prices?ended=1", AddHref: "/prices/new", Next: "/prices?after=CONS-R",
		Rows: []views.PriceRow{{Href: "/prices/1/edit", Code: "CONS", Name: "Consultation", Unit: "Each", Price: "£52.00", Tax: "Standard", Context: "Here", Ended: true}},
	}
}

func priceForm() views.PriceForm {
	return views.PriceForm{
		Page: admin(), Action: "/prices/1", Version: "2", Code: "CONS", Name: "Consultation", Unit: "each", Price: "52.00", TaxClass: "1", Context: "administered", Symbol: "£", Taxed: "With the tax in it",
		Units: []ui.Option{{Value: "each", Label: "Each"}}, TaxClasses: []ui.Option{{Value: "1", Label: "Standard"}}, EndAction: "/prices/1/ending",
		Changed: "Somebody else changed this.", Mistakes: ui.Mistakes{{Name: "code", Message: "Another item has this code"}},
	}
}

func taxes() views.Taxes {
	return views.Taxes{
		Page: admin(), Species: []ui.Option{{Value: "", Label: "All"}},
		Classes: []views.TaxClass{
			{ID: "1", Name: "Standard", Action: "/taxes/1/rates", NewID: "018f", Rates: []views.TaxRate{{Rate: "20 %", From: "from 04-Jan-2011", Now: true}}},
			{ID: "2", Name: "Zero", Action: "/taxes/2/rates", NewID: "018f"},
		},
		Form: views.TaxRateForm{Class: "1", Rate: "x", Mistakes: ui.Mistakes{{Name: "rate-1", Message: "Enter a percentage from 0 to 100"}}},
	}
}

func moneyForm() views.MoneyForm {
	return views.MoneyForm{Page: admin(), Version: "1", Currency: "GBP", Included: "yes", By: "line", CashStep: "0.01", DueDays: "0", Symbol: "£", Mistakes: ui.Mistakes{{Name: "due_days", Message: "Enter a number of days"}}}
}
