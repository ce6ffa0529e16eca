package registry

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Why a typed day or instant was not taken.
const (
	errDayUnread = sentence("Enter a date like 24-Mar-2026, 24/3 or yesterday")
	errDayFuture = sentence("This is in the future: enter a day or time that has been")
	errTimeOdd   = sentence("Enter a time like 10:30, 9am or yesterday 2pm")
)

var (
	clockEnd  = regexp.MustCompile(`^(?:(.*?)[ ,]+)?(?:at )?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$`)
	ahead     = regexp.MustCompile(`^(?:tomorrow|tonight|later|next .+|in (?:a|an|\d+) .+|(?:the )?day after tomorrow|\d+ ?[a-z]+ from now)$`)
	daysAgo   = regexp.MustCompile(`^(?:-(\d{1,4})d?|(\d{1,4}) ?d(?:ays?)? ago)$`)
	noYear    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[ .,/-]+(?:of )?(\d{1,2}|[a-z]{3,})\.?$`)
	noYearUS  = regexp.MustCompile(`^([a-z]{3,})[ .,/-]*(\d{1,2})(?:st|nd|rd|th)?$`)
	weekdayIs = regexp.MustCompile(`^(?:last )?(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?$`)
)

// ParseDay reads a day that has been, forgivingly: "today", "yesterday", "3 days ago", "Friday", "24/3",
// "24 Mar", and every whole date of ParseBirth. Empty is today. today is any instant of the clinic's
// present day, in the clinic's zone; the answer is a date (midnight UTC). The error is a sentence for the
// person who typed it.
func ParseDay(typed string, today time.Time) (time.Time, error) {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	s := strings.ToLower(vault.Fold(plain.Line(typed)))
	switch s {
	case "", "today", "now":
		return day, nil
	case "yesterday":
		return day.AddDate(0, 0, -1), nil
	}
	if ahead.MatchString(s) {
		return time.Time{}, errDayFuture
	}
	if m := daysAgo.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1] + m[2]) // digits, four at most
		return day.AddDate(0, 0, -n), nil
	}
	if m := weekdayIs.FindStringSubmatch(s); m != nil {
		for n := range 7 {
			if d := day.AddDate(0, 0, -n); strings.HasPrefix(strings.ToLower(d.Weekday().String()), m[1][:3]) && (n > 0 || !strings.HasPrefix(s, "last")) {
				return d, nil
			}
		}
		return day.AddDate(0, 0, -7), nil
	}
	s = strings.TrimSpace(weekday.ReplaceAllString(s, ""))
	if d, ok := withoutYear(s, day); ok {
		return d, nil
	}
	b, err := parseBirth(s, day)
	switch {
	case errors.Is(err, errBirthFuture):
		return time.Time{}, errDayFuture
	case errors.Is(err, errBirthUnread), err == nil && (b.Precision != ToDay || b.Estimated):
		return time.Time{}, errDayUnread
	case err != nil:
		return time.Time{}, err
	}
	return b.On, nil
}

// withoutYear reads day and month, of the year in which they were last.
func withoutYear(s string, today time.Time) (time.Time, bool) {
	var d, m int
	if f := noYear.FindStringSubmatch(s); f != nil {
		d, _ = strconv.Atoi(f[1])
		m = monthOf(f[2])
	} else if f := noYearUS.FindStringSubmatch(s); f != nil {
		d, _ = strconv.Atoi(f[2])
		m = monthOf(f[1])
	}
	for year := today.Year(); m > 0 && year > today.Year()-9; year-- { // 29 February comes within eight years
		on := time.Date(year, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		if on.Day() == d && on.Month() == time.Month(m) && !on.After(today) {
			return on, true
		}
	}
	return time.Time{}, false
}

// ParseMoment reads a day as ParseDay does, with a time of day behind it or without: "10:30", "yesterday
// 2pm", "24-Mar 10.30". A time alone is today's, and today alone is now. Any other day without a time is
// its first instant, which stands for a time that is not known. now is in the clinic's zone, as is the
// answer.
func ParseMoment(typed string, now time.Time) (time.Time, error) {
	s := strings.ToLower(plain.Line(typed))
	if s == "" || s == "now" || s == "today" {
		return now, nil
	}
	hour, minute, timed := 0, 0, false
	m := clockEnd.FindStringSubmatch(s)
	if m != nil && (m[3] != "" || m[4] != "") {
		hour, _ = strconv.Atoi(m[2])
		minute, _ = strconv.Atoi("0" + m[3])
	}
	// What is no time alone may be a date: 24.03.
	if m != nil && (m[3] != "" || m[4] != "") && (m[1] != "" || m[4] != "" || strings.Contains(s, ":") || hour < 24 && minute < 60) {
		switch {
		case m[4] != "" && (hour < 1 || hour > 12), hour > 23, minute > 59:
			return time.Time{}, errTimeOdd
		case m[4] == "pm" && hour < 12:
			hour += 12
		case m[4] == "am" && hour == 12:
			hour = 0
		}
		timed, s = true, m[1]
	}
	day, err := ParseDay(s, now)
	if err != nil {
		return time.Time{}, err
	}
	if !timed && day.Equal(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)) {
		return now, nil
	}
	if !timed {
		hour, minute = 0, 0
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location())
	if at.After(now) {
		return time.Time{}, errDayFuture
	}
	return at, nil
}
