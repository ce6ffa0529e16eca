package labs

import (
	"strconv"
	"strings"
)

// Number is a value in ten-thousandths of its unit.
type Number int64

const (
	places = 4
	unity  = Number(10_000)
	digits = 9 // before the point
)

// The signs a value may have: it is below or above what can be measured.
const (
	Below   = "<"
	AtMost  = "≤"
	Above   = ">"
	AtLeast = "≥"
)

// The flags of a value beside its range. They are told of by Flag and stand in reports as they were shown.
const (
	NoRange = ""        // there is nothing to hold it against
	Inside  = "inside"  //
	Low     = "low"     //
	High    = "high"    //
	Unclear = "unclear" // below or above what can be measured, so that it may lie on either side of an end
)

// sentence is an error that says to a person how something is to be typed.
type sentence string

func (s sentence) Error() string { return string(s) }

// Why a typed number was not taken.
const (
	errNumberOdd  = sentence("Enter a number like 7.4, <0.5 or >1200")
	errNumberLong = sentence("Enter at most 9 digits, and 4 after the point")
	errThousands  = sentence("Enter the number without marks between thousands: 1200, or 1.2 for a little over one")
)

// ParseValue reads a value with the sign it may have. decimal is the sign of the clinic's country between whole and
// part. shown is how many digits were typed after it.
func ParseValue(typed, decimal string) (sign string, n Number, shown int, err error) {
	s := strings.TrimSpace(typed)
	for _, m := range []struct{ typed, sign string }{{"<=", AtMost}, {">=", AtLeast}, {"≤", AtMost}, {"≥", AtLeast}, {"<", Below}, {">", Above}} {
		if rest, ok := strings.CutPrefix(s, m.typed); ok {
			sign, s = m.sign, strings.TrimSpace(rest)
			break
		}
	}
	n, shown, err = ParseNumber(s, decimal)
	return sign, n, shown, err
}

// ParseNumber reads a number. Both a point and a comma part whole from part; one that may as well stand between
// thousands is refused, since ten times too much and a thousandth too little look alike.
func ParseNumber(typed, decimal string) (n Number, shown int, err error) {
	s := strings.TrimSpace(typed)
	s, minus := strings.CutPrefix(strings.Replace(s, "−", "-", 1), "-")
	at := strings.IndexAny(s, ".,")
	whole, part := s, ""
	if at >= 0 {
		whole, part = s[:at], s[at+1:]
		if part == "" {
			return 0, 0, errNumberOdd
		}
	}
	if whole == "" && part == "" || !allDigits(whole) || !allDigits(part) {
		if looksLikeThousands(s) {
			return 0, 0, errThousands
		}
		return 0, 0, errNumberOdd
	}
	if at >= 0 && s[at:at+1] != decimal && len(part) == 3 && strings.Trim(whole, "0") != "" && len(whole) <= 3 {
		return 0, 0, errThousands
	}
	if len(whole) > digits || len(part) > places {
		return 0, 0, errNumberLong
	}
	all, err := strconv.ParseInt(whole+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil {
		return 0, 0, errNumberOdd
	}
	if minus {
		all = -all
	}
	return Number(all), len(part), nil
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// looksLikeThousands reports whether somebody grouped digits: 1,234.5 or 1 234.
func looksLikeThousands(s string) bool {
	bare := strings.NewReplacer(",", "", ".", "", " ", "", "\u00a0", "", "'", "", "’", "").Replace(s)
	return bare != "" && bare != s && allDigits(bare)
}

// Format writes a number with a point and so many digits after it, or more where it has more.
func (n Number) Format(shown int) string {
	minus, abs := "", n
	if n < 0 {
		minus, abs = "-", -n
	}
	whole := strconv.FormatInt(int64(abs/unity), 10)
	part := strconv.FormatInt(int64(abs%unity)+int64(unity), 10)[1:]
	for len(part) > shown && strings.HasSuffix(part, "0") {
		part = part[:len(part)-1]
	}
	if part == "" {
		return minus + whole
	}
	return minus + whole + "." + part
}

// Flag holds a value against a range, nil for an end that it does not have; both ends belong to it. Of a value below or
// above what can be measured it says what is certain. A range that begins at 0 is of what is never less.
func Flag(sign string, n Number, low, high *Number) string {
	if low == nil && high == nil {
		return NoRange
	}
	// What the value is between, nil for no end, and whether that end belongs to it.
	from, to := &n, &n
	fromIn, toIn := true, true
	switch sign {
	case Below, AtMost:
		from, toIn = nil, sign == AtMost
		if low != nil && *low == 0 && (n > 0 || n == 0 && toIn) {
			from = low
		}
	case Above, AtLeast:
		to, fromIn = nil, sign == AtLeast
	}
	switch {
	case low != nil && to != nil && (*to < *low || *to == *low && !toIn):
		return Low
	case high != nil && from != nil && (*from > *high || *from == *high && !fromIn):
		return High
	case (low == nil || from != nil && *from >= *low) && (high == nil || to != nil && *to <= *high):
		return Inside
	}
	return Unclear
}
