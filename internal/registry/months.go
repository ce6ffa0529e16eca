package registry

import "time"

// AddMonths is the same day so many months on, or the last day of a month that is too short for it: 31-Jan and
// one month is 28-Feb, 29-Feb and twelve months is 28-Feb.
func AddMonths(day time.Time, n int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(day.Day(), first.AddDate(0, 1, -1).Day())-1)
}
