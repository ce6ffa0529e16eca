package timeline_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/sqlcheck"
	"paddock/internal/timeline"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

type clinic struct {
	dbtest.Clinic
	env     *dbtest.Env
	vet     id.ID
	patient id.ID
	zone    *time.Location
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c clinic) write(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	who := c.Who(actor.Work)
	who.Person = c.vet
	must(t, c.env.Store.Write(t.Context(), who, do))
}

func (c clinic) read(t *testing.T, a timeline.Ask) (p timeline.Page) {
	t.Helper()
	who := c.Who(actor.Work)
	who.Person, a.Zone = c.vet, c.zone
	if a.Kinds == nil {
		a.Kinds = timeline.Kinds
	}
	must(t, c.env.Store.Read(t.Context(), who, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = timeline.Read(ctx, tx, c.Keys, a)
		return err
	}))
	return p
}

// newClinic is one far east of Greenwich, where a day begins before it does there.
func newClinic(t *testing.T) clinic {
	t.Helper()
	zone, err := time.LoadLocation("Pacific/Auckland")
	must(t, err)
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env, vet: id.New(), zone: zone}
	c.write(t, func(ctx context.Context, tx *db.Tx) error {
		token := make([]byte, 32)
		_, _ = rand.Read(token) // never fails
		sealed, err := c.Keys.Seal(vault.Slot{Table: "people", Group: "contact", Row: c.vet}, []byte("{}"))
		if err != nil {
			return err
		}
		return tx.InsertPerson(ctx, db.InsertPersonParams{
			TenantID: tx.Tenant, ID: c.vet, EmailToken: token, Sealed: sealed, KeyVersion: c.Keys.KeyVersion(), State: "active", CreatedAt: tx.Now(),
		})
	})
	c.patient = c.animal(t)
	return c
}

func (c clinic) animal(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, row, id.ID{}, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"})
	})
	return row
}

// visits are notes and weighings of a patient, one a day back from now, each at one instant.
func (c clinic) visits(t *testing.T, patient id.ID, n int) {
	t.Helper()
	c.write(t, func(ctx context.Context, tx *db.Tx) error {
		notes := db.InsertNotesParams{TenantID: tx.Tenant, AuthorID: c.vet, SignedAt: tx.Now(), KeyVersion: c.Keys.KeyVersion()}
		weights := db.InsertWeightsParams{TenantID: tx.Tenant, RecordedBy: c.vet}
		for i := range n {
			row, at := id.New(), tx.Now().AddDate(0, 0, -i)
			text, err := c.Keys.SealJSON(vault.Slot{Table: "notes", Group: "clinical", Row: row}, records.SOAP{Assessment: fmt.Sprintf("Visit %d", i)})
			if err != nil {
				return err
			}
			notes.Ids, notes.PatientIds, notes.EventAts, notes.Sealed = append(notes.Ids, row), append(notes.PatientIds, patient), append(notes.EventAts, at), append(notes.Sealed, text)
			weights.Ids, weights.PatientIds, weights.Ats = append(weights.Ids, id.New()), append(weights.PatientIds, patient), append(weights.Ats, at)
			weights.Grams, weights.Entered, weights.Units, weights.Sources = append(weights.Grams, 24600), append(weights.Entered, "24.6"), append(weights.Units, "kg"), append(weights.Sources, registry.Measured)
		}
		if err := tx.InsertNotes(ctx, notes); err != nil {
			return err
		}
		return tx.InsertWeights(ctx, weights)
	})
}

// dosed are vaccinations elsewhere, two on each of some days.
func (c clinic) dosed(t *testing.T, patient id.ID, days int) {
	t.Helper()
	today := time.Now().In(c.zone)
	for i := range 2 * days {
		on := time.Date(today.Year(), today.Month(), today.Day()-1-i/2, 0, 0, 0, 0, time.UTC)
		c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return vaccines.Record(ctx, tx, c.Keys, id.New(), vaccines.Dose{
				Patient: patient, Historical: true, On: on, Source: "passport", Name: fmt.Sprintf("Nobivac %d", i), Protects: []string{"rabies"}, Course: vaccines.Course{Months: 12},
			}, []string{"GB"}, time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC))
		})
	}
}

