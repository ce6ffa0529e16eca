package imports

import (
	"slices"
	"strings"

	"paddock/internal/id"
	"paddock/internal/registry"
)

// number is a whole number of one kind, as a token.
type number struct {
	kind  string
	token [8]byte
}

// holder is an animal that has a number, in the clinic or in the rows of the file before.
type holder struct {
	patient id.ID
	line    int // where the file made it, 0 where it was in the clinic
	is      registry.Patient
	issued  []int32 // days of its licences, counted from 1970; 0 is not known
}

func (r *reading) numbers() []number {
	var out []number
	if r.numbered {
		out = append(out, number{registry.KindLicence, r.licence})
	}
	if r.chipped {
		out = append(out, number{registry.KindChip, r.chip})
	}
	return out
}

// tag notes that an animal has a tag.
func (d *decider) tag(patient id.ID, tag string) {
	if !slices.Contains(d.tags[patient], tag) {
		d.tags[patient] = append(d.tags[patient], strings.Clone(tag))
	}
}

// hold notes that an animal has a number.
func (d *decider) hold(n number, patient id.ID, line int, is registry.Patient, issued int32) {
	for _, h := range d.holders[n] {
		if h.patient == patient {
			h.issue(issued)
			return
		}
	}
	is.Name, is.Breed, is.Colour = strings.Clone(is.Name), strings.Clone(is.Breed), strings.Clone(is.Colour) // the row they are parts of goes
	d.holders[n] = append(d.holders[n], &holder{patient: patient, line: line, is: is, issued: []int32{issued}})
}

func (h *holder) issue(day int32) {
	if !slices.Contains(h.issued, day) {
		h.issued = append(h.issued, day)
	}
}

// match finds the animal that a row says, among those that have a number: in the file by the same name, in
// the clinic, where a spelling may have been put right, by a like one. there tells that nothing of the row is new.
func (d *decider) match(n number, a animal) (best *holder, there bool) {
	nearest := unlike
	issued := day(a.issued)
	for _, h := range d.holders[n] {
		if h.is.Species != a.Species {
			continue
		}
		how := alike(h.is.Name, a.Name)
		if how == unlike || how > same && h.line > 0 {
			continue // two rows of one file that differ are shown to somebody, not joined
		}
		if slices.Contains(h.issued, issued) {
			return h, true
		}
		if how < nearest {
			best, nearest = h, how
		}
	}
	return best, false
}
