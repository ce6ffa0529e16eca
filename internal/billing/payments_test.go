package billing_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

func TestAPaymentIsOneHoweverOftenItIsSent(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	n := billing.NewPayment{
		ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Card, Amount: 4680, Day: today, To: []billing.Settle{{Invoice: v.ID, Amount: 4680}},
	}
	var wait sync.WaitGroup
	var made, already atomic.Int64
	for range 8 {
		wait.Go(func() {
			p, err := c.pay(n)
			switch {
			case err == nil:
				made.Add(1)
			case errors.Is(err, billing.ErrAlreadyThere) && p.ID == n.ID && p.Amount == 4680:
				already.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made.Load() != 1 || already.Load() != 7 {
		t.Errorf("paid %d times, %d times there already", made.Load(), already.Load())
	}
	if got := c.invoice(t, v.ID); got.Due() != 0 || got.State(today) != billing.Paid || len(got.Settlements) != 1 {
		t.Errorf("the invoice is %+v", got.InvoiceRow)
	}
	if a := c.account(t, c.helen); a.Balance != 0 || a.Credit != 0 || len(a.Unpaid) != 0 {
		t.Errorf("the account is %+v", a)
	}
	n.Amount, n.To[0].Amount = 4000, 4000
	if _, err := c.pay(n); !errors.Is(err, billing.ErrOther) {
		t.Errorf("another amount under the same id: %v", err)
	}
	n.Client = c.addClient(t, "Other")
	if _, err := c.pay(n); !errors.Is(err, billing.ErrOther) {
		t.Errorf("another client under the same id: %v", err)
	}
}

func TestAPaymentSettlesWhatItSays(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	other := c.addClient(t, "Other")
	good := func() billing.NewPayment {
		return billing.NewPayment{
			ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Card, Amount: 5000, To: []billing.Settle{{Invoice: v.ID, Amount: 1000}},
		}
	}
	for name, spoil := range map[string]func(*billing.NewPayment){
		"more than is due":  func(n *billing.NewPayment) { n.To[0].Amount = 4681 },
		"more than is paid": func(n *billing.NewPayment) { n.Amount = 999 },
		"nothing for a bill": func(n *billing.NewPayment) {
			n.To[0].Amount = 0
		},
		"one bill twice":      func(n *billing.NewPayment) { n.To = append(n.To, n.To[0]) },
		"nothing":             func(n *billing.NewPayment) { n.Amount, n.To = 0, nil },
		"less than nothing":   func(n *billing.NewPayment) { n.Amount, n.To = -5, nil },
		"a way not offered":   func(n *billing.NewPayment) { n.Method = "cheque" },
		"a refund":            func(n *billing.NewPayment) { n.Kind = billing.Refund },
		"a deposit for bills": func(n *billing.NewPayment) { n.Kind = billing.Deposit },
	} {
		n := good()
		spoil(&n)
		if _, err := c.pay(n); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := good()
	n.Client = other
	if _, err := c.pay(n); !errors.Is(err, fault.Missing) {
		t.Errorf("for another client's bill: %v", err)
	}
	n = good()
	n.Client = id.New()
	if _, err := c.pay(n); !errors.Is(err, fault.Missing) {
		t.Errorf("of nobody: %v", err)
	}
	p, err := c.pay(good())
	if err != nil || p.Unapplied() != 4000 {
		t.Fatalf("paid %+v, %v", p, err)
	}
	if got := c.invoice(t, v.ID); got.State(today) != billing.PartPaid || got.Due() != 3680 {
		t.Errorf("part paid is %+v", got.InvoiceRow)
	}
	// The rest stands to the client's credit and settles a bill when somebody says so.
	row := id.New()
	apply := func(amount money.Amount) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return billing.Apply(ctx, tx, c.Keys, row, p.ID, billing.Settle{Invoice: v.ID, Amount: amount})
		})
	}
	if err := apply(3681); fault.KindOf(err) != fault.Invalid {
		t.Errorf("more than is due: %v", err)
	}
	if err := apply(3680); err != nil {
		t.Fatal(err)
	}
	if err := apply(3680); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	if err := apply(3000); !errors.Is(err, billing.ErrOther) {
		t.Errorf("something else under the same id: %v", err)
	}
	if a := c.account(t, c.helen); a.Balance != -320 || a.Credit != 320 || len(a.Unapplied) != 1 || len(a.Unpaid) != 0 {
		t.Errorf("the account is %+v", a)
	}
}

func TestCashIsRoundedBesideTheAmount(t *testing.T) {
	c := newClinicIn(t, "CH")
	v := c.consult(t)
	v.Price = 1253
	bill := c.billed(t, c.charge(t, v))
	p, err := c.pay(billing.NewPayment{
		ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Cash, Amount: 1253, To: []billing.Settle{{Invoice: bill.ID, Amount: 1253}},
	})
	if err != nil || p.Amount != 1253 || p.Rounding != 2 {
		t.Fatalf("paid %+v, %v", p, err)
	}
	if sums := c.entries(t, "account"); sums["cash"] != 1255 || sums["rounding"] != -2 || sums["client"] != 0 {
		t.Errorf("the ledger holds %v", sums)
	}
	if got := c.invoice(t, bill.ID); got.Currency != "CHF" || got.Due() != 0 {
		t.Errorf("the bill is %+v", got.InvoiceRow)
	}
}

func TestNoMoreIsPaidBackThanIsFree(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	p, err := c.pay(billing.NewPayment{
		ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Card, Amount: 5000, To: []billing.Settle{{Invoice: v.ID, Amount: 4680}},
	})
	if err != nil {
		t.Fatal(err)
	}
	back := func(n billing.NewRefund) (r billing.PaymentRow, err error) {
		n.Payment, n.Method, n.Reason, n.Day = p.ID, billing.Cash, "Paid twice", today
		err = c.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = billing.PayBack(ctx, tx, c.Keys, n)
			return err
		})
		return r, err
	}
	if _, err := back(billing.NewRefund{ID: id.New(), Amount: 321}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("more than is free: %v", err)
	}
	n := billing.NewRefund{ID: id.New(), Amount: 300}
	r, err := back(n)
	if err != nil || r.Kind != billing.Refund || r.Refunds != p.ID {
		t.Fatalf("paid back %+v, %v", r, err)
	}
	if _, err := back(n); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	if _, err := back(billing.NewRefund{ID: id.New(), Amount: 21}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("more than is left: %v", err)
	}
	// What was paid for a bill is free when the bill is credited.
	if _, _, err := c.credit(billing.NewCredit{Invoice: v.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := back(billing.NewRefund{ID: id.New(), Amount: 4701}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("more than was paid: %v", err)
	}
	var wait sync.WaitGroup
	var made atomic.Int64
	for range 6 { // each would do alone
		wait.Go(func() {
			if _, err := back(billing.NewRefund{ID: id.New(), Amount: 4700}); err == nil {
				made.Add(1)
			} else if fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made.Load() != 1 {
		t.Errorf("it was paid back %d times", made.Load())
	}
	if a := c.account(t, c.helen); a.Balance != 0 || a.Credit != 0 {
		t.Errorf("the account is %+v", a)
	}
	if sums := c.entries(t, "account"); sums["card"] != 5000 || sums["cash"] != -5000 || sums["client"] != 0 || sums["sales"] != 0 || sums["tax"] != 0 {
		t.Errorf("the ledger holds %v", sums)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.PayBack(ctx, tx, c.Keys, billing.NewRefund{ID: id.New(), Payment: r.ID, Method: billing.Cash, Amount: 1, Reason: "x", Day: today})
		return err
	}); !errors.Is(err, fault.Missing) {
		t.Errorf("a refund paid back: %v", err)
	}
}

func TestAClosedDayTakesNoMoney(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	p := c.settle(t, v, 1000)
	cash, err := c.pay(billing.NewPayment{ID: id.New(), Client: c.helen, Kind: billing.Deposit, Method: billing.Cash, Amount: 2500})
	if err != nil {
		t.Fatal(err)
	}
	var till billing.Till
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		till, err = billing.OpenTill(ctx, tx, c.Keys, today)
		return err
	})
	if till.Cash != 2500 || till.Card != 1000 || till.Transfer != 0 || till.Closed != nil || len(till.Payments) != 2 {
		t.Errorf("the till holds %+v", till)
	}
	closed := func(row id.ID, seen, counted billing.Tender, reason string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return billing.CloseTill(ctx, tx, c.Keys, billing.NewClosing{ID: row, Day: today, Today: today, Seen: seen, Counted: counted, Reason: reason})
		})
	}
	row, counted := id.New(), billing.Tender{Cash: 2400, Card: 1000}
	if err := closed(row, till.Tender, counted, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a difference without a reason: %v", err)
	}
	if err := closed(row, billing.Tender{Card: 1000}, counted, "x"); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("money that came since: %v", err)
	}
	if err := closed(row, till.Tender, counted, "A wrong note"); err != nil {
		t.Fatal(err)
	}
	if err := closed(row, till.Tender, counted, "A wrong note"); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	if err := closed(id.New(), till.Tender, counted, "A wrong note"); !errors.Is(err, billing.ErrDayClosed) {
		t.Errorf("by somebody else: %v", err)
	}
	if sums := c.entries(t, "account"); sums["cash"] != 2400 || sums["till-difference"] != 100 {
		t.Errorf("the ledger holds %v", sums)
	}
	for name, act := range map[string]func() error{
		"a payment": func() error {
			_, err := c.pay(billing.NewPayment{ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Card, Amount: 1})
			return err
		},
		"a bill": func() error {
			_, err := c.issue(billing.NewInvoice{Charges: c.seen(t, c.charge(t, c.consult(t)))})
			return err
		},
		"a credit note": func() error {
			_, _, err := c.credit(billing.NewCredit{Invoice: v.ID})
			return err
		},
		"a refund": func() error {
			return c.write(t, func(ctx context.Context, tx *db.Tx) error {
				_, err := billing.PayBack(ctx, tx, c.Keys, billing.NewRefund{ID: id.New(), Payment: cash.ID, Method: billing.Cash, Amount: 1, Reason: "x", Day: today})
				return err
			})
		},
	} {
		if err := act(); !errors.Is(err, billing.ErrDayClosed) {
			t.Errorf("%s on a closed day: %v", name, err)
		}
	}
	if _, err := c.pay(billing.NewPayment{ID: id.New(), Client: c.helen, Kind: billing.Payment, Method: billing.Card, Amount: 1, Day: today.AddDate(0, 0, 1)}); err != nil {
		t.Errorf("the next day: %v", err)
	}
	var again billing.Till
	var list []billing.Closing
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if again, err = billing.OpenTill(ctx, tx, c.Keys, today); err != nil {
			return err
		}
		list, err = billing.Closings(ctx, tx, c.Keys, today.AddDate(0, 0, 1), 10)
		return err
	})
	if again.Tender != till.Tender || again.Closed == nil || again.Closed.Reason != "A wrong note" || again.Closed.Counted != counted || len(list) != 1 || list[0].ID != row {
		t.Errorf("the closed day is %+v, and %+v", again, list)
	}
	_ = p
}

