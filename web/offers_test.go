package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// theatre gives a planned shop a theatre with a surgeon, an operation that needs one, and what a nurse does.
func (h *shop) theatre(t *testing.T) (theatre, surgeon, operation, clip id.ID) {
	t.Helper()
	theatre, surgeon, operation, clip = id.New(), id.New(), id.New(), id.New()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		for _, one := range []struct {
			row id.ID
			scheduling.Resource
		}{
			{theatre, scheduling.Resource{Kind: scheduling.Theatre, Name: "Theatre", Position: 8}},
			{surgeon, scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Holly", Room: theatre, Position: 4}},
		} {
			if err := scheduling.AddResource(ctx, tx, h.keys, one.row, one.Resource); err != nil {
				return err
			}
		}
		for row, kind := range map[id.ID]scheduling.Type{
			operation: {Name: "Operation", Minutes: 60, Colour: "violet", Needs: scheduling.NeedsVet, NeedsRoom: scheduling.Theatre, Position: 20},
			clip:      {Name: "Claws", Minutes: 15, Colour: "blue", Needs: scheduling.NeedsNurse, Position: 21},
		} {
			if err := scheduling.AddType(ctx, tx, h.keys, row, kind); err != nil {
				return err
			}
		}
		return nil
	})
	return theatre, surgeon, operation, clip
}

// asked are the headers of a form that htmx sends for a part of the page.
var asked = []string{"HX-Request", "true", "HX-Request-Type", "partial"}

// attrs are one attribute of all that a selector finds.
func attrs(t *testing.T, body, selector, name string) (out []string) {
	t.Helper()
	htmltest.Parse(t, body).Find(selector).Each(func(_ int, s *goquery.Selection) { out = append(out, s.AttrOr(name, "")) })
	return out
}

// names are the options of a choice that name somebody.
func names(t *testing.T, body, choice string) []string {
	t.Helper()
	return slices.DeleteFunc(htmltest.Texts(t, body, choice+" option"), func(s string) bool { return strings.HasPrefix(s, "Anybody") })
}

func TestOnlyThoseWhoTakeATypeAreOfferedForIt(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "offer-medlar")
	p := h.plan(t)
	theatre, surgeon, operation, clip := h.theatre(t)
	desk := h.as(t, access.Receptionist)
	day := h.dayAhead(3).Format("2006-01-02")
	page := desk.get("/bookings/new?patient=" + h.animal.String() + "&type=" + p.kind.String() + "&day=" + day + "&at=10:00")
	if got := names(t, page.body, "#booking-form #with"); !slices.Equal(got, []string{"Dr Yew"}) {
		t.Errorf("a consult can be chosen with %q", got)
	}
	if got := htmltest.Texts(t, page.body, "#booking-offer .chip"); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return !strings.HasSuffix(s, "Dr Yew") }) {
		t.Errorf("a consult is offered at %q", got)
	}
	// Where the type becomes another, so do those who take it: nobody is asked for any more who does not.
	form := with(htmltest.Form(t, page.body, "#booking-form"), "type", operation.String(), "with", p.nurse.String(), "act", "offer")
	part := desk.raw(http.MethodPost, "/bookings", form, asked...)
	if got := names(t, part.body, "[hx-target='#booking-form #with']"); !slices.Equal(got, []string{"Dr Yew", "Dr Holly"}) {
		t.Errorf("an operation can be chosen with %q: %s", got, part.body)
	}
	htmltest.Has(t, part.body, ".chip", "Dr Holly")
	part = desk.raw(http.MethodPost, "/bookings", with(form, "type", clip.String()), asked...)
	if got := names(t, part.body, "[hx-target='#booking-form #with']"); !slices.Equal(got, []string{"Dr Yew", "Nurse Elm", "Dr Holly"}) && !slices.Equal(got, []string{"Dr Yew", "Nurse Elm"}) {
		t.Errorf("claws can be chosen with %q", got)
	}
	// From a column of the theatre begins what needs one, with whose theatre it is.
	rooms := desk.get("/today?view=rooms&day=" + day)
	hrefs := attrs(t, rooms.body, ".col[data-with='"+theatre.String()+"'] a.free", "href")
	if len(hrefs) == 0 || !strings.Contains(hrefs[0], "with="+surgeon.String()) {
		t.Fatalf("the theatre is booked by %q", hrefs)
	}
	begun := desk.get(hrefs[0]).body
	if chosen := htmltest.Text(t, begun, "#booking-form #type option[selected]"); chosen != "Operation, 60 min" {
		t.Errorf("in the theatre it begins with %q", chosen)
	}
	if got := htmltest.Form(t, begun, "#booking-form"); got.Get("with") != surgeon.String() {
		t.Errorf("it begins with %v", got)
	}
	// Who was chosen and cannot is refused in words, with everything kept.
	r := desk.send("/bookings", with(htmltest.Form(t, page.body, "#booking-form"), "with", p.nurse.String(), "reason", line, "act", "book"))
	r.says(t, http.StatusUnprocessableEntity, "#with-mistake", "Consult needs a vet")
	if kept := htmltest.Form(t, r.body, "#booking-form"); kept.Get("reason") != line || kept.Get("with") != p.nurse.String() {
		t.Errorf("what was typed is lost: %v", kept)
	}
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		for _, one := range []id.ID{p.vet, surgeon} {
			if err := scheduling.EndResource(ctx, tx, h.desk(), one); err != nil {
				return err
			}
		}
		return nil
	})
	desk.get("/bookings/new?type="+p.kind.String()).says(t, http.StatusOK, "#booking-offer", "Consult needs a vet, and the schedule has none.")
}

