package web

import (
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// typedChip is the chip in the form of a new patient, whose numbers otherwise have a page of their own.
func (v *visit) typedChip() registry.IdentifierForm {
	return registry.IdentifierForm{
		Kind: registry.KindChip, Number: v.field("chip"), Again: v.field("chip_again"), Scanned: v.field("chip_scanned") == "yes",
	}
}

// chipOf reads it by the rules of every chip; ok is false where there is none.
func (v *visit) chipOf(typed registry.IdentifierForm) (n registry.Identifier, ok bool, bad fault.Fields) {
	if typed.Number == "" && typed.Again == "" {
		return n, false, nil
	}
	n, found := typed.Parse(v.now())
	names := map[string]string{"number": "chip", "again": "chip_again"}
	for _, one := range found {
		bad.Add(names[one.Name], one.Message)
	}
	return n, true, bad
}

// takenChip asks whether a chip is right that other animals have. Who may not read patients is told of none.
func (v *visit) takenChip(frame *patientFrame, taken *registry.Taken) fault.Fields {
	frame.chipTaken = true
	if v.may(access.PatientRead) {
		var seen []id.ID
		for _, h := range taken.Holders {
			seen = append(seen, h.ID)
			frame.taken = append(frame.taken, views.Animal{Href: "/patients/" + h.ID.String(), Name: h.Name})
		}
		v.record(audit.Entry{Action: audit.Listed, Object: "patient", IDs: seen})
	}
	return fault.Fields{{Name: "chip_anyway", Message: "Another animal has this chip: compare the two, or tick “Save anyway”"}}
}
