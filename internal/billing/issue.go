package billing

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
	"paddock/internal/vault"
)

type sealedInvoice struct {
	To   Person               `json:"to"`
	Note string               `json:"note,omitempty"`
	From *practice.Letterhead `json:"from,omitempty"`
}

type sealedLine struct {
	Name    string `json:"name"`
	Note    string `json:"note,omitempty"`
	Patient string `json:"patient"`
	ShareBP int    `json:"share_bp"`
	// Day is when it was done or handed over, where the document is of another day.
	Day string `json:"day,omitempty"`
}

// The kinds of document, as the series and the table name them.
const (
	kindInvoice    = "invoice"
	kindCreditNote = "credit-note"
)

// chargesMost is how many charges one bill may have.
const chargesMost = 500

// Issue makes out open charges: an invoice for each who pays, numbered without a gap. The first has the id that came
// with the form. It gives ErrAlreadyThere for a second sending, ErrChanged where a charge or the owners are no longer
// as the page showed them, ErrDayClosed, ErrNoPayer, ErrMismatch where the visit has nothing to do with
// the charges, fault.Missing, and fault.Fields named charges and note.
func Issue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewInvoice) ([]Issued, error) {
	var bad fault.Fields
	n.Note = words(&bad, "note", n.Note, "")
	n.Day = dayOf(n.Day)
	if len(n.Charges) == 0 || len(n.Charges) > chargesMost {
		bad.Add("charges", "There is nothing to bill")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(n.Charges))
	for i, c := range n.Charges {
		ids[i] = c.Charge
	}
	about, err := n.concerns(ctx, tx, keys, ids)
	if err != nil {
		return nil, err
	}
	d, err := n.hold(ctx, tx, keys, ids, about)
	if err != nil {
		return nil, err
	}
	var jobs []func(context.Context, *db.Tx) error
	made := make([]Issued, len(d.bill.Payers))
	for i, p := range d.bill.Payers {
		if !slices.Contains(about.clients, p.Client) {
			return nil, ErrChanged // the owners are others since
		}
		made[i] = Issued{ID: n.ID, Client: p.Client, Total: p.Total()}
		if i > 0 {
			made[i].ID = derived(n.ID, p.Client)
		}
		more, err := n.document(tx, keys, d, p, &made[i])
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, more...)
	}
	moves := chargeMoves{from: Open, to: Billed}
	for i, l := range d.bill.Lines {
		moves.add(id.New(), l.ID, d.firstWith(made, i))
	}
	more, err := moves.write(keys)
	if err != nil {
		return nil, err
	}
	jobs = append(jobs, more...)
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return nil, fmt.Errorf("issuing a bill: %w", err)
	}
	for i, p := range d.bill.Payers {
		if err := recordIssue(ctx, tx, keys, n, d.bill, p, made[i]); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// concerned are who pays for charges and whose they are, as it was before anything was held.
type concerned struct {
	charges           []ChargeRow
	clients, patients []id.ID
}

// concerns asks for them. What is then found to be otherwise gives ErrChanged.
func (n NewInvoice) concerns(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ids []id.ID) (c concerned, err error) {
	var shares map[id.ID][]share
	if err := db.Together(ctx, tx, loadCharges(&c.charges, keys, ids), loadShares(&shares, ids)); err != nil {
		return c, err
	}
	for _, one := range c.charges {
		c.patients = append(c.patients, one.Patient)
		for _, p := range payers(one, n.To, shares) {
			c.clients = append(c.clients, p.client)
		}
	}
	c.clients, c.patients = sorted(c.clients), sorted(c.patients)
	return c, nil
}

// locks hold everything a bill is made of, in the order of locks.
func (n NewInvoice) locks(ids []id.ID, about concerned) []func(context.Context, *db.Tx) error {
	return []func(context.Context, *db.Tx) error{
		lockClients(about.clients),
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.HoldCharged(ctx, db.HoldChargedParams{TenantID: tx.Tenant, Ids: about.patients})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			if n.Visit.IsZero() {
				return nil
			}
			v, err := tx.LockBilledVisit(ctx, db.LockBilledVisitParams{TenantID: tx.Tenant, ID: n.Visit})
			if err := db.Missing(err, "locking a visit"); err != nil {
				return err
			}
			theirs := slices.Contains(about.clients, v.ClientID) || slices.ContainsFunc(about.charges, func(c ChargeRow) bool {
				return c.Visit == n.Visit || c.Patient == v.PatientID
			})
			if !theirs {
				return ErrMismatch
			}
			return nil
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.LockCharges(ctx, db.LockChargesParams{TenantID: tx.Tenant, Ids: ids})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := holdSettings(ctx, tx)
			return err
		},
	}
}

