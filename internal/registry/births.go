package registry

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Precision says how much of a date of birth is known.
type Precision string

// The precisions of a birth; the empty one means that nothing is known.
const (
	ToDay   Precision = "day"
	ToMonth Precision = "month"
	ToYear  Precision = "year"
)

// Birth is when an animal was born, as far as that is known. The zero Birth means not known.
type Birth struct {
	// On is a date (midnight UTC). What is not known of it counts as the first: 2019 is 1-Jan-2019.
	On        time.Time `json:"on,omitzero"`
	Precision Precision `json:"precision,omitempty"`
	// Estimated says that it was worked out from an age or guessed.
	Estimated bool `json:"estimated,omitempty"`
}

// Known reports whether anything is known of the birth.
func (b Birth) Known() bool { return b.Precision != "" }

// String is the house form: "12-Jan-2019", "Jan-2019", "2019", with "about" before an estimate, and
// "" where nothing is known. ParseBirth reads it back.
func (b Birth) String() string {
	var s string
	switch b.Precision {
	case ToDay:
		s = b.On.Format("2-Jan-2006")
	case ToMonth:
		s = b.On.Format("Jan-2006")
	case ToYear:
		s = b.On.Format("2006")
	default:
		return ""
	}
	if b.Estimated {
		return "about " + s
	}
	return s
}

// sentence is an error in the words the person at the form reads.
type sentence string

func (s sentence) Error() string { return string(s) }

// Why a typed birth was not taken.
const (
	errBirthUnread = sentence("Enter a date like 12-Jan-2019 or 2019, or an age like 3 y or 5 months")
	errBirthFuture = sentence("This date is in the future")
	errBirthOld    = sentence("No animal is older than 150 years")
)

const oldest = 150 // years; a tortoise may reach them

var (
	agePart      = regexp.MustCompile(`^(\d{1,5})\s*(years?|yrs?|yr?|y|months?|mths?|mos?|m|weeks?|wks?|wk?|w|days?|d)(?:\s*(?:,|and|&)?\s*|$)`)
	numeric      = regexp.MustCompile(`^(?:(\d{1,2})[ ./-]+)?(\d{1,2})[ ./-]+(\d{4}|\d{2})$`)
	iso          = regexp.MustCompile(`^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$`)
	lettersFirst = regexp.MustCompile(`^([a-z]+)[ .,/-]*(\d{1,2})(?:st|nd|rd|th)?[ .,/-]+(\d{4})$`)
	withLetters  = regexp.MustCompile(`^(?:(\d{1,2})(?:st|nd|rd|th)?[ .,/-]*(?:of )?)?([a-z]+)[ .,/-]*(\d{4}|\d{2})$`)
	weekday      = regexp.MustCompile(`^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[ .,]+`)
	yearOnly     = regexp.MustCompile(`^\d{4}$`)
)

// ParseBirth reads a date of birth or an age, forgivingly: "12 Jan 2019", "12/1/2019" (day first),
// "2019-01-12", "Jan 2019", "2019"; "3y", "5 months", "10 weeks", "2 y 3 m" are ages and make an
// estimate, as does "about" before a date. Empty is not known. today is any instant of the clinic's
// present day, in the clinic's zone. The error is a sentence for the person who typed it.
func ParseBirth(typed string, today time.Time) (Birth, error) {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	s := strings.ToLower(vault.Fold(plain.Line(typed)))
	if s == "" || s == "not known" || s == "unknown" || s == "?" {
		return Birth{}, nil
	}
	for _, word := range []string{"about ", "around ", "approximately ", "approx. ", "approx ", "circa ", "ca. ", "ca ", "c. ", "~"} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			b, err := parseBirth(strings.TrimSpace(rest), day)
			b.Estimated = b.Known()
			return b, err
		}
	}
	return parseBirth(weekday.ReplaceAllString(s, ""), day)
}

