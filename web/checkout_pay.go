package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/scheduling"
	"paddock/views"
)

// taking is what a payer hands over, as the form of the bill says.
type taking struct {
	payer id.ID
	// whole takes all that is due of a payer.
	whole bool
	parts []part
	given money.Amount // notes and coins, 0 where that was not said
}

// part is an amount by one way of paying; field is the input it was typed into.
type part struct {
	method, field string
	amount        money.Amount
}

// createInvoices issues the bill of a visit, takes the money and sends them home: all of it or nothing.
func (s *Server) createInvoices(v *visit) (answer, error) {
	visit, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	seen, err := v.typedCharges()
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
	var bad fault.Fields
	takes, err := v.typedTakings(settings, &bad)
	if err != nil {
		return answer{}, err
	}
	if len(bad) > 0 {
		return v.mistakenPayment(http.StatusUnprocessableEntity, visit, bad)
	}
	var left money.Amount
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		left, err = v.settle(ctx, tx, row, visit, settings, seen, takes)
		return err
	})
	switch said, conflict := conflictIn(err); {
	case errors.As(err, &bad):
		return v.mistakenPayment(http.StatusUnprocessableEntity, visit, onPage(bad, inputsOf(takes)...))
	case errors.Is(err, billing.ErrDayClosed):
		return v.mistakenPayment(http.StatusConflict, visit, v.closedMeanwhile())
	case errors.Is(err, billing.ErrAlreadyThere): // pressed twice, or once to issue and then to pay
		due, err := v.dueOf(row, takes)
		if err != nil {
			return answer{}, err
		}
		if due != "" {
			return v.overtakenBill(visit, "This bill is issued already, and "+due+" of it is still to pay: take it on the invoice. Nothing was taken now.")
		}
	case conflict:
		return v.overtakenBill(visit, said)
	case err != nil:
		return answer{}, err
	}
	v.say(v.saidOf(settings, len(seen), takes, left))
	return goTo(checkoutPath(visit)), nil
}

// dueOf is what is left to pay of the invoices that were issued with one, by those who are said to pay now; "" where
// nothing is.
func (v *visit) dueOf(invoice id.ID, takes []taking) (due string, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		first, err := billing.OpenInvoice(ctx, tx, v.keys, invoice)
		if err != nil {
			return err
		}
		all, err := billing.InvoicesOfVisit(ctx, tx, v.keys, first.Visit)
		if err != nil {
			return err
		}
		var left money.Amount
		for _, t := range takes {
			for _, r := range all {
				if t.pays() && r.Client == t.payer && r.IssuedAt.Equal(first.IssuedAt) {
					left += r.Due()
				}
			}
		}
		if left > 0 {
			due = v.sum(first.Currency, left)
		}
		return nil
	})
	return due, err
}

// saidOf says what was done; left is what those who paid owe still.
func (v *visit) saidOf(s billing.Settings, lines int, takes []taking, left money.Amount) string {
	switch {
	case lines == 0:
		return "Checked out."
	case slices.ContainsFunc(takes, taking.pays):
		if slices.ContainsFunc(takes, func(t taking) bool { return !t.pays() }) {
			return "Issued. What was paid is noted, the rest stands on the account."
		}
		if left > 0 {
			return "Issued. " + v.sum(s.Currency, left) + " of it is still to pay."
		}
		if note, err := v.changeNote(s, takes[0].cash(), takes[0].given); err == nil && note != "" {
			return "Issued and paid. " + note + "."
		}
		return "Issued and paid."
	}
	return "Issued. It stands on the account."
}

// typedTakings reads what each payer hands over now: one alone by one way or in parts, several each in their own way.
func (v *visit) typedTakings(s billing.Settings, bad *fault.Fields) ([]taking, error) {
	payers := v.form()["payer"]
	if len(payers) < 2 {
		t, err := v.typedTaking(s, bad)
		return []taking{t}, err
	}
	var list []taking
	for _, text := range payers {
		payer, err := rowOf(text)
		if err != nil {
			return nil, err
		}
		t, at := taking{payer: payer}, "_"+payer.String()
		switch method := v.field("way" + at); {
		case v.field("act") != "pay" || method == payLater:
		case methodNames[method] == "":
			bad.Add("way"+at, "Choose how they pay, or that they pay later")
		case strings.TrimSpace(v.field("amount"+at)) == "":
			t.whole, t.parts = true, []part{{method: method, field: "amount" + at}}
		default:
			v.typedPart(s, &t, method, "amount"+at, bad)
		}
		list = append(list, t)
	}
	if v.field("act") == "pay" && len(*bad) == 0 && !slices.ContainsFunc(list, taking.pays) {
		bad.Add("way_"+list[0].payer.String(), "Choose how at least one of them pays, or issue the bill and let them pay later")
	}
	return list, nil
}

