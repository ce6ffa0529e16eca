package plain_test

import (
	"testing"

	"paddock/internal/plain"
)

func TestALineIsOneLine(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"  Itchy \t ears\r\nsince\u00a0May ":   "Itchy ears since May",
		"Ra\u202emu\u2066s\u200b":              "Ramus",
		"broken \xff\xfe text":                 "broken text",
		"👩\u200d⚕️ क\u094d\u200dष Ólafsdóttir": "👩\u200d⚕️ क\u094d\u200dष Ólafsdóttir",
		"\u0000\u0007":                         "",
	} {
		if got := plain.Line(typed); got != want {
			t.Errorf("%q became %q, not %q", typed, got, want)
		}
	}
}

func TestNoCellIsTakenForAFormula(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"=1+2", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"} {
		if got := plain.Cell(s); got != "'"+s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{"", "Jo Webb", "2026-03-24", "a=b", "'quoted"} {
		if got := plain.Cell(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}
