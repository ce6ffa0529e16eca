package registry_test

import (
	"strings"
	"testing"

	"paddock/internal/registry"
)

func TestAChipIsReadInEveryWayItIsWritten(t *testing.T) {
	for typed, want := range map[string][3]string{
		"985112004678301":       {"985112004678301", registry.ISOChip, "985 112 004 678 301"},
		" 985 112 004 678 301 ": {"985112004678301", registry.ISOChip, "985 112 004 678 301"},
		"985-112.004*678–301":   {"985112004678301", registry.ISOChip, "985 112 004 678 301"},
		"９８５１１２００４６７８３０１":       {"985112004678301", registry.ISOChip, "985 112 004 678 301"},
		"001000000000000":       {"001000000000000", registry.ISOChip, "001 000 000 000 000"},
		"826274877906943":       {"826274877906943", registry.ISOChip, "826 274 877 906 943"},
		"998000000000001":       {"998000000000001", registry.ISOChip, "998 000 000 000 001"},
		"977*200*123":           {"977200123", registry.NineChip, "977 200 123"},
		"0a1b2c3d4e":            {"0A1B2C3D4E", registry.TenChip, "0A1 B2C 3D4E"},
		"4013 02 1A 7F":         {"4013021A7F", registry.TenChip, "401 302 1A7F"},
	} {
		number, standard, err := registry.ParseChip(typed)
		if err != nil || number != want[0] || standard != want[1] || registry.FormatChip(number) != want[2] {
			t.Errorf("%q is read as %q, %q, %v, shown as %q", typed, number, standard, err, registry.FormatChip(number))
		}
	}
	for typed, want := range map[string]string{
		"":                    "Enter the chip number",
		" - ":                 "Enter the chip number",
		"98511200467830":      "this has 14",
		"9851120046783011":    "this has 16",
		"98511200467830O":     "digits only",
		"ABCDEFGHIJK":         "this has 11",
		"000112004678301":     "000",
		"999112004678301":     "999",
		"826274877906944":     "higher",
		"985/112004678301":    "“/”",
		"985112004678301\x00": "",
		"🐶":                   "neither",
	} {
		number, _, err := registry.ParseChip(typed)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", typed, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || number != "" {
			t.Errorf("%q is read as %q, %v, want a sentence with %q", typed, number, err, want)
		}
	}
	if got := registry.FormatChip("WA-12345"); got != "WA-12345" {
		t.Errorf("what is no chip is shown as %q", got)
	}
}
