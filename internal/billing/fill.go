package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
	"paddock/internal/vault"
)

// PastBill is the bill of a visit of a Fill: issued to one client, and paid at once, but for one without a Method.
type PastBill struct {
	Invoice, Visit, Patient, Client id.ID
	Species, Animal                 string
	To                              Person
	At                              time.Time
	Day                             time.Time
	Lines                           []PastLine
	Method                          string
}

// PastLine is what was sold on a PastBill, at the price of the list.
type PastLine struct {
	ItemRow
	Quantity money.Quantity
	Note     string
}

// Fill is bills that are issued together, as when a clinic is made up: sealed, for one transaction of the clinic whose
// keys sealed them.
type Fill struct {
	commitment  []byte
	settings    Settings
	from        *practice.Letterhead
	charges     db.InsertPastChargesParams
	invoices    db.InsertPastInvoicesParams
	lines       db.InsertPastInvoiceLinesParams
	payments    db.InsertPastPaymentsParams
	allocations db.InsertPastAllocationsParams
	ledger      db.InsertPastLedgerParams
}

// SealFill prices and seals bills, in the order they are to be numbered. It writes nothing, so that it may be done on
// several processors. It gives ErrNoRate.
func SealFill(keys *vault.Clinic, s Settings, t Taxes, from practice.Letterhead, bills []PastBill) (*Fill, error) {
	content, err := json.Marshal(bills)
	if err != nil {
		return nil, fmt.Errorf("writing down a fill: %w", err)
	}
	f := &Fill{commitment: keys.Commit([]byte("fill"), content), settings: s, from: from.Kept()}
	for _, b := range bills {
		if err := f.add(keys, t, b); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Fill) add(keys *vault.Clinic, t Taxes, b PastBill) error {
	charges := make([]ChargeRow, len(b.Lines))
	for i, l := range b.Lines {
		charges[i] = ChargeRow{ID: id.New(), Species: b.Species, Charge: Charge{
			Patient: b.Patient, Visit: b.Visit, Item: l.ID, Name: l.Name, Note: l.Note, Quantity: l.Quantity, Unit: l.Unit,
			Price: l.Price, TaxClass: l.TaxClass, Context: l.Context, Day: b.Day,
		}}
	}
	bill, err := compute(f.settings, t, charges)
	if err != nil {
		return err
	}
	for i, l := range bill.Lines {
		if err := f.line(keys, b, i+1, l); err != nil {
			return err
		}
	}
	text, err := sealed(keys, "invoices", b.Invoice, sealedInvoice{To: b.To, From: f.from})
	if err != nil {
		return err
	}
	p := &f.invoices
	p.Nths, p.Ids, p.Sealed = append(p.Nths, int64(len(p.Nths))), append(p.Ids, b.Invoice), append(p.Sealed, text)
	p.ClientIds, p.VisitIds = append(p.ClientIds, b.Client), append(p.VisitIds, b.Visit)
	p.Days, p.Ats = append(p.Days, b.Day), append(p.Ats, b.At)
	p.Nets, p.Taxes = append(p.Nets, int64(bill.Net)), append(p.Taxes, int64(bill.Tax))
	if err := f.post(b, b.Invoice, posting{client: bill.Total(), sales: -bill.Net, tax: -bill.Tax}); err != nil {
		return err
	}
	if b.Method == "" || bill.Total() == 0 {
		return nil
	}
	return f.pay(keys, b, bill.Total())
}

// line adds a charge and the line it is billed on.
func (f *Fill) line(keys *vault.Clinic, b PastBill, position int, l Line) error {
	move, row := id.New(), id.New()
	text, err := sealed(keys, "charges", l.ID, sealedCharge{l.Name, l.Note})
	if err != nil {
		return err
	}
	moved, err := sealed(keys, "charge_moves", move, sealedMove{})
	if err != nil {
		return err
	}
	printed, err := sealed(keys, "invoice_lines", row, sealedLine{Name: l.Name, Note: l.Note, Patient: b.Animal, ShareBP: money.WholeBP})
	if err != nil {
		return err
	}
	c := &f.charges
	c.Ids, c.MoveIds, c.InvoiceIds = append(c.Ids, l.ID), append(c.MoveIds, move), append(c.InvoiceIds, b.Invoice)
	c.PatientIds, c.VisitIds, c.ItemIds = append(c.PatientIds, l.Patient), append(c.VisitIds, l.Visit), append(c.ItemIds, l.Item)
	c.Thousandths, c.Units, c.Prices = append(c.Thousandths, int64(l.Quantity)), append(c.Units, l.Unit), append(c.Prices, int64(l.Price))
	c.Classes, c.Contexts = append(c.Classes, l.TaxClass), append(c.Contexts, l.Context)
	c.Sealed, c.MoveSealed = append(c.Sealed, text), append(c.MoveSealed, moved)
	c.Days, c.Ats = append(c.Days, l.Day), append(c.Ats, b.At)
	p := &f.lines
	p.Ids, p.InvoiceIds, p.Positions = append(p.Ids, row), append(p.InvoiceIds, b.Invoice), append(p.Positions, int32(position))
	p.ChargeIds, p.PatientIds, p.ItemIds = append(p.ChargeIds, l.ID), append(p.PatientIds, l.Patient), append(p.ItemIds, l.Item)
	p.Thousandths, p.Units, p.Prices = append(p.Thousandths, int64(l.Quantity)), append(p.Units, l.Unit), append(p.Prices, int64(l.Price))
	p.Classes, p.Contexts, p.Species = append(p.Classes, l.TaxClass), append(p.Contexts, l.Context), append(p.Species, l.Species)
	p.TenThousandths, p.Sealed = append(p.TenThousandths, int64(l.Rate)), append(p.Sealed, printed)
	p.Amounts, p.Nets, p.Taxes = append(p.Amounts, int64(l.Amount)), append(p.Nets, int64(l.Net)), append(p.Taxes, int64(l.Tax))
	return nil
}

// pay adds the payment that settles a bill.
func (f *Fill) pay(keys *vault.Clinic, b PastBill, total money.Amount) error {
	row := id.New()
	text, err := sealed(keys, "payments", row, sealedPayment{To: []Settle{{b.Invoice, total}}, From: f.from})
	if err != nil {
		return err
	}
	r := rounding(f.settings, b.Method, total)
	p := &f.payments
	p.Ids, p.ClientIds, p.Methods, p.Sealed = append(p.Ids, row), append(p.ClientIds, b.Client), append(p.Methods, b.Method), append(p.Sealed, text)
	p.Amounts, p.Roundings = append(p.Amounts, int64(total)), append(p.Roundings, int64(r))
	p.Days, p.Ats = append(p.Days, b.Day), append(p.Ats, b.At)
	a := &f.allocations
	a.Ids, a.ClientIds = append(a.Ids, id.New()), append(a.ClientIds, b.Client)
	a.InvoiceIds, a.PaymentIds = append(a.InvoiceIds, b.Invoice), append(a.PaymentIds, row)
	a.Amounts, a.Ats = append(a.Amounts, int64(total)), append(a.Ats, b.At)
	entries := posting{client: -total, rounding: -r}
	*entries.by(b.Method) += total + r
	return f.post(b, row, entries)
}

func (f *Fill) post(b PastBill, source id.ID, p posting) error {
	list, err := p.entries()
	if err != nil {
		return fmt.Errorf("posting %s: %w", source, err)
	}
	for _, e := range list {
		client := ""
		if e.account == "client" {
			client = b.Client.String()
		}
		l := &f.ledger
		l.Ids, l.SourceIds, l.Accounts = append(l.Ids, id.New()), append(l.SourceIds, source), append(l.Accounts, e.account)
		l.ClientIds, l.Amounts = append(l.ClientIds, client), append(l.Amounts, int64(e.amount))
		l.Days, l.Ats = append(l.Days, b.Day), append(l.Ats, b.At)
	}
	return nil
}

// WriteFill issues the bills of a fill, as the person of the transaction, under the next numbers, with one leaf that
// holds their ids and a commitment to what they say. It gives ErrAlreadyThere where one of them is there, and
// ErrNotSetUp; the transaction is lost then. The visits are there already, and may have ended.
func WriteFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill) error {
	if len(f.invoices.Ids) == 0 {
		return nil
	}
	var series db.GetInvoiceSeriesRow
	if err := loadSeries(&series, kindInvoice)(ctx, tx); err != nil {
		return err
	}
	charges, invoices, lines, payments, allocations, ledger := f.charges, f.invoices, f.lines, f.payments, f.allocations, f.ledger
	me, version := tx.Who.Person, keys.KeyVersion()
	charges.TenantID, charges.KeyVersion, charges.ByID = tx.Tenant, version, me
	lines.TenantID, lines.KeyVersion, ledger.TenantID = tx.Tenant, version, tx.Tenant
	payments.TenantID, payments.KeyVersion, payments.ByID = tx.Tenant, version, me
	allocations.TenantID, allocations.ByID = tx.Tenant, me
	first, err := tx.TakeInvoiceNumbers(ctx, db.TakeInvoiceNumbersParams{TenantID: tx.Tenant, ID: series.ID, Many: int64(len(invoices.Ids))})
	if err != nil {
		return fmt.Errorf("taking numbers for a fill: %w", err)
	}
	invoices.TenantID, invoices.SeriesID, invoices.FirstNumber, invoices.KeyVersion, invoices.ByID = tx.Tenant, series.ID, first, version, me
	invoices.DueDays, invoices.Currency, invoices.TaxIncluded = int32(f.settings.DueDays), string(f.settings.Currency), f.settings.TaxIncluded
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastCharges(ctx, charges) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastInvoices(ctx, invoices) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastInvoiceLines(ctx, lines) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastPayments(ctx, payments) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastAllocations(ctx, allocations) },
		func(ctx context.Context, tx *db.Tx) error { return tx.InsertPastLedger(ctx, ledger) },
	)
	if db.Violates(err, "invoices_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("issuing a fill: %w", err)
	}
	return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "invoice", IDs: invoices.Ids, Commitment: f.commitment})
}
