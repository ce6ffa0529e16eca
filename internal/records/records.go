// Package records keeps the clinical note: a draft that only its author writes, the signed note nobody
// can change, and what is added to it later. Drafts and signed notes are rows of different tables, the
// second of which the application can only add to.
package records

import (
	"errors"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// group is the field group everything here is sealed in.
const group = "clinical"

// ErrAlreadySigned answers whatever would change a draft that has become a note. The note has the
// draft's id.
var ErrAlreadySigned = fault.New(fault.Conflict, "This note is signed. Later words go into an addendum.")

// errNotYours refuses a draft to everybody but its author.
var errNotYours = fault.New(fault.Forbidden, "Only its author can open or change a draft.")

// SOAP is what a note says: four texts, plain, lines ended by \n, and what was measured and looked at.
type SOAP struct {
	Subjective string `json:"subjective,omitempty"`
	Objective  string `json:"objective,omitempty"`
	Assessment string `json:"assessment,omitempty"`
	Plan       string `json:"plan,omitempty"`
	Vitals     Vitals `json:"vitals,omitzero"`
	Exam       Exam   `json:"exam,omitzero"`
}

// Empty reports whether nothing but blanks was written, and nothing measured or looked at.
func (s SOAP) Empty() bool {
	return strings.TrimSpace(s.Subjective+s.Objective+s.Assessment+s.Plan) == "" && s.Vitals.empty() && s.Exam == (Exam{})
}

// longestPart bounds each part of a note, in letters.
const longestPart = 50_000

// tidy gives the text as it is kept, or the mistakes named subjective, objective, assessment and plan, and as the
// vitals are.
func (s SOAP) tidy() (SOAP, fault.Fields) {
	var bad fault.Fields
	out := SOAP{
		Subjective: plain.Text(s.Subjective), Objective: plain.Text(s.Objective), Assessment: plain.Text(s.Assessment), Plan: plain.Text(s.Plan),
		Vitals: s.Vitals.tidy(&bad), Exam: s.Exam.tidy(),
	}
	for _, p := range []struct{ input, text string }{
		{"subjective", out.Subjective}, {"objective", out.Objective}, {"assessment", out.Assessment}, {"plan", out.Plan},
	} {
		if utf8.RuneCountInString(p.text) > longestPart {
			bad.Add(p.input, "Keep this under 50,000 letters")
		}
	}
	return out, bad
}

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

func changeSlot(row id.ID) vault.Slot { return audit.ChangeSlot(group, row) }

func seal(keys *vault.Clinic, table string, row id.ID, v any) ([]byte, error) {
	return keys.SealJSON(slot(table, row), v)
}

func open(keys *vault.Clinic, table string, row id.ID, sealed []byte, v any) error {
	return keys.OpenJSON(slot(table, row), sealed, v)
}

// author is who writes: clinical text without a person is refused.
func author(tx *db.Tx) (id.ID, error) {
	if tx.Who.Person.IsZero() {
		return id.ID{}, errors.New("a clinical record needs a person who writes it")
	}
	return tx.Who.Person, nil
}
