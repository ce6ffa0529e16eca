package billing

import (
	"context"
	"fmt"
	"slices"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
	"paddock/internal/vault"
)

type sealedPayment struct {
	Note string               `json:"note,omitempty"`
	To   []Settle             `json:"to,omitempty"`
	From *practice.Letterhead `json:"from,omitempty"`
}

// Pay takes money in under the id that came with the form: one press is one payment. What of it is for which invoice is
// said; the rest stands to the client's credit. Cash is rounded to the clinic's smallest coin beside the amount.
// It gives ErrAlreadyThere with the payment for a second sending, ErrOther for other content under the same
// id, ErrDayClosed, fault.Missing, and fault.Fields named kind, method, amount, to and note.
func Pay(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewPayment) (PaymentRow, error) {
	var bad fault.Fields
	if n.Kind != Payment && n.Kind != Deposit {
		bad.Add("kind", "Choose payment or deposit")
	}
	checkMoney(&bad, n.Method, n.Amount)
	n.Note = words(&bad, "note", n.Note, "")
	n.Day = dayOf(n.Day)
	if n.Kind == Deposit && len(n.To) > 0 {
		bad.Add("to", "A deposit settles nothing yet")
	}
	if err := bad.Err(); err != nil {
		return PaymentRow{}, err
	}
	if err := lockClients([]id.ID{n.Client})(ctx, tx); err != nil {
		return PaymentRow{}, err
	}
	s, from, was, err := takeMoney(ctx, tx, keys, n.ID)
	if err != nil {
		return PaymentRow{}, err
	}
	if was != nil {
		same := was.Client == n.Client && was.Kind == n.Kind && was.Method == n.Method && was.Amount == n.Amount && slices.Equal(was.to, n.To)
		return again(was, same)
	}
	if err := n.check(ctx, tx, keys); err != nil {
		return PaymentRow{}, err
	}
	p := PaymentRow{
		ID: n.ID, Client: n.Client, Kind: n.Kind, Method: n.Method, Amount: n.Amount, Rounding: rounding(s, n.Method, n.Amount), Day: n.Day,
		Note: n.Note, At: tx.Now(), By: tx.Who.Person, From: from, to: n.To,
	}
	entries := posting{client: -p.Amount, rounding: -p.Rounding}
	*entries.by(p.Method) += p.Amount + p.Rounding
	jobs, err := p.keep(keys, entries)
	if err != nil {
		return PaymentRow{}, err
	}
	for _, to := range n.To {
		jobs = append(jobs, allocate(id.New(), n.Client, to.Invoice, n.ID, id.ID{}, to.Amount))
		p.Allocated += to.Amount
	}
	return p, p.record(ctx, tx, keys, jobs)
}

func checkMoney(bad *fault.Fields, method string, amount money.Amount) {
	if !slices.Contains(Methods, method) {
		bad.Add("method", "Choose card, cash or transfer")
	}
	if amount <= 0 || amount > money.Most {
		bad.Add("amount", "Enter an amount above 0")
	}
}

// takeMoney holds the day and reads the clinic's money, what heads its receipts, and what was kept under an id before,
// nil for nothing. The caller holds the client.
func takeMoney(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) (s Settings, from practice.Letterhead, was *PaymentRow, err error) {
	err = db.Together(ctx, tx,
		practice.Loading(&from, keys),
		func(ctx context.Context, tx *db.Tx) (err error) {
			s, err = holdSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetPayment(ctx, db.GetPaymentParams{TenantID: tx.Tenant, ID: row})
			if db.NoRows(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading a payment: %w", err)
			}
			p, err := paymentOf(keys, r)
			was = &p
			return err
		},
	)
	return s, from, was, err
}

// again answers a second sending.
func again(was *PaymentRow, same bool) (PaymentRow, error) {
	if !same {
		return PaymentRow{}, ErrOther
	}
	return *was, ErrAlreadyThere
}

// check says what stands against a payment; the caller holds the client and the day.
func (n NewPayment) check(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	var closed bool
	jobs := []func(context.Context, *db.Tx) error{isClosed(&closed, n.Day)}
	left := n.Amount
	for i, to := range n.To {
		left -= to.Amount
		twice := slices.ContainsFunc(n.To[:i], func(s Settle) bool { return s.Invoice == to.Invoice })
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) error {
			due, err := due(ctx, tx, keys, n.Client, to.Invoice)
			switch {
			case err != nil:
				return err
			case twice || to.Amount <= 0 || to.Amount > due:
				return fault.Fields{{Name: "to", Message: "Enter an amount above 0 that is not more than is left to pay"}}
			}
			return nil
		})
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return err
	}
	switch {
	case closed:
		return ErrDayClosed
	case left < 0:
		return fault.Fields{{Name: "to", Message: "This settles more than was paid"}}
	}
	return nil
}

