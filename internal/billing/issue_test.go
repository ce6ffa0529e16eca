package billing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
)

func TestABillIsIssuedAsItWasShown(t *testing.T) {
	c := newClinic(t)
	consult := c.consult(t)
	consult.DiscountBP = 1000
	tablets := c.consult(t)
	tablets.Name, tablets.Note, tablets.Quantity, tablets.Unit, tablets.Price, tablets.Context = "Tablets", "one twice a day", 28*money.One, "tablet", 215, billing.Dispensed
	rows := []id.ID{c.charge(t, consult), c.charge(t, tablets)}
	var shown billing.Bill
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := billing.OpenChargesOfClient(ctx, tx, c.Keys, c.helen)
		if err != nil {
			return err
		}
		shown, err = billing.Preview(ctx, tx, list, id.ID{})
		return err
	})
	if shown.Total() != 4212+6020 || shown.Tax != 702+1003 || len(shown.Payers) != 1 || shown.Payers[0].Client != c.helen {
		t.Fatalf("shown is %+v", shown)
	}
	row := id.New()
	made, err := c.issue(billing.NewInvoice{ID: row, Charges: c.seen(t, rows...), Note: "Thank you"})
	if err != nil || len(made) != 1 || made[0].ID != row || made[0].Number != "INV-1" || made[0].Total != shown.Total() {
		t.Fatalf("issued %+v, %v", made, err)
	}
	v := c.invoice(t, row)
	if v.To.Name != "Helen Thompson" || v.To.Street != "1 Mill Lane" || v.Note != "Thank you" || v.Net != shown.Net || v.Tax != shown.Tax || v.ShareBP != 10000 {
		t.Errorf("the invoice is %+v", v.InvoiceRow)
	}
	if len(v.Lines) != 2 || v.Lines[1].Name != "Tablets" || v.Lines[1].Note != "one twice a day" || v.Lines[1].PatientName != "Biscuit" || v.Lines[0].Rate != money.Percent(20) ||
		v.Lines[0].Amount != 4212 || v.Lines[1].Quantity != 28*money.One {
		t.Errorf("its lines are %+v", v.Lines)
	}
	if v.State(today) != billing.Unpaid || v.Due() != v.Total() || v.State(today.AddDate(0, 0, 1)) != billing.Overdue {
		t.Errorf("it is %s", v.State(today))
	}
	for _, charge := range rows {
		if got := c.open(t, charge); got.State != billing.Billed {
			t.Errorf("a charge is %s", got.State)
		}
	}
	if a := c.account(t, c.helen); a.Balance != v.Total() || len(a.Unpaid) != 1 || a.Credit != 0 {
		t.Errorf("the account is %+v", a)
	}
	// What changes later changes no bill.
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.EditClient(ctx, tx, c.Keys, c.helen, 1, registry.Client{LastName: "Other"})
	})
	if c.invoice(t, row).To.Name != "Helen Thompson" {
		t.Error("the name on an issued bill changed")
	}
	var leaves []string
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: row})
		for _, l := range list {
			leaves = append(leaves, l.Action+" "+l.Object)
		}
		return err
	})
	if !slices.Equal(leaves, []string{"created invoice"}) {
		t.Errorf("the record says %q", leaves)
	}
}

func TestABillIsSplitBetweenItsOwners(t *testing.T) {
	c := newClinic(t)
	owners := []id.ID{c.helen, c.addClient(t, "Second"), c.addClient(t, "Third")}
	c.own(t, c.dog, owners, 3333, 3333, 3334)
	v := c.consult(t)
	v.Price = 10001
	row := id.New()
	made, err := c.issue(billing.NewInvoice{ID: row, Charges: c.seen(t, c.charge(t, v), c.charge(t, c.consult(t)))})
	if err != nil || len(made) != 3 {
		t.Fatalf("issued %+v, %v", made, err)
	}
	var sum money.Amount
	for i, m := range made {
		got := c.invoice(t, m.ID)
		if m.Client != owners[i] || got.Client != owners[i] || m.Number != fmt.Sprintf("INV-%d", i+1) || got.ShareBP < 3333 || got.ShareBP > 3334 || len(got.Lines) != 2 {
			t.Errorf("invoice %d is %+v", i, got)
		}
		if off := got.Total() - (10001+4680)/3; off < -1 || off > 2 {
			t.Errorf("invoice %d comes to %d", i, got.Total())
		}
		sum += got.Total()
	}
	if sum != 10001+4680 {
		t.Errorf("the shares come to %d", sum)
	}
	if made[0].ID != row {
		t.Error("the first invoice has not the id of the form")
	}
	if _, err := c.issue(billing.NewInvoice{ID: row, Charges: []billing.Seen{{Charge: c.charge(t, v), Version: 1}}}); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the same form again: %v", err)
	}
	// One takes it all.
	made, err = c.issue(billing.NewInvoice{Charges: c.seen(t, c.charge(t, v)), To: owners[1]})
	if err != nil || len(made) != 1 || made[0].Client != owners[1] || made[0].Total != 10001 {
		t.Errorf("made out to one: %+v, %v", made, err)
	}
	mine := v
	mine.Client = owners[2]
	if made, err = c.issue(billing.NewInvoice{Charges: c.seen(t, c.charge(t, mine))}); err != nil || len(made) != 1 || made[0].Client != owners[2] {
		t.Errorf("charged to one: %+v, %v", made, err)
	}
}

