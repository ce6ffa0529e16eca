package billing_test

import (
	"errors"
	"slices"
	"testing"

	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

func TestAVoidedBillOpensItsCharges(t *testing.T) {
	c := newClinic(t)
	rows := []id.ID{c.charge(t, c.consult(t)), c.charge(t, c.consult(t))}
	v := c.billed(t, rows...)
	c.settle(t, v, 5000)
	row := id.New()
	n := billing.NewCredit{ID: row, Invoice: v.ID, Reason: "Wrong client"}
	made, moved, err := c.credit(n)
	if err != nil || made.Number != "CN-1" || made.Total != v.Total() || len(moved) != 2 {
		t.Fatalf("credited %+v, %v, %v", made, moved, err)
	}
	got := c.invoice(t, v.ID)
	if got.State(today) != billing.Credited || got.Due() != 0 || len(got.CreditNotes) != 1 || got.CreditNotes[0].Note != "Wrong client" || got.Lines[0].CreditedAmount != 4680 {
		t.Errorf("the invoice is %+v", got)
	}
	note := c.invoice(t, row)
	if note.State(today) != billing.CreditsIt || note.Credits != v.ID || note.Net != v.Net || note.Tax != v.Tax || len(note.Lines) != 2 || note.To != v.To {
		t.Errorf("the credit note is %+v", note)
	}
	if a := c.account(t, c.helen); a.Balance != -5000 || a.Credit != 5000 || len(a.Unpaid) != 0 {
		t.Errorf("the account is %+v", a)
	}
	for _, charge := range rows {
		if got := c.open(t, charge); got.State != billing.Open || got.Reason != "Wrong client" {
			t.Errorf("a charge is %+v", got)
		}
	}
	if _, _, err := c.credit(n); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	if _, _, err := c.credit(billing.NewCredit{Invoice: v.ID}); !errors.Is(err, billing.ErrNothingLeft) {
		t.Errorf("once more: %v", err)
	}
	if _, _, err := c.credit(billing.NewCredit{Invoice: row}); !errors.Is(err, fault.Missing) {
		t.Errorf("of a credit note: %v", err)
	}
	// They are billed again.
	if again := c.billed(t, rows...); again.Number != "INV-2" || again.Total() != v.Total() {
		t.Errorf("billed again as %+v", again.InvoiceRow)
	}
}

func TestNoMoreIsCreditedThanIsLeft(t *testing.T) {
	c := newClinic(t)
	first := c.consult(t)
	first.Price = 999
	charge := c.charge(t, first)
	v := c.billed(t, charge, c.charge(t, c.consult(t)))
	line := v.Lines[slices.IndexFunc(v.Lines, func(l billing.InvoiceLine) bool { return l.Charge == charge })]
	part := func(amount money.Amount) (billing.Issued, []id.ID, error) {
		return c.credit(billing.NewCredit{Invoice: v.ID, Lines: []billing.CreditLine{{Line: line.ID, Amount: amount}}, Then: billing.Declined})
	}
	for _, amount := range []money.Amount{0, -1, 1000} {
		if _, _, err := part(amount); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d of 999: %v", amount, err)
		}
	}
	if _, _, err := c.credit(billing.NewCredit{Invoice: v.ID, Lines: []billing.CreditLine{{Line: id.New(), Amount: 1}}}); !errors.Is(err, fault.Missing) {
		t.Errorf("a line of nothing: %v", err)
	}
	var tax money.Amount
	for _, amount := range []money.Amount{333, 1, 332, 333} {
		made, moved, err := part(amount)
		if err != nil || made.Total != amount {
			t.Fatalf("credited %+v, %v", made, err)
		}
		note := c.invoice(t, made.ID)
		if note.Net < 0 || note.Tax < 0 {
			t.Errorf("the credit note is %+v", note.InvoiceRow)
		}
		tax += note.Tax
		if _, _, err := part(999); fault.KindOf(err) != fault.Invalid {
			t.Errorf("999 of what is left: %v", err)
		}
		whole := amount == 333 && len(moved) == 1
		if got := c.open(t, charge).State; whole && got != billing.Declined || !whole && got != billing.Billed {
			t.Errorf("the charge is %s", got)
		}
	}
	if tax != line.Tax {
		t.Errorf("%d of %d tax is credited", tax, line.Tax)
	}
	if got := c.open(t, charge).State; got != billing.Declined {
		t.Errorf("in the end the charge is %s", got)
	}
	if got := c.invoice(t, v.ID); got.Due() != 4680 || got.State(today) != billing.PartPaid {
		t.Errorf("the invoice is %+v", got.InvoiceRow)
	}
	if _, _, err := c.credit(billing.NewCredit{Invoice: v.ID}); err != nil { // the rest
		t.Fatal(err)
	}
	if got := c.invoice(t, v.ID); got.State(today) != billing.Credited || c.account(t, c.helen).Balance != 0 {
		t.Errorf("the invoice is %+v", got.InvoiceRow)
	}
}

// A charge that stands on the bills of two owners opens when both were credited.
func TestASharedChargeOpensWhenAllItsBillsAreCredited(t *testing.T) {
	c := newClinic(t)
	c.own(t, c.dog, []id.ID{c.helen, c.addClient(t, "Second")}, 5000, 5000)
	row := c.charge(t, c.consult(t))
	made, err := c.issue(billing.NewInvoice{Charges: c.seen(t, row)})
	if err != nil || len(made) != 2 {
		t.Fatalf("issued %+v, %v", made, err)
	}
	if _, moved, err := c.credit(billing.NewCredit{Invoice: made[0].ID}); err != nil || len(moved) != 0 || c.open(t, row).State != billing.Billed {
		t.Errorf("after the first: %v, %v", moved, err)
	}
	if _, moved, err := c.credit(billing.NewCredit{Invoice: made[1].ID}); err != nil || len(moved) != 1 || c.open(t, row).State != billing.Open {
		t.Errorf("after the second: %v, %v", moved, err)
	}
}
