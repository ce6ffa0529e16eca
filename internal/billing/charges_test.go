package billing_test

import (
	"context"
	"errors"
	"testing"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

func (c clinic) unresolved(t testing.TB, visit id.ID) (n int) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = billing.Unresolved(ctx, tx, visit)
		return err
	})
	return n
}

func TestAChargeEndsBilledFreeOrDeclined(t *testing.T) {
	c := newClinic(t)
	visit := c.visit(t, "arrived")
	add := func() id.ID {
		v := c.consult(t)
		v.Visit = visit
		return c.charge(t, v)
	}
	rows := []id.ID{add(), add(), add()}
	resolve := func(move, charge id.ID, version int64, to, reason string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return billing.Resolve(ctx, tx, c.Keys, move, charge, version, to, reason)
		})
	}
	if n := c.unresolved(t, visit); n != 3 {
		t.Errorf("%d are unresolved", n)
	}
	var totals map[id.ID]billing.OpenTotal
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		totals, err = billing.OpenTotals(ctx, tx, []id.ID{visit, id.New()})
		return err
	})
	if len(totals) != 1 || totals[visit] != (billing.OpenTotal{Count: 3, Total: 3 * 4680}) {
		t.Errorf("open is %v", totals)
	}
	if err := resolve(id.New(), rows[0], 1, billing.Free, " "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("free without a reason: %v", err)
	}
	if err := resolve(id.New(), rows[0], 1, billing.Billed, "x"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("billed by hand: %v", err)
	}
	move := id.New()
	if err := resolve(move, rows[0], 1, billing.Free, "Goodwill"); err != nil {
		t.Fatal(err)
	}
	if err := resolve(move, rows[0], 1, billing.Free, "Goodwill"); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	if err := resolve(id.New(), rows[0], 1, billing.Declined, ""); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("of an older page: %v", err)
	}
	if err := resolve(id.New(), rows[1], 1, billing.Declined, ""); err != nil {
		t.Fatal(err)
	}
	if got := c.open(t, rows[0]); got.State != billing.Free || got.Reason != "Goodwill" || got.Version != 2 {
		t.Errorf("a free one is %+v", got)
	}
	c.billed(t, rows[2])
	if n := c.unresolved(t, visit); n != 0 {
		t.Errorf("%d are unresolved in the end", n)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.Reopen(ctx, tx, c.Keys, id.New(), rows[0], 2, "")
	}); err != nil {
		t.Fatal(err)
	}
	if got := c.open(t, rows[0]); got.State != billing.Open || c.unresolved(t, visit) != 1 {
		t.Errorf("opened again it is %+v", got)
	}
}

func TestNothingIsChargedOnAVisitThatHasEnded(t *testing.T) {
	c := newClinic(t)
	for _, state := range []string{"done", "cancelled", "no_show", "moved"} {
		v := c.consult(t)
		v.Visit = c.visit(t, state)
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddCharge(ctx, tx, c.Keys, id.New(), v) })
		if !errors.Is(err, billing.ErrVisitOver) {
			t.Errorf("on a visit that is %s: %v", state, err)
		}
	}
	// What was billed or given free in it opens again only when it is no longer over.
	v := c.consult(t)
	v.Visit = c.visit(t, "ready")
	billed, free := c.charge(t, v), c.charge(t, v)
	bill := c.billed(t, billed)
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.Resolve(ctx, tx, c.Keys, id.New(), free, 1, billing.Free, "Goodwill")
	})
	admin := c.env.Admin(t)
	exec(t, admin, "SET session_replication_role = replica")
	exec(t, admin, "UPDATE app.appointments SET state = 'done' WHERE tenant_id = $1 AND id = $2", c.Tenant.ID(), v.Visit)
	if _, _, err := c.credit(billing.NewCredit{Invoice: bill.ID}); !errors.Is(err, billing.ErrVisitOver) {
		t.Errorf("voided to open: %v", err)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.Reopen(ctx, tx, c.Keys, id.New(), free, 2, "")
	}); !errors.Is(err, billing.ErrVisitOver) {
		t.Errorf("opened again: %v", err)
	}
	if _, _, err := c.credit(billing.NewCredit{Invoice: bill.ID, Then: billing.Declined}); err != nil {
		t.Errorf("voided and declined: %v", err)
	}
	if n := c.unresolved(t, v.Visit); n != 0 {
		t.Errorf("%d are unresolved on a visit that is done", n)
	}
}

func TestAChargeIsRefusedWithWords(t *testing.T) {
	c := newClinic(t)
	add := func(row id.ID, v billing.Charge) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddCharge(ctx, tx, c.Keys, row, v) })
	}
	for field, spoil := range map[string]func(*billing.Charge){
		"name":     func(v *billing.Charge) { v.Name = " " },
		"quantity": func(v *billing.Charge) { v.Quantity = 0 },
		"unit":     func(v *billing.Charge) { v.Unit = "barrel" },
		"price":    func(v *billing.Charge) { v.Price = -1 },
		"discount": func(v *billing.Charge) { v.DiscountBP = 10000 },
		"context":  func(v *billing.Charge) { v.Context = "" },
	} {
		v := c.consult(t)
		spoil(&v)
		var bad fault.Fields
		if err := add(id.New(), v); !errors.As(err, &bad) || bad.Message(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	huge := c.consult(t)
	huge.Price, huge.Quantity = money.Most, 2*money.One
	if err := add(id.New(), huge); fault.KindOf(err) != fault.Invalid {
		t.Errorf("more than can be billed: %v", err)
	}
	for name, spoil := range map[string]func(*billing.Charge){
		"patient": func(v *billing.Charge) { v.Patient = id.New() }, "client": func(v *billing.Charge) { v.Client = id.New() },
		"visit": func(v *billing.Charge) { v.Visit = id.New() }, "item": func(v *billing.Charge) { v.Item = id.New() },
		"tax class": func(v *billing.Charge) { v.TaxClass = id.New() },
	} {
		v := c.consult(t)
		spoil(&v)
		if err := add(id.New(), v); !errors.Is(err, fault.Missing) {
			t.Errorf("an unknown %s: %v", name, err)
		}
	}
	row := id.New()
	if err := add(row, c.consult(t)); err != nil {
		t.Fatal(err)
	}
	if err := add(row, c.consult(t)); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	other := newClinic(t)
	v := c.consult(t)
	v.Visit = c.visit(t, "arrived")
	v.Patient = c.dog
	c.dog = other.dog
	if err := add(id.New(), c.consult(t)); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's patient: %v", err)
	}
}

func TestTheMovesOfAChargeAreThoseOfTheTable(t *testing.T) {
	c := newClinic(t)
	row := c.charge(t, c.consult(t))
	allowed := map[string]bool{
		"open billed": true, "open free": true, "open declined": true, "free open": true, "declined open": true, "billed open": true, "billed declined": true,
	}
	states := []string{billing.Open, billing.Billed, billing.Free, billing.Declined, "lost"}
	for _, from := range states {
		for _, to := range states {
			err := c.env.Store.Write(t.Context(), c.who, func(ctx context.Context, tx *db.Tx) error {
				err := tx.InsertChargeMoves(ctx, db.InsertChargeMovesParams{
					TenantID: tx.Tenant, FromState: from, ToState: to, KeyVersion: 1, At: tx.Now(),
					Ids: []id.ID{id.New()}, Charges: []id.ID{row}, Invoices: []id.ID{id.New()}, Sealed: [][]byte{{0}},
				})
				if err == nil {
					return errCrash
				}
				return err
			})
			if ok := errors.Is(err, errCrash); ok != allowed[from+" "+to] {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
}
