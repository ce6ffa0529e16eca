package imports_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/registry"
)

func sample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const heading = "License Issue Date,License Number,Animal's Name,Species,Primary Breed,Secondary Breed,ZIP Code\n"

func TestASampleWithEveryKindOfMessIsImported(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	row, n := c.run(t, sample(t))
	if want := (imports.Counts{Total: 59, Done: 59, Added: 48, Merged: 4, Skipped: 2, Refused: 5, Conflicts: 4, Unnamed: 3}); n != want {
		t.Errorf("%+v, want %+v", n, want)
	}
	if got := c.countPatients(t); got != int64(n.Added) {
		t.Errorf("%d patients, %d added", got, n.Added)
	}
	var said []string
	for _, p := range c.problems(t, row) {
		said = append(said, fmt.Sprintf("%d %s %d", p.Line, p.Kind, p.Other))
	}
	want := []string{"12 refused 0", "23 refused 0", "42 conflict 5", "43 conflict 21", "44 conflict 26", "45 conflict 27", "53 refused 0", "54 refused 0", "55 refused 0"}
	if !slices.Equal(said, want) {
		t.Errorf("problems %q, want %q", said, want)
	}
	for typed, found := range map[string]string{
		"900103": `Duchess "Dotty" of Elm`, "dotty": `Duchess "Dotty" of Elm`, "s900107": "Señor Bigotes",
		"lucj": "Łucja", "artag": "D'Artagnan", "900137": "Unnamed", "900142": "Juniper Lee", "900101": "Marmalade",
	} {
		if got := names(c.search(t, typed)); got != found {
			t.Errorf("%q finds %q, want %q", typed, got, found)
		}
		if got := names(other.search(t, typed)); got != "" {
			t.Errorf("%q finds %q at another clinic", typed, got)
		}
	}
	for typed, is := range map[string]string{
		"truffle": "pig Pot-Bellied", "hamlet": "pig Pot Bellied Pig", "billie": "goat Miniature", "fennel": "livestock Standard",
		"clover": "goat Nigerian Dwarf", "juniper": "dog Vizsla", "beetle": "dog Pug", "ladybird": "cat Manx",
	} {
		r := c.search(t, typed)
		if len(r.Patients) != 1 || r.Patients[0].Species+" "+r.Patients[0].Breed != is {
			t.Errorf("%q is %+v, want %s", typed, r.Patients, is)
		}
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed", "imported"}) {
		t.Errorf("the batch is recorded as %q", got)
	}
	if v := c.view(t, row); v.State != imports.Done || v.Separator != "comma" || v.Encoding != "UTF-8" || !slices.Contains(v.Notes, "Not taken over: ZIP Code.") {
		t.Errorf("%+v", v)
	}
}

func TestARenewalKeepsItsOwnDayOfIssue(t *testing.T) {
	c := newClinic(t)
	c.run(t, heading+"March 02 2015,900101,Marmalade,Cat,Manx,,1\nMarch 20 2017,900101,MARMALADE,Cat,Manx,,1\n")
	hit := c.search(t, "900101").Patients[0]
	var days []string
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListIdentifiers(ctx, db.ListIdentifiersParams{TenantID: tx.Tenant, PatientID: hit.ID})
		for _, r := range rows {
			days = append(days, r.Kind+" "+r.GivenOn.Format("2006-01-02"))
		}
		return err
	})
	if slices.Sort(days); !slices.Equal(days, []string{"licence 2015-03-02", "licence 2017-03-20"}) {
		t.Errorf("its numbers are %q", days)
	}
}

