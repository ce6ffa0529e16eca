package registry

import (
	"strings"
	"time"

	"paddock/internal/fault"
	"paddock/internal/plain"
)

// MoveForm is what was typed into the form of a patient's state.
type MoveForm struct {
	// On is a day as ParseDay reads them; "not known" is one that nobody knows.
	To, On, Manner, Remains, Words string
}

// Parse reads the form forgivingly. today is any instant of the clinic's present day, in the clinic's
// zone. Mistakes are named after the inputs.
func (f MoveForm) Parse(today time.Time) (Move, fault.Fields) {
	m := Move{To: strings.TrimSpace(f.To), Words: plain.Line(f.Words)}
	if m.To == Deceased {
		m.Manner, m.Remains = known(f.Manner), known(f.Remains)
	}
	var bad fault.Fields
	switch s := strings.ToLower(plain.Line(f.On)); s {
	case "not known", "unknown", "?":
	default:
		on, err := ParseDay(s, today)
		if err != nil {
			bad.Add("on", err.Error())
		}
		m.On = on
	}
	for _, one := range m.check(today) {
		if bad.Message(one.Name) == "" {
			bad.Add(one.Name, one.Message)
		}
	}
	return m, bad
}
