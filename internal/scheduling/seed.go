package scheduling

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// seeded are the types a clinic begins with, in their order.
var seeded = []Type{
	{Name: "Consult", Minutes: 15, Colour: "plain", Needs: NeedsVet},
	{Name: "Recheck", Minutes: 15, Colour: "plain", Needs: NeedsVet},
	{Name: "Vaccination", Minutes: 15, Colour: "green", Needs: NeedsVet},
	{Name: "Nurse clinic", Minutes: 15, Colour: "blue", Needs: NeedsNurse},
	{Name: "Nail clip", Minutes: 15, Colour: "blue", Needs: NeedsNurse},
	{Name: "Dressing change", Minutes: 15, Colour: "blue", Needs: NeedsNurse},
	{Name: "Weight clinic", Minutes: 15, Colour: "blue", Needs: NeedsNurse},
	{Name: "Blood test", Minutes: 15, Colour: "plain", Needs: Anyone},
	{Name: "Imaging", Minutes: 30, Colour: "amber", Needs: NeedsVet},
	{Name: "Operation", Minutes: 60, Colour: "violet", Needs: NeedsVet, NeedsRoom: Theatre},
	{Name: "Dental", Minutes: 75, Colour: "violet", Needs: NeedsVet, NeedsRoom: Theatre},
	{Name: "Emergency", Minutes: 30, Colour: "red", Needs: NeedsVet},
	{Name: "Quality of life talk", Minutes: 45, Colour: "amber", Needs: NeedsVet, Quiet: true},
	{Name: "Farewell", Minutes: 60, Colour: "amber", Needs: NeedsVet, Quiet: true},
}

// seededHours are the opening hours a clinic begins with.
func seededHours() (out []WeekSpan) {
	for weekday := 1; weekday <= 5; weekday++ {
		out = append(out, WeekSpan{weekday, Span{Work, 8*60 + 30, 18 * 60}})
	}
	return append(out, WeekSpan{6, Span{Work, 9 * 60, 12 * 60}})
}

// Seed gives a clinic that has none the types of appointment and the opening hours it begins with. What can be booked,
// it says itself.
func Seed(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	kinds := make([]registry.Versioned[Type], len(seeded))
	var jobs []func(context.Context, *db.Tx) error
	for i, t := range seeded {
		t.Position = i + 1
		kinds[i] = registry.Versioned[Type]{Version: 1, Value: t}
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertAppointmentType(ctx, db.InsertAppointmentTypeParams{
				TenantID: tx.Tenant, ID: id.New(), Name: t.Name, Minutes: int32(t.Minutes), Colour: t.Colour, Needs: t.Needs, NeedsRoom: t.room(),
				Quiet: t.Quiet, Position: int32(t.Position),
			})
		})
	}
	hours := seededHours()
	// A day before, for clinics ahead of UTC and behind it.
	from := DayOf(tx.Now(), time.UTC).AddDate(0, 0, -1)
	jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error { return insertHours(ctx, tx, id.ID{}, from, hours) })
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return fmt.Errorf("giving a clinic its first schedule: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "schedule", ObjectID: hoursOf(tx.Tenant.ID()), Group: group,
		After: struct {
			Types []registry.Versioned[Type] `json:"types"`
			Hours []WeekSpan                 `json:"hours"`
		}{kinds, hours},
	})
}
