package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/views"
)

const (
	// billsAPage is how many documents a page of the list has, mostDrafts how many open bills stand above it.
	billsAPage = 50
	mostDrafts = 20
)

// billFilters are the states that the list can be narrowed to, with what is said where there is none.
var billFilters = []struct{ state, word, empty string }{
	{"", "All", "No bill has been issued yet."},
	{billing.Unpaid, "To pay", "Nothing to pay."},
	{billing.Overdue, "Overdue", "Nothing overdue."},
	{billing.Paid, "Paid", "Nothing paid yet."},
	{billing.Credited, "Credited", "Nothing credited."},
	{billing.CreditsIt, "Credit notes", "No credit notes."},
}

func (s *Server) listInvoices(v *visit) (answer, error) {
	view, err := v.bills()
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.BillsPage(view)), nil
}

// showBills is the fragment of the lists.
func (s *Server) showBills(v *visit) (answer, error) {
	view, err := v.bills()
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.BillsPart(view)), nil
}

// bills reads the page of the list that is asked for.
func (v *visit) bills() (views.Bills, error) {
	asked := v.r.URL.Query()
	f := billing.InvoiceFilter{Today: v.today(), Most: billsAPage}
	view := views.Bills{Page: v.page("bills"), Empty: billFilters[0].empty, Again: "/invoices/list"}
	if q := asked.Encode(); q != "" {
		view.Again += "?" + q
	}
	for _, one := range billFilters {
		here := one.state == asked.Get("state")
		if here {
			f.State, view.Empty = one.state, one.empty
		}
		view.Filters = append(view.Filters, views.Filter{Href: billsPath(one.state, time.Time{}, billing.InvoiceRow{}), Word: one.word, Here: here})
	}
	var until time.Time // of the year that is looked through
	if f.State != "" {
		until = v.today()
		if text := asked.Get("until"); text != "" {
			var err error
			if until, err = time.Parse(dayInAddress, text); err != nil {
				return views.Bills{}, fault.Missing
			}
		}
		f.From, f.To = until.AddDate(-1, 0, 1), until
		view.Since = "issued since " + dated(f.From)
		if until.Before(v.today()) {
			view.Since = dated(f.From) + " to " + dated(until)
		}
	}
	if text := asked.Get("before"); text != "" {
		before, err := rowOf(text)
		if err != nil {
			return views.Bills{}, err
		}
		f.Before = before
		if f.BeforeDay, err = time.Parse(dayInAddress, asked.Get("day")); err != nil {
			return views.Bills{}, fault.Missing
		}
	}
	var rows []billing.InvoiceRow
	var more bool
	var drafts []billing.OpenBill
	var earlier []billing.InvoiceRow
	var settings billing.Settings
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if f.State != "" {
				earlier, _, err = billing.Invoices(ctx, tx, v.keys, billing.InvoiceFilter{To: f.From.AddDate(0, 0, -1), Today: v.today(), Most: 1})
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, more, err = billing.Invoices(ctx, tx, v.keys, f)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			if f.Before.IsZero() && f.State == "" {
				drafts, err = billing.OpenBills(ctx, tx, v.keys, mostDrafts+1)
			}
			return err
		},
	)
	if err != nil {
		return views.Bills{}, err
	}
	seen := []id.ID{}
	for _, r := range rows {
		seen = append(seen, r.ID)
		row := views.BillRow{
			Href: "/invoices/" + r.ID.String(), Number: r.Number, Client: r.To.Name, ClientHref: accountPath(r.Client), Day: dated(r.Day), At: machine(r.IssuedAt),
			Total: v.sum(r.Currency, r.Total()), State: v.billState(r),
		}
		if r.Credits.IsZero() {
			row.Due, row.Open = dated(r.DueOn), v.sum(r.Currency, r.Due())
		}
		view.Rows = append(view.Rows, row)
	}
	if more {
		view.Older, view.OlderWord = billsPath(f.State, until, rows[len(rows)-1]), "Older bills"
	} else if len(earlier) > 0 {
		view.Older, view.OlderWord = billsPath(f.State, f.From.AddDate(0, 0, -1), billing.InvoiceRow{}), "Before "+dated(f.From)
	}
	view.DraftsMore = len(drafts) > mostDrafts
	for _, d := range drafts[:min(mostDrafts, len(drafts))] {
		seen = append(seen, d.Patient)
		view.Drafts = append(view.Drafts, v.draftBill(settings.Currency, d))
	}
	if v.may(access.TillClose) {
		view.TillHref = "/till"
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "bill", IDs: seen})
	return view, nil
}

