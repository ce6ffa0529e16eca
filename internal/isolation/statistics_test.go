package isolation

import (
	"context"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/dbtest"
)

// The planner's statistics hold values of all clinics' rows. Once gathered they are there, and
// the application sees those of what all clinics share and of nothing else.
func TestPlannerStatisticsShowNothingForeign(t *testing.T) { // T37
	ctx := context.Background()
	e := dbtest.New(t)
	b := bench(t, e)
	admin, app := e.Admin(t), e.As(t, db.RoleApp)
	must(t, admin, "INSERT INTO app.policy_epochs (tenant_id, epoch) SELECT gen_random_uuid(), g FROM generate_series(1, 500) AS g; ANALYSE")
	var kept int
	err := admin.QueryRow(ctx, `SELECT count(DISTINCT starelid) FROM pg_statistic WHERE starelid::regclass::text = ANY ('{app.policy_epochs,app.clients,app.people}')`).Scan(&kept)
	if err != nil || kept != 3 {
		t.Fatalf("statistics of %d tables are kept, not 3: %v", kept, err)
	}
	seen, err := column(ctx, app, "SELECT DISTINCT schemaname || '.' || tablename FROM pg_stats WHERE schemaname !~ '^pg_|information_schema' ORDER BY 1")
	if err != nil || !slices.Equal(seen, []string{"app.breeds", "app.charge_state_moves", "app.import_state_moves", "app.patient_state_moves", "app.prescription_state_moves", "app.species", "app.visit_state_moves", "app.visit_states"}) {
		t.Errorf("the application sees statistics of %v, not of the shared lists alone: %v", seen, err)
	}
	i := slices.IndexFunc(Probes(), func(p Probe) bool { return p.ID == "T37" })
	if r := b.run(ctx, Probes()[i]); r.Err != nil {
		t.Error(r.Err)
	}
}

// What is in a new table's columns cannot be known beforehand; that its rows can be made and probed is.
func TestANewTableIsProbedByItself(t *testing.T) {
	ctx := context.Background()
	e := dbtest.New(t)
	must(t, e.Admin(t), `SET ROLE paddock_owner;
		CREATE TABLE app.heights (tenant_id uuid NOT NULL, id uuid NOT NULL, patient_id uuid NOT NULL, grams bigint NOT NULL CHECK (grams > 0),
			state text NOT NULL CHECK (state IN ('measured', 'guessed')), taken_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id),
			FOREIGN KEY (tenant_id, patient_id) REFERENCES app.patients (tenant_id, id));
		SELECT sec.fence('app.heights', '{select,insert,update,delete}'); RESET ROLE`)
	b := bench(t, e)
	if !slices.ContainsFunc(b.tables, func(t *table) bool { return t.Name == "app.heights" }) {
		t.Fatal("the new table is not among those probed")
	}
	for _, r := range b.RunAll(ctx) {
		if r.Err != nil {
			t.Errorf("%s: %v", r.Probe.ID, r.Err)
		}
	}
	must(t, e.Admin(t), "DROP POLICY tenant_gate ON app.heights")
	want := codes("T20 T23 T27 T31 T40 T41 T44 T45 T46")
	if red := (sabotage{red: want}).probe(t, b); !slices.Equal(red, want) {
		t.Errorf("without its gate the new table is noticed by %v alone, not by %v", red, want)
	}
}
