package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/fault"
	"paddock/internal/registry"
)

func (c clinic) importFrom(t *testing.T, r io.Reader, progress func(registry.Progress)) (registry.Report, error) {
	t.Helper()
	who := c.who
	who.Purpose = actor.Import
	return registry.ImportPatients(t.Context(), c.env.Store, c.Keys, who, r, progress)
}

func (c clinic) countPatients(t *testing.T) (n int64) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
		return err
	})
	return n
}

func TestALicenceListIsImportedAndItsBadRowsNamed(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	file, err := os.Open("testdata/licences.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var last registry.Progress
	report, err := c.importFrom(t, file, func(p registry.Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if report.Read != 36 || report.Imported != 34 || report.Bad != 2 || report.Unnamed != 2 {
		t.Errorf("report %+v", report)
	}
	want := []registry.BadRow{{Line: 12, Reason: `the species "Dragon" is not known`}, {Line: 23, Reason: "the row has more or fewer columns than the first line"}}
	if !slices.Equal(report.Rows, want) {
		t.Errorf("bad rows %+v", report.Rows)
	}
	if (last != registry.Progress{Read: 36, Imported: 34, Bad: 2}) {
		t.Errorf("progress ended at %+v", last)
	}
	if n := c.countPatients(t); n != 34 {
		t.Errorf("%d patients", n)
	}
	for typed, found := range map[string]string{
		"900103": `Duchess "Dotty" of Elm`, "dotty": `Duchess "Dotty" of Elm`, "zoe": "Zoë", "s900107": "Señor Bigotes",
		"lucj": "Łucja", "artag": "D'Artagnan", "0108": "Truffle", "900104": "Unnamed", "quince": "Quince",
		"peanut": `Peanut, Peanut, The "Other" Peanut`,
	} {
		if got := names(c.search(t, typed)); got != found {
			t.Errorf("%q finds %q, want %q", typed, got, found)
		}
		if got := names(other.search(t, typed)); got != "" {
			t.Errorf("%q finds %q at another clinic", typed, got)
		}
	}
	for typed, is := range map[string]string{
		"truffle": "pig Pot-Bellied", "billie": "goat Miniature", "fennel": "livestock Standard", "pickle": "dog Terrier, Border mix",
		"zoë": "dog Poodle, Toy × Terrier, Maltese",
	} {
		r := c.search(t, typed)
		if len(r.Patients) != 1 || r.Patients[0].Species+" "+r.Patients[0].Breed != is {
			t.Errorf("%q is %+v, want %s", typed, r.Patients, is)
		}
	}
	hit := c.search(t, "900103").Patients[0]
	if !slices.Equal(hit.Numbers, []string{"900103"}) {
		t.Errorf("numbers %v", hit.Numbers)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		leaves, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: report.ID})
		if len(leaves) != 2 || len(leaves[0].Ids) != 34 || leaves[0].Action != "imported" || len(leaves[0].Commitment) == 0 {
			t.Errorf("recorded %+v", leaves)
		}
		return err
	})
}

func TestAnImportedPatientCanBeChangedAndKeepsItsNumber(t *testing.T) {
	c := newClinic(t)
	list := heading + "March 02 2015,900101,,Cat,Manx,,1\n"
	if _, err := c.importFrom(t, strings.NewReader(list), nil); err != nil {
		t.Fatal(err)
	}
	hit := c.search(t, "900101").Patients[0]
	v := hit.Patient
	v.Name = "Marmalade"
	if err := c.editPatient(t, hit.ID, v); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"900101", "marma", "0101 marmalade"} {
		if got := names(c.search(t, typed)); got != "Marmalade" {
			t.Errorf("%q finds %q", typed, got)
		}
	}
}

const heading = "License Issue Date,License Number,Animal's Name,Species,Primary Breed,Secondary Breed,ZIP Code\n"

