package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/vault"
)

// InvoiceFilter says which documents are listed.
type InvoiceFilter struct {
	// State is Unpaid (those part paid or overdue too), PartPaid, Overdue, Paid, Credited, CreditsIt, or "" for all.
	State string
	// Client narrows to one client's, zero for all.
	Client id.ID
	// From and To are days, zero for no bound.
	From, To time.Time
	// Today is the clinic's day, for Overdue.
	Today time.Time
	// Before is the last document of the page before, with its day; zero for the first page.
	Before    id.ID
	BeforeDay time.Time
	Most      int
}

// State is what has become of a document by a day of the clinic's calendar: computed, never stored.
func (r InvoiceRow) State(today time.Time) string {
	switch {
	case !r.Credits.IsZero():
		return CreditsIt
	case r.Total() > 0 && r.Credited == r.Total():
		return Credited
	case r.Due() <= 0:
		return Paid
	case r.DueOn.Before(dayOf(today)):
		return Overdue
	case r.Settled > 0:
		return PartPaid
	}
	return Unpaid
}

var (
	farBack   = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	farAhead  = time.Date(2900, 1, 1, 0, 0, 0, 0, time.UTC)
	afterLast = id.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff")
)

// Invoices reads documents, the newest first. more says that there are older ones.
func Invoices(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f InvoiceFilter) (list []InvoiceRow, more bool, err error) {
	p := db.ListInvoicesParams{
		TenantID: tx.Tenant, FromDay: farBack, ToDay: farAhead, BeforeDay: farAhead, BeforeID: afterLast, State: f.State, Today: dayOf(f.Today), Most: int32(f.Most) + 1,
	}
	if !f.From.IsZero() {
		p.FromDay = dayOf(f.From)
	}
	if !f.To.IsZero() {
		p.ToDay = dayOf(f.To)
	}
	if !f.Before.IsZero() {
		p.BeforeDay, p.BeforeID = dayOf(f.BeforeDay), f.Before
	}
	if f.Client.IsZero() {
		rows, err := tx.ListInvoices(ctx, p)
		list, err = invoicesOf(keys, rows, err)
		if err != nil {
			return nil, false, err
		}
	} else {
		rows, err := tx.ListClientInvoices(ctx, db.ListClientInvoicesParams{
			TenantID: tx.Tenant, ClientID: f.Client, FromDay: p.FromDay, ToDay: p.ToDay, BeforeDay: p.BeforeDay, BeforeID: p.BeforeID,
			State: p.State, Today: p.Today, Most: p.Most,
		})
		list, err = invoicesOf(keys, rows, err)
		if err != nil {
			return nil, false, err
		}
	}
	return list[:min(len(list), f.Most)], len(list) > f.Most, nil
}

// InvoicesOfVisit reads the documents of a visit, credit notes too, in the order they were issued.
func InvoicesOfVisit(ctx context.Context, tx *db.Tx, keys *vault.Clinic, visit id.ID) ([]InvoiceRow, error) {
	rows, err := tx.ListVisitInvoices(ctx, db.ListVisitInvoicesParams{TenantID: tx.Tenant, VisitID: visit})
	return invoicesOf(keys, rows, err)
}

