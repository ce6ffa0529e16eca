package billing_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

// Whatever is done in whatever order: each source of the ledger adds up to nothing, a day's money is that of its
// payments, and a balance is that of the statement, of the documents and of what settles them.
func TestTheLedgerHoldsWhateverIsDone(t *testing.T) {
	c := newClinicIn(t, "CH")
	rng := rand.New(rand.NewPCG(11, 23))
	clients := []id.ID{c.helen, c.addClient(t, "Second"), c.addClient(t, "Third")}
	c.own(t, c.dog, clients, 3333, 3333, 3334)
	var invoices, payments []id.ID
	acts := map[string]int{}
	day := func() time.Time { return today.AddDate(0, 0, rng.IntN(3)) }
	pick := func(list []id.ID) (id.ID, bool) {
		if len(list) == 0 {
			return id.ID{}, false
		}
		return list[rng.IntN(len(list))], true
	}
	for range 220 {
		var err error
		act := []string{"issue", "issue", "pay", "pay", "pay", "deposit", "apply", "credit", "refund"}[rng.IntN(9)]
		switch act {
		case "issue":
			var charges []id.ID
			for range 1 + rng.IntN(4) {
				v := c.consult(t)
				v.Price, v.Quantity, v.DiscountBP = money.Amount(rng.Int64N(9000)), money.Quantity(1+rng.Int64N(3000)), []int{0, 0, 1500, 9999}[rng.IntN(4)]
				if rng.IntN(3) == 0 {
					v.Client = clients[rng.IntN(3)]
				}
				charges = append(charges, c.charge(t, v))
			}
			var made []billing.Issued
			if made, err = c.issue(billing.NewInvoice{Charges: c.seen(t, charges...), Day: day()}); err == nil {
				for _, m := range made {
					invoices = append(invoices, m.ID)
				}
			}
		case "pay", "deposit":
			n := billing.NewPayment{
				ID: id.New(), Client: clients[rng.IntN(3)], Kind: billing.Payment, Method: billing.Methods[rng.IntN(3)], Amount: money.Amount(1 + rng.Int64N(9000)), Day: day(),
			}
			if row, ok := pick(invoices); ok && act == "pay" {
				v := c.invoice(t, row)
				n.Client = v.Client
				if due := v.Due(); due > 0 {
					n.To = []billing.Settle{{Invoice: row, Amount: min(due, n.Amount)}}
				}
			}
			if act == "deposit" {
				n.Kind = billing.Deposit
			}
			if _, err = c.pay(n); err == nil {
				payments = append(payments, n.ID)
			}
		case "apply":
			client := clients[rng.IntN(3)]
			if a := c.account(t, client); len(a.Unpaid) > 0 && len(a.Unapplied) > 0 {
				to := billing.Settle{Invoice: a.Unpaid[0].ID, Amount: min(a.Unpaid[0].Due(), a.Unapplied[0].Unapplied())}
				err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
					return billing.Apply(ctx, tx, c.Keys, id.New(), a.Unapplied[0].ID, to)
				})
			}
		case "credit":
			if row, ok := pick(invoices); ok {
				n := billing.NewCredit{Invoice: row, Day: day()}
				if v := c.invoice(t, row); rng.IntN(2) == 0 {
					line := v.Lines[rng.IntN(len(v.Lines))]
					n.Lines = []billing.CreditLine{{Line: line.ID, Amount: money.Amount(1 + rng.Int64N(int64(line.Amount)+2))}}
				}
				_, _, err = c.credit(n)
			}
		case "refund":
			if row, ok := pick(payments); ok {
				err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
					_, err := billing.PayBack(ctx, tx, c.Keys, billing.NewRefund{
						ID: id.New(), Payment: row, Method: billing.Methods[rng.IntN(3)], Amount: money.Amount(1 + rng.Int64N(6000)), Day: day(), Reason: "Asked for",
					})
					return err
				})
			}
		}
		switch {
		case err == nil:
			acts[act]++
		case fault.KindOf(err) != fault.Invalid && !errors.Is(err, billing.ErrNothingLeft):
			t.Fatalf("%s: %v", act, err)
		}
	}
	t.Logf("done: %v", acts)
	for _, act := range []string{"issue", "pay", "deposit", "apply", "credit", "refund"} {
		if acts[act] == 0 {
			t.Errorf("%s never came about", act)
		}
	}
	for source, sum := range c.entries(t, "source_id") {
		if sum != 0 {
			t.Errorf("the entries of %s add up to %d", source, sum)
		}
	}
	for i := range 3 {
		c.checkDay(t, today.AddDate(0, 0, i))
	}
	for _, client := range clients {
		c.checkClient(t, client)
	}
}

