package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func newcomer(owners ...registry.Owner) registry.Newcomer {
	return registry.Newcomer{PatientRow: registry.PatientRow{ID: id.New(), Patient: biscuit(), Owners: owners}, Chip: "999000012345678"}
}

func (c clinic) fill(t *testing.T, clients []registry.Owner, patients ...registry.Newcomer) error {
	t.Helper()
	f, err := registry.SealFill(c.Keys, clients, patients)
	if err != nil {
		t.Fatal(err)
	}
	return c.write(t, func(ctx context.Context, tx *db.Tx) error { return registry.RegisterFill(ctx, tx, c.Keys, f) })
}

func TestAFillIsFoundAndOpenedLikeWhatWasRegistered(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	owners := []registry.Owner{{ID: id.New(), Client: helen()}, {ID: id.New(), Client: registry.Client{LastName: "Okonjo"}}}
	p := newcomer(owners...)
	if err := c.fill(t, owners, p, newcomer()); err != nil {
		t.Fatal(err)
	}
	v := c.patient(t, p.ID)
	if v.Patient != p.Patient || v.Status != registry.Active || v.Version != 1 || len(v.Owners) != 2 || v.SavedBy != c.who.Person {
		t.Errorf("it is opened as %+v", v)
	}
	for typed, found := range map[string]string{"bisc okonjo": "Biscuit", "thompson": "Biscuit, Helen Thompson", "345678": "Biscuit, Biscuit", "nobody": ""} {
		if got := names(c.search(t, typed)); got != found {
			t.Errorf("%q finds %q, want %q", typed, got, found)
		}
		if got := names(other.search(t, typed)); got != "" {
			t.Errorf("%q finds %q at another clinic", typed, got)
		}
	}
	p.Name = "Marmalade" // a patient of a fill can be changed and is found anew
	if err := c.editPatient(t, p.ID, p.Patient); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "marma thompson")); got != "Marmalade" {
		t.Errorf("after the change it is found as %q", got)
	}
}

// tokens are those of a row, in no clinic's words.
func (c clinic) tokens(t *testing.T, row id.ID) (out []string) {
	t.Helper()
	err := c.env.Admin(t).QueryRow(t.Context(), `SELECT array_agg(kind || ' ' || field || ' ' || encode(token, 'hex') ORDER BY kind, field, token)
		FROM app.search_tokens WHERE row_id = $1`, row).Scan(&out)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAFillHasTheTokensOfWhatIsRegistered(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, helen())
	animal := c.addPatient(t, owner, biscuit())
	filled := registry.Owner{ID: id.New(), Client: helen()}
	p, namesake := newcomer(filled), newcomer(filled)
	p.Chip, namesake.Chip = "", ""
	if err := c.fill(t, []registry.Owner{filled}, p, namesake); err != nil {
		t.Fatal(err)
	}
	for row, like := range map[id.ID]id.ID{filled.ID: owner, p.ID: animal, namesake.ID: animal} {
		if got, want := c.tokens(t, row), c.tokens(t, like); !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%d tokens by a fill, %d by hand: %q and %q", len(got), len(want), got, want)
		}
	}
}

func TestWhatAFillMayNotHold(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	there := newcomer()
	if err := c.fill(t, nil, there); err != nil {
		t.Fatal(err)
	}
	dragon := newcomer()
	dragon.Species = "dragon"
	theirs := registry.Owner{ID: other.addClient(t, helen()), Client: helen()}
	if err := c.fill(t, nil, newcomer(), there); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("a patient that is there: %v", err)
	}
	if err := other.fill(t, []registry.Owner{theirs}, newcomer()); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("a client that is there: %v", err)
	}
	if err := c.fill(t, nil, dragon); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a species nobody knows: %v", err)
	}
	if err := c.fill(t, nil, newcomer(theirs)); !db.Violates(err, "ownerships_tenant_id_client_id_fkey") {
		t.Errorf("an owner of another clinic: %v", err)
	}
	if n := c.countPatients(t); n != 1 {
		t.Errorf("%d patients", n)
	}
}

func (c clinic) countPatients(t *testing.T) (n int64) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
		return err
	})
	return n
}
