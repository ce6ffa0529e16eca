package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func (c clinic) move(t *testing.T, row, patient, seen id.ID, m registry.Move) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, c.Keys, row, patient, seen, m)
	})
}

func (c clinic) revive(t *testing.T, row, patient, seen id.ID, reason string) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.Revive(ctx, tx, c.Keys, row, patient, seen, reason)
	})
}

func (c clinic) moves(t *testing.T, patient id.ID) (out []registry.MoveRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = registry.Moves(ctx, tx, c.Keys, patient)
		return err
	})
	return out
}

func (c clinic) death(days int) registry.Move {
	return registry.Move{To: registry.Deceased, On: c.env.Store.Now().Truncate(24*time.Hour).AddDate(0, 0, -days), Manner: registry.Euthanasia, Remains: "ashes", Words: "Kidney failure"}
}

func TestADeathIsOneActAndIsTakenBackByAnother(t *testing.T) {
	c := newClinic(t)
	animal := c.addPatient(t, c.addClient(t, helen()), biscuit())
	row, died := id.New(), c.death(2)
	if err := c.move(t, row, animal, id.ID{}, died); err != nil {
		t.Fatal(err)
	}
	if err := c.move(t, row, animal, id.ID{}, died); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("sent twice: %v", err)
	}
	p := c.patient(t, animal)
	if p.Status != registry.Deceased || !p.MovedOn.Equal(died.On) || p.Version != 1 {
		t.Fatalf("the patient is %+v", p)
	}
	if list := c.moves(t, animal); len(list) != 1 || list[0].Move != died || list[0].From != registry.Active || list[0].By != c.who.Person {
		t.Fatalf("the moves are %+v", list)
	}
	if err := c.move(t, id.New(), animal, row, registry.Move{To: registry.Active}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("taken back by another move: %v", err)
	}
	// The form of the patient stays for corrections.
	right := biscuit()
	right.Colour = "Golden"
	if err := c.editPatient(t, animal, right); err != nil {
		t.Errorf("a correction: %v", err)
	}
	var bad fault.Fields
	if err := c.revive(t, id.New(), animal, row, " "); !errors.As(err, &bad) || bad.Message("reason") == "" {
		t.Errorf("without a reason: %v", err)
	}
	back := id.New()
	if err := c.revive(t, back, animal, row, "Wrong animal"); err != nil {
		t.Fatal(err)
	}
	if p = c.patient(t, animal); p.Status != registry.Active || !p.MovedOn.IsZero() {
		t.Errorf("taken back: %+v", p)
	}
	if err := c.revive(t, id.New(), animal, back, "Again"); !errors.Is(err, registry.ErrMoved) {
		t.Errorf("taken back twice: %v", err)
	}
	if list := c.moves(t, animal); len(list) != 2 || list[0].Words != "Wrong animal" {
		t.Errorf("the moves are %+v", list)
	}
	if got := c.leaves(t, animal); !slices.Equal(got, []string{"created", "changed", "changed", "changed"}) {
		t.Errorf("recorded of the patient: %v", got)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created"}) {
		t.Errorf("recorded of the move: %v", got)
	}
}

func TestOfTwoMovesAtOnceOneWinsAndTheOtherIsTold(t *testing.T) {
	c := newClinic(t)
	animal := c.addPatient(t, id.ID{}, biscuit())
	done := make(chan error, 2)
	for _, m := range []registry.Move{c.death(0), {To: registry.Transferred}} {
		go func() { done <- c.move(t, id.New(), animal, id.ID{}, m) }()
	}
	one, two := <-done, <-done
	if one != nil {
		one, two = two, one
	}
	if one != nil || !errors.Is(two, registry.ErrMoved) || len(c.moves(t, animal)) != 1 {
		t.Fatalf("two at once: %v, %v", one, two)
	}
}

