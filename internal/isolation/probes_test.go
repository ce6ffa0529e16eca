package isolation

import (
	"context"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
)

// signers makes signers of the context key that the database holds.
func signers(t *testing.T, e *dbtest.Env) func(clock.Clock) (*db.Signer, error) {
	t.Helper()
	var version int
	var pad []byte
	if err := e.Admin(t).QueryRow(context.Background(), "SELECT version, inner_pad FROM sec.context_keys").Scan(&version, &pad); err != nil {
		t.Fatal(err)
	}
	key := slices.Clone(pad[:db.ContextKeySize])
	for i := range key {
		key[i] ^= 0x36
	}
	return func(c clock.Clock) (*db.Signer, error) { return db.NewSigner(version, key, c) }
}

func deps(t *testing.T, e *dbtest.Env) Deps {
	t.Helper()
	return Deps{
		Endpoint: e.Endpoint, Signer: signers(t, e), Scribe: e.Scribe, Clock: e.Clock,
		A: e.NewClinic(t).Tenant, B: e.NewClinic(t).Tenant,
	}
}

func bench(t *testing.T, e *dbtest.Env) *Bench {
	t.Helper()
	b, err := NewBench(context.Background(), deps(t, e))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestEveryProbeIsRefusedOnACleanDatabase(t *testing.T) { // T20 to T46
	b := bench(t, dbtest.Shared(t))
	for _, r := range b.RunAll(context.Background()) {
		for _, err := range split(r.Err) {
			t.Errorf("%s %s: %v", r.Probe.ID, r.Probe.Name, err)
		}
		t.Logf("%s: %d attempts", r.Probe.ID, r.Tried)
	}
}
