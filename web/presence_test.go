package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/records"
)

// colleague is another vet of the clinic, signed in.
func (h *shop) colleague(t *testing.T) *browser {
	t.Helper()
	const name = "Dr Colleague"
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: name, Email: id.New().String() + "@x.example", Roles: []string{access.Veterinarian}})
		if err != nil {
			return err
		}
		p.State = identity.Active
		h.people[name] = p
		_, err = tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
		return err
	})
	return h.as(t, name)
}

// Who writes is seen live by those who may read notes, by name and part and never by a word; it ends with the window,
// by itself a minute after the last sign, and with the signature.
func TestWhoWritesIsSeenAndForgotten(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	draft, animal := h.draft(t, access.Veterinarian)
	path, page := "/drafts/"+draft.String(), "/patients/"+animal.String()
	vet, nurse, second := h.as(t, access.Veterinarian), h.as(t, access.Nurse), h.colleague(t)
	at := httptest.NewServer(s.handler)
	t.Cleanup(at.Close)
	ear := nurse.listenTo(t, at, "/live?since="+htmltest.Attr(t, nurse.get(page).body, "#live", "data-since"))
	deaf := h.as(t, access.Receptionist).listenTo(t, at, "/live")
	htmltest.Lacks(t, h.as(t, access.Receptionist).get(page).body, "#writing", "")
	window := htmltest.Form(t, vet.get(page).body, "#draft").Get("window")
	says := func(what string, part string) {
		t.Helper()
		if r := vet.send(path+"/presence", url.Values{"window": {window}, "part": {part}}); r.status != http.StatusNoContent || r.body != "" {
			t.Fatalf("%s: %d %q", what, r.status, r.body)
		}
	}
	name := h.people[access.Veterinarian].Name
	says("begun", "plan")
	ear.hears(t, "writing-changed")
	nobody := func(what string) {
		t.Helper()
		if r := nurse.get(page + "/writing"); r.status != http.StatusOK || strings.TrimSpace(r.body) != "" {
			t.Errorf("%s the fragment says %d %q", what, r.status, r.body)
		}
		htmltest.Lacks(t, nurse.get(page).body, "#writing .notice", "")
	}
	for _, b := range []*browser{nurse, second} {
		htmltest.Has(t, b.get(page).body, "#writing", name+" is writing here")
		fragment := b.get(page + "/writing")
		fragment.says(t, http.StatusOK, "p", "at Plan")
		for _, text := range []string{soap.Subjective, soap.Objective, soap.Assessment, soap.Plan} {
			if strings.Contains(fragment.body, text) {
				t.Errorf("the fragment holds %q", text)
			}
		}
	}
	// The window itself is not told of itself, another of the same person is.
	if r := vet.get(page + "/writing?window=" + window); strings.TrimSpace(r.body) != "" {
		t.Errorf("a window hears of itself: %s", r.body)
	}
	vet.get(page+"/writing?window="+newID()).says(t, http.StatusOK, "p", "open in another window")
	htmltest.Has(t, vet.get(page).body, "#writing", "open in another window")

	// Where in the note it is follows; the same again tells nobody.
	says("another part", "vitals")
	ear.hears(t, "writing-changed")
	nurse.get(page+"/writing").says(t, http.StatusOK, "p", "at Vital signs")
	s.clock.Advance(50 * time.Second)
	says("still there", "vitals")
	s.clock.Advance(50 * time.Second)
	nurse.get(page+"/writing").says(t, http.StatusOK, "p", "is writing here")
	s.clock.Advance(11 * time.Second)
	nobody("a minute after the last sign")
	says("back again", "vitals")
	ear.hears(t, "writing-changed")
	says("left", "")
	ear.hears(t, "writing-changed")
	nobody("after leaving")
	says("begun again", "plan")
	if r := vet.send(path+"/signature", with(noteForm(), "version", "2", "patient", animal.String())); r.location(t) != "/notes/"+draft.String() {
		t.Fatal(r.status)
	}
	nobody("after the signature")
	if n := s.count(t, `SELECT count(*) FROM app.presences WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d lines of presence are left", n)
	}
	if r := vet.send(path+"/presence", url.Values{"window": {window}, "part": {"plan"}}); r.status != http.StatusNotFound {
		t.Errorf("at a signed note: %d", r.status)
	}
	deaf.hangUp()
	for e := range deaf.events {
		if e == "writing-changed" {
			t.Error("reception is told that somebody writes")
		}
	}
	if strings.Contains(s.log.String(), name) || strings.Contains(s.log.String(), window) {
		t.Error("the log says who writes where")
	}
}

// Nobody is present in another's note, in a part there is none of, or by another note's window; and one who says
// nothing but that is no activity.
func TestPresenceIsOnesOwn(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	draft, _ := s.a.draft(t, access.Veterinarian)
	other, _ := s.a.draft(t, access.Veterinarian)
	vet, second := s.a.as(t, access.Veterinarian), s.a.colleague(t)
	form := func(window, part string) url.Values { return url.Values{"window": {window}, "part": {part}} }
	window := newID()
	if r := vet.send("/drafts/"+other.String()+"/presence", form(window, "plan")); r.status != http.StatusNoContent {
		t.Fatal(r.status)
	}
	before := s.a.present(t, draft)
	for what, c := range map[string]struct {
		by     *browser
		form   url.Values
		status int
	}{
		"another vet":           {second, form(newID(), "plan"), http.StatusForbidden},
		"another vet, leaving":  {second, form(window, ""), http.StatusForbidden},
		"the nurse":             {s.a.as(t, access.Nurse), form(newID(), "plan"), http.StatusForbidden},
		"another clinic":        {s.b.as(t, access.Veterinarian), form(newID(), "plan"), http.StatusNotFound},
		"a part there is not":   {vet, form(newID(), "secret words"), http.StatusNotFound},
		"no window":             {vet, form("", "plan"), http.StatusNotFound},
		"another note's window": {vet, form(window, "plan"), http.StatusNotFound},
	} {
		if r := c.by.send("/drafts/"+draft.String()+"/presence", c.form); r.status != c.status {
			t.Errorf("%s: %d, want %d", what, r.status, c.status)
		}
	}
	if now := s.a.present(t, draft); before != 0 || now != 0 {
		t.Errorf("%d are present", now)
	}
	if s.a.present(t, other) != 1 {
		t.Error("the window was taken from its note")
	}
	vet.send("/lock", url.Values{})
	if r := vet.post("/drafts/"+other.String()+"/presence", with(form(window, "plan"), "csrf", vet.token())); r.status != http.StatusUnauthorized {
		t.Errorf("from a locked session: %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM app.kept_forms WHERE tenant_id = $1 AND person_id = $2`, s.a.tenant, s.a.people["Dr Colleague"].ID); n != 0 {
		t.Errorf("%d forms of presence are kept", n)
	}
	if _, err := s.super.Exec(t.Context(), `UPDATE app.presences SET part = 'a word of the note' WHERE draft_id = $1`, other); err == nil {
		t.Error("the database takes a text for a part")
	}
	for part := range strings.FieldsSeq(strings.Join(records.Parts, " ")) {
		if _, err := s.super.Exec(t.Context(), `UPDATE app.presences SET part = $2 WHERE draft_id = $1`, other, part); err != nil {
			t.Errorf("the database does not know %s", part)
		}
	}
}

func (h *shop) present(t *testing.T, draft id.ID) int {
	t.Helper()
	return h.site.count(t, `SELECT count(*) FROM app.presences WHERE draft_id = $1`, draft)
}
