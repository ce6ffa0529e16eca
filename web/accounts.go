package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/views"
)

// account is the money of one client, as far as a page shows it.
type account struct {
	billing.Account
	client   registry.ClientView
	settings billing.Settings
	open     []billing.ChargeRow
	from     time.Time // the first day shown; zero for all there is
	before   money.Amount
	entries  []billing.Entry
	shut     bool // the till of today
}

// openAccount reads the account of the client of the path, the last year of it unless all is asked for.
func (v *visit) openAccount() (a account, err error) {
	row, err := v.row()
	if err != nil {
		return a, err
	}
	if v.r.URL.Query().Get("all") == "" {
		a.from = v.today().AddDate(-1, 0, 0)
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.client, err = registry.OpenClient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.Account, err = billing.OpenAccount(ctx, tx, v.keys, row)
			return err
		},
		v.readClosed(&a.shut),
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.open, err = billing.OpenChargesOfClient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			a.before, a.entries, err = billing.Statement(ctx, tx, row, a.from, time.Time{})
			return err
		},
	)
	return a, err
}

func (s *Server) showAccount(v *visit) (answer, error) {
	a, err := v.openAccount()
	if err != nil {
		return answer{}, err
	}
	ticked := map[string]bool{v.r.URL.Query().Get("bill"): true}
	return v.accountPage(http.StatusOK, a, v.accountForm(a, ticked, nil))
}

func (v *visit) accountPage(status int, a account, form *views.AccountForm) (answer, error) {
	cur, row := a.settings.Currency, a.client.ID
	view := views.Account{Page: v.page("bills"), Name: a.client.Name(), Client: "/clients/" + row.String(), Form: form}
	view.Balance, view.Kind = v.owing(cur, a.Balance)
	if len(a.open) > 0 {
		view.Drafts = countOf(len(a.open), "line is", "lines are") + " not billed yet."
		view.DraftsHref = "/patients/" + a.open[0].Patient.String()
		if i := slices.IndexFunc(a.open, func(c billing.ChargeRow) bool { return !c.Visit.IsZero() }); i >= 0 {
			view.DraftsHref = checkoutPath(a.open[i].Visit)
		}
	}
	for _, e := range slices.Backward(a.entries) {
		view.Lines = append(view.Lines, v.statementLine(cur, e))
	}
	if !a.from.IsZero() && (a.before != 0 || a.client.CreatedAt.Before(a.from)) {
		view.Older = accountPath(row) + "?all=1"
	}
	if len(a.entries) > 0 {
		view.Print = "/clients/" + row.String() + "/statement"
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "account", ObjectID: row})
	if v.partial && form != nil {
		return shown(status, views.AccountFormPart(*form)), nil
	}
	return shown(status, views.AccountPage(view)), nil
}

// entryWords are what a line of a statement was, and where it leads.
func entryWords(e billing.Entry) (words, href string) {
	switch e.Kind {
	case "invoice":
		return "Invoice " + e.Number, "/invoices/" + e.Source.String()
	case billing.CreditsIt:
		return "Credit note " + e.Number, "/invoices/" + e.Source.String()
	case billing.Refund:
		return "Paid back " + methodWords[e.Method], "/payments/" + e.Source.String()
	case billing.Deposit:
		return "Deposit " + methodWords[e.Method], "/payments/" + e.Source.String()
	}
	return "Paid " + methodWords[e.Method], "/payments/" + e.Source.String()
}

func (v *visit) statementLine(c money.Currency, e billing.Entry) views.StatementLine {
	l := views.StatementLine{Day: dated(e.Day), At: machine(e.At), Balance: v.sum(c, e.Balance)}
	l.What, l.Href = entryWords(e)
	if e.Amount >= 0 {
		l.Debit = v.sum(c, e.Amount)
	} else {
		l.Credit = v.sum(c, -e.Amount)
	}
	return l
}

// accountForm is the form with the bills of these ids ticked, or as it was sent.
func (v *visit) accountForm(a account, ticked map[string]bool, bad fault.Fields) *views.AccountForm {
	if !v.may(access.BillWrite) {
		return nil
	}
	cur := a.settings.Currency
	f := views.AccountForm{
		Page: v.page("bills"), Action: "/clients/" + a.client.ID.String() + "/payments", ID: id.New().String(), Method: billing.Card, Symbol: cur.Sign(),
		Mistakes: mistakes(bad),
	}
	if v.r.Method == http.MethodGet {
		f.Closed = v.tillClosed(a.shut)
	}
	if a.Credit > 0 {
		f.Credit = v.sum(cur, a.Credit)
	}
	var sum money.Amount
	for _, r := range a.Unpaid {
		on := ticked[r.ID.String()] || len(a.Unpaid) == 1 && len(bad) == 0
		if on {
			sum += r.Due()
		}
		f.Bills = append(f.Bills, views.OpenBill{ID: r.ID.String(), Number: r.Number, Line: dated(r.Day), Amount: v.sum(cur, r.Due()), On: on})
	}
	if sum > 0 {
		f.Amount = v.typedSum(cur, sum)
	}
	if len(bad) > 0 {
		f.ID, f.Method, f.Amount = v.field("new_id"), v.field("way"), v.field("amount")
	}
	return &f
}