// checkDay holds the ledger of a day against its payments.
func (c clinic) checkDay(t *testing.T, day time.Time) {
	t.Helper()
	var till billing.Till
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		till, err = billing.OpenTill(ctx, tx, c.Keys, day)
		return err
	})
	var paid billing.Tender
	for _, p := range till.Payments {
		in := p.Amount + p.Rounding
		if p.Kind == billing.Refund {
			in = -in
		}
		switch p.Method {
		case billing.Cash:
			paid.Cash += in
			if (p.Amount+p.Rounding)%5 != 0 {
				t.Errorf("%d was handed over in cash", p.Amount+p.Rounding)
			}
		case billing.Card:
			paid.Card += in
		case billing.Transfer:
			paid.Transfer += in
		}
		if p.Unapplied() < 0 {
			t.Errorf("more of a payment is used than there is: %+v", p)
		}
	}
	if paid != till.Tender {
		t.Errorf("on %s %+v was paid, the ledger says %+v", day.Format(time.DateOnly), paid, till.Tender)
	}
}

func (c clinic) checkClient(t *testing.T, client id.ID) {
	t.Helper()
	a := c.account(t, client)
	var before, sum money.Amount
	var list []billing.Entry
	var documents []billing.InvoiceRow
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if before, list, err = billing.Statement(ctx, tx, client, time.Time{}, time.Time{}); err != nil {
			return err
		}
		documents, _, err = billing.Invoices(ctx, tx, c.Keys, billing.InvoiceFilter{Client: client, Most: 1000})
		return err
	})
	for _, e := range list {
		sum += e.Amount
		if e.Balance != sum || e.Kind == "" {
			t.Errorf("the statement has %+v after %d", e, sum)
		}
	}
	if before != 0 || sum != a.Balance {
		t.Errorf("the statement ends in %d, the balance is %d", sum, a.Balance)
	}
	var due money.Amount
	for _, d := range documents {
		if d.Credits.IsZero() {
			due += d.Due()
			if d.Due() < 0 || d.Credited > d.Total() {
				t.Errorf("more than the whole is settled: %+v", d)
			}
		}
	}
	if due-a.Credit != a.Balance {
		t.Errorf("%d is due and %d to the client's credit, the balance is %d", due, a.Credit, a.Balance)
	}
}

