package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
)

// A search is a read page: the session is one trip and all that was found the other.
func TestASearchIsTwoTrips(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "sorrel")
	client, animal := h.newClient(t), h.newAnimal(t)
	h.as(t, access.Veterinarian).get("/patients") // roles and species are in memory from then on
	for _, role := range roleKeys {
		b := h.as(t, role)
		for typed, row := range map[string]string{"qui": client.String(), "900777": client.String(), "pip": animal.String(), "nobody": "", "p": ""} {
			r := b.send("/search", url.Values{"q": {typed}})
			if r.status != http.StatusOK || !strings.Contains(r.body, row) {
				t.Errorf("%q as %s: %d, without %s", typed, role, r.status, row)
			}
			if trips, statements := b.meter.Trips(), b.meter.Statements(); trips > tripsMost || statements > statementsMost {
				t.Errorf("%q as %s: %d trips, %d statements", typed, role, trips, statements)
			}
		}
	}
}
