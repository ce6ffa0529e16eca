package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// morning is an installation at 10:20 of a clinic's day.
func morning(t *testing.T) *stage {
	t.Helper()
	s := twoShops(t)
	now := s.clock.Now().In(london)
	s.clock.Advance(time.Date(now.Year(), now.Month(), now.Day()+1, 10, 20, 0, 0, london).Sub(now))
	return s
}

func path(appointment id.ID) string { return "/appointments/" + appointment.String() }

func TestTheDayShowsWhatIsPlannedAndWhoIsHere(t *testing.T) {
	t.Parallel()
	s := morning(t)
	desk := s.a.as(t, access.Receptionist)
	if to := desk.get("/").location(t); to != "/today" {
		t.Errorf("the first page is %s", to)
	}
	desk.get("/today").says(t, http.StatusOK, "#schedule", "Nobody is on the schedule yet.")
	r := s.a.rota(t)
	early := s.a.appointmentAt(t, r.vet, s.a.today(), 10*60+15)
	later := s.a.appointmentAt(t, r.vet, s.a.today(), 11*60)
	here := s.a.waiting(t)
	page := desk.get("/today")
	page.says(t, http.StatusOK, "#a-"+early.String()+"[data-status=late]", "Pip Canaryalder")
	page.says(t, http.StatusOK, "#a-"+later.String()+"[data-status=booked]", "Off food since Sunday")
	page.says(t, http.StatusOK, ".nowlabel", "10:20")
	page.says(t, http.StatusOK, "#lane-waiting #f-"+here.String(), "Bee sting")
	page.says(t, http.StatusOK, "#lane-late", "Call")
	htmltest.Has(t, page.body, ".colhead h2", s.a.people[access.Veterinarian].Name)
	htmltest.Has(t, page.body, ".col a.free[href*='at=12%3A00'], .col a.free[href*='at=12:00']", "Free")
	htmltest.Lacks(t, page.body, ".col a.free[href*='at=11:00&amp;with="+r.vet.String()+"']", "")
	// Another day, the week and the rooms are pages of their own.
	desk.get("/today?day="+s.a.today().AddDate(0, 0, 1).Format("2006-01-02")).says(t, http.StatusOK, ".colhead", "free")
	desk.get("/today?view=week").says(t, http.StatusOK, ".week", "booked")
	desk.get("/today?view=rooms").says(t, http.StatusOK, ".colhead h2", "Consult 1")
	// A day is typed as people write it.
	if to := desk.send("/today", url.Values{"jump": {"+7"}, "view": {"week"}}).location(t); to != "/today?day="+s.a.today().AddDate(0, 0, 7).Format("2006-01-02")+"&view=week" {
		t.Errorf("a week ahead is %s", to)
	}
	bad := desk.send("/today", url.Values{"jump": {"soon"}})
	bad.says(t, http.StatusUnprocessableEntity, "#jump-mistake", "Enter a day like")
	if got := htmltest.Attr(t, bad.body, "#jump", "value"); got != "soon" {
		t.Errorf("what was typed came back as %q", got)
	}
	// Who was shown is on record.
	if found := s.leaves(t, s.a, page.request()); len(found) != 1 || found[0].Object != "schedule" || found[0].Action != "opened" {
		t.Errorf("recorded as %+v", found)
	}
	// Nothing of it reaches the other clinic.
	for _, at := range []string{"/today", "/today/board", "/today/schedule"} {
		if strings.Contains(s.b.as(t, access.Veterinarian).get(at).body, "Canaryalder") {
			t.Errorf("%s of the other clinic shows it", at)
		}
	}
}

func TestAVisitGoesForwardByOneClickAndBack(t *testing.T) {
	t.Parallel()
	s := morning(t)
	here := s.a.waiting(t)
	desk, vet := s.a.as(t, access.Receptionist), s.a.as(t, access.Veterinarian)
	form := "#f-" + here.String() + " form"

	// Reception cannot call in, and is told who can.
	desk.partial = true
	r := desk.send(path(here)+"/moves", url.Values{"new_id": {newID()}, "to": {"with_vet"}, "on": {"2026-03-24"}})
	r.says(t, http.StatusForbidden, "body", "Calling patients in and treating them needs a right you do not hold")
	if found := s.leaves(t, s.a, r.request()); len(found) != 1 || found[0].Outcome != "refused" {
		t.Errorf("recorded as %+v", found)
	}

	page := vet.get("/today")
	late := vet.get("/today")
	htmltest.Has(t, page.body, form, "Call in")
	vet.partial = true
	done := vet.submit(page, form, nil)
	done.says(t, http.StatusOK, "#lane-consult #f-"+here.String(), "Pip")
	done.says(t, http.StatusOK, ".toast", "Pip: in consult.")
	// A second press of the same button is done already; another one comes too late and says who was faster.
	vet.submit(page, form, nil).says(t, http.StatusOK, "#lane-consult", "Pip")
	told := vet.submit(late, form, nil)
	told.says(t, http.StatusConflict, "body", "You recorded “In consult” for Pip today")
	told.says(t, http.StatusConflict, "#lane-consult", "Pip")

	back := vet.submit(done, ".toast form", nil)
	back.says(t, http.StatusOK, "#lane-waiting", "Pip")

	// Without script the same is a page.
	vet.partial = false
	if to := vet.submit(vet.get("/today"), form, nil).location(t); to != "/today" {
		t.Errorf("it leads to %s", to)
	}
	page = vet.get(path(here))
	page.says(t, http.StatusOK, ".visitcard .tag", "In consult")
	page.says(t, http.StatusOK, ".visitcard", "Undo: in consult")
	page.says(t, http.StatusOK, "#steps", "What has happened")
	if to := vet.send(path(here)+"/moves", url.Values{"new_id": {newID()}, "seen": {htmltest.Attr(t, page.body, "form[action$='/undo'] input[name=seen]", "value")}, "to": {"ready"}}).location(t); to != path(here) {
		t.Errorf("it leads to %s", to)
	}
	if r := vet.send(path(here)+"/moves", url.Values{"new_id": {newID()}, "to": {"nowhere"}}); r.status != http.StatusNotFound {
		t.Errorf("a state that is none: %d", r.status)
	}
}

