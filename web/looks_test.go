package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// Whatever of an animal is opened or taken along stands on the page of who looked.
func TestWhatWasLookedAtStandsUnderWhoLooked(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "looked-larch")
	vet, admin := h.as(t, access.Veterinarian), h.as(t, access.PracticeAdmin)
	certificate, dose, _ := h.certified(t)
	var vaccinated id.ID
	must(t, s.super.QueryRow(t.Context(), `SELECT patient_id FROM app.doses WHERE tenant_id = $1 AND id = $2`, h.tenant, dose).Scan(&vaccinated))
	dosed := h.dosed(t)
	file := "/files/" + h.newFile(t, dosed).String()
	prescription := h.prescribed(t, dosed, h.newDrug(t))
	supply := h.supplied(t, prescription)
	animal := h.newAnimal(t)
	estimate := "/estimates/" + h.estimate(t, animal, id.ID{}).String()
	label := "/labels/" + h.labelled(t, supply).String()
	for _, c := range []struct {
		animal id.ID
		path   string
		copied bool
	}{
		{dosed, file, false},
		{dosed, file + "/content", false},
		{dosed, file + "/content?save=yes", true},
		{vaccinated, "/vaccinations/" + dose.String(), false},
		{vaccinated, "/vaccinations/" + dose.String() + "/certificate", false},
		{vaccinated, "/certificates/" + certificate.String(), false},
		{vaccinated, "/certificates/" + certificate.String() + "/pdf", true},
		{dosed, "/prescriptions/" + prescription.String(), false},
		{dosed, "/supplies/" + supply.String() + "/label", false},
		{dosed, label, false},
		{dosed, label + "/pdf", true},
		{animal, estimate, false},
		{animal, estimate + "/pdf", true},
	} {
		looks := func() (opened, copied int) {
			text := strings.Join(htmltest.Texts(t, admin.get("/patients/"+c.animal.String()+"/looks").body, "tbody"), " ")
			return strings.Count(text, "Opened"), strings.Count(text, "Took a copy")
		}
		opened, copied := looks()
		if r := vet.get(c.path); r.status != http.StatusOK {
			t.Fatalf("%s: %d", c.path, r.status)
		}
		nowOpened, nowCopied := looks()
		if c.copied {
			copied++
		} else {
			opened++
		}
		if nowOpened != opened+1 || nowCopied != copied { // the list counts its own opening
			t.Errorf("%s: %d opened and %d copied, want %d and %d", c.path, nowOpened, nowCopied, opened+1, copied)
		}
	}
}
