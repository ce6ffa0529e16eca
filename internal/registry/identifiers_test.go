package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

const chip = "985112004678301"

// number reads the form of a number and saves it.
func (c clinic) number(t *testing.T, patient id.ID, f registry.IdentifierForm, anyway bool) (id.ID, error) {
	t.Helper()
	n, bad := f.Parse(today)
	if bad != nil {
		t.Fatal(bad)
	}
	row := id.New()
	return row, c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddIdentifier(ctx, tx, c.Keys, row, patient, n, anyway)
	})
}

func (c clinic) numbers(t *testing.T, patient id.ID) (out []registry.Identifier) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = registry.Identifiers(ctx, tx, c.Keys, patient)
		return err
	})
	return out
}

func (c clinic) endNumber(t *testing.T, number id.ID, as string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := registry.EndIdentifier(ctx, tx, c.Keys, number, as)
		return err
	})
}

var chipForm = registry.IdentifierForm{Kind: "chip", Number: "985 112-004 678 301", Again: chip, GivenOn: "3 Jan 2020", Site: "left neck"}

func TestNumbersAreKeptFoundAndEnded(t *testing.T) {
	c := newClinic(t)
	animal := c.addPatient(t, c.addClient(t, helen()), biscuit())
	row, err := c.number(t, animal, chipForm, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.number(t, animal, registry.IdentifierForm{Kind: "tag", Number: "YO-31 77"}, false); err != nil {
		t.Fatal(err)
	}
	second, err := c.number(t, animal, registry.IdentifierForm{Kind: "chip", Number: "977*200*123", Scanned: true}, false)
	if err != nil {
		t.Fatal(err)
	}
	got := c.numbers(t, animal)
	if len(got) != 3 || got[0].Number != chip || got[0].Raw != "985 112-004 678 301" || got[0].Standard != registry.ISOChip || got[0].Site != "left neck" ||
		got[0].GivenOn.Format("2006-01-02") != "2020-01-03" || got[0].Shown() != "985 112 004 678 301" || got[1].Shown() != "YO-31 77" || got[2].Standard != registry.NineChip {
		t.Fatalf("numbers %+v", got)
	}
	for _, typed := range []string{chip, "985 112 004 678 301", "8301", "yo3177", "977200123", "thompson 8301"} {
		if found := names(c.search(t, typed)); found != "Biscuit" {
			t.Errorf("%q finds %q", typed, found)
		}
	}
	// A second sending, and the same number again.
	n, _ := chipForm.Parse(today)
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddIdentifier(ctx, tx, c.Keys, row, animal, n, false)
	})
	if !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("a second sending: %v", err)
	}
	var bad fault.Fields
	if _, err := c.number(t, animal, chipForm, true); !errors.As(err, &bad) || bad.Message("number") != "Biscuit has this number already" {
		t.Errorf("the same again: %v", err)
	}

	// One lost still finds the animal, one entered in error does not; what both end in stays.
	if err := c.endNumber(t, row, registry.NotWorn); err != nil {
		t.Fatal(err)
	}
	if err := c.endNumber(t, second, registry.InError); err != nil {
		t.Fatal(err)
	}
	if err := c.endNumber(t, second, registry.NotWorn); err != nil {
		t.Errorf("ending again: %v", err)
	}
	got = c.numbers(t, animal)
	if got[0].Worn() || got[0].EndedAs != registry.NotWorn || got[2].EndedAs != registry.InError || !got[1].Worn() {
		t.Errorf("ended: %+v", got)
	}
	if a, b := names(c.search(t, chip)), names(c.search(t, "977200123")); a != "Biscuit" || b != "" {
		t.Errorf("by the lost %q, by the wrong %q", a, b)
	}
	if r := c.search(t, "8301"); len(r.Patients) != 1 || slices.Contains(r.Patients[0].Numbers, "977200123") {
		t.Errorf("a search shows %+v", r.Patients)
	}
	// Adding it again undoes it.
	if _, err := c.number(t, animal, registry.IdentifierForm{Kind: "chip", Number: "977200123", Again: "977 200 123"}, false); err != nil {
		t.Errorf("adding again: %v", err)
	}
	if err := c.endNumber(t, second, "lost"); !errors.As(err, &bad) {
		t.Errorf("ending for no reason: %v", err)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed"}) {
		t.Errorf("recorded %v", got)
	}
}

