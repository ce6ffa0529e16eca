package registry

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"paddock/internal/vault"
)

// Piece is a part of a name; Matched pieces are what a search found it by.
type Piece struct {
	Text    string
	Matched bool
}

// Pieces cuts a name where the words of a search begin and end in it, for underlining. Together the
// pieces are the name.
func Pieces(name, typed string) []Piece {
	asked := vault.QueryWords(typed)
	heard := slices.DeleteFunc(slices.Clone(asked), func(a string) bool { return !sounding(a) })
	var out []Piece
	add := func(text string, matched bool) {
		if text == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Matched == matched {
			out[n-1].Text += text
			return
		}
		out = append(out, Piece{text, matched})
	}
	for rest := name; rest != ""; {
		start := strings.IndexFunc(rest, inWord)
		if start < 0 {
			add(rest, false)
			break
		}
		add(rest[:start], false)
		rest = rest[start:]
		end := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) && !strings.ContainsRune("'’‘ʼ", r) })
		if end < 0 {
			end = len(rest)
		}
		n := matchedIn(rest[:end], asked)
		if n == 0 && slices.ContainsFunc(heard, func(a string) bool { return vault.SoundAlike(folded(rest[:end]), a) }) {
			n = end
		}
		add(rest[:n], true)
		add(rest[n:end], false)
		rest = rest[end:]
	}
	return out
}

// PhonePieces cuts a phone number where the digits of a search begin and end in it.
func PhonePieces(number, typed string) []Piece {
	var at []int // of each digit
	var dialled strings.Builder
	for i, r := range number {
		if r >= '0' && r <= '9' {
			at = append(at, i)
			dialled.WriteRune(r)
		}
	}
	from, to := 0, 0
	for _, asked := range append(strings.Fields(typed), typed) {
		runs := vault.QueryPhone(asked)
		if len(asked) == 3 && digits(asked) == 3 {
			runs = []string{asked}
		}
		for _, run := range runs {
			if i := strings.LastIndex(dialled.String(), run); i >= 0 && len(run) > to-from {
				from, to = i, i+len(run)
			}
		}
	}
	if to == from {
		return []Piece{{number, false}}
	}
	begin, end := at[from], at[to-1]+1
	return slices.DeleteFunc([]Piece{{number[:begin], false}, {number[begin:end], true}, {number[end:], false}}, func(p Piece) bool { return p.Text == "" })
}

// PhoneAsked is the number of a client that the digits of a search are in, else the first; ok is false where
// there is none.
func PhoneAsked(c Client, typed string) (p Phone, ok bool) {
	for _, p := range c.Phones {
		if len(PhonePieces(p.Number, typed)) > 1 || PhonePieces(p.Number, typed)[0].Matched {
			return p, true
		}
	}
	if len(c.Phones) == 0 {
		return p, false
	}
	return c.Phones[0], true
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsOneOf([]*unicode.RangeTable{unicode.L, unicode.N, unicode.M}, r)
}

// matchedIn is how many bytes of a word the longest of the asked words covers from its beginning.
func matchedIn(text string, asked []string) int {
	whole, most := folded(text), 0
	for _, a := range asked {
		if !strings.HasPrefix(whole, a) {
			continue
		}
		end := len(text)
		for i := range text {
			if i > 0 && len(folded(text[:i])) >= len(a) {
				end = i
				break
			}
		}
		for end < len(text) { // marks stay with their letter
			r := []rune(text[end:])[0]
			if !unicode.Is(unicode.M, r) {
				break
			}
			end += len(string(r))
		}
		most = max(most, end)
	}
	return most
}

func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && inWord(r) || unicode.In(r, unicode.L, unicode.N) {
			return r
		}
		return -1
	}, vault.Fold(s))
}
