package billing_test

import (
	"context"
	"testing"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
)

var lane = practice.Letterhead{
	Name: "Meadow Lane Vets Ltd", Trading: "Meadow Lane", Address: "14 Meadow Lane\nYork YO1 9ZZ", Phone: "01632 960155", Email: "desk@lane.example",
	TaxNumber: "GB 000 0000 00", Company: "00000000", Bank: "Sort code 00-00-00", Footer: "Thank you.",
}

func (c clinic) head(t *testing.T, version int64, l practice.Letterhead) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error { return practice.Save(ctx, tx, c.Keys, version, l) })
}

// What was issued says for ever what it said: no later letterhead reaches it.
func TestADocumentKeepsTheLetterheadItWasIssuedUnder(t *testing.T) {
	c := newClinic(t)
	before := c.billed(t, c.charge(t, c.consult(t)))
	if err := c.head(t, 0, lane); err != nil {
		t.Fatal(err)
	}
	invoice := c.billed(t, c.charge(t, c.consult(t)))
	p := c.settle(t, invoice, 1000)
	offer := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.AddEstimate(ctx, tx, c.Keys, offer, billing.Estimate{Patient: c.dog, Title: "Dental", Low: 1, High: 2}, id.ID{})
	})
	moved := lane
	moved.Name, moved.Trading, moved.Address, moved.TaxNumber = "Somebody Else Ltd", "", "Elsewhere", "GB 999"
	if err := c.head(t, 1, moved); err != nil {
		t.Fatal(err)
	}
	note := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		_, _, err := billing.Credit(ctx, tx, c.Keys, billing.NewCredit{ID: note, Invoice: invoice.ID, Reason: "Billed twice", Then: billing.Declined, Day: today})
		return err
	})
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		for name, d := range map[string]struct {
			row  id.ID
			want practice.Letterhead
		}{"issued before there was one": {before.ID, practice.Letterhead{}}, "issued under it": {invoice.ID, lane}, "its credit note, later": {note, moved}} {
			v, err := billing.OpenInvoice(ctx, tx, c.Keys, d.row)
			if err != nil || v.From != d.want {
				t.Errorf("%s: %+v, %v", name, v.From, err)
			}
		}
		paid, err := billing.OpenPayment(ctx, tx, c.Keys, p.ID)
		if err != nil || paid.From != lane {
			t.Errorf("the receipt: %+v, %v", paid.From, err)
		}
		e, err := billing.OpenEstimate(ctx, tx, c.Keys, offer)
		if err != nil || e.From != lane {
			t.Errorf("the estimate: %+v, %v", e.From, err)
		}
		credit, err := billing.OpenInvoice(ctx, tx, c.Keys, note)
		if err != nil || credit.CreditsNumber != invoice.Number || !credit.CreditsDay.Equal(today) {
			t.Errorf("the credit note names %q of %v, %v", credit.CreditsNumber, credit.CreditsDay, err)
		}
		return nil
	})
}

// The day of supply is printed where it is not that of the document (Directive 2006/112/EC, article 226, point 7).
func TestALineKeepsTheDayItWasDone(t *testing.T) {
	c := newClinic(t)
	early := c.consult(t)
	early.Day = today.AddDate(0, 0, -3)
	v := c.billed(t, c.charge(t, early), c.charge(t, c.consult(t)))
	if len(v.Lines) != 2 || !v.Lines[0].Supplied.Equal(early.Day) || !v.Lines[1].Supplied.IsZero() {
		t.Errorf("supplied on %v and %v", v.Lines[0].Supplied, v.Lines[1].Supplied)
	}
	if c.taxes.Charged(today) != true || (billing.Taxes{Rates: []billing.TaxRate{{Rate: money.Percent(20), From: today.AddDate(0, 0, 1)}}}).Charged(today) {
		t.Error("what is charged today is told wrongly")
	}
}
