package billing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
)

func (c clinic) till(t *testing.T, day time.Time) (till billing.Till) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		till, err = billing.OpenTill(ctx, tx, c.Keys, day)
		return err
	})
	return till
}

func (c clinic) close(t *testing.T, n billing.NewClosing) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.CloseTill(ctx, tx, c.Keys, n) })
}

func (c clinic) reopen(t *testing.T, row, closing id.ID, reason string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.ReopenTill(ctx, tx, c.Keys, row, closing, reason)
	})
}

// A day that was closed too early takes money again, is closed once more, and nothing of the first time is rewritten.
func TestAClosedDayIsOpenedAgainAndClosedAnew(t *testing.T) {
	c := newClinic(t)
	deposit := billing.NewPayment{Client: c.helen, Kind: billing.Deposit, Method: billing.Cash, Amount: 2500, Day: today}
	take := func() error {
		deposit.ID = id.New()
		_, err := c.pay(deposit)
		return err
	}
	if err := take(); err != nil {
		t.Fatal(err)
	}
	first := billing.NewClosing{ID: id.New(), Day: today, Today: today, Seen: billing.Tender{Cash: 2500}, Counted: billing.Tender{Cash: 2400}, Reason: "A note is missing"}
	if err := c.close(t, first); err != nil {
		t.Fatal(err)
	}
	again := id.New()
	if err := c.reopen(t, again, first.ID, " "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if err := c.reopen(t, again, id.New(), "Why not"); !errors.Is(err, fault.Missing) {
		t.Errorf("a closing that is not there: %v", err)
	}
	if err := take(); !errors.Is(err, billing.ErrDayClosed) {
		t.Errorf("money on a closed day: %v", err)
	}
	if err := c.reopen(t, again, first.ID, "The note was in the other drawer"); err != nil {
		t.Fatal(err)
	}
	if err := c.reopen(t, again, first.ID, "The note was in the other drawer"); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("pressed twice: %v", err)
	}
	if err := c.reopen(t, id.New(), first.ID, "And once more"); !errors.Is(err, billing.ErrDayOpen) {
		t.Errorf("a second time: %v", err)
	}
	till := c.till(t, today)
	if till.Closed != nil || till.Cash != 2500 || len(till.Reopened) != 1 || till.Reopened[0].Reason != "The note was in the other drawer" || till.Reopened[0].By != c.who.Person {
		t.Errorf("the till opened again: %+v", till)
	}
	if sums := c.entries(t, "account"); sums["till-difference"] != 0 || sums["cash"] != 2500 {
		t.Errorf("the ledger holds %v", sums)
	}
	if err := c.close(t, first); !errors.Is(err, billing.ErrChanged) && !errors.Is(err, billing.ErrOther) {
		t.Errorf("the first closing sent again: %v", err)
	}
	if err := take(); err != nil {
		t.Fatal(err)
	}
	second := billing.NewClosing{ID: id.New(), Day: today, Today: today, Seen: billing.Tender{Cash: 5000}, Counted: billing.Tender{Cash: 5000}}
	if err := c.close(t, second); err != nil {
		t.Fatal(err)
	}
	if err := take(); !errors.Is(err, billing.ErrDayClosed) {
		t.Errorf("money after the second closing: %v", err)
	}
	if till := c.till(t, today); till.Closed == nil || till.Closed.ID != second.ID || till.Cash != 5000 {
		t.Errorf("the till closed anew: %+v", till)
	}
	var was billing.Closing
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		was, err = billing.OpenClosing(ctx, tx, c.Keys, first.ID)
		return err
	})
	if was.Counted != first.Counted || was.Reason != first.Reason {
		t.Errorf("the first closing is %+v now", was)
	}
}

// The database itself keeps one closing of a day, and lets nobody follow on a reopening twice.
func TestTheClosingsOfADayAreAChain(t *testing.T) {
	c := newClinic(t)
	if _, err := c.pay(billing.NewPayment{ID: id.New(), Client: c.helen, Kind: billing.Deposit, Method: billing.Card, Amount: 100, Day: today}); err != nil {
		t.Fatal(err)
	}
	first := billing.NewClosing{ID: id.New(), Day: today, Today: today, Seen: billing.Tender{Card: 100}, Counted: billing.Tender{Card: 100}}
	if err := c.close(t, first); err != nil {
		t.Fatal(err)
	}
	insert := func(after id.ID) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			row := id.New()
			return tx.InsertTillClosing(ctx, db.InsertTillClosingParams{TenantID: tx.Tenant, ID: row, Day: today, ReopeningID: after, Sealed: []byte{0}, KeyVersion: c.Keys.KeyVersion(), ClosedAt: tx.Now()})
		})
	}
	if err := insert(id.ID{}); !db.Violates(err, "till_closings_day") {
		t.Errorf("a second closing: %v", err)
	}
	again := id.New()
	if err := c.reopen(t, again, first.ID, "Forgotten"); err != nil {
		t.Fatal(err)
	}
	if err := insert(id.ID{}); !db.Violates(err, "till_closings_day") {
		t.Errorf("a closing that follows on none: %v", err)
	}
	if err := insert(again); err != nil {
		t.Fatal(err)
	}
	if err := insert(again); !db.Violates(err, "till_closings_day") {
		t.Errorf("a second one on the same reopening: %v", err)
	}
}

func TestADayThatHadNothingOrIsToComeIsNotClosed(t *testing.T) {
	c := newClinic(t)
	for name, d := range map[string]struct {
		day  time.Time
		want fault.Kind
	}{"tomorrow": {today.AddDate(0, 0, 1), fault.Invalid}, "a day without money": {today.AddDate(0, -1, 0), fault.Conflict}} {
		if err := c.close(t, billing.NewClosing{ID: id.New(), Day: d.day, Today: today}); fault.KindOf(err) != d.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.close(t, billing.NewClosing{ID: id.New(), Day: today, Today: today}); err != nil {
		t.Errorf("today, when nobody came: %v", err)
	}
}
