package registry_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func TestAClientIsRegisteredReadChangedAndRecorded(t *testing.T) {
	c := newClinic(t)
	row := c.addClient(t, helen())
	v := c.client(t, row)
	if !reflect.DeepEqual(v.Client, helen()) || v.Version != 1 || v.SavedBy != c.who.Person {
		t.Fatalf("read back %+v", v)
	}
	changed := helen()
	changed.Email = "h.thompson@example.org"
	if err := c.editClient(t, row, 1, changed); err != nil {
		t.Fatal(err)
	}
	if v = c.client(t, row); v.Email != changed.Email || v.Version != 2 {
		t.Fatalf("after the change %+v", v)
	}
	if err := c.editClient(t, row, 1, changed); err != nil {
		t.Fatalf("saving what is stored already: %v", err)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed"}) {
		t.Fatalf("recorded %v", got)
	}
}

func TestASecondSendingMakesNothingNew(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, helen())
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, c.Keys, owner, registry.Client{LastName: "Other"})
	})
	if !errors.Is(err, registry.ErrAlreadyThere) || c.client(t, owner).LastName != "Thompson" {
		t.Fatalf("second client: %v", err)
	}
	animal := c.addPatient(t, owner, biscuit())
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, animal, owner, biscuit())
	})
	if !errors.Is(err, registry.ErrAlreadyThere) {
		t.Fatalf("second patient: %v", err)
	}
	if v := c.patient(t, animal); len(v.Owners) != 1 {
		t.Fatalf("owners after a second sending: %d", len(v.Owners))
	}
	if got := c.leaves(t, animal); !slices.Equal(got, []string{"created"}) {
		t.Fatalf("recorded %v", got)
	}
}

func TestALateEditGetsBothTextsAndWhatTheyBeganWith(t *testing.T) {
	c := newClinic(t)
	row := c.addClient(t, helen())
	theirs := helen()
	theirs.Phones = nil
	for version, v := range []registry.Client{helen(), theirs} {
		v.FirstName = "Ellen"
		if err := c.editClient(t, row, int64(version)+1, v); err != nil {
			t.Fatal(err)
		}
	}
	theirs.FirstName = "Ellen"
	mine := helen()
	mine.Email = "new@example.com"
	err := c.editClient(t, row, 1, mine)
	var conflict *registry.Conflict[registry.Client]
	if !errors.As(err, &conflict) || fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a late save gave %v", err)
	}
	if conflict.TheirVersion != 3 || conflict.By != c.who.Person || conflict.At.IsZero() || !reflect.DeepEqual(conflict.Theirs, theirs) {
		t.Errorf("conflict %+v", conflict)
	}
	if conflict.Base == nil || !reflect.DeepEqual(*conflict.Base, helen()) {
		t.Errorf("the form was made from %+v", conflict.Base)
	}
	if got := c.client(t, row); !reflect.DeepEqual(got.Client, theirs) {
		t.Errorf("stored after the conflict: %+v", got)
	}
	animal := c.addPatient(t, row, biscuit())
	older := biscuit()
	older.Colour = "fox red"
	if err := c.editPatient(t, animal, older); err != nil {
		t.Fatal(err)
	}
	late := biscuit()
	late.Name = "Bisquit"
	var clash *registry.Conflict[registry.Patient]
	if err := c.editPatient(t, animal, late); !errors.As(err, &clash) || clash.Theirs != older || clash.Base == nil || *clash.Base != biscuit() {
		t.Fatalf("a late save of a patient gave %v, %+v", err, clash)
	}
}

func TestOfTwoEditsAtOnceExactlyOneWins(t *testing.T) {
	c := newClinic(t)
	row := c.addClient(t, helen())
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, name := range []string{"Ada", "Bea"} {
		both.Go(func() {
			v := helen()
			v.FirstName = name
			errs[i] = c.editClient(t, row, 1, v)
		})
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(errors.Join(errs...)) != fault.Conflict {
		t.Fatalf("two edits at once: %v", errs)
	}
}

func TestABirthThatWasNotTouchedKeepsWhatTheFormDoesNotShow(t *testing.T) {
	c := newClinic(t)
	p := biscuit()
	p.Born, _ = registry.ParseBirth("3y", today)
	row := c.addPatient(t, id.ID{}, p)
	form := registry.FormOfPatient(c.patient(t, row).Patient)
	form.Colour = "black"
	edited, bad := form.Parse(today)
	if bad != nil {
		t.Fatal(bad)
	}
	if err := c.editPatient(t, row, edited); err != nil {
		t.Fatal(err)
	}
	if v := c.patient(t, row); v.Born != p.Born || v.Colour != "black" {
		t.Fatalf("stored %+v, want the birth %+v", v.Patient, p.Born)
	}
}

func TestFormsAreReadForgivinglyAndMistakesNamed(t *testing.T) {
	got, bad := registry.ClientForm{
		FirstName: "  Zoë ", LastName: "O’Brien\x00", Email: " zoe@example.com ",
		Phones: []registry.Phone{{}, {Number: " 07700   900123", Label: " work\t"}},
	}.Parse()
	want := registry.Client{FirstName: "Zoë", LastName: "O’Brien", Email: "zoe@example.com", Phones: []registry.Phone{{Number: "07700 900123", Label: "work"}}}
	if bad != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v", got, bad)
	}
	if _, bad := (registry.ClientForm{FirstName: "\u200b", LastName: " \u202e\u2066"}).Parse(); bad.Message("family_name") == "" {
		t.Error("a name nobody can see was taken")
	}
	_, bad = registry.ClientForm{Email: "zoe@", Phones: []registry.Phone{{Number: "ask"}, {Label: "work"}}}.Parse()
	for _, input := range []string{"family_name", "phone_1", "phone_2", "email"} {
		if bad.Message(input) == "" {
			t.Errorf("no mistake named at %s in %v", input, bad)
		}
	}
	_, bad = registry.PatientForm{Born: "2031", Sex: "both"}.Parse(today)
	for _, input := range []string{"name", "species", "born", "sex"} {
		if bad.Message(input) == "" {
			t.Errorf("no mistake named at %s in %v", input, bad)
		}
	}
	p, bad := registry.PatientForm{Name: "unnamed", Species: "cat", Age: "3 y"}.Parse(today)
	if bad != nil || p.Name != "" || p.Called() != "Unnamed" || p.Sex != "unknown" || p.Born.String() != "about 2023" {
		t.Errorf("read %+v, %v", p, bad)
	}
}

