package imports_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/imports"
	"paddock/internal/registry"
)

func TestValuesAreReadForgivingly(t *testing.T) {
	for typed, want := range map[string]string{
		"M": "male unknown", "F": "female unknown", "MN": "male yes", "fs": "female yes", "neutered male": "male yes", "Female (spayed)": "female yes",
		"Male/Intact": "male no", "not neutered male": "male no", "gelding": "male yes", "": "unknown unknown", "U": "unknown unknown", "MC": "male yes",
	} {
		sex, neutered, ok := imports.ParseSex(typed)
		if got := sex + " " + neutered; !ok || got != want {
			t.Errorf("%q is %s, want %s", typed, got, want)
		}
	}
	for _, typed := range []string{"purple", "M or so"} {
		if sex, _, ok := imports.ParseSex(typed); ok {
			t.Errorf("%q is %s", typed, sex)
		}
	}
	for typed, want := range map[string]string{"Yes": "yes", "n": "no", "": "unknown", "Spayed": "yes", "intact": "no", "TRUE": "yes", "0": "no"} {
		if got, ok := imports.ParseNeutered(typed); !ok || got != want {
			t.Errorf("neutered %q is %s, want %s", typed, got, want)
		}
	}
}

func TestNamesThatCouldBeOneAnimals(t *testing.T) {
	for _, pair := range []string{
		"Zoë|ZOE", "O'Malley|OMalley", "Peanut|Peenut", "Sooty|Sotty", "Coco|Cocoa", "George|George RR Martin", "|Max", "Max|", "Brian|Brain", "Chrissy|Chrissie",
	} {
		if a, b, _ := strings.Cut(pair, "|"); !imports.Alike(a, b) || !imports.Alike(b, a) {
			t.Errorf("%q and %q are unlike", a, b)
		}
	}
	for _, pair := range []string{"Olive|Spirit", "Max|Mia", "Bo|Boris", "Ada|Ida", "Basil|Olive", "Rex|Tex", "犬|猫"} {
		if a, b, _ := strings.Cut(pair, "|"); imports.Alike(a, b) || imports.Alike(b, a) {
			t.Errorf("%q and %q are alike", a, b)
		}
	}
}

// bornOf imports animals with these births and gives what they became, by name.
func (c clinic) bornOf(t *testing.T, country string, typed ...string) (born []string, v imports.View) {
	t.Helper()
	list := "Name,Species,DOB\n"
	for i, s := range typed {
		list += fmt.Sprintf("Animal%03d,cat,%q\n", i, s)
	}
	row, err := c.stageFrom(t, country, strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	c.check(t, row)
	c.start(t, row)
	if _, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, row, nil); err != nil {
		t.Fatal(err)
	}
	for i := range typed {
		r := c.search(t, fmt.Sprintf("animal%03d", i))
		if len(r.Patients) != 1 {
			born = append(born, "refused")
			continue
		}
		var p registry.PatientView
		c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, c.Keys, r.Patients[0].ID)
			return err
		})
		born = append(born, p.Born.String())
	}
	return born, c.view(t, row)
}

func TestAColumnOfDatesIsReadAsAWhole(t *testing.T) {
	for name, at := range map[string]struct {
		country, typed, want, note string
	}{
		"the day first":   {"US", "31/12/2019|3/4/2020|2018-05-06", "31-Dec-2019|3-Apr-2020|6-May-2018", ""},
		"the month first": {"GB", "12/31/2019|3/4/2020|March 29 2005", "31-Dec-2019|4-Mar-2020|29-Mar-2005", ""},
		"at home in US":   {"US", "3/4/2020|2019", "4-Mar-2020|2019", "the month comes first"},
		"at home in GB":   {"GB", "3/4/2020||2019-02-01T00:00:00", "3-Apr-2020||1-Feb-2019", "the day comes first"},
		"both":            {"GB", "31/12/2019|30/12/2019|12/31/2019|3/4/2020", "31-Dec-2019|30-Dec-2019|31-Dec-2019|3-Apr-2020", "some with the month first"},
		"a bad one":       {"GB", "soon|31/12/2019|31/12/2190", "refused|31-Dec-2019|refused", ""},
	} {
		got, v := newClinic(t).bornOf(t, at.country, strings.Split(at.typed, "|")...)
		if s := strings.Join(got, "|"); s != at.want {
			t.Errorf("%s: %s, want %s", name, s, at.want)
		}
		if said := strings.Join(v.Notes, " "); !strings.Contains(said, at.note) || at.note == "" && said != "" {
			t.Errorf("%s: said %q, want %q", name, said, at.note)
		}
	}
}

func TestChipsAndTagsComeAlong(t *testing.T) {
	c := newClinic(t)
	list := "Name,Species,Sex,Color,Microchip,Tag\n" +
		"Ada,dog,FS,black,985 112 001 234 567,T-7712\nBea,dog,F,,98511200123,\nMax,dog,M,,985112001234567,\nAda,Dog,F,black,985112001234567,\n"
	row, n := c.run(t, list)
	if n.Added != 2 || n.Refused != 1 || n.Skipped != 1 || n.Conflicts != 1 {
		t.Errorf("%+v: %+v", n, c.problems(t, row))
	}
	for typed, want := range map[string]string{"985112001234567": "Max, Ada", "7712": "Ada", "234567": "Max, Ada"} {
		if got := names(c.search(t, typed)); got != want && got != "Ada, Max" {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	if kept := c.takeBack(t, row); kept != 0 || c.countPatients(t) != 0 {
		t.Errorf("%d kept", kept)
	}
}
