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

func (c clinic) alert(t *testing.T, row, patient id.ID, a registry.Alert) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddAlert(ctx, tx, c.Keys, row, patient, a)
	})
}

func (c clinic) clientAlert(t *testing.T, row, client id.ID, a registry.Alert) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddClientAlert(ctx, tx, c.Keys, row, client, a)
	})
}

func (c clinic) endAlert(t *testing.T, row id.ID) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := registry.EndAlert(ctx, tx, c.Keys, row)
		return err
	})
}

func (c clinic) editAlert(t *testing.T, row id.ID, version int64, a registry.Alert) error {
	t.Helper()
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.EditAlert(ctx, tx, c.Keys, row, version, a)
	})
}

// banner are the texts of a patient's banner in order.
func (c clinic) banner(t *testing.T, patient id.ID) (out []string) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := registry.BannerAlerts(ctx, tx, c.Keys, patient)
		for _, a := range list {
			out = append(out, a.Topic+" "+a.Text)
		}
		return err
	})
	return out
}

func allergy(text string) registry.Alert {
	return registry.Alert{Level: registry.LevelStop, Topic: registry.TopicAllergy, Text: text}
}

var (
	muzzle  = registry.Alert{Level: registry.LevelMind, Topic: registry.TopicGeneral, Text: "Muzzle for nails and ears"}
	insured = registry.Alert{Level: registry.LevelKnow, Topic: registry.TopicGeneral, Text: "Insured"}
	none    = registry.ReadAlert("", registry.NoAllergies, "ignored")
)

func TestAlertsStandInTheirOrderWithThoseOfTheOwner(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, helen())
	animal, other := c.addPatient(t, owner, biscuit()), c.addPatient(t, id.ID{}, biscuit())
	for _, a := range []registry.Alert{insured, muzzle, allergy("penicillins")} {
		if err := c.alert(t, id.New(), animal, a); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.clientAlert(t, id.New(), owner, registry.Alert{Level: registry.LevelStop, Topic: registry.TopicGeneral, Text: "Cash only"}); err != nil {
		t.Fatal(err)
	}
	want := []string{"allergy penicillins", "general Cash only", "general Muzzle for nails and ears", "general Insured"}
	if got := c.banner(t, animal); !slices.Equal(got, want) {
		t.Errorf("the banner shows %q", got)
	}
	if got := c.banner(t, other); len(got) != 0 {
		t.Errorf("another animal's shows %q", got)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		mine, err := registry.PatientAlerts(ctx, tx, c.Keys, animal)
		if err != nil {
			return err
		}
		theirs, err := registry.ClientAlerts(ctx, tx, c.Keys, owner)
		if len(mine) != 3 || len(theirs) != 1 || mine[0].MadeBy != c.who.Person {
			t.Errorf("the patient has %v, the client %v", mine, theirs)
		}
		return err
	})
}

func TestAnAllergyAndNoKnownAllergiesDoNotStandTogether(t *testing.T) {
	c := newClinic(t)
	animal := c.addPatient(t, id.ID{}, biscuit())
	asked := id.New()
	if err := c.alert(t, asked, animal, none); err != nil {
		t.Fatal(err)
	}
	if got := c.banner(t, animal); !slices.Equal(got, []string{"no-allergies "}) {
		t.Fatalf("asked: %q", got)
	}
	for _, again := range []id.ID{asked, id.New()} {
		if err := c.alert(t, again, animal, none); !errors.Is(err, registry.ErrAlreadyThere) {
			t.Errorf("said twice: %v", err)
		}
	}
	general := id.New()
	if err := c.alert(t, general, animal, muzzle); err != nil {
		t.Fatal(err)
	}
	// A change into an allergy ends it as well as a new one does.
	if err := c.editAlert(t, general, 1, allergy("latex")); err != nil {
		t.Fatal(err)
	}
	if got := c.banner(t, animal); !slices.Equal(got, []string{"allergy latex"}) {
		t.Fatalf("with an allergy: %q", got)
	}
	var bad fault.Fields
	if err := c.alert(t, id.New(), animal, none); !errors.As(err, &bad) || !strings.Contains(bad.Message(""), "An allergy stands") {
		t.Errorf("none beside one: %v", err)
	}
	if err := c.endAlert(t, general); err != nil {
		t.Fatal(err)
	}
	if err := c.alert(t, id.New(), animal, none); err != nil {
		t.Fatal(err)
	}
	// Two at once cannot both win.
	done := make(chan error, 2)
	for _, a := range []registry.Alert{none, allergy("wasps")} {
		fresh := c.addPatient(t, id.ID{}, biscuit())
		for range 2 {
			go func() { done <- c.alert(t, id.New(), fresh, a) }()
		}
		one, two := <-done, <-done
		if a.Topic == registry.NoAllergies && (one == nil) == (two == nil) || a.Topic == registry.TopicAllergy && (one != nil || two != nil) {
			t.Errorf("two of %s at once: %v, %v", a.Topic, one, two)
		}
	}
}

