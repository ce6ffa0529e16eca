package web

import (
	"slices"
	"strconv"
	"time"

	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/money"
	"paddock/views"
)

// style is how the clinic's country writes sums.
func (v *visit) style() money.Style { return money.StyleOf(v.clinic.Country()) }

// sum is an amount as it is read: £166.05.
func (v *visit) sum(c money.Currency, a money.Amount) string { return c.Format(a, v.style()) }

// typedSum is an amount as it stands in a field: 166.05.
func (v *visit) typedSum(c money.Currency, a money.Amount) string { return c.Plain(a, v.style()) }

// between is a sum that is not known exactly: £170.00–£195.00.
func (v *visit) between(c money.Currency, low, high money.Amount) string {
	if low == high {
		return v.sum(c, low)
	}
	return v.sum(c, low) + "–" + v.sum(c, high)
}

func (v *visit) quantity(q money.Quantity) string { return v.style().Number(q.String()) }

func (v *visit) percent(r money.Rate) string { return v.style().Number(r.String()) + " %" }

// basis is a share or a discount in basis points, in percent.
func (v *visit) basis(bp int) string { return v.percent(money.Rate(bp) * money.Percent(1) / 100) }

// dated is a day of the clinic's calendar.
func dated(day time.Time) string { return day.Format(dayForm) }

var methodNames = map[string]string{billing.Card: "Card", billing.Cash: "Cash", billing.Transfer: "Transfer"}

// methodWords end a sentence about money that came or went.
var methodWords = map[string]string{billing.Card: "by card", billing.Cash: "in cash", billing.Transfer: "by transfer"}

var unitNames = map[string]string{
	"each": "Each", "tablet": "Tablet", "ml": "Millilitre", "g": "Gram", "dose": "Dose", "pack": "Pack", "minute": "Minute", "hour": "Hour",
	"night": "Night", "km": "Kilometre",
}

// unitSigns stand behind a quantity; of what is counted nothing does.
var unitSigns = map[string]string{"ml": " ml", "g": " g", "minute": " min", "hour": " h", "km": " km"}

var contextNames = map[string]string{billing.Administered: "Here", billing.Dispensed: "Sent home"}

// billState is how an issued document stands, in a word.
func (v *visit) billState(r billing.InvoiceRow) views.DocumentState {
	switch r.State(v.today()) {
	case billing.Paid:
		return views.DocumentState{Status: "ready", Icon: "check", Word: "Paid"}
	case billing.PartPaid:
		return views.DocumentState{Status: "waiting", Icon: "split", Word: "Part paid"}
	case billing.Overdue:
		return views.DocumentState{Status: "late", Icon: "warn", Word: "Overdue"}
	case billing.Credited:
		return views.DocumentState{Status: "done", Icon: "stop", Word: "Credited"}
	case billing.CreditsIt:
		return views.DocumentState{Status: "booked", Icon: "till", Word: "Credit note"}
	}
	return views.DocumentState{Status: "waiting", Icon: "clock", Word: "Unpaid"}
}

// owing is a balance in words, and its kind for the style sheet.
func (v *visit) owing(c money.Currency, balance money.Amount) (words, kind string) {
	switch {
	case balance > 0:
		return "Owes " + v.sum(c, balance), "owes"
	case balance < 0:
		return v.sum(c, -balance) + " in credit", "credit"
	}
	return "Owes nothing", "even"
}

// seenCharges are the charges a page shows, each as what, so that nothing else is billed.
func seenCharges(lines []billing.Line) (out []views.SeenCharge) {
	for _, l := range lines {
		out = append(out, views.SeenCharge{ID: l.ID.String(), Version: strconv.FormatInt(l.Version, 10)})
	}
	return out
}

// typedCharges are those of a form. One that is malformed is a row that is not there.
func (v *visit) typedCharges() (list []billing.Seen, err error) {
	at := v.form()["charge_version"]
	for i, text := range v.form()["charge"] {
		charge, err := rowOf(text)
		if err != nil || i >= len(at) {
			return nil, fault.Missing
		}
		version, err := strconv.ParseInt(at[i], 10, 64)
		if err != nil {
			return nil, fault.Missing
		}
		list = append(list, billing.Seen{Charge: charge, Version: version})
	}
	return list, nil
}

// onPage gives mistakes of a verb to the form as a whole, unless they are about one of its inputs.
func onPage(bad fault.Fields, inputs ...string) fault.Fields {
	for i, m := range bad {
		if m.Name == "method" { // as an input it would hide the form's own
			bad[i].Name = "way"
		}
		if !slices.Contains(inputs, bad[i].Name) {
			bad[i].Name = ""
		}
	}
	return bad
}
