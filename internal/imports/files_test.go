package imports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/imports"
)

func TestAWrongFileGetsOneSentenceAndLeavesNothing(t *testing.T) {
	c := newClinic(t)
	good := heading + "March 02 2015,900101,Ada,Cat,Manx,,1\n"
	for name, at := range map[string]struct {
		file io.Reader
		says string
	}{
		"empty":          {strings.NewReader(""), "empty"},
		"blank":          {strings.NewReader("\uFEFF \r\n\n"), "empty"},
		"a picture":      {strings.NewReader("\x89PNG\r\n\x1a\n\xff\x00"), "picture"},
		"zero bytes":     {strings.NewReader("Na\x00me,Species\n"), "holds no text"},
		"a program":      {strings.NewReader("MZ,\n" + strings.Repeat("\x01", 30)), "holds no text"},
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
		"CR alone":          {"Name;Species\rZoë;Cat\r", "UTF-8", "semicolon"},
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

// A sign that is no text costs its row, not the file, and the row is told so in words.
func TestRowsThatAreNoTextAreToldWhy(t *testing.T) {
	c := newClinic(t)
	row, n := c.run(t, "Name,Species,Notes\nRe\x00x,Dog,\nZoë,Cat,\x00\nMi\xeba,Cat,\nZoé,Cat,\n")
	if n.Added != 2 || n.Refused != 2 {
		t.Errorf("%+v", n)
	}
	var said []string
	for _, p := range c.problems(t, row) {
		said = append(said, fmt.Sprintf("%d %s", p.Line, p.Reason))
	}
	want := []string{
		"2 “Name” holds a sign that is no text (a zero byte): write it anew in the program the list comes from",
		"4 “Name” holds letters that cannot be read: save the list as UTF-8",
	}
	if !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
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