func (v *visit) draftBill(currency money.Currency, d billing.OpenBill) views.DraftBill {
	out := views.DraftBill{Href: accountPath(d.Client), Name: d.Called, Line: countOf(d.Count, "line", "lines") + " since " + dated(d.Since)}
	if d.Total > 0 {
		out.Amount = v.sum(currency, d.Total)
	}
	switch {
	case !d.Visit.IsZero():
		out.Href = checkoutPath(d.Visit)
	case d.Client.IsZero():
		out.Href = "/patients/" + d.Patient.String()
	}
	return out
}

// billsPath is the list in a state, of the year until a day, from after a document on.
func billsPath(state string, until time.Time, before billing.InvoiceRow) string {
	q := url.Values{}
	if !until.IsZero() {
		q.Set("until", until.Format(dayInAddress))
	}
	if state != "" {
		q.Set("state", state)
	}
	if !before.ID.IsZero() {
		q.Set("before", before.ID.String())
		q.Set("day", before.Day.Format(dayInAddress))
	}
	if len(q) == 0 {
		return "/invoices"
	}
	return "/invoices?" + q.Encode()
}

// openInvoice reads the document of the path.
func (v *visit) openInvoice() (inv billing.InvoiceView, err error) {
	row, err := v.row()
	if err != nil {
		return inv, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		inv, err = billing.OpenInvoice(ctx, tx, v.keys, row)
		return err
	})
	return inv, err
}

func (s *Server) showInvoice(v *visit) (answer, error) {
	inv, err := v.openInvoice()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "invoice", ObjectID: inv.ID, IDs: []id.ID{inv.Client}})
	d := v.invoiceDocument(inv)
	path := "/invoices/" + inv.ID.String()
	d.State, d.PDF = v.billState(inv.InvoiceRow), path+"/pdf"
	d.Back, d.BackTo = accountPath(inv.Client), "Account of "+inv.To.Name
	due := inv.Due()
	if inv.Credits.IsZero() && due > 0 {
		d.Line = v.sum(inv.Currency, due) + " to pay"
		if v.may(access.BillWrite) {
			d.Actions = append(d.Actions, views.DocumentAct{Href: accountPath(inv.Client) + "?bill=" + inv.ID.String(), Icon: "card", Word: "Take payment", Primary: true})
		}
	}
	if !inv.Visit.IsZero() {
		d.Actions = append(d.Actions, views.DocumentAct{Href: checkoutPath(inv.Visit), Icon: "till", Word: "Check out"})
	}
	if inv.Credits.IsZero() && inv.Credited < inv.Total() && v.may(access.BillCredit) {
		d.Actions = append(d.Actions, views.DocumentAct{Href: path + "/credit", Icon: "stop", Word: "Void or credit"})
	}
	if !inv.Credits.IsZero() {
		d.Actions = append(d.Actions, views.DocumentAct{Href: "/invoices/" + inv.Credits.String(), Icon: "till", Word: "What it credits"})
	}
	d.Settled = v.settlements(inv)
	return shown(http.StatusOK, views.DocumentPage(d)), nil
}

// settlements are what was paid and credited of a bill.
func (v *visit) settlements(inv billing.InvoiceView) (out []views.DocumentLink) {
	for _, a := range inv.Settlements {
		if a.Payment.IsZero() {
			continue // stands there as a credit note
		}
		title := "Payment"
		if a.Amount < 0 {
			title = "Taken back to the account"
		}
		out = append(out, views.DocumentLink{
			Href: "/payments/" + a.Payment.String(), Title: title, Line: join(sentence(v.moment(a.At)), v.policy.Name(a.By)), Amount: v.sum(inv.Currency, a.Amount),
		})
	}
	for _, n := range inv.CreditNotes {
		out = append(out, v.documentLink(n))
	}
	return out
}

func (s *Server) downloadInvoice(v *visit) (answer, error) {
	inv, err := v.openInvoice()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Downloaded, Object: "invoice", ObjectID: inv.ID, IDs: []id.ID{inv.Client}})
	name := "invoice"
	if !inv.Credits.IsZero() {
		name = "credit-note"
	}
	return v.pdf(name, v.invoiceDocument(inv)), nil
}

