package imports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

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

func TestAWrongFileGetsOneSentenceAndLeavesNothing(t *testing.T) {
	c := newClinic(t)
	good := heading + "March 02 2015,900101,Ada,Cat,Manx,,1\n"
	for name, at := range map[string]struct {
		file io.Reader
		says string
	}{
		"empty":          {strings.NewReader(""), "empty"},
		"blank":          {strings.NewReader("\uFEFF \r\n\n"), "empty"},
		"a picture":      {strings.NewReader("\x89PNG\r\n\x1a\n\xff\x00"), "holds no text"},
		"a PDF":          {strings.NewReader("%PDF-1.7\n"), "PDF"},
		"a workbook":     {strings.NewReader("PK\x03\x04\x14\x00"), "Excel workbook"},
		"an old one":     {strings.NewReader("\xD0\xCF\x11\xE0\xA1\xB1"), "Excel workbook"},
		"an open quote":  {strings.NewReader("\"never closed\n1,2"), "first line"},
		"headings alone": {strings.NewReader(heading), "one line only"},
		"too big":        {io.MultiReader(strings.NewReader(good), io.LimitReader(endless{}, 60<<20)), "50 MB"},
		"broken off":     {io.MultiReader(strings.NewReader(good), iotest.ErrReader(io.ErrUnexpectedEOF)), "reading the file"},
	} {
		row, err := c.stage(t, at.file)
		if err == nil || !strings.Contains(err.Error(), at.says) {
			t.Errorf("%s: %v, want a sentence with %q", name, err, at.says)
		}
		if name != "broken off" && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is no fault of the file: %v", name, err)
		}
		err = c.env.Store.Read(t.Context(), c.who, func(ctx context.Context, tx *db.Tx) error {
			_, err := imports.Open(ctx, tx, c.Keys, row)
			return err
		})
		if !errors.Is(err, fault.Missing) {
			t.Errorf("%s can be opened: %v", name, err)
		}
	}
	var n int
	if err := c.env.Admin(t).QueryRow(t.Context(), "SELECT count(*) FROM app.import_parts WHERE tenant_id = $1", c.Tenant).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d parts are left: %v", n, err)
	}
}

// endless is rows without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "a,b,c,d,e,f,g\n"[i%14]
	}
	return len(p), nil
}

func TestFilesOfOtherMakersAreRead(t *testing.T) {
	for name, at := range map[string]struct{ file, encoding, separator string }{
		"a byte order mark": {"\uFEFFName,Species\nZoë,Cat\n", "UTF-8", "comma"},
		"Windows-1252":      {"Name;Species\r\nZo\xeb;Cat\r\n", "Windows-1252", "semicolon"},
		"UTF-16":            {"\xFF\xFE" + wide("Name\tSpecies\nZoë\tCat\n"), "UTF-16", "tab"},
		"bars":              {"Name|Species\nZoë|Cat\n", "UTF-8", "bar"},
	} {
		c := newClinic(t)
		row, n := c.run(t, at.file)
		v := c.view(t, row)
		if n.Added != 1 || v.Encoding != at.encoding || v.Separator != at.separator {
			t.Errorf("%s: %+v, %s, %s", name, n, v.Encoding, v.Separator)
		}
		if got := names(c.search(t, "zoe")); got != "Zoë" {
			t.Errorf("%s: the name became %q", name, got)
		}
		if said := strings.Join(v.Notes, " "); strings.HasPrefix(at.encoding, "W") != strings.Contains(said, "Windows-1252") {
			t.Errorf("%s: notes %q", name, said)
		}
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestAMissingColumnIsNamed(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, "Owner,Name\nHelen,Rex\n")
	v := c.view(t, row)
	if said := v.Mapping.Explain(v.Columns); !strings.Contains(said, "no column for the species; it names Owner, Name") {
		t.Errorf("said %q", said)
	}
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return imports.SetMapping(ctx, tx, c.Keys, row, v.Version, imports.Mapping{imports.Name: 1, imports.Breed: 7, imports.Sex: 1}, nil)
	})
	var bad fault.Fields
	if !errors.As(err, &bad) || bad.Message("species") == "" || bad.Message("breed") == "" || bad.Message("sex") == "" {
		t.Errorf("%v", err)
	}
}

