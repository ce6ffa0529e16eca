package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// Practice leads an empty clinic through what a schedule needs, until something can be booked.
func TestPracticeLeadsToAScheduleThatCanBeBooked(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "cedar")
	s.exec(t, `DELETE FROM app.hours WHERE tenant_id = '`+h.tenant.ID().String()+`'`)
	s.exec(t, `UPDATE app.appointment_types SET ended_at = now() WHERE tenant_id = '`+h.tenant.ID().String()+`'`)
	admin := h.as(t, access.PracticeAdmin)
	page := admin.get("/resources")
	page.says(t, http.StatusOK, ".setup", "Before the first booking")
	page.says(t, http.StatusOK, ".places a[aria-current]", "Columns and rooms")

	room := htmltest.Form(t, page.body, "#resource-form")
	r := admin.send("/resources", with(room, "kind", "room", "name", "", "position", "first"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "whole number")
	room = with(room, "kind", "room", "name", "Consult 1", "position", "2")
	for range 2 { // sent twice it is one room
		if r = admin.send("/resources", room); r.status != http.StatusSeeOther {
			t.Fatalf("a room gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	page = admin.get("/resources")
	vet := with(htmltest.Form(t, page.body, "#resource-form"), "kind", "vet", "person", h.people[access.Veterinarian].ID.String(), "name", "", "room", room.Get("new_id"), "position", "1")
	if r = admin.send("/resources", vet); r.status != http.StatusSeeOther {
		t.Fatalf("a vet gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	page = admin.get("/resources")
	page.says(t, http.StatusOK, ".list", h.people[access.Veterinarian].Name)
	htmltest.Count(t, page.body, "section[aria-labelledby=resources] .list > li", 2)

	hours := url.Values{"of": {""}, "work_1": {"8-12:30, 14:00-18"}, "lunch_1": {"12:30-14"}, "work_2": {"whenever"}, "other_1": {"coffee 10-11"}}
	r = admin.send("/hours", hours)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Tuesday: enter times like")
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Monday: say what it is")
	if got := htmltest.Form(t, r.body, "#hours-form"); got.Get("work_1") != "8-12:30, 14:00-18" || got.Get("work_2") != "whenever" || got.Get("other_1") != "coffee 10-11" {
		t.Errorf("what was typed is lost: %v", got)
	}
	week := url.Values{"of": {""}, "lunch_1": {"12:30-13"}, "other_1": {"break 10:30-10:45"}}
	for _, day := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		week.Set("work_"+day, "0:00-24:00")
	}
	if r = admin.send("/hours", week); r.status != http.StatusSeeOther {
		t.Fatalf("hours give %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	got := htmltest.Form(t, admin.get("/hours").body, "#hours-form")
	if got.Get("work_1") != "00:00-24:00" || got.Get("lunch_1") != "12:30-13:00" || got.Get("other_1") != "break 10:30-10:45" {
		t.Errorf("saved are %v", got)
	}
	of := "/hours?of=" + vet.Get("new_id")
	if r = admin.send("/hours", with(week, "of", vet.Get("new_id"), "work_1", "9-17", "other_1", "")); r.status != http.StatusSeeOther || r.location(t) != of {
		t.Errorf("a vet's hours give %d", r.status)
	}
	if got := htmltest.Form(t, admin.get(of).body, "#hours-form"); got.Get("work_1") != "09:00-17:00" {
		t.Errorf("the vet's are %v", got)
	}

	kind := with(htmltest.Form(t, admin.get("/appointment-types").body, "#type-form"), "name", "Dental", "minutes", "soon", "needs_room", "room", "colour", "violet")
	r = admin.send("/appointment-types", kind)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "whole number")
	if got := htmltest.Form(t, r.body, "#type-form"); got.Get("name") != "Dental" || got.Get("minutes") != "soon" || got.Get("colour") != "violet" {
		t.Errorf("what was typed is lost: %v", got)
	}
	kind.Set("minutes", "30")
	if r = admin.send("/appointment-types", kind); r.status != http.StatusSeeOther {
		t.Fatalf("a type gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	htmltest.Lacks(t, admin.get("/resources").body, ".setup", "")
	// Reception can book now.
	page = h.as(t, access.Receptionist).get("/bookings/new?patient=" + h.animal.String())
	page.says(t, http.StatusOK, "#booking-offer .chip", h.people[access.Veterinarian].Name)

	// Changed by two, the second is told; ended, it is offered no more.
	path := "/appointment-types/" + kind.Get("new_id")
	form := htmltest.Form(t, admin.get(path+"/edit").body, "#type-form")
	if r = admin.send(path, with(form, "minutes", "45")); r.status != http.StatusSeeOther {
		t.Errorf("changing a type gives %d", r.status)
	}
	r = admin.send(path, with(form, "minutes", "60"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "saved this while you were writing")
	if r = admin.send(path, htmltest.Form(t, r.body, "#type-form")); r.status != http.StatusSeeOther {
		t.Errorf("sending it again gives %d", r.status)
	}
	if r = admin.send(path+"/ending", url.Values{}); r.status != http.StatusSeeOther {
		t.Errorf("ending a type gives %d", r.status)
	}
	returns(t, admin, "/appointment-types", path)
	path = "/resources/" + room.Get("new_id")
	if r = admin.send(path, with(htmltest.Form(t, admin.get(path+"/edit").body, "#resource-form"), "name", "Consult One")); r.status != http.StatusSeeOther {
		t.Errorf("changing a room gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if r = admin.send(path+"/ending", url.Values{}); r.status != http.StatusSeeOther {
		t.Errorf("ending a room gives %d", r.status)
	}
	returns(t, admin, "/resources", path)
}

// returns brings back what was ended, from the list it stands in.
func returns(t *testing.T, admin *browser, list, path string) {
	t.Helper()
	back := htmltest.Form(t, admin.get(list).body, "form[action='"+path+"/return']")
	htmltest.Lacks(t, admin.get(list).body, "a[href='"+path+"/edit']", "")
	for range 2 { // pressed twice it is back once
		if r := admin.send(path+"/return", back); r.status != http.StatusSeeOther {
			t.Errorf("%s brought back gives %d", path, r.status)
		}
	}
	page := admin.get(list).body
	htmltest.Has(t, page, "a[href='"+path+"/edit']", "")
	htmltest.Lacks(t, page, "form[action='"+path+"/return']", "")
}

func TestHolidaysAndLimitsAreSet(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "cherry")
	h.plan(t)
	admin := h.as(t, access.PracticeAdmin)
	form := htmltest.Form(t, admin.get("/blocks").body, "#block-form")
	r := admin.send("/blocks", with(form, "day", "31/2", "from", "early", "words", line))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter a day like")
	if got := htmltest.Form(t, r.body, "#block-form"); got.Get("words") != line || got.Get("from") != "early" {
		t.Errorf("what was typed is lost: %v", got)
	}
	if r = admin.send("/blocks", with(form, "day", "+3d", "words", "Fair in town")); r.status != http.StatusSeeOther {
		t.Fatalf("a holiday gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	page := admin.get("/blocks")
	page.says(t, http.StatusOK, ".list", "Fair in town")
	page.says(t, http.StatusOK, ".list", "all day")
	// A booking across it is asked about, and can be meant.
	desk := h.as(t, access.Receptionist)
	panel := htmltest.Form(t, desk.get("/bookings/new?patient="+h.animal.String()+"&day="+h.dayAhead(3).Format(time.DateOnly)+"&at=10:00").body, "#booking-form")
	if panel.Get("with") == "" {
		panel.Set("with", htmltest.Attr(t, desk.get("/bookings/new").body, "#with option:nth-child(2)", "value"))
	}
	r = desk.send("/bookings", with(panel, "act", "book"))
	r.says(t, http.StatusConflict, "#booking-form .notice", "on a holiday")
	if r = desk.send("/bookings", with(panel, "act", "anyway")); r.status != http.StatusSeeOther {
		t.Errorf("booked anyway gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	end := htmltest.Attr(t, page.body, ".list form", "action")
	if r = admin.send(end, url.Values{}); r.status != http.StatusSeeOther {
		t.Errorf("offering it again gives %d", r.status)
	}

	form = htmltest.Form(t, admin.get("/schedule-settings").body, "#settings-form")
	r = admin.send("/schedule-settings", with(form, "wait_mind", "ten", "day_from", "dawn"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "whole number")
	if got := htmltest.Form(t, r.body, "#settings-form"); got.Get("wait_mind") != "ten" || got.Get("day_from") != "dawn" {
		t.Errorf("what was typed is lost: %v", got)
	}
	if r = admin.send("/schedule-settings", with(form, "wait_mind", "7", "day_from", "7am")); r.status != http.StatusSeeOther {
		t.Errorf("settings give %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if got := htmltest.Form(t, admin.get("/schedule-settings").body, "#settings-form"); got.Get("wait_mind") != "7" || got.Get("day_from") != "07:00" {
		t.Errorf("saved are %v", got)
	}
	r = admin.send("/schedule-settings", with(form, "wait_mind", "8"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "saved this while you were writing")
}

// Only who may manage the schedule reaches its settings; another clinic's rows are answered as nobody's are.
func TestOnlyWhoMayManagesTheSchedule(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h, foreign := s.shop(t, "cypress"), s.shop(t, "dogwood")
	p, theirs := h.plan(t), foreign.plan(t)
	for _, role := range []string{access.Receptionist, access.Nurse, access.Veterinarian} {
		b := h.as(t, role)
		for _, path := range []string{"/resources", "/hours", "/blocks", "/appointment-types", "/schedule-settings"} {
			if r := b.get(path); r.status != http.StatusForbidden {
				t.Errorf("%s as %s gives %d", path, role, r.status)
			}
		}
		if r := b.send("/resources/"+p.room.String()+"/ending", url.Values{}); r.status != http.StatusForbidden {
			t.Errorf("%s ends a room: %d", role, r.status)
		}
		if r := b.send("/resources/"+p.room.String()+"/return", url.Values{}); r.status != http.StatusForbidden {
			t.Errorf("%s brings a room back: %d", role, r.status)
		}
	}
	admin := h.as(t, access.PracticeAdmin)
	for _, path := range []string{"/resources/" + theirs.room.String() + "/edit", "/appointment-types/" + theirs.kind.String() + "/edit", "/hours?of=" + theirs.vet.String()} {
		if r := admin.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s of another clinic gives %d", path, r.status)
		}
	}
	form := url.Values{"new_id": {id.New().String()}, "kind": {"vet"}, "name": {"Dr Oak"}, "position": {"1"}, "room": {theirs.room.String()}}
	if r := admin.send("/resources", form); r.status == http.StatusSeeOther {
		t.Error("another clinic's room was given to a vet")
	}
	if r := admin.send("/hours", url.Values{"of": {theirs.vet.String()}, "work_1": {"9-17"}}); r.status != http.StatusNotFound {
		t.Errorf("another clinic's vet was given hours: %d", r.status)
	}
	if r := admin.send("/blocks", url.Values{"new_id": {id.New().String()}, "of": {theirs.vet.String()}, "kind": {"away"}, "day": {"+3d"}}); r.status == http.StatusSeeOther {
		t.Error("another clinic's vet was sent away")
	}
}

// practiceRow makes a row that Practice or the waitlist is asked for.
func (h *shop) practiceRow(t *testing.T, word string) id.ID {
	t.Helper()
	row, r := id.New(), h.rota(t)
	animal := h.newAnimal(t)
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		switch word {
		case "queued":
			return scheduling.AddWaiting(ctx, tx, h.desk(), row, scheduling.Waiting{Patient: animal, Type: r.kind, First: h.today(), To: 24 * 60, Words: "Dental"})
		case "resource", "gone":
			err := scheduling.AddResource(ctx, tx, h.keys, row, scheduling.Resource{Kind: scheduling.Room, Name: "Kennel", Position: 8})
			if err == nil && word == "gone" {
				err = scheduling.EndResource(ctx, tx, h.desk(), row)
			}
			return err
		case "type", "retired":
			err := scheduling.AddType(ctx, tx, h.keys, row, scheduling.Type{Name: "Nails", Minutes: 10, Colour: "plain", Needs: scheduling.NeedsNurse, Position: 8})
			if err == nil && word == "retired" {
				err = scheduling.EndType(ctx, tx, h.keys, row)
			}
			return err
		}
		return scheduling.AddBlock(ctx, tx, h.desk(), row, scheduling.Block{Resource: r.room, Kind: scheduling.Reserved, Day: h.dayAhead(500), To: 24 * 60})
	})
	return row
}
