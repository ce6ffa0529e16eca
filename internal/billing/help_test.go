package billing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
)

// today is a day of the clinic's calendar.
var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// clinic is a fresh clinic with prices, a person at work, a client and a dog.
type clinic struct {
	dbtest.Clinic
	env        *dbtest.Env
	who        actor.Who
	helen, dog id.ID
	taxes      billing.Taxes
}

func newClinic(t *testing.T) clinic { return newClinicIn(t, "GB") }

func newClinicIn(t *testing.T, country string) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	c := clinic{Clinic: env.NewClinic(t), env: env, helen: id.New(), dog: id.New()}
	c.who = c.Who(actor.Work)
	c.who.Person = id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.Seed(ctx, tx, c.Keys, country) })
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, c.Keys, c.helen, registry.Client{FirstName: "Helen", LastName: "Thompson", Street: "1 Mill Lane", City: "Oakvale"})
	})
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, c.dog, c.helen, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"})
	})
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		c.taxes, err = billing.LoadTaxes(ctx, tx)
		return err
	})
	return c
}

func (c clinic) write(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	for {
		err := c.env.Store.Write(context.Background(), c.who, do)
		if !errors.Is(err, db.ErrBusy) {
			return err
		}
	}
}

func (c clinic) must(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.write(t, do); err != nil {
		t.Fatal(err)
	}
}

func (c clinic) read(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.env.Store.Read(context.Background(), c.who, do); err != nil {
		t.Fatal(err)
	}
}

// class is a tax class by its key.
func (c clinic) class(t testing.TB, key string) id.ID {
	t.Helper()
	for _, class := range c.taxes.Classes {
		if class.Key == key {
			return class.ID
		}
	}
	t.Fatalf("no tax class %s", key)
	return id.ID{}
}

func (c clinic) addClient(t testing.TB, name string) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, c.Keys, row, registry.Client{LastName: name})
	})
	return row
}

// own makes these the owners of a patient, with shares in basis points.
func (c clinic) own(t testing.TB, patient id.ID, clients []id.ID, shares ...int) {
	t.Helper()
	var bonds []registry.Bond
	for i, client := range clients {
		bonds = append(bonds, registry.Bond{Client: client, Role: registry.RoleOwner, Share: shares[i]})
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		v, err := registry.OpenPatient(ctx, tx, c.Keys, patient)
		if err != nil {
			return err
		}
		return registry.SetOwners(ctx, tx, c.Keys, patient, v.OwnersVersion, bonds)
	})
}

// consult is a good charge for the dog.
func (c clinic) consult(t testing.TB) billing.Charge {
	t.Helper()
	return billing.Charge{
		Patient: c.dog, Name: "Consultation", Quantity: money.One, Unit: "each", Price: 4680, TaxClass: c.class(t, "standard"),
		Context: billing.Administered, Day: today,
	}
}

func (c clinic) charge(t testing.TB, v billing.Charge) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddCharge(ctx, tx, c.Keys, row, v) })
	return row
}

func (c clinic) open(t testing.TB, charge id.ID) (v billing.ChargeRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = billing.OpenCharge(ctx, tx, c.Keys, charge)
		return err
	})
	return v
}

// seen names charges as they are now.
func (c clinic) seen(t testing.TB, charges ...id.ID) (list []billing.Seen) {
	t.Helper()
	for _, row := range charges {
		list = append(list, billing.Seen{Charge: row, Version: c.open(t, row).Version})
	}
	return list
}

func (c clinic) issue(n billing.NewInvoice) (made []billing.Issued, err error) {
	if n.Day.IsZero() {
		n.Day = today
	}
	if n.ID.IsZero() {
		n.ID = id.New()
	}
	for {
		err = c.env.Store.Write(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) (err error) {
			made, err = billing.Issue(ctx, tx, c.Keys, n)
			return err
		})
		if !errors.Is(err, db.ErrBusy) {
			return made, err
		}
	}
}

// billed issues charges at once and gives the first invoice.
func (c clinic) billed(t testing.TB, charges ...id.ID) billing.InvoiceView {
	t.Helper()
	made, err := c.issue(billing.NewInvoice{Charges: c.seen(t, charges...)})
	if err != nil {
		t.Fatal(err)
	}
	return c.invoice(t, made[0].ID)
}

func (c clinic) invoice(t testing.TB, row id.ID) (v billing.InvoiceView) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = billing.OpenInvoice(ctx, tx, c.Keys, row)
		return err
	})
	return v
}

func (c clinic) pay(n billing.NewPayment) (p billing.PaymentRow, err error) {
	if n.Day.IsZero() {
		n.Day = today
	}
	for {
		err = c.env.Store.Write(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = billing.Pay(ctx, tx, c.Keys, n)
			return err
		})
		if !errors.Is(err, db.ErrBusy) {
			return p, err
		}
	}
}

// settle pays an amount of an invoice by card.
func (c clinic) settle(t testing.TB, v billing.InvoiceView, amount money.Amount) billing.PaymentRow {
	t.Helper()
	p, err := c.pay(billing.NewPayment{
		ID: id.New(), Client: v.Client, Kind: billing.Payment, Method: billing.Card, Amount: amount, To: []billing.Settle{{Invoice: v.ID, Amount: amount}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (c clinic) credit(n billing.NewCredit) (made billing.Issued, moved []id.ID, err error) {
	if n.Day.IsZero() {
		n.Day = today
	}
	if n.ID.IsZero() {
		n.ID = id.New()
	}
	if n.Reason == "" {
		n.Reason = "Billed twice"
	}
	if n.Then == "" {
		n.Then = billing.Open
	}
	err = c.env.Store.Write(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) (err error) {
		made, moved, err = billing.Credit(ctx, tx, c.Keys, n)
		return err
	})
	return made, moved, err
}

func (c clinic) account(t testing.TB, client id.ID) (a billing.Account) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = billing.OpenAccount(ctx, tx, c.Keys, client)
		return err
	})
	return a
}

// visit puts an appointment of the dog in a state, past the rules: those are the schedule's. Its last move has its own id.
func (c clinic) visit(t testing.TB, state string) id.ID {
	t.Helper()
	ctx := context.Background()
	admin := c.env.Admin(t)
	row, kind := id.New(), id.New()
	exec(t, admin, "SET session_replication_role = replica")
	exec(t, admin, `INSERT INTO app.appointment_types (tenant_id, id, name, minutes, colour, needs) VALUES ($1, $2, 'Consult', 15, 'plain', 'vet')`, c.Tenant.ID(), kind)
	_, err := admin.Exec(ctx, `INSERT INTO app.appointments (tenant_id, id, patient_id, type_id, day, start_minute, minutes, zone, starts_at, ends_at,
		  state, state_since, last_move_id, sealed, key_version, booked_at)
		VALUES ($1, $2, $3, $4, '2026-11-23', 600, 15, 'Europe/London', now(), now() + interval '15 minutes', $5, now(), $6, '\x00', 1, now())`,
		c.Tenant.ID(), row, c.dog, kind, state, row)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func exec(t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// entries are the sums of the ledger of a clinic, read past the fences.
func (c clinic) entries(t testing.TB, by string) map[string]int64 {
	t.Helper()
	rows, err := c.env.Admin(t).Query(context.Background(), "SELECT "+by+"::text, sum(amount)::bigint FROM app.ledger_entries WHERE tenant_id = $1 GROUP BY 1", c.Tenant.ID())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	var key string
	var sum int64
	if _, err := pgx.ForEachRow(rows, []any{&key, &sum}, func() error { out[key] = sum; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
