package imports_test

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

//go:embed testdata/history.csv
var history string

const herd = "Name,Species,Patient number,Microchip,Date of birth\n" +
	"Juniper,Dog,P-100,985112003456789,2018-05-01\n" +
	"Pepper,Cat,P-101,,\n" +
	"Salt,Cat,P-101,,\n" +
	"Basil,Rabbit,P-103,,\n"

// hospital is a clinic with animals that were imported, a person, and a vaccine.
func hospital(t *testing.T) clinic {
	t.Helper()
	c := newClinic(t)
	c.who.Person = id.New()
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.AddProduct(ctx, tx, c.Keys, id.New(), vaccines.Product{
			Name: "Nobivac DHPPi", Manufacturer: "MSD", Species: []string{"dog"}, Protects: []string{"dhppi"},
			Course: vaccines.Course{Months: 36, FirstDoses: 2, FirstWeeks: 4, FirstMonths: 12}, Route: "under-skin", Volume: "1 ml",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	c.run(t, herd)
	return c
}

func (c clinic) stageHistory(t *testing.T, holds imports.Holds, text string) id.ID {
	t.Helper()
	row := id.New()
	err := imports.Stage(t.Context(), c.env.Store, c.Keys, c.who, row, imports.Upload{Name: "history.csv", Country: "GB", Holds: holds, Zone: "Europe/London"}, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) runHistory(t *testing.T, holds imports.Holds, text string) (id.ID, imports.Counts) {
	t.Helper()
	row := c.stageHistory(t, holds, text)
	said := c.check(t, row)
	c.start(t, row)
	got, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, row, nil)
	if err != nil {
		t.Fatal(err)
	}
	if said != got {
		t.Errorf("the dry run said %+v, the run came to %+v", said, got)
	}
	return row, got
}

// person is somebody who works at the clinic.
func (c clinic) person(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		sealed, err := c.Keys.Seal(vault.Slot{Table: "people", Group: "contact", Row: row}, []byte("{}"))
		if err != nil {
			return err
		}
		return tx.InsertPerson(ctx, db.InsertPersonParams{
			TenantID: tx.Tenant, ID: row, EmailToken: bytes.Repeat(row[:], 2), Sealed: sealed, KeyVersion: c.Keys.KeyVersion(), State: "active", CreatedAt: tx.Now(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func (c clinic) patient(t *testing.T, name string) id.ID {
	t.Helper()
	list := c.search(t, name).Patients
	if len(list) != 1 {
		t.Fatalf("%d patients are called %s", len(list), name)
	}
	return list[0].ID
}

func (c clinic) notes(t *testing.T, patient id.ID) (list []records.Note) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = records.Notes(ctx, tx, c.Keys, patient)
		return err
	})
	return list
}

func (c clinic) weights(t *testing.T, patient id.ID) (list []registry.WeightRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = registry.Weights(ctx, tx, patient)
		return err
	})
	return list
}

func (c clinic) doses(t *testing.T, patient id.ID) (list []vaccines.DoseRow, due []vaccines.Line) {
	t.Helper()
	var h vaccines.Heads
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := db.Together(ctx, tx, vaccines.LoadHeads(&h, patient)...); err != nil {
			return err
		}
		list, err = vaccines.Doses(ctx, tx, c.Keys, patient)
		return err
	})
	return list, vaccines.Due(vaccines.RulesFor([]string{"GB"}, time.Now()), vaccines.Animal{}, h.Doses, h.Set)
}