// Money that comes while the till is being closed is either in the count or refused.
func TestNoMoneySlipsIntoADayBeingClosed(t *testing.T) {
	c := newClinic(t)
	clients := []id.ID{c.helen, c.addClient(t, "A"), c.addClient(t, "B"), c.addClient(t, "C")}
	var wait sync.WaitGroup
	var paid atomic.Int64
	for i := range 12 {
		wait.Go(func() {
			_, err := c.pay(billing.NewPayment{ID: id.New(), Client: clients[i%4], Kind: billing.Payment, Method: billing.Cash, Amount: 100})
			switch {
			case err == nil:
				paid.Add(100)
			case !errors.Is(err, billing.ErrDayClosed):
				t.Error(err)
			}
		})
	}
	for {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			till, err := billing.OpenTill(ctx, tx, c.Keys, today)
			if err != nil {
				return err
			}
			return billing.CloseTill(ctx, tx, c.Keys, billing.NewClosing{ID: id.New(), Day: today, Today: today, Seen: till.Tender, Counted: till.Tender})
		})
		if err == nil {
			break
		}
		if !errors.Is(err, billing.ErrChanged) {
			t.Fatal(err)
		}
	}
	wait.Wait()
	var till billing.Till
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		till, err = billing.OpenTill(ctx, tx, c.Keys, today)
		return err
	})
	if int64(till.Closed.Expected.Cash) != paid.Load() || c.entries(t, "account")["cash"] != paid.Load() {
		t.Errorf("%d was paid, %d closed", paid.Load(), till.Closed.Expected.Cash)
	}
}

