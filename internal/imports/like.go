package imports

import (
	"strings"
	"unicode"

	"paddock/internal/vault"
)

// likeness is how well two names could be one animal's; the lower the better.
type likeness int

const (
	same    likeness = iota // but for case, accents and signs
	slip                    // one letter, a shorter form, or sounding alike
	unnamed                 // one of them is not known
	unlike
)

// alike compares the names of two animals of one species that share a number.
func alike(a, b string) likeness {
	a, b = letters(a), letters(b)
	switch {
	case a == b:
		return same
	case a == "" || b == "":
		return unnamed
	}
	short, long := []rune(a), []rune(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case len(short) >= 3 && strings.HasPrefix(string(long), string(short)),
		len(short) >= 4 && oneSlip(short, long),
		vault.SoundAlike(a, b):
		return slip
	}
	return unlike
}

// letters reduces a name to its letters and digits, folded.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.N, unicode.So) {
			return r
		}
		return -1
	}, vault.Fold(name))
}

// oneSlip reports whether one letter more, less or other, or two that changed places, tell two texts
// apart. long has at least as many letters as short.
func oneSlip(short, long []rune) bool {
	if len(long)-len(short) > 1 {
		return false
	}
	i := 0
	for i < len(short) && short[i] == long[i] {
		i++
	}
	rest, other := string(short[i:]), string(long[i:])
	switch {
	case len(long) > len(short):
		return rest == string(long[i+1:])
	case i+1 < len(short) && short[i] == long[i+1] && short[i+1] == long[i] && string(short[i+2:]) == string(long[i+2:]):
		return true
	}
	return rest == "" || string(short[i+1:]) == string(long[i+1:]) && other != ""
}