// due is what is left to pay of an invoice of a client, whom the caller holds.
func due(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client, invoice id.ID) (money.Amount, error) {
	r, err := openRow(ctx, tx, keys, invoice)
	if err != nil {
		return 0, err
	}
	if r.Client != client || !r.Credits.IsZero() {
		return 0, fault.Missing
	}
	return r.Due(), nil
}

// rounding is what is handed over in cash beyond an amount.
func rounding(s Settings, method string, amount money.Amount) money.Amount {
	if method != Cash {
		return 0
	}
	return amount.ToStep(s.CashStep) - amount
}

// keep gives the statements that write a payment and its entries.
func (p PaymentRow) keep(keys *vault.Clinic, entries posting) ([]func(context.Context, *db.Tx) error, error) {
	text, err := sealed(keys, "payments", p.ID, sealedPayment{p.Note, p.to, p.From.Kept()})
	if err != nil {
		return nil, err
	}
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertPayment(ctx, db.InsertPaymentParams{
				TenantID: tx.Tenant, ID: p.ID, ClientID: p.Client, Kind: p.Kind, Method: p.Method, Amount: int64(p.Amount), Rounding: int64(p.Rounding),
				RefundsID: p.Refunds, Day: p.Day, Sealed: text, KeyVersion: keys.KeyVersion(), At: p.At, ByID: p.By,
			})
			if db.Violates(err, "payments_pkey") { // of another client, at the same moment
				return ErrOther
			}
			return err
		},
		post(p.ID, p.Client, p.Day, entries),
	}, nil
}

func (p PaymentRow) record(ctx context.Context, tx *db.Tx, keys *vault.Clinic, jobs []func(context.Context, *db.Tx) error) error {
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return fmt.Errorf("keeping a payment: %w", err)
	}
	ids := []id.ID{p.Client}
	for _, to := range p.to {
		ids = append(ids, to.Invoice)
	}
	if !p.Refunds.IsZero() {
		ids = append(ids, p.Refunds)
	}
	return record(ctx, tx, keys, audit.Change{Action: audit.Created, Object: "payment", ObjectID: p.ID, IDs: ids, Group: group, After: struct {
		Kind, Method     string
		Amount, Rounding money.Amount
		Note             string
		To               []Settle
	}{p.Kind, p.Method, p.Amount, p.Rounding, p.Note, p.to}})
}

// Apply lets credit of a payment settle an invoice of the same client, under an id that came with the form. It gives
// ErrAlreadyThere for a second sending, ErrOther, fault.Missing, and fault.Fields named amount.
func Apply(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, payment id.ID, to Settle) error {
	seen, err := OpenPayment(ctx, tx, keys, payment)
	if err != nil {
		return err
	}
	if err := lockClients([]id.ID{seen.Client})(ctx, tx); err != nil {
		return err
	}
	var p PaymentRow
	var left money.Amount
	var before *db.GetAllocationRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = OpenPayment(ctx, tx, keys, payment)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			left, err = due(ctx, tx, keys, seen.Client, to.Invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			a, err := tx.GetAllocation(ctx, db.GetAllocationParams{TenantID: tx.Tenant, ID: row})
			if db.NoRows(err) {
				return nil
			}
			before = &a
			return err
		},
	)
	switch {
	case err != nil:
		return err
	case before != nil && before.InvoiceID == to.Invoice && before.PaymentID == payment && money.Amount(before.Amount) == to.Amount:
		return ErrAlreadyThere
	case before != nil:
		return ErrOther
	case to.Amount <= 0 || to.Amount > left || to.Amount > p.Unapplied():
		return fault.Fields{{Name: "amount", Message: "Enter an amount above 0 that is neither more than the credit nor more than is left to pay"}}
	}
	if err := allocate(row, p.Client, to.Invoice, payment, id.ID{}, to.Amount)(ctx, tx); err != nil {
		return fmt.Errorf("settling invoice %s: %w", to.Invoice, err)
	}
	return record(ctx, tx, keys, audit.Change{
		Action: audit.Created, Object: "allocation", ObjectID: row, IDs: []id.ID{p.Client, payment, to.Invoice}, Group: group, After: to,
	})
}

