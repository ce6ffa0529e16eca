package web_test

import (
	"context"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// purse is the money of a shop: the price list of its country, by code.
type purse struct {
	items map[string]billing.ItemRow
	class id.ID
	days  int // how many were given out
}

// day is a day of the past that was not given out before.
func (p *purse) day() string {
	pursesHeld.Lock()
	defer pursesHeld.Unlock()
	p.days++
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, p.days).Format(time.DateOnly)
}

var (
	purses     = map[*shop]*purse{}
	pursesHeld sync.Mutex
)

// purse sets the shop's up once.
func (h *shop) purse(t *testing.T) *purse {
	t.Helper()
	pursesHeld.Lock()
	defer pursesHeld.Unlock()
	if p := purses[h]; p != nil {
		return p
	}
	p := &purse{items: map[string]billing.ItemRow{}}
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		if err := billing.Seed(ctx, tx, h.keys, "GB"); err != nil {
			return err
		}
		taxes, err := billing.LoadTaxes(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range taxes.Classes {
			if c.Key == "standard" {
				p.class = c.ID
			}
		}
		for _, i := range []billing.Item{{Code: "T-CONS", Name: "Test consultation", Unit: "each", Price: 4680, TaxClass: p.class, Context: billing.Administered, Barcode: "5012345678900"}, {Code: "T-TAB", Name: "Test tablets", Unit: "tablet", Price: 215, TaxClass: p.class, Context: billing.Dispensed}} {
			if err := billing.AddItem(ctx, tx, h.keys, id.New(), i); err != nil {
				return err
			}
		}
		rows, err := billing.FindItems(ctx, tx, "t-")
		for _, r := range rows {
			p.items[r.Code] = r
		}
		return err
	})
	purses[h] = p
	return p
}

// patron is a client with an animal and nothing else in the shop's books.
func (h *shop) patron(t *testing.T) (client, animal id.ID) {
	t.Helper()
	client, animal = h.newClient(t), id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, h.keys, animal, client, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"})
	})
	return client, animal
}

// charge notes an item for an animal, on a visit's bill where one is given.
func (h *shop) charge(t *testing.T, visit, animal id.ID, code string, q money.Quantity) id.ID {
	t.Helper()
	row, c := id.New(), h.purse(t).items[code].Charge(q)
	c.Patient, c.Visit, c.Day = animal, visit, h.today()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return billing.AddCharge(ctx, tx, h.keys, row, c)
	})
	return row
}

// readyVisit is a walk-in that is ready to go home, with a consultation and 28 tablets on the bill: 107.00.
func (h *shop) readyVisit(t *testing.T) (visit, client, charge id.ID) {
	t.Helper()
	client, animal := h.patron(t)
	visit, charge = h.readyToGo(t, animal)
	h.charge(t, visit, animal, "T-TAB", 28*money.One)
	return visit, client, charge
}

// readyToGo is a walk-in of an animal that is ready to go home, with a consultation on the bill.
func (h *shop) readyToGo(t *testing.T, animal id.ID) (visit, charge id.ID) {
	t.Helper()
	visit, kind := id.New(), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, h.desk(), visit, scheduling.WalkIn{Patient: animal, Type: kind, Reason: "Ears"})
		return err
	})
	charge = h.charge(t, visit, animal, "T-CONS", money.One)
	h.moved(t, visit, scheduling.Ready)
	return visit, charge
}

func (h *shop) moved(t *testing.T, visit id.ID, to string) {
	t.Helper()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		card, err := scheduling.OpenCard(ctx, tx, h.desk(), visit)
		if err != nil {
			return err
		}
		return scheduling.MoveTo(ctx, tx, h.desk(), id.New(), visit, card.LastMove, to, "More to do")
	})
}

// issued is an invoice over 46.80 that nobody has paid.
func (h *shop) issued(t *testing.T) (invoice, client id.ID) {
	t.Helper()
	client, animal := h.patron(t)
	return h.issuedTo(t, animal), client
}

func (h *shop) issuedTo(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	invoice := id.New()
	charge := h.charge(t, id.ID{}, animal, "T-CONS", money.One)
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.Issue(ctx, tx, h.keys, billing.NewInvoice{ID: invoice, Charges: []billing.Seen{{Charge: charge, Version: 1}}, Day: h.today()})
		return err
	})
	return invoice
}

// line is the first one of an invoice.
func (h *shop) line(t *testing.T, invoice id.ID) (line id.ID) {
	t.Helper()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		inv, err := billing.OpenInvoice(ctx, tx, h.keys, invoice)
		if err == nil {
			line = inv.Lines[0].ID
		}
		return err
	})
	return line
}

// newItem is an item of the price list that nothing else asks for.
func (h *shop) newItem(t *testing.T) id.ID {
	t.Helper()
	row, class := id.New(), h.purse(t).class
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return billing.AddItem(ctx, tx, h.keys, row, billing.Item{Code: "N" + row.String()[28:], Name: "Nail clip", Unit: "each", Price: 1200, TaxClass: class, Context: billing.Administered})
	})
	return row
}

