package registry

import (
	"slices"
	"strings"
	"time"

	"paddock/internal/fault"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

const longestNumber = 40 // letters

// IdentifierForm is what was typed into the form of a number.
type IdentifierForm struct {
	// Kind is one of Identifier. Number is typed twice for a chip, unless a scanner read it.
	Kind, Number, Again string
	Scanned             bool
	// GivenOn is a date as ParseDay reads it, Site where on the body; both may be empty.
	GivenOn, Site string
}

// Parse reads the form forgivingly. today is any instant of the clinic's present day, in the clinic's zone.
// Mistakes are named after the inputs kind, number, again, given_on and site.
func (f IdentifierForm) Parse(today time.Time) (Identifier, fault.Fields) {
	var bad fault.Fields
	n := Identifier{Kind: strings.TrimSpace(f.Kind), Number: plain.Line(f.Number), Site: plain.Line(f.Site)}
	switch {
	case !slices.Contains([]string{KindChip, KindTag, KindTattoo, KindLicence, KindPassport}, n.Kind):
		bad.Add("kind", "Choose what kind of number it is")
	case n.Kind == KindChip:
		n.Raw = n.Number
		number, standard, err := ParseChip(n.Number)
		if err != nil {
			bad.Add("number", err.Error())
			break
		}
		n.Number, n.Standard = number, standard
		if n.Raw == number {
			n.Raw = ""
		}
		again, _, err := ParseChip(f.Again)
		switch {
		case f.Scanned:
		case plain.Line(f.Again) == "":
			bad.Add("again", "Type the chip number again: it has no check digit that would find a slip")
		case err != nil || again != number:
			bad.Add("again", "The two numbers are not the same: read the chip once more")
		}
	case vault.QueryChip(n.Number) == "":
		bad.Add("number", "Enter the number")
	}
	if bad.Message("number") == "" {
		bad.TooLong("number", n.Number, longestNumber)
	}
	if plain.Line(f.GivenOn) != "" {
		day, err := ParseDay(f.GivenOn, today)
		if err != nil {
			bad.Add("given_on", err.Error())
		}
		n.GivenOn = day
	}
	bad.TooLong("site", n.Site, longestName)
	return n, bad
}
