package paper_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"paddock/internal/paper"
)

func label() paper.Label {
	return paper.Label{
		Head: "Meadow Lane Vets", Address: "14 Meadow Lane, York YO1 9ZZ", Phone: "01632 960155", Drug: "Carprofen 50 mg tablets", Quantity: "21 tablets",
		Directions: "Give ONE AND A HALF tablets by mouth ONCE a day for 14 days.",
		Notes:      "Give with food. Stop and ring us if there is vomiting or diarrhoea. For animal treatment only. Keep out of reach of children.",
		For:        "Biscuit, dog. Helen Thompson, 8 Priory Row, York YO1 7QQ", By: "Dr Amara Nwosu, 23-Nov-2026. Batch K2291, expires 11-2027. 1 more supply",
		Mark: "Reprint", Lang: "en-GB", At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	}
}

func TestALabelIsSeventyByThirtySevenAndTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := label().Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two drawings of a label differ")
	}
	if !strings.Contains(first.String(), "/MediaBox [0 0 198.43 104.88]") {
		t.Error("the page is not 70 × 37 mm")
	}
}

func TestWhatDoesNotFitOnALabelIsCounted(t *testing.T) {
	l := label()
	if over := l.Over(); over != 0 {
		t.Errorf("an ordinary label has %d lines too many", over)
	}
	few := l.Tight()
	l.Directions += " " + l.Directions
	if few || l.Over() != 0 || !l.Tight() { // the page sets it small as the file does, or cuts it off
		t.Errorf("few words are tight: %v; many: %v, %d lines too many", few, l.Tight(), l.Over())
	}
	l.Directions = strings.Repeat(l.Directions+" ", 3)
	if l.Over() == 0 {
		t.Error("six times the directions fit")
	}
}