func TestSomebodyWhoIsHereIsGivenToSomebodyAndPutSomewhere(t *testing.T) {
	t.Parallel()
	s := morning(t)
	here, rota := s.a.waiting(t), s.a.rota(t)
	desk, nurse := s.a.as(t, access.Receptionist), s.a.as(t, access.Nurse)
	desk.get("/today").says(t, http.StatusOK, "#lane-waiting a", "Assign")
	desk.submit(desk.get(path(here)), "form[action$='/assignment']", map[string]string{"with": rota.vet.String()}).location(t)
	desk.get(path(here)).says(t, http.StatusOK, ".visitcard", s.a.people[access.Veterinarian].Name)
	page := nurse.get(path(here))
	bad := nurse.submit(page, "#place-form", map[string]string{"place": rota.room.String(), "next": "soon"})
	bad.says(t, http.StatusUnprocessableEntity, "#next-mistake", "Enter a time")
	if got := htmltest.Form(t, bad.body, "#place-form"); got.Get("next") != "soon" || got.Get("place") != rota.room.String() {
		t.Errorf("the form came back as %v", got)
	}
	nurse.submit(page, "#place-form", map[string]string{"place": rota.room.String(), "next": "1130"}).location(t)
	nurse.get(path(here)).says(t, http.StatusOK, ".visitcard .facts", "Consult 1")
	htmltest.Lacks(t, desk.get(path(here)).body, "#place-form", "")
	if r := desk.send(path(here)+"/place", url.Values{}); r.status != http.StatusForbidden {
		t.Errorf("reception puts them somewhere: %d", r.status)
	}
}

func TestAnAppointmentIsMovedByFormAndByDrag(t *testing.T) {
	t.Parallel()
	s := morning(t)
	rota := s.a.rota(t)
	one, other := s.a.appointmentAt(t, rota.vet, s.a.today(), 11*60), s.a.appointmentAt(t, rota.vet, s.a.today(), 12*60)
	desk := s.a.as(t, access.Receptionist)
	page := desk.get(path(one) + "/time")
	page.says(t, http.StatusOK, "#move-form", "Next free")
	bad := desk.submit(page, "#move-form", map[string]string{"day": "31/2", "at": "half past"})
	bad.says(t, http.StatusUnprocessableEntity, "#at-mistake", "Enter a time")
	if got := htmltest.Form(t, bad.body, "#move-form"); got.Get("day") != "31/2" || got.Get("at") != "half past" {
		t.Errorf("the form came back as %v", got)
	}
	// Over another needs to be meant, and a reason.
	taken := desk.submit(page, "#move-form", map[string]string{"at": "12"})
	taken.says(t, http.StatusConflict, "#move-form", "That time is taken")
	over := with(htmltest.Form(t, taken.body, "#move-form"), "act", "over", "overbook", "")
	r := desk.post(path(one)+"/time", over)
	r.says(t, http.StatusUnprocessableEntity, "#overbook-mistake", "Say why")
	// Typed as people write it.
	if to := desk.submit(taken, "#move-form", map[string]string{"at": "2pm"}).location(t); to != "/today" {
		t.Errorf("it leads to %s", to)
	}
	desk.get("/today").says(t, http.StatusOK, "#a-"+one.String(), "14:00")
	// The page of before comes too late.
	desk.submit(page, "#move-form", map[string]string{"at": "15"}).says(t, http.StatusConflict, ".visitcard", "Nothing was changed")

	// A drag is the same form, and goes back.
	day := desk.get("/today")
	desk.partial = true
	dropped := desk.send(path(other)+"/time", url.Values{
		"new_id": {htmltest.Attr(t, day.body, "#schedule", "data-fresh")}, "version": {htmltest.Attr(t, day.body, "#a-"+other.String(), "data-movable")},
		"day": {s.a.today().Format("2006-01-02")}, "at": {"13:30"}, "with": {rota.nurse.String()}, "on": {s.a.today().Format("2006-01-02")}, "view": {"day"},
	})
	dropped.says(t, http.StatusOK, ".toast", "Pip moved to 13:30 with Nurse O'alder")
	dropped.says(t, http.StatusOK, "#a-"+other.String(), "13:30")
	back := desk.submit(dropped, ".toast form", nil)
	back.says(t, http.StatusOK, "#a-"+other.String(), "12:00")
	// To another day.
	desk.partial = false
	if to := desk.submit(desk.get(path(other)+"/time"), "#move-form", map[string]string{"day": "tomorrow", "at": "0900"}).location(t); to != "/today?day="+s.a.today().AddDate(0, 0, 1).Format("2006-01-02") {
		t.Errorf("it leads to %s", to)
	}
}

// The matrix compares the whole answers with those for nobody's.
func TestAnotherClinicsAppointmentIsNotThere(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	here := s.b.appointment(t)
	desk := s.a.as(t, access.Receptionist)
	for _, at := range []string{path(here), path(here) + "/time"} {
		if r := desk.get(at); r.status != http.StatusNotFound {
			t.Errorf("%s of the other clinic: %d", at, r.status)
		}
	}
	if r := desk.send(path(here)+"/moves", url.Values{"new_id": {newID()}, "to": {scheduling.Confirmed}}); r.status != http.StatusNotFound {
		t.Errorf("moving the other clinic's: %d", r.status)
	}
}