func TestProblemsAreDownloadedWithoutFormulas(t *testing.T) {
	c := newClinic(t)
	row, _ := c.run(t, heading+"d,1,Ada,=Dragon,Pug,,1\nMarch 02 2015,2,Ada,,Pug,,1\n")
	var out bytes.Buffer
	if err := imports.WriteProblems(t.Context(), c.env.Store, c.Keys, c.who, row, &out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 3 || !slices.Equal(rows[2], []string{"3", "refused", "the species is missing", ""}) {
		t.Errorf("%q, %v", rows, err)
	}
	for _, r := range rows {
		if strings.ContainsAny(r[2][:1], "=+-@") {
			t.Errorf("a program would compute %q", r[2])
		}
	}
}

func TestAnotherClinicsImportIsMissingEverywhere(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	row, _ := a.run(t, sample(t))
	ctx := t.Context()
	write := func(do func(ctx context.Context, tx *db.Tx) error) error { return b.write(t, do) }
	read := func(do func(ctx context.Context, tx *db.Tx) error) error { return b.env.Store.Read(ctx, b.who, do) }
	for name, err := range map[string]error{
		"open": read(func(ctx context.Context, tx *db.Tx) error { _, err := imports.Open(ctx, tx, b.Keys, row); return err }),
		"problems": read(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := imports.Problems(ctx, tx, b.Keys, row, 1)
			return err
		}),
		"preview": read(func(ctx context.Context, tx *db.Tx) error {
			_, err := imports.PreviewWithdrawal(ctx, tx, b.Keys, row, 1)
			return err
		}),
		"mapping": write(func(ctx context.Context, tx *db.Tx) error {
			return imports.SetMapping(ctx, tx, b.Keys, row, 1, imports.Mapping{imports.Name: 0, imports.Species: 1}, nil)
		}),
		"start":    write(func(ctx context.Context, tx *db.Tx) error { return imports.Start(ctx, tx, b.Keys, row, 1, nil) }),
		"withdraw": write(func(ctx context.Context, tx *db.Tx) error { return imports.Withdraw(ctx, tx, b.Keys, row, 1, nil) }),
		"discard":  write(func(ctx context.Context, tx *db.Tx) error { return imports.Discard(ctx, tx, b.Keys, row, 1) }),
		"download": imports.WriteProblems(ctx, b.env.Store, b.Keys, b.who, row, io.Discard),
		"check":    second(imports.Check(ctx, b.env.Store, b.Keys, b.who, row, nil)),
		"run":      second(imports.Run(ctx, b.env.Store, b.Keys, b.who, row, nil)),
		"back":     second(imports.TakeBack(ctx, b.env.Store, b.Keys, b.who, row)),
		"give up":  imports.GiveUp(ctx, b.env.Store, b.Keys, b.who, row, io.EOF),
	} {
		if !errors.Is(err, fault.Missing) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if v := a.view(t, row); v.State != imports.Done {
		t.Errorf("it is %s now", v.State)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAPartOpensWithTheKeysOfItsClinicOnly(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	row := a.staged(t, sample(t))
	a.read(t, func(ctx context.Context, tx *db.Tx) error {
		part, err := tx.GetImportPart(ctx, db.GetImportPartParams{TenantID: tx.Tenant, ImportID: row, Part: 0})
		if err != nil {
			return err
		}
		if plain, err := a.Keys.Open(imports.PartSlot(part.ID), part.Sealed); err != nil || !bytes.Contains(plain, []byte("Marmalade")) {
			t.Errorf("its own clinic: %v", err)
		}
		if _, err := b.Keys.Open(imports.PartSlot(part.ID), part.Sealed); err == nil {
			t.Error("another clinic's keys open it")
		}
		if bytes.Contains(part.Sealed, []byte("Marmalade")) {
			t.Error("it stands there in the clear")
		}
		return nil
	})
}

func TestMovesThatAreNotListedAreRefusedByTheDatabase(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, sample(t))
	for _, to := range []string{imports.Running, imports.Done, imports.Withdrawn, imports.Uploading} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertImportMove(ctx, db.InsertImportMoveParams{
				TenantID: tx.Tenant, ID: id.New(), ImportID: row, FromState: imports.Staged, ToState: to, Sealed: []byte("x"), KeyVersion: 1, At: tx.Now(),
			})
		})
		if !db.Violates(err, "import_moves_allowed") {
			t.Errorf("to %s: %v", to, err)
		}
	}
	// Nor does a state go without its move.
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.MoveImport(ctx, db.MoveImportParams{TenantID: tx.Tenant, ID: row, FromState: imports.Staged, ToState: imports.Done, MoveID: id.New(), UpdatedAt: tx.Now()})
		return err
	})
	if !db.Violates(err, "imports_last_move") {
		t.Errorf("without a move: %v", err)
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
