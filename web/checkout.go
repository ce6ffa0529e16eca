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
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// mostNext is how many others the list beside the till names.
const mostNext = 5

// checkout is everything the check-out of a visit shows.
type checkout struct {
	card    scheduling.Card
	charges []billing.ChargeRow // of the visit in every state, then what else is open for its client
	bill    billing.Bill        // of those that are open
	animals map[id.ID]registry.PatientRow
	mine    []registry.ClientPatient // the client's animals, who can be added to the bill
	clients map[id.ID]registry.Client
	// accounts are of those who pay, by client.
	accounts map[id.ID]billing.Account
	issued   []billing.InvoiceRow
	estimate *billing.EstimateRow
	ahead    []scheduling.Appointment
	next     []scheduling.Appointment
	totals   map[id.ID]billing.OpenTotal
	// shut says that the till of today is closed.
	shut bool

	// The forms as they were sent.
	add     views.AddItem
	pay     views.PayForm
	changed string
}

// checkoutPath is where a visit is checked out.
func checkoutPath(visit id.ID) string { return "/visits/" + visit.String() + "/check-out" }

func (s *Server) showCheckout(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	c, err := v.openCheckout(row)
	if err != nil {
		return answer{}, err
	}
	return v.checkoutPage(http.StatusOK, c)
}

// openCheckout reads it. What to read depends on whose visit it is, so it takes a few trips.
func (v *visit) openCheckout(row id.ID) (c checkout, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		if c.card, err = scheduling.OpenCard(ctx, tx, v.desk(), row); err != nil {
			return err
		}
		if err := v.readCharges(ctx, tx, &c, row); err != nil {
			return err
		}
		return v.readBeside(ctx, tx, &c, row)
	})
	return c, err
}

// readCharges reads what is on the bill, and what it comes to.
func (v *visit) readCharges(ctx context.Context, tx *db.Tx, c *checkout, row id.ID) (err error) {
	if c.charges, err = billing.ChargesOfVisit(ctx, tx, v.keys, row); err != nil {
		return err
	}
	if !c.card.ClientID.IsZero() {
		also, err := billing.OpenChargesOfClient(ctx, tx, v.keys, c.card.ClientID)
		if err != nil {
			return err
		}
		for _, one := range also {
			if !slices.ContainsFunc(c.charges, func(r billing.ChargeRow) bool { return r.ID == one.ID }) {
				c.charges = append(c.charges, one)
			}
		}
		if c.mine, err = registry.ClientPatients(ctx, tx, v.keys, c.card.ClientID); err != nil {
			return err
		}
	}
	c.animals = map[id.ID]registry.PatientRow{c.card.PatientID: {ID: c.card.PatientID, Patient: c.card.Patient}}
	for _, a := range c.mine {
		c.animals[a.ID] = a.PatientRow
	}
	var open []billing.ChargeRow
	for _, one := range c.charges {
		if one.State == billing.Open {
			open = append(open, one)
		}
	}
	c.bill, err = billing.Preview(ctx, tx, open, id.ID{})
	if errors.Is(err, billing.ErrNoPayer) { // the page says so, and where an owner is linked
		return nil
	}
	return err
}

// readBeside reads who pays, and what stands beside the bill.
func (v *visit) readBeside(ctx context.Context, tx *db.Tx, c *checkout, row id.ID) (err error) {
	var who []id.ID
	for _, p := range c.bill.Payers {
		who = append(who, p.Client)
	}
	if len(who) == 0 && !c.card.ClientID.IsZero() {
		who = append(who, c.card.ClientID)
	}
	if c.clients, err = registry.ClientsAmong(ctx, tx, v.keys, who); err != nil {
		return err
	}
	c.accounts = map[id.ID]billing.Account{}
	for _, client := range who {
		if c.accounts[client], err = billing.OpenAccount(ctx, tx, v.keys, client); err != nil {
			return err
		}
	}
	if err = v.readClosed(&c.shut)(ctx, tx); err != nil {
		return err
	}
	if c.issued, err = billing.InvoicesOfVisit(ctx, tx, v.keys, row); err != nil {
		return err
	}
	offered, err := billing.EstimatesOfVisit(ctx, tx, v.keys, row)
	if err != nil {
		return err
	}
	if len(offered) > 0 {
		c.estimate = &offered[0]
	}
	if !v.may(access.ScheduleRead) {
		return nil
	}
	if c.ahead, _, err = scheduling.OfPatient(ctx, tx, v.keys, c.card.PatientID); err != nil {
		return err
	}
	board, err := scheduling.InBuilding(ctx, tx, v.desk())
	if err != nil {
		return err
	}
	var visits []id.ID
	for _, a := range board.Ready {
		if a.ID != row && len(c.next) < mostNext {
			c.next, visits = append(c.next, a), append(visits, a.ID)
		}
	}
	c.totals, err = billing.OpenTotals(ctx, tx, visits)
	return err
}

