package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
)

// posting is what one source changes on the accounts of the ledger: debits are positive, and all of them add up to 0.
type posting struct {
	client, sales, tax, card, cash, transfer, rounding, difference money.Amount
}

// by is the account of a way of paying.
func (p *posting) by(method string) *money.Amount {
	switch method {
	case Cash:
		return &p.cash
	case Transfer:
		return &p.transfer
	default:
		return &p.card
	}
}

var errUneven = errors.New("the entries of a source do not add up to nothing")

// entry is what a source changes on one account.
type entry struct {
	account string
	amount  money.Amount
}

// entries are those of the accounts that change. It gives errUneven.
func (p posting) entries() (out []entry, err error) {
	var sum money.Amount
	for _, e := range []entry{
		{"client", p.client},
		{"sales", p.sales},
		{"tax", p.tax},
		{"card", p.card},
		{"cash", p.cash},
		{"transfer", p.transfer},
		{"rounding", p.rounding},
		{"till-difference", p.difference},
	} {
		if e.amount != 0 {
			sum += e.amount
			out = append(out, e)
		}
	}
	if sum != 0 {
		return nil, errUneven
	}
	return out, nil
}

// post writes the entries of a source in one statement. A source that moves nothing has none.
func post(source, client id.ID, day time.Time, p posting) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		rows := db.InsertLedgerEntriesParams{TenantID: tx.Tenant, SourceID: source, ClientID: client, Day: day, At: tx.Now()}
		list, err := p.entries()
		if err != nil {
			return fmt.Errorf("posting %s: %w", source, err)
		}
		for _, e := range list {
			rows.Ids, rows.Accounts, rows.Amounts = append(rows.Ids, id.New()), append(rows.Accounts, e.account), append(rows.Amounts, int64(e.amount))
		}
		if len(rows.Ids) == 0 {
			return nil
		}
		if err := tx.InsertLedgerEntries(ctx, rows); err != nil {
			return fmt.Errorf("posting %s: %w", source, err)
		}
		return nil
	}
}
