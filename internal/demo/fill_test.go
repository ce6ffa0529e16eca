package demo_test

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/demo"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

var small = demo.Numbers{Clinics: 2, Patients: 50, Years: 2, Seed: 7}

func fill(t *testing.T, d demo.Deps, n demo.Numbers) demo.Filled {
	t.Helper()
	made, err := demo.Fill(t.Context(), d, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestAFillMakesClinicsThatWorkLikeAnyOther(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	if _, err := provision.Canaries(t.Context(), d.Deps); err != nil { // as on every server
		t.Fatal(err)
	}
	made := fill(t, d, small)
	if made.Clinics != 2 || made.Patients != 100 || made.There != 0 || made.Clients < 50 || made.Clients > 100 || made.Notes < 100 || made.Notes > 400 {
		t.Errorf("made %+v", made)
	}
	for number := 1; number <= small.Clinics; number++ {
		c := demo.ClinicOf(small, number)
		signIn(t, d, c)
		inside(t, e, d, c, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
			notes := 0
			for i := range small.Patients {
				n, err := judgeFilled(ctx, t, tx, keys, c, i)
				if err != nil {
					return err
				}
				notes += n
			}
			if notes < small.Patients {
				t.Errorf("%s has %d notes", c.Label, notes)
			}
			other := demo.ClinicOf(small, 3-number)
			for _, surname := range other.Surnames()[:40] {
				if r, err := registry.Search(ctx, tx, keys, tx.Now(), surname); err != nil || len(r.Clients)+len(r.Patients) > 0 {
					t.Errorf("%s, of %s, is found at %s: %v", surname, other.Label, c.Label, err)
				}
			}
			return nil
		})
		judgeRecord(t, e, c)
		judgeKnown(t, e, c)
	}
}

// judgeKnown looks at what is known of all animals of a fill: a weighing for each visit, shares that sum,
// alerts of each weight, animals of several owners and some with a carer.
func judgeKnown(t *testing.T, e *dbtest.Env, c demo.Clinic) {
	t.Helper()
	var notes, weights, odd, several, carers, levels, asked int
	err := e.Admin(t).QueryRow(t.Context(), `WITH here AS (SELECT clinic_id AS id FROM platform.tenant_host WHERE host = $1),
		bonds AS (SELECT patient_id, sum(share) AS shares, count(*) FILTER (WHERE role = 'owner') AS owners, count(*) FILTER (WHERE role = 'carer') AS carers
			FROM app.ownerships, here WHERE tenant_id = here.id GROUP BY patient_id)
		SELECT (SELECT count(*) FROM app.notes, here WHERE tenant_id = here.id), (SELECT count(*) FROM app.weights, here WHERE tenant_id = here.id),
			(SELECT count(*) FROM bonds WHERE shares <> 10000), (SELECT count(*) FROM bonds WHERE owners > 1), (SELECT count(*) FROM bonds WHERE carers > 0),
			(SELECT count(DISTINCT level) FROM app.alerts, here WHERE tenant_id = here.id), (SELECT count(*) FROM app.alerts, here WHERE tenant_id = here.id AND topic <> 'general')`,
		c.Label+".localhost").Scan(&notes, &weights, &odd, &several, &carers, &levels, &asked)
	if err != nil || weights != notes || odd > 0 || several == 0 || levels < 2 || asked < 10 {
		t.Errorf("%s: %d notes, %d weights, %d odd shares, %d patients of several owners, %d with a carer, %d levels of alerts, %d asked for allergies: %v",
			c.Label, notes, weights, odd, several, carers, levels, asked, err)
	}
}

// signIn signs each of a clinic's people in.
func signIn(t *testing.T, d demo.Deps, c demo.Clinic) {
	t.Helper()
	at, ok, err := d.Directory.At(t.Context(), c.Label+".localhost")
	if err != nil || !ok {
		t.Fatalf("%s is not at its host: %t %v", c.Label, ok, err)
	}
	for _, p := range c.People {
		in, err := d.SignIns.SignIn(t.Context(), at.Who(actor.SignIn, id.New(), "test"), c.Address(p), demo.Passphrase, netip.Addr{})
		if err != nil || in.Name != p.Name {
			t.Errorf("%s signs in as %q: %v", c.Address(p), in.Name, err)
		}
	}
}

// judgeFilled looks at one patient as the pages do, and counts its notes.
func judgeFilled(ctx context.Context, t *testing.T, tx *db.Tx, keys *vault.Clinic, c demo.Clinic, number int) (int, error) {
	t.Helper()
	v, err := registry.OpenPatient(ctx, tx, keys, demo.FillID(c, "patient", number))
	if err != nil {
		return 0, err
	}
	owner, ok := v.Owner()
	if !ok || !slices.Contains(c.Surnames(), owner.LastName) || v.Status != registry.Active || v.Name == "" {
		t.Errorf("%s: patient %d is %+v", c.Label, number, v)
	}
	numbers, err := registry.Identifiers(ctx, tx, keys, v.ID)
	if err != nil {
		return 0, err
	}
	typed := []string{v.Name + " " + owner.LastName, owner.Phones[0].Number}
	for _, n := range numbers {
		typed = append(typed, n.Number)
	}
	for i, text := range typed {
		r, err := registry.Search(ctx, tx, keys, tx.Now(), text)
		if err != nil {
			return 0, err
		}
		patient := slices.ContainsFunc(r.Patients, func(h registry.PatientHit) bool { return h.ID == v.ID })
		client := slices.ContainsFunc(r.Clients, func(h registry.ClientHit) bool { return h.ID == owner.ID })
		if i == 1 && !client || i != 1 && !patient {
			t.Errorf("%s: %q does not find patient %d", c.Label, text, number)
		}
	}
	notes, err := records.Notes(ctx, tx, keys, v.ID)
	if err != nil {
		return 0, err
	}
	people, err := identity.People(ctx, tx, keys)
	if err != nil {
		return 0, err
	}
	vet := slices.IndexFunc(people, func(p identity.Person) bool { return strings.HasPrefix(p.Email, "vet@") })
	for _, n := range notes {
		text := strings.Join([]string{n.Subjective, n.Objective, n.Assessment, n.Plan}, "\n")
		if !weight.MatchString(n.Objective) || !strings.Contains(text, c.Marker) || strings.Contains(text, "NAME") ||
			n.Author != people[vet].ID || !n.EventAt.Before(n.SignedAt) || n.EventAt.Before(v.Born.On) ||
			n.EventAt.Before(n.SignedAt.AddDate(-small.Years, 0, -2)) {
			t.Errorf("%s: a note of %v about one born %v: %s", c.Label, n.EventAt, v.Born, text)
		}
	}
	return len(notes), nil
}

var weight = regexp.MustCompile(`^Weight (?:[1-9]\d*(?:\.\d)? (?:kg|g))\. `)

// judgeRecord looks for the leaves of a fill: one of its patients and one of its notes, by the vet.
func judgeRecord(t *testing.T, e *dbtest.Env, c demo.Clinic) {
	t.Helper()
	var patients, notes, leaves, committed int
	err := e.Admin(t).QueryRow(t.Context(), `SELECT
		max(cardinality(ids)) FILTER (WHERE object = 'patient' AND action = 'created'),
		max(cardinality(ids)) FILTER (WHERE object = 'note' AND action = 'signed'),
		count(*), count(*) FILTER (WHERE octet_length(commitment) = 32 AND actor_id IS NOT NULL AND route = 'dev')
		FROM audit.leaf WHERE object IN ('patient', 'note')
		AND tenant_id = (SELECT clinic_id FROM platform.tenant_host WHERE host = $1)`, c.Label+".localhost").Scan(&patients, &notes, &leaves, &committed)
	if err != nil || patients != small.Patients || notes < small.Patients || leaves != 2 || committed != 2 {
		t.Errorf("%s: %d leaves, %d of them whole, tell of %d patients and %d notes: %v", c.Label, leaves, committed, patients, notes, err)
	}
}

func TestAFillGivenAgainMakesOnlyWhatIsMissing(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	first := demo.Numbers{Clinics: 1, Patients: 31, Years: 1, Seed: 3}
	ctx, cutOff := context.WithCancel(t.Context())
	_, _ = demo.Fill(ctx, d, first, func(demo.Filled) { cutOff() }) // after the clinic was made
	fill(t, d, first)
	if again := fill(t, d, first); again != (demo.Filled{There: 31}) {
		t.Errorf("given again it made %+v", again)
	}
	more := demo.Numbers{Clinics: 2, Patients: 45, Years: 1, Seed: 3}
	if made := fill(t, d, more); made.Clinics != 1 || made.Patients != 14+45 || made.There != 31 {
		t.Errorf("with more of each it made %+v", made)
	}
	c := demo.ClinicOf(more, 1)
	inside(t, e, d, c, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
		for i := range 45 {
			v, err := registry.OpenPatient(ctx, tx, keys, demo.FillID(c, "patient", i))
			if err != nil {
				return err
			}
			if len(v.Owners) == 0 {
				t.Errorf("patient %d has no owner", i)
			}
		}
		n, err := tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
		if n != 45 {
			t.Errorf("%d patients", n)
		}
		return err
	})
}

