package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
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

// dayInAddress is how a day stands in a query string (ISO 8601).
const dayInAddress = "2006-01-02"

// closedShown is how many closed days stand beside a day.
const closedShown = 14

// mostOfDay bounds the documents of one day.
const mostOfDay = 2000

// tillDay is the day of an address or a form; anything but a day that has been is a page that is not there.
func (v *visit) tillDay(text string) (time.Time, error) {
	if text == "" {
		return v.today(), nil
	}
	day, err := time.Parse(dayInAddress, text)
	if err != nil || day.After(v.today()) {
		return day, fault.Missing
	}
	return day, nil
}

func (s *Server) showTill(v *visit) (answer, error) {
	day, err := v.tillDay(v.r.URL.Query().Get("day"))
	if err != nil {
		return answer{}, err
	}
	return v.tillPage(http.StatusOK, day, tillAgain{})
}

// tillAgain is a count as it was sent: with its mistakes, with why it was not closed, or to be looked at once more
// before the day is closed.
type tillAgain struct {
	sent    bool
	bad     fault.Fields
	changed string
	sure    *billing.NewClosing
}

func (v *visit) tillPage(status int, day time.Time, again tillAgain) (answer, error) {
	var t billing.Till
	var settings billing.Settings
	var closed []billing.Closing
	var issued []billing.InvoiceRow
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			issued, _, err = billing.Invoices(ctx, tx, v.keys, billing.InvoiceFilter{From: day, To: day, Today: v.today(), Most: mostOfDay})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			t, err = billing.OpenTill(ctx, tx, v.keys, day)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			closed, err = billing.Closings(ctx, tx, v.keys, v.today().AddDate(0, 0, 1), closedShown)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "till"})
	cur := settings.Currency
	view := views.Till{
		Page: v.page("bills"), Day: day.Format(weekdayForm), Before: tillPath(day.AddDate(0, 0, -1)), Rows: v.tillRows(cur, t), Sums: v.tillSums(cur, t, issued),
	}
	if day.Before(v.today()) {
		view.After = tillPath(day.AddDate(0, 0, 1))
	}
	if t.Closed != nil {
		view.Closed = "Closed by " + v.policy.Name(t.Closed.By) + ", " + v.moment(t.Closed.At)
		view.Reason = t.Closed.Reason
		if v.may(access.TillReopen) {
			view.ReopenHref = reopeningPath(t.Closed.ID)
		} else {
			view.Ask = v.askToReopen()
		}
	} else if !t.Empty || !day.Before(v.today()) {
		form := v.tillForm(settings, t, again)
		view.Form = &form
	}
	for _, r := range t.Reopened {
		view.Reopened = append(view.Reopened, views.Reopened{Line: "Opened again by " + v.policy.Name(r.By) + ", " + v.moment(r.At), Reason: r.Reason})
	}
	for _, c := range closed {
		off := c.Counted.Total() - c.Expected.Total()
		view.Days = append(view.Days, views.ClosedDay{
			Href: tillPath(c.Day), Day: c.Day.Format(weekdayForm), By: v.policy.Name(c.By), Cash: v.sum(cur, c.Counted.Total()), Difference: v.difference(cur, off), Off: off != 0,
		})
	}
	if v.partial && view.Form != nil {
		return shown(status, views.TillFormPart(*view.Form)), nil
	}
	return shown(status, views.TillPage(view)), nil
}

func tillPath(day time.Time) string { return "/till?day=" + day.Format(dayInAddress) }

// difference is what is over or missing, in words.
func (v *visit) difference(c money.Currency, off money.Amount) string {
	switch {
	case off > 0:
		return v.sum(c, off) + " over"
	case off < 0:
		return v.sum(c, -off) + " missing"
	}
	return "exact"
}

// tillRows are the ways to pay: what came in, what went back, and what should be there.
func (v *visit) tillRows(cur money.Currency, t billing.Till) (rows []views.TillRow) {
	in, out := map[string]money.Amount{}, map[string]money.Amount{}
	for _, p := range t.Payments {
		if p.Kind == billing.Refund {
			out[p.Method] += p.Amount + p.Rounding
		} else {
			in[p.Method] += p.Amount + p.Rounding
		}
	}
	expected := byMethod(t.Tender)
	var counted map[string]money.Amount
	if t.Closed != nil {
		counted = byMethod(t.Closed.Counted)
	}
	for _, m := range tillMethods {
		row := views.TillRow{Method: methodNames[m], In: v.sum(cur, in[m]), Out: v.sum(cur, -out[m]), Expected: v.sum(cur, expected[m])}
		if t.Closed != nil {
			off := counted[m] - expected[m]
			row.Counted, row.Difference, row.Off = v.sum(cur, counted[m]), v.difference(cur, off), off != 0
		}
		rows = append(rows, row)
	}
	return rows
}

// tillMethods are the ways to pay in the order they are counted.
var tillMethods = []string{billing.Cash, billing.Card, billing.Transfer}

func byMethod(t billing.Tender) map[string]money.Amount {
	return map[string]money.Amount{billing.Cash: t.Cash, billing.Card: t.Card, billing.Transfer: t.Transfer}
}

