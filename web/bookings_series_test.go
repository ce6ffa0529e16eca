package web_test

import (
	"context"
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

// of is an appointment of a series that stands, the n-th by its day.
func (h *shop) of(t *testing.T, series string, n int) (row id.ID) {
	t.Helper()
	err := h.site.super.QueryRow(context.Background(), `SELECT id FROM app.appointments WHERE tenant_id = $1 AND series_id = $2 AND state = 'booked'
		ORDER BY day, id OFFSET $3 LIMIT 1`, h.tenant, id.MustParse(series), n).Scan(&row)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// led is the page that an act leads to, with what it says.
func (b *browser) led(t *testing.T, path string, form url.Values) (to, said string) {
	t.Helper()
	r := b.send(path, form)
	to = r.location(t)
	return to, strings.Join(htmltest.Texts(t, b.get(to).body, "[data-toast]"), " ")
}

// A series that is refused for a later day says which, offers no time that would begin it elsewhere, and says afterwards what
// was left out.
func TestASeriesSaysWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "arbutus")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	h.booked(t, p, h.newAnimal(t), 16)
	form := with(h.bookingForm(p, h.animal, 2), "every", "1", "times", "4")
	r := desk.send("/bookings", form)
	r.says(t, http.StatusConflict, "#booking-form .notice", "leave out such days")
	htmltest.Lacks(t, r.body, "#booking-offer .chip", "")
	htmltest.Lacks(t, r.body, "#booking-offer", "Nothing is free")
	_, said := desk.led(t, "/bookings", with(form, "act", "skip"))
	if want := "Booked 3 times. Left out: " + h.dayAhead(16).Format("Mon 02-Jan-2006"); !strings.Contains(said, want) {
		t.Errorf("it says %q, not %q", said, want)
	}

	// A closed day is left out like a taken one.
	admin := h.as(t, access.PracticeAdmin)
	closed := with(htmltest.Form(t, admin.get("/blocks").body, "form[action='/blocks']"), "kind", "closed", "words", "Inventory", "day", h.dayAhead(10).Format("02-Jan-2006"))
	if r := admin.send("/blocks", closed); r.status != http.StatusSeeOther {
		t.Fatalf("closing a day gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	// What is not offered stands behind what is booked over it all the same.
	htmltest.Has(t, desk.get("/today?day="+h.dayAhead(10).Format(time.DateOnly)).body, ".col li.is-block .hatch", "Inventory")
	form = with(h.bookingForm(p, h.animal, 3), "every", "1", "times", "3")
	r = desk.send("/bookings", form)
	r.says(t, http.StatusConflict, "#booking-form .notice", "On "+h.dayAhead(10).Format("Mon 02-Jan-2006")+", this is while the clinic is closed: Inventory")
	htmltest.Has(t, r.body, "button[value=skip]", "not offered")
	if _, said := desk.led(t, "/bookings", with(form, "act", "skip")); !strings.Contains(said, "Booked 2 times.") {
		t.Errorf("it says %q", said)
	}
}

// One of a series is moved, or with those after it, or all; the page says how many and shows the day of the one that was meant.
// A conflict further on names its day, and no times of that day are offered for this one.
func TestASeriesIsMovedAndCalledOff(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "aronia")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	form := with(h.bookingForm(p, h.animal, 2), "every", "1", "times", "6")
	series := form.Get("new_id")
	if r := desk.send("/bookings", form); r.status != http.StatusSeeOther {
		t.Fatalf("booking gives %d", r.status)
	}
	move := func(n int, set ...string) (string, url.Values) {
		path := "/appointments/" + h.of(t, series, n).String() + "/time"
		page := desk.get(path)
		page.says(t, http.StatusOK, "#scope option", "All that are still to come")
		return path, with(htmltest.Form(t, page.body, "#move-form"), set...)
	}
	starts := func() (out []string) {
		t.Helper()
		rows, err := s.super.Query(context.Background(), `SELECT day, start_minute FROM app.appointments WHERE tenant_id = $1 AND series_id = $2 AND state = 'booked' ORDER BY day`, h.tenant, id.MustParse(series))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var day time.Time
			var start int
			if err := rows.Scan(&day, &start); err != nil {
				t.Fatal(err)
			}
			out = append(out, day.Format("2")+"@"+time.Time{}.Add(time.Duration(start)*time.Minute).Format("15:04"))
		}
		return out
	}
	want := func(times ...string) {
		t.Helper()
		var all []string
		for i, one := range times {
			all = append(all, h.dayAhead(2+7*i).Format("2")+"@"+one)
		}
		if got := starts(); strings.Join(got, " ") != strings.Join(all, " ") {
			t.Errorf("they stand at %v, not %v", got, all)
		}
	}

	path, typed := move(1, "at", "11:00", "scope", "this")
	if _, said := desk.led(t, path, typed); !strings.Contains(said, "Moved.") {
		t.Errorf("it says %q", said)
	}
	want("10:00", "11:00", "10:00", "10:00", "10:00", "10:00")

	path, typed = move(3, "at", "12:00", "scope", "following")
	to, said := desk.led(t, path, typed)
	if !strings.Contains(said, "2 more of the series") || !strings.Contains(to, h.dayAhead(23).Format(time.DateOnly)) {
		t.Errorf("it leads to %s and says %q", to, said)
	}
	want("10:00", "11:00", "10:00", "12:00", "12:00", "12:00")

	other := h.booked(t, p, h.newAnimal(t), 30) // at 10:00 of the fifth day
	path, typed = move(2, "at", "10:00", "scope", "all")
	r := desk.send(path, typed)
	r.says(t, http.StatusConflict, "#move-form .notice", "taken on "+h.dayAhead(30).Format("Mon 02-Jan-2006"))
	htmltest.Lacks(t, r.body, "#move-form .chip", "")
	htmltest.Lacks(t, r.body, "#move-form", "Nothing else is free")
	want("10:00", "11:00", "10:00", "12:00", "12:00", "12:00")
	if h.stateOf(t, other) != scheduling.Booked {
		t.Error("the one in the way is gone")
	}

	path, typed = move(2, "at", "13:00", "scope", "all")
	to, said = desk.led(t, path, typed)
	if !strings.Contains(said, "5 more of the series") || !strings.Contains(to, h.dayAhead(16).Format(time.DateOnly)) {
		t.Errorf("it leads to %s and says %q", to, said)
	}
	want("13:00", "13:00", "13:00", "13:00", "13:00", "13:00")

	cancel := func(n int, scope string) string {
		path := "/appointments/" + h.of(t, series, n).String() + "/cancellation"
		form := with(htmltest.Form(t, desk.get(path).body, "#cancellation-form"), "by_whom", "client", "reason", "Better", "scope", scope, "act", "cancel")
		_, said := desk.led(t, path, form)
		return said
	}
	if said := cancel(1, "this"); !strings.Contains(said, "Called off.") || len(starts()) != 5 {
		t.Errorf("%d are left: %q", len(starts()), said)
	}
	if said := cancel(3, "following"); !strings.Contains(said, "Called off 2 bookings.") || len(starts()) != 3 {
		t.Errorf("%d are left: %q", len(starts()), said)
	}
	if said := cancel(2, "all"); !strings.Contains(said, "Called off 3 bookings.") || len(starts()) != 0 {
		t.Errorf("%d are left: %q", len(starts()), said)
	}
}