func TestAFillRefusesAServerWithAClinicOfSomebodysOwn(t *testing.T) {
	e := dbtest.New(t)
	d := deps(t, e)
	own := provision.NewClinic{Name: "Harbour Street Vets", Host: "harbourstreet", TimeZone: "Europe/London", Country: "GB"}
	if _, _, err := provision.Clinic(t.Context(), d.Deps, own, provision.Admin{Name: "Jo Grey", Email: "jo@vets.example"}); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Fill(t.Context(), d, small, nil); err == nil || !strings.Contains(err.Error(), "harbourstreet.localhost, which is no demo clinic") {
		t.Errorf("the fill ended with %v", err)
	}
	if rows, err := e.Platform.AllTenantsClinics(t.Context()); err != nil || len(rows) != 1 {
		t.Errorf("there are %d clinics, %v", len(rows), err)
	}
}

func TestAFillOfOneSeedGivesTheSameNames(t *testing.T) {
	today := clock.System.Now()
	n := demo.Numbers{Clinics: 2, Patients: 700, Years: 3, Seed: 11}
	other := n
	other.Seed++
	for number := 1; number <= 2; number++ {
		names := demo.FillNames(n, number, today)
		if names != demo.FillNames(n, number, today.AddDate(1, 0, 3)) {
			t.Errorf("clinic %d: another day gives other names", number)
		}
		if names == demo.FillNames(other, number, today) {
			t.Errorf("clinic %d: another seed gives the same names", number)
		}
	}
}

