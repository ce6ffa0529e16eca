package registry_test

import (
	"context"
	"testing"
	"time"

	"paddock/internal/id"
)

// appointment stands in the diary of a day, as far as a search looks at it.
func (c clinic) appointment(t *testing.T, patient id.ID, day time.Time, state string) {
	t.Helper()
	kind := id.New()
	admin := c.env.Admin(t)
	for _, sql := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO app.appointment_types (tenant_id, id, name, minutes, colour, needs) VALUES ($1, $2, 'Consult', 15, 'plain', 'vet')`, []any{c.Tenant, kind}},
		{`SET session_replication_role = replica`, nil}, // the move that led to the state is no matter here
		{`INSERT INTO app.appointments (tenant_id, id, patient_id, type_id, day, start_minute, minutes, zone, starts_at, ends_at, state, state_since,
			last_move_id, sealed, key_version, booked_at) VALUES ($1, gen_random_uuid(), $2, $3, $4, 600, 15, 'UTC', now(), now() + interval '15 minutes', $5, now(),
			gen_random_uuid(), '\x00', 1, now())`, []any{c.Tenant, patient, kind, day, state}},
	} {
		if _, err := admin.Exec(context.Background(), sql.text, sql.args...); err != nil {
			t.Fatal(err)
		}
	}
}

// Who is in the building stands first, then who comes today, then who was opened lately, then the closest (ux.md,
// section 7). Two letters are enough to find who is near.
func TestWhoIsHereStandsFirst(t *testing.T) {
	c := newClinic(t)
	day := c.env.Clock.Now()
	plain, opened := c.addPet(t, id.ID{}, "Bramble"), c.addPet(t, id.ID{}, "Bramble")
	today, here, gone, tomorrow := c.addPet(t, id.ID{}, "Bramble"), c.addPet(t, id.ID{}, "Bramble"), c.addPet(t, id.ID{}, "Bramble"), c.addPet(t, id.ID{}, "Bramble")
	if err := c.env.Scribe.Write(t.Context(), openedLeaf(c, opened)); err != nil {
		t.Fatal(err)
	}
	c.appointment(t, today, day, "confirmed")
	c.appointment(t, here, day.AddDate(0, 0, -1), "admitted")
	c.appointment(t, gone, day, "cancelled")
	c.appointment(t, tomorrow, day.AddDate(0, 0, 1), "confirmed")
	c.addFilled(t, "Brandy", "", 120) // the newest, so that two letters do not reach the others by being recent
	for _, typed := range []string{"bramble", "bram", "br"} {
		r := c.search(t, typed)
		if len(r.Patients) < 3 || r.Patients[0].ID != here || !r.Patients[0].Here || r.Patients[1].ID != today || !r.Patients[1].Today || r.Patients[2].ID != opened {
			t.Errorf("%s: %s", typed, names(r))
		}
		if typed != "br" && (len(r.Patients) != 6 || r.Patients[3].Lately || r.Patients[3].ID != tomorrow && r.Patients[3].ID != gone && r.Patients[3].ID != plain) {
			t.Errorf("%s: %s", typed, names(r))
		}
	}
}
