package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/scheduling"
)

// paidAfter is how long after the vet was done a sample client has paid.
const paidAfter = 20 * time.Minute

// bills charges who was seen today; those who were done a while ago have paid and gone.
func (d Deps) bills(ctx context.Context, b bookings, visits []scheduling.PastVisit) error {
	r := b.draws(0x62696c6c)
	desk := d.as(b.at, b.people["reception"])
	for _, v := range visits {
		state, since := v.State()
		if state != scheduling.Ready {
			continue
		}
		err := d.Store.Write(ctx, desk, func(ctx context.Context, tx *db.Tx) error {
			charges, err := b.charge(ctx, tx, r, v)
			if err != nil || b.now.Sub(since) < paidAfter || v.Client.IsZero() {
				return err
			}
			return b.payAndGo(ctx, tx, r, v, charges)
		})
		if err != nil {
			return fmt.Errorf("billing the day: %w", err)
		}
	}
	return nil
}

// charge notes what was done on a visit.
func (b bookings) charge(ctx context.Context, tx *db.Tx, r *rand.Rand, v scheduling.PastVisit) ([]billing.Seen, error) {
	codes := []string{"CONS"}
	switch {
	case v.Minutes >= 75:
		codes = []string{"SED", "DENTAL", "INJ-MELOX"}
	case v.Minutes >= 60:
		codes = []string{"SED", "XRAY-1", "INJ-MELOX"}
	case r.IntN(3) == 0:
		codes = append(codes, pick(r, "CYTO-EAR", "SKIN-SCR", "BLOOD-T4", "NAILS"))
	case r.IntN(2) == 0:
		codes = append(codes, pick(r, "TAB-CARP50", "DROPS-EAR", "WORM-DOG"), "DISP-FEE")
	}
	var out []billing.Seen
	for _, code := range codes {
		found, err := billing.FindItems(ctx, tx, code)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue // the clinic sells it no more
		}
		c := billing.Charge{
			Patient: v.Patient, Visit: v.ID, Item: found[0].ID, Name: found[0].Name, Quantity: money.One, Unit: found[0].Unit, Price: found[0].Price,
			TaxClass: found[0].TaxClass, Context: found[0].Context, Day: b.day,
		}
		if code == "TAB-CARP50" {
			c.Quantity, c.Note = money.Quantity(14*money.One), "One tablet once a day for 14 days"
		}
		row := id.New()
		if err := billing.AddCharge(ctx, tx, b.desk.Keys, row, c); err != nil {
			return nil, err
		}
		out = append(out, billing.Seen{Charge: row, Version: 1})
	}
	return out, nil
}

// payAndGo issues the bill to who came with the animal, takes the money and ends the visit. Every eighth pays later.
func (b bookings) payAndGo(ctx context.Context, tx *db.Tx, r *rand.Rand, v scheduling.PastVisit, charges []billing.Seen) error {
	made, err := billing.Issue(ctx, tx, b.desk.Keys, billing.NewInvoice{ID: id.New(), Visit: v.ID, Charges: charges, To: v.Client, Day: b.day})
	if err != nil {
		return err
	}
	for _, m := range made {
		if r.IntN(8) == 0 {
			continue
		}
		_, err := billing.Pay(ctx, tx, b.desk.Keys, billing.NewPayment{
			ID: id.New(), Client: m.Client, Kind: billing.Payment, Method: pick(r, billing.Card, billing.Card, billing.Cash), Amount: m.Total, Day: b.day,
			To: []billing.Settle{{Invoice: m.ID, Amount: m.Total}},
		})
		if err != nil {
			return err
		}
	}
	a, err := scheduling.OpenAppointment(ctx, tx, b.desk.Keys, v.ID)
	if err != nil {
		return err
	}
	return scheduling.MoveTo(ctx, tx, b.desk, id.New(), v.ID, a.LastMove, scheduling.Done, "")
}
