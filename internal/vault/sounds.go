package vault

import "strings"

// fewestSounds is how many sounds a word needs to be found by them: one, as of "Leo", is shared by too many.
const fewestSounds = 2

// Sound gives what a folded word sounds like to an English ear, so that a slip in writing it down has
// the same: its consonants, with those that are mistaken for each other made one, after a mark for a vowel
// it begins with. It is "" for words under three letters or two sounds, and for any that is not of the
// letters a to z: nobody mishears a digit.
func Sound(word string) string {
	loose := spelledLoosely(word)
	if loose == "" {
		return ""
	}
	var b strings.Builder
	for i := range len(loose) {
		switch c := loose[i]; {
		case isVowel(c):
			if i == 0 {
				b.WriteByte('a')
			}
		case c == 'w' && (i+1 == len(loose) || !isVowel(loose[i+1])): // as in Brown
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() < fewestSounds {
		return ""
	}
	return b.String()
}

// SoundAlike reports whether one of two different folded words may be a slip for the other: they have the
// same sounds, and little else tells them apart. Bella is a slip for Bela and not for Billy.
func SoundAlike(a, b string) bool {
	if a == b {
		return false
	}
	if sound := Sound(a); sound == "" || sound != Sound(b) {
		return false
	}
	la, lb := spelledLoosely(a), spelledLoosely(b)
	most := 1
	switch shorter := min(len(a), len(b)); {
	case shorter <= shortestPrefix:
		most = 0
	case shorter > 7:
		most = 2
	}
	return min(slipsBetween(la, lb), slipsBetween(a, b)) <= most
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// begun and ended are what is not heard at the edges of a word.
var (
	begun = [][2]string{{"kn", "n"}, {"gn", "n"}, {"pn", "n"}, {"wr", "r"}, {"ps", "s"}, {"gh", "g"}, {"x", "s"}}
	ended = [][2]string{{"mb", "m"}, {"gh", ""}, {"gue", "g"}, {"que", "k"}}
)

// loosely writes one sound one way. Of what fits at a place the first stands.
var loosely = strings.NewReplacer(
	"sch", "x", "chr", "kr", "chl", "kl", "ichae", "ikae", "iche", "ike", "ichol", "ikol", "tch", "x", "ch", "x", "sh", "x",
	"ph", "f", "ght", "t", "gh", "", "th", "t", "rh", "r", "wh", "w", "mps", "ms", "mpt", "mt", "dt", "t",
	"sce", "se", "sci", "si", "scy", "si", "ce", "se", "ci", "si", "cy", "si", "ck", "k", "c", "k", "q", "k",
	"gge", "ge", "ggi", "gi", "ggy", "gi", "dge", "je", "dgi", "ji", "dgy", "ji", "ge", "je", "gi", "ji", "gy", "ji",
	"x", "ks", "z", "s", "v", "f",
	"eigh", "a", "igh", "i", "ie", "i", "ei", "i", "ee", "i", "ea", "i", "ey", "i", "ay", "a", "ai", "a", "oo", "u", "ou", "u", "y", "i",
)

// spelledLoosely is a word as somebody writes it who only heard it: one way for each sound, no doubled
// letters, no h within and no e at the end. It is "" for what has no sound.
func spelledLoosely(word string) string {
	if len(word) < shortestPrefix || strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return ""
	}
	for _, edge := range begun {
		if rest, ok := strings.CutPrefix(word, edge[0]); ok {
			word = edge[1] + rest
			break
		}
	}
	for _, edge := range ended {
		if rest, ok := strings.CutSuffix(word, edge[0]); ok {
			word = rest + edge[1]
			break
		}
	}
	out := make([]byte, 0, len(word))
	for i, c := range []byte(loosely.Replace(word)) {
		if n := len(out); n > 0 && out[n-1] == c || i > 0 && c == 'h' {
			continue
		}
		out = append(out, c)
	}
	if n := len(out); n > 3 && out[n-1] == 'e' {
		out = out[:n-1]
	}
	return string(out)
}

// slipsBetween counts the letters to put in, leave out, exchange or swap with the next to make one word the other.
func slipsBetween(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