func TestAStatementEndsInTheBalance(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	c.settle(t, v, 4000)
	if _, _, err := c.credit(billing.NewCredit{Invoice: v.ID, Lines: []billing.CreditLine{{Line: v.Lines[0].ID, Amount: 80}}}); err != nil {
		t.Fatal(err)
	}
	var before, balance money.Amount
	var list []billing.Entry
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if balance, err = billing.Balance(ctx, tx, c.helen); err != nil {
			return err
		}
		before, list, err = billing.Statement(ctx, tx, c.helen, today, today)
		return err
	})
	var kinds []string
	for _, e := range list {
		kinds = append(kinds, e.Kind+" "+e.Number+e.Method)
	}
	if want := []string{"invoice INV-1", "payment card", "credit-note CN-1"}; !slices.Equal(kinds, want) || before != 0 {
		t.Errorf("the statement is %q after %d", kinds, before)
	}
	if last := list[len(list)-1].Balance; last != 600 || balance != 600 {
		t.Errorf("the statement ends in %d, the balance is %d", last, balance)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		before, list, err = billing.Statement(ctx, tx, c.helen, today.AddDate(0, 0, 1), today.AddDate(0, 0, 9))
		return err
	})
	if before != 600 || len(list) != 0 {
		t.Errorf("later it begins with %d and has %v", before, list)
	}
}