func TestAMoveOffersOtherTimesThanThePresentOne(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "offer-quince")
	p := h.plan(t)
	row := h.booked(t, p, h.animal, 3)
	desk := h.as(t, access.Receptionist)
	page := desk.get("/appointments/" + row.String() + "/time")
	chips := attrs(t, page.body, "#move-form button[name=slot]", "value")
	present := h.dayAhead(3).Format("2006-01-02") + " 10:00 " + p.vet.String()
	if len(chips) != 5 || slices.Contains(chips, present) {
		t.Errorf("it offers %q, and is at %q", chips, present)
	}
	if got := names(t, page.body, "#move-form #with"); !slices.Equal(got, []string{"Dr Yew"}) {
		t.Errorf("it can be moved to %q", got)
	}
}

func TestWhoWaitsIsOfferedTheNextThreeTimesThatFit(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "offer-sorrel")
	p := h.plan(t)
	desk := h.as(t, access.Receptionist)
	form := htmltest.Form(t, desk.get("/waitlist?patient="+h.animal.String()).body, "#wait-form")
	r := desk.send("/waitlist", with(form, "type", p.kind.String(), "first", "+2d", "from", "14:00", "to", "15:00", "act", "save"))
	if r.status != http.StatusSeeOther {
		t.Fatalf("it gives %d: %.400s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	page := desk.get("/waitlist")
	page.says(t, http.StatusOK, ".waits", "14:00–15:00")
	hrefs := attrs(t, page.body, ".waits a[href^='/bookings/new']", "href")
	var at []string
	for _, one := range hrefs {
		u, err := url.Parse(one)
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, u.Query().Get("at"))
	}
	if !slices.Equal(at, []string{"14:00", "14:15", "14:30"}) {
		t.Errorf("it is offered %q", at)
	}
	// The day says where it fits, and who is booked there is off the list.
	grid := desk.get("/today?day=" + h.dayAhead(2).Format("2006-01-02"))
	if got := htmltest.Texts(t, grid.body, ".free.fits"); len(got) != 1 || !strings.Contains(got[0], "1 waiting fits") || !strings.Contains(got[0], "14:00") {
		t.Errorf("it fits at %q", got)
	}
	booking := htmltest.Form(t, desk.get(hrefs[1]).body, "#booking-form")
	if r := desk.send("/bookings", with(booking, "act", "book")); r.status != http.StatusSeeOther {
		t.Fatalf("booking gives %d", r.status)
	}
	htmltest.Lacks(t, desk.get("/waitlist").body, ".waits", "")
}