// tillSums are what was billed, credited and paid that day. What is paid is what the ledger has by the ways to pay.
func (v *visit) tillSums(cur money.Currency, t billing.Till, issued []billing.InvoiceRow) []views.Total {
	var billed, credited, rounded money.Amount
	for _, r := range issued {
		if r.Credits.IsZero() {
			billed += r.Total()
		} else {
			credited += r.Total()
		}
	}
	for _, p := range t.Payments {
		if p.Kind == billing.Refund {
			rounded -= p.Rounding
		} else {
			rounded += p.Rounding
		}
	}
	out := []views.Total{{Label: "Billed", Value: v.sum(cur, billed)}, {Label: "Credited", Value: v.sum(cur, -credited)}, {Label: "Paid, less what went back", Value: v.sum(cur, t.Total())}}
	if rounded != 0 {
		out = append(out, views.Total{Label: "Of it from rounding cash", Value: v.sum(cur, rounded)})
	}
	return out
}

func (v *visit) tillForm(s billing.Settings, t billing.Till, again tillAgain) views.TillForm {
	f := views.TillForm{
		Page: v.page("bills"), ID: id.New().String(), Day: t.Day.Format(dayInAddress), Seen: seenTender(t.Tender), Symbol: s.Currency.Sign(), Mistakes: mistakes(again.bad),
		CashHint: v.sum(s.Currency, t.Cash) + " expected, without the float", CardHint: v.sum(s.Currency, t.Card) + " expected", TransferHint: v.sum(s.Currency, t.Transfer) + " expected",
		Changed: again.changed,
	}
	if again.sent {
		f.ID, f.Cash, f.Card, f.Transfer, f.Reason = v.field("new_id"), v.field("cash"), v.field("card"), v.field("transfer"), v.field("reason")
	}
	if again.sure != nil {
		f.Sure = v.closingSure(s.Currency, *again.sure)
	}
	return f
}

// closingSure names what is about to be closed.
func (v *visit) closingSure(cur money.Currency, n billing.NewClosing) *views.ClosingSure {
	out := &views.ClosingSure{Day: n.Day.Format(weekdayForm)}
	if days := int(v.today().Sub(n.Day).Hours()) / 24; days > 0 {
		out.Ago = "This is not today: it was " + countOf(days, "day", "days") + " ago."
	}
	seen, counted, off := byMethod(n.Seen), byMethod(n.Counted), byMethod(n.Off())
	for _, m := range tillMethods {
		out.Rows = append(out.Rows, views.TillRow{
			Method: methodNames[m], Expected: v.sum(cur, seen[m]), Counted: v.sum(cur, counted[m]), Difference: v.difference(cur, off[m]), Off: off[m] != 0,
		})
	}
	return out
}

// createClosing first shows what is about to be closed, and closes it when that is confirmed.
func (s *Server) createClosing(v *visit) (answer, error) {
	day, err := v.tillDay(v.field("day"))
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var settings billing.Settings
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		settings, err = billing.LoadSettings(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	n := billing.NewClosing{ID: row, Day: day, Today: v.today(), Reason: v.field("reason")}
	if n.Seen, err = readTender(v.field("seen")); err != nil {
		return answer{}, err
	}
	if v.field("act") == "count" { // back from what was to be confirmed
		return v.tillPage(http.StatusOK, day, tillAgain{sent: true})
	}
	var bad fault.Fields
	for _, one := range []struct {
		name string
		into *money.Amount
	}{{"cash", &n.Counted.Cash}, {"card", &n.Counted.Card}, {"transfer", &n.Counted.Transfer}} {
		if *one.into, err = v.parseSigned(settings.Currency, v.field(one.name)); err != nil {
			bad.Add(one.name, err.Error())
		}
	}
	if len(bad) == 0 {
		err = n.Check()
	}
	sure := v.field("act") == "close"
	if sure && len(bad) == 0 && err == nil {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return billing.CloseTill(ctx, tx, v.keys, n) })
	}
	said, conflict := conflictIn(err)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		return v.tillPage(http.StatusUnprocessableEntity, day, tillAgain{sent: true, bad: onPage(bad, "cash", "card", "transfer", "reason")})
	case errors.Is(err, billing.ErrAlreadyThere): // pressed twice
	case errors.Is(err, billing.ErrChanged):
		return v.tillPage(http.StatusConflict, day, tillAgain{sent: true, changed: "Money came or went while you counted, and nothing was closed."})
	case conflict: // there is nothing to count any more: somebody closed it, or nothing was ever there
		v.say(said)
		return goTo(tillPath(day)), nil
	case err != nil:
		return answer{}, err
	case !sure:
		return v.tillPage(http.StatusOK, day, tillAgain{sent: true, sure: &n})
	}
	v.say("Day closed.")
	return goTo(tillPath(day)), nil
}

// seenTender writes down what a page expects to be there, so that nothing else is closed.
func seenTender(t billing.Tender) string { return fmt.Sprintf("%d %d %d", t.Cash, t.Card, t.Transfer) }

func readTender(text string) (t billing.Tender, err error) {
	if _, err := fmt.Sscanf(text, "%d %d %d", &t.Cash, &t.Card, &t.Transfer); err != nil {
		return t, fault.Missing
	}
	return t, nil
}

// parseSigned reads an amount that may be below nothing: more went back by card than came in.
func (v *visit) parseSigned(c money.Currency, typed string) (money.Amount, error) {
	typed = strings.TrimSpace(typed)
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(typed, minus); ok {
			a, err := c.Parse(rest)
			return -a, err
		}
	}
	return c.Parse(typed)
}
