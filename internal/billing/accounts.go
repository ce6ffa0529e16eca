package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// unpaidMost is how many unpaid invoices of one client are shown.
const unpaidMost = 200

// Balance is what a client owes; below 0, what stands to the client's credit.
func Balance(ctx context.Context, tx *db.Tx, client id.ID) (money.Amount, error) {
	n, err := tx.GetClientBalance(ctx, db.GetClientBalanceParams{TenantID: tx.Tenant, ClientID: client})
	if err != nil {
		return 0, fmt.Errorf("reading a balance: %w", err)
	}
	return money.Amount(n), nil
}

// OpenAccount reads what stands between a client and the clinic.
func OpenAccount(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) (Account, error) {
	var a Account
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.Balance, err = Balance(ctx, tx, client)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.Unpaid, _, err = Invoices(ctx, tx, keys, InvoiceFilter{State: Unpaid, Client: client, Most: unpaidMost})
			slices.Reverse(a.Unpaid)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListUnappliedPayments(ctx, db.ListUnappliedPaymentsParams{TenantID: tx.Tenant, ClientID: client})
			a.Unapplied, err = paymentsOf(keys, rows, err)
			return err
		},
	)
	if err != nil {
		return Account{}, err
	}
	for _, p := range a.Unapplied {
		a.Credit += p.Unapplied()
	}
	return a, nil
}

// Statement reads the documents and the money of a client from a day to another, zero for no bound, with what was owed
// before them and after each.
func Statement(ctx context.Context, tx *db.Tx, client id.ID, from, to time.Time) (before money.Amount, list []Entry, err error) {
	p := db.ListStatementParams{TenantID: tx.Tenant, ClientID: client, FromDay: farBack, ToDay: farAhead}
	if !from.IsZero() {
		p.FromDay = dayOf(from)
	}
	if !to.IsZero() {
		p.ToDay = dayOf(to)
	}
	var rows []db.ListStatementRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.GetClientBalanceBefore(ctx, db.GetClientBalanceBeforeParams{TenantID: tx.Tenant, ClientID: client, Day: p.FromDay})
			before = money.Amount(n)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = tx.ListStatement(ctx, p)
			return err
		},
	)
	if err != nil {
		return 0, nil, fmt.Errorf("reading a statement: %w", err)
	}
	balance := before
	for _, r := range rows {
		balance += money.Amount(r.Amount)
		e := Entry{Source: r.SourceID, Day: dayOf(r.Day), At: r.At.UTC(), Amount: money.Amount(r.Amount), Balance: balance}
		switch {
		case r.Number != nil && r.Prefix != nil:
			e.Kind, e.Number = kindInvoice, numbered(*r.Prefix, *r.Number)
			if !r.CreditsID.IsZero() {
				e.Kind = kindCreditNote
			}
		case r.Kind != nil && r.Method != nil:
			e.Kind, e.Method = *r.Kind, *r.Method
		}
		list = append(list, e)
	}
	return before, list, nil
}
