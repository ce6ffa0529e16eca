package web

import (
	"slices"
	"strings"

	"paddock/internal/access"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// names are the animals on the bill and the owner's surname: "Biscuit and Clover Thompson".
func (c checkout) names() string {
	list := []string{c.card.Patient.Called()}
	for _, l := range c.bill.Lines {
		if name := c.animals[l.Patient].Called(); l.Patient != c.card.PatientID && name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	last := len(list) - 1
	names := list[last]
	if last > 0 {
		names = strings.Join(list[:last], ", ") + " and " + names
	}
	return strings.TrimSpace(names + " " + c.card.Client.Surname())
}

// billAnimals are the lines by animal, that of the visit first.
func (v *visit) billAnimals(c checkout) (out []views.BillAnimal) {
	at := map[id.ID]int{}
	group := func(patient id.ID) *views.BillAnimal {
		n, ok := at[patient]
		if !ok {
			n = len(out)
			at[patient] = n
			out = append(out, views.BillAnimal{Species: c.animals[patient].Species, Name: c.animals[patient].Called()})
			if patient == c.card.PatientID {
				out[n].Line = v.visitLine(c.card)
			} else {
				out[n].Line = "also open"
			}
		}
		return &out[n]
	}
	group(c.card.PatientID)
	crossed := -1
	if c.estimate != nil {
		crossed = c.estimate.Crossed(c.estimated())
	}
	lines, mine := c.bill.Lines, 0
	for _, l := range lines {
		row := v.billLine(c, l)
		if l.Patient == c.card.PatientID {
			if mine == crossed {
				row.Crosses = "The bill goes over the estimate here"
			}
			mine++
		}
		g := group(l.Patient)
		g.Lines = append(g.Lines, row)
	}
	for _, one := range c.charges {
		if one.State == billing.Free || one.State == billing.Declined {
			g := group(one.Patient)
			g.Lines = append(g.Lines, v.settledLine(c, one))
		}
	}
	return out
}

// estimated are the lines an estimate of the visit speaks of.
func (c checkout) estimated() (out []billing.Line) {
	for _, l := range c.bill.Lines {
		if l.Patient == c.card.PatientID {
			out = append(out, l)
		}
	}
	return out
}

// visitLine says what the visit is: "consult today 10:05".
func (v *visit) visitLine(card scheduling.Card) string {
	return strings.ToLower(card.Type.Name) + " " + lowerFirst(v.moment(card.StartsAt))
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func (v *visit) billLine(c checkout, l billing.Line) views.BillLine {
	row := v.chargeLine(c, l.ChargeRow)
	row.Amount = v.sum(c.bill.Currency, l.Amount)
	return row
}

func (v *visit) chargeLine(c checkout, one billing.ChargeRow) views.BillLine {
	row := views.BillLine{
		Name: one.Name, Sub: one.Note, By: surname(v.policy.Name(one.MadeBy)), Quantity: v.quantity(one.Quantity) + unitSigns[one.Unit],
		Each: v.sum(c.bill.Currency, one.Price),
	}
	if one.DiscountBP > 0 {
		row.Sub = join(row.Sub, v.basis(one.DiscountBP)+" off")
	}
	if v.may(access.ChargeWrite) {
		row.Href = "/charges/" + one.ID.String() + "/edit?visit=" + c.card.ID.String()
	}
	return row
}

func (v *visit) settledLine(c checkout, one billing.ChargeRow) views.BillLine {
	row := v.chargeLine(c, one)
	row.Amount = v.sum(c.bill.Currency, one.Price.Times(one.Quantity, one.DiscountBP))
	row.Settled = "Not billed: " + one.Reason
	if one.State == billing.Free {
		row.Settled = "Given free: " + one.Reason
	}
	return row
}

func (v *visit) billEstimate(c checkout) *views.BillEstimate {
	e := c.estimate
	out := views.BillEstimate{Href: "/estimates/" + e.ID.String(), Words: "Inside estimate " + v.between(e.Currency, e.Low, e.High)}
	if e.Crossed(c.estimated()) >= 0 {
		out.Over, out.Words = true, "Over estimate "+v.between(e.Currency, e.Low, e.High)
	}
	return &out
}

// todo is what is to be done before they go: only what Paddock knows of.
func (v *visit) todo(c checkout) (list []views.Todo) {
	if c.card.State == scheduling.Done || c.card.Status == registry.Deceased {
		return nil
	}
	record := "/patients/" + c.card.PatientID.String()
	asked := map[string]string{scheduling.AskPhone: "Ask for the phone number", scheduling.AskWeight: "Weigh " + c.card.Patient.Called(), scheduling.AskAlerts: "Ask about alerts and allergies"}
	for _, a := range c.card.Asks {
		list = append(list, views.Todo{Icon: "ask", Title: asked[a], Line: "Left open at check-in", Href: record, Act: "Open record"})
	}
	if v.may(access.ScheduleRead) {
		next := views.Todo{Icon: "board", Title: "Next visit", Line: "None is booked"}
		if at := slices.IndexFunc(c.ahead, func(a scheduling.Appointment) bool { return a.ID != c.card.ID && a.Ahead() }); at >= 0 {
			next.Done, next.Title = true, "Next visit is booked"
			next.Line = c.ahead[at].StartsAt.In(v.clinic.Zone()).Format(weekdayForm) + " " + v.minute(c.ahead[at].StartsAt)
		} else if v.may(access.ScheduleWrite) {
			next.Href, next.Act = "/bookings/new?patient="+c.card.PatientID.String(), "Book"
		}
		list = append(list, next)
	}
	for _, client := range c.payers() {
		if a := c.accounts[client]; a.Balance > 0 {
			list = append(list, views.Todo{
				Icon: "till", Title: c.clients[client].Name() + " owes " + v.sum(c.bill.Currency, a.Balance), Line: "From earlier bills",
				Href: accountPath(client), Act: "Open account",
			})
		}
	}
	return list
}

// payers are who pays the bill, or would.
func (c checkout) payers() (out []id.ID) {
	for _, p := range c.bill.Payers {
		out = append(out, p.Client)
	}
	if len(out) == 0 && !c.card.ClientID.IsZero() {
		out = append(out, c.card.ClientID)
	}
	return out
}

func accountPath(client id.ID) string { return "/clients/" + client.String() + "/account" }
