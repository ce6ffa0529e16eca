package scheduling

import (
	"slices"
	"time"
)

// DayOf is the day an instant falls on, on the clinic's calendar.
func DayOf(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

// MinuteOf is the minute of its day an instant falls in, on the clinic's clock.
func MinuteOf(at time.Time, zone *time.Location) int {
	at = at.In(zone)
	return at.Hour()*60 + at.Minute()
}

// Instant gives the instant (UTC) at which the clinic's clock shows a minute of a day, 0 to 1440. A time that clocks
// leave out is as much later as they are put forward: shifted says so. Of a time that comes twice, it is the
// first, unless the second is asked for.
func Instant(day time.Time, minute int, zone *time.Location, second bool) (at time.Time, shifted bool) {
	shown := day.UTC().Add(time.Duration(minute) * time.Minute) // what the clock shows, as if it were UTC
	near := shown.In(zone)
	offsets := []int{offset(near)}
	from, until := near.ZoneBounds()
	if !from.IsZero() {
		offsets = append(offsets, offset(from.Add(-time.Second).In(zone)))
	}
	if !until.IsZero() {
		offsets = append(offsets, offset(until.In(zone)))
	}
	var found []time.Time
	for _, o := range offsets {
		t := shown.Add(-time.Duration(o) * time.Second)
		if offset(t.In(zone)) == o && !slices.ContainsFunc(found, t.Equal) {
			found = append(found, t)
		}
	}
	switch slices.SortFunc(found, time.Time.Compare); {
	case len(found) == 0:
		// Clocks go forward over it: by the offset before, which is the smaller one, it is after the change.
		return shown.Add(-time.Duration(slices.Min(offsets)) * time.Second), true
	case second:
		return found[len(found)-1], false
	}
	return found[0], false
}

// Twice reports whether the clinic's clock shows a minute of a day two times, as when clocks go back.
func Twice(day time.Time, minute int, zone *time.Location) bool {
	first, _ := Instant(day, minute, zone, false)
	second, _ := Instant(day, minute, zone, true)
	return !first.Equal(second)
}

func offset(at time.Time) int {
	_, seconds := at.Zone()
	return seconds
}

// piece is a part of a day in which the clinic's clock runs on without a jump: of its minutes, from is at the instant
// starts. What is not offered is the time that clocks leave out.
type piece struct {
	day      time.Time
	from, to int
	starts   time.Time
	offered  bool
}

// wholeDay is the minute after the last of a day.
const wholeDay = 24 * 60

// pieces are the parts of a day; the last of them is the midnight after it alone.
func pieces(day time.Time, zone *time.Location) []piece {
	start, _ := Instant(day, 0, zone, false)
	end, _ := Instant(day, wholeDay, zone, false)
	out := []piece{{day, 0, wholeDay, start, true}}
	if end.Sub(start) != wholeDay*time.Minute {
		out = out[:0]
		for m := range wholeDay {
			at, shifted := Instant(day, m, zone, false)
			if n := len(out) - 1; n >= 0 && out[n].offered == !shifted && at.Sub(out[n].starts) == time.Duration(m-out[n].from)*time.Minute {
				out[n].to = m + 1
				continue
			}
			out = append(out, piece{day, m, m + 1, at, !shifted})
		}
	}
	return append(out, piece{day, wholeDay, wholeDay + 1, end, false})
}
