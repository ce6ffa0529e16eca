package billing

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// LoadSettings reads the money of the clinic. It gives ErrNotSetUp where nobody has set it up.
func LoadSettings(ctx context.Context, tx *db.Tx) (Settings, error) {
	return settingsOf(tx.GetMoneySettings(ctx, db.GetMoneySettingsParams{TenantID: tx.Tenant}))
}

// holdSettings reads them and keeps the till from being closed before the transaction ends.
func holdSettings(ctx context.Context, tx *db.Tx) (Settings, error) {
	r, err := tx.HoldMoneySettings(ctx, db.HoldMoneySettingsParams{TenantID: tx.Tenant})
	return settingsOf(db.GetMoneySettingsRow(r), err)
}

func settingsOf(r db.GetMoneySettingsRow, err error) (Settings, error) {
	if db.NoRows(err) {
		return Settings{}, ErrNotSetUp
	}
	if err != nil {
		return Settings{}, fmt.Errorf("reading the money of the clinic: %w", err)
	}
	return Settings{money.Currency(r.Currency), r.TaxIncluded, r.TaxBy, r.CashStep, int(r.DueDays), r.Version}, nil
}

// SaveSettings saves the money of the clinic from a form that showed it at a version. The currency stays once
// something was issued or paid in it. It gives ErrChanged, and fault.Fields named currency, tax_by, cash_step and
// due_days.
func SaveSettings(ctx context.Context, tx *db.Tx, keys *vault.Clinic, version int64, s Settings) error {
	var bad fault.Fields
	if !s.Currency.Valid() {
		bad.Add("currency", "Enter a currency of three capitals, like GBP")
	}
	if s.TaxBy != ByLine && s.TaxBy != ByDocument {
		bad.Add("tax_by", "Choose how tax is rounded")
	}
	if s.CashStep < 1 || s.CashStep > 10_000 {
		bad.Add("cash_step", "Choose what cash is rounded to")
	}
	if s.DueDays < 0 || s.DueDays > 365 {
		bad.Add("due_days", "Enter a number of days from 0 to 365")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	row, err := tx.LockMoneySettings(ctx, db.LockMoneySettingsParams{TenantID: tx.Tenant})
	was, err := settingsOf(db.GetMoneySettingsRow(row), err)
	if err != nil {
		return err
	}
	s.Version = was.Version
	if s == was {
		return nil
	}
	if was.Version != version {
		return ErrChanged
	}
	if s.Currency != was.Currency {
		used, err := tx.CountFirstLedgerEntry(ctx, db.CountFirstLedgerEntryParams{TenantID: tx.Tenant})
		if err != nil {
			return fmt.Errorf("reading whether there is money: %w", err)
		}
		if used > 0 {
			return fault.Fields{{Name: "currency", Message: "Bills were issued in " + string(was.Currency) + " already, so it stays"}}
		}
	}
	n, err := tx.UpdateMoneySettings(ctx, db.UpdateMoneySettingsParams{
		TenantID: tx.Tenant, Version: version, Currency: string(s.Currency), TaxIncluded: s.TaxIncluded, TaxBy: s.TaxBy, CashStep: s.CashStep, DueDays: int32(s.DueDays),
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving the money of the clinic: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "money-settings", ObjectID: tx.Tenant.ID(), Group: group, Before: was, After: s,
	})
}
