package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/scheduling"
)

// doseForm is a dose of rabies as it is given today.
func (h *shop) doseForm(t *testing.T) url.Values {
	t.Helper()
	return url.Values{
		"new_id": {id.New().String()}, "product": {h.cooler(t).rabies.ID.String()}, "lot": {"R90-2"}, "expiry": {"06-2099"}, "giver": {h.people[access.Nurse].ID.String()},
		"vet": {h.people[access.Veterinarian].ID.String()}, "first": {"booster"},
	}
}

func (h *shop) walksIn(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	visit, kind := id.New(), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, h.desk(), visit, scheduling.WalkIn{Patient: animal, Type: kind, Reason: "Rabies"})
		return err
	})
	return visit
}

// A dose that is given while the animal is here stands on the bill of that visit, and one of another day does not.
func TestADoseGivenInAVisitIsOnItsBill(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "visited-vine")
	_, animal := h.vaccinated(t)
	visit := h.walksIn(t, animal)
	nurse := h.as(t, access.Nurse)
	path := "/patients/" + animal.String() + "/vaccinations"
	htmltest.Has(t, nurse.get(path+"/new?visit="+visit.String()).body, "main a[href*='visit="+visit.String()+"']", "")
	for on, want := range map[string]int{"": 1, "yesterday": 0} {
		form := with(h.doseForm(t), "on", on)
		if r := nurse.send(path, form); r.status != http.StatusSeeOther {
			t.Fatalf("%d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
		n := s.count(t, `SELECT count(*) FROM app.doses AS d JOIN app.charges AS g ON g.tenant_id = d.tenant_id AND g.id = d.charge_id
			WHERE d.tenant_id = $1 AND d.id = $2 AND d.visit_id = $3 AND g.visit_id = $3`, h.tenant, form.Get("new_id"), visit)
		if n != want {
			t.Errorf("a dose given %q is on the bill of the visit %d times, want %d", on, n, want)
		}
	}
}

// What stands against writing a dose down is said in the form, with every word that was typed.
func TestADoseThatCannotBeWrittenKeepsTheForm(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "stuck-sorrel")
	nurse := h.as(t, access.Nurse)
	_, animal := h.vaccinated(t)
	text, _ := h.dead(t)
	dead := id.MustParse(text)
	over := h.walksIn(t, animal)
	h.moved(t, over, scheduling.Ready)
	h.moved(t, over, scheduling.Done)
	for what, c := range map[string]struct{ animal, visit id.ID }{
		"a visit of another animal": {animal, h.waiting(t)}, "a visit that is over": {animal, over}, "an animal that has died": {dead, id.ID{}},
	} {
		form := h.doseForm(t)
		if !c.visit.IsZero() {
			form.Set("visit", c.visit.String())
		}
		r := nurse.send("/patients/"+c.animal.String()+"/vaccinations", form)
		if r.status != http.StatusConflict {
			t.Errorf("%s: %d", what, r.status)
			continue
		}
		got := htmltest.Form(t, r.body, "#dose-form")
		if got.Get("lot") != "R90-2" || got.Get("new_id") != form.Get("new_id") || len(htmltest.Texts(t, r.body, "#mistakes li")) != 1 {
			t.Errorf("%s: the form came back as %v", what, got)
		}
	}
}

// Who holds the rights and not the field of clinical text reads none on the way.
func TestClinicalTextTakesItsField(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.a.member(t, "closed", access.Veterinarian, identity.FieldRight+string(access.FieldClinical))
	closed := s.a.as(t, "closed")
	animal, drug := s.a.dosed(t), s.a.newDrug(t)
	draft := "/prescription-drafts/" + s.a.prepared(t, animal, drug).String()
	certificate, dose, _ := s.a.certified(t)
	form := url.Values{"drug": {drug.String()}, "dose": {"x"}, "version": {"1"}}
	for _, c := range []struct {
		path string
		form url.Values
	}{
		{draft, nil},
		{draft, form},
		{draft + "/signature", form},
		{"/vaccinations/" + dose.String() + "/certificate", nil},
		{"/vaccinations/" + dose.String() + "/certificate", url.Values{"new_id": {id.New().String()}, "size": {"middle"}}},
		{"/certificates/" + certificate.String() + "/void", url.Values{"reason": {""}}},
	} {
		r := reply{}
		if c.form == nil {
			r = closed.get(c.path)
		} else {
			r = closed.send(c.path, c.form)
		}
		if r.status != http.StatusForbidden {
			t.Errorf("%s, %v: %d", c.path, c.form, r.status)
		}
	}
}

// What is done in a consult is a charge as well, so it takes the right to charge.
func TestAnActTakesTheRightToCharge(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.a.purse(t)
	for name, but := range map[string]string{"unbilled": string(access.ChargeWrite), "blind": identity.FieldRight + string(access.FieldMoney)} {
		s.a.member(t, name, access.Veterinarian, but)
		draft, animal := s.a.draft(t, name)
		r := s.a.as(t, name).send("/drafts/"+draft.String()+"/acts", with(noteForm(), "version", "2", "patient", animal.String(), "new_id", id.New().String(), "item", "T-", "quantity", "1"))
		if r.status != http.StatusForbidden {
			t.Errorf("%s adds: %d", name, r.status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.acts WHERE tenant_id = $1`, s.a.tenant); n != 0 {
		t.Errorf("%d acts", n)
	}
}
