package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// lockClients holds clients in the order of their ids. It gives fault.Missing where one is not there.
func lockClients(clients []id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.LockPayers(ctx, db.LockPayersParams{TenantID: tx.Tenant, Ids: clients})
		if err != nil {
			return fmt.Errorf("locking who pays: %w", err)
		}
		if len(rows) != len(clients) {
			return fault.Missing
		}
		return nil
	}
}

// loadCharges reads charges by their ids. It gives fault.Missing where one is not there.
func loadCharges(into *[]ChargeRow, keys *vault.Clinic, ids []id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListChargesAmong(ctx, db.ListChargesAmongParams{TenantID: tx.Tenant, Ids: ids})
		list, err := chargesOf(keys, rows, err)
		if err != nil {
			return err
		}
		if len(list) != len(sorted(ids)) {
			return fault.Missing
		}
		*into = list
		return nil
	}
}

func sorted(ids []id.ID) []id.ID {
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

func loadSeries(into *db.GetInvoiceSeriesRow, kind string) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		*into, err = tx.GetInvoiceSeries(ctx, db.GetInvoiceSeriesParams{TenantID: tx.Tenant, Kind: kind})
		if db.NoRows(err) {
			return ErrNotSetUp
		}
		return err
	}
}

// isClosed reads whether the till of a day is closed. Who relies on it holds the settings.
func isClosed(closed *bool, day time.Time) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		*closed, err = tx.IsDayClosed(ctx, db.IsDayClosedParams{TenantID: tx.Tenant, Day: day})
		return err
	}
}

// named are the people and animals of a document as they are called now.
type named struct {
	people   map[id.ID]Person
	patients map[id.ID]string
}

// loadNames reads them.
func loadNames(n *named, keys *vault.Clinic, about concerned) func(context.Context, *db.Tx) error {
	*n = named{map[id.ID]Person{}, map[id.ID]string{}}
	jobs := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) error {
		found, err := registry.ClientsAmong(ctx, tx, keys, about.clients)
		for row, c := range found {
			n.people[row] = Person{Name: c.Name(), Street: c.Street, City: c.City, Region: c.Region, Postcode: c.Postcode, Country: c.Country}
		}
		return err
	}}
	for _, patient := range about.patients {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			p, err := registry.OpenPatient(ctx, tx, keys, patient)
			n.patients[patient] = p.Name
			return err
		})
	}
	return func(ctx context.Context, tx *db.Tx) error {
		if err := db.Together(ctx, tx, jobs...); err != nil {
			return fmt.Errorf("reading who a bill is for: %w", err)
		}
		return nil
	}
}
