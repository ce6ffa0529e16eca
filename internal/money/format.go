package money

import (
	"strconv"
	"strings"
)

// Style is how a country writes sums.
type Style struct {
	Decimal, Group string
	// After puts the sign of the currency behind the sum, with a space.
	After bool
}

// Blanks that do not break a line.
const (
	nbsp       = "\u00a0"
	narrowNbsp = "\u202f"
)

// styles are those that differ from 1,234.56 with the sign in front (Unicode CLDR, release 45).
var styles = map[string]Style{
	"AT": {",", nbsp, false}, "BE": {",", narrowNbsp, true}, "CH": {".", "’", false}, "DE": {",", ".", true}, "DK": {",", ".", true},
	"ES": {",", ".", true}, "FI": {",", nbsp, true}, "FR": {",", narrowNbsp, true}, "IT": {",", ".", true}, "LI": {".", "’", false},
	"LU": {",", ".", true}, "NL": {",", ".", false}, "NO": {",", nbsp, true}, "PL": {",", nbsp, true}, "PT": {",", nbsp, true},
	"SE": {",", nbsp, true},
}

// StyleOf is the style of a country (ISO 3166-1 alpha-2).
func StyleOf(country string) Style {
	if s, ok := styles[country]; ok {
		return s
	}
	return Style{Decimal: ".", Group: ","}
}

// signs are written instead of the code; a code stands apart by a space.
var signs = map[Currency]string{"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$", "AUD": "$", "CAD": "$", "NZD": "$"}

// Sign is how the currency is shown beside a sum: £, or its code.
func (c Currency) Sign() string {
	if s, ok := signs[c]; ok {
		return s
	}
	return string(c)
}

// Format writes an amount as the country does, with the currency: £1,234.50, −£20.00, 1.234,50 €. The minus is
// the typographic one.
func (c Currency) Format(a Amount, s Style) string {
	minus := ""
	digits := fixed(int64(a), c.Exponent())
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		minus, digits = "−", rest
	}
	digits = s.grouped(digits)
	sign := c.Sign()
	switch {
	case s.After:
		return minus + digits + nbsp + sign
	case sign == string(c) || s.Decimal == ",": // a code, or a country that keeps the sign apart
		return minus + sign + nbsp + digits
	}
	return minus + sign + digits
}

// Plain writes an amount for an input: the decimal sign of the country, no groups and no currency.
func (c Currency) Plain(a Amount, s Style) string {
	return strings.Replace(fixed(int64(a), c.Exponent()), ".", s.Decimal, 1)
}

// Number writes a quantity or a rate with the decimal sign of the country.
func (s Style) Number(plain string) string { return strings.Replace(plain, ".", s.Decimal, 1) }

// grouped puts the signs of the country into digits that have a point.
func (s Style) grouped(digits string) string {
	whole, rest, fraction := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(s.Group)
		}
		b.WriteRune(d)
	}
	if fraction {
		b.WriteString(s.Decimal + rest)
	}
	return b.String()
}

// fixed writes a number with exactly so many digits after the point.
func fixed(n int64, digits int) string {
	minus := ""
	if n < 0 {
		minus = "-"
	}
	s := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	if digits == 0 {
		return minus + s
	}
	if len(s) <= digits {
		s = strings.Repeat("0", digits+1-len(s)) + s
	}
	return minus + s[:len(s)-digits] + "." + s[len(s)-digits:]
}