// What another clinic has is nothing at all here, read or written to.
func TestAnotherClinicsMoneyIsNotThere(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	charge := b.charge(t, b.consult(t))
	bill := b.billed(t, b.charge(t, b.consult(t)))
	payment, err := b.pay(billing.NewPayment{ID: id.New(), Client: b.helen, Kind: billing.Deposit, Method: billing.Card, Amount: 500})
	if err != nil {
		t.Fatal(err)
	}
	estimate, item := id.New(), id.New()
	b.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.AddEstimate(ctx, tx, b.Keys, estimate, billing.Estimate{Patient: b.dog, Low: 1, High: 2, Title: "Dental"}, id.ID{})
	})
	b.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.AddItem(ctx, tx, b.Keys, item, billing.Item{Code: "OWN", Name: "Own", Unit: "each", TaxClass: b.class(t, "zero"), Context: billing.Administered})
	})
	mine := a.billed(t, a.charge(t, a.consult(t)))
	myMoney := a.settle(t, mine, 1)
	for name, act := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"a charge": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.OpenCharge(ctx, tx, a.Keys, charge)
			return err
		},
		"changing a charge": func(ctx context.Context, tx *db.Tx) error {
			return billing.ChangeCharge(ctx, tx, a.Keys, charge, 1, a.consult(t))
		},
		"resolving a charge": func(ctx context.Context, tx *db.Tx) error {
			return billing.Resolve(ctx, tx, a.Keys, id.New(), charge, 1, billing.Declined, "")
		},
		"opening a charge": func(ctx context.Context, tx *db.Tx) error {
			return billing.Reopen(ctx, tx, a.Keys, id.New(), charge, 1, "")
		},
		"issuing a charge": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.Issue(ctx, tx, a.Keys, billing.NewInvoice{ID: id.New(), Charges: []billing.Seen{{Charge: charge, Version: 1}}, Day: today, To: a.helen})
			return err
		},
		"a bill to another's client": func(ctx context.Context, tx *db.Tx) error {
			own := id.New()
			if err := billing.AddCharge(ctx, tx, a.Keys, own, a.consult(t)); err != nil {
				return err
			}
			_, err := billing.Issue(ctx, tx, a.Keys, billing.NewInvoice{ID: id.New(), Charges: []billing.Seen{{Charge: own, Version: 1}}, Day: today, To: b.helen})
			return err
		},
		"an invoice": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.OpenInvoice(ctx, tx, a.Keys, bill.ID)
			return err
		},
		"crediting an invoice": func(ctx context.Context, tx *db.Tx) error {
			_, _, err := billing.Credit(ctx, tx, a.Keys, billing.NewCredit{ID: id.New(), Invoice: bill.ID, Reason: "x", Then: billing.Open, Day: today})
			return err
		},
		"paying an invoice": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.Pay(ctx, tx, a.Keys, billing.NewPayment{
				ID: id.New(), Client: a.helen, Kind: billing.Payment, Method: billing.Card, Amount: 10, Day: today, To: []billing.Settle{{Invoice: bill.ID, Amount: 10}},
			})
			return err
		},
		"a client's money": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.Pay(ctx, tx, a.Keys, billing.NewPayment{ID: id.New(), Client: b.helen, Kind: billing.Deposit, Method: billing.Card, Amount: 10, Day: today})
			return err
		},
		"a payment": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.OpenPayment(ctx, tx, a.Keys, payment.ID)
			return err
		},
		"paying back": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.PayBack(ctx, tx, a.Keys, billing.NewRefund{ID: id.New(), Payment: payment.ID, Method: billing.Card, Amount: 1, Reason: "x", Day: today})
			return err
		},
		"another's credit for mine": func(ctx context.Context, tx *db.Tx) error {
			return billing.Apply(ctx, tx, a.Keys, id.New(), payment.ID, billing.Settle{Invoice: mine.ID, Amount: 1})
		},
		"my credit for another's": func(ctx context.Context, tx *db.Tx) error {
			return billing.Apply(ctx, tx, a.Keys, id.New(), myMoney.ID, billing.Settle{Invoice: bill.ID, Amount: 1})
		},
		"an estimate": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.OpenEstimate(ctx, tx, a.Keys, estimate)
			return err
		},
		"a later estimate": func(ctx context.Context, tx *db.Tx) error {
			return billing.AddEstimate(ctx, tx, a.Keys, id.New(), billing.Estimate{Patient: a.dog, Low: 1, High: 2, Title: "Dental"}, estimate)
		},
		"an estimate for another's patient": func(ctx context.Context, tx *db.Tx) error {
			return billing.AddEstimate(ctx, tx, a.Keys, id.New(), billing.Estimate{Patient: b.dog, Low: 1, High: 2, Title: "Dental"}, id.ID{})
		},
		"a price": func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.OpenItem(ctx, tx, item)
			return err
		},
		"changing a price": func(ctx context.Context, tx *db.Tx) error {
			return billing.ChangeItem(ctx, tx, a.Keys, item, 1, billing.Item{Code: "X", Name: "X", Unit: "each", TaxClass: a.class(t, "zero"), Context: billing.Dispensed})
		},
		"ending a price": func(ctx context.Context, tx *db.Tx) error { return billing.EndItem(ctx, tx, a.Keys, item) },
		"a price under another's tax": func(ctx context.Context, tx *db.Tx) error {
			return billing.AddItem(ctx, tx, a.Keys, id.New(), billing.Item{Code: "Y", Name: "Y", Unit: "each", TaxClass: b.class(t, "zero"), Context: billing.Dispensed})
		},
		"ending a tax class": func(ctx context.Context, tx *db.Tx) error {
			return billing.EndTaxClass(ctx, tx, a.Keys, b.class(t, "zero"))
		},
		"a rate of another's tax": func(ctx context.Context, tx *db.Tx) error {
			return billing.AddTaxRate(ctx, tx, a.Keys, id.New(), billing.TaxRate{Class: b.class(t, "zero"), From: today})
		},
	} {
		if err := a.write(t, act); !errors.Is(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := billing.OpenChargesOfClient(ctx, tx, a.Keys, b.helen)
		if err != nil || len(list) != 0 {
			t.Errorf("open charges of another clinic's client: %v, %v", list, err)
		}
		account, err := billing.OpenAccount(ctx, tx, a.Keys, b.helen)
		if err != nil || account.Balance != 0 || len(account.Unpaid)+len(account.Unapplied) != 0 {
			t.Errorf("the account of another clinic's client: %+v, %v", account, err)
		}
		_, statement, err := billing.Statement(ctx, tx, b.helen, time.Time{}, time.Time{})
		if err != nil || len(statement) != 0 {
			t.Errorf("the statement of another clinic's client: %v, %v", statement, err)
		}
		return err
	})
	if got := b.account(t, b.helen); got.Balance != bill.Total()-500 || b.open(t, charge).Version != 1 {
		t.Errorf("the other clinic's account is %+v", got)
	}
}
