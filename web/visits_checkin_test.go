package web_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

func TestCheckInAsksAndNotes(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "blackthorn")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	if r := desk.send("/patients/"+h.animal.String()+"/alerts", with(alertForm(), "new_id", id.New().String(), "level", "stop", "topic", "general", "text", "Bites")); r.status != http.StatusSeeOther {
		t.Fatalf("an alert gives %d", r.status)
	}
	row := h.booked(t, p, h.animal, 1)
	path := "/appointments/" + row.String() + "/check-in"
	if r := desk.send(path, with(htmltest.Form(t, desk.get(path).body, "#check-in-form"), "new_id", id.New().String())); r.status != http.StatusConflict {
		t.Errorf("coming in a day early gives %d", r.status)
	}
	h.setToday(t, row)
	page := desk.get(path)
	page.says(t, http.StatusOK, "#noticed", "Bites")
	page.says(t, http.StatusOK, "#check-in-form", "To ask later")
	form := htmltest.Form(t, page.body, "#check-in-form")
	alert := htmltest.Attr(t, page.body, "#noticed input", "value")
	// What cannot be read comes back with everything typed.
	r := desk.send(path, with(form, "weight", "heavy", "unit", "kg", "phone", "07700 900999", "reason", line, "noticed", alert))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "weight")
	if got := htmltest.Form(t, r.body, "#check-in-form"); got.Get("weight") != "heavy" || got.Get("phone") != "07700 900999" || got.Get("reason") != line || got.Get("noticed") != alert {
		t.Errorf("what was typed is lost: %v", got)
	}
	form = with(htmltest.Form(t, r.body, "#check-in-form"), "weight", "24.6", "unit", "kg")
	if r = desk.send(path, form); r.status != http.StatusSeeOther || r.location(t) != "/today" {
		t.Fatalf("checking in gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if state := h.stateOf(t, row); state != scheduling.Arrived {
		t.Errorf("it is %s", state)
	}
	for what, n := range map[string]int{
		"weight":      s.count(t, `SELECT count(*) FROM app.weights WHERE tenant_id = $1 AND patient_id = $2 AND grams = 24600`, h.tenant, h.animal),
		"notice":      s.count(t, `SELECT count(*) FROM app.alert_notices WHERE tenant_id = $1 AND appointment_id = $2 AND alert_id = $3 AND by_id = $4`, h.tenant, row, id.MustParse(alert), h.people[access.Receptionist].ID),
		"appointment": s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND id = $2 AND asks = ''`, h.tenant, row),
	} {
		if n != 1 {
			t.Errorf("%d rows of %s", n, what)
		}
	}
	desk.get("/clients/"+h.client.String()).says(t, http.StatusOK, "main", "07700 900999")
	// Once more, from another window: it is the same move.
	if r = desk.send(path, form); r.status != http.StatusSeeOther {
		t.Errorf("sent twice gives %d", r.status)
	}
}

func TestNobodyCameOnlyAfterAWhile(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "bramble")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	row := h.booked(t, p, h.animal, 1)
	path := "/appointments/" + row.String() + "/cancellation"
	page := desk.get(path)
	page.says(t, http.StatusOK, "#cancellation-form", "10:15 on")
	form := htmltest.Form(t, page.body, "#cancellation-form")
	if r := desk.send(path, with(form, "act", "no_show")); r.status != http.StatusUnprocessableEntity {
		t.Errorf("before it begins nobody came: %d", r.status)
	}
	r := desk.send(path, with(form, "by_whom", "client", "act", "cancel"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	if h.stateOf(t, row) != scheduling.Booked {
		t.Error("called off without a reason")
	}
	if r = desk.send(path, with(form, "by_whom", "clinic", "reason", "Booked by mistake", "act", "cancel")); r.status != http.StatusSeeOther {
		t.Errorf("calling off gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if state := h.stateOf(t, row); state != scheduling.Cancelled {
		t.Errorf("it is %s", state)
	}
	// Days ago: then nobody came, and the client's page counts it.
	late := h.booked(t, p, h.animal, 1)
	h.past(t, late)
	page = desk.get("/appointments/" + late.String() + "/cancellation")
	form = htmltest.Form(t, page.body, "#cancellation-form")
	if r = desk.send("/appointments/"+late.String()+"/cancellation", with(form, "act", "no_show")); r.status != http.StatusSeeOther {
		t.Errorf("a no-show gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	desk.get("/clients/"+h.client.String()).says(t, http.StatusOK, ".ahead", "Did not come once")
}

// past puts an appointment an hour back from now.
func (h *shop) past(t *testing.T, row id.ID) {
	t.Helper()
	at := h.site.clock.Now().Add(-time.Hour).UTC().Truncate(5 * time.Minute)
	for _, sql := range []string{
		`UPDATE app.appointments SET starts_at = $3, ends_at = $3::timestamptz + interval '15 minutes' WHERE tenant_id = $1 AND id = $2`,
		`UPDATE app.appointment_slots SET starts_at = $3, ends_at = $3::timestamptz + interval '15 minutes' WHERE tenant_id = $1 AND appointment_id = $2`,
	} {
		if _, err := h.site.super.Exec(context.Background(), sql, h.tenant, row, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheWaitlistLeadsToABooking(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "buckthorn")
	h.plan(t)
	desk := h.as(t, access.Receptionist)
	page := desk.get("/waitlist?patient=" + h.animal.String())
	page.says(t, http.StatusOK, ".chosen", "Biscuit")
	form := htmltest.Form(t, page.body, "#wait-form")
	r := desk.send("/waitlist", with(form, "first", "31/2", "from", "x", "reason", line, "act", "save"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter a day like")
	if got := htmltest.Form(t, r.body, "#wait-form"); got.Get("reason") != line || got.Get("first") != "31/2" || got.Get("from") != "x" {
		t.Errorf("what was typed is lost: %v", got)
	}
	for range 2 { // sent twice it is one entry
		if r = desk.send("/waitlist", with(form, "reason", "Dental", "act", "save")); r.status != http.StatusSeeOther {
			t.Fatalf("adding gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	page = desk.get("/waitlist")
	page.says(t, http.StatusOK, ".waits", "Biscuit")
	offer := htmltest.Attr(t, page.body, ".waits .muted + a[href^='/bookings/new']", "href")
	panel := desk.get(offer)
	panel.says(t, http.StatusOK, ".chosen", "Biscuit")
	form = htmltest.Form(t, panel.body, "#booking-form")
	if form.Get("waitlist") == "" || form.Get("reason") != "Dental" {
		t.Errorf("the panel knows nothing of it: %v", form)
	}
	if r = desk.send("/bookings", with(form, "act", "book")); r.status != http.StatusSeeOther || r.location(t) != "/waitlist" {
		t.Fatalf("booking gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	htmltest.Lacks(t, desk.get("/waitlist").body, ".waits", "")
	if n := s.count(t, `SELECT count(*) FROM app.waitlist WHERE tenant_id = $1 AND ended_as = 'booked'`, h.tenant); n != 1 {
		t.Errorf("%d entries ended as booked", n)
	}
}

func TestADeathCallsOffWhatIsBooked(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "box")
	p := h.plan(t)
	animal := h.newAnimal(t)
	row := h.booked(t, p, animal, 2)
	desk := h.as(t, access.Receptionist)
	r := desk.send("/patients/"+animal.String()+"/status", with(deathForm(), "new_id", id.New().String()))
	if r.status != http.StatusSeeOther {
		t.Fatalf("a death gives %d", r.status)
	}
	if state := h.stateOf(t, row); state != scheduling.Cancelled {
		t.Errorf("the visit is %s", state)
	}
	page := desk.get("/patients/" + animal.String())
	page.says(t, http.StatusOK, "[data-toast]", "cancelled")
	htmltest.Lacks(t, page.body, ".ahead a[href^='/bookings']", "")
	desk.get("/bookings/new?patient="+animal.String()).says(t, http.StatusOK, ".chosen", "has died")
	r = desk.send("/bookings", h.bookingForm(p, animal, 3))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "has died")
}
