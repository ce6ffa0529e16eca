// Package plain makes what a person typed, or a file brought, into text as it is kept.
package plain

import (
	"strings"
	"unicode"

	"paddock/internal/fault"
)

// Line makes one line of a text: no control signs, none that turn the writing around or cannot be seen by themselves
// (Unicode Standard Annex 9), nothing broken, single spaces.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		if Unseen(r) {
			return -1
		}
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// Words makes one line of what was typed into a field, and notes the mistake of one that is too long or, where ask says what
// to do, missing.
func Words(bad *fault.Fields, name, typed, ask string, most int) string {
	s := Line(typed)
	if s == "" && ask != "" {
		bad.Add(name, ask)
	}
	bad.TooLong(name, s, most)
	return s
}

// Text keeps the lines of what was typed, which end by \n, as those of forms do not, and drops what is no text.
func Text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		}
		return r
	}, s)
}

// Unseen reports whether a sign hides: a space of no width, or one that turns the order of writing. The joiners
// that letters and emoji need do not count.
func Unseen(r rune) bool {
	return r == '\u200B' || r == '\u200E' || r == '\u200F' || r == '\u2060' || r == '\uFEFF' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// Cell is a text as the cell of a list that a spreadsheet may open: a sign before what it would take for a formula
// (OWASP, CSV injection). Commas, quotes and line ends are for who writes the list.
func Cell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n") || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}
