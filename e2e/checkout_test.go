package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// till is a clinic with prices, a client with two animals, and the visit of one of them.
type till struct {
	c                *clinic
	d                *diary
	items            map[string]billing.ItemRow
	client, dog, cat id.ID
	// visit is the dog's, other somebody else's who is ready too.
	visit, other id.ID
}

func newTill(t *testing.T, label string) *till {
	t.Helper()
	s := &till{c: newClinic(t, label, access.Receptionist, access.Nurse, access.Veterinarian, access.PracticeAdmin), items: map[string]billing.ItemRow{}}
	c := s.c
	s.d = c.diary(t)
	s.client, _ = c.client(t, helen)
	s.dog, _ = c.patient(t, s.client, biscuit)
	s.cat, _ = c.patient(t, s.client, registry.Patient{Name: "Clover", Species: "cat", Sex: "female", Neutered: "yes"})
	c.warned(t, s.dog, s.client)
	c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		if err := billing.Seed(ctx, tx, c.keys, "GB"); err != nil {
			return err
		}
		taxes, err := billing.LoadTaxes(ctx, tx)
		if err != nil {
			return err
		}
		class := taxes.Classes[0].ID
		for _, one := range taxes.Classes {
			if one.Key == "standard" {
				class = one.ID
			}
		}
		for _, i := range []billing.Item{
			{Code: "X-CONS", Name: "Xenial consultation", Unit: "each", Price: 4680, TaxClass: class, Context: billing.Administered},
			{Code: "X-EAR", Name: "Ear cytology, both ears", Unit: "each", Price: 3240, TaxClass: class, Context: billing.Administered},
			{Code: "X-OTIC", Name: "Otic drops, antifungal, 10 ml", Unit: "each", Price: 2875, TaxClass: class, Context: billing.Dispensed, Barcode: "5012345678900"},
			{Code: "X-TAB", Name: "Oclacitinib 16 mg tablets", Unit: "tablet", Price: 215, TaxClass: class, Context: billing.Dispensed},
			{Code: "X-WORM", Name: "Worming tablet, cat 4–8 kg", Unit: "tablet", Price: 840, TaxClass: class, Context: billing.Dispensed},
		} {
			if err := billing.AddItem(ctx, tx, c.keys, id.New(), i); err != nil {
				return err
			}
		}
		rows, err := billing.FindItems(ctx, tx, "x-")
		for _, r := range rows {
			s.items[r.Code] = r
		}
		return err
	})
	s.visit = s.walkIn(t, s.dog)
	s.charge(t, s.dog, s.visit, "X-CONS", 1, "")
	s.charge(t, s.dog, s.visit, "X-EAR", 1, "")
	s.charge(t, s.dog, s.visit, "X-TAB", 28, "One tablet twice a day for 14 days")
	s.charge(t, s.cat, id.ID{}, "X-WORM", 1, "")
	next, _ := c.client(t, registry.Client{FirstName: "Otto", LastName: "Hughes"})
	rex, _ := c.patient(t, next, registry.Patient{Name: "Rex", Species: "dog", Sex: "male", Neutered: "no"})
	s.other = s.walkIn(t, rex)
	s.charge(t, rex, s.other, "X-CONS", 1, "")
	return s
}

// walkIn comes in and is ready to go home.
func (s *till) walkIn(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	c, visit := s.c, id.New()
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, c.desk(), visit, scheduling.WalkIn{Patient: animal, Type: s.d.consult, Reason: "Ears"})
		return err
	})
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return scheduling.MoveTo(ctx, tx, c.desk(), id.New(), visit, id.ID{}, scheduling.Ready, "")
	})
	return visit
}

func (s *till) charge(t *testing.T, animal, visit id.ID, code string, q money.Quantity, note string) {
	t.Helper()
	of := s.items[code].Charge(q * money.One)
	of.Patient, of.Visit, of.Day, of.Note = animal, visit, s.c.today(), note
	s.c.write(t, s.c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return billing.AddCharge(ctx, tx, s.c.keys, id.New(), of)
	})
}

