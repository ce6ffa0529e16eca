package registry_test

import (
	"testing"
	"time"

	"paddock/internal/registry"
)

func TestMonthsEndWhereTheMonthEnds(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		to   string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2026-08-31", 6, "2027-02-28"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2026-03-12", 36, "2029-03-12"},
		{"2026-10-31", 1, "2026-11-30"},
	} {
		from, err := time.Parse(time.DateOnly, c.from)
		if got := registry.AddMonths(from, c.n).Format(time.DateOnly); err != nil || got != c.to {
			t.Errorf("%s and %d months is %s", c.from, c.n, got)
		}
	}
}