func TestBadMovesAreRefused(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	pup := biscuit()
	pup.Born = registry.Birth{On: c.env.Store.Now().Truncate(24*time.Hour).AddDate(0, 0, -5), Precision: registry.ToDay}
	animal, theirs := c.addPatient(t, id.ID{}, pup), other.addPatient(t, id.ID{}, biscuit())
	with := func(change func(*registry.Move)) registry.Move {
		m := c.death(1)
		change(&m)
		return m
	}
	for input, m := range map[string]registry.Move{
		"to":      {To: "asleep"},
		"on":      with(func(m *registry.Move) { m.On = m.On.AddDate(0, 0, 3) }),
		"manner":  with(func(m *registry.Move) { m.Manner = "" }),
		"remains": with(func(m *registry.Move) { m.Remains = "moon" }),
	} {
		var bad fault.Fields
		if err := c.move(t, id.New(), animal, id.ID{}, m); !errors.As(err, &bad) || bad.Message(input) == "" {
			t.Errorf("a wrong %s: %v", input, err)
		}
	}
	var bad fault.Fields
	if err := c.move(t, id.New(), animal, id.ID{}, c.death(6)); !errors.As(err, &bad) || bad.Message("on") == "" {
		t.Errorf("before the birth: %v", err)
	}
	for _, nobodys := range []id.ID{theirs, id.New()} {
		if err := c.move(t, id.New(), nobodys, id.ID{}, c.death(0)); !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's patient: %v", err)
		}
		if err := c.revive(t, id.New(), nobodys, id.ID{}, "x"); !errors.Is(err, fault.Missing) {
			t.Errorf("reviving another clinic's patient: %v", err)
		}
	}
	// The database refuses moves that are not listed, a state without its move, and a move of another animal.
	gone := id.New()
	if err := c.move(t, gone, animal, id.ID{}, registry.Move{To: registry.Transferred}); err != nil {
		t.Fatal(err)
	}
	second := c.addPatient(t, id.ID{}, biscuit())
	insert := func(patient id.ID, from, to string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPatientMove(ctx, db.InsertPatientMoveParams{
				TenantID: tx.Tenant, ID: id.New(), PatientID: patient, FromState: from, ToState: to, Sealed: []byte{1}, At: tx.Now(),
			})
		})
	}
	state := func(patient id.ID, to string, by id.ID) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdatePatientState(ctx, db.UpdatePatientStateParams{TenantID: tx.Tenant, ID: patient, Status: to, LastMoveID: by})
			return err
		})
	}
	for constraint, err := range map[string]error{
		"patient_moves_allowed":                   insert(second, "deceased", "transferred"),
		"patient_moves_tenant_id_patient_id_fkey": insert(theirs, "active", "inactive"),
		"patients_moved":                          state(second, "deceased", id.ID{}),
		"patients_last_move":                      state(second, "transferred", gone),
	} {
		if !db.Violates(err, constraint) {
			t.Errorf("%s: %v", constraint, err)
		}
	}
	if err := insert(second, "active", "active"); !db.Violates(err, "patient_moves_allowed") {
		t.Errorf("a move to the same state: %v", err)
	}
}

func TestTheFormOfAMoveIsReadForgivingly(t *testing.T) {
	today := time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC)
	m, bad := registry.MoveForm{To: registry.Deceased, On: "yesterday", Words: " at  home "}.Parse(today)
	if len(bad) > 0 || m != (registry.Move{To: registry.Deceased, On: time.Date(2026, 3, 23, 0, 0, 0, 0, time.UTC), Manner: "unknown", Remains: "unknown", Words: "at home"}) {
		t.Errorf("read %+v, %v", m, bad)
	}
	if m, bad = (registry.MoveForm{To: registry.Deceased, On: "Not known"}).Parse(today); len(bad) > 0 || !m.On.IsZero() {
		t.Errorf("read %+v, %v", m, bad)
	}
	if _, bad = (registry.MoveForm{To: "", On: "soon"}).Parse(today); bad.Message("to") == "" || bad.Message("on") == "" {
		t.Errorf("mistakes %v", bad)
	}
}
