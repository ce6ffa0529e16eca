package db_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
)

// Requests of four clinics are cancelled at random points, on fewer connections than there are
// requests: whoever gets a connection next sees its own clinic's rows and no other's.
func TestARequestCancelledAnywhereLeavesNothingToTheNext(t *testing.T) { // T47
	e := dbtest.New(t)
	s, err := db.Open(context.Background(), db.Config{URL: e.Endpoint.As(db.RoleApp), MaxConns: 4, Signer: e.Signer, Log: e.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	clinics := make([]dbtest.Clinic, 4)
	for i := range clinics {
		clinics[i] = e.NewClinic(t)
		for range i + 1 {
			addClient(t, e, clinics[i])
		}
	}
	var whole, cut atomic.Int64
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 47)) // repeatable
			for range 60 {
				n := r.IntN(len(clinics))
				patience := time.Duration(r.IntN(4000)) * time.Microsecond
				if r.IntN(3) == 0 {
					patience = 10 * time.Second
				}
				if oneRequest(t, s, clinics[n], n+1, r.IntN(2) == 0, patience) {
					whole.Add(1)
				} else {
					cut.Add(1)
				}
			}
		})
	}
	workers.Wait()
	if whole.Load() < 40 || cut.Load() < 40 {
		t.Errorf("%d requests were whole and %d cut short: the test shows nothing", whole.Load(), cut.Load())
	}
	for i, c := range clinics {
		if n := countClients(t, e, c); n != int64(i+1) {
			t.Errorf("clinic %d has %d clients, not %d: a cut request kept its change", i, n, i+1)
		}
	}
}

// oneRequest reads everything the fence lets it see, and makes a row that is never committed.
func oneRequest(t *testing.T, s *db.Store, c dbtest.Clinic, rows int, writing bool, patience time.Duration) (whole bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	open := s.Read
	if writing {
		open = s.Write
	}
	look := func(ctx context.Context, tx *db.Tx, want int) error {
		var tenants string
		var n int
		err := db.Raw(ctx, tx, "SELECT coalesce(string_agg(DISTINCT tenant_id::text, ' '), ''), count(*) FROM clients").Scan(&tenants, &n)
		if err == nil && (tenants != c.Tenant.String() || n != want) {
			t.Errorf("clinic %s sees %d rows of %q", c.Tenant, n, tenants)
		}
		return err
	}
	err := open(ctx, c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		if err := look(ctx, tx, rows); err != nil {
			return err
		}
		if !writing {
			return look(ctx, tx, rows)
		}
		if err := tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: newID(), Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()}); err != nil {
			return err
		}
		if err := look(ctx, tx, rows+1); err != nil {
			return err
		}
		return errKeptNothing
	})
	return err == nil || err == errKeptNothing //nolint:errorlint // it comes back as it was given
}
