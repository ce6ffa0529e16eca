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
	"paddock/internal/registry"
)

// newNumber puts a tag of its own on an animal.
func (h *shop) newNumber(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.AddIdentifier(ctx, tx, h.keys, row, animal, registry.Identifier{Kind: "tag", Number: row.String()}, false)
	})
	return row
}

// As a browser without script does: a chip is typed twice, warned about, shown, and ended.
func TestNumbersAreAddedWarnedAboutAndEnded(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	owner := s.a.called(t, "Numbers")
	first, second := s.a.ownedBy(t, owner), s.a.ownedBy(t, owner)
	path := "/patients/" + first.String()
	nurse := s.a.as(t, access.Nurse)
	htmltest.Has(t, nurse.get(path).body, "a[href$='/identifiers']", "Add a number")

	page := nurse.get(path + "/identifiers")
	r := nurse.submit(page, "#number-form", map[string]string{"number": "826 000-000 123 45", "again": "", "given_on": "3 Jan 2020", "site": "left neck"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "this has 14")
	r = nurse.submit(r, "#number-form", map[string]string{"number": "826 000-000 123 456"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Type the chip number again")
	r = nurse.submit(r, "#number-form", map[string]string{"again": "826000000123465"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "not the same")
	form := htmltest.Form(t, r.body, "#number-form")
	if form.Get("number") != "826 000-000 123 456" || form.Get("site") != "left neck" || form.Get("given_on") != "3 Jan 2020" || form.Get("kind") != "chip" {
		t.Errorf("a refusal loses what was typed: %v", form)
	}
	if to := nurse.submit(r, "#number-form", map[string]string{"again": "826000000123456"}).location(t); to != path {
		t.Errorf("after saving comes %s", to)
	}
	page = nurse.get(path)
	htmltest.Has(t, page.body, ".banner", "826 000 000 123 456")
	htmltest.Has(t, page.body, ".c-side .facts", "03-Jan-2020, left neck")

	// The same on another animal warns, names it, and is saved when somebody says so.
	other := "/patients/" + second.String() + "/identifiers"
	r = nurse.send(other, url.Values{"new_id": {id.New().String()}, "kind": {"chip"}, "number": {"826000000123456"}, "scanned": {"yes"}})
	r.says(t, http.StatusUnprocessableEntity, ".notice a[href='"+path+"']", "Biscuit")
	form = htmltest.Form(t, r.body, "#number-form")
	if form.Get("scanned") != "yes" || form.Has("anyway") {
		t.Errorf("the warning holds %v", form)
	}
	if r = nurse.send(other, with(form, "anyway", "yes")); r.status != http.StatusSeeOther {
		t.Fatalf("anyway: %d", r.status)
	}
	if r = nurse.send(other, with(form, "anyway", "yes")); r.status != http.StatusSeeOther {
		t.Errorf("a second sending: %d", r.status)
	}

	page = nurse.get(other)
	htmltest.Count(t, page.body, ".numbered", 1)
	action := htmltest.Attr(t, page.body, ".numbered form", "action")
	if r = nurse.send(action, url.Values{}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("ended for no reason: %d", r.status)
	}
	if to := nurse.send(action, url.Values{"as": {"in-error"}}).location(t); to != other {
		t.Errorf("after ending comes %s", to)
	}
	page = nurse.get(other)
	htmltest.Has(t, page.body, ".numbered.gone", "Entered in error")
	htmltest.Lacks(t, page.body, ".banner", "826 000 000 123 456")
}
