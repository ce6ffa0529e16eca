package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
)

func addClient(t *testing.T, e *dbtest.Env, c dbtest.Clinic) id.ID {
	t.Helper()
	row := id.New()
	err := e.Store.Write(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: row, Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func countClients(t *testing.T, e *dbtest.Env, c dbtest.Clinic) int64 {
	t.Helper()
	var n int64
	err := e.Store.Read(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAReadSeesItsOwnClinicOnly(t *testing.T) {
	e := dbtest.Shared(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	row := addClient(t, e, a)
	if n := countClients(t, e, a); n != 1 {
		t.Fatalf("the rightful clinic sees %d clients, not 1", n)
	}
	if n := countClients(t, e, b); n != 0 {
		t.Fatalf("the other clinic sees %d clients", n)
	}
	err := e.Store.Read(context.Background(), b.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.GetClient(ctx, db.GetClientParams{TenantID: a.Tenant, ID: row})
		return err
	})
	if !db.NoRows(err) {
		t.Fatalf("the other clinic, naming the first, got %v instead of no row", err)
	}
}

func TestAReadPageIsOneTrip(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	addClient(t, e, a)
	ctx, meter := db.WithMeter(context.Background())
	var clients, patients int64
	var species []db.ListSpeciesRow
	err := e.Store.Read(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) (err error) {
				clients, err = tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				patients, err = tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) { species, err = tx.ListSpecies(ctx); return err },
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	if clients != 1 || patients != 0 || len(species) < 10 {
		t.Fatalf("got %d clients, %d patients, %d species", clients, patients, len(species))
	}
	if meter.Trips() != 1 || meter.Statements() != 4 {
		t.Fatalf("the page took %d trips and %d statements, not 1 and 4", meter.Trips(), meter.Statements())
	}
}

func TestTogetherGoesOnWithThoseThatAskAgain(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	ctx, meter := db.WithMeter(context.Background())
	rounds := 0
	count := func(times int) func(context.Context, *db.Tx) error {
		return func(ctx context.Context, tx *db.Tx) error {
			for range times {
				if _, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant}); err != nil {
					return err
				}
				rounds++
			}
			return nil
		}
	}
	err := e.Store.Read(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx, count(3), count(1), count(2))
	})
	if err != nil || rounds != 6 || meter.Trips() != 3 {
		t.Fatalf("err %v, %d answers, %d trips", err, rounds, meter.Trips())
	}
}

// What is made of parts that are read together is itself read together with others, in one trip; also where one of them
// fails or panics, nobody waits for ever.
func TestTogetherInsideTogetherIsOneTrip(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	answers := 0
	count := func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
		answers++
		return err
	}
	both := func(do ...func(context.Context, *db.Tx) error) func(context.Context, *db.Tx) error {
		return func(ctx context.Context, tx *db.Tx) error { return db.Together(ctx, tx, do...) }
	}
	ctx, meter := db.WithMeter(context.Background())
	err := e.Store.Read(ctx, a.Who(actor.Work), both(count, both(count, both(count, count)), count, both()))
	if err != nil || answers != 5 || meter.Trips() != 1 || meter.Statements() != 6 {
		t.Errorf("err %v, %d answers, %d trips, %d statements", err, answers, meter.Trips(), meter.Statements())
	}
	wrong := errors.New("no")
	err = e.Store.Read(context.Background(), a.Who(actor.Work), both(count, both(count, func(context.Context, *db.Tx) error { return wrong })))
	if !errors.Is(err, wrong) || answers != 7 {
		t.Errorf("an error inside gave %v after %d answers", err, answers)
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic inside was lost")
		}
	}()
	_ = e.Store.Read(context.Background(), a.Who(actor.Work), both(count, both(count, func(context.Context, *db.Tx) error { panic("inside") })))
}

func TestAReadCannotWrite(t *testing.T) { // T63
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	err := e.Store.Read(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: id.New(), Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()})
	})
	if code(err) != "25006" {
		t.Fatalf("a write in a read gave %v, not 25006", err)
	}
	if n := countClients(t, e, a); n != 0 {
		t.Fatalf("%d clients are there", n)
	}
}