func TestAWrongFileGetsOneSentenceAndImportsNothing(t *testing.T) {
	c := newClinic(t)
	for file, says := range map[string]string{
		"":           "empty",
		"a,b\n1,2\n": "“License Number”",
		strings.Replace(heading, "Species,", "", 1): "“Species”",
		"\x89PNG\r\n\x1a\n\xff\x00":                 "CSV",
		"\"never closed\n1,2":                       "CSV",
	} {
		report, err := c.importFrom(t, strings.NewReader(file), nil)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) || report.Imported != 0 {
			t.Errorf("%.20q: %v, want a sentence with %s", file, err, says)
		}
	}
	if n := c.countPatients(t); n != 0 {
		t.Errorf("%d patients", n)
	}
}

func TestBadRowsDoNotStopAnImport(t *testing.T) {
	c := newClinic(t)
	list := "\uFEFF" + heading +
		"d,1,Ada,Dog,Pug,,1\n" +
		"d,2,B\"ad\"quote,Dog,Pug,,1\n" +
		"d,3,\xff\xfe,Dog,Pug,,1\n" +
		"d,4," + strings.Repeat("x", 81) + ",Dog,Pug,,1\n" +
		"d,5,Noname,,Pug,,1\n" +
		"d,6,Bea,Dog,Pug,,1\n" +
		"d,7,\"Open," + strings.Repeat("and on and on\n", 10_000)
	report, err := c.importFrom(t, strings.NewReader(list), nil)
	if err != nil || report.Imported != 2 || report.Bad != 5 {
		t.Fatalf("%+v, %v", report, err)
	}
	for i, line := range []int{3, 4, 5, 6, 8} {
		if report.Rows[i].Line != line {
			t.Errorf("bad row %d is named at line %d (%s), want %d", i, report.Rows[i].Line, report.Rows[i].Reason, line)
		}
		if strings.Contains(report.Rows[i].Reason, "Noname") || strings.Contains(report.Rows[i].Reason, "xxx") {
			t.Errorf("a reason repeats a name: %s", report.Rows[i].Reason)
		}
	}
}

func TestAnImportThatBreaksOffSaysWhatIsInAlready(t *testing.T) {
	c := newClinic(t)
	var list strings.Builder
	list.WriteString(heading)
	for i := range 1500 {
		fmt.Fprintf(&list, "d,%d,Pet %d,Dog,Pug,,1\n", 900000+i, i)
	}
	broken := io.MultiReader(strings.NewReader(list.String()), iotest.ErrReader(errors.New("the disk is gone")))
	report, err := c.importFrom(t, broken, nil)
	if err == nil {
		t.Fatal("no error")
	}
	if n := c.countPatients(t); n != int64(report.Imported) || n != 1000 && n != 0 {
		t.Errorf("%d patients, reported %d", n, report.Imported)
	}
}

// The licences of one city, 66,042 rows, where they are at hand: in $PADDOCK_SHARED/data, or in
// shared/data beside the repository.
func TestACitysLicencesAreImportedInUnderAMinute(t *testing.T) {
	folder := os.Getenv("PADDOCK_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(folder, "data", "seattle-pet-licences.csv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Log("the list of 66,042 licences is not here, so the import was not tried at its size")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := newClinic(t)
	began := clock.System.Now()
	report, err := c.importFrom(t, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %v", report.Imported, clock.System.Now().Sub(began))
	if report.Read != 66042 || report.Imported != 66042 || report.Unnamed != 1365 {
		t.Errorf("report: read %d, imported %d, unnamed %d, bad %d %v", report.Read, report.Imported, report.Unnamed, report.Bad, report.Rows)
	}
	began = clock.System.Now() // told, not judged: the machine may be busy
	for typed, has := range map[string]string{"schrod": "Schrödinger", "s103809": "Señor Diego", "theodore logan": `Ted "Theodore" Logan`} {
		if got := names(c.search(t, typed)); !strings.Contains(got, has) {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	r := c.search(t, "max")
	if len(r.Patients) != 50 || !r.More || r.Patients[0].Called() != "Max" || r.Patients[49].Called() != "Max" {
		t.Errorf("“max” finds %d, more %v: %s", len(r.Patients), r.More, names(r))
	}
	t.Logf("four searches in %v", clock.System.Now().Sub(began))
}
