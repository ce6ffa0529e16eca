package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"paddock/internal/access"
	"paddock/internal/scheduling"
)

// desk is where this visit books: with its keys, at the clinic's clock, with the person's rights.
func (v *visit) desk() scheduling.Desk {
	return scheduling.Desk{Keys: v.keys, Zone: v.clinic.Zone(), May: func(right string) bool { return v.may(access.Permission(right)) }}
}

// today is the clinic's present day, and nowMinute the minute of it.
func (v *visit) today() time.Time { return scheduling.DayOf(v.now(), v.clinic.Zone()) }

func (v *visit) nowMinute() int { return scheduling.MinuteOf(v.now(), v.clinic.Zone()) }

// clockOf is a minute of a day: "08:30".
func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// misread is an error that says to a person how something is to be typed.
type misread string

func (m misread) Error() string { return string(m) }

// Why a typed day or time was not taken.
const (
	errDayOdd  = misread("Enter a day like 24/3, tomorrow or +7d")
	errTimeOdd = misread("Enter a time like 10:30, 1030 or 2pm")
)

var (
	plusDays  = regexp.MustCompile(`^(?:\+|in )\s*(\d{1,3}|a)\s*(d|days?|w|weeks?|m|months?)?$`)
	comingDay = regexp.MustCompile(`^(?:(next) |on )?(mon|tue|wed|thu|fri|sat|sun)[a-z]*$`)
	isoDay    = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	dayMonth  = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[ ./-]+([a-z]{3,}|\d{1,2})\.?(?:[ ./,-]+(\d{4}|\d{2}))?$`)
	monthDay  = regexp.MustCompile(`^([a-z]{3,})[ .-]+(\d{1,2})(?:st|nd|rd|th)?(?:[ ,.-]+(\d{4}|\d{2}))?$`)
	ahead     = regexp.MustCompile(`^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[ .,]+`)
	clockText = regexp.MustCompile(`^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm|a|p)?h?$`)
)

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// parseComing reads a day, forgivingly, as one that is still to come: "tomorrow", "+7d", "in 2 weeks", "Tue",
// "24/3", "24 Mar", "Tue 24-Mar-2026". Empty is today. A day without a year is the next of its kind; one with
// a year may have been. The answer is a date (midnight UTC), the error a sentence for who typed it.
func parseComing(typed string, today time.Time) (time.Time, error) {
	s := strings.Join(strings.Fields(strings.ToLower(typed)), " ")
	switch s {
	case "", "today", "now":
		return today, nil
	case "tomorrow":
		return today.AddDate(0, 0, 1), nil
	case "day after tomorrow", "the day after tomorrow":
		return today.AddDate(0, 0, 2), nil
	case "next week":
		return today.AddDate(0, 0, 7), nil
	}
	if m := plusDays.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1
		}
		switch {
		case strings.HasPrefix(m[2], "w"):
			return today.AddDate(0, 0, 7*n), nil
		case strings.HasPrefix(m[2], "m"):
			return today.AddDate(0, n, 0), nil
		}
		return today.AddDate(0, 0, n), nil
	}
	if m := comingDay.FindStringSubmatch(s); m != nil {
		n := (int(weekdays[m[2]]-today.Weekday()) + 7) % 7
		if n == 0 && m[1] != "" {
			n = 7
		}
		return today.AddDate(0, 0, n), nil
	}
	s = ahead.ReplaceAllString(s, "")
	if m := isoDay.FindStringSubmatch(s); m != nil {
		return dateOf(m[1], m[2], m[3], today)
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		return dateOf(m[3], m[2], m[1], today)
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return dateOf(m[3], m[1], m[2], today)
	}
	return time.Time{}, errDayOdd
}

// dateOf puts a date together. Without a year it is the next such day.
func dateOf(year, month, day string, today time.Time) (time.Time, error) {
	d, _ := strconv.Atoi(day)
	m, err := strconv.Atoi(month)
	if err != nil {
		m = 0
		for n := time.January; n <= time.December; n++ {
			if strings.HasPrefix(strings.ToLower(n.String()), month) {
				m = int(n)
			}
		}
	}
	y, err := strconv.Atoi(year)
	if err != nil {
		for y = today.Year(); y < today.Year()+9; y++ { // 29 February comes within eight years
			if on, ok := realDay(y, m, d); ok && !on.Before(today) {
				return on, nil
			}
		}
		return time.Time{}, errDayOdd
	}
	if y < 100 {
		y += 2000
	}
	on, ok := realDay(y, m, d)
	if !ok {
		return time.Time{}, errDayOdd
	}
	return on, nil
}

func realDay(y, m, d int) (time.Time, bool) {
	on := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return on, on.Day() == d && int(on.Month()) == m
}

// parseClock reads a time of day: "1030", "10.30", "10:30", "9", "2pm", "noon". It gives the minute of the
// day, 1440 for "24:00".
func parseClock(typed string) (int, error) {
	s := strings.Join(strings.Fields(strings.ToLower(typed)), "")
	switch s {
	case "noon", "midday":
		return 12 * 60, nil
	case "midnight", "24", "2400", "24:00", "24.00":
		return 24 * 60, nil
	}
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return 0, errTimeOdd
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi("0" + m[2])
	if m[3] != "" {
		if hour < 1 || hour > 12 {
			return 0, errTimeOdd
		}
		hour %= 12
		if m[3][0] == 'p' {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return 0, errTimeOdd
	}
	return hour*60 + minute, nil
}
