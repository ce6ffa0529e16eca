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
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// sealedClosing is why counted and expected differ; of a reopening why the day was opened again.
type sealedClosing struct {
	Reason string `json:"reason,omitempty"`
}

// OpenTill reads what the ledger says of a day's money, and how the day was closed.
func OpenTill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, day time.Time) (Till, error) {
	t := Till{Day: dayOf(day)}
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			t.Tender, t.Empty, err = expected(ctx, tx, t.Day)
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
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListTillReopenings(ctx, db.ListTillReopeningsParams{TenantID: tx.Tenant, Day: t.Day})
			if err != nil {
				return fmt.Errorf("reading when a day was opened again: %w", err)
			}
			for _, r := range rows {
				var s sealedClosing
				if err := open(keys, "till_reopenings", r.ID, r.Sealed, &s); err != nil {
					return err
				}
				t.Reopened = append(t.Reopened, Reopening{r.ID, r.ClosingID, s.Reason, r.OpenedAt.UTC(), r.OpenedBy})
			}
			return nil
		},
	)
	if t.Closed != nil {
		t.Tender = t.Closed.Expected // the differences are in the ledger since
	}
	return t, err
}

// expected is what came in on a day by each way of paying, less what was paid back, from the ledger. empty says that
// nothing of that day is in it.
func expected(ctx context.Context, tx *db.Tx, day time.Time) (t Tender, empty bool, err error) {
	rows, err := tx.ListDaySums(ctx, db.ListDaySumsParams{TenantID: tx.Tenant, Day: day})
	if err != nil {
		return t, false, fmt.Errorf("reading a day's sums: %w", err)
	}
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
	return t, len(rows) == 0, nil
}

// NewClosing is a day as it was counted. Its id comes with the form.
type NewClosing struct {
	ID id.ID
	// Day is the one that is closed, Today the present one of the clinic's calendar.
	Day, Today time.Time
	// Seen is what the page expected, Counted what was there: of cash without the float.
	Seen, Counted Tender
	Reason        string
}

// Off is what is over or missing by each way of paying.
func (n NewClosing) Off() Tender {
	return Tender{Cash: n.Counted.Cash - n.Seen.Cash, Card: n.Counted.Card - n.Seen.Card, Transfer: n.Counted.Transfer - n.Seen.Transfer}
}

// Check gives the mistakes that can be seen before anything is read, as fault.Fields named day, counted and reason.
func (n NewClosing) Check() error {
	var bad fault.Fields
	reason := words(&bad, "reason", n.Reason, "")
	if dayOf(n.Day).After(dayOf(n.Today)) {
		bad.Add("day", "This day has not been yet")
	}
	for _, a := range []money.Amount{n.Counted.Cash, n.Counted.Card, n.Counted.Transfer} {
		if a > money.Most || a < -money.Most {
			bad.Add("counted", "That is more than can be kept here: look at the decimal point")
			break
		}
	}
	if n.Off() != (Tender{}) && reason == "" {
		bad.Add("reason", "Enter why it differs, like a wrong note given out")
	}
	return bad.Err()
}

// CloseTill closes a day: from then on it takes no money and no documents. A difference takes a reason and goes into the
// ledger. It gives ErrAlreadyThere for a second sending, ErrDayClosed where somebody closed it before, ErrNothingThere
// for a day that is over and had nothing, ErrChanged where the day's money is no longer what the page showed, and the
// fault.Fields of Check.
func CloseTill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewClosing) error {
	if err := n.Check(); err != nil {
		return err
	}
	n.Day, n.Reason = dayOf(n.Day), plain.Line(n.Reason)
	if err := lockTill(ctx, tx); err != nil {
		return err
	}
	till, err := OpenTill(ctx, tx, keys, n.Day)
	switch {
	case err != nil:
		return err
	case till.Closed != nil && till.Closed.ID == n.ID:
		return ErrAlreadyThere
	case till.Closed != nil:
		return ErrDayClosed
	case till.Empty && n.Day.Before(dayOf(n.Today)):
		return ErrNothingThere
	case till.Tender != n.Seen:
		return ErrChanged
	}
	text, err := sealed(keys, "till_closings", n.ID, sealedClosing{n.Reason})
	if err != nil {
		return err
	}
	var follows id.ID // on the time it was opened again, zero for the first closing
	if len(till.Reopened) > 0 {
		follows = till.Reopened[len(till.Reopened)-1].ID
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertTillClosing(ctx, db.InsertTillClosingParams{
				TenantID: tx.Tenant, ID: n.ID, Day: n.Day, CashExpected: int64(n.Seen.Cash), CashCounted: int64(n.Counted.Cash), CardExpected: int64(n.Seen.Card),
				CardCounted: int64(n.Counted.Card), TransferExpected: int64(n.Seen.Transfer), TransferCounted: int64(n.Counted.Transfer), ReopeningID: follows,
				Sealed: text, KeyVersion: keys.KeyVersion(), ClosedAt: tx.Now(), ClosedBy: tx.Who.Person,
			})
		},
		post(n.ID, id.ID{}, n.Day, n.Off().posting()),
	)
	if db.Violates(err, "till_closings_pkey") { // another day under this id, or one that was opened again since
		return ErrOther
	}
	if err != nil {
		return fmt.Errorf("closing the till: %w", err)
	}
	return record(ctx, tx, keys, audit.Change{
		Action: audit.Created, Object: "till", ObjectID: n.ID, Group: group,
		After: Closing{ID: n.ID, Day: n.Day, Expected: n.Seen, Counted: n.Counted, Reason: n.Reason, At: tx.Now(), By: tx.Who.Person},
	})
}

