package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/scheduling"
)

func TestABillIsPaidByCardInOnePressAndOnce(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	visit, client, _ := s.a.readyVisit(t)
	desk, path := s.a.as(t, access.Receptionist), "/visits/"+visit.String()
	page := desk.get(path + "/check-out")
	page.says(t, http.StatusOK, ".billed", "Test consultation")
	htmltest.Has(t, page.body, ".totals", "£107.00")
	form := htmltest.Form(t, page.body, "#pay-form")
	form.Set("act", "pay")
	first := desk.post(path+"/invoices", form)
	second := desk.post(path+"/invoices", form)
	if first.location(t) != path+"/check-out" || second.location(t) != path+"/check-out" {
		t.Errorf("two presses lead to %s and %s", first.location(t), second.location(t))
	}
	page = desk.get(path + "/check-out")
	htmltest.Has(t, page.body, ".panel", "Paid")
	htmltest.Count(t, page.body, "main ul.list a[href^='/invoices/'] b", 1)
	account := desk.get("/clients/" + client.String() + "/account")
	account.says(t, http.StatusOK, ".balance", "Owes nothing")
	htmltest.Count(t, account.body, "main .data tbody tr", 2)
	if got := s.a.state(t, visit); got != scheduling.Done {
		t.Errorf("the visit is %s", got)
	}
}

func TestABillIsPaidInPartsInCashAndFromCredit(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk := s.a.as(t, access.Receptionist)

	visit, client, _ := s.a.readyVisit(t)
	s.a.deposit(t, client)
	path := "/visits/" + visit.String()
	page := desk.get(path + "/check-out")
	htmltest.Has(t, page.body, ".totals", "−£20.00")
	htmltest.Has(t, page.body, ".totals .due", "£87.00")
	bad := desk.post(path+"/invoices", with(htmltest.Form(t, page.body, "#pay-form"), "act", "pay", "way", "split", "part_card", "80", "part_cash", "8"))
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "That is more than the £7.00 to pay")
	if got := htmltest.Form(t, bad.body, "#pay-form"); got.Get("part_card") != "80" || got.Get("part_cash") != "8" {
		t.Errorf("the parts came back as %v", got)
	}
	desk.post(path+"/invoices", with(htmltest.Form(t, bad.body, "#pay-form"), "act", "pay", "way", "split", "part_card", "80", "part_cash", "7")).location(t)
	desk.get("/clients/"+client.String()+"/account").says(t, http.StatusOK, ".balance", "Owes nothing")

	visit, client, _ = s.a.readyVisit(t)
	path = "/visits/" + visit.String()
	page = desk.get(path + "/check-out")
	bad = desk.post(path+"/invoices", with(htmltest.Form(t, page.body, "#pay-form"), "act", "pay", "way", "cash", "given", "100"))
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "That is less than the £107.00 to pay in cash")
	desk.post(path+"/invoices", with(htmltest.Form(t, bad.body, "#pay-form"), "act", "pay", "way", "cash", "given", "110")).location(t)
	account := desk.get("/clients/" + client.String() + "/account")
	receipt := desk.get(htmltest.Attr(t, account.body, "main .data a[href^='/payments/']", "href"))
	receipt.says(t, http.StatusOK, ".paper", "change £3.00")
	pdf := desk.get(htmltest.Attr(t, receipt.body, "main a[href$='/pdf']", "href"))
	if pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the receipt is a %s", pdf.header.Get("Content-Type"))
	}
}

