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

// ErrNothingLeft refuses to credit what was credited before.
var ErrNothingLeft = fault.New(fault.Conflict, "Nothing of this bill is left to credit.")

// Credit undoes an issued invoice, or a part of it, by a credit note with its own number. What was paid on it beyond
// what is left becomes credit of the client. Charges that are then credited on every invoice they stand on are open
// again, or declined; these are given back. It gives ErrAlreadyThere for a second sending, ErrDayClosed,
// ErrNothingLeft, ErrVisitOver where a charge would open on a visit that has ended, fault.Missing, and fault.Fields
// named lines, reason and then.
func Credit(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewCredit) (made Issued, moved []id.ID, err error) {
	var bad fault.Fields
	n.Reason = words(&bad, "reason", n.Reason, "Enter why, like billed twice")
	if n.Then != Open && n.Then != Declined {
		bad.Add("then", "Choose what becomes of the items")
	}
	n.Day = dayOf(n.Day)
	if err := bad.Err(); err != nil {
		return made, nil, err
	}
	d, err := n.hold(ctx, tx, keys)
	if err != nil {
		return made, nil, err
	}
	taken, err := n.take(d)
	if err != nil {
		return made, nil, err
	}
	made = Issued{ID: n.ID, Client: d.of.Client}
	var net, tax money.Amount
	for _, l := range taken {
		net, tax = net+l.Net, tax+l.Tax
	}
	made.Total = net + tax
	jobs, err := n.note(tx, keys, d, taken, net, tax, &made)
	if err != nil {
		return made, nil, err
	}
	jobs = append(jobs, n.settle(d, made.Total)...)
	moves := chargeMoves{from: Billed, to: n.Then, reason: n.Reason}
	for _, l := range taken {
		if d.billed[l.Charge] == l.Amount && d.states[l.Charge] == Billed {
			moves.add(id.New(), l.Charge, id.ID{})
		}
	}
	more, err := moves.write(keys)
	if err != nil {
		return made, nil, err
	}
	jobs, moved = append(jobs, more...), moves.charges
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return made, nil, fmt.Errorf("crediting invoice %s: %w", n.Invoice, err)
	}
	return made, moved, record(ctx, tx, keys, audit.Change{
		Action: audit.Created, Object: "credit-note", ObjectID: n.ID, IDs: append([]id.ID{n.Invoice, d.of.Client}, moved...), Group: group,
		After: issueRecord{made.Number, d.of.Currency, net, tax, n.Reason},
	})
}

// credited is what a credit note is written from, read under its locks.
type credited struct {
	of     InvoiceRow
	lines  []InvoiceLine
	before map[id.ID]InvoiceLine // what was taken back of each charge
	notes  int
	paid   []Allocation
	series db.GetInvoiceSeriesRow
	from   practice.Letterhead
	// billed is what of each charge stands on all invoices and was not taken back; states what each is in.
	billed map[id.ID]money.Amount
	states map[id.ID]string
}

