package billing

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

type sealedClosing struct {
	Reason string `json:"reason,omitempty"`
}

// OpenTill reads what the ledger says of a day's money, and how the day was closed.
func OpenTill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, day time.Time) (Till, error) {
	t := Till{Day: dayOf(day)}
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			t.Tender, err = expected(ctx, tx, t.Day)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetTillClosing(ctx, db.GetTillClosingParams{TenantID: tx.Tenant, Day: t.Day})
			if db.NoRows(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading how a day was closed: %w", err)
			}
			c, err := closingOf(keys, r)
			t.Closed = &c
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListPaymentsOfDay(ctx, db.ListPaymentsOfDayParams{TenantID: tx.Tenant, Day: t.Day})
			t.Payments, err = paymentsOf(keys, rows, err)
			return err
		},
	)
	if t.Closed != nil {
		t.Tender = t.Closed.Expected // the differences are in the ledger since
	}
	return t, err
}

// expected is what came in on a day by each way of paying, less what was paid back, from the ledger.
func expected(ctx context.Context, tx *db.Tx, day time.Time) (Tender, error) {
	rows, err := tx.ListDaySums(ctx, db.ListDaySumsParams{TenantID: tx.Tenant, Day: day})
	if err != nil {
		return Tender{}, fmt.Errorf("reading a day's sums: %w", err)
	}
	var t Tender
	for _, r := range rows {
		switch r.Account {
		case Cash:
			t.Cash = money.Amount(r.Amount)
		case Card:
			t.Card = money.Amount(r.Amount)
		case Transfer:
			t.Transfer = money.Amount(r.Amount)
		}
	}
	return t, nil
}

// CloseTill closes a day under an id that came with the form: from then on it takes no money and no documents. What was
// counted of cash is without the float. A difference takes a reason and goes into the ledger. It gives
// ErrAlreadyThere for a second sending, ErrDayClosed where somebody closed it before, ErrChanged where the day's money
// is no longer what the page showed, and fault.Fields named day, counted and reason.
func CloseTill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, day time.Time, seen, counted Tender, reason string) error {
	var bad fault.Fields
	day = dayOf(day)
	reason = words(&bad, "reason", reason, "")
	if day.After(tx.Now().Add(14 * time.Hour)) { // the clinic's day may be one ahead of UTC
		bad.Add("day", "This day has not been yet")
	}
	for _, a := range []money.Amount{counted.Cash, counted.Card, counted.Transfer} {
		if a > money.Most || a < -money.Most {
			bad.Add("counted", "That is more than can be kept here: look at the decimal point")
			break
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	// Whoever takes money holds the settings shared: nobody does from here on.
	if _, err := tx.LockMoneySettings(ctx, db.LockMoneySettingsParams{TenantID: tx.Tenant}); err != nil {
		if db.NoRows(err) {
			return ErrNotSetUp
		}
		return fmt.Errorf("locking the till: %w", err)
	}
	till, err := OpenTill(ctx, tx, keys, day)
	switch {
	case err != nil:
		return err
	case till.Closed != nil && till.Closed.ID == row:
		return ErrAlreadyThere
	case till.Closed != nil:
		return ErrDayClosed
	case till.Tender != seen:
		return ErrChanged
	}
	off := Tender{Cash: counted.Cash - seen.Cash, Card: counted.Card - seen.Card, Transfer: counted.Transfer - seen.Transfer}
	if off != (Tender{}) && reason == "" {
		return fault.Fields{{Name: "reason", Message: "Enter why it differs, like a wrong note given out"}}
	}
	text, err := sealed(keys, "till_closings", row, sealedClosing{reason})
	if err != nil {
		return err
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertTillClosing(ctx, db.InsertTillClosingParams{
				TenantID: tx.Tenant, ID: row, Day: day, CashExpected: int64(seen.Cash), CashCounted: int64(counted.Cash), CardExpected: int64(seen.Card),
				CardCounted: int64(counted.Card), TransferExpected: int64(seen.Transfer), TransferCounted: int64(counted.Transfer),
				Sealed: text, KeyVersion: keys.KeyVersion(), ClosedAt: tx.Now(), ClosedBy: tx.Who.Person,
			})
		},
		post(row, id.ID{}, day, posting{cash: off.Cash, card: off.Card, transfer: off.Transfer, difference: -off.Total()}),
	)
	if db.Violates(err, "till_closings_pkey") { // another day under this id
		return ErrOther
	}
	if err != nil {
		return fmt.Errorf("closing the till: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "till", ObjectID: row, Group: group,
		After: Closing{ID: row, Day: day, Expected: seen, Counted: counted, Reason: reason, At: tx.Now(), By: tx.Who.Person},
	})
}

// Closings reads closed days before one, the latest first.
func Closings(ctx context.Context, tx *db.Tx, keys *vault.Clinic, before time.Time, most int) ([]Closing, error) {
	rows, err := tx.ListTillClosings(ctx, db.ListTillClosingsParams{TenantID: tx.Tenant, Before: dayOf(before), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("reading the closed days: %w", err)
	}
	out := make([]Closing, len(rows))
	for i, r := range rows {
		if out[i], err = closingOf(keys, db.GetTillClosingRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func closingOf(keys *vault.Clinic, r db.GetTillClosingRow) (Closing, error) {
	var s sealedClosing
	if err := open(keys, "till_closings", r.ID, r.Sealed, &s); err != nil {
		return Closing{}, err
	}
	return Closing{
		ID: r.ID, Day: dayOf(r.Day), Reason: s.Reason, At: r.ClosedAt.UTC(), By: r.ClosedBy,
		Expected: Tender{money.Amount(r.CashExpected), money.Amount(r.CardExpected), money.Amount(r.TransferExpected)},
		Counted:  Tender{money.Amount(r.CashCounted), money.Amount(r.CardCounted), money.Amount(r.TransferCounted)},
	}, nil
}
