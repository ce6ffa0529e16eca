package provision_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/provision"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// ahead books an animal at ten on a day in summer, by other rules than its clinic's zone has.
func ahead(t *testing.T, e *dbtest.Env, tenant id.Tenant, rules *time.Location) (row, vet id.ID, day time.Time) {
	t.Helper()
	ctx := context.Background()
	keys, err := e.Vault.Clinic(ctx, tenant)
	must(t, err)
	row, vet = id.New(), id.New()
	client, animal, kind := id.New(), id.New(), id.New()
	day = time.Date(e.Store.Now().Year()+1, 7, 4, 0, 0, 0, 0, time.UTC)
	must(t, e.Store.Write(ctx, as(tenant), func(ctx context.Context, tx *db.Tx) error {
		if err := registry.RegisterClient(ctx, tx, keys, client, registry.Client{LastName: "Thompson"}); err != nil {
			return err
		}
		if err := registry.RegisterPatient(ctx, tx, keys, animal, client, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"}); err != nil {
			return err
		}
		if err := scheduling.AddResource(ctx, tx, keys, vet, scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Yew", Position: 1}); err != nil {
			return err
		}
		if err := scheduling.AddType(ctx, tx, keys, kind, scheduling.Type{Name: "Consult", Minutes: 15, Colour: "plain", Needs: scheduling.NeedsVet, Position: 1}); err != nil {
			return err
		}
		d := scheduling.Desk{Keys: keys, Zone: rules, May: func(string) bool { return true }}
		_, err := scheduling.Book(ctx, tx, d, row, scheduling.Booking{
			Patient: animal, Type: kind, When: scheduling.When{Day: day, Start: 600, With: vet, Anyway: true},
		})
		return err
	}))
	return row, vet, day
}

func TestWhatIsBookedKeepsItsTimeAtEveryClinicWhoseZoneHasOtherRulesNow(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	_, err := provision.Canaries(ctx, deps(e))
	must(t, err)
	super, err := pgx.Connect(ctx, e.AdminURL)
	must(t, err)
	t.Cleanup(func() { _ = super.Close(ctx) })
	a, _ := made(t, e)
	b, host := made(t, e)
	_, err = e.Platform.SetState(ctx, host+".localhost", "suspended")
	must(t, err)
	// When it was booked, London had no summer time.
	old := time.FixedZone("Europe/London", 0)
	london, err := time.LoadLocation("Europe/London")
	must(t, err)
	type booked struct {
		tenant   id.Tenant
		row, vet id.ID
		day      time.Time
	}
	var list []booked
	for _, tenant := range []id.Tenant{a, b} {
		row, vet, day := ahead(t, e, tenant, old)
		list = append(list, booked{tenant, row, vet, day})
	}
	quiet, _ := made(t, e)
	right, _, _ := ahead(t, e, quiet, london)

	if n, err := provision.KeepTimes(ctx, deps(e)); err != nil || n != 2 {
		t.Fatalf("%d appointments were changed, %v", n, err)
	}
	for _, one := range list {
		keys, err := e.Vault.Clinic(ctx, one.tenant)
		must(t, err)
		must(t, e.Store.Read(ctx, as(one.tenant), func(ctx context.Context, tx *db.Tx) error {
			got, err := scheduling.OpenAppointment(ctx, tx, keys, one.row)
			if err != nil {
				return err
			}
			if want := one.day.Add(9 * time.Hour); got.Start != 600 || !got.Day.Equal(one.day) || !got.StartsAt.Equal(want) {
				t.Errorf("it is at %d of %v, %v; want ten on the clock, %v", got.Start, got.Day, got.StartsAt, want)
			}
			held, err := tx.ListOverlaps(ctx, db.ListOverlapsParams{
				TenantID: tx.Tenant, ResourceIds: []id.ID{one.vet}, StartsAt: got.StartsAt, EndsAt: got.EndsAt, Since: got.StartsAt.Add(-time.Hour), ButID: id.New(),
			})
			if err != nil || len(held) != 1 {
				t.Errorf("the new time is held by %d, %v", len(held), err)
			}
			return err
		}))
		var leaves int
		must(t, super.QueryRow(ctx, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object = 'appointment-times' AND ids = ARRAY[$2::uuid] AND purpose = 'provision' AND commitment IS NOT NULL`,
			one.tenant, one.row).Scan(&leaves))
		if leaves != 1 {
			t.Errorf("it is recorded %d times", leaves)
		}
	}
	if n, err := provision.KeepTimes(ctx, deps(e)); err != nil || n != 0 {
		t.Errorf("the second time %d were changed, %v", n, err)
	}
	must(t, e.Store.Read(ctx, as(quiet), func(ctx context.Context, tx *db.Tx) error {
		outdated, err := scheduling.Outdated(ctx, tx, london)
		if outdated {
			t.Errorf("%s is outdated under the rules it was booked by", right)
		}
		return err
	}))
}
