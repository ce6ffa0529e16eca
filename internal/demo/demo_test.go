package demo_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/demo"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

func deps(t *testing.T, e *dbtest.Env) demo.Deps {
	t.Helper()
	signIns, err := identity.NewSignIns(identity.Config{
		Store: e.Store, Vault: e.Vault, Clock: e.Clock, AddressKey: identity.AddressKey(make([]byte, 32)),
	})
	if err != nil {
		t.Fatal(err)
	}
	shelf, err := files.OpenShelf(t.Context(), filepath.Join(e.KeyDir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	return demo.Deps{
		Shelf:     shelf,
		Deps:      provision.Deps{Store: e.Store, Platform: e.Platform, Vault: e.Vault, BaseDomain: "localhost", Placement: dbtest.Placement},
		Directory: tenancy.NewDirectory(e.Store, e.Clock), SignIns: signIns,
	}
}

// inside reads a sample clinic.
func inside(t *testing.T, e *dbtest.Env, d demo.Deps, c demo.Clinic, do func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error) {
	t.Helper()
	ctx := context.Background()
	at, ok, err := d.Directory.At(ctx, c.Label+".localhost")
	if err != nil || !ok {
		t.Fatalf("%s is not at its host: %t %v", c.Label, ok, err)
	}
	keys, err := e.Vault.Clinic(ctx, at.Tenant())
	if err != nil {
		t.Fatal(err)
	}
	err = e.Store.Read(ctx, at.Who(actor.Work, id.New(), "test"), func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, keys) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestMakeGivesThreeWholeClinicsThatShareNothing(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	ctx := context.Background()
	if made, err := demo.Made(ctx, d); made || err != nil {
		t.Fatalf("before the first start: %t %v", made, err)
	}
	began := time.Now()
	if err := demo.Make(ctx, d); err != nil {
		t.Fatal(err)
	}
	t.Logf("three clinics took %v", time.Since(began).Round(time.Millisecond))
	if made, err := demo.Made(ctx, d); !made || err != nil {
		t.Fatalf("after the first start: %t %v", made, err)
	}
	all := demo.Clinics()
	for _, c := range all {
		inside(t, e, d, c, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
			return judge(ctx, t, tx, keys, c, all)
		})
	}
	rows, err := e.Platform.AllTenantsClinics(ctx)
	if err != nil || len(rows) != 3 || slices.ContainsFunc(rows, func(r db.ClinicRow) bool { return !r.Demo || r.State != "active" }) {
		t.Errorf("the control plane lists %+v, %v", rows, err)
	}
}

// judge counts what a clinic holds and looks for its own marker and surnames, and for no other's.
func judge(ctx context.Context, t *testing.T, tx *db.Tx, keys *vault.Clinic, c demo.Clinic, all []demo.Clinic) error {
	t.Helper()
	people, err := identity.People(ctx, tx, keys)
	if err != nil {
		return err
	}
	pictures := 0
	for i := range 8 {
		heads, _, _, err := files.Heads(ctx, tx, demo.RowID(c, "patient", i), files.Cursor{}, 9)
		if err != nil {
			return err
		}
		pictures += len(heads)
	}
	if pictures < 3 {
		t.Errorf("%s has %d files", c.Label, pictures)
	}
	for _, p := range c.People {
		if !slices.ContainsFunc(people, func(q identity.Person) bool {
			return q.Name == p.Name && q.Email == c.Address(p) && q.State == identity.Active
		}) {
			t.Errorf("%s: %s cannot sign in", c.Label, c.Address(p))
		}
	}
	patients, err := tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
	if err != nil {
		return err
	}
	recent, err := registry.Recent(ctx, tx, keys)
	if err != nil {
		return err
	}
	if len(people) != 4 || patients != 90 || len(recent) != 50 || recent[0].OpenedAt.IsZero() {
		t.Errorf("%s has %d people, %d patients, %d on the landing page", c.Label, len(people), patients, len(recent))
	}
	found := map[string]bool{}
	for _, o := range all {
		for _, surname := range o.Surnames() {
			r, err := registry.Search(ctx, tx, keys, tx.Now(), surname)
			if err != nil {
				return err
			}
			if ours := o.Label == c.Label; (len(r.Clients) > 0) != ours {
				t.Errorf("%s: a search for %s, of %s, finds %d clients", c.Label, surname, o.Label, len(r.Clients))
			}
			for _, hit := range r.Clients {
				found[hit.ID.String()] = true
			}
		}
	}
	if len(found) != 60 {
		t.Errorf("%s has %d clients", c.Label, len(found))
	}
	return judgeNotes(ctx, t, tx, keys, c, all)
}

func judgeNotes(ctx context.Context, t *testing.T, tx *db.Tx, keys *vault.Clinic, c demo.Clinic, all []demo.Clinic) error {
	t.Helper()
	count := 0
	for i := range 90 {
		notes, err := records.Notes(ctx, tx, keys, demo.RowID(c, "patient", i))
		if err != nil {
			return err
		}
		for _, n := range notes {
			count++
			text := strings.Join([]string{n.Subjective, n.Objective, n.Assessment, n.Plan}, "\n")
			for _, o := range all {
				if strings.Contains(text, o.Marker) != (o.Label == c.Label) {
					t.Errorf("%s: a note has the wrong marker: %s", c.Label, text)
				}
			}
			if strings.Contains(text, "NAME") || strings.Contains(text, "MARKER") || !n.EventAt.Before(n.SignedAt) {
				t.Errorf("%s: an unfinished note of %v: %s", c.Label, n.EventAt, text)
			}
		}
	}
	if count != 30 {
		t.Errorf("%s has %d notes", c.Label, count)
	}
	return nil
}

func TestMakeIsTakenUpWhereItWasCutOff(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	// The moments differ with the machine's speed; whatever was done by then is kept.
	for _, moment := range []time.Duration{20 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, 900 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(context.Background(), moment)
		_ = demo.Make(ctx, d) // cut off somewhere, or done
		cancel()
	}
	for range 2 {
		if err := demo.Make(context.Background(), d); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range demo.Clinics() {
		inside(t, e, d, c, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
			return judge(ctx, t, tx, keys, c, demo.Clinics())
		})
	}
}

func TestMakeLeavesAClinicOfSomebodysOwnAlone(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	ctx := context.Background()
	own := provision.NewClinic{Name: "Harbour Street Vets", Host: "harbour", TimeZone: "Europe/London", Country: "GB"}
	if _, _, err := provision.Clinic(ctx, d.Deps, own, provision.Admin{Name: "Jo Grey", Email: "jo@vets.example"}); err != nil {
		t.Fatal(err)
	}
	if err := demo.Make(ctx, d); err != nil {
		t.Fatal(err)
	}
	inside(t, e, d, demo.Clinics()[1], func(ctx context.Context, tx *db.Tx, _ *vault.Clinic) error {
		n, err := tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
		if n != 0 {
			t.Errorf("%d sample patients were put into it", n)
		}
		return err
	})
}

func TestSampleIsTheSameEachTime(t *testing.T) {
	today := clock.System.Now()
	for _, c := range demo.Clinics() {
		if demo.Names(c, today) != demo.Names(c, today.AddDate(1, 0, 3)) {
			t.Errorf("%s: another day gives other names", c.Label)
		}
	}
}

func TestClinicsShareNoName(t *testing.T) {
	seen := map[string]string{}
	for _, c := range demo.Clinics() {
		for _, name := range demo.Lists(c) {
			for _, word := range vault.Words(name) {
				if other, taken := seen[word]; taken && other != c.Label {
					t.Errorf("%q of %q is found at %s and at %s", word, name, other, c.Label)
				}
				seen[word] = c.Label
			}
		}
	}
}
