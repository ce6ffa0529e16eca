package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/registry"
)

// A day is shown before it is closed, and what closed too early is opened again by the practice admin.
func TestADayIsLookedAtBeforeItIsClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	invoice, client := s.a.issued(t)
	s.a.deposit(t, client)
	desk, admin := s.a.as(t, access.Receptionist), s.a.as(t, access.PracticeAdmin)
	form := with(htmltest.Form(t, desk.get("/till").body, "#till-form"), "cash", "19", "card", "0", "transfer", "0")
	desk.post("/till", form).says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why it differs")
	form.Set("reason", "A pound is missing")
	sure := desk.post("/till", form)
	sure.says(t, http.StatusOK, "#till-form", "£19.00 counted, £20.00 expected")
	back := desk.post("/till", with(htmltest.Form(t, sure.body, "#till-form"), "act", "count"))
	if got := htmltest.Form(t, back.body, "#till-form"); got.Get("cash") != "19" || got.Get("reason") != "A pound is missing" {
		t.Errorf("counted again from %v", got)
	}
	desk.post("/till", with(htmltest.Form(t, sure.body, "#till-form"), "act", "close")).location(t)
	closed := desk.get("/till")
	closed.says(t, http.StatusOK, "main", "to open it again")

	account := desk.get("/clients/" + client.String() + "/account?bill=" + invoice.String())
	account.says(t, http.StatusOK, "#account-form", "The till of today is closed")
	kept := desk.post("/clients/"+client.String()+"/payments", with(htmltest.Form(t, account.body, "#account-form"), "act", "pay", "way", "card", "amount", "46.8"))
	kept.says(t, http.StatusConflict, "#mistakes", "nothing was taken")
	if got := htmltest.Form(t, kept.body, "#account-form").Get("amount"); got != "46.8" {
		t.Errorf("the amount came back as %q", got)
	}

	path := htmltest.Attr(t, admin.get("/till").body, "main a[href$='/reopening']", "href")
	if r := desk.get(path); r.status != http.StatusForbidden {
		t.Errorf("the receptionist opens a closed day: %d", r.status)
	}
	page := admin.get(path)
	admin.submit(page, "form[action$='/reopening']", map[string]string{"reason": ""}).says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why")
	admin.submit(page, "form[action$='/reopening']", map[string]string{"reason": "A payment forgotten"}).location(t)
	admin.get("/till").says(t, http.StatusOK, "main", "A payment forgotten")
	desk.post("/clients/"+client.String()+"/payments", with(htmltest.Form(t, kept.body, "#account-form"), "act", "pay", "way", "card")).location(t)
	if r := desk.get("/till?day=" + s.a.today().AddDate(0, 0, 3).Format(time.DateOnly)); r.status != http.StatusNotFound {
		t.Errorf("a day to come: %d", r.status)
	}
}

// The letterhead stands on what is issued after it, and bad input comes back as it was typed.
func TestALetterheadHeadsWhatIsIssuedFromThenOn(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	before, _ := s.a.issued(t)
	admin := s.a.as(t, access.PracticeAdmin)
	page := admin.get("/letterhead")
	page.says(t, http.StatusOK, "main", "Enter the letterhead before you issue more")
	bad := admin.submit(page, "#letterhead-form", map[string]string{"name": "Quarry Vets Ltd", "email": "nobody", "address": "1 Lane\nYork"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter an e-mail address")
	if got := htmltest.Form(t, bad.body, "#letterhead-form"); got.Get("name") != "Quarry Vets Ltd" || !strings.Contains(got.Get("address"), "York") {
		t.Errorf("it came back as %v", got)
	}
	admin.submit(bad, "#letterhead-form", map[string]string{"email": "desk@quarry.example"}).location(t)
	admin.get("/letterhead").says(t, http.StatusOK, "main", "You charge VAT, and no VAT number")
	admin.submit(admin.get("/letterhead"), "#letterhead-form", map[string]string{"tax_number": "GB 000 0000 00"}).location(t)
	after, _ := s.a.issued(t)
	admin.get("/invoices/"+after.String()).says(t, http.StatusOK, ".paper .from", "VAT number GB 000 0000 00")
	if r := admin.get("/invoices/" + before.String()); strings.Contains(r.body, "Quarry Vets Ltd") {
		t.Error("what was issued before has the new letterhead")
	}
	stale := admin.submit(page, "#letterhead-form", map[string]string{"name": "Other Ltd"})
	stale.says(t, http.StatusUnprocessableEntity, "#mistakes", "while you were writing")
	if r := s.b.as(t, access.PracticeAdmin).get("/letterhead"); strings.Contains(r.body, "Quarry Vets Ltd") {
		t.Error("another clinic is shown it")
	}
}

// Two who share a bill pay at once, each in their own way, and each has an invoice.
func TestSeveralPayersPayAtOnce(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	one, animal := s.a.patron(t)
	two := s.a.newClient(t)
	s.a.write(t, s.a.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.SetOwners(ctx, tx, s.a.keys, animal, 1, []registry.Bond{
			{Client: one, Role: registry.RoleOwner, Share: 5000}, {Client: two, Role: registry.RoleOwner, Share: 5000},
		})
	})
	visit, _ := s.a.readyToGo(t, animal)
	desk, path := s.a.as(t, access.Receptionist), "/visits/"+visit.String()
	form := htmltest.Form(t, desk.get(path+"/check-out").body, "#pay-form")
	form = with(form, "act", "pay", "way_"+one.String(), "card", "way_"+two.String(), "cash", "amount_"+two.String(), "100")
	bad := desk.post(path+"/invoices", form)
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "That is more than the £23.40 to pay")
	form = htmltest.Form(t, bad.body, "#pay-form")
	if form.Get("amount_"+two.String()) != "100" || form.Get("way_"+two.String()) != "cash" {
		t.Errorf("the form came back as %v", form)
	}
	form = with(form, "act", "pay", "amount_"+two.String(), "23.40")
	desk.post(path+"/invoices", form).location(t)
	desk.post(path+"/invoices", form).location(t) // pressed twice
	page := desk.get(path + "/check-out")
	htmltest.Count(t, page.body, "main ul.list a[href^='/invoices/'] b", 2)
	page.says(t, http.StatusOK, "main", "nothing of this visit is left to pay")
	for _, client := range []string{one.String(), two.String()} {
		desk.get("/clients/"+client+"/account").says(t, http.StatusOK, ".balance", "Owes nothing")
	}
}