// checkoutPage shows it, and records whose it shows.
func (v *visit) checkoutPage(status int, c checkout) (answer, error) {
	var seen []id.ID
	for animal := range c.animals {
		seen = append(seen, animal)
	}
	for client := range c.clients {
		seen = append(seen, client)
	}
	for _, a := range c.next {
		seen = append(seen, a.PatientID)
	}
	slices.SortFunc(seen, func(a, b id.ID) int { return strings.Compare(a.String(), b.String()) })
	v.record(audit.Entry{Action: audit.Opened, Object: "bill", ObjectID: c.card.ID, IDs: seen})
	view := v.checkoutView(c)
	if v.partial {
		return shown(status, views.CheckoutPart(view)), nil
	}
	return shown(status, views.CheckoutPage(view)), nil
}

func (v *visit) checkoutView(c checkout) views.Checkout {
	path := "/visits/" + c.card.ID.String()
	view := views.Checkout{Page: v.page("bills"), Changed: c.changed, Animals: v.billAnimals(c), Todo: v.todo(c)}
	view.Names = c.names()
	for _, a := range c.card.Alerts {
		line := v.alertLine(registry.AlertRow{Alert: a}, true)
		line.Lead = strings.TrimSpace(c.card.Patient.Called() + ": " + line.Lead)
		view.Alerts = append(view.Alerts, line)
	}
	if len(c.bill.Lines) > 0 {
		view.PreviewHref = path + "/preview"
	}
	if c.estimate != nil {
		view.Estimate = v.billEstimate(c)
	} else if v.may(access.ChargeWrite) && c.card.InBuilding() {
		view.EstimateHref = "/patients/" + c.card.PatientID.String() + "/estimates/new?visit=" + c.card.ID.String()
	}
	if v.may(access.ChargeWrite) && (c.card.InBuilding() || len(c.bill.Lines) > 0) {
		view.Add = v.addView(c)
	}
	for _, r := range c.issued {
		view.Issued = append(view.Issued, v.documentLink(r))
	}
	if c.card.State == scheduling.Done {
		view.Line = "went home " + lowerFirst(v.moment(c.card.Since))
	}
	view.Panel = v.payPanel(c)
	for _, a := range c.next {
		one := views.DeskNext{Href: checkoutPath(a.ID), Name: a.Patient.Called(), Surname: a.Client.Surname(), Since: readySince(v.s.Clock.Now(), a.Since)}
		if t, ok := c.totals[a.ID]; ok && t.Count > 0 {
			one.Amount = v.sum(c.bill.Currency, t.Total)
		}
		view.Next = append(view.Next, one)
	}
	return view
}

func readySince(now, since time.Time) string {
	if minutes := int(now.Sub(since) / time.Minute); minutes > 0 {
		return "ready " + minutesOf(minutes)
	}
	return "ready just now"
}

// showPreview is the bill as it would be issued, without a number.
func (s *Server) showPreview(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	c, err := v.openCheckout(row)
	if err != nil {
		return answer{}, err
	}
	from, err := v.letterhead()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "bill", ObjectID: row, IDs: c.payers()})
	return shown(http.StatusOK, views.DocumentPage(v.draftDocument(c, from))), nil
}

// conflictIn tells a refusal that is shown on the page of the bill from all others.
func conflictIn(err error) (sentence string, ok bool) {
	var said *fault.Error
	if errors.As(err, &said) && said.Kind == fault.Conflict {
		return said.Sentence, true
	}
	return "", false
}