// posting is what a difference changes in the ledger.
func (t Tender) posting() posting {
	return posting{cash: t.Cash, card: t.Card, transfer: t.Transfer, difference: -t.Total()}
}

// lockTill waits for all who take money, each of whom holds the settings shared, and keeps others from it until the
// transaction ends.
func lockTill(ctx context.Context, tx *db.Tx) error {
	_, err := tx.LockMoneySettings(ctx, db.LockMoneySettingsParams{TenantID: tx.Tenant})
	if db.NoRows(err) {
		return ErrNotSetUp
	}
	if err != nil {
		return fmt.Errorf("locking the till: %w", err)
	}
	return nil
}

// ReopenTill opens a closed day again, under an id that came with the form. The closing stays as it was; what it put
// into the ledger is taken back, so that the day expects what its payments say. It gives ErrAlreadyThere for a second
// sending, ErrDayOpen where somebody opened it before, fault.Missing, and fault.Fields named reason.
func ReopenTill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, closing id.ID, reason string) error {
	var bad fault.Fields
	reason = words(&bad, "reason", reason, "Enter why it is opened again, like a payment forgotten")
	if err := bad.Err(); err != nil {
		return err
	}
	c, err := OpenClosing(ctx, tx, keys, closing)
	if err != nil {
		return err
	}
	if err := lockTill(ctx, tx); err != nil {
		return err
	}
	till, err := OpenTill(ctx, tx, keys, c.Day)
	if err != nil {
		return err
	}
	if till.Closed == nil || till.Closed.ID != closing {
		for _, r := range till.Reopened {
			if r.ID == row && r.Closing == closing {
				return ErrAlreadyThere
			}
		}
		return ErrDayOpen
	}
	text, err := sealed(keys, "till_reopenings", row, sealedClosing{reason})
	if err != nil {
		return err
	}
	off := NewClosing{Seen: c.Counted, Counted: c.Expected}.Off()
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertTillReopening(ctx, db.InsertTillReopeningParams{
				TenantID: tx.Tenant, ID: row, ClosingID: closing, Day: c.Day, Round: int64(len(till.Reopened) + 1), Sealed: text, KeyVersion: keys.KeyVersion(), OpenedAt: tx.Now(), OpenedBy: tx.Who.Person,
			})
		},
		post(row, id.ID{}, c.Day, off.posting()),
	)
	if db.Violates(err, "till_reopenings_pkey") { // another day under this id
		return ErrOther
	}
	if err != nil {
		return fmt.Errorf("opening a closed day: %w", err)
	}
	return record(ctx, tx, keys, audit.Change{
		Action: audit.Created, Object: "till-reopening", ObjectID: row, IDs: []id.ID{closing}, Group: group,
		After: Reopening{ID: row, Closing: closing, Reason: reason, At: tx.Now(), By: tx.Who.Person},
	})
}

// OpenClosing reads one closing, whether the day was opened again since or not. It gives fault.Missing where there is
// none in this clinic.
func OpenClosing(ctx context.Context, tx *db.Tx, keys *vault.Clinic, closing id.ID) (Closing, error) {
	r, err := tx.GetTillClosingByID(ctx, db.GetTillClosingByIDParams{TenantID: tx.Tenant, ID: closing})
	if err := db.Missing(err, "reading a closing"); err != nil {
		return Closing{}, err
	}
	return closingOf(keys, db.GetTillClosingRow(r))
}

// DayClosed reports whether a day takes no more money and no more documents.
func DayClosed(ctx context.Context, tx *db.Tx, day time.Time) (closed bool, err error) {
	err = isClosed(&closed, dayOf(day))(ctx, tx)
	return closed, err
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
