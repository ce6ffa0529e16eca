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
	"paddock/internal/scheduling"
)

// plan is what a shop's schedule begins with in a test: a vet and a nurse who work at all hours, a room, a type.
type plan struct {
	vet, nurse, room, kind id.ID
}

// plan sets up a schedule that offers everything, so that no test depends on the time it runs at.
func (h *shop) plan(t *testing.T) (p plan) {
	t.Helper()
	p = plan{vet: id.New(), nurse: id.New(), room: id.New(), kind: id.New()}
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		var week []scheduling.WeekSpan
		for day := 1; day <= 7; day++ {
			week = append(week, scheduling.WeekSpan{Weekday: day, Span: scheduling.Span{Kind: scheduling.Work, From: 0, To: 24 * 60}})
		}
		if err := scheduling.SetHours(ctx, tx, h.keys, id.ID{}, h.today().AddDate(0, 0, -1), week); err != nil {
			return err
		}
		for row, r := range map[id.ID]scheduling.Resource{
			p.vet: {Kind: scheduling.Vet, Name: "Dr Yew", Position: 1}, p.nurse: {Kind: scheduling.Nurse, Name: "Nurse Elm", Position: 2}, p.room: {Kind: scheduling.Room, Name: "Consult 1", Position: 3},
		} {
			if err := scheduling.AddResource(ctx, tx, h.keys, row, r); err != nil {
				return err
			}
		}
		return scheduling.AddType(ctx, tx, h.keys, p.kind, scheduling.Type{Name: "Consult", Minutes: 15, Colour: "blue", Needs: scheduling.NeedsVet, Position: 1})
	})
	return p
}

// dayAhead is a day to come.
func (h *shop) dayAhead(days int) time.Time { return h.today().AddDate(0, 0, days) }

// bookingForm is what the panel sends for 10:00 of a day to come.
func (h *shop) bookingForm(p plan, animal id.ID, days int) url.Values {
	return url.Values{
		"new_id": {id.New().String()}, "patient": {animal.String()}, "type": {p.kind.String()}, "with": {p.vet.String()}, "reason": {"Itchy ears"},
		"day": {h.dayAhead(days).Format("Mon 02-Jan-2006")}, "at": {"10:00"}, "act": {"book"},
	}
}

// booked makes an appointment and gives its id.
func (h *shop) booked(t *testing.T, p plan, animal id.ID, days int) id.ID {
	t.Helper()
	form := h.bookingForm(p, animal, days)
	if r := h.as(t, access.Receptionist).send("/bookings", form); r.status != http.StatusSeeOther {
		t.Fatalf("booking gives %d: %.600s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	return id.MustParse(form.Get("new_id"))
}

func (h *shop) stateOf(t *testing.T, appointment id.ID) (state string) {
	t.Helper()
	if err := h.site.super.QueryRow(context.Background(), `SELECT state FROM app.appointments WHERE tenant_id = $1 AND id = $2`, h.tenant, appointment).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// line is what somebody types into a field of one line.
const line = `Möhre, «ç», 獣医, 🐎 <b>&amp; "quoted" 'single' \\ %41 + =`

// In one panel: search, choose, and book the next free time, which stands in the form already.
func TestAVisitIsBookedInOnePanel(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "aspen")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	page := desk.get("/bookings/new")
	page.says(t, http.StatusOK, "#booking-title", "New booking")
	form := htmltest.Form(t, page.body, "#booking-form")
	if form.Get("at") == "" || form.Get("with") != p.vet.String() {
		t.Errorf("no time stands in the form: %v", form)
	}
	// The list below the field, a fragment for htmx.
	desk.partial = true
	list := desk.send("/bookings", with(form, "find", "biscuit", "act", "look"))
	list.says(t, http.StatusOK, "[role=listbox] [role=option]", "Biscuit")
	if strings.Contains(list.body, "<form") {
		t.Error("the list brings the form along")
	}
	desk.partial = false
	// Without script the whole form comes back with it.
	r := desk.send("/bookings", with(form, "find", "biscuit", "reason", line, "act", "find"))
	r.says(t, http.StatusOK, "[role=option]", "Biscuit")
	r = desk.send("/bookings", with(htmltest.Form(t, r.body, "#booking-form"), "pick", h.animal.String()))
	r.says(t, http.StatusOK, ".chosen", "Biscuit")
	r.says(t, http.StatusOK, ".chosen", "07700 900142")
	form = htmltest.Form(t, r.body, "#booking-form")
	if form.Get("reason") != line || form.Get("patient") != h.animal.String() {
		t.Errorf("choosing lost what was typed: %v", form)
	}
	r = desk.send("/bookings", with(form, "act", "book"))
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.location(t), "/today") {
		t.Fatalf("booking gives %d", r.status)
	}
	if state := h.stateOf(t, id.MustParse(form.Get("new_id"))); state != scheduling.Booked {
		t.Errorf("it is %s", state)
	}
	// The record and the client say so, and lead to one more.
	desk.get("/patients/"+h.animal.String()).says(t, http.StatusOK, ".ahead", "Consult")
	desk.get("/clients/"+h.client.String()).says(t, http.StatusOK, ".ahead", "Biscuit")
	htmltest.Has(t, desk.get("/patients/"+h.animal.String()).body, ".ahead a[href^='/bookings/new?patient="+h.animal.String()+"']", "Book")
}

// A slot that is offered fills in day, time and person; nothing is booked by it.
func TestAFreeTimeIsChosenByItsButton(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "acacia")
	h.plan(t)
	desk := h.as(t, access.Receptionist)
	page := desk.get("/bookings/new?patient=" + h.animal.String())
	form := htmltest.Form(t, page.body, "#booking-form")
	chips := htmltest.Texts(t, page.body, "#booking-offer .chip")
	if len(chips) != 5 || !strings.Contains(chips[0], "Dr Yew") {
		t.Fatalf("offered is %q", chips)
	}
	slot := h.dayAhead(3).Format(time.DateOnly) + " 840 " + form.Get("with")
	r := desk.send("/bookings", with(form, "slot", slot, "reason", line))
	got := htmltest.Form(t, r.body, "#booking-form")
	if r.status != http.StatusOK || got.Get("at") != "14:00" || got.Get("day") != h.dayAhead(3).Format("Mon 02-Jan-2006") || got.Get("reason") != line {
		t.Errorf("%d: %v", r.status, got)
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d were booked", n)
	}
}

func TestABookingWithMistakesKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "almond")
	p := h.plan(t)
	for _, partial := range []bool{false, true} {
		desk := h.as(t, access.Receptionist)
		desk.token()
		desk.partial = partial
		r := desk.send("/bookings", with(h.bookingForm(p, h.animal, 1), "patient", "", "find", "Zzyzx", "day", "31/2", "at", "25:00", "minutes", "long", "every", "x", "times", "1", "reason", line))
		for _, words := range []string{"Find and choose", "Enter a day like", "Enter a time like", "Enter the length", "number of weeks", "how often"} {
			r.says(t, http.StatusUnprocessableEntity, "#mistakes", words)
		}
		form := htmltest.Form(t, r.body, "#booking-form")
		for name, want := range map[string]string{"find": "Zzyzx", "day": "31/2", "at": "25:00", "minutes": "long", "every": "x", "times": "1", "reason": line, "with": p.vet.String()} {
			if form.Get(name) != want {
				t.Errorf("%s is %q, was %q", name, form.Get(name), want)
			}
		}
	}
}

// Who comes second keeps the form and is offered the next free times; booking over takes a right and a reason.
func TestATakenTimeIsAnsweredWithTheNextFree(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "alerce")
	p := h.plan(t)
	h.booked(t, p, h.animal, 2)
	other := h.newAnimal(t)
	form := with(h.bookingForm(p, other, 2), "reason", line)
	for _, partial := range []bool{false, true} {
		desk := h.as(t, access.Receptionist)
		desk.token()
		desk.partial = partial
		r := desk.send("/bookings", form)
		r.says(t, http.StatusConflict, "#booking-form .notice", "Dr Yew is taken at 10:00")
		htmltest.Has(t, r.body, "#booking-offer .chip", "10:15")
		htmltest.Has(t, r.body, "button[value=over]", "Book over it")
		if got := htmltest.Form(t, r.body, "#booking-form"); got.Get("reason") != line || got.Get("at") != "10:00" || got.Get("new_id") != form.Get("new_id") {
			t.Errorf("what was typed is lost: %v", got)
		}
	}
	nurse := h.as(t, access.Nurse)
	r := nurse.send("/bookings", form)
	r.says(t, http.StatusConflict, "#booking-form .notice", "may book over it")
	htmltest.Lacks(t, r.body, "button[value=over]", "")
	if r := nurse.send("/bookings", with(form, "act", "over", "over_reason", "Emergency")); r.status == http.StatusSeeOther {
		t.Error("a nurse booked over another")
	}
	desk := h.as(t, access.Receptionist)
	r = desk.send("/bookings", with(form, "act", "over"))
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Say why")
	if r := desk.send("/bookings", with(form, "act", "over", "over_reason", "Bee sting")); r.status != http.StatusSeeOther {
		t.Errorf("booking over with a reason gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointment_slots WHERE tenant_id = $1 AND lane = 1 AND held`, h.tenant); n != 1 {
		t.Errorf("%d stand over another", n)
	}
}