// deposit is 20.00 of a client of its own that settles nothing.
func (h *shop) deposit(t *testing.T, client id.ID) id.ID {
	t.Helper()
	h.purse(t)
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.Pay(ctx, tx, h.keys, billing.NewPayment{ID: row, Client: client, Kind: billing.Deposit, Method: billing.Cash, Amount: 2000, Day: h.today()})
		return err
	})
	return row
}

// paidDay is a day of the past with 20.00 in cash.
func (h *shop) paidDay(t *testing.T) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, h.purse(t).day())
	if err != nil {
		t.Fatal(err)
	}
	client := h.newClient(t)
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.Pay(ctx, tx, h.keys, billing.NewPayment{ID: id.New(), Client: client, Kind: billing.Deposit, Method: billing.Cash, Amount: 2000, Day: day})
		return err
	})
	return day
}

// closedDay is the closing of such a day.
func (h *shop) closedDay(t *testing.T) id.ID {
	t.Helper()
	row, day := id.New(), h.paidDay(t)
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		cash := billing.Tender{Cash: 2000}
		return billing.CloseTill(ctx, tx, h.keys, billing.NewClosing{ID: row, Day: day, Today: h.today(), Seen: cash, Counted: cash})
	})
	return row
}

// headed gives the shop a letterhead where it has none, and its version.
func (h *shop) headed(t *testing.T) (version string) {
	t.Helper()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		l, err := practice.Load(ctx, tx, h.keys)
		if err == nil && l.Version == 0 {
			l.Version = 1
			err = practice.Save(ctx, tx, h.keys, 0, practice.Letterhead{
				Name: "Meadow Lane Vets Ltd", Address: "14 Meadow Lane", City: "York", Postcode: "YO1 9ZZ", Phone: "01632 960155", Jurisdictions: "GB",
			})
		}
		version = strconv.FormatInt(l.Version, 10)
		return err
	})
	return version
}

func (h *shop) estimate(t *testing.T, animal, visit id.ID) id.ID {
	t.Helper()
	h.purse(t)
	row := id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return billing.AddEstimate(ctx, tx, h.keys, row, billing.Estimate{
			Patient: animal, Visit: visit, Title: "Ears", Low: 9000, High: 11000, Lines: []billing.EstimateLine{{Name: "Ears", Low: 9000, High: 11000}},
		}, id.ID{})
	})
	return row
}

// moneyRow makes the rows of money that the matrix asks for.
func (h *shop) moneyRow(t *testing.T, word string, made map[string]string) bool {
	t.Helper()
	h.purse(t)
	switch word {
	case "visit", "billed", "charged", "guest", "invoice", "line":
		client, animal := h.patron(t)
		invoice := h.issuedTo(t, animal)
		visit, charge := h.readyToGo(t, animal)
		made["visit"], made["billed"], made["charged"], made["guest"] = visit.String(), client.String(), charge.String(), animal.String()
		made["invoice"], made["line"] = invoice.String(), h.line(t, invoice).String()
	case "payment":
		made[word] = h.deposit(t, h.newClient(t)).String()
	case "offer":
		made[word] = h.estimate(t, h.newAnimal(t), id.ID{}).String()
	case "item":
		made[word] = h.newItem(t).String()
	case "class":
		made[word] = h.purse(t).class.String()
	case "settings":
		made[word] = h.settings(t)
	case "days":
		h.purse(t).day()
		made[word] = strconv.Itoa(h.purse(t).days % 365)
	case "receipt":
		made[word] = id.New().String()
	case "past":
		made[word] = h.paidDay(t).Format(time.DateOnly)
	case "closing":
		made[word] = h.closedDay(t).String()
	case "headed":
		made[word] = h.headed(t)
	case "code":
		made[word] = "C" + id.New().String()[28:]
	default:
		return false
	}
	return true
}

func priceForm() url.Values {
	return url.Values{"code": {"{code}"}, "name": {"Nail clip"}, "price": {"12.50"}, "unit": {"each"}, "tax_class": {"{class}"}, "context": {billing.Administered}}
}

// payment is what the form of the till sends.
func payment(more ...string) url.Values {
	return with(url.Values{"act": {"pay"}, "way": {billing.Card}, "amount": {"107.00"}}, more...)
}

// state is how a visit stands.
func (h *shop) state(t *testing.T, visit id.ID) (state string) {
	t.Helper()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		card, err := scheduling.OpenCard(ctx, tx, h.desk(), visit)
		state = card.State
		return err
	})
	return state
}

// settings is the version of how the shop deals with money.
func (h *shop) settings(t *testing.T) (version string) {
	t.Helper()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		s, err := billing.LoadSettings(ctx, tx)
		version = strconv.FormatInt(s.Version, 10)
		return err
	})
	return version
}