func (s *Server) newCredit(v *visit) (answer, error) {
	inv, err := v.openInvoice()
	if err != nil {
		return answer{}, err
	}
	if !inv.Credits.IsZero() || inv.Credited >= inv.Total() {
		return goTo("/invoices/" + inv.ID.String()), nil
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "invoice", ObjectID: inv.ID, IDs: []id.ID{inv.Client}})
	f := v.creditForm(inv, nil)
	var shut bool
	if err := v.read(v.readClosed(&shut)); err != nil {
		return answer{}, err
	}
	f.Closed = v.tillClosed(shut)
	return shown(http.StatusOK, views.CreditPage(f)), nil
}

// creditForm is the form with everything ticked, or as it was sent.
func (v *visit) creditForm(inv billing.InvoiceView, bad fault.Fields) views.CreditForm {
	path := "/invoices/" + inv.ID.String()
	f := views.CreditForm{
		Page: v.page("bills"), Action: path + "/credit", ID: id.New().String(), Number: inv.Number, Client: inv.To.Name, Back: path,
		Total: v.sum(inv.Currency, inv.Total()), As: billing.Open, Mistakes: mistakes(bad),
	}
	ticked := map[string]bool{}
	if len(bad) > 0 {
		f.ID, f.As, f.Reason = v.field("new_id"), v.field("as"), v.field("reason")
		for _, one := range v.form()["line"] {
			ticked[one] = true
		}
	}
	for _, l := range inv.Lines {
		one := views.CreditLine{
			ID: l.ID.String(), Name: l.Name, Line: join(l.PatientName, v.quantity(l.Quantity)+unitSigns[l.Unit]), Amount: v.sum(inv.Currency, l.Amount-l.CreditedAmount),
			On: len(bad) == 0 || ticked[l.ID.String()],
		}
		if l.CreditedAmount >= l.Amount {
			one.Gone = "credited before"
		}
		f.Lines = append(f.Lines, one)
	}
	return f
}

func (s *Server) createCredit(v *visit) (answer, error) {
	inv, err := v.openInvoice()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	n := billing.NewCredit{ID: row, Invoice: inv.ID, Reason: v.field("reason"), Then: v.field("as"), Day: v.today()}
	var bad fault.Fields
	all := true
	for _, l := range inv.Lines {
		switch left := l.Amount - l.CreditedAmount; {
		case left <= 0:
		case slices.Contains(v.form()["line"], l.ID.String()):
			n.Lines = append(n.Lines, billing.CreditLine{Line: l.ID, Amount: left})
		default:
			all = false
		}
	}
	if len(n.Lines) == 0 && !v.alreadyThere(row) {
		bad.Add("line", "Tick what is to be credited")
	}
	if all {
		n.Lines = nil // the whole of it, whatever is free of charge included
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := billing.Credit(ctx, tx, v.keys, n)
			return err
		})
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, billing.ErrDayClosed):
		status, bad = http.StatusConflict, v.closedMeanwhile()
	case errors.Is(err, billing.ErrVisitOver):
		bad.Add("as", "The visit has ended: bring it back to going home first, or choose “Not billed at all”")
	case errors.Is(err, billing.ErrNothingLeft):
		bad.Add("line", "Nothing of this bill is left to credit")
	case err != nil && !errors.As(err, &bad) && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	if len(bad) > 0 {
		for i, m := range bad {
			bad[i].Name = map[string]string{"lines": "line", "then": "as", "line": "line", "as": "as", "reason": "reason"}[m.Name]
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "invoice", ObjectID: inv.ID, IDs: []id.ID{inv.Client}})
		if v.partial {
			return shown(status, views.CreditFormPart(v.creditForm(inv, bad))), nil
		}
		return shown(status, views.CreditPage(v.creditForm(inv, bad))), nil
	}
	v.say("Credit note issued.")
	return goTo("/invoices/" + row.String()), nil
}

// alreadyThere reports whether a document of this id was made before, as by a form sent twice.
func (v *visit) alreadyThere(row id.ID) bool {
	return v.read(func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.OpenInvoice(ctx, tx, v.keys, row)
		return err
	}) == nil
}