func TestABillThatIsNotPaidStandsOnTheAccount(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	visit, client, _ := s.a.readyVisit(t)
	desk, path := s.a.as(t, access.Receptionist), "/visits/"+visit.String()
	page := desk.get(path + "/check-out")
	desk.post(path+"/invoices", with(htmltest.Form(t, page.body, "#pay-form"), "act", "later")).location(t)
	account := desk.get("/clients/" + client.String() + "/account")
	account.says(t, http.StatusOK, ".balance", "Owes £107.00")
	bad := desk.submit(account, "#account-form", map[string]string{"amount": "ten"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	if got := htmltest.Form(t, bad.body, "#account-form").Get("amount"); got != "ten" {
		t.Errorf("the amount came back as %q", got)
	}
	form := with(htmltest.Form(t, account.body, "#account-form"), "act", "pay", "amount", "120", "bill", htmltest.Attr(t, account.body, "#account-form [name=bill]", "value"))
	if first, second := desk.post("/clients/"+client.String()+"/payments", form), desk.post("/clients/"+client.String()+"/payments", form); first.location(t) != second.location(t) {
		t.Error("two presses made two payments")
	}
	desk.get("/clients/"+client.String()+"/account").says(t, http.StatusOK, ".balance", "£13.00 in credit")
	desk.get("/clients/"+client.String()+"/statement").says(t, http.StatusOK, ".paper", "£13.00 in credit")
}

func TestItemsArePutOnABillChangedAndGivenFree(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	visit, _, charge := s.a.readyVisit(t)
	desk, path := s.a.as(t, access.Receptionist), "/visits/"+visit.String()
	page := desk.get(path + "/check-out")
	for typed, want := range map[string]string{"": "Enter a code, a name or a barcode", "xylophone": "Nothing called “xylophone”", "test": "is more than one thing"} {
		bad := desk.submit(page, "#add-form", map[string]string{"item": typed, "quantity": "1/3"})
		bad.says(t, http.StatusUnprocessableEntity, "#add-form", want)
		if got := htmltest.Form(t, bad.body, "#add-form"); got.Get("item") != typed || got.Get("quantity") != "1/3" {
			t.Errorf("the form came back as %v", got)
		}
	}
	desk.send("/prices/found", with(nil, "item", "test")).says(t, http.StatusOK, "[role=option]", "Test consultation")
	desk.submit(page, "#add-form", map[string]string{"item": "5012345678900", "quantity": "2"}).location(t)
	page = desk.get(path + "/check-out")
	htmltest.Has(t, page.body, ".totals .due", "£200.60")

	line := desk.get("/charges/" + charge.String() + "/edit?visit=" + visit.String())
	bad := desk.submit(line, "#charge-form", map[string]string{"quantity": "none", "discount": "10"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	if got := htmltest.Form(t, bad.body, "#charge-form"); got.Get("quantity") != "none" || got.Get("discount") != "10" {
		t.Errorf("the form came back as %v", got)
	}
	if to := desk.submit(line, "#charge-form", map[string]string{"discount": "10"}).location(t); to != path+"/check-out" {
		t.Errorf("a changed line leads to %s", to)
	}
	htmltest.Has(t, desk.get(path+"/check-out").body, ".billed", "10 % off")
	// The same page again is late: nothing is joined.
	desk.submit(line, "#charge-form", map[string]string{"discount": "50"}).says(t, http.StatusConflict, "main", "Below is how it stands now")
	// So is the bill that was shown before.
	stale := desk.post(path+"/invoices", with(htmltest.Form(t, page.body, "#pay-form"), "act", "pay"))
	stale.says(t, http.StatusConflict, "#checkout", "This is the bill as it stands now")
	htmltest.Has(t, stale.body, ".totals .due", "£195.92")

	line = desk.get("/charges/" + charge.String() + "/edit")
	resolve := with(htmltest.Form(t, line.body, "#resolve-form"), "as", "free")
	desk.post("/charges/"+charge.String()+"/resolution", resolve).says(t, http.StatusUnprocessableEntity, "#resolve-form #mistakes", "")
	resolve.Set("reason", "Colleague's dog")
	desk.post("/charges/"+charge.String()+"/resolution", resolve).location(t)
	htmltest.Has(t, desk.get(path+"/check-out").body, ".billed .settled", "Given free: Colleague's dog")
	line = desk.get("/charges/" + charge.String() + "/edit")
	desk.submit(line, "#reopen-form", nil).location(t)
	htmltest.Lacks(t, desk.get(path+"/check-out").body, ".billed .settled", "")
}

func TestAnIssuedBillIsUndoneByACreditNote(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	invoice, client := s.a.issued(t)
	admin, path := s.a.as(t, access.PracticeAdmin), "/invoices/"+invoice.String()
	admin.get(path).says(t, http.StatusOK, ".paper", "£46.80")
	page := admin.get(path + "/credit")
	bad := admin.submit(page, "#credit-form", nil)
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why, like billed twice")
	form := with(htmltest.Form(t, page.body, "#credit-form"), "reason", "Billed twice", "as", "declined", "line", htmltest.Attr(t, page.body, "[name=line]", "value"))
	first, second := admin.post(path+"/credit", form), admin.post(path+"/credit", form)
	if first.location(t) != second.location(t) {
		t.Error("two presses made two credit notes")
	}
	note := admin.get(first.location(t))
	note.says(t, http.StatusOK, "h1", "Credit note")
	htmltest.Has(t, note.body, ".paper", "Reason: Billed twice")
	htmltest.Has(t, admin.get(path).body, ".pagehead", "Credited")
	admin.get("/clients/"+client.String()+"/account").says(t, http.StatusOK, ".balance", "Owes nothing")
	for _, nobody := range []string{access.Receptionist, access.Nurse, access.Veterinarian} {
		if r := s.a.as(t, nobody).get(path + "/credit"); r.status != http.StatusForbidden {
			t.Errorf("%s opens the form of a credit note: %d", nobody, r.status)
		}
	}
}

func TestMoneyIsPaidBack(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	client := s.a.newClient(t)
	path := "/payments/" + s.a.deposit(t, client).String()
	admin := s.a.as(t, access.PracticeAdmin)
	page := admin.get(path + "/refund")
	bad := admin.submit(page, "#refund-form", map[string]string{"amount": "20.01", "reason": "Moved away"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	form := with(htmltest.Form(t, bad.body, "#refund-form"), "amount", "20.00")
	if first, second := admin.post(path+"/refund", form), admin.post(path+"/refund", form); first.location(t) != second.location(t) {
		t.Error("two presses paid back twice")
	}
	admin.get("/clients/"+client.String()+"/account").says(t, http.StatusOK, ".balance", "Owes nothing")
	if r := s.a.as(t, access.Receptionist).get(path + "/refund"); r.status != http.StatusForbidden {
		t.Errorf("a receptionist pays back: %d", r.status)
	}
}

func TestWhoMayNotTakeMoneyDoesNot(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	visit, _, _ := s.a.readyVisit(t)
	nurse := s.a.as(t, access.Nurse)
	page := nurse.get("/visits/" + visit.String() + "/check-out")
	page.says(t, http.StatusOK, ".totals .due", "£107.00")
	htmltest.Lacks(t, page.body, "#pay-form", "")
	if r := nurse.send("/visits/"+visit.String()+"/invoices", payment("new_id", newID())); r.status != http.StatusForbidden {
		t.Errorf("a nurse issues a bill: %d", r.status)
	}
	theirs, _ := s.b.issued(t)
	desk := s.a.as(t, access.Receptionist)
	for _, path := range []string{"/invoices/" + theirs.String(), "/invoices/" + theirs.String() + "/pdf"} {
		if r := desk.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s of another clinic: %d", path, r.status)
		}
	}
}

func TestADayIsCountedAndClosed(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	visit, _, _ := s.a.readyVisit(t)
	s.a.deposit(t, s.a.newClient(t))
	desk := s.a.as(t, access.Receptionist)
	page := desk.get("/till")
	page.says(t, http.StatusOK, ".data", "£20.00")
	bad := desk.submit(page, "#till-form", map[string]string{"cash": "19", "card": "0", "transfer": "0"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why it differs")
	if got := htmltest.Form(t, bad.body, "#till-form").Get("cash"); got != "19" {
		t.Errorf("the count came back as %q", got)
	}
	sure := desk.submit(bad, "#till-form", map[string]string{"reason": "A coin too many given out"})
	sure.says(t, http.StatusOK, "#till-form", "£1.00 missing")
	closed := desk.get(desk.post("/till", with(htmltest.Form(t, sure.body, "#till-form"), "act", "close")).location(t))
	closed.says(t, http.StatusOK, ".data", "£1.00 missing")
	htmltest.Lacks(t, closed.body, "#till-form", "")
	// A closed day takes no bill.
	checkout := desk.get("/visits/" + visit.String() + "/check-out")
	refused := desk.post("/visits/"+visit.String()+"/invoices", with(htmltest.Form(t, checkout.body, "#pay-form"), "act", "pay"))
	refused.says(t, http.StatusConflict, "#checkout", "The till of today is closed, so nothing was taken and nothing issued.")
}

func TestAnEstimateIsMadeAndHeldAgainstTheBill(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	visit, _, _ := s.a.readyVisit(t)
	vet := s.a.as(t, access.Veterinarian)
	page := vet.get("/visits/" + visit.String() + "/check-out")
	form := vet.get(htmltest.Attr(t, page.body, ".pagehead a[href*='/estimates/new']", "href"))
	bad := vet.submit(form, "#estimate-form", map[string]string{"title": "Ears", "what_1": "Cytology", "low_1": "100", "high_1": "90"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter at least what it begins from")
	made := vet.get(vet.submit(bad, "#estimate-form", map[string]string{"high_1": "105"}).location(t))
	made.says(t, http.StatusOK, ".paper", "£100.00–£105.00")
	page = vet.get("/visits/" + visit.String() + "/check-out")
	htmltest.Has(t, page.body, "#checkout .tag", "Over estimate £100.00–£105.00")
	htmltest.Has(t, page.body, ".billed", "The bill goes over the estimate here")
	again := vet.get(htmltest.Attr(t, made.body, "a[href*='instead=']", "href"))
	vet.submit(again, "#estimate-form", map[string]string{"high_1": "120"}).location(t)
	htmltest.Has(t, vet.get("/visits/"+visit.String()+"/check-out").body, "#checkout .tag", "Inside estimate £100.00–£120.00")
}

func TestPricesTaxesAndMoneyAreSet(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.a.purse(t)
	admin := s.a.as(t, access.PracticeAdmin)
	page := admin.get("/prices/new")
	bad := admin.submit(page, "#price-form", map[string]string{"code": "t-cons", "name": "Again", "price": "dear"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	if got := htmltest.Form(t, bad.body, "#price-form"); got.Get("code") != "t-cons" || got.Get("price") != "dear" {
		t.Errorf("the form came back as %v", got)
	}
	bad = admin.submit(bad, "#price-form", map[string]string{"price": "12.50"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Another item has this code")
	admin.submit(bad, "#price-form", map[string]string{"code": "T-NEW"}).location(t)
	found := admin.send("/prices/list", with(nil, "find", "again"))
	found.says(t, http.StatusOK, ".data", "£12.50")
	edit := admin.get(htmltest.Attr(t, found.body, ".data a", "href"))
	admin.submit(edit, "#price-form", map[string]string{"price": "13"}).location(t)
	admin.submit(edit, "#price-form", map[string]string{"price": "14"}).says(t, http.StatusConflict, "#price-form", "Below is how it stands now")

	taxes := admin.get("/taxes")
	class := s.a.purse(t).class.String()
	action := "/taxes/" + class + "/rates"
	admin.submit(taxes, "form[action='"+action+"']", map[string]string{"rate-" + class: "lots", "from-" + class: "1 Jan 2027"}).says(t, http.StatusUnprocessableEntity, "#mistakes", "")
	admin.submit(taxes, "form[action='"+action+"']", map[string]string{"rate-" + class: "21.5", "from-" + class: "1 Jan 2027"}).location(t)
	admin.get("/taxes").says(t, http.StatusOK, "main", "21.5 %")

	setup := admin.get("/money")
	admin.submit(setup, "#money-form", map[string]string{"due_days": "soon"}).says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter a number of days from 0 to 365")
	admin.submit(setup, "#money-form", map[string]string{"due_days": "14"}).location(t)
	late := admin.submit(setup, "#money-form", map[string]string{"due_days": "30"})
	late.says(t, http.StatusConflict, "#mistakes", "Saved meanwhile: 14")
	if got := htmltest.Form(t, late.body, "#money-form").Get("due_days"); got != "30" {
		t.Errorf("what was typed came back as %q", got)
	}
	htmltest.Count(t, late.body, "#money-form .err", 1)
	admin.submit(late, "#money-form", nil).location(t)
	if got := htmltest.Form(t, admin.get("/money").body, "#money-form").Get("due_days"); got != "30" {
		t.Errorf("saved again it is %q", got)
	}
}

func TestBillsAreListedByState(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.a.issued(t)
	s.a.readyVisit(t)
	desk := s.a.as(t, access.Receptionist)
	page := desk.get("/invoices")
	page.says(t, http.StatusOK, "main", "Not issued yet")
	htmltest.Has(t, page.body, ".data", "£46.80")
	desk.get("/invoices?state=overdue").says(t, http.StatusOK, "main", "Nothing overdue.")
	desk.get("/invoices?state=unpaid").says(t, http.StatusOK, ".data", "Unpaid")
}
