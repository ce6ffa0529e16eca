package vault

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, stored, asked string }{
		{"Anna Schmidt", "anna schmidt", "anna schmidt"},
		{"O'Brien", "obrien brien", "obrien"},
		{"O’Brien", "obrien brien", "obrien"},
		{"O´Brien", "obrien brien", "obrien"},
		{"D'Arcy", "darcy arcy", "darcy"},
		{"Müller-Lüdenscheidt", "muller ludenscheidt mullerludenscheidt", "muller ludenscheidt"},
		{"Mu\u0308ller", "muller", "muller"},
		{"Anne‑Marie d'Été", "anne marie annemarie dete ete", "anne marie dete"},
		{"Ñandú", "nandu", "nandu"},
		{"Łódź Ægir Øster Straße ẞ İstanbul ısı", "lodz aegir oster strasse ss istanbul isi", "lodz aegir oster strasse ss istanbul isi"},
		{"李 小明", "李 小明", "李 小明"},
		{"홍길동", "홍길동", "홍길동"},
		{"Σοφός ΣΟΦΟΣ", "σοφοσ", "σοφοσ"},
		{"Ｆｌｕｆｆｙ ﬁn", "fluffy fin", "fluffy fin"},
		{`"Rex" (the 3rd), jr.`, "rex the 3rd jr", "rex the 3rd jr"},
		{"Mitzi 🐱 ❤️", "mitzi 🐱 ❤", "mitzi 🐱 ❤"},
		{"Rex🐶Max", "rex 🐶 max rexmax", "rex 🐶 max"},
		{"Bella bella BELLA", "bella", "bella"},
		{"Robert'); DROP TABLE clients;--", "robert drop table clients", "robert drop table clients"},
		{"- ' -- ''", "", ""},
		{"", "", ""},
		{"\u0301\u0308", "", ""},
		{"X Æ A-12", "x ae a 12 a12", "x ae a 12"},
	} {
		if got := strings.Join(Words(c.text), " "); got != c.stored {
			t.Errorf("Words(%q) = %q, want %q", c.text, got, c.stored)
		}
		if got := strings.Join(QueryWords(c.text), " "); got != c.asked {
			t.Errorf("QueryWords(%q) = %q, want %q", c.text, got, c.asked)
		}
	}
	if got := Words(strings.Repeat("x", 1000)); len(got) != 1 || got[0] != strings.Repeat("x", longestWord) {
		t.Errorf("a long word became %q", got)
	}
}

func TestPrefixes(t *testing.T) {
	for word, want := range map[string]string{
		"muller": "mul mull mulle muller", "rex": "rex", "bo": "bo", "x": "x", "": "",
		"李小明": "李 李小 李小明", "홍길동": "홍 홍길 홍길동", "ямаха": "яма ямах ямаха",
	} {
		if got := strings.Join(Prefixes(word), " "); got != want {
			t.Errorf("Prefixes(%q) = %q, want %q", word, got, want)
		}
	}
}

// Numbers as a client gave them, and what is typed to find them.
func TestPhoneNumbersAreFound(t *testing.T) {
	for _, c := range []struct {
		stored, typed string
		found         bool
	}{
		{"07700 900123", "07700 900123", true},
		{"07700 900123", "0123", true},
		{"07700 900123", "123", false},
		{"07700 900123", "07700", true},
		{"07700 900123", "0770", false},
		{"07700 900123", "7700 900123", true},
		{"07700 900123", "+44 7700 900123", true},
		{"07700 900123", "0044 7700 900123", true},
		{"07700 900010", "0010", true},
		{"07700 900123", "+44 (0)7700 900123", true},
		{"+44 7700 900123", "07700 900123", true},
		{"+44 7700 900123", "07700", true},
		{"+44 7700 900123", "+44 7700", true},
		{"+44 (0) 7700 900123", "7700 900123", true},
		{"(+44) 7700-900123", "07700900", true},
		{"0044 7700 900123", "07700 900123", true},
		{"+1 (212) 555-0100", "212 555", true},
		{"+353 1 496 0000", "01 496 0000", true},
		{"+39 06 6982", "06 6982", true},
		{"٠٧٧٠٠ ٩٠٠١٢٣", "07700", true},
		{"07700 900123", "900999", false},
		{"07700 900123", "00900", false},
		{"999", "0999", false},
		{"no phone", "1234", false},
	} {
		terms := PhoneTerms(c.stored)
		found := slices.ContainsFunc(QueryPhone(c.typed), func(q string) bool { return slices.Contains(terms, q) })
		if found != c.found {
			t.Errorf("%q typed for %q: found %v, want %v (terms %q, asked %q)", c.typed, c.stored, found, c.found, terms, QueryPhone(c.typed))
		}
		if len(terms) > 80 {
			t.Errorf("%q takes %d token rows", c.stored, len(terms))
		}
	}
}

