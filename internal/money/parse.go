package money

import (
	"strconv"
	"strings"
	"unicode"
)

// sentence is an error in words for the person who typed something.
type sentence string

func (s sentence) Error() string { return string(s) }

// Why a typed number was not taken.
const (
	ErrUnread    = sentence("Enter a number like 12.50")
	ErrAmbiguous = sentence("Write it without a thousands sign, like 1234 or 1234.50")
	ErrTooFine   = sentence("That has more digits after the decimal point than can be kept")
	ErrTooLarge  = sentence("That is more than can be kept here: look at the decimal point")
	ErrNegative  = sentence("Enter a number of 0 or more, without a minus")
)

// Parse reads a typed amount: "12", "12.5", "12,50", "£1,234.50", "1.234,50". The last of two different signs is the
// decimal one. A single sign before three digits could be either and is asked about. Negative amounts are refused.
func (c Currency) Parse(typed string) (Amount, error) {
	s := strings.TrimSpace(typed)
	for _, sign := range []string{c.Sign(), string(c), strings.ToLower(string(c))} {
		s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, sign), sign))
	}
	n, err := parse(s, c.Exponent(), int64(Most))
	return Amount(n), err
}

// ParseQuantity reads a typed quantity of up to three digits after the decimal sign: "1.5", "0,35", "1/2".
func ParseQuantity(typed string) (Quantity, error) {
	s := strings.TrimSpace(typed)
	switch s {
	case "½", "1/2":
		return One / 2, nil
	case "¼", "1/4":
		return One / 4, nil
	case "¾", "3/4":
		return One * 3 / 4, nil
	}
	n, err := parse(s, quantityDigit, int64(MostQuantity))
	return Quantity(n), err
}

// ParseRate reads a typed percentage of up to four digits after the decimal sign: "20", "7,25 %".
func ParseRate(typed string) (Rate, error) {
	n, err := parse(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "%")), rateDigit, wholeRate)
	return Rate(n), err
}

// parse reads a number of at most so many digits after its decimal sign as a whole number of the last one.
func parse(s string, digits int, most int64) (int64, error) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, s)
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−") {
		return 0, ErrNegative
	}
	if s == "" || strings.Trim(s, "0123456789.,") != "" || strings.Trim(s, ".,") == "" {
		return 0, ErrUnread
	}
	whole, fraction, err := cut(s, digits)
	if err != nil {
		return 0, err
	}
	if kept := strings.TrimRight(fraction, "0"); len(kept) > digits {
		return 0, ErrTooFine
	}
	fraction = (fraction + strings.Repeat("0", digits))[:digits]
	n, err := strconv.ParseInt(strings.TrimLeft("0"+whole+fraction, "0"), 10, 64)
	switch {
	case strings.Trim(whole+fraction, "0") == "":
		return 0, nil
	case err != nil || n > most:
		return 0, ErrTooLarge
	}
	return n, nil
}

// cut tells the digits before and after the decimal sign.
func cut(s string, digits int) (whole, fraction string, err error) {
	at := strings.LastIndexAny(s, ".,")
	if at < 0 {
		return s, "", nil
	}
	last, before, after := s[at:at+1], s[:at], s[at+1:]
	switch {
	case strings.Contains(before, last): // 1,234,567: groups, if they are of three
		whole, err = ungroup(s, last)
		return whole, "", err
	case strings.ContainsAny(before, ".,"): // 1,234.50
		whole, err = ungroup(before, map[string]string{".": ",", ",": "."}[last])
		return whole, after, err
	case len(after) == 3 && (digits < 3 || digits == 3 && last == ",") && strings.Trim(before, "0") != "":
		return "", "", ErrAmbiguous
	}
	return before, after, nil
}

// ungroup takes the signs of thousands out of a whole number.
func ungroup(s, sign string) (string, error) {
	parts := strings.Split(s, sign)
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && (p == "" || len(p) > 3) || strings.Trim(p, "0123456789") != "" {
			return "", ErrUnread
		}
	}
	return strings.Join(parts, ""), nil
}
