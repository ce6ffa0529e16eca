package registry

import (
	"strconv"
	"strings"

	"paddock/internal/plain"
	"paddock/internal/vault"
)

// The standards of a chip. Nine and Ten are older ones that do not say who made them.
const (
	ISOChip  = "iso"  // 15 digits, ISO 11784
	NineChip = "nine" // 9 digits, also written ddd*ddd*ddd
	TenChip  = "ten"  // 10 letters or digits, 125 kHz
)

// mostOfChip is the highest number behind the first three digits of an ISO chip, which has 38 bits for it.
const mostOfChip = 1<<38 - 1

// ParseChip reads the number of a chip, forgivingly: spaces, dashes, dots and asterisks fall away. Of 15
// digits (ISO 11784 and 11785) the first three are a country (001 to 899) or a maker (900 to 998), 999 is
// for tests, and the rest is at most 274 877 906 943. There is no check digit. The error is a sentence
// for the person who typed it.
func ParseChip(typed string) (number, standard string, err error) {
	number = strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -‐‑–—.·*", r) {
			return -1
		}
		return r
	}, vault.Fold(plain.Line(typed))))
	digits := 0
	for _, r := range number {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r < 'A' || r > 'Z':
			return "", "", sentence("A chip number is digits, or ten letters and digits: “" + string(r) + "” is neither")
		}
	}
	whole := digits == len(number)
	switch n := len(number); {
	case n == 0:
		return "", "", sentence("Enter the chip number")
	case n == 15 && whole:
		if err := checkISO(number); err != nil {
			return "", "", err
		}
		return number, ISOChip, nil
	case n == 9 && whole:
		return number, NineChip, nil
	case n == 10:
		return number, TenChip, nil
	case n == 15:
		return "", "", sentence("A chip of 15 has digits only: this has letters")
	case whole:
		return "", "", sentence("A chip has 15 digits, an older one 9 or 10: this has " + strconv.Itoa(n))
	default:
		return "", "", sentence("A chip with letters has 10 signs: this has " + strconv.Itoa(n))
	}
}

// checkISO says what is wrong with 15 digits.
func checkISO(number string) error {
	switch rest, _ := strconv.ParseInt(number[3:], 10, 64); {
	case number[:3] == "000":
		return sentence("No chip begins with 000: read it again")
	case number[:3] == "999":
		return sentence("A chip that begins with 999 is for tests, no animal wears it: read it again")
	case rest > mostOfChip:
		return sentence("The last 12 digits are higher than any chip's (274 877 906 943): read it again")
	}
	return nil
}

// FormatChip shows the number of a chip in groups of three; anything else is left as it is.
func FormatChip(number string) string {
	switch len(number) {
	case 9, 15:
	case 10:
		return number[:3] + " " + number[3:6] + " " + number[6:]
	default:
		return number
	}
	var b strings.Builder
	for i := 0; i < len(number); i += 3 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(number[i : i+3])
	}
	return b.String()
}
