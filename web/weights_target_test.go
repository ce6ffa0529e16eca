package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"paddock/internal/access"
	"paddock/internal/dbtest"
	"paddock/internal/htmltest"
)

// A vet sets the range a weight should be in; who reads no clinical text does not see it, and what was set stays.
func TestATargetIsSetShownAndTakenBack(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.a
	animal := h.newAnimal(t)
	path := "/patients/" + animal.String()
	vet, desk := h.as(t, access.Veterinarian), h.as(t, access.Receptionist)
	for _, typed := range []string{"25.2", "24.6"} {
		vet.submit(vet.get(path), "#weight-form", map[string]string{"weight": typed, "source": "measured", "unit": "kg"}).location(t)
	}
	page := vet.get(path)
	htmltest.Lacks(t, page.body, "#weights rect.band", "")
	bad := vet.submit(page, "#target-form", map[string]string{"low": "25", "high": "23"})
	bad.says(t, http.StatusUnprocessableEntity, "#target-form #mistakes", "The end is above the beginning")
	if got := htmltest.Form(t, bad.body, "#target-form"); got.Get("low") != "25" || got.Get("high") != "23" {
		t.Errorf("the form came back as %v", got)
	}
	bad = vet.submit(page, "#target-form", map[string]string{"low": "lots", "high": ""})
	bad.says(t, http.StatusUnprocessableEntity, "#target-form #mistakes", "Enter the weight")

	vet.submit(page, "#target-form", map[string]string{"low": "23", "high": "24,5"}).location(t)
	page = vet.get(path)
	htmltest.Has(t, page.body, "#weights .target", "Target 23 to 24.5 kg")
	htmltest.Has(t, page.body, "#weights svg desc", "The target is 23 kg to 24.5 kg.")
	htmltest.Count(t, page.body, "#weights rect.band", 1)
	seen := desk.get(path).body
	htmltest.Lacks(t, seen, "#weights .target", "")
	htmltest.Lacks(t, seen, "#weights rect.band", "")
	for _, role := range []string{access.Receptionist, access.Nurse, access.PracticeAdmin} {
		b := h.as(t, role)
		htmltest.Lacks(t, b.get(path).body, "#target-form", "")
		if r := b.send(path+"/weight-target", url.Values{"new_id": {newID()}, "low": {"1"}, "high": {"2"}, "target_unit": {"kg"}}); r.status != http.StatusForbidden {
			t.Errorf("%s sets a target: %d", role, r.status)
		}
	}
	form := htmltest.Form(t, page.body, "#target-form")
	vet.send(path+"/weight-target", with(form, "low", "", "high", "")).location(t)
	vet.send(path+"/weight-target", with(form, "low", "", "high", "")).location(t) // sent twice
	htmltest.Lacks(t, vet.get(path).body, "#weights .target", "")
	if n := s.count(t, `SELECT count(*) FROM app.weight_targets WHERE tenant_id = $1 AND patient_id = $2`, h.tenant, animal); n != 2 {
		t.Errorf("%d targets are kept", n)
	}
}

func TestTheDatabaseKeepsTargetsAsTheyAre(t *testing.T) {
	t.Parallel()
	conn := dbtest.Shared(t).Admin(t)
	for _, right := range []string{"UPDATE", "DELETE", "TRUNCATE"} {
		var may bool
		if err := conn.QueryRow(t.Context(), `SELECT has_table_privilege('paddock_app', 'app.weight_targets', $1)`, right).Scan(&may); err != nil || may {
			t.Errorf("the application may %s: %v, %v", right, may, err)
		}
	}
}