// A renewal brings a licence. What else it says of its animal is told, and stays as it is there.
func TestWhatARenewalSaysOtherwiseIsTold(t *testing.T) {
	const columns = "Licence,Issued,Name,Species,Breed,Sex,Neutered,DOB,Colour,Microchip,Tag\n"
	c := newClinic(t)
	_, _ = c.run(t, columns+"70,2 March 2014,Mango,Cat,Manx,,,,,,\n")
	row, n := c.run(t, columns+
		"70,2 March 2015,Mangoe,Cat,Manx,F,,,,,\n"+ // the clinic's own
		"71,2 March 2015,Ada,Dog,Pug,M,No,12 Jan 2012,black,985112345678903,T1\n"+
		"71,2 March 2016,ADA,dog,pug,male,no,12-Jan-2012,Black,985 112 345 678 903,T1\n"+ // the same in other letters
		"71,2 March 2017,Ada,Dog,,,,,,,\n"+ // says nothing
		"71,2 March 2018,Ada,Dog,Beagle,F,Yes,12 Feb 2012,grey,985112345678911,T2\n"+
		"71,2 March 2019,Ada,Dog,Pug,M,No,12 Jan 2012,black,,T3\n")
	if n.Merged != 5 || n.Added != 1 {
		t.Errorf("%+v", n)
	}
	var said []string
	for _, p := range c.problems(t, row) {
		said = append(said, fmt.Sprintf("%d %s %d %s", p.Line, p.Kind, p.Other, p.Reason))
	}
	want := []string{
		"2 note 0 name “Mangoe”, sex female were not taken over, since the licence is one more of the cat “Mango”, who is in the clinic; change that animal if they are right",
		"6 note 3 breed “Beagle”, sex female, neutered yes, born 12-Feb-2012, colour “grey”, microchip 985112345678911, tag “T2” were not taken over, " +
			"since the licence is one more of the dog “Ada” of line 3; change that animal if they are right",
		"7 note 3 tag “T3” was not taken over, since the licence is one more of the dog “Ada” of line 3; change that animal if it is right",
	}
	if !slices.Equal(said, want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheSameFileAgainAddsNothing(t *testing.T) {
	c := newClinic(t)
	_, first := c.run(t, sample(t))
	// Also where an animal was renamed meanwhile.
	hit := c.search(t, "nessie").Patients[0]
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		p := hit.Patient
		p.Name = "Morag"
		return registry.EditPatient(ctx, tx, c.Keys, hit.ID, 1, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, again := c.run(t, sample(t))
	if again.Added != 0 || again.Merged != 0 || again.Refused != first.Refused || again.Skipped != first.Total-first.Refused {
		t.Errorf("%+v after %+v", again, first)
	}
	if n := c.countPatients(t); n != int64(first.Added) {
		t.Errorf("%d patients", n)
	}
}

func TestABatchIsTakenBackWholeAndCanComeAgain(t *testing.T) {
	c := newClinic(t)
	row, first := c.run(t, sample(t))
	if kept := c.takeBack(t, row); kept != 0 || c.countPatients(t) != 0 {
		t.Errorf("%d were kept, %d patients are there", kept, c.countPatients(t))
	}
	if v := c.view(t, row); v.State != imports.Withdrawn || v.Counts.Added != first.Added {
		t.Errorf("%+v", v)
	}
	if got := names(c.search(t, "900103")); got != "" {
		t.Errorf("%q is found after it was taken back", got)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed", "imported", "withdrawn"}) {
		t.Errorf("recorded as %q", got)
	}
	for _, table := range []string{"patients", "identifiers", "search_tokens", "import_rows", "import_parts"} {
		var n int
		err := c.env.Admin(t).QueryRow(t.Context(), "SELECT count(*) FROM app."+table+" WHERE tenant_id = $1", c.Tenant).Scan(&n)
		if err != nil || n != 0 {
			t.Errorf("%d rows of %s are left: %v", n, table, err)
		}
	}
	if _, again := c.run(t, sample(t)); again != first {
		t.Errorf("again it came to %+v, the first time to %+v", again, first)
	}
}

func TestWhatWasUsedSinceStaysAndIsNamed(t *testing.T) {
	c := newClinic(t)
	earlier := heading + "March 02 2014,900125,Nessie,Dog,\"Setter, Gordon\",,1\n"
	_, _ = c.run(t, earlier)
	row, n := c.run(t, sample(t))
	if n.Merged != 5 { // Nessie was there
		t.Errorf("%+v", n)
	}
	changed, weighed := c.search(t, "pickle").Patients[0], c.search(t, "truffle").Patients[0]
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		p := changed.Patient
		p.Colour = "grizzle"
		if err := registry.EditPatient(ctx, tx, c.Keys, changed.ID, 1, p); err != nil {
			return err
		}
		return tx.InsertWeight(ctx, db.InsertWeightParams{
			TenantID: tx.Tenant, ID: id.New(), PatientID: weighed.ID, At: tx.Now(), Grams: 40_000, Entered: "40", Unit: "kg", Source: "measured", RecordedAt: tx.Now(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	look := func() (w imports.Withdrawal) {
		c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
			w, err = imports.PreviewWithdrawal(ctx, tx, c.Keys, row, 10)
			return err
		})
		return w
	}
	w := look()
	if w.Patients != n.Added || w.Numbers != n.Merged || w.Used != 2 || len(w.Kept) != 2 ||
		w.Kept[0].Name != "Pickle" || w.Kept[0].Why != "was changed" || w.Kept[1].Why != "was weighed" || w.Kept[1].Line != 9 {
		t.Errorf("before: %+v", w)
	}
	if kept := c.takeBack(t, row); kept != 2 || c.countPatients(t) != 3 {
		t.Errorf("%d were kept, %d patients are there", kept, c.countPatients(t))
	}
	if w := look(); w.Patients != 2 || w.Used != 2 {
		t.Errorf("after: %+v", w)
	}
	if got := names(c.search(t, "900125")); got != "Nessie" {
		t.Errorf("who was there before is found as %q", got)
	}
	if _, again := c.run(t, sample(t)); again.Added != n.Added-2 {
		t.Errorf("again %+v", again)
	}
}

// However a run is cut off, it goes on and comes to the same.
func TestARunThatIsCutOffGoesOnToTheSameEnd(t *testing.T) {
	var list strings.Builder
	list.WriteString(heading)
	r := rand.New(rand.NewPCG(1, 2))
	given := []string{"Ada", "Bea", "Max", "Otto", "", "Zoë"}
	for i := range 6000 {
		number := fmt.Sprint(900000 + r.IntN(4000))
		if r.IntN(20) == 0 {
			number = ""
		}
		kind := []string{"Dog", "Cat", "Dragon"}[min(r.IntN(30)/14, 2)]
		fmt.Fprintf(&list, "March %02d 2015,%s,%s,%s,Pug,,%d\n", 1+r.IntN(28), number, given[r.IntN(len(given))], kind, i)
	}
	whole := newClinic(t)
	wholeRow, want := whole.run(t, list.String())
	cut := newClinic(t)
	row := cut.staged(t, list.String())
	cut.check(t, row)
	cut.start(t, row)
	var got imports.Counts
	for stops := 0; ; stops++ {
		ctx, cancel := context.WithCancel(t.Context())
		left := r.IntN(3)
		n, err := imports.Run(ctx, cut.env.Store, cut.Keys, cut.who, row, func(imports.Counts) {
			if left--; left < 0 {
				cancel()
			}
		})
		cancel()
		if err == nil {
			got = n
			if stops == 0 {
				t.Error("it was never cut off")
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if err := imports.GiveUp(t.Context(), cut.env.Store, cut.Keys, cut.who, row, err); err != nil {
			t.Fatal(err)
		}
		if v := cut.view(t, row); v.State != imports.Failed || v.Reason == "" {
			t.Fatalf("stopped, it is %s: %q", v.State, v.Reason)
		}
		cut.start(t, row)
	}
	if got != want || cut.countPatients(t) != whole.countPatients(t) {
		t.Errorf("in pieces %+v, at once %+v", got, want)
	}
	if a, b := cut.problems(t, row), whole.problems(t, wholeRow); !slices.Equal(a, b) {
		t.Error("the problems are not the same")
	}
	if got.Added+got.Merged+got.Skipped+got.Refused != 6000 {
		t.Errorf("%+v", got)
	}
}

func TestOneImportAtATimeAndNoneTwice(t *testing.T) {
	c := newClinic(t)
	one, two := c.staged(t, sample(t)), c.staged(t, heading+"March 02 2015,7,Ada,Cat,Manx,,1\n")
	c.check(t, one)
	c.check(t, two)
	c.start(t, one)
	v := c.view(t, two)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return imports.Start(ctx, tx, c.Keys, two, v.Version, nil) })
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "under way") {
		t.Errorf("a second run beside the first: %v", err)
	}
	// Two workers at the same: one of them ends it, and nothing comes twice.
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, one, nil)
			done <- err
		}()
	}
	first, other := <-done, <-done
	if (first == nil) == (other == nil) {
		t.Errorf("%v and %v", first, other)
	}
	if n := c.countPatients(t); n != int64(c.view(t, one).Counts.Added) {
		t.Errorf("%d patients", n)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return imports.Start(ctx, tx, c.Keys, one, c.view(t, one).Version, nil)
	}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("started once more: %v", err)
	}
}