func TestHistoryComesIntoTheRecordOfItsPatients(t *testing.T) {
	c := hospital(t)
	row, n := c.runHistory(t, imports.History, history)
	want := imports.Counts{Total: 20, Done: 20, Added: 8, Visits: 1, Notes: 2, Weights: 2, Doses: 3, Skipped: 1, Refused: 11}
	if n != want {
		t.Errorf("it came to %+v,\nwant       %+v", n, want)
	}
	juniper := c.patient(t, "juniper")
	notes := c.notes(t, juniper)
	if len(notes) != 3 {
		t.Fatalf("%d notes", len(notes))
	}
	for _, n := range notes {
		if !n.Imported || !n.Author.IsZero() || n.SignedAt.Before(n.EventAt.Add(24*time.Hour)) {
			t.Errorf("a note of the past is %+v", n.NoteHead)
		}
	}
	if n := notes[0]; n.Earlier.Text != "Recheck ears.\nBetter, \"much\" better." || n.Earlier.By != "Dr Old Vet" || n.Earlier.Visit || n.EventAt.Format(time.DateTime) != "2021-07-02 23:00:00" {
		t.Errorf("the newest is %+v at %s", n.Earlier, n.EventAt)
	}
	if n := notes[1]; n.Subjective != "Head shaking" || n.Plan != "=Drops twice daily" || n.EventAt.Format(time.DateTime) != "2021-06-14 13:30:00" {
		t.Errorf("the one in parts is %+v at %s", n.SOAP, n.EventAt)
	}
	if n := notes[2]; !n.Earlier.Visit || n.Earlier.Text != "Booster" {
		t.Errorf("the visit is %+v", n.Earlier)
	}
	var weights []string
	for _, w := range c.weights(t, juniper) {
		weights = append(weights, fmt.Sprintf("%d %s %s %v", w.Grams, w.Entered, w.Unit, w.Imported))
	}
	if !slices.Equal(weights, []string{"24600 24.6 kg true", "22680 50 lb true"}) {
		t.Errorf("the weights are %q", weights)
	}
	doses, due := c.doses(t, juniper)
	if len(doses) != 3 || !doses[0].Imported || doses[0].Name != "Canigen Old" || len(doses[0].Protects) != 0 || doses[1].Name != "NOBIVAC DHPPI" || doses[1].Lot != "A12B" ||
		doses[1].Earlier.By != "Dr Old Vet" || doses[1].Expiry.Format(time.DateOnly) != "2022-03-31" || doses[1].Earlier.Next.Format(time.DateOnly) != "2022-06-01" {
		t.Errorf("the doses are %+v", doses)
	}
	if len(due) != 1 || due[0].Protects != "dhppi" || due[0].Count != 2 {
		t.Errorf("due is %+v", due)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed", "imported"}) {
		t.Errorf("the batch is recorded as %q", got)
	}
	var said []string
	for _, p := range c.problems(t, row) {
		said = append(said, fmt.Sprintf("%d %s %s", p.Line, p.Kind, p.Reason))
	}
	for i, want := range []string{
		"10 note “Canigen Old” is shown and not counted", "11 refused no patient of the clinic has number P-999", "12 refused 2 patients have number P-101, and no name tells which",
		"13 refused number P-101 is of the cat “Pepper”, and the row says “Mustard”", "14 refused the kind “bill” is not known", "15 refused date “soon”",
		"16 refused the weight “24.6” says no unit", "17 refused the date is before the birth of the dog “Juniper”", "18 refused the note has no text",
		"19 refused date “01/01/2090”", "20 refused number P-103 and microchip 985112003456789 are of different animals", "21 refused the row has more or fewer columns",
	} {
		if i >= len(said) || !strings.HasPrefix(said[i], want) {
			t.Fatalf("problem %d is not %q: %s", i, want, strings.Join(said, "\n"))
		}
	}
}

func TestASecondRunOfHistoryAddsNothing(t *testing.T) {
	c := hospital(t)
	c.runHistory(t, imports.History, history)
	_, n := c.runHistory(t, imports.History, history)
	if n.Added != 0 || n.Skipped != 9 || n.Refused != 11 {
		t.Errorf("it came to %+v", n)
	}
	// The same entry, the animal named by its chip.
	_, n = c.runHistory(t, imports.Weights, "Chip,Date,Weight (kg)\n985 112 003 456 789,2021-06-14,24.60\n985112003456789,2021-06-15,24.6\n")
	if n.Added != 1 || n.Skipped != 1 {
		t.Errorf("by the chip it came to %+v", n)
	}
}

func TestAnotherClinicsPatientIsNotFoundByItsNumber(t *testing.T) {
	hospital(t)
	other := newClinic(t)
	_, n := other.runHistory(t, imports.Weights, "Chip,Patient number,Date,Weight,Unit\n985112003456789,,2021-06-14,24.6,kg\n,P-100,2021-06-14,24.6,kg\n")
	if n.Refused != 2 || n.Added != 0 {
		t.Errorf("it came to %+v", n)
	}
}

func TestColumnsOfHistoryMustTellWhoseAndWhen(t *testing.T) {
	c := newClinic(t)
	row := c.stageHistory(t, imports.History, "Colour,Kind of day\nred,fine\n")
	v := c.view(t, row)
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return imports.SetMapping(ctx, tx, c.Keys, row, v.Version, imports.Mapping{imports.Species: 0}, nil)
	})
	var bad fault.Fields
	if !errors.As(err, &bad) || bad.Message("patient") == "" || bad.Message("when") == "" || bad.Message("kind") == "" || bad.Message("species") == "" {
		t.Errorf("it gives %v", err)
	}
	if _, err := c.stage(t, strings.NewReader("a,b\n1,2\n")); err != nil {
		t.Fatal(err)
	}
	err = imports.Stage(t.Context(), c.env.Store, c.Keys, c.who, id.New(), imports.Upload{Name: "x.csv", Holds: "bills"}, strings.NewReader("a,b\n1,2\n"))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a kind nobody knows gives %v", err)
	}
}

