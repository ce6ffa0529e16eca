package scheduling_test

import (
	"testing"
	"time"

	"paddock/internal/scheduling"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestTheHourThatIsLeftOutAndTheHourThatComesTwice(t *testing.T) {
	for _, c := range []struct {
		zone, day     string
		minute        int
		first, second string // UTC
		shifted       bool
		shownDay      string
		shownMinute   int
	}{
		{"Europe/London", "2026-03-29", 59, "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z", false, "2026-03-29", 59},
		{"Europe/London", "2026-03-29", 90, "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z", true, "2026-03-29", 150},
		{"Europe/London", "2026-03-29", 120, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", false, "2026-03-29", 120},
		{"Europe/London", "2026-10-25", 90, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", false, "2026-10-25", 90},
		{"Europe/London", "2026-10-25", 120, "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z", false, "2026-10-25", 120},
		{"America/New_York", "2026-03-08", 150, "2026-03-08T07:30:00Z", "2026-03-08T07:30:00Z", true, "2026-03-08", 210},
		{"America/New_York", "2026-11-01", 90, "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", false, "2026-11-01", 90},
		{"Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03T15:45:00Z", "2026-10-03T15:45:00Z", true, "2026-10-04", 165},
		{"Australia/Lord_Howe", "2026-04-05", 105, "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", false, "2026-04-05", 105},
		{"Pacific/Apia", "2011-12-30", 600, "2011-12-30T20:00:00Z", "2011-12-30T20:00:00Z", true, "2011-12-31", 600},
		{"UTC", "2026-03-29", 1440, "2026-03-30T00:00:00Z", "2026-03-30T00:00:00Z", false, "2026-03-30", 0},
	} {
		z := zone(t, c.zone)
		first, shifted := scheduling.Instant(day(c.day), c.minute, z, false)
		second, _ := scheduling.Instant(day(c.day), c.minute, z, true)
		if first.Format(time.RFC3339) != c.first || second.Format(time.RFC3339) != c.second || shifted != c.shifted {
			t.Errorf("%s %s %d: %v, %v, shifted %v", c.zone, c.day, c.minute, first, second, shifted)
		}
		if d, m := scheduling.DayOf(first, z), scheduling.MinuteOf(first, z); !d.Equal(day(c.shownDay)) || m != c.shownMinute {
			t.Errorf("%s %s %d is shown as %v, %d", c.zone, c.day, c.minute, d, m)
		}
	}
}

// Whatever the zone, a minute that the clock shows is at an instant at which it does.
func TestEveryMinuteOfEveryDayIsAtAnInstantThatShowsIt(t *testing.T) {
	for _, name := range []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"} {
		z := zone(t, name)
		for d := day("2026-01-01"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
			for m := 0; m < 1440; m += 5 {
				for _, second := range []bool{false, true} {
					at, shifted := scheduling.Instant(d, m, z, second)
					if shown := scheduling.MinuteOf(at, z); !shifted && (shown != m || !scheduling.DayOf(at, z).Equal(d)) || shifted && shown == m {
						t.Fatalf("%s %v %d: %v, shifted %v", name, d, m, at, shifted)
					}
				}
			}
		}
	}
}
