package billing

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// OpenBill is what is open for an animal and on no bill yet.
type OpenBill struct {
	Patient id.ID
	// Client pays it alone, Visit is whose it is; zero for none.
	Client, Visit id.ID
	// Called is the animal's name with the surname of who is asked first.
	Called string
	Count  int
	Since  time.Time // a day, midnight UTC
	// Total is known of what belongs to a visit.
	Total money.Amount
}

// OpenBills reads what is open in the whole clinic, the newest first. It takes two round trips.
func OpenBills(ctx context.Context, tx *db.Tx, keys *vault.Clinic, most int) ([]OpenBill, error) {
	rows, err := tx.ListOpenBills(ctx, db.ListOpenBillsParams{TenantID: tx.Tenant, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("reading what is not billed yet: %w", err)
	}
	out := make([]OpenBill, len(rows))
	var visits []id.ID
	var totals map[id.ID]OpenTotal
	jobs := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		totals, err = OpenTotals(ctx, tx, visits)
		return err
	}}
	for i, r := range rows {
		out[i] = OpenBill{Patient: r.PatientID, Client: r.ClientID, Visit: r.VisitID, Count: int(r.Charges), Since: dayOf(r.Since)}
		if !r.VisitID.IsZero() {
			visits = append(visits, r.VisitID)
		}
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			p, err := registry.OpenPatient(ctx, tx, keys, r.PatientID)
			out[i].Called = p.Called()
			if owner, ok := p.Owner(); ok {
				out[i].Called += " " + owner.Surname()
			}
			return err
		})
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return nil, fmt.Errorf("reading whom it is for: %w", err)
	}
	for i, b := range out {
		out[i].Total = totals[b.Visit].Total
	}
	return out, nil
}