// A series keeps its time on the clinic's clock when clocks change in the middle; a time that comes twice is asked about.
func TestBookingsAcrossAChangeOfClocks(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "ashkey")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	change := changes(t, h.today(), -time.Hour)
	form := with(h.bookingForm(p, h.animal, 2), "day", change.AddDate(0, 0, -7).Format("2-Jan-2006"), "at", "10:00", "every", "1", "times", "3")
	if r := desk.send("/bookings", form); r.status != http.StatusSeeOther {
		t.Fatalf("booking gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND series_id = $2 AND start_minute = 600 AND (starts_at AT TIME ZONE 'Europe/London')::time = '10:00'`,
		h.tenant, id.MustParse(form.Get("new_id")))
	if n != 3 {
		t.Errorf("%d of three begin at ten", n)
	}

	night := with(h.bookingForm(p, h.newAnimal(t), 2), "day", change.Format("2-Jan-2006"), "at", "1:30")
	desk.send("/bookings", night).says(t, http.StatusUnprocessableEntity, "#mistakes", "which of the two")
	r := desk.send("/bookings", night)
	htmltest.Has(t, r.body, "#second option", "After the clocks go back")
	if r := desk.send("/bookings", with(night, "second", "yes")); r.status != http.StatusSeeOther {
		t.Fatalf("booking the second gives %d: %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	row := id.MustParse(night.Get("new_id"))
	utc := func() string {
		var at time.Time
		if err := s.super.QueryRow(context.Background(), `SELECT starts_at FROM app.appointments WHERE tenant_id = $1 AND id = $2`, h.tenant, row).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at.UTC().Format("15:04")
	}
	if utc() != "01:30" {
		t.Errorf("the second begins at %s UTC", utc())
	}
	path := "/appointments/" + row.String() + "/time"
	page := desk.get(path)
	moving := htmltest.Form(t, page.body, "#move-form")
	if moving.Get("second") != "yes" {
		t.Errorf("the form says %q of which it is", moving.Get("second"))
	}
	if r := desk.send(path, with(moving, "second", "no")); r.status != http.StatusSeeOther || utc() != "00:30" {
		t.Errorf("moving to the first gives %d, and %s UTC", r.status, utc())
	}
}

// changes is the next day on which London's clocks change by so much.
func changes(t *testing.T, from time.Time, by time.Duration) time.Time {
	t.Helper()
	for day := from.AddDate(0, 0, 9); day.Before(from.AddDate(2, 0, 0)); day = day.AddDate(0, 0, 1) {
		start, _ := scheduling.Instant(day, 0, london, false)
		end, _ := scheduling.Instant(day, 24*60, london, false)
		if end.Sub(start) == 24*time.Hour-by {
			return day
		}
	}
	t.Fatal("clocks do not change")
	return from
}

// What the form filled in by itself is no choice: everybody's times stay on offer until a day, a time or a person is chosen.
func TestOffersStayWideUntilSomethingIsChosen(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "aspenwood")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	admin := h.as(t, access.PracticeAdmin)
	if r := admin.send("/resources", url.Values{"new_id": {id.New().String()}, "kind": {scheduling.Vet}, "name": {"Dr Fir"}, "position": {"4"}}); r.status != http.StatusSeeOther {
		t.Fatalf("a second vet gives %d", r.status)
	}
	chips := func(body string) string { return strings.Join(htmltest.Texts(t, body, "#booking-offer .chip"), ", ") }
	page := desk.get("/bookings/new")
	first := chips(page.body)
	if !strings.Contains(first, "Dr Yew") || !strings.Contains(first, "Dr Fir") {
		t.Fatalf("offered is %q", first)
	}
	form := htmltest.Form(t, page.body, "#booking-form")
	picked := desk.send("/bookings", with(form, "pick", h.animal.String()))
	if got := chips(picked.body); got != first {
		t.Errorf("after the patient was picked %q is offered, not %q", got, first)
	}
	form = htmltest.Form(t, picked.body, "#booking-form")
	later := h.today().Format(time.DateOnly) // any slot will do: it was pressed
	slot := desk.send("/bookings", with(form, "slot", later+" 1425 "+p.vet.String()))
	if got := chips(slot.body); got != first {
		t.Errorf("after a time was pressed %q is offered, not %q", got, first)
	}
	chosen := desk.send("/bookings", with(form, "with", p.vet.String(), "at", "0900", "day", "+3d", "act", "free"))
	if got := chips(chosen.body); strings.Contains(got, "Dr Fir") || !strings.Contains(got, "09:00 Dr Yew") {
		t.Errorf("of a person, a day and a time that were chosen %q is offered", got)
	}
}
