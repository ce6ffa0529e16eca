package web

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/views/ui"
)

// Dates are written with the month in letters, so that no two countries read them differently.
const (
	dayForm     = "02-Jan-2006"
	weekdayForm = "Mon 02-Jan-2006"
	minuteForm  = "15:04"
)

// day is an instant's date in the clinic's zone.
func (v *visit) day(t time.Time) string { return t.In(v.clinic.Zone()).Format(dayForm) }

// minute is an instant's time of day in the clinic's zone.
func (v *visit) minute(t time.Time) string { return t.In(v.clinic.Zone()).Format(minuteForm) }

// moment is date and time, with Today for today.
func (v *visit) moment(t time.Time) string {
	day := v.day(t)
	if day == v.day(v.now()) {
		day = "today"
	}
	return day + " " + v.minute(t)
}

// eventAt heads a note: when it happened and who wrote it.
func (v *visit) eventAt(t time.Time, author id.ID) string {
	return t.In(v.clinic.Zone()).Format(weekdayForm) + " " + v.minute(t) + ", " + v.policy.Name(author)
}

// machine is an instant for <time datetime> (RFC 3339).
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	var words []string
	for w := range strings.FieldsSeq(name) {
		if w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }); w != "" && w != "Dr" {
			words = append(words, w)
		}
	}
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

func first(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}

// surname is the last word of a name, for narrow places.
func surname(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// paragraphs splits a text at empty lines.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// mistakes are those of a form, as the views show them.
func mistakes(f fault.Fields) ui.Mistakes {
	var out ui.Mistakes
	for _, m := range f {
		out = append(out, ui.Mistake{Name: m.Name, Message: m.Message})
	}
	return out
}