// hold locks the client, the visits where charges may open, the charges and the day, and reads the rest.
func (n NewCredit) hold(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (credited, error) {
	d := credited{before: map[id.ID]InvoiceLine{}, billed: map[id.ID]money.Amount{}, states: map[id.ID]string{}}
	var there, closed, ended bool
	var charges []ChargeRow
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			d.of, err = openRow(ctx, tx, keys, n.Invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			d.lines, err = lines(ctx, tx, keys, n.Invoice)
			return err
		},
	)
	if err != nil {
		return d, err
	}
	if !d.of.Credits.IsZero() {
		return d, fault.Missing // a credit note is not credited
	}
	ids := make([]id.ID, len(d.lines))
	for i, l := range d.lines {
		ids[i] = l.Charge
	}
	if err := loadCharges(&charges, keys, ids)(ctx, tx); err != nil {
		return d, err
	}
	var visits []id.ID
	for _, c := range charges {
		if !c.Visit.IsZero() {
			visits = append(visits, c.Visit)
		}
	}
	err = db.Together(ctx, tx,
		lockClients([]id.ID{d.of.Client}),
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.HoldChargedVisits(ctx, db.HoldChargedVisitsParams{TenantID: tx.Tenant, Ids: sorted(visits)})
			ended = slices.ContainsFunc(rows, func(r db.HoldChargedVisitsRow) bool { return slices.Contains(over, r.State) })
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.LockCharges(ctx, db.LockChargesParams{TenantID: tx.Tenant, Ids: ids})
			for _, r := range rows {
				d.states[r.ID] = r.State
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := holdSettings(ctx, tx)
			return err
		},
		isClosed(&closed, n.Day),
		loadSeries(&d.series, kindCreditNote),
		practice.Loading(&d.from, keys),
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.GetInvoice(ctx, db.GetInvoiceParams{TenantID: tx.Tenant, ID: n.ID})
			if there = err == nil; there || db.NoRows(err) {
				return nil
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			d.of, err = openRow(ctx, tx, keys, n.Invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListCreditedCharges(ctx, db.ListCreditedChargesParams{TenantID: tx.Tenant, InvoiceID: n.Invoice})
			for _, r := range rows {
				d.before[r.ChargeID] = InvoiceLine{Amount: money.Amount(r.Amount), Net: money.Amount(r.Net), Tax: money.Amount(r.Tax)}
			}
			d.notes = len(rows)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListBilledAmounts(ctx, db.ListBilledAmountsParams{TenantID: tx.Tenant, Charges: ids})
			for _, r := range rows {
				d.billed[r.ChargeID] = money.Amount(r.Amount)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			d.paid, err = settlements(ctx, tx, n.Invoice)
			return err
		},
	)
	switch {
	case err != nil:
		return d, err
	case there:
		return d, ErrAlreadyThere
	case closed:
		return d, ErrDayClosed
	case ended && n.Then == Open:
		return d, ErrVisitOver
	}
	return d, nil
}

// take gives the lines of the credit note. The tax of a part is such that parts add up to the tax of the line.
func (n NewCredit) take(d credited) ([]InvoiceLine, error) {
	var out []InvoiceLine
	for _, l := range d.lines {
		was := d.before[l.Charge]
		amount := l.Amount - was.Amount
		if len(n.Lines) > 0 {
			at := slices.IndexFunc(n.Lines, func(c CreditLine) bool { return c.Line == l.ID })
			if at < 0 {
				continue
			}
			if c := n.Lines[at].Amount; c <= 0 || c > amount {
				return nil, fault.Fields{{Name: "lines", Message: l.Name + ": enter an amount above 0 that is not more than is left of it"}}
			}
			amount = n.Lines[at].Amount
		} else if _, before := d.before[l.Charge]; before && amount == 0 {
			continue
		}
		part := l
		part.Amount, part.Net, part.Tax = amount, amount, 0
		if l.Amount > 0 {
			part.Tax = l.Tax.Share(int64(was.Amount+amount), int64(l.Amount)) - was.Tax
		}
		if d.of.TaxIncluded {
			part.Net -= part.Tax
		}
		out = append(out, part)
	}
	switch {
	case len(n.Lines) > 0 && len(out) != len(n.Lines):
		return nil, fault.Missing
	case len(out) == 0:
		return nil, ErrNothingLeft
	}
	return out, nil
}

// note gives the statements that write the credit note, its lines and its entries.
func (n NewCredit) note(tx *db.Tx, keys *vault.Clinic, d credited, taken []InvoiceLine, net, tax money.Amount, made *Issued) ([]func(context.Context, *db.Tx) error, error) {
	text, err := sealed(keys, "invoices", n.ID, sealedInvoice{d.of.To, n.Reason, d.from.Kept()})
	if err != nil {
		return nil, err
	}
	jobs := []func(context.Context, *db.Tx) error{number(db.InsertInvoiceParams{
		TenantID: tx.Tenant, ID: n.ID, SeriesID: d.series.ID, CreditsID: n.Invoice, ClientID: d.of.Client, VisitID: d.of.Visit, Day: n.Day, DueOn: n.Day,
		Currency: string(d.of.Currency), TaxIncluded: d.of.TaxIncluded, Net: int64(net), Tax: int64(tax), ShareBp: int32(d.of.ShareBP),
		Sealed: text, KeyVersion: keys.KeyVersion(), IssuedAt: tx.Now(), IssuedBy: tx.Who.Person,
	}, d.series.Prefix, &made.Number)}
	insert, err := insertLines(keys, n.ID, taken)
	if err != nil {
		return nil, err
	}
	return append(jobs, insert, post(n.ID, d.of.Client, n.Day, posting{client: -(net + tax), sales: net, tax: tax})), nil
}

// settle lets the credit note settle its invoice, and takes back what was paid beyond what is then left: the latest
// payment first, which so becomes credit of the client.
func (n NewCredit) settle(d credited, total money.Amount) (jobs []func(context.Context, *db.Tx) error) {
	if total == 0 {
		return nil
	}
	var payments []id.ID
	net := map[id.ID]money.Amount{}
	for _, a := range d.paid {
		if !a.Payment.IsZero() {
			payments = append(payments, a.Payment)
			net[a.Payment] += a.Amount
		}
	}
	back := d.of.Settled + total - d.of.Total()
	for _, p := range slices.Backward(payments) {
		if take := min(back, net[p]); take > 0 {
			jobs = append(jobs, allocate(id.New(), d.of.Client, n.Invoice, p, id.ID{}, -take))
			back -= take
			net[p] = 0
		}
	}
	return append(jobs, allocate(id.New(), d.of.Client, n.Invoice, id.ID{}, n.ID, total))
}

// allocate ties an amount of a payment or of a credit note to an invoice of the same client.
func allocate(row, client, invoice, payment, credit id.ID, amount money.Amount) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertAllocation(ctx, db.InsertAllocationParams{
			TenantID: tx.Tenant, ID: row, ClientID: client, InvoiceID: invoice, PaymentID: payment, CreditID: credit, Amount: int64(amount),
			At: tx.Now(), ByID: tx.Who.Person,
		})
	}
}
