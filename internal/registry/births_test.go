package registry_test

import (
	"strings"
	"testing"
	"time"

	"paddock/internal/registry"
)

// today is Tuesday 24-Mar-2026, late in the evening of a clinic east of Greenwich, where the date in
// UTC is still another.
var today = time.Date(2026, 3, 24, 0, 30, 0, 0, time.FixedZone("clinic", 2*3600))

func TestBirthsAreReadForgivinglyAndShownInTheHouseForm(t *testing.T) {
	for _, c := range []struct{ typed, shown, age string }{
		{"12 Jan 2019", "12-Jan-2019", "7 y 2 m"},
		{"12-jan-2019", "12-Jan-2019", "7 y 2 m"},
		{"12 January 2019", "12-Jan-2019", "7 y 2 m"},
		{"12jan19", "12-Jan-2019", "7 y 2 m"},
		{"12th of January 2019", "12-Jan-2019", "7 y 2 m"},
		{"January 12, 2019", "12-Jan-2019", "7 y 2 m"},
		{"Sat 12-Jan-2019", "12-Jan-2019", "7 y 2 m"},
		{"12/1/2019", "12-Jan-2019", "7 y 2 m"},
		{"12.01.19", "12-Jan-2019", "7 y 2 m"},
		{"2019-01-12", "12-Jan-2019", "7 y 2 m"},
		{"1/2/98", "1-Feb-1998", "28 y 1 m"},
		{"29 Feb 2024", "29-Feb-2024", "2 y"},
		{"Jan 2019", "Jan-2019", "7 y 2 m"},
		{"1/2019", "Jan-2019", "7 y 2 m"},
		{"Sept 2025", "Sep-2025", "6 m"},
		{"March 2026", "Mar-2026", "under 1 m"},
		{"2019", "2019", "7 y"},
		{"2026", "2026", "under 1 y"},
		{"about 2019", "about 2019", "7 y"},
		{"c. Jan 2019", "about Jan-2019", "7 y 2 m"},
		{"3y", "about 2023", "3 y"},
		{" 3 Years old ", "about 2023", "3 y"},
		{"2 y 3 m", "about Dec-2023", "2 y 3 m"},
		{"5 months", "about Oct-2025", "5 m"},
		{"10 weeks", "about 13-Jan-2026", "10 weeks"},
		{"1 day", "about 23-Mar-2026", "1 day"},
		{"24 Mar 2026", "24-Mar-2026", "0 days"},
		{"25 Feb 2026", "25-Feb-2026", "27 days"},
		{"24 Feb 2026", "24-Feb-2026", "4 weeks"},
		{"25 Sep 2025", "25-Sep-2025", "25 weeks"},
		{"24 Sep 2025", "24-Sep-2025", "6 m"},
		{"24 Mar 1876", "24-Mar-1876", "150 y"},
		{"", "", ""},
		{"not known", "", ""},
	} {
		b, err := registry.ParseBirth(c.typed, today)
		if err != nil {
			t.Errorf("%q: %v", c.typed, err)
			continue
		}
		if b.String() != c.shown {
			t.Errorf("%q is shown as %q, want %q", c.typed, b, c.shown)
		}
		if got := registry.Age(b, today); got != c.age {
			t.Errorf("%q is %q old, want %q", c.typed, got, c.age)
		}
		again, err := registry.ParseBirth(b.String(), today)
		if err != nil || again.String() != b.String() {
			t.Errorf("%q, shown as %q, reads back as %q, %v", c.typed, b, again, err)
		}
	}
}

func TestImpossibleBirthsAreRefusedWithASentence(t *testing.T) {
	for typed, says := range map[string]string{
		"25 Mar 2026":           "future",
		"April 2026":            "future",
		"2027":                  "future",
		"23 Mar 1876":           "150 years",
		"200y":                  "150 years",
		"99999 years":           "150 years",
		"31 Feb 2020":           "no day 31",
		"29/2/2023":             "no day 29",
		"12/13/2019":            "Enter a date",
		"1/19":                  "Enter a date",
		"yesterday":             "Enter a date",
		"3 parsecs":             "Enter a date",
		"12 Foo 2019":           "Enter a date",
		"'; DROP TABLE pets;--": "Enter a date",
		"🐶":                     "Enter a date",
	} {
		b, err := registry.ParseBirth(typed, today)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gives %+v, %v; want an error with %q", typed, b, err, says)
		}
	}
}
