package vault

import (
	"slices"
	"strings"
	"unicode"
)

const (
	fewestFromEnd   = 4 // digits typed from the end of a number
	fewestFromStart = 5 // digits typed from its start
	mostDigits      = 20
)

// PhoneTerms gives the runs of digits a phone number is found by: four or more from its end, five or
// more from its start, the latter in each form the number is dialled in: as written, with its country
// code, and with or without the zero before it. Numbers under four digits are found whole.
func PhoneTerms(number string) []string {
	forms := phoneForms(number)
	var out []string
	add := func(t string) {
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, f := range forms {
		add(f)
		for n := fewestFromEnd; n < len(f); n++ {
			add(f[len(f)-n:])
		}
		for n := fewestFromStart; n < len(f); n++ {
			add(f[:n])
		}
	}
	return out
}

// QueryPhone gives the runs of digits to look for when a number or a part of one was typed; one of them
// is enough. It is empty under four digits.
func QueryPhone(typed string) []string {
	forms := phoneForms(typed)
	// The last digits of a number may begin with 00 as well as a number dialled abroad does.
	if digits := onlyDigits(typed); strings.HasPrefix(digits, "00") && !slices.Contains(forms, digits) {
		forms = append(forms, digits)
	}
	return slices.DeleteFunc(forms, func(f string) bool { return len(f) < fewestFromEnd })
}

// SamePhone reports whether two numbers are dialled alike, with or without the country code.
func SamePhone(a, b string) bool {
	theirs := phoneForms(b)
	return slices.ContainsFunc(phoneForms(a), func(f string) bool { return slices.Contains(theirs, f) })
}

// phoneForms are the ways to dial a number. ITU-T E.164 tells where a country code ends.
func phoneForms(number string) []string {
	digits := onlyDigits(number)
	if len(digits) > mostDigits {
		digits = digits[:mostDigits]
	}
	international := strings.HasPrefix(strings.TrimLeft(number, " \t(\u00A0"), "+") || strings.HasPrefix(number, "＋")
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !international {
		digits, international = rest, true
	}
	if digits == "" {
		return nil
	}
	forms := []string{digits}
	add := func(f string) {
		if f != "" && !slices.Contains(forms, f) {
			forms = append(forms, f)
		}
	}
	if international {
		code := countryCode(digits)
		// +44 (0)7700 is written with a zero that is not dialled from abroad.
		national := strings.TrimPrefix(digits[len(code):], "0")
		if len(national) >= fewestFromEnd {
			add(code + national)
			add(national)
			add("0" + national)
		}
	} else {
		add(strings.TrimLeft(digits, "0"))
	}
	return forms
}

// countryCode is the country code an international number begins with, of one to three digits.
func countryCode(digits string) string {
	n := 3
	switch {
	case digits[0] == '1' || digits[0] == '7':
		n = 1
	case len(digits) >= 2 && slices.Contains(twoDigitCodes, digits[:2]):
		n = 2
	}
	return digits[:min(n, len(digits))]
}

// twoDigitCodes are the country codes of two digits; 1 and 7 stand alone, all others have three (ITU-T E.164).
var twoDigitCodes = strings.Fields("20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
	"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98")

// onlyDigits keeps the digits of any script, as ASCII.
func onlyDigits(s string) string {
	var b strings.Builder
	for _, r := range Fold(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Nd, r):
			b.WriteByte(byte('0' + decimal(r)))
		}
	}
	return b.String()
}

// decimal is the value of a decimal digit: Unicode keeps the ten of a script together, zero first.
func decimal(r rune) int {
	n := 0
	for n < 9 && unicode.Is(unicode.Nd, r-rune(n)-1) {
		n++
	}
	return n
}

// ChipTerms gives what a microchip, tag or passport number is found by: its letters and digits whole, and
// its last four or more.
func ChipTerms(number string) []string {
	whole := QueryChip(number)
	if whole == "" {
		return nil
	}
	out := []string{whole}
	r := []rune(whole)
	for n := fewestFromEnd; n < len(r); n++ {
		out = append(out, string(r[len(r)-n:]))
	}
	return out
}

// QueryChip is the form in which a typed microchip, tag or passport number, or its end, is looked for.
func QueryChip(number string) string {
	r := []rune(plain(Fold(number)))
	return string(r[:min(len(r), longestWord)])
}
