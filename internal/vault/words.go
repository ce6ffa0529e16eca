package vault

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestWord bounds a word in letters, and so its prefixes. Longer ones are cut alike when stored and
// when asked.
const longestWord = 32

// shortestPrefix is how many letters a search needs; scripts that write a syllable or word per sign need one.
const shortestPrefix = 3

// letters that do not decompose, and what they are typed as without the keyboard for them.
var spelled = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d",
	"þ", "th", "ħ", "h", "ı", "i", "ŧ", "t", "ŋ", "n", "ĸ", "k", "ς", "σ")

// Fold gives text as it is compared in searches: compatibility forms made plain (NFKD), marks dropped,
// lower case, and letters such as ß and ø spelled out.
func Fold(text string) string {
	if plainASCII(text) {
		return strings.ToLower(text)
	}
	b := make([]rune, 0, len(text))
	for _, r := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.M, r) {
			b = append(b, unicode.ToLower(r))
		}
	}
	// Hangul was taken apart by NFKD; put together again it counts a syllable as one letter.
	return norm.NFC.String(spelled.Replace(string(b)))
}

// plainASCII reports whether folding is a matter of case alone.
func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Words gives the words under which text is stored for search, folded, each once: its runs of letters
// and digits, and symbols such as emoji one by one. O'Brien is stored as obrien and brien,
// Müller-Lüdenscheidt as muller, ludenscheidt and mullerludenscheidt.
func Words(text string) []string { return words(text, true) }

// QueryWords gives the words to look for in a typed text, folded, each once. Every one of them must be
// found: O'Brien asks for obrien, Müller-Lüd for muller and lud.
func QueryWords(text string) []string { return words(text, false) }

func words(text string, storing bool) []string {
	if plainASCII(text) && !strings.ContainsAny(text, "-'`") {
		return asciiWords(text)
	}
	var out []string
	add := func(w string) {
		if w == "" {
			return
		}
		if r := []rune(w); len(r) > longestWord {
			w = string(r[:longestWord])
		}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for _, compound := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsOneOf(wordParts, r) && !isHyphen(r) && !isApostrophe(r) }) {
		compound = strings.TrimFunc(compound, func(r rune) bool { return isHyphen(r) || isApostrophe(r) })
		var joined strings.Builder
		for _, part := range strings.FieldsFunc(compound, isHyphen) {
			pieces := strings.FieldsFunc(part, isApostrophe)
			whole := Fold(strings.Join(pieces, ""))
			joined.WriteString(plain(whole))
			for _, w := range runs(whole) {
				add(w)
			}
			if !storing || len(pieces) < 2 {
				continue
			}
			for _, p := range pieces[1:] {
				if p = plain(Fold(p)); len([]rune(p)) > 1 {
					add(p)
				}
			}
		}
		if storing {
			add(joined.String())
		}
	}
	return out
}

// asciiWords are the words of a text without marks, hyphens or apostrophes, as nearly all are: a search takes
// hundreds of names apart.
func asciiWords(text string) []string {
	var out []string
	for rest := strings.ToLower(text); rest != ""; {
		end := 0
		for end < len(rest) && inWord(rune(rest[end])) {
			end++
		}
		if w := rest[:min(end, longestWord)]; w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return out
}

// inWord reports whether a sign is a letter or a digit.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.N)
}

// wordParts are the signs that belong to words before folding; marks hang on the letter before them.
var wordParts = []*unicode.RangeTable{unicode.L, unicode.N, unicode.M, unicode.So}

func isHyphen(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '\u00AD' || r == '\u2212' }

// isApostrophe holds of every sign found in names in its place, the lone acute accent among them.
func isApostrophe(r rune) bool { return strings.ContainsRune("'`´‘’‛ʹʻʼʽˈ′＇ʾʿ", r) }

// runs cuts a folded text at what folding brought in (½ becomes 1⁄2) and around symbols.
func runs(folded string) []string {
	var out []string
	start := 0
	for i, r := range folded {
		if inWord(r) {
			continue
		}
		out = append(out, folded[start:i])
		if unicode.Is(unicode.So, r) {
			out = append(out, string(r))
		}
		start = i + len(string(r))
	}
	return append(out, folded[start:])
}

// plain is a folded text reduced to its letters and digits.
func plain(folded string) string {
	return strings.Map(func(r rune) rune {
		if inWord(r) {
			return r
		}
		return -1
	}, folded)
}

// Prefixes gives what a folded word is found by while it is typed: its beginnings from three letters
// on, shortest first, and itself whatever its length. Words of Han, Kana and Hangul are found from one sign.
func Prefixes(word string) []string {
	r := []rune(word)
	from := shortestPrefix
	if len(r) > 0 && unicode.In(r[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		from = 1
	}
	var out []string
	for n := from; n < len(r); n++ {
		out = append(out, string(r[:n]))
	}
	if len(r) > 0 {
		out = append(out, word)
	}
	return out
}

// EmailTerms gives what an e-mail address is found by: the whole folded address first, then the part
// before the @ and its words with their prefixes. The domain alone finds nothing: half of all clients share it.
func EmailTerms(address string) []string {
	whole := QueryEmail(address)
	if whole == "" {
		return nil
	}
	out := []string{whole}
	local, _, _ := strings.Cut(whole, "@")
	add := func(terms ...string) {
		for _, t := range terms {
			if t != "" && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	add(local)
	for _, w := range Words(strings.ReplaceAll(local, "_", " ")) {
		add(Prefixes(w)...)
	}
	return out
}

// QueryEmail is the folded form in which a whole typed address is looked for.
func QueryEmail(address string) string { return Fold(strings.TrimSpace(address)) }

// PostcodeTerms gives what a postcode is found by: its letters and digits without a blank, and the part before
// the blank or hyphen, which names the town or district. rest is what follows that.
func PostcodeTerms(postcode string) (terms []string, rest string) {
	parts := strings.FieldsFunc(Fold(postcode), func(r rune) bool { return unicode.IsSpace(r) || isHyphen(r) })
	for i, p := range parts {
		parts[i] = plain(p)
	}
	whole := QueryPostcode(strings.Join(parts, ""))
	if whole == "" {
		return nil, ""
	}
	if len(parts) == 1 {
		parts = cutPostcode(whole)
	}
	terms = []string{whole}
	if len(parts) > 1 {
		terms, rest = append(terms, parts[0]), parts[len(parts)-1]
	}
	return terms, rest
}

// cutPostcode cuts one that was written without its blank: before the letters of a Dutch one, else, where it
// has letters and digits as in Britain and Canada, before the last three signs.
func cutPostcode(whole string) []string {
	at := strings.IndexFunc(whole, unicode.IsLetter)
	if r := []rune(whole); at == 0 && len(r) > 4 && MixesDigits(whole) {
		at = len(string(r[:len(r)-3]))
	}
	if at <= 0 {
		return []string{whole}
	}
	return []string{whole[:at], whole[at:]}
}

// QueryPostcode is the form in which a whole typed postcode is looked for.
func QueryPostcode(typed string) string {
	r := []rune(plain(Fold(typed)))
	return string(r[:min(len(r), longestWord)])
}

// MixesDigits reports whether a text has both letters and digits, as the halves of many postcodes do.
func MixesDigits(text string) bool {
	return strings.ContainsFunc(text, unicode.IsLetter) && strings.ContainsFunc(text, unicode.IsDigit)
}