func TestABookingThatComesAgain(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "apple")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	h.booked(t, p, h.newAnimal(t), 16) // in the way of the third
	form := with(h.bookingForm(p, h.animal, 2), "every", "1", "times", "4")
	r := desk.send("/bookings", form)
	r.says(t, http.StatusConflict, "#booking-form .notice", h.dayAhead(16).Format("02-Jan-2006"))
	if r = desk.send("/bookings", with(form, "act", "skip")); r.status != http.StatusSeeOther {
		t.Fatalf("leaving out the day that is taken gives %d", r.status)
	}
	ids := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND series_id = $2`, h.tenant, id.MustParse(form.Get("new_id")))
	if ids != 3 {
		t.Errorf("%d were booked", ids)
	}
	var first id.ID
	if err := s.super.QueryRow(context.Background(), `SELECT id FROM app.appointments WHERE tenant_id = $1 AND series_id = $2 ORDER BY day LIMIT 1`, h.tenant, id.MustParse(form.Get("new_id"))).Scan(&first); err != nil {
		t.Fatal(err)
	}
	page := desk.get("/appointments/" + first.String() + "/cancellation")
	page.says(t, http.StatusOK, "#scope option", "This and those after it")
	cancel := with(htmltest.Form(t, page.body, "#cancellation-form"), "by_whom", "client", "reason", "Moved away", "scope", "all", "act", "cancel")
	if r := desk.send("/appointments/"+first.String()+"/cancellation", cancel); r.status != http.StatusSeeOther {
		t.Errorf("calling all off gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND series_id = $2 AND state = 'cancelled'`, h.tenant, id.MustParse(form.Get("new_id"))); n != 3 {
		t.Errorf("%d of three are called off", n)
	}
}

// Another clinic's rows in a booking are answered as nobody's are.
func TestAnotherClinicsRowsCannotBeBooked(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h, foreign := s.shop(t, "ash"), s.shop(t, "beech")
	p, theirs := h.plan(t), foreign.plan(t)
	desk := h.as(t, access.Receptionist)
	for name, value := range map[string]id.ID{"patient": foreign.animal, "type": theirs.kind, "with": theirs.vet, "pick": foreign.animal, "pick_client": foreign.client} {
		got := desk.send("/bookings", with(h.bookingForm(p, h.animal, 1), name, value.String()))
		want := desk.send("/bookings", with(h.bookingForm(p, h.animal, 1), name, id.New().String()))
		if got.status != want.status || got.status == http.StatusSeeOther || strings.Contains(got.body, "beech") || strings.Contains(got.body, "Biscuitbeech") {
			t.Errorf("%s of another clinic gives %d, nobody's %d", name, got.status, want.status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id IN ($1, $2)`, h.tenant, foreign.tenant); n != 0 {
		t.Errorf("%d appointments were made", n)
	}
	for _, path := range []string{"/bookings/new?patient=" + foreign.animal.String(), "/bookings/new?waitlist=" + id.New().String(), "/bookings/new?patient=x"} {
		if r := desk.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s gives %d", path, r.status)
		}
	}
}

// From nothing to waiting in one form; the same form sent twice makes one of each.
func TestSomebodyNewIsWrittenDownAndWaits(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "birdcherry")
	h.plan(t)
	desk := h.as(t, access.Receptionist)
	page := desk.get("/walk-ins/new")
	form := with(htmltest.Form(t, page.body, "#walk-in-form"), "client_name", "mara vogel", "phone", "07700 900888", "reason", "Bee sting", "first", "yes", "act", "save")
	r := desk.send("/walk-ins", form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "species")
	if got := htmltest.Form(t, r.body, "#walk-in-form"); got.Get("client_name") != "mara vogel" || got.Get("phone") != "07700 900888" || got.Get("first") != "yes" || got.Get("reason") != "Bee sting" {
		t.Errorf("what was typed is lost: %v", got)
	}
	form = with(form, "name", "Jasper", "species", "dog")
	for range 2 {
		if r := desk.send("/walk-ins", form); r.status != http.StatusSeeOther || r.location(t) != "/today" {
			t.Fatalf("a walk-in gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND walk_in AND urgent AND state = 'arrived' AND patient_id = $2 AND client_id = $3`, h.tenant, id.MustParse(form.Get("patient_id")), id.MustParse(form.Get("client_id"))); n != 1 {
		t.Errorf("%d wait", n)
	}
	desk.get("/clients/"+form.Get("client_id")).says(t, http.StatusOK, "h1", "Mara Vogel")
	// Somebody with the number of a client who is there already is asked about first.
	page = desk.get("/walk-ins/new")
	again := with(htmltest.Form(t, page.body, "#walk-in-form"), "client_name", "M Vogel", "phone", "07700 900888", "name", "Ida", "species", "cat", "act", "save")
	r = desk.send("/walk-ins", again)
	r.says(t, http.StatusUnprocessableEntity, "#alike", "Mara Vogel")
	// Of a known client one more animal.
	r = desk.send("/walk-ins", with(again, "pick_client", form.Get("client_id")))
	r.says(t, http.StatusOK, ".chosen", "Mara Vogel")
	if r = desk.send("/walk-ins", with(htmltest.Form(t, r.body, "#walk-in-form"), "name", "Ida", "species", "cat", "act", "save")); r.status != http.StatusSeeOther {
		t.Fatalf("one more animal gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	if n := s.count(t, `SELECT count(*) FROM app.clients WHERE tenant_id = $1`, h.tenant); n != 2 {
		t.Errorf("there are %d clients", n)
	}
	// Known, by one press.
	r = desk.send("/walk-ins", with(htmltest.Form(t, desk.get("/walk-ins/new").body, "#walk-in-form"), "pick", h.animal.String()))
	if r = desk.send("/walk-ins", with(htmltest.Form(t, r.body, "#walk-in-form"), "act", "save")); r.status != http.StatusSeeOther {
		t.Errorf("a known one gives %d", r.status)
	}
}