func TestAWriteThatFailsLeavesNothing(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	sorry := errors.New("sorry")
	err := e.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: id.New(), Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()}); err != nil {
			return err
		}
		return sorry
	})
	if !errors.Is(err, sorry) || countClients(t, e, a) != 0 {
		t.Fatalf("err %v, and a row stayed", err)
	}
}

func TestADroppedErrorIsNotCommitted(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	row := addClient(t, e, a)
	err := e.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		_ = tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: row, Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()})
		return nil
	})
	if err == nil {
		t.Fatal("a transaction with a failed statement was taken for committed")
	}
}

func TestWhatIsLeftForTheEndTravelsWithCommit(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	ctx, meter := db.WithMeter(context.Background())
	err := e.Store.Write(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		for range 3 {
			tx.AtCommit(func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: id.New(), Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()})
			})
		}
		return nil
	})
	if err != nil || meter.Trips() != 1 || countClients(t, e, a) != 3 {
		t.Fatalf("err %v, %d trips, %d rows", err, meter.Trips(), countClients(t, e, a))
	}
}

func TestATransactionInsideAnotherIsRefused(t *testing.T) { // T51
	e := dbtest.Shared(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	for name, inner := range map[string]dbtest.Clinic{"the same clinic": a, "another clinic": b} {
		err := e.Store.Read(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			return e.Store.Write(ctx, inner.Who(actor.Work), func(context.Context, *db.Tx) error {
				t.Error("the inner transaction was opened for " + name)
				return nil
			})
		})
		if !errors.Is(err, db.ErrNested) {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestAStrayGoroutineGetsAnError(t *testing.T) { // T50
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	var kept, lane *db.Tx
	err := e.Store.Read(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		kept = tx
		return db.Together(ctx, tx, func(_ context.Context, tx *db.Tx) error { lane = tx; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tx := range []*db.Tx{kept, lane} {
		if _, err := tx.CountClients(context.Background(), db.CountClientsParams{TenantID: a.Tenant}); !errors.Is(err, db.ErrClosed) {
			t.Fatalf("a statement after the end gave %v", err)
		}
	}
}

func TestAPanicTakesTheTransactionAlong(t *testing.T) { // T48
	e := dbtest.New(t)
	a := e.NewClinic(t)
	for _, open := range []func(context.Context, actor.Who, func(context.Context, *db.Tx) error) error{e.Store.Read, e.Store.Write} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = open(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
				_, _ = tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
				panic("a handler broke")
			})
		}()
	}
	if n := countClients(t, e, a); n != 0 {
		t.Fatalf("%d clients", n)
	}
}

func TestAClinicHoldsHalfOfTheConnections(t *testing.T) { // T54
	e := dbtest.New(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	release := make(chan struct{})
	var holding, done sync.WaitGroup
	for range 6 { // half of the pool of 12
		holding.Add(1)
		done.Go(func() {
			_ = e.Store.Read(context.Background(), a.Who(actor.Work), func(context.Context, *db.Tx) error {
				holding.Done()
				<-release
				return nil
			})
		})
	}
	holding.Wait()
	err := e.Store.Read(context.Background(), a.Who(actor.Work), func(context.Context, *db.Tx) error { return nil })
	if !errors.Is(err, db.ErrBusy) {
		t.Errorf("beyond its share a clinic got %v", err)
	}
	if n := countClients(t, e, b); n != 0 {
		t.Errorf("the neighbour sees %d", n)
	}
	close(release)
	done.Wait()
}

func TestAForgedContextIsRefusedAndReported(t *testing.T) { // T98
	e := dbtest.New(t)
	a := e.NewClinic(t)
	err := e.Store.Read(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		var n int
		return db.Raw(ctx, tx, `SELECT 1 WHERE sec.enter('a_b_c_d_1_1_ff', true)`).Scan(&n)
	})
	if !errors.Is(err, db.ErrContext) {
		t.Fatalf("a forged context gave %v", err)
	}
	if r := e.Reports(); len(r) != 1 || r[0].Kind != "context-refused" || r[0].Who.Clinic != a.Tenant {
		t.Fatalf("reported %v", r)
	}
}
