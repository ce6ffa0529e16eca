package web

import (
	"paddock/internal/records"
	"paddock/internal/vaccines"
	"paddock/views"
)

// earlierTitle marks what came with an import: nobody here wrote or signed it.
const earlierTitle = "From the earlier practice system"

// addEarlier turns the head of a note that came with an import: no person of the clinic stands there.
func (v *visit) addEarlier(view *views.Note, n records.Note) {
	if !n.Imported {
		return
	}
	view.Title, view.Heading, view.SignedBy = earlierKind(n.Earlier), join(v.weighedOn(n.EventAt), n.Earlier.By), ""
	view.Earlier = "Written there by " + n.Earlier.By
	if n.Earlier.By == "" {
		view.Earlier = "Who wrote it there is not known"
	}
}

// earlierKind is what an entry was there.
func earlierKind(e records.Earlier) string {
	if e.Visit {
		return "Visit"
	}
	return "Note"
}

// earlierPart is the text that was not in parts.
func earlierPart(e records.Earlier) []views.NotePart {
	if e.Text == "" {
		return nil
	}
	p := views.NotePart{Letter: "T", Label: "Text", Paragraphs: paragraphs(e.Text)}
	if e.Visit {
		p.Letter, p.Label = "R", "Reason"
	}
	return []views.NotePart{p}
}

// earlierFacts are what is known of a dose that came with an import.
func earlierFacts(d vaccines.DoseRow) (out []views.Total) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, views.Total{Label: label, Value: value})
		}
	}
	if len(d.Protects) == 0 {
		add("Not counted", "Nothing is due by this dose, because no one vaccine of the clinic, labelled for the species, had this name when it came in")
	} else {
		add("Label's time", countOf(d.Months, "month", "months"))
	}
	add("Given by", d.Earlier.By)
	add("Lot", d.Lot)
	if !d.Expiry.IsZero() {
		add("Lot expires", dated(d.Expiry))
	}
	if !d.Earlier.Next.IsZero() {
		add("Next due there", dated(d.Earlier.Next)+", as the earlier system had it")
	}
	return out
}