// drawn is what a bill is written from, read under its locks.
type drawn struct {
	bill   Bill
	series db.GetInvoiceSeriesRow
	from   practice.Letterhead
	names  named
}

// firstWith is the document that a line stands on first.
func (d drawn) firstWith(made []Issued, line int) id.ID {
	for i, p := range d.bill.Payers {
		if slices.ContainsFunc(p.Parts, func(part Part) bool { return part.Line == line }) {
			return made[i].ID
		}
	}
	return made[0].ID
}

// hold takes the locks, reads behind them and in the same trip what a bill is written from, and says what stands against
// issuing it.
func (n NewInvoice) hold(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ids []id.ID, about concerned) (drawn, error) {
	var d drawn
	var s Settings
	var t Taxes
	var charges []ChargeRow
	var shares map[id.ID][]share
	var there, closed bool
	err := db.Together(ctx, tx, slices.Concat(n.locks(ids, about), []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.GetInvoice(ctx, db.GetInvoiceParams{TenantID: tx.Tenant, ID: n.ID})
			if there = err == nil; there || db.NoRows(err) {
				return nil
			}
			return err
		},
		loadCharges(&charges, keys, ids), loadShares(&shares, ids), loadSettings(&s), t.loadClasses, t.loadRates,
		isClosed(&closed, n.Day), loadSeries(&d.series, kindInvoice), practice.Loading(&d.from, keys), loadNames(&d.names, keys, about),
	})...)
	switch {
	case err != nil:
		return d, err
	case there:
		return d, ErrAlreadyThere
	case closed:
		return d, ErrDayClosed
	}
	seen := map[id.ID]int64{}
	for _, c := range n.Charges {
		seen[c.Charge] = c.Version
	}
	for _, c := range charges {
		if c.State != Open || c.Version != seen[c.ID] {
			return d, ErrChanged
		}
	}
	if d.bill, err = compute(s, t, charges); err != nil {
		return d, err
	}
	if d.bill.Total() > money.Most {
		return d, fault.Fields{{Name: "charges", Message: "This comes to more than one bill can: look at the decimal points"}}
	}
	return d, d.bill.split(n.To, shares)
}

// document gives the statements that write one payer's invoice, its lines and its entries in the ledger. The first of
// them holds the series and gives the number.
func (n NewInvoice) document(tx *db.Tx, keys *vault.Clinic, d drawn, p Payer, made *Issued) ([]func(context.Context, *db.Tx) error, error) {
	text, err := sealed(keys, "invoices", made.ID, sealedInvoice{d.names.people[p.Client], n.Note, d.from.Kept()})
	if err != nil {
		return nil, err
	}
	jobs := []func(context.Context, *db.Tx) error{number(db.InsertInvoiceParams{
		TenantID: tx.Tenant, ID: made.ID, SeriesID: d.series.ID, ClientID: p.Client, VisitID: n.Visit, Day: n.Day, DueOn: n.Day.AddDate(0, 0, d.bill.DueDays),
		Currency: string(d.bill.Currency), TaxIncluded: d.bill.TaxIncluded, Net: int64(p.Net), Tax: int64(p.Tax), ShareBp: int32(p.ShareBP),
		Sealed: text, KeyVersion: keys.KeyVersion(), IssuedAt: tx.Now(), IssuedBy: tx.Who.Person,
	}, d.series.Prefix, &made.Number)}
	list := make([]InvoiceLine, len(p.Parts))
	for i, part := range p.Parts {
		l := d.bill.Lines[part.Line]
		list[i] = InvoiceLine{
			Charge: l.ID, Patient: l.Patient, Item: l.Item, Name: l.Name, Note: l.Note, PatientName: d.names.patients[l.Patient], ShareBP: part.ShareBP,
			Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, DiscountBP: l.DiscountBP, TaxClass: l.TaxClass, Context: l.Context, Species: l.Species,
			Rate: l.Rate, Amount: part.Amount, Net: part.Net, Tax: part.Tax,
		}
		if !l.Day.Equal(n.Day) {
			list[i].Supplied = l.Day
		}
	}
	insert, err := insertLines(keys, made.ID, list)
	if err != nil {
		return nil, err
	}
	jobs = append(jobs, insert)
	return append(jobs, post(made.ID, p.Client, n.Day, posting{client: p.Total(), sales: -p.Net, tax: -p.Tax})), nil
}

