package web_test

import (
	"testing"

	"paddock/web"
)

// What the name of a medicine says already is not said again, and what it only seems to say is.
func TestANameHoldsWholeWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, words string
		want        bool
	}{
		{"Carprofen 50 mg tablets", "carprofen 50 mg", true},
		{"Carprofen 25 mg tablets", "carprofen 5 mg", false},
		{"Amoxicillin, clavulanic acid 250 mg", "amoxicillin and clavulanic acid 250 mg", true},
		{"Drops (ofloxacin 3 mg/ml)", "ofloxacin 3 mg/ml", true},
		{"Prednisolone 5 mg", "prednisone 5 mg", false},
	} {
		if got := web.Holds(c.name, c.words); got != c.want {
			t.Errorf("%q says %q: %v", c.name, c.words, got)
		}
	}
}