func TestNoSurnameIsSpelledTwiceAmongFills(t *testing.T) {
	parts, all, needed := demo.SurnameParts()
	if all < needed {
		t.Errorf("there are %d surnames, of which %d are needed", all, needed)
	}
	for a, b := all, demo.Scatter; ; a, b = b, a%b {
		if b == 0 {
			if a != 1 {
				t.Errorf("the step and the number of surnames share the divisor %d", a)
			}
			break
		}
	}
	runs := [5]*regexp.Regexp{consonants, vowels, consonants, vowels, regexp.MustCompile(`^[b-df-hj-np-tv-z]`)}
	var choice []string
	for i, list := range parts {
		for _, p := range list {
			if !runs[i].MatchString(strings.ToLower(p)) {
				t.Errorf("%q is no part of kind %d", p, i)
			}
		}
		if len(slices.Compact(slices.Sorted(slices.Values(list)))) != len(list) {
			t.Errorf("the parts of kind %d have one twice", i)
		}
		choice = append(choice, "(?:"+strings.ToLower(strings.Join(list, "|"))+")")
	}
	spelled := regexp.MustCompile("^" + strings.Join(choice, "") + "$")
	for _, c := range demo.Clinics() {
		for _, name := range append(demo.Lists(c), c.Marker) {
			for _, word := range vault.Words(name) {
				if spelled.MatchString(word) {
					t.Errorf("%q of %s may be a surname of a fill", word, c.Label)
				}
			}
		}
	}
	seen := map[string]string{}
	for _, number := range []int{1, 2, 3, 40, 41, 5000, 9998, 9999} {
		c := demo.ClinicOf(small, number)
		for _, name := range append(c.Surnames(), c.Marker) {
			if at, taken := seen[name]; taken {
				t.Errorf("%s is at %s and at %s", name, at, c.Label)
			}
			seen[name] = c.Label
		}
	}
}

var (
	consonants = regexp.MustCompile(`^[b-df-hj-np-tv-z]+$`)
	vowels     = regexp.MustCompile(`^[aeiou]+$`)
)

func TestEveryKindOfAFillHasABody(t *testing.T) {
	if kinds, bodies := demo.Kinds(); !slices.Equal(kinds, bodies) {
		t.Errorf("the kinds are %v, those with a weight %v", kinds, bodies)
	}
}

func TestNumbersOutOfBoundsAreNamed(t *testing.T) {
	for says, n := range map[string]demo.Numbers{
		"clinics is from 1 to 9999": {Clinics: 10_000, Patients: 1, Years: 1}, "patients of a clinic is from 1": {Clinics: 1, Years: 1},
		"years is from 1 to 30": {Clinics: 1, Patients: 1, Years: -1},
	} {
		if got := n.Check(); !strings.Contains(got, says) {
			t.Errorf("%+v: %q", n, got)
		}
	}
}