// PayBack pays back what of a payment settles nothing, under an id that came with the form: to pay back what was paid
// for an invoice, it is credited first. It gives ErrAlreadyThere with the refund for a second sending, ErrOther,
// ErrDayClosed, fault.Missing, and fault.Fields named method, amount and reason.
func PayBack(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewRefund) (PaymentRow, error) {
	var bad fault.Fields
	checkMoney(&bad, n.Method, n.Amount)
	n.Reason = words(&bad, "reason", n.Reason, "Enter why it is paid back")
	n.Day = dayOf(n.Day)
	if err := bad.Err(); err != nil {
		return PaymentRow{}, err
	}
	seen, err := OpenPayment(ctx, tx, keys, n.Payment)
	if err != nil {
		return PaymentRow{}, err
	}
	if seen.Kind == Refund {
		return PaymentRow{}, fault.Missing
	}
	if err := lockClients([]id.ID{seen.Client})(ctx, tx); err != nil {
		return PaymentRow{}, err
	}
	s, from, was, err := takeMoney(ctx, tx, keys, n.ID)
	if err != nil {
		return PaymentRow{}, err
	}
	if was != nil {
		return again(was, was.Refunds == n.Payment && was.Method == n.Method && was.Amount == n.Amount)
	}
	var of PaymentRow
	var closed bool
	err = db.Together(ctx, tx, isClosed(&closed, n.Day), func(ctx context.Context, tx *db.Tx) (err error) {
		of, err = OpenPayment(ctx, tx, keys, n.Payment)
		return err
	})
	switch {
	case err != nil:
		return PaymentRow{}, err
	case closed:
		return PaymentRow{}, ErrDayClosed
	case n.Amount > of.Unapplied():
		return PaymentRow{}, fault.Fields{{Name: "amount", Message: "Not more than is free of this payment can be paid back: credit the bill first"}}
	}
	p := PaymentRow{
		ID: n.ID, Client: of.Client, Kind: Refund, Method: n.Method, Amount: n.Amount, Rounding: rounding(s, n.Method, n.Amount), Refunds: of.ID, Day: n.Day,
		Note: n.Reason, At: tx.Now(), By: tx.Who.Person, From: from,
	}
	entries := posting{client: p.Amount, rounding: p.Rounding}
	*entries.by(p.Method) -= p.Amount + p.Rounding
	jobs, err := p.keep(keys, entries)
	if err != nil {
		return PaymentRow{}, err
	}
	return p, p.record(ctx, tx, keys, jobs)
}

// OpenPayment reads one payment, deposit or refund. It gives fault.Missing where there is none in this clinic.
func OpenPayment(ctx context.Context, tx *db.Tx, keys *vault.Clinic, payment id.ID) (PaymentRow, error) {
	r, err := tx.GetPayment(ctx, db.GetPaymentParams{TenantID: tx.Tenant, ID: payment})
	if err := db.Missing(err, "reading a payment"); err != nil {
		return PaymentRow{}, err
	}
	return paymentOf(keys, r)
}

// Settled is what a payment settles of one bill.
type Settled struct {
	Invoice id.ID
	Number  string
	Amount  money.Amount
}

// SettledBy reads what a payment settles, by the bill, oldest first.
func SettledBy(ctx context.Context, tx *db.Tx, payment id.ID) ([]Settled, error) {
	rows, err := tx.ListSettledBy(ctx, db.ListSettledByParams{TenantID: tx.Tenant, PaymentID: payment})
	if err != nil {
		return nil, fmt.Errorf("reading what a payment settles: %w", err)
	}
	out := make([]Settled, len(rows))
	for i, r := range rows {
		out[i] = Settled{r.ID, numbered(r.Prefix, r.Number), money.Amount(r.Amount)}
	}
	return out, nil
}

func paymentOf(keys *vault.Clinic, r db.GetPaymentRow) (PaymentRow, error) {
	var s sealedPayment
	if err := open(keys, "payments", r.ID, r.Sealed, &s); err != nil {
		return PaymentRow{}, err
	}
	return PaymentRow{
		ID: r.ID, Client: r.ClientID, Kind: r.Kind, Method: r.Method, Amount: money.Amount(r.Amount), Rounding: money.Amount(r.Rounding), Refunds: r.RefundsID,
		Day: dayOf(r.Day), Note: s.Note, At: r.At.UTC(), By: r.ByID, Allocated: money.Amount(r.Allocated), Refunded: money.Amount(r.Refunded), From: s.From.Printed(), to: s.To,
	}, nil
}

// paymentsOf opens rows of any statement that lists payments.
func paymentsOf[R db.ListUnappliedPaymentsRow | db.ListPaymentsOfDayRow](keys *vault.Clinic, rows []R, err error) ([]PaymentRow, error) {
	if err != nil {
		return nil, fmt.Errorf("reading payments: %w", err)
	}
	out := make([]PaymentRow, len(rows))
	for i, r := range rows {
		if out[i], err = paymentOf(keys, db.GetPaymentRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}
