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
)

const (
	tripsMost      = 2        // session, then page
	statementsMost = 11       // the page's and the session's, each with the fence's own: alerts, weights and what is booked are three of a record's
	zippedMost     = 15 << 10 // bytes
)

// full is a shop as after some years: fifty animals of one owner, twenty notes about one of them.
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
			return records.Sign(ctx, tx, h.keys, note, 1, text)
		})
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
		for _, path := range []string{"/patients", "/patients/" + animal.String(), "/clients/" + h.client.String(), "/notes/" + note.String(), "/patients/" + animal.String() + "/edit", "/patients/" + animal.String() + "/owners", "/patients/" + animal.String() + "/identifiers", "/clients/" + h.client.String() + "/edit", "/clients/new", "/patients/new?client=" + h.client.String()} {
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
	signedOut(t, "a stranger", h.browser(t).get("/patients"))
	stranger := h.browser(t)
	if stranger.get("/patients"); stranger.meter.Trips() != 0 {
		t.Errorf("a stranger costs %d trips", stranger.meter.Trips())
	}
}