// createPayment takes money for bills that were ticked, or as a deposit; or settles bills from credit.
func (s *Server) createPayment(v *visit) (answer, error) {
	a, err := v.openAccount()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	ticked := map[string]bool{}
	for _, one := range v.form()["bill"] {
		bill, err := rowOf(one)
		if err != nil {
			return answer{}, err
		}
		ticked[bill.String()] = true
	}
	credit := v.field("act") == "credit"
	var amount money.Amount
	switch {
	case credit && len(ticked) == 0:
		bad.Add("amount", "Tick which bills the credit is for")
	case !credit:
		if amount, err = a.settings.Currency.Parse(v.field("amount")); err != nil {
			bad.Add("amount", err.Error())
		} else if amount == 0 {
			bad.Add("amount", "Enter how much was paid")
		}
		if methodNames[v.field("way")] == "" {
			bad.Add("way", "Choose how it is paid")
		}
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if credit {
				return v.useCredit(ctx, tx, a.client.ID, ticked)
			}
			return v.payAccount(ctx, tx, row, a.client.ID, amount, ticked)
		})
	}
	if err != nil && !credit && v.paidBefore(row, a.client.ID, amount) { // pressed twice
		err = billing.ErrAlreadyThere
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		return v.accountPage(http.StatusUnprocessableEntity, a, v.accountForm(a, ticked, onPage(bad, "amount", "way")))
	case errors.Is(err, billing.ErrDayClosed):
		return v.accountPage(http.StatusConflict, a, v.accountForm(a, ticked, v.closedMeanwhile()))
	case err != nil && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	if credit {
		v.say("Settled from credit.")
		return goTo(accountPath(a.client.ID)), nil
	}
	v.say("Payment noted.")
	return goTo("/payments/" + row.String()), nil
}

// paidBefore reports whether this very payment is there. What it settles is worked out anew with each press, and is
// something else once it has settled.
func (v *visit) paidBefore(row, client id.ID, amount money.Amount) bool {
	var p billing.PaymentRow
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = billing.OpenPayment(ctx, tx, v.keys, row)
		return err
	})
	return err == nil && p.Client == client && p.Amount == amount && p.Method == v.field("way")
}

// payAccount settles the ticked bills, the oldest first; what is over stands to the client's credit.
func (v *visit) payAccount(ctx context.Context, tx *db.Tx, row, client id.ID, amount money.Amount, ticked map[string]bool) error {
	now, err := billing.OpenAccount(ctx, tx, v.keys, client)
	if err != nil {
		return err
	}
	n := billing.NewPayment{ID: row, Client: client, Kind: billing.Deposit, Method: v.field("way"), Amount: amount, Day: v.today()}
	left := amount
	for _, r := range now.Unpaid {
		if part := min(left, r.Due()); ticked[r.ID.String()] && part > 0 {
			n.To, left = append(n.To, billing.Settle{Invoice: r.ID, Amount: part}), left-part
		}
	}
	if len(n.To) > 0 {
		n.Kind = billing.Payment
	}
	_, err = billing.Pay(ctx, tx, v.keys, n)
	return err
}

// useCredit settles the ticked bills from what stands to the client's credit.
func (v *visit) useCredit(ctx context.Context, tx *db.Tx, client id.ID, ticked map[string]bool) error {
	now, err := billing.OpenAccount(ctx, tx, v.keys, client)
	if err != nil {
		return err
	}
	for _, r := range now.Unpaid {
		if !ticked[r.ID.String()] {
			continue
		}
		due := r.Due()
		for i := range now.Unapplied {
			p := &now.Unapplied[i]
			use := min(due, p.Unapplied())
			if use <= 0 {
				continue
			}
			if err := billing.Apply(ctx, tx, v.keys, id.New(), p.ID, billing.Settle{Invoice: r.ID, Amount: use}); err != nil {
				return err
			}
			p.Allocated += use
			due -= use
		}
	}
	return nil
}

func (s *Server) showStatement(v *visit) (answer, error) {
	a, err := v.openAccount()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "account", ObjectID: a.client.ID})
	from, err := v.letterhead()
	if err != nil {
		return answer{}, err
	}
	d := v.statementDocument(a, from)
	d.PDF, d.Back, d.BackTo = "/clients/"+a.client.ID.String()+"/statement/pdf", accountPath(a.client.ID), "Account of "+a.client.Name()
	if v.r.URL.RawQuery != "" {
		d.PDF += "?" + v.r.URL.RawQuery
	}
	return shown(http.StatusOK, views.DocumentPage(d)), nil
}

func (s *Server) downloadStatement(v *visit) (answer, error) {
	a, err := v.openAccount()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Downloaded, Object: "account", ObjectID: a.client.ID})
	from, err := v.letterhead()
	if err != nil {
		return answer{}, err
	}
	return v.pdf("statement", v.statementDocument(a, from)), nil
}

func (v *visit) statementDocument(a account, from practice.Letterhead) views.Document {
	cur := a.settings.Currency
	d := v.document("Statement", "", from)
	if a.Balance > 0 {
		d.Pay = paperLines(from.Bank)
	}
	d.To = addressOf(personOf(a.client.Client))
	d.Facts = []views.Total{{Label: "Date", Value: dated(v.today())}}
	d.Columns = []views.DocumentColumn{
		{Word: "What", Narrow: true}, {Word: "Date", Narrow: true}, {Word: "Billed", Number: true, Narrow: true}, {Word: "Paid", Number: true, Narrow: true}, {Word: "Balance", Number: true},
	}
	var lines []views.DocumentLine
	if !a.from.IsZero() {
		lines = append(lines, views.DocumentLine{Cells: []string{"Balance before", dated(a.from), "", "", v.sum(cur, a.before)}})
	}
	for _, e := range a.entries {
		l := v.statementLine(cur, e)
		lines = append(lines, views.DocumentLine{Cells: []string{l.What, l.Day, l.Debit, l.Credit, l.Balance}})
	}
	d.Groups = []views.DocumentGroup{{Lines: lines}}
	words, _ := v.owing(cur, a.Balance)
	d.Due = views.Total{Label: "Balance", Value: strings.TrimPrefix(words, "Owes ")}
	return d
}