// Pages of any size hold everything once, the newest first, whatever stands at one instant or at a day's beginning.
func TestPagesHoldEverythingOnceAndInOrder(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.visits(t, c.patient, 9)
	c.dosed(t, c.patient, 6)
	whole := c.read(t, timeline.Ask{Patient: c.patient, Most: 200, Clinical: true})
	if len(whole.Entries) != 9+9+12 || whole.More {
		t.Fatalf("%d entries, more %v", len(whole.Entries), whole.More)
	}
	if !slices.IsSortedFunc(whole.Entries, func(a, b timeline.Entry) int { return b.At.Compare(a.At) }) {
		t.Error("they are not in order")
	}
	for _, e := range whole.Entries {
		if local := e.At.In(c.zone); e.Untimed && (local.Hour() != 0 || e.Dose.Name == "") {
			t.Errorf("a dose stands at %s as %q", local, e.Dose.Name)
		}
		if e.Kind == timeline.Note && e.SOAP.Assessment == "" {
			t.Error("a note was not opened")
		}
	}
	for _, most := range []int{1, 2, 3, 7, 29, 30} {
		var all []timeline.Entry
		var from timeline.Cursor
		for range 40 {
			p := c.read(t, timeline.Ask{Patient: c.patient, Most: most, From: from, Clinical: true})
			all, from = append(all, p.Entries...), p.Next
			if !p.More {
				break
			}
		}
		if !slices.EqualFunc(all, whole.Entries, func(a, b timeline.Entry) bool { return a.ID == b.ID }) {
			t.Errorf("pages of %d hold %d entries in another order", most, len(all))
		}
	}
	only := c.read(t, timeline.Ask{Patient: c.patient, Most: 200, Kinds: []timeline.Kind{timeline.Dose}, Clinical: true})
	if len(only.Entries) != 12 || slices.ContainsFunc(only.Entries, func(e timeline.Entry) bool { return e.Kind != timeline.Dose }) {
		t.Errorf("one kind has %d entries", len(only.Entries))
	}
}

func TestWithoutTheClinicalFieldNothingIsOpened(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.visits(t, c.patient, 3)
	c.dosed(t, c.patient, 1)
	for _, e := range c.read(t, timeline.Ask{Patient: c.patient, Most: 50}).Entries {
		if e.Words() != (timeline.Entry{}).Words() {
			t.Errorf("a %s says %q", e.Kind, e.Words())
		}
	}
	other := newClinic(t)
	if p := other.read(t, timeline.Ask{Patient: c.patient, Most: 50, Clinical: true}); len(p.Entries) != 0 {
		t.Errorf("another clinic reads %d entries", len(p.Entries))
	}
}

// planned is a node of EXPLAIN (ANALYZE, FORMAT JSON).
type planned struct {
	Relation string    `json:"Relation Name"`
	Rows     float64   `json:"Actual Rows"`
	Gone     float64   `json:"Rows Removed by Filter"`
	Loops    float64   `json:"Actual Loops"`
	Plans    []planned `json:"Plans"`
}

func (p planned) rows() (n float64) {
	if p.Relation != "" {
		n = (p.Rows + p.Gone) * p.Loops
	}
	for _, under := range p.Plans {
		n += under.rows()
	}
	return n
}

// The first page of 700 visits reads no more rows than that of seven that fill it, and neither does a page far back.
func TestAPageOfManyVisitsReadsNoMoreRowsThanItHas(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	many := c.animal(t)
	c.visits(t, c.patient, 7)
	c.visits(t, many, 700)
	for range 20 { // so that the planner sees a clinic and not two animals
		c.visits(t, c.animal(t), 40)
	}
	conn := c.env.Admin(t)
	statements, err := sqlcheck.Load(os.DirFS("../../db"))
	must(t, err)
	for _, what := range []string{"ANALYZE app.notes", "ANALYZE app.weights", "SET search_path TO app", "SET plan_cache_mode TO force_generic_plan"} {
		_, err := conn.Exec(t.Context(), what)
		must(t, err)
	}
	const most = 16
	for _, name := range []string{"ListTimeline", "ListTimelineHeads"} {
		i := slices.IndexFunc(statements, func(s sqlcheck.Statement) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("no statement %s", name)
		}
		ask := func(patient id.ID, before time.Time) float64 {
			kinds := make([]string, len(timeline.Kinds))
			for i, k := range timeline.Kinds {
				kinds[i] = string(k)
			}
			var text string
			err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+statements[i].SQL,
				c.Tenant.ID(), patient, kinds, before, id.New(), most, "Pacific/Auckland", before.AddDate(0, 0, 1)).Scan(&text)
			must(t, err)
			var out []struct{ Plan planned }
			must(t, json.Unmarshal([]byte(text), &out))
			return out[0].Plan.rows()
		}
		now := time.Now().AddDate(0, 0, 1)
		few, first, far := ask(c.patient, now), ask(many, now), ask(many, now.AddDate(0, 0, -600))
		// 7 and 7 rows, against 16 and 16: what a page has of each kind, and one to look ahead.
		if few > 7*2 || first > 2*most || far > 2*most {
			t.Errorf("%s reads %v rows of 7 visits, %v of the first page of 700 and %v of one far back", name, few, first, far)
		}
	}
}
