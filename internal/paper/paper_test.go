package paper

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// bill is a document of so many lines.
func bill(size string, lines int) Document {
	d := Document{
		Size: size, Kind: "Invoice", Number: "INV-1042", From: []string{"Meadow Lane Vets"}, At: time.Date(2026, 3, 24, 10, 41, 0, 0, time.UTC), Lang: "en-GB",
		To:      []string{"Zofia Wiśniewska-Łuczak", "8 Priory Row", "York YO1 7QQ"},
		Facts:   []Pair{{"Date", "24-Mar-2026"}, {"Due", "24-Mar-2026"}},
		Columns: []Column{{"Item", false}, {"Qty", true}, {"Each", true}, {"Tax", true}, {"Amount", true}},
		Groups: []Group{
			{Head: "Biscuit", Lines: []Line{
				{Cells: []string{"Consultation", "1", "£46.80", "20 %", "£46.80"}, Sub: "10 % off"},
				{Cells: []string{"Otic drops, antifungal, with a name that is far too long to stand in one line of a bill", "1.5 ml", "£28.75", "20 %", "£43.13"}, Sub: "5 drops in both ears once a day for 7 days"},
			}},
			{Head: "Žofie"},
		},
		Totals: []Pair{{"Net", "£155.04"}, {"VAT", "£31.01"}}, Due: Pair{"Total", "£186.05"},
		Taxes: []Tax{{"VAT 20 %", "£155.04", "£31.01"}}, Notes: []string{"Reason: the owner’s −£20.00"}, Printed: "Printed 24-Mar-2026 10:41 by Priya Shah",
	}
	for n := range lines {
		d.Groups[1].Lines = append(d.Groups[1].Lines, Line{Cells: []string{fmt.Sprintf("Worming tablet %d", n+1), "28", "CHF 1’002.15", "7.25 %", "CHF 60’200.20"}})
	}
	return d
}

func written(t *testing.T, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameDocumentIsTheSameFile(t *testing.T) {
	for _, size := range []string{A4, Letter} {
		first := written(t, bill(size, 60))
		for range 5 {
			if !bytes.Equal(first, written(t, bill(size, 60))) {
				t.Fatalf("%s: two files of one document differ", size)
			}
		}
		if !bytes.HasPrefix(first, []byte("%PDF-")) {
			t.Errorf("%s: no PDF", size)
		}
		if dir := os.Getenv("PADDOCK_SHOTS"); dir != "" {
			if err := os.WriteFile(dir+"/bill-"+size+".pdf", first, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if bytes.Equal(written(t, bill(A4, 1)), written(t, bill(Letter, 1))) {
		t.Error("A4 and Letter are the same file")
	}
}

func TestALongBillHasSeveralPages(t *testing.T) {
	for lines, pages := range map[int]int{1: 1, 60: 3} {
		if got := strings.Count(string(written(t, bill(A4, lines))), "/Type /Page\n"); got != pages {
			t.Errorf("%d lines are %d pages, want %d", lines, got, pages)
		}
	}
}

func TestWhateverStandsInADocumentIsDrawn(t *testing.T) {
	for _, odd := range []string{"", "\x00\u202e", "🐕 山田", strings.Repeat("x", 4000), "a\nb\r\nc", "{pages}", ") Tj (", "\xff\xfe"} {
		d := bill(A4, 1)
		d.To, d.Notes, d.Groups[0].Lines[0].Cells[0], d.Number = []string{odd}, []string{odd}, odd, odd
		written(t, d)
	}
	written(t, Document{})
}

// A sheet that got lost says whose it is, and of what.
func TestEverySheetSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	if got, want := bill(A4, 3).foot(), "Meadow Lane Vets, Invoice INV-1042. Printed 24-Mar-2026 10:41 by Priya Shah"; got != want {
		t.Errorf("it says %q, not %q", got, want)
	}
}