// number writes a document under the next number of its series.
func number(p db.InsertInvoiceParams, prefix string, made *string) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		nr, err := tx.InsertInvoice(ctx, p)
		switch {
		case db.Violates(err, "invoices_pkey"):
			return ErrAlreadyThere
		case db.NoRows(err):
			return ErrChanged // the series was ended meanwhile
		}
		*made = numbered(prefix, nr)
		return err
	}
}

func numbered(prefix string, nr int64) string { return prefix + strconv.FormatInt(nr, 10) }

// insertLines gives the statement that writes the lines of a document, under new ids.
func insertLines(keys *vault.Clinic, document id.ID, list []InvoiceLine) (func(context.Context, *db.Tx) error, error) {
	p := db.InsertInvoiceLinesParams{InvoiceID: document, KeyVersion: keys.KeyVersion()}
	for i, l := range list {
		row := id.New()
		line := sealedLine{Name: l.Name, Note: l.Note, Patient: l.PatientName, ShareBP: l.ShareBP}
		if !l.Supplied.IsZero() {
			line.Day = l.Supplied.Format(time.DateOnly)
		}
		text, err := sealed(keys, "invoice_lines", row, line)
		if err != nil {
			return nil, err
		}
		p.Ids, p.Positions, p.Sealed = append(p.Ids, row), append(p.Positions, int32(i+1)), append(p.Sealed, text)
		p.Charges, p.Patients, p.Items = append(p.Charges, l.Charge), append(p.Patients, l.Patient), append(p.Items, l.Item)
		p.Thousandths, p.Units, p.Prices = append(p.Thousandths, int64(l.Quantity)), append(p.Units, l.Unit), append(p.Prices, int64(l.Price))
		p.Discounts, p.Classes = append(p.Discounts, int32(l.DiscountBP)), append(p.Classes, l.TaxClass)
		p.Contexts, p.Species, p.Millionths = append(p.Contexts, l.Context), append(p.Species, l.Species), append(p.Millionths, int64(l.Rate))
		p.Amounts, p.Nets, p.Taxes = append(p.Amounts, int64(l.Amount)), append(p.Nets, int64(l.Net)), append(p.Taxes, int64(l.Tax))
	}
	return func(ctx context.Context, tx *db.Tx) error {
		p.TenantID = tx.Tenant
		return tx.InsertInvoiceLines(ctx, p)
	}, nil
}

// issueRecord is what the record keeps of a document.
type issueRecord struct {
	Number   string         `json:"number"`
	Currency money.Currency `json:"currency"`
	Net      money.Amount   `json:"net"`
	Tax      money.Amount   `json:"tax"`
	Reason   string         `json:"reason,omitempty"`
}

func recordIssue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewInvoice, b Bill, p Payer, made Issued) error {
	ids := []id.ID{p.Client}
	if !n.Visit.IsZero() {
		ids = append(ids, n.Visit)
	}
	for _, part := range p.Parts {
		ids = append(ids, b.Lines[part.Line].ID)
	}
	return record(ctx, tx, keys, audit.Change{
		Action: audit.Created, Object: "invoice", ObjectID: made.ID, IDs: ids, Group: group,
		After: issueRecord{Number: made.Number, Currency: b.Currency, Net: p.Net, Tax: p.Tax},
	})
}