func TestEmailTerms(t *testing.T) {
	got := strings.Join(EmailTerms(" Jürgen.O'Neil_Vet+cats@Example.ORG "), " ")
	want := "jurgen.o'neil_vet+cats@example.org jurgen.o'neil_vet+cats jur jurg jurge jurgen one onei oneil nei neil vet cat cats"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if q := QueryEmail("JÜRGEN.O'Neil_Vet+cats@example.org"); EmailTerms(" Jürgen.O'Neil_Vet+cats@Example.ORG ")[0] != q {
		t.Errorf("the whole address is not found as %q", q)
	}
	if EmailTerms("  ") != nil {
		t.Error("no address has terms")
	}
}

func TestChipTerms(t *testing.T) {
	terms := ChipTerms("985 112-003.456 789")
	if terms[0] != "985112003456789" || !slices.Contains(terms, "6789") || slices.Contains(terms, "789") || len(terms) != 12 {
		t.Errorf("got %q", terms)
	}
	if QueryChip("GB 12/a") != "gb12a" || ChipTerms("--") != nil || len(ChipTerms("7")) != 1 {
		t.Error("odd numbers are not folded alike")
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"O'Brien", "Müller-Lüdenscheidt", "李", "🐱", "+44 (0)7", "a@b", "½", "\xff", "ΐ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		stored := Words(text)
		for _, w := range stored {
			if w == "" || utf8.RuneCountInString(w) > longestWord || strings.ContainsAny(w, " '-") {
				t.Errorf("word %q of %q", w, text)
			}
		}
		// What is stored is found by typing it again in full.
		for _, w := range QueryWords(text) {
			if !slices.Contains(stored, w) {
				t.Errorf("%q asked for %q is not among %q", w, text, stored)
			}
		}
		terms := PhoneTerms(text)
		for _, q := range QueryPhone(text) {
			if !slices.Contains(terms, q) {
				t.Errorf("digits %q asked for %q are not among %q", q, text, terms)
			}
		}
		EmailTerms(text)
		ChipTerms(text)
	})
}

func TestPostcodes(t *testing.T) {
	for _, c := range []struct{ code, terms, rest string }{
		{"SW1A 1AA", "sw1a1aa sw1a", "1aa"},
		{"sw1a1aa", "sw1a1aa sw1a", "1aa"},
		{"M1 1AE", "m11ae m1", "1ae"},
		{"K1A-0B1", "k1a0b1 k1a", "0b1"},
		{"1015 KB", "1015kb 1015", "kb"},
		{"1015KB", "1015kb 1015", "kb"},
		{"98101", "98101", ""},
		{"98101-1234", "981011234 98101", "1234"},
		{"〒100-0001", "1000001 100", "0001"},
		{"Ñ12", "n12", ""},
		{"", "", ""},
		{" - ", "", ""},
	} {
		terms, rest := PostcodeTerms(c.code)
		if strings.Join(terms, " ") != c.terms || rest != c.rest {
			t.Errorf("%q gives %q and %q", c.code, terms, rest)
		}
		if len(terms) > 0 && QueryPostcode(c.code) != terms[0] {
			t.Errorf("%q is looked for as %q", c.code, QueryPostcode(c.code))
		}
	}
}

func TestWordsOfPlainTextAreThoseOfTheLongWay(t *testing.T) {
	long := strings.Repeat("Abcdefghij", 4)
	for _, text := range []string{"", " ", "Anna Schmidt", "BELLA", "Rex 2nd", "a.b,c;d", "x_y", "Rex Rex REX", long + " " + long, "^|~+$<=>", "\x00\t\n", "3/4 (old)"} {
		// A mark over nothing makes the text other than plain, and is dropped.
		if got, want := words(text, true), words(text+" \u0301", true); !slices.Equal(got, want) {
			t.Errorf("%q is stored as %q, the long way as %q", text, got, want)
		}
	}
	for c := range rune(0x80) {
		if text := "a" + string(c) + "B1"; !strings.ContainsRune("-'`", c) {
			if got, want := words(text, true), words(text+" \u0301", true); !slices.Equal(got, want) {
				t.Errorf("%q is stored as %q, the long way as %q", text, got, want)
			}
		}
	}
}