// OpenInvoice reads one document with its lines, what settles it and what credits it. It gives fault.Missing where
// there is none in this clinic.
func OpenInvoice(ctx context.Context, tx *db.Tx, keys *vault.Clinic, invoice id.ID) (InvoiceView, error) {
	var v InvoiceView
	credited := map[id.ID]money.Amount{}
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			v.InvoiceRow, err = openRow(ctx, tx, keys, invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			v.Lines, err = lines(ctx, tx, keys, invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListCreditedCharges(ctx, db.ListCreditedChargesParams{TenantID: tx.Tenant, InvoiceID: invoice})
			for _, r := range rows {
				credited[r.ChargeID] = money.Amount(r.Amount)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			v.Settlements, err = settlements(ctx, tx, invoice)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListCreditNotes(ctx, db.ListCreditNotesParams{TenantID: tx.Tenant, InvoiceID: invoice})
			v.CreditNotes, err = invoicesOf(keys, rows, err)
			return err
		},
	)
	if err != nil {
		return InvoiceView{}, err
	}
	if !v.Credits.IsZero() {
		of, err := openRow(ctx, tx, keys, v.Credits)
		if err != nil {
			return InvoiceView{}, err
		}
		v.CreditsNumber, v.CreditsDay = of.Number, of.Day
	}
	for i := range v.Lines {
		v.Lines[i].CreditedAmount = credited[v.Lines[i].Charge]
	}
	v.ByRate = byRate(len(v.Lines), func(i int) (money.Rate, money.Amount, money.Amount) {
		return v.Lines[i].Rate, v.Lines[i].Net, v.Lines[i].Tax
	})
	return v, nil
}

func openRow(ctx context.Context, tx *db.Tx, keys *vault.Clinic, invoice id.ID) (InvoiceRow, error) {
	r, err := tx.GetInvoice(ctx, db.GetInvoiceParams{TenantID: tx.Tenant, ID: invoice})
	if err := db.Missing(err, "reading an invoice"); err != nil {
		return InvoiceRow{}, err
	}
	return invoiceOf(keys, r)
}

func lines(ctx context.Context, tx *db.Tx, keys *vault.Clinic, invoice id.ID) ([]InvoiceLine, error) {
	rows, err := tx.ListInvoiceLines(ctx, db.ListInvoiceLinesParams{TenantID: tx.Tenant, InvoiceID: invoice})
	if err != nil {
		return nil, fmt.Errorf("reading the lines of an invoice: %w", err)
	}
	out := make([]InvoiceLine, len(rows))
	for i, r := range rows {
		var s sealedLine
		if err := open(keys, "invoice_lines", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = InvoiceLine{
			ID: r.ID, Charge: r.ChargeID, Patient: r.PatientID, Item: r.ItemID, Name: s.Name, Note: s.Note, PatientName: s.Patient, ShareBP: s.ShareBP,
			Quantity: r.Quantity, Unit: r.Unit, Price: money.Amount(r.Price), DiscountBP: int(r.DiscountBp), TaxClass: r.TaxClassID, Context: r.Context,
			Species: r.Species, Rate: r.Rate, Amount: money.Amount(r.Amount), Net: money.Amount(r.Net), Tax: money.Amount(r.Tax),
		}
		if s.Day == "" {
			continue
		}
		if out[i].Supplied, err = time.Parse(time.DateOnly, s.Day); err != nil {
			return nil, fmt.Errorf("reading the day of an invoiced line: %w", err)
		}
	}
	return out, nil
}

func settlements(ctx context.Context, tx *db.Tx, invoice id.ID) ([]Allocation, error) {
	rows, err := tx.ListAllocationsOfInvoice(ctx, db.ListAllocationsOfInvoiceParams{TenantID: tx.Tenant, InvoiceID: invoice})
	if err != nil {
		return nil, fmt.Errorf("reading what settles an invoice: %w", err)
	}
	out := make([]Allocation, len(rows))
	for i, r := range rows {
		out[i] = Allocation{r.ID, r.InvoiceID, r.PaymentID, r.CreditID, money.Amount(r.Amount), r.At.UTC(), r.ByID}
	}
	return out, nil
}

// invoicesOf opens rows of any statement that lists documents.
func invoicesOf[R db.ListInvoicesRow | db.ListClientInvoicesRow | db.ListVisitInvoicesRow | db.ListCreditNotesRow](keys *vault.Clinic, rows []R, err error) ([]InvoiceRow, error) {
	if err != nil {
		return nil, fmt.Errorf("reading invoices: %w", err)
	}
	out := make([]InvoiceRow, len(rows))
	for i, r := range rows {
		if out[i], err = invoiceOf(keys, db.GetInvoiceRow(r)); err != nil {
			return nil, err
		}
	}
	return slices.Clip(out), nil
}

func invoiceOf(keys *vault.Clinic, r db.GetInvoiceRow) (InvoiceRow, error) {
	var s sealedInvoice
	if err := open(keys, "invoices", r.ID, r.Sealed, &s); err != nil {
		return InvoiceRow{}, err
	}
	return InvoiceRow{
		ID: r.ID, Number: numbered(r.Prefix, r.Number), Credits: r.CreditsID, Client: r.ClientID, Visit: r.VisitID, Day: dayOf(r.Day), DueOn: dayOf(r.DueOn),
		Currency: money.Currency(r.Currency), TaxIncluded: r.TaxIncluded, Net: money.Amount(r.Net), Tax: money.Amount(r.Tax), ShareBP: int(r.ShareBp),
		IssuedAt: r.IssuedAt.UTC(), IssuedBy: r.IssuedBy, To: s.To, Note: s.Note, From: s.From.Printed(), Settled: money.Amount(r.Settled), Credited: money.Amount(r.Credited),
	}, nil
}
