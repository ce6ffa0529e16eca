package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
)

const (
	tripsMost      = 2        // session, then page
	statementsMost = 22       // the page's and the session's, each with the fence's own: a record's are all in one trip, one to three for each panel
	zippedMost     = 15 << 10 // bytes
)

// full is a shop as after some years: fifty animals of one owner, and of one of them twenty notes, and a dozen doses,
// files and medicines.
func full(t *testing.T, s *stage, label string) (h *shop, animal, note id.ID) {
	t.Helper()
	h = s.shop(t, label)
	for n := range 50 {
		h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
			return registry.RegisterPatient(ctx, tx, h.keys, id.New(), h.client, registry.Patient{
				Name: fmt.Sprintf("Marmalade-Rose %d", n), Species: "dog", Breed: "Cavalier King Charles Spaniel", Sex: "female", Neutered: "yes", Colour: "tricolour",
			})
		})
	}
	animal = h.animal
	for n := range 20 {
		note = id.New()
		h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
			if _, err := records.StartConsult(ctx, tx, h.keys, note, animal); err != nil {
				return err
			}
			text := records.SOAP{Subjective: fmt.Sprintf("Visit %d. Owner reports lameness of the left fore since the walk on Sunday.", n), Assessment: "Soft tissue strain, grade 2.", Plan: strings.Repeat("Rest, meloxicam 0.1 mg/kg once daily with food. ", 4)}
			return records.Sign(ctx, tx, h.keys, note, records.Writing{Version: 1}, text)
		})
	}
	drug := h.newDrug(t)
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		w, err := registry.ParseWeight("24.6", "kg")
		if err != nil {
			return err
		}
		return registry.AddWeight(ctx, tx, h.keys, id.New(), animal, registry.Weight{Weighed: w, At: tx.Now(), Source: registry.Measured}, w.Grams)
	})
	for n := range 12 {
		h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
			return vaccines.Record(ctx, tx, h.keys, id.New(), vaccines.Dose{
				Patient: animal, Historical: true, Source: "Passport, page 12", Name: "Samplevac Rabies 3", Protects: []string{"rabies"}, Course: vaccines.Course{Months: 36}, On: h.today().AddDate(-n, 0, 0),
			}, []string{"GB"}, h.today())
		})
		h.newFile(t, animal)
		h.supplied(t, h.prescribed(t, animal, drug))
	}
	return h, animal, note
}

// A read page asks the database twice, session and page, however full it is, and is small on the wire.
func TestAReadPageIsTwoTripsAndSmall(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h, animal, note := full(t, s, "juniper")
	vet := h.as(t, access.Veterinarian)
	vet.get("/patients/" + animal.String() + "/edit") // roles, species and breeds are in memory from then on
	sizes := func(what string, r reply) int {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(r.body)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if b.Len() > zippedMost {
			t.Errorf("%s has %d bytes gzipped", what, b.Len())
		}
		return b.Len()
	}
	for _, role := range roleKeys {
		b := h.as(t, role)
		for _, path := range []string{"/patients", "/patients/" + animal.String(), "/clients/" + h.client.String(), "/notes/" + note.String(), "/patients/" + animal.String() + "/edit", "/patients/" + animal.String() + "/owners", "/patients/" + animal.String() + "/identifiers", "/patients/" + animal.String() + "/files", "/patients/" + animal.String() + "/prescriptions", "/patients/" + animal.String() + "/vaccinations", "/clients/" + h.client.String() + "/edit", "/clients/new", "/patients/new?client=" + h.client.String()} {
			r := b.get(path)
			if r.status != http.StatusOK && (r.status != http.StatusForbidden || role != access.Receptionist) {
				t.Fatalf("%s as %s: %d", path, role, r.status)
			}
			trips, statements := b.meter.Trips(), b.meter.Statements()
			if trips > tripsMost || statements > statementsMost {
				t.Errorf("%s as %s: %d trips, %d statements", path, role, trips, statements)
			}
			size := sizes(path, r)
			if role == access.Veterinarian {
				t.Logf("%-60s %d trips, %d statements with the fence's, %d bytes gzipped", uuidIn.ReplaceAllString(path, "{id}"), trips, statements, size)
			}
		}
	}
	r := vet.send("/search", url.Values{"q": {"marma"}})
	t.Logf("%-60s %d trips, %d statements with the fence's, %d bytes gzipped", "POST /search", vet.meter.Trips(), vet.meter.Statements(), sizes("search", r))
	if !strings.Contains(r.body, "Rose") {
		t.Error("the search found nothing")
	}
	// What names its animal only once it is read takes one trip more.
	var file, prescription, dose id.ID
	for into, table := range map[*id.ID]string{&file: "files", &prescription: "prescriptions", &dose: "doses"} {
		must(t, s.super.QueryRow(t.Context(), `SELECT id FROM app.`+table+` WHERE tenant_id = $1 AND patient_id = $2 ORDER BY id LIMIT 1`, h.tenant, animal).Scan(into))
	}
	for _, path := range []string{"/files/" + file.String(), "/prescriptions/" + prescription.String(), "/vaccinations/" + dose.String()} {
		r := vet.get(path)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d", path, r.status)
		}
		if trips, statements := vet.meter.Trips(), vet.meter.Statements(); trips > tripsMost+1 || statements > statementsMost {
			t.Errorf("%s: %d trips, %d statements", path, trips, statements)
		}
		t.Logf("%-60s %d trips, %d statements with the fence's, %d bytes gzipped", uuidIn.ReplaceAllString(path, "{id}"), vet.meter.Trips(), vet.meter.Statements(), sizes(path, r))
	}
	signedOut(t, "a stranger", h.browser(t).get("/patients"))
	stranger := h.browser(t)
	if stranger.get("/patients"); stranger.meter.Trips() != 0 {
		t.Errorf("a stranger costs %d trips", stranger.meter.Trips())
	}
}