func (s *till) path() string { return "/visits/" + s.visit.String() + "/check-out" }

// TestABillIsPaidInTwoClicks is the promise of the desk: once the animal is ready, its bill and the money.
func TestABillIsPaidInTwoClicks(t *testing.T) {
	t.Parallel()
	s := newTill(t, "tills")
	w := s.c.window(t).as(access.Receptionist)
	w.visit("/visits/" + s.other.String() + "/check-out")
	w.follow("a[href='" + s.path() + "']") // one: next at the desk
	w.shows(".totals .due", "£147.80")
	w.accessible("checkout")
	w.follow("#pay-form [data-primary]") // two
	w.shows("main", "Issued")
	w.shows("main .list", "Paid")
	w.accessible("checkout-paid")
	w.follow("main .list a[href^='/invoices/']")
	w.shows(".paper", "Oclacitinib")
	w.accessible("invoice")
	w.follow(".pagehead a[href$='/account']")
	w.shows(".balance", "Owes nothing")
	w.accessible("account")
	w.follow(".data a[href^='/payments/']")
	w.shows(".paper", "Received by card")
	w.accessible("receipt")
}

// TestABillIsMadeByKeyboard adds by typing, changes a line, and takes cash; a void undoes it.
func TestABillIsMadeByKeyboard(t *testing.T) {
	t.Parallel()
	s := newTill(t, "keyedtill")
	w := s.c.window(t).as(access.Receptionist)
	w.visit(s.path())
	w.key("a")
	w.focused("#item")
	w.types("otic")
	w.shows("#items [role=option]", "Otic drops")
	w.accessible("checkout-found", desk)
	w.key(kb.Enter)
	w.shows(".totals .due", "£176.55")
	w.focused("#item")
	w.types("5012345678900")
	w.key(kb.Enter)
	w.shows(".totals .due", "£205.30")
	w.settled()
	w.types("tablet")
	w.shows("#items [role=option]", "Worming")
	w.key(kb.Escape)
	w.click("#add-form button[type=submit]:not([role])")
	w.shows("#add-form", "is more than one thing")
	w.accessible("checkout-choose")
	w.visit(s.path())
	w.follow(".billed a[aria-label='Change Otic drops, antifungal, 10 ml']")
	w.accessible("charge")
	w.write("#discount", "200")
	w.follow("#charge-form [data-primary]")
	w.shows("#mistakes", "There is a problem")
	w.accessible("charge-422")
	w.write("#discount", "50")
	w.follow("#charge-form [data-primary]")
	w.shows(".billed", "50 % off")
	w.click(".pays label:nth-child(2)")
	w.shows("#pay-form .btn.go", "in cash")
	w.write("#given", "250")
	w.shows("[data-change]", "Change £")
	w.accessible("checkout-cash")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("main .list", "Paid")

	// The practice admin voids it.
	a := s.c.window(t).as(access.PracticeAdmin)
	a.visit("/invoices")
	a.accessible("bills")
	a.follow(".data a[href^='/invoices/']")
	a.follow("a[href$='/credit']")
	a.click("#credit-form [data-primary]")
	a.shows("#mistakes", "There is a problem")
	a.accessible("credit-422")
	a.click("[name=as][value=declined]")
	a.write("#reason", "Billed to the wrong client")
	a.follow("#credit-form [data-primary]")
	a.shows("h1", "Credit note")
	a.follow(".pagehead a[href$='/account']")
	a.shows(".balance", "in credit")
	a.accessible("account-credit")
	a.visit("/till")
	a.accessible("till")
	a.visit("/prices")
	a.accessible("prices")
	a.visit("/prices/new")
	a.accessible("price-form")
	a.visit("/taxes")
	a.accessible("taxes")
	a.visit("/money")
	a.accessible("money")
	a.visit("/patients/" + s.dog.String() + "/estimates/new?visit=" + s.visit.String())
	a.accessible("estimate-form")
}
