package records_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
)

var kinds = map[string]bool{"dog": true, "cat": true}

func TestAFileOfCodesIsReadWholeOrNotAtAll(t *testing.T) {
	for _, one := range []struct {
		name, file string
		codes      int
		problems   []string // "line message"
	}{
		{name: "plain", file: "code,name\nA1,Abscess\nA2,\"Bite, wound\"\n", codes: 2},
		{name: "Excel's", file: "\xef\xbb\xbfCode,Term,Species,Parent\r\nA1,Abscess,Dog CAT,\r\nA2,Deep,,A1\r\n", codes: 2},
		{name: "empty", file: "", problems: []string{"1 The file is empty"}},
		{name: "headings alone", file: "code,name\n", problems: []string{"1 The file has no codes"}},
		{name: "no headings", file: "A1,Abscess\n", problems: []string{"1 The first line names no column “code” or no column “name”"}},
		{name: "twice", file: "code,name\nA1,Abscess\nA1,Another\n", problems: []string{"3 The code A1 stands in line 2 already"}},
		{name: "no name", file: "code,name\nA1\n,Nothing\nA3,Right\n", problems: []string{"2 Enter what it stands for", "3 Enter a code"}},
		{name: "a stranger", file: "code,name,species\nA1,Abscess,unicorn\n", problems: []string{"2 “unicorn” is no species here: dog, cat, rabbit and so on"}},
		{name: "an orphan", file: "code,name,parent\nA1,Abscess,A9\n", problems: []string{"2 Its parent A9 is no code of the file"}},
		{name: "not UTF-8", file: "code,name\nA1,Absz\xe4ss\n", problems: []string{"2 It is not UTF-8: save the file as CSV UTF-8"}},
		{name: "a quote left open", file: "code,name\nA1,\"Abscess\n", problems: []string{"3 A quote is left open or stands in the middle of a cell"}},
		{name: "long", file: "code,name\nA1," + strings.Repeat("x", 201) + "\n", problems: []string{"2 Use at most 200 characters"}},
	} {
		codes, problems, err := records.ReadCodes(strings.NewReader(one.file), kinds)
		var said []string
		for _, p := range problems {
			said = append(said, fmt.Sprintf("%d %s", p.Line, p.Message))
		}
		if err != nil || len(codes) != one.codes || len(said) != len(one.problems) {
			t.Errorf("%s: %d codes, %q, %v", one.name, len(codes), said, err)
			continue
		}
		for i, want := range one.problems {
			if said[i] != want && one.name != "long" && one.name != "a quote left open" {
				t.Errorf("%s: %q, want %q", one.name, said[i], want)
			}
		}
	}
	if _, _, err := records.ReadCodes(strings.NewReader("code,name\n"+strings.Repeat("A,"+strings.Repeat("x", 100)+"\n", 110_000)), kinds); err == nil {
		// Fifty problems end it before its size does.
		t.Log("ended by its problems")
	}
	if _, _, err := records.ReadCodes(strings.NewReader("code,name\n\"A"+strings.Repeat("x", records.CodesMostBytes)), kinds); !errors.Is(err, records.ErrCodesTooBig) {
		t.Errorf("a file too big: %v", err)
	}
}

func TestCodesAreFoundByTheBeginningsOfTheirWords(t *testing.T) {
	c := newClinic(t)
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error { return records.SeedCodes(ctx, tx, c.Keys) }))
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error { return records.SeedCodes(ctx, tx, c.Keys) })) // once
	list := id.New()
	codes := []records.Code{{Code: "77", Name: "Otitis externa, ear canal"}, {Code: "78", Name: "Ear mites 100%", Species: []string{"cat"}}}
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.AddCodeSystem(ctx, tx, c.Keys, list, records.CodeSystem{Name: "Made up", Version: "1", Licence: "Ours"}, codes)
	}))
	find := func(typed, species string) (out []string) {
		c.read(t, func(ctx context.Context, tx *db.Tx) error {
			found, err := records.FindCodes(ctx, tx, typed, species, 8)
			for _, f := range found {
				out = append(out, f.Code)
			}
			return err
		})
		return out
	}
	for _, one := range []struct {
		typed, species string
		want           string
	}{
		{"ear", "dog", "EARS 77"}, {"ear", "cat", "EARS 78 77"}, {"EAR ext", "dog", "77"}, {"xt", "dog", ""}, {"ears", "dog", "EARS"}, {"", "dog", ""}, {"%", "dog", ""}, {"_rs", "dog", ""}, {"100%", "cat", "78"},
	} {
		if got := strings.Join(find(one.typed, one.species), " "); got != one.want {
			t.Errorf("%q for a %s finds %q, want %q", one.typed, one.species, got, one.want)
		}
	}
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error { return records.EndCodeSystem(ctx, tx, c.Keys, list) }))
	if got := find("otitis", "dog"); len(got) != 0 {
		t.Errorf("a list that is no longer offered gives %q", got)
	}
	var bad fault.Fields
	err := c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.AddCodeSystem(ctx, tx, c.Keys, id.New(), records.CodeSystem{Name: "Made up", Version: "1", Licence: "Ours"}, codes)
	})
	if !errors.As(err, &bad) || bad[0].Name != "version" {
		t.Errorf("the same version again: %v", err)
	}
	if err := c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.AddCode(ctx, tx, c.Keys, id.New(), list, records.Code{Code: "X", Name: "By hand"})
	}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("by hand to a list that came whole: %v", err)
	}
	other := newClinic(t)
	if err := other.as(t, other.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.EndCodeSystem(ctx, tx, other.Keys, list)
	}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another clinic's list: %v", err)
	}
	if got := find("diarrhoea", "dog"); len(got) != 1 {
		t.Errorf("the own list gives %q", got)
	}
}