func TestABillThatIsNoLongerAsShownIsNotIssued(t *testing.T) {
	c := newClinic(t)
	row := c.charge(t, c.consult(t))
	seen := c.seen(t, row)
	changed := c.consult(t)
	changed.Price = 5000
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.ChangeCharge(ctx, tx, c.Keys, row, 1, changed)
	})
	if _, err := c.issue(billing.NewInvoice{Charges: seen}); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("an older version: %v", err)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.ChangeCharge(ctx, tx, c.Keys, row, 1, c.consult(t))
	}); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("a change of an older version: %v", err)
	}
	c.billed(t, row)
	if _, err := c.issue(billing.NewInvoice{Charges: c.seen(t, row)}); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("what is billed already: %v", err)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.ChangeCharge(ctx, tx, c.Keys, row, c.open(t, row).Version, changed)
	}); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("a change of what is billed: %v", err)
	}
	if _, err := c.issue(billing.NewInvoice{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing: %v", err)
	}
	// Nobody is known who pays.
	c.own(t, c.dog, nil)
	lost := c.charge(t, c.consult(t))
	if _, err := c.issue(billing.NewInvoice{Charges: c.seen(t, lost)}); !errors.Is(err, billing.ErrNoPayer) {
		t.Errorf("without an owner: %v", err)
	}
	if _, err := c.issue(billing.NewInvoice{Charges: c.seen(t, lost), To: c.helen}); err != nil {
		t.Errorf("without an owner, made out to one: %v", err)
	}
}

// T: numbers of a series are 1 to n, whoever issues at once and whatever dies between.
func TestNumbersHaveNoGapsUnder32IssuersAndCrashes(t *testing.T) {
	c := newClinic(t)
	const issuers, each = 32, 4
	type job struct {
		client id.ID
		seen   []billing.Seen
	}
	var jobs []job
	clients := []id.ID{c.helen}
	for range 5 {
		clients = append(clients, c.addClient(t, "Owner"))
	}
	for i := range issuers * each {
		v := c.consult(t)
		v.Client = clients[i%len(clients)]
		jobs = append(jobs, job{v.Client, []billing.Seen{{Charge: c.charge(t, v), Version: 1}}})
	}
	admin := c.env.Admin(t)
	var kill sync.Mutex
	var made, lost atomic.Int64
	var wait sync.WaitGroup
	for i := range issuers {
		wait.Go(func() {
			for k := range each {
				j := jobs[i*each+k]
				n := billing.NewInvoice{ID: id.New(), Charges: j.seen, Day: today}
				err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
					if _, err := billing.Issue(ctx, tx, c.Keys, n); err != nil {
						return err
					}
					switch (i*each + k) % 7 {
					case 3:
						return errCrash
					case 5: // whoever stands between its statements dies, this one too
						kill.Lock()
						defer kill.Unlock()
						_, err := admin.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
							WHERE datname = current_database() AND usename = 'paddock_app' AND state = 'idle in transaction'`)
						return err
					}
					return nil
				})
				if err == nil {
					made.Add(1)
				} else {
					lost.Add(1)
				}
			}
		})
	}
	wait.Wait()
	rows, err := admin.Query(context.Background(), "SELECT number FROM app.invoices WHERE tenant_id = $1 ORDER BY number", c.Tenant.ID())
	if err != nil {
		t.Fatal(err)
	}
	want := int64(0)
	for rows.Next() {
		var got int64
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want++; got != want {
			t.Fatalf("after %d comes %d", want-1, got)
		}
	}
	if err := rows.Err(); err != nil || want != made.Load() || lost.Load() == 0 {
		t.Errorf("%d numbers for %d bills, %d lost: %v", want, made.Load(), lost.Load(), err)
	}
	for source, sum := range c.entries(t, "source_id") {
		if sum != 0 {
			t.Errorf("the entries of %s add up to %d", source, sum)
		}
	}
	t.Logf("%d issued, %d lost between", made.Load(), lost.Load())
}

var errCrash = errors.New("crashed")

func TestADoublePressIssuesOnce(t *testing.T) {
	c := newClinic(t)
	n := billing.NewInvoice{ID: id.New(), Charges: c.seen(t, c.charge(t, c.consult(t)))}
	var wait sync.WaitGroup
	var made, already atomic.Int64
	for range 8 {
		wait.Go(func() {
			_, err := c.issue(n)
			switch {
			case err == nil:
				made.Add(1)
			case errors.Is(err, billing.ErrAlreadyThere):
				already.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made.Load() != 1 || already.Load() != 7 {
		t.Errorf("issued %d times, %d times there already", made.Load(), already.Load())
	}
}

// What was issued, paid and posted cannot be changed, not even by a statement of the application's role.
func TestTheDatabaseRefusesToChangeWhatWasIssued(t *testing.T) {
	c := newClinic(t)
	v := c.billed(t, c.charge(t, c.consult(t)))
	c.settle(t, v, 100)
	conn := c.env.As(t, db.RoleApp)
	for _, table := range []string{"invoices", "invoice_lines", "payments", "allocations", "ledger_entries", "till_closings", "charge_moves", "estimates", "tax_rates"} {
		for _, sql := range []string{"DELETE FROM app." + table, "UPDATE app." + table + " SET tenant_id = tenant_id", "TRUNCATE app." + table} {
			if _, err := conn.Exec(context.Background(), sql); !db.Refused(err) {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	for _, sql := range []string{
		"UPDATE app.invoices SET sealed = '\\x00'", "UPDATE app.invoices SET net = 1", "UPDATE app.invoice_lines SET amount = 1", "UPDATE app.payments SET amount = 1",
		"UPDATE app.ledger_entries SET amount = 1", "UPDATE app.invoice_series SET prefix = 'X'", "DELETE FROM app.invoice_series", "DELETE FROM app.charges",
	} {
		if _, err := conn.Exec(context.Background(), sql); !db.Refused(err) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
