package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/views"
)

// input is one field of a form as it is sent: its name, its label and its value.
type input struct {
	name, label, value string
}

// twice is a form that met a row somebody else had saved meanwhile.
type twice struct {
	action, back string
	what         string
	version      int64       // of the row as shown in theirs, or as the form has it where a choice is asked for again
	seen         audit.Entry // what the comparison shows
	by           id.ID
	at           time.Time
	mine, theirs []input // the same fields in the same order
	base         []input // what both began from; nil where that is not known
	bad          fault.Fields
	also         []input   // goes along unseen
	joins        []string  // fields that can keep both, one under the other
	kept         time.Time // when mine was kept, where it is not of this window
	drops        bool      // keeping what is saved is sent as well, and takes mine away
}

// conflict shows yours and theirs side by side. What only one of the two changed is joined already;
// where both did, the person chooses.
func (v *visit) conflict(t twice) answer {
	v.record(t.seen)
	view := views.Conflict{
		Page: v.page("patients"), Action: t.action, Version: strconv.FormatInt(t.version, 10), What: t.what, Mistakes: mistakes(t.bad),
		By: v.policy.Name(t.by), Own: t.by == v.current.Person.ID, At: v.minute(t.at), Theirs: t.back,
		Kept: v.keptAt(t.kept), Drops: t.drops,
	}
	for _, in := range t.also {
		view.Joined = append(view.Joined, views.KeptField{Name: in.name, Value: in.value})
	}
	asked := v.form()["choose"] // where a choice is asked for again, of these and no more
	for i, mine := range t.mine {
		theirs := t.theirs[i].value
		kept, both, own := mine.value, false, true
		switch {
		case mine.value == theirs:
			view.Joined = append(view.Joined, views.KeptField{Name: mine.name, Label: mine.label, Value: kept})
			continue
		case t.base == nil:
			both = len(asked) == 0 || slices.Contains(asked, mine.name)
		case mine.value == t.base[i].value:
			kept, own = theirs, false
		case theirs != t.base[i].value:
			both = true
		}
		if both {
			clash := views.Clash{Name: mine.name, Label: sentence(mine.label), Mine: mine.value, Theirs: theirs}
			if slices.Contains(t.joins, mine.name) {
				clash.Both = joinedText(theirs, mine.value)
			}
			view.Rows = append(view.Rows, clash)
			continue
		}
		view.JoinedCount++
		view.Apart = append(view.Apart, views.Merged{Label: sentence(mine.label), Value: kept, Mine: own})
		view.Joined = append(view.Joined, views.KeptField{Name: mine.name, Label: mine.label, Value: kept})
	}
	if len(view.Rows) > 0 {
		view.Apart = nil
	}
	if v.partial {
		return shown(http.StatusConflict, views.ConflictPart(view))
	}
	return shown(http.StatusConflict, views.ConflictPage(view))
}

// sentAgain answers a form for something new whose row is there already: the same form once more is as good as
// saved; one that says something else shows both.
func (v *visit) sentAgain(t twice, saved string) answer {
	if slices.Equal(t.mine, t.theirs) {
		v.say(saved)
		return goTo(t.back)
	}
	return v.conflict(t)
}

// meanwhile is a field of a form that was overtaken: what stands in it, what is saved, and that in words.
type meanwhile struct{ name, mine, theirs, words string }

// overtaken says of a form that keeps what was typed what was saved meanwhile, beside each field where it differs. Sent
// again, it is saved as it stands.
func overtaken(said string, fields []meanwhile) (bad fault.Fields) {
	bad.Add("", said+" Look at what was saved meanwhile, and save yours again if it is still right.")
	for _, f := range fields {
		if strings.TrimSpace(f.mine) != f.theirs {
			bad.Add(f.name, "Saved meanwhile: "+cmp.Or(f.words, "nothing"))
		}
	}
	return bad
}

// sentence begins a label with a capital, as it stands by itself.
func sentence(label string) string {
	first, n := utf8.DecodeRuneInString(label)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + label[n:]
}

// unchosen are the clashing fields that came back without a choice.
func (v *visit) unchosen(fields []input) fault.Fields {
	var bad fault.Fields
	for _, name := range v.form()["choose"] {
		for _, f := range fields {
			if f.name == name && !v.form().Has(name) {
				bad.Add(name, "Choose which "+f.label+" to keep")
			}
		}
	}
	return bad
}

// chosen is what came back from a form of choices, with the person's own words where nothing was
// chosen, so that they are shown again.
func (v *visit) chosen(fields []input) []input {
	for i, f := range fields {
		fields[i].value = v.field(f.name)
		if !v.form().Has(f.name) {
			fields[i].value = v.field("mine." + f.name)
		}
	}
	return fields
}

// version is the one the form was made from. A form without one can only be at a version before the
// first, so that it meets a conflict instead of overwriting.
func (v *visit) version() int64 {
	n, err := strconv.ParseInt(v.field("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
