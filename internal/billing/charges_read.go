package billing

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// OpenCharge reads one charge. It gives fault.Missing where there is none in this clinic.
func OpenCharge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, charge id.ID) (ChargeRow, error) {
	r, err := tx.GetCharge(ctx, db.GetChargeParams{TenantID: tx.Tenant, ID: charge})
	if err := db.Missing(err, "reading a charge"); err != nil {
		return ChargeRow{}, err
	}
	return chargeOf(keys, r)
}

// ChargesOfVisit reads every charge of a visit, whatever became of it, in the order they were made.
func ChargesOfVisit(ctx context.Context, tx *db.Tx, keys *vault.Clinic, visit id.ID) ([]ChargeRow, error) {
	rows, err := tx.ListChargesOfVisit(ctx, db.ListChargesOfVisitParams{TenantID: tx.Tenant, VisitID: visit})
	return chargesOf(keys, rows, err)
}

// OpenChargesOfClient reads the draft of a client's next bill: the open charges in the client's name, and those of
// the animals the client has a share of, in the order they were made.
func OpenChargesOfClient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) ([]ChargeRow, error) {
	rows, err := tx.ListOpenChargesOfClient(ctx, db.ListOpenChargesOfClientParams{TenantID: tx.Tenant, ClientID: client})
	return chargesOf(keys, rows, err)
}

// OpenChargesOfPatient reads what is open to be charged for an animal, in the order it was made, at most 60.
func OpenChargesOfPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]ChargeRow, error) {
	rows, err := tx.ListOpenChargesOfPatient(ctx, db.ListOpenChargesOfPatientParams{TenantID: tx.Tenant, PatientID: patient})
	return chargesOf(keys, rows, err)
}

// Unresolved counts what of a visit is neither billed nor given free nor declined. A visit with one cannot be done;
// who ends a visit holds its row before asking.
func Unresolved(ctx context.Context, tx *db.Tx, visit id.ID) (int, error) {
	n, err := tx.CountOpenCharges(ctx, db.CountOpenChargesParams{TenantID: tx.Tenant, VisitID: visit})
	if err != nil {
		return 0, fmt.Errorf("counting open charges: %w", err)
	}
	return int(n), nil
}

// OpenTotals says what the open charges of several visits come to, with tax. A visit without any is not in the map.
func OpenTotals(ctx context.Context, tx *db.Tx, visits []id.ID) (map[id.ID]OpenTotal, error) {
	if len(visits) == 0 {
		return map[id.ID]OpenTotal{}, nil
	}
	totals, _, err := openTotals(ctx, tx, func(ctx context.Context, tx *db.Tx) ([]db.ListOpenSumsRow, error) {
		return tx.ListOpenSums(ctx, db.ListOpenSumsParams{TenantID: tx.Tenant, Visits: visits})
	})
	return totals, err
}

// OpenTotalsLeaving says the same of every visit that is ready to go home, and in which currency. It needs to be told of none, so
// that it travels with who they are.
func OpenTotalsLeaving(ctx context.Context, tx *db.Tx) (map[id.ID]OpenTotal, money.Currency, error) {
	return openTotals(ctx, tx, func(ctx context.Context, tx *db.Tx) ([]db.ListOpenSumsRow, error) {
		rows, err := tx.ListOpenSumsLeaving(ctx, db.ListOpenSumsLeavingParams{TenantID: tx.Tenant})
		out := make([]db.ListOpenSumsRow, len(rows))
		for i, r := range rows {
			out[i] = db.ListOpenSumsRow(r)
		}
		return out, err
	})
}

// openTotals sums up charges that come by visit.
func openTotals(ctx context.Context, tx *db.Tx, list func(context.Context, *db.Tx) ([]db.ListOpenSumsRow, error)) (map[id.ID]OpenTotal, money.Currency, error) {
	totals := map[id.ID]OpenTotal{}
	var s Settings
	var t Taxes
	var rows []db.ListOpenSumsRow
	err := db.Together(ctx, tx, loadSettings(&s), t.loadClasses, t.loadRates, func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = list(ctx, tx)
		return err
	})
	if len(rows) == 0 && errors.Is(err, ErrNotSetUp) {
		return totals, s.Currency, nil // and nothing was charged
	}
	if err != nil {
		return nil, s.Currency, err
	}
	for len(rows) > 0 {
		visit := rows[0].VisitID
		var of []ChargeRow
		for len(rows) > 0 && rows[0].VisitID == visit {
			r := rows[0]
			of = append(of, ChargeRow{ID: r.ID, Species: r.Species, Charge: Charge{
				Quantity: r.Quantity, Price: money.Amount(r.Price), DiscountBP: int(r.DiscountBp), TaxClass: r.TaxClassID, Context: r.Context, Day: dayOf(r.Day),
			}})
			rows = rows[1:]
		}
		bill, err := compute(s, t, of)
		if err != nil {
			return nil, s.Currency, err
		}
		totals[visit] = OpenTotal{Count: len(of), Total: bill.Total()}
	}
	return totals, s.Currency, nil
}

func loadSettings(s *Settings) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		*s, err = LoadSettings(ctx, tx)
		return err
	}
}

// chargesOf opens rows of any statement that reads charges.
func chargesOf[R db.ListChargesOfVisitRow | db.ListOpenChargesOfClientRow | db.ListChargesAmongRow | db.ListOpenChargesOfPatientRow](keys *vault.Clinic, rows []R, err error) ([]ChargeRow, error) {
	if err != nil {
		return nil, fmt.Errorf("reading charges: %w", err)
	}
	out := make([]ChargeRow, len(rows))
	for i, r := range rows {
		if out[i], err = chargeOf(keys, db.GetChargeRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func chargeOf(keys *vault.Clinic, r db.GetChargeRow) (ChargeRow, error) {
	var s sealedCharge
	if err := open(keys, "charges", r.ID, r.Sealed, &s); err != nil {
		return ChargeRow{}, err
	}
	c := ChargeRow{
		ID: r.ID, Species: r.Species, State: r.State, Version: r.Version, MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy, lastMove: r.MoveID,
		Charge: Charge{
			Patient: r.PatientID, Client: r.ClientID, Visit: r.VisitID, Item: r.ItemID, Name: s.Name, Note: s.Note, Quantity: r.Quantity, Unit: r.Unit,
			Price: money.Amount(r.Price), DiscountBP: int(r.DiscountBp), TaxClass: r.TaxClassID, Context: r.Context, Day: dayOf(r.Day),
		},
	}
	if !r.MoveID.IsZero() {
		var m sealedMove
		if err := open(keys, "charge_moves", r.MoveID, r.MoveSealed, &m); err != nil {
			return ChargeRow{}, err
		}
		c.Reason = m.Reason
	}
	return c, nil
}