func TestAnAlertChangedTwiceMeetsAConflict(t *testing.T) {
	c := newClinic(t)
	animal, row := c.addPatient(t, id.ID{}, biscuit()), id.New()
	if err := c.alert(t, row, animal, muzzle); err != nil {
		t.Fatal(err)
	}
	theirs := muzzle
	theirs.Text = "Muzzle always"
	if err := c.editAlert(t, row, 1, theirs); err != nil {
		t.Fatal(err)
	}
	if err := c.editAlert(t, row, 1, theirs); err != nil {
		t.Errorf("saving what is stored already: %v", err)
	}
	var clash *registry.Conflict[registry.Alert]
	if err := c.editAlert(t, row, 1, insured); !errors.As(err, &clash) || clash.Theirs != theirs || clash.Base == nil || *clash.Base != muzzle || clash.TheirVersion != 2 {
		t.Fatalf("changed twice: %+v", err)
	}
	if err := c.editAlert(t, row, 2, insured); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.endAlert(t, row); err != nil {
			t.Fatal(err)
		}
	}
	var bad fault.Fields
	if err := c.editAlert(t, row, 3, muzzle); !errors.As(err, &bad) {
		t.Errorf("changing one that ended: %v", err)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created", "changed", "changed", "changed"}) {
		t.Errorf("recorded %v", got)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := registry.PatientAlerts(ctx, tx, c.Keys, animal)
		if len(list) != 1 || list[0].Stands() || list[0].Version != 4 {
			t.Errorf("ended: %+v", list)
		}
		return err
	})
}

func TestBadAlertsAreRefused(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	owner := c.addClient(t, helen())
	animal, theirs := c.addPatient(t, owner, biscuit()), other.addPatient(t, id.ID{}, biscuit())
	theirClient := other.addClient(t, helen())
	for _, m := range []struct {
		a     registry.Alert
		input string
	}{
		{registry.Alert{Level: "loud", Topic: registry.TopicGeneral, Text: "x"}, "level"},
		{registry.Alert{Level: registry.LevelStop, Topic: "mood", Text: "x"}, "topic"},
		{registry.ReadAlert(registry.LevelStop, registry.TopicAllergy, "  "), "text"},
		{registry.ReadAlert(registry.LevelStop, registry.TopicGeneral, strings.Repeat("x", 161)), "text"},
	} {
		var bad fault.Fields
		if err := c.alert(t, id.New(), animal, m.a); !errors.As(err, &bad) || bad.Message(m.input) == "" {
			t.Errorf("%+v: %v", m.a, err)
		}
	}
	var bad fault.Fields
	if err := c.clientAlert(t, id.New(), owner, allergy("cats")); !errors.As(err, &bad) || bad.Message("topic") == "" {
		t.Errorf("an allergy of a client: %v", err)
	}
	row := id.New()
	if err := other.alert(t, row, theirs, muzzle); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		c.alert(t, id.New(), theirs, muzzle), c.alert(t, id.New(), id.New(), muzzle),
		c.clientAlert(t, id.New(), theirClient, muzzle), c.clientAlert(t, id.New(), id.New(), muzzle),
		c.editAlert(t, row, 1, insured), c.editAlert(t, id.New(), 1, insured), c.endAlert(t, row), c.endAlert(t, id.New()),
	} {
		if !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's: %v", err)
		}
	}
	if got := other.banner(t, theirs); !slices.Equal(got, []string{"general " + muzzle.Text}) {
		t.Errorf("the other clinic's banner: %q", got)
	}
	// The database refuses an alert on another clinic's patient or client, and one on both or nobody.
	for constraint, p := range map[string]db.InsertAlertParams{
		"alerts_tenant_id_patient_id_fkey": {PatientID: theirs},
		"alerts_tenant_id_client_id_fkey":  {ClientID: theirClient},
		"alerts_of_one":                    {PatientID: animal, ClientID: owner},
		"alerts_level_check":               {PatientID: animal, Level: "loud"},
	} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			p.TenantID, p.ID, p.Topic, p.Sealed, p.MadeAt = tx.Tenant, id.New(), registry.TopicGeneral, []byte{1}, tx.Now()
			if p.Level == "" {
				p.Level = registry.LevelKnow
			}
			return tx.InsertAlert(ctx, p)
		})
		if !db.Violates(err, constraint) {
			t.Errorf("%s: %v", constraint, err)
		}
	}
}
