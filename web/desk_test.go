package web_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// What is said after a payment is what is so: how much is left, what change is given; and the receipt names the bill.
func TestAPaymentSaysWhatIsLeftAndWhatItIsFor(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk := s.a.as(t, access.Receptionist)
	pay := func(set ...string) (said, page string) {
		t.Helper()
		visit, _, _ := s.a.readyVisit(t)
		path := "/visits/" + visit.String()
		form := with(htmltest.Form(t, desk.get(path+"/check-out").body, "#pay-form"), append([]string{"act", "pay"}, set...)...)
		to, said := desk.led(t, path+"/invoices", form)
		return said, desk.get(to).body
	}
	said, page := pay("way", "split", "part_card", "80", "part_cash", "7")
	if !strings.Contains(said, "Issued. £20.00 of it is still to pay.") {
		t.Errorf("it says %q", said)
	}
	invoice := desk.get(attrs(t, page, "main ul.list a[href^='/invoices/']", "href")[0])
	number := strings.TrimPrefix(htmltest.Texts(t, invoice.body, "h1")[0], "Invoice ")
	receipt := desk.get(attrs(t, invoice.body, "main a[href^='/payments/']", "href")[0])
	receipt.says(t, http.StatusOK, "main", "of it is for invoice "+number+".")

	if said, _ := pay("way", "cash", "amount", "107.00", "given", "120"); !strings.Contains(said, "Issued and paid. Handed over £120.00, change £13.00.") {
		t.Errorf("it says %q", said)
	}
}

// An animal that nobody owns has a bill all the same: the page says who is missing, and leads to where an owner is linked.
func TestTheBillOfAnAnimalWithoutAnOwnerIsSeen(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	stray := id.New()
	s.a.write(t, s.a.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, s.a.keys, stray, id.ID{}, registry.Patient{Name: "Stray", Species: "cat", Sex: "unknown", Neutered: "unknown"})
	})
	visit, _ := s.a.readyToGo(t, stray)
	desk := s.a.as(t, access.Receptionist)
	page := desk.get("/visits/" + visit.String() + "/check-out")
	page.says(t, http.StatusOK, "main", "Nobody is known who pays for Stray.")
	if href := htmltest.Attr(t, page.body, "section[aria-labelledby=payer] a.btn", "href"); href != "/patients/"+stray.String()+"/owners" {
		t.Errorf("it leads to %s", href)
	}
	htmltest.Lacks(t, page.body, "#pay-form", "")
}

// The lists of bills are fetched again for whom they are shown to, as they were asked for.
func TestTheListsOfBillsAreFetchedAgain(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.a.issued(t)
	desk := s.a.as(t, access.Receptionist)
	page := desk.get("/invoices?state=unpaid")
	if trigger := htmltest.Attr(t, page.body, "#bills", "hx-trigger"); !strings.HasPrefix(trigger, "bills-changed from:#live") {
		t.Errorf("it listens to %q", trigger)
	}
	again := htmltest.Attr(t, page.body, "#bills", "hx-get")
	if again != "/invoices/list?state=unpaid" {
		t.Errorf("it asks for %s", again)
	}
	part := desk.get(again)
	part.says(t, http.StatusOK, "#bills .data", "Unpaid")
	htmltest.Lacks(t, part.body, "h1", "")
	if got := htmltest.Attr(t, part.body, "#bills", "hx-get"); got != again {
		t.Errorf("after that it asks for %s", got)
	}
}

// A walk-in and a wish for a place are for those who can be booked with the type, and follow it when it changes.
func TestOnlyWhoMayTakeATypeIsOffered(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "alder-buckthorn")
	p := h.plan(t)
	_, _, operation, clip := h.theatre(t)
	desk := h.as(t, access.Receptionist)
	for path, post := range map[string]string{"/walk-ins/new": "/walk-ins", "/waitlist": "/waitlist"} {
		page := desk.get(path)
		form := htmltest.Form(t, page.body, "form[action='"+post+"']")
		if got := attrs(t, page.body, "#with option[value]", "value"); slices.Contains(got, p.nurse.String()) || !slices.Contains(got, p.vet.String()) {
			t.Errorf("%s offers %v for a consult", path, htmltest.Texts(t, page.body, "#with option"))
		}
		for kind, nurses := range map[id.ID]bool{operation: false, clip: true} {
			ask := with(form, "type", kind.String(), "with", p.nurse.String(), "act", "offer")
			part := desk.raw(http.MethodPost, post, ask, asked...)
			got := attrs(t, part.body, "option", "value")
			if slices.Contains(got, p.nurse.String()) != nurses {
				t.Errorf("%s offers %v", post, htmltest.Texts(t, part.body, "option"))
			}
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.appointments WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d were booked by asking", n)
	}
}

// The page of the letterhead asks once for all it shows.
func TestTheLetterheadIsOneTrip(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	admin := s.a.as(t, access.PracticeAdmin)
	admin.get("/letterhead")
	if admin.get("/letterhead"); admin.meter.Trips() > tripsMost {
		t.Errorf("it makes %d trips", admin.meter.Trips())
	}
}

// The desk shows in by C whom it cannot call in: the first who waits for somebody, and nobody else. g b leads to the bills.
func TestTheDeskHasItsKeys(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hawthorn-hedge")
	for range 2 {
		visit := h.expected(t)
		h.moved(t, visit, scheduling.Arrived)
	}
	desk := h.as(t, access.Receptionist)
	page := desk.get("/today")
	htmltest.Count(t, page.body, "[data-key=c]", 1)
	htmltest.Has(t, page.body, ".flow [data-key=c]", "Show in")
	htmltest.Has(t, page.body, "#shortcuts", "g b")
	if href := htmltest.Attr(t, page.body, ".rail [data-go=b]", "href"); href != "/invoices" {
		t.Errorf("g b leads to %s", href)
	}
	htmltest.Has(t, h.as(t, access.Veterinarian).get("/today").body, ".flow [data-key=c]", "Call in")
}

// The page of the waitlist begins at its list, on a phone too, and not at the form below it.
func TestTheWaitlistBeginsAtItsList(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	page := s.a.as(t, access.Receptionist).get("/waitlist")
	htmltest.Has(t, page.body, "#wait-form", "Owner or patient")
	htmltest.Lacks(t, page.body, "#wait-form [autofocus]", "")
}