func TestAnUnknownSpeciesIsAMistakeOfTheForm(t *testing.T) {
	c := newClinic(t)
	p := biscuit()
	row := c.addPatient(t, id.ID{}, p)
	p.Species = "unicorn"
	var bad fault.Fields
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, id.New(), id.ID{}, p)
	})
	if !errors.As(err, &bad) || bad.Message("species") == "" {
		t.Errorf("registering: %v", err)
	}
	if err := c.editPatient(t, row, p); !errors.As(err, &bad) {
		t.Errorf("editing: %v", err)
	}
}

func TestRecentPatientsAreFilledUpWithTheNewest(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, helen())
	first := c.addPatient(t, owner, biscuit())
	var last id.ID
	for range 3 {
		last = c.addPatient(t, id.ID{}, biscuit())
	}
	if err := c.env.Scribe.Write(t.Context(), openedLeaf(c, first)); err != nil {
		t.Fatal(err)
	}
	var got []registry.RecentPatient
	ctx, meter := db.WithMeter(t.Context())
	err := c.env.Store.Read(ctx, c.who, func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = registry.Recent(ctx, tx, c.Keys)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[0].ID != first || got[0].OpenedAt.IsZero() || got[1].ID != last || !got[1].OpenedAt.IsZero() {
		t.Fatalf("recent: %+v", got)
	}
	if o, ok := got[0].Owner(); !ok || o.Name() != "Helen Thompson" {
		t.Errorf("owner %+v", o)
	}
	if meter.Trips() != 1 {
		t.Errorf("%d round trips", meter.Trips())
	}
}

func TestNoVerbReachesAnotherClinicsRows(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	client := b.addClient(t, helen())
	animal := b.addPatient(t, client, biscuit())
	wasClient, wasAnimal := b.client(t, client), b.patient(t, animal)
	for name, try := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"OpenClient": func(ctx context.Context, tx *db.Tx) error {
			_, err := registry.OpenClient(ctx, tx, a.Keys, client)
			return err
		},
		"OpenPatient": func(ctx context.Context, tx *db.Tx) error {
			_, err := registry.OpenPatient(ctx, tx, a.Keys, animal)
			return err
		},
		"EditClient": func(ctx context.Context, tx *db.Tx) error {
			return registry.EditClient(ctx, tx, a.Keys, client, 1, registry.Client{LastName: "Taken"})
		},
		"EditPatient": func(ctx context.Context, tx *db.Tx) error {
			return registry.EditPatient(ctx, tx, a.Keys, animal, 1, registry.Patient{Name: "Taken", Species: "cat", Sex: "unknown", Neutered: "unknown"})
		},
		"RegisterPatient for B's client": func(ctx context.Context, tx *db.Tx) error {
			return registry.RegisterPatient(ctx, tx, a.Keys, id.New(), client, biscuit())
		},
	} {
		if err := a.write(t, try); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want nothing at this address", name, err)
		}
	}
	a.read(t, func(ctx context.Context, tx *db.Tx) error {
		animals, err := registry.ClientPatients(ctx, tx, a.Keys, client)
		numbers, err2 := registry.Identifiers(ctx, tx, a.Keys, animal)
		if len(animals)+len(numbers) != 0 {
			t.Errorf("A lists B's %v %v", animals, numbers)
		}
		return errors.Join(err, err2)
	})
	// The same id is free at A: rows of B cannot be told from no rows.
	err := a.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, a.Keys, client, registry.Client{LastName: "Twin"})
	})
	if err != nil || a.client(t, client).LastName != "Twin" {
		t.Errorf("B's id at A: %v", err)
	}
	if got := b.client(t, client); !reflect.DeepEqual(got, wasClient) {
		t.Errorf("B's client became %+v", got)
	}
	if got := b.patient(t, animal); !reflect.DeepEqual(got, wasAnimal) {
		t.Errorf("B's patient became %+v", got)
	}
	if got := b.leaves(t, animal); !slices.Equal(got, []string{"created"}) {
		t.Errorf("B's record says %v", got)
	}
	if r := a.search(t, "biscuit"); len(r.IDs()) != 0 {
		t.Errorf("A finds B's %v", r.IDs())
	}
}
