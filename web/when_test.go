package web

import (
	"testing"
	"time"
)

// A Tuesday.
var tuesday = time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)

func TestADayToComeIsReadForgivingly(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "2026-03-24", "today": "2026-03-24", " Tomorrow ": "2026-03-25", "+7d": "2026-03-31", "+7": "2026-03-31", "+2w": "2026-04-07",
		"in 2 weeks": "2026-04-07", "in a week": "2026-03-31", "tue": "2026-03-24", "next tue": "2026-03-31", "Friday": "2026-03-27", "mon": "2026-03-30",
		"24/3": "2026-03-24", "23/3": "2027-03-23", "1.4.": "2026-04-01", "1 Apr": "2026-04-01", "Apr 1": "2026-04-01", "1st apr": "2026-04-01",
		"Tue 24-Mar-2026": "2026-03-24", "Wed 01-Apr-2026": "2026-04-01", "2026-04-01": "2026-04-01", "01/04/26": "2026-04-01", "29/2": "2028-02-29",
		"23-Mar-2026": "2026-03-23",
	} {
		got, err := parseComing(typed, tuesday)
		if err != nil || got.Format(time.DateOnly) != want {
			t.Errorf("%q is %s, %v; want %s", typed, got.Format(time.DateOnly), err, want)
		}
	}
	for _, typed := range []string{"soon", "31/2", "32/1", "13/13", "+", "24/", "99999", "xyz 12", "0/1"} {
		if got, err := parseComing(typed, tuesday); err == nil {
			t.Errorf("%q was taken for %s", typed, got)
		}
	}
}

func TestATimeOfDayIsReadForgivingly(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"1030": 630, "10.30": 630, "10:30": 630, "10h30": 630, "9": 540, "930": 570, "0930": 570, "2pm": 840, "2:30 pm": 870, "12am": 0, "12pm": 720, "noon": 720, "24:00": 1440, "00:00": 0,
	} {
		if got, err := parseClock(typed); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "25", "10:75", "13pm", "ten", "-1", "99999"} {
		if got, err := parseClock(typed); err == nil {
			t.Errorf("%q was taken for %d", typed, got)
		}
	}
}
