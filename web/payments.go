package web

import (
	"context"
	"errors"
	"net/http"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// receipt is one payment with whose it is.
type receipt struct {
	billing.PaymentRow
	client   registry.ClientView
	settings billing.Settings
	settled  []billing.Settled
}

// openReceipt reads the payment of the path.
func (v *visit) openReceipt() (r receipt, err error) {
	row, err := v.row()
	if err != nil {
		return r, err
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if r.PaymentRow, err = billing.OpenPayment(ctx, tx, v.keys, row); err != nil {
				return err
			}
			r.client, err = registry.OpenClient(ctx, tx, v.keys, r.Client)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.settled, err = billing.SettledBy(ctx, tx, row)
			return err
		},
	)
	return r, err
}

func personOf(c registry.Client) billing.Person {
	return billing.Person{Name: c.Name(), Street: c.Street, City: c.City, Region: c.Region, Postcode: c.Postcode, Country: c.Country}
}

func (s *Server) showPayment(v *visit) (answer, error) {
	r, err := v.openReceipt()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "payment", ObjectID: r.ID, IDs: []id.ID{r.Client}})
	d := v.receiptDocument(r)
	path := "/payments/" + r.ID.String()
	d.PDF, d.Back, d.BackTo = path+"/pdf", accountPath(r.Client), "Account of "+r.client.Name()
	for _, one := range r.settled {
		d.Actions = append(d.Actions, views.DocumentAct{Href: "/invoices/" + one.Invoice.String(), Icon: "till", Word: one.Number})
	}
	if r.Refunded > 0 {
		d.Line = v.sum(r.settings.Currency, r.Refunded) + " of it was paid back"
	}
	if !r.Refunds.IsZero() {
		d.Actions = append(d.Actions, views.DocumentAct{Href: "/payments/" + r.Refunds.String(), Icon: "card", Word: "What was paid"})
	} else if r.Unapplied() > 0 && v.may(access.BillRefund) {
		d.Actions = append(d.Actions, views.DocumentAct{Href: path + "/refund", Icon: "history", Word: "Pay back"})
	}
	return shown(http.StatusOK, views.DocumentPage(d)), nil
}

func (s *Server) downloadPayment(v *visit) (answer, error) {
	r, err := v.openReceipt()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Downloaded, Object: "payment", ObjectID: r.ID, IDs: []id.ID{r.Client}})
	return v.pdf("receipt", v.receiptDocument(r)), nil
}

func (s *Server) newRefund(v *visit) (answer, error) {
	r, err := v.openReceipt()
	if err != nil {
		return answer{}, err
	}
	return v.refundPage(http.StatusOK, r, nil)
}

func (v *visit) refundPage(status int, r receipt, bad fault.Fields) (answer, error) {
	cur, path := r.settings.Currency, "/payments/"+r.ID.String()
	left := r.Unapplied()
	f := views.RefundForm{
		Page: v.page("bills"), Action: path + "/refund", ID: id.New().String(), Client: r.client.Name(), Back: path, Mistakes: mistakes(bad),
		Paid: v.sum(cur, r.Amount) + " " + methodWords[r.Method] + " on " + dated(r.Day) + ".", Left: v.sum(cur, left) + " of it settles no bill and can be paid back.",
		Method: r.Method, Amount: v.typedSum(cur, left), Symbol: cur.Sign(),
	}
	if v.r.Method == http.MethodGet {
		var shut bool
		if err := v.read(v.readClosed(&shut)); err != nil {
			return answer{}, err
		}
		f.Closed = v.tillClosed(shut)
	}
	if len(bad) > 0 {
		f.ID, f.Method, f.Amount, f.Reason = v.field("new_id"), v.field("way"), v.field("amount"), v.field("reason")
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "payment", ObjectID: r.ID, IDs: []id.ID{r.Client}})
	if v.partial {
		return shown(status, views.RefundFormPart(f)), nil
	}
	return shown(status, views.RefundPage(f)), nil
}

func (s *Server) createRefund(v *visit) (answer, error) {
	r, err := v.openReceipt()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	n := billing.NewRefund{ID: row, Payment: r.ID, Method: v.field("way"), Day: v.today(), Reason: v.field("reason")}
	var bad fault.Fields
	if n.Amount, err = r.settings.Currency.Parse(v.field("amount")); err != nil {
		bad.Add("amount", err.Error())
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.PayBack(ctx, tx, v.keys, n)
			return err
		})
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		return v.refundPage(http.StatusUnprocessableEntity, r, onPage(bad, "amount", "way", "reason"))
	case errors.Is(err, billing.ErrDayClosed):
		return v.refundPage(http.StatusConflict, r, v.closedMeanwhile())
	case err != nil && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Refund noted.")
	return goTo("/payments/" + row.String()), nil
}
