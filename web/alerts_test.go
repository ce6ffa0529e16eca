package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// alertForm, weightForm and deathForm are what the forms of the pages send when filled in.
func alertForm() url.Values {
	return url.Values{"level": {"mind"}, "topic": {"general"}, "text": {"Muzzle for nails"}}
}

func weightForm() url.Values {
	return url.Values{"weight": {"4.2"}, "unit": {"kg"}, "source": {"measured"}, "at": {""}}
}

func deathForm() url.Values {
	return url.Values{"to": {"deceased"}, "on": {""}, "manner": {"died"}, "remains": {""}, "words": {"In his sleep"}}
}

// alerts are one of a new animal and one of a new client.
func (h *shop) alerts(t *testing.T) (ofAnimal, ofClient string) {
	t.Helper()
	one, other, animal, client := id.New(), id.New(), h.newAnimal(t), h.newClient(t)
	a := registry.Alert{Level: registry.LevelMind, Topic: registry.TopicGeneral, Text: "Muzzle"}
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		if err := registry.AddClientAlert(ctx, tx, h.keys, other, client, a); err != nil {
			return err
		}
		return registry.AddAlert(ctx, tx, h.keys, one, animal, a)
	})
	return one.String(), other.String()
}

// weight is one of a new animal.
func (h *shop) weight(t *testing.T) id.ID {
	t.Helper()
	row, animal := id.New(), h.newAnimal(t)
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		return registry.AddWeight(ctx, tx, h.keys, row, animal, registry.Weight{
			Weighed: registry.Weighed{Grams: 4200, Entered: "4.2", Unit: "kg"}, At: tx.Now().Add(-time.Hour), Source: registry.Measured,
		}, 0)
	})
	return row
}

// dead is a new animal that died, and the move that says so.
func (h *shop) dead(t *testing.T) (animal, move string) {
	t.Helper()
	row, which := id.New(), h.newAnimal(t)
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, h.keys, row, which, id.ID{}, registry.Move{To: registry.Deceased, Manner: registry.Died, Remains: "home"})
	})
	return which.String(), row.String()
}

func TestAlertsStandOnEveryPageOfTheAnimal(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	note, animal := s.a.note(t)
	path := "/patients/" + animal.String()
	desk, vet := s.a.as(t, access.Receptionist), s.a.as(t, access.Veterinarian)
	page := desk.get(path)
	htmltest.Has(t, page.body, ".banner .gap", "Allergies not asked")
	// One press says that somebody asked.
	page = desk.get(desk.submit(page, ".banner .alerts form", nil).location(t))
	htmltest.Has(t, page.body, ".banner .alert.know", "No known allergies")
	htmltest.Has(t, page.body, ".banner .alert.know", s.a.people[access.Receptionist].Name)
	htmltest.Lacks(t, page.body, ".banner .gap", "")

	page = desk.get(path + "/alerts")
	for _, typed := range []map[string]string{
		{"level": "know", "text": "Insured"}, {"level": "mind", "text": "Muzzle for nails"}, {"topic": "allergy", "level": "stop", "text": "penicillins"},
	} {
		page = desk.get(desk.submit(page, "#alert-form", typed).location(t))
		htmltest.Has(t, page.body, ".toast", "Alert added.")
	}
	want := []string{"Stop: Allergy: penicillins", "Mind: Muzzle for nails", "Know: Insured"}
	for _, at := range []string{path, path + "/edit", path + "/alerts", path + "/status", "/notes/" + note.String()} {
		if got := htmltest.Texts(t, vet.get(at).body, ".banner .alert"); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s shows %q", at, got)
		}
	}
	// An id that no program makes is one of nothing.
	if r := desk.send(path+"/alerts", url.Values{"new_id": {id.ID{}.String()}, "level": {"know"}, "text": {"Insured"}}); r.status != http.StatusNotFound {
		t.Errorf("an alert of the id zero: %d", r.status)
	}
	// An allergy stands: that there are none is refused in words, and it stood among those that ended.
	r := desk.send(path+"/alerts", url.Values{"new_id": {id.New().String()}, "topic": {"no-allergies"}})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "An allergy stands here")
	htmltest.Has(t, page.body, "section[aria-labelledby=ended]", "No known allergies")

	page = desk.get(path + "/alerts")
	edit := htmltest.Attr(t, page.body, ".alertlist li:nth-child(2) a", "href")
	page = desk.get(edit)
	desk.submit(page, "#alert-form", map[string]string{"text": "Muzzle always"}).location(t)
	late := desk.submit(page, "#alert-form", map[string]string{"text": "Muzzle never", "level": "know"})
	late.says(t, http.StatusConflict, ".diff td", "Muzzle never")
	htmltest.Has(t, late.body, ".diff td", "Muzzle always")
	page = desk.get(path + "/alerts")
	page = desk.get(desk.submit(page, ".alertlist li:nth-child(2) form", nil).location(t))
	htmltest.Has(t, page.body, "section[aria-labelledby=ended]", "Muzzle always")
	if got := htmltest.Texts(t, page.body, ".banner .alert"); len(got) != 2 {
		t.Errorf("after the end the banner shows %q", got)
	}
}

func TestAClientsAlertsStandOnTheirAnimals(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk, client, animal := s.a.as(t, access.Receptionist), id.New().String(), id.New().String()
	desk.send("/clients", with(clientForm(), "new_id", client, "family_name", "Ledger", "phone_1", "07700 900654", "email", "ledger@example.org")).location(t)
	desk.send("/patients", with(patientForm(), "new_id", animal, "client", client)).location(t)
	page := desk.get("/clients/" + client + "/alerts")
	bad := desk.submit(page, "#alert-form", map[string]string{"level": "stop", "text": "  "})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter what must be known")
	if got := htmltest.Form(t, bad.body, "#alert-form"); got.Get("level") != "stop" {
		t.Errorf("the form came back as %v", got)
	}
	page = desk.get(desk.submit(bad, "#alert-form", map[string]string{"text": "Cash only"}).location(t))
	htmltest.Has(t, page.body, ".alertlist", "Cash only")
	htmltest.Has(t, desk.get("/clients/"+client).body, ".sheet > .alerts", "Cash only")
	htmltest.Has(t, desk.get("/patients/"+animal).body, ".banner .alert.stop", "Owner: Cash only")
	// The address of a patient's alert opens none of a client's.
	row := strings.Split(htmltest.Attr(t, page.body, ".alertlist a", "href"), "/")[2]
	for _, r := range []reply{desk.get("/alerts/" + row + "/edit"), desk.send("/alerts/"+row, alertForm()), desk.send("/alerts/"+row+"/ending", nil)} {
		if r.status != http.StatusNotFound {
			t.Errorf("a client's alert at a patient's address: %d", r.status)
		}
	}
	long := desk.submit(desk.get("/client-alerts/"+row+"/edit"), "#alert-form", map[string]string{"text": strings.Repeat("x", 161)})
	long.says(t, http.StatusUnprocessableEntity, "#mistakes", "At most 160 letters")
	htmltest.Has(t, long.body, "h1", "Change an alert")
}