// How a file is written makes no difference to what it says.
func TestHistoryIsReadHoweverItIsWritten(t *testing.T) {
	c := hospital(t)
	lines := []string{"Patient number;Date;Text", "P-100;2021-06-14;Zoë said: „fine“", "P-100;2021-06-15;\"Two\nlines; and \"\"quotes\"\"\"", "P-100;2021-06-16;=1+1"}
	plain := strings.Join(lines, "\n") + "\n"
	latin := strings.NewReplacer("ë", "\xeb", "„", "\x84", "“", "\x93").Replace(plain)
	var utf16 strings.Builder
	utf16.WriteString("\xff\xfe")
	for _, r := range plain {
		utf16.WriteByte(byte(r))
		utf16.WriteByte(byte(r >> 8))
	}
	for name, text := range map[string]string{
		"UTF-8": plain, "with a mark": "\ufeff" + plain, "Windows": latin, "UTF-16": utf16.String(), "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"), "tabs": strings.ReplaceAll(strings.ReplaceAll(plain, ";", "\t"), "lines\t", "lines;"),
	} {
		row, n := c.runHistory(t, imports.Notes, text)
		if n.Added != 3 {
			t.Errorf("%s came to %+v: %+v", name, n, c.problems(t, row))
		}
		var said []string
		for _, n := range c.notes(t, c.patient(t, "juniper")) {
			said = append(said, n.Earlier.Text)
		}
		if !slices.Equal(said, []string{"=1+1", "Two\nlines; and \"quotes\"", "Zoë said: „fine“"}) {
			t.Errorf("%s says %q", name, said)
		}
		c.takeBack(t, row)
	}
	row, n := c.runHistory(t, imports.Notes, "Patient number,Date,Text\nP-100,2021-06-14,a\x00b\nP-100,2021-06-14,"+strings.Repeat("long ", 10_500)+"\nP-100,2021-06-15,good\nP-100,2021-06-16,\""+strings.Repeat("x", 70_000)+"\"\n")
	if n.Added != 1 || n.Refused != 3 {
		t.Errorf("broken rows came to %+v: %+v", n, c.problems(t, row))
	}
}

// Times of day, zones and the two orders of a date.
func TestWhenHistoryWas(t *testing.T) {
	c := hospital(t)
	for typed, want := range map[string]string{
		"2021-06-14": "2021-06-13T23:00:00Z", "2021-06-14 00:00:00": "2021-06-13T23:00:00Z", "2021-06-14T14:30": "2021-06-14T13:30:00Z", "14/06/2021 2:30 PM": "2021-06-14T13:30:00Z",
		"2021-06-14T14:30:00Z": "2021-06-14T14:30:00Z", "2021-12-14 14:30": "2021-12-14T14:30:00Z", "June 14 2021": "2021-06-13T23:00:00Z",
		"14/06/2021 25:00": "", "06/2021": "", "2021": "", "3 weeks": "", "2090-01-01": "", "31/02/2021": "",
	} {
		row, n := c.runHistory(t, imports.Weights, "Patient number,Date,Weight\nP-100,"+typed+",24 kg\n")
		list := c.weights(t, c.patient(t, "juniper"))
		switch {
		case want == "" && n.Refused != 1, want != "" && (len(list) != 1 || list[0].At.Format(time.RFC3339) != want):
			t.Errorf("%q came to %+v, %+v", typed, n, list)
		}
		c.takeBack(t, row)
	}
}

// The sample that a page gives out reads as it says, but for its animals.
func TestTheSampleIsReadAsItSays(t *testing.T) {
	c := newClinic(t)
	c.run(t, "Name,Species,Licence number,Microchip\nJuniper,Dog,A-1001,985112003456789\n")
	row := c.stageHistory(t, imports.History, imports.Sample)
	if v := c.view(t, row); len(v.Mapping) != len(imports.History.Fields()) || len(v.Mapping) != len(v.Columns) {
		t.Errorf("its columns are taken for %v", v.Mapping)
	}
	if n := c.check(t, row); n.Added != 5 || n.Visits != 1 || n.Notes != 2 || n.Weights != 1 || n.Doses != 1 {
		t.Errorf("it came to %+v: %+v", n, c.problems(t, row))
	}
}