// payLater is the way of a payer who hands over nothing now.
const payLater = "later"

// cash is the part that is paid in notes and coins.
func (t taking) cash() part {
	for _, p := range t.parts {
		if p.method == billing.Cash {
			return p
		}
	}
	return part{}
}

// pays reports whether anything is handed over.
func (t taking) pays() bool { return t.whole || len(t.parts) > 0 }

// inputsOf are the fields of the form that a mistake can be about.
func inputsOf(takes []taking) []string {
	all := []string{"amount", "given", "way", "part_card", "part_cash", "part_transfer"}
	for _, t := range takes {
		all = append(all, "amount_"+t.payer.String(), "way_"+t.payer.String())
	}
	return all
}

// typedTaking reads what is paid now: nothing where the bill is only issued.
func (v *visit) typedTaking(s billing.Settings, bad *fault.Fields) (t taking, err error) {
	if payer := v.field("payer"); payer != "" {
		if t.payer, err = rowOf(payer); err != nil {
			return t, err
		}
	}
	if v.field("act") != "pay" {
		return t, nil
	}
	method := v.field("way")
	if method == "split" {
		for _, m := range billing.Methods {
			v.typedPart(s, &t, m, "part_"+m, bad)
		}
		if len(t.parts) == 0 && len(*bad) == 0 {
			bad.Add("part_card", "Enter how much is paid each way")
		}
		return t, nil
	}
	if methodNames[method] == "" {
		bad.Add("way", "Choose how it is paid")
		return t, nil
	}
	if strings.TrimSpace(v.field("amount")) == "" {
		t.whole, t.parts = true, []part{{method: method, field: "amount"}}
	} else {
		v.typedPart(s, &t, method, "amount", bad)
	}
	if typed := strings.TrimSpace(v.field("given")); method == billing.Cash && typed != "" {
		if t.given, err = s.Currency.Parse(typed); err != nil {
			bad.Add("given", err.Error())
		}
	}
	return t, nil
}

func (v *visit) typedPart(s billing.Settings, t *taking, method, field string, bad *fault.Fields) {
	typed := strings.TrimSpace(v.field(field))
	if typed == "" {
		return
	}
	switch amount, err := s.Currency.Parse(typed); {
	case err != nil:
		bad.Add(field, err.Error())
	case amount > 0:
		t.parts = append(t.parts, part{method, field, amount})
	case strings.HasPrefix(field, "amount"):
		bad.Add(field, "Enter more than nothing, or issue the bill and let them pay later")
	}
}

// settle is the whole act, in the order of the locks: documents, credit that is there, money, the visit. It gives what is
// left to pay.
func (v *visit) settle(ctx context.Context, tx *db.Tx, row, visit id.ID, s billing.Settings, seen []billing.Seen, takes []taking) (left money.Amount, err error) {
	if len(seen) > 0 {
		made, err := billing.Issue(ctx, tx, v.keys, billing.NewInvoice{ID: row, Visit: visit, Charges: seen, Day: v.today()})
		if err != nil {
			return 0, err
		}
		for _, take := range takes {
			at := slices.IndexFunc(made, func(one billing.Issued) bool { return one.Client == take.payer })
			switch {
			case at >= 0:
				due, err := v.payIssued(ctx, tx, s, made[at], take)
				if err != nil {
					return 0, err
				}
				left += due
			case len(take.parts) > 0: // somebody else pays since the page was made
				return 0, billing.ErrChanged
			}
		}
	}
	if open, err := billing.Unresolved(ctx, tx, visit); err != nil {
		return 0, err
	} else if open > 0 { // something came to the bill since the page was made
		return 0, billing.ErrChanged
	}
	return left, v.sendHome(ctx, tx, visit, len(seen) > 0)
}