func parseBirth(s string, today time.Time) (Birth, error) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, " old"), "."))
	if b, ok, err := parseAge(s, today); ok {
		return b, err
	}
	var year, month, day string
	switch {
	case yearOnly.MatchString(s):
		year = s
	case iso.MatchString(s):
		m := iso.FindStringSubmatch(s)
		year, month, day = m[1], m[2], m[3]
	case numeric.MatchString(s):
		m := numeric.FindStringSubmatch(s)
		if m[1] == "" && len(m[3]) == 2 {
			return Birth{}, errBirthUnread // 1/19 says too little
		}
		day, month, year = m[1], m[2], m[3]
	case lettersFirst.MatchString(s):
		m := lettersFirst.FindStringSubmatch(s)
		month, day, year = m[1], m[2], m[3]
	case withLetters.MatchString(s):
		m := withLetters.FindStringSubmatch(s)
		day, month, year = m[1], m[2], m[3]
	default:
		return Birth{}, errBirthUnread
	}
	return birthOf(year, month, day, today)
}

// birthOf puts a date together from texts of which the later ones may be empty.
func birthOf(year, month, day string, today time.Time) (Birth, error) {
	b := Birth{Precision: ToYear}
	y, _ := strconv.Atoi(year)
	if len(year) == 2 {
		y += 2000
		if y > today.Year() {
			y -= 100
		}
	}
	m, d := 1, 1
	if month != "" {
		b.Precision = ToMonth
		if m = monthOf(month); m == 0 {
			return Birth{}, errBirthUnread
		}
	}
	if day != "" {
		b.Precision = ToDay
		d, _ = strconv.Atoi(day)
	}
	b.On = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if b.On.Day() != d {
		return Birth{}, sentence(fmt.Sprintf("%s %d has no day %d", time.Month(m), y, d))
	}
	return within(b, today)
}

func within(b Birth, today time.Time) (Birth, error) {
	switch {
	case b.On.After(today):
		return Birth{}, errBirthFuture
	case b.On.Before(today.AddDate(-oldest, 0, 0)):
		return Birth{}, errBirthOld
	}
	return b, nil
}

// monthOf reads a number or the beginning of an English name, of three letters at least.
func monthOf(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n > 12 {
			return 0
		}
		return n
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if len(s) >= 3 && strings.HasPrefix(name, s) || s == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}

// parseAge reads an age; ok tells whether it is one. The finest unit named is the precision.
func parseAge(s string, today time.Time) (b Birth, ok bool, err error) {
	on := today
	for rest := s; rest != ""; {
		m := agePart.FindStringSubmatch(rest)
		if m == nil {
			return Birth{}, false, nil
		}
		rest = rest[len(m[0]):]
		n, _ := strconv.Atoi(m[1])
		switch m[2][0] {
		case 'y':
			on, b.Precision = monthsBefore(on, 12*n), ToYear
		case 'm':
			on, b.Precision = monthsBefore(on, n), ToMonth
		case 'w':
			on, b.Precision = on.AddDate(0, 0, -7*n), ToDay
		default:
			on, b.Precision = on.AddDate(0, 0, -n), ToDay
		}
		ok = true
	}
	b.On, b.Estimated = on, true
	b, err = within(b, today)
	return b, ok, err
}

// monthsBefore goes back whole months; where the day does not exist there, to the month's last.
func monthsBefore(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// Age is how old an animal is on a day, in words: days to 4 weeks, weeks to 6 months, then years and
// months (ux.md section 13), but never finer than the birth is known. It is "" where nothing is known
// or the day lies before the birth. on is any instant of the day, in the clinic's zone.
func Age(born Birth, on time.Time) string {
	day := time.Date(on.Year(), on.Month(), on.Day(), 0, 0, 0, 0, time.UTC)
	if !born.Known() || day.Before(born.On) {
		return ""
	}
	days := int(day.Sub(born.On).Hours() / 24)
	months := 12*(day.Year()-born.On.Year()) + int(day.Month()) - int(born.On.Month())
	if monthsBefore(day, months).Before(born.On) {
		months--
	}
	switch {
	case born.Precision == ToYear && months < 12:
		return "under 1 y"
	case born.Precision == ToYear:
		return strconv.Itoa(months/12) + " y"
	case born.Precision == ToMonth && months < 1:
		return "under 1 m"
	case born.Precision == ToDay && days < 28:
		return count(days, "day")
	case born.Precision == ToDay && months < 6:
		return count(days/7, "week")
	case months < 12:
		return strconv.Itoa(months) + " m"
	case months%12 == 0:
		return strconv.Itoa(months/12) + " y"
	}
	return strconv.Itoa(months/12) + " y " + strconv.Itoa(months%12) + " m"
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}