func TestANumberOfAnotherAnimalWarnsAndIsSavedAnyway(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	first, second := c.addPatient(t, id.ID{}, biscuit()), c.addPatient(t, id.ID{}, registry.Patient{Species: "cat", Sex: "unknown", Neutered: "unknown"})
	foreign := other.addPatient(t, id.ID{}, biscuit())
	if _, err := other.number(t, foreign, chipForm, false); err != nil {
		t.Fatal(err)
	}
	row, err := c.number(t, first, chipForm, false)
	if err != nil {
		t.Fatalf("another clinic's number warns: %v", err)
	}
	_, err = c.number(t, second, chipForm, false)
	var taken *registry.Taken
	if !errors.As(err, &taken) || fault.KindOf(err) != fault.Conflict || len(taken.Holders) != 1 || taken.Holders[0] != (registry.Holder{ID: first, Name: "Biscuit"}) {
		t.Fatalf("the number of another: %v %+v", err, taken)
	}
	if len(c.numbers(t, second)) != 0 {
		t.Error("it was saved before anybody said so")
	}
	// Not the same number, though the same token ends both; nor another kind's.
	for _, f := range []registry.IdentifierForm{{Kind: "tag", Number: chip}, {Kind: "chip", Number: "004678301", Scanned: true}} {
		if _, err := c.number(t, second, f, false); err != nil {
			t.Errorf("%s %s: %v", f.Kind, f.Number, err)
		}
	}
	if _, err := c.number(t, second, chipForm, true); err != nil {
		t.Errorf("anyway: %v", err)
	}
	// One that has ended warns no longer.
	if err := c.endNumber(t, row, registry.InError); err != nil {
		t.Fatal(err)
	}
	if _, err := c.number(t, c.addPatient(t, id.ID{}, biscuit()), chipForm, false); !errors.As(err, &taken) || len(taken.Holders) != 1 || taken.Holders[0].ID != second {
		t.Errorf("after the first ended: %v", err)
	}
}

func TestNumbersOfAnotherClinicAreNotThere(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	animal := b.addPatient(t, id.ID{}, biscuit())
	row, err := b.number(t, animal, chipForm, false)
	if err != nil {
		t.Fatal(err)
	}
	for what, patient := range map[string]id.ID{"another clinic's": animal, "nobody's": id.New()} {
		if _, err := a.number(t, patient, chipForm, true); fault.KindOf(err) != fault.NotFound {
			t.Errorf("on %s patient: %v", what, err)
		}
	}
	for what, number := range map[string]id.ID{"another clinic's": row, "nobody's": id.New()} {
		if err := a.endNumber(t, number, registry.NotWorn); fault.KindOf(err) != fault.NotFound {
			t.Errorf("ending %s: %v", what, err)
		}
	}
	if got := b.numbers(t, animal); len(got) != 1 || !got[0].Worn() {
		t.Errorf("theirs became %+v", got)
	}
	if err := b.endNumber(t, row, registry.NotWorn); err != nil {
		t.Errorf("the twin: %v", err)
	}
}

func TestTheFormOfANumberNamesItsMistakes(t *testing.T) {
	for input, f := range map[string]registry.IdentifierForm{
		"kind":     {Number: chip},
		"number":   {Kind: "tag", Number: " - "},
		"again":    {Kind: "chip", Number: chip},
		"given_on": {Kind: "tag", Number: "31", GivenOn: "2099-01-01"},
		"site":     {Kind: "tattoo", Number: "31", Site: strings.Repeat("left ear, ", 9)},
	} {
		if _, bad := f.Parse(today); bad.Message(input) == "" || len(bad) != 1 {
			t.Errorf("%+v: %v", f, bad)
		}
	}
	if _, bad := (registry.IdentifierForm{Kind: "chip", Number: chip, Again: "985112004678302"}).Parse(today); bad.Message("again") != "The two numbers are not the same: read the chip once more" {
		t.Errorf("two that differ: %v", bad)
	}
	if _, bad := (registry.IdentifierForm{Kind: "chip", Number: chip, Scanned: true}).Parse(today); bad != nil {
		t.Errorf("a scanned one: %v", bad)
	}
	if _, bad := (registry.IdentifierForm{Kind: "chip", Number: "98511200467830"}).Parse(today); bad.Message("number") == "" {
		t.Errorf("a short one: %v", bad)
	}
}