// payIssued settles a document from the payer's credit first, then from what is handed over. It gives what is left.
func (v *visit) payIssued(ctx context.Context, tx *db.Tx, s billing.Settings, doc billing.Issued, take taking) (left money.Amount, err error) {
	account, err := billing.OpenAccount(ctx, tx, v.keys, doc.Client)
	if err != nil {
		return 0, err
	}
	left = doc.Total
	for _, p := range account.Unapplied {
		use := min(left, p.Unapplied())
		if use <= 0 {
			continue
		}
		if err := billing.Apply(ctx, tx, v.keys, id.New(), p.ID, billing.Settle{Invoice: doc.ID, Amount: use}); err != nil {
			return 0, err
		}
		left -= use
	}
	if take.whole && len(take.parts) == 1 {
		take.parts[0].amount = left
	}
	for _, p := range take.parts {
		if p.amount > left {
			return 0, fault.Fields{{Name: p.field, Message: "That is more than the " + v.sum(s.Currency, left) + " to pay"}}
		}
		if p.amount == 0 {
			continue
		}
		left -= p.amount
		note, err := v.changeNote(s, p, take.given)
		if err != nil {
			return 0, err
		}
		_, err = billing.Pay(ctx, tx, v.keys, billing.NewPayment{
			ID: id.New(), Client: doc.Client, Kind: billing.Payment, Method: p.method, Amount: p.amount, Day: v.today(), Note: note,
			To: []billing.Settle{{Invoice: doc.ID, Amount: p.amount}},
		})
		if err != nil {
			return 0, err
		}
	}
	return left, nil
}

// changeNote says what was handed over and given back, of cash where that was typed.
func (v *visit) changeNote(s billing.Settings, p part, given money.Amount) (string, error) {
	if p.method != billing.Cash || given == 0 {
		return "", nil
	}
	asked := p.amount.ToStep(s.CashStep)
	if given < asked {
		return "", fault.Fields{{Name: "given", Message: "That is less than the " + v.sum(s.Currency, asked) + " to pay in cash"}}
	}
	return "Handed over " + v.sum(s.Currency, given) + ", change " + v.sum(s.Currency, given-asked), nil
}

// sendHome ends a visit whose work is over. One whose animal is still in care goes on, and so does one with
// something else on its bill: the bill that was paid is not all of it.
func (v *visit) sendHome(ctx context.Context, tx *db.Tx, visit id.ID, billed bool) error {
	card, err := scheduling.OpenCard(ctx, tx, v.desk(), visit)
	if err != nil {
		return err
	}
	seen := card.LastMove
	if billed && card.State == scheduling.Ready {
		first := id.New()
		if err := scheduling.MoveTo(ctx, tx, v.desk(), first, visit, seen, scheduling.Billed, ""); err != nil {
			return err
		}
		card.State, seen = scheduling.Billed, first
	}
	if card.State != scheduling.Ready && card.State != scheduling.Billed {
		if billed || card.State == scheduling.Done { // goes on, or the button was pressed twice
			return nil
		}
		return scheduling.ErrNotAllowed
	}
	return scheduling.MoveTo(ctx, tx, v.desk(), id.New(), visit, seen, scheduling.Done, "")
}

// mistakenPayment shows the bill with the form as it was sent.
func (v *visit) mistakenPayment(status int, visit id.ID, bad fault.Fields) (answer, error) {
	c, err := v.openCheckout(visit)
	if err != nil {
		return answer{}, err
	}
	c.pay = views.PayForm{
		ID: v.field("new_id"), Payer: v.field("payer"), Method: v.field("way"), Amount: v.field("amount"), Given: v.field("given"),
		Card: v.field("part_card"), Cash: v.field("part_cash"), Transfer: v.field("part_transfer"), Mistakes: mistakes(bad),
	}
	for _, payer := range v.form()["payer"] {
		c.pay.Payers = append(c.pay.Payers, views.Payer{ID: payer, Way: v.field("way_" + payer), Value: v.field("amount_" + payer)})
	}
	return v.checkoutPage(status, c)
}
