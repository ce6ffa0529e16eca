package paper

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestACertificateIsOnePageAndTheSameEachTime(t *testing.T) {
	c := Certificate{
		Kind: "Rabies vaccination certificate", Serial: "VC-0007", Issued: "24-Mar-2026", Stamp: "Replaced by VC-0008", From: []string{"Oakvale Vets", strings.Repeat("A long street ", 12), "York"},
		Groups: []Fields{{Head: "Owner", Pairs: []Pair{{Label: "Street", Value: strings.Repeat("Łódź, a very long street name ", 8)}}}, {Head: "Animal", Pairs: []Pair{{Label: "Name", Value: "Biscuit\u202e\x00"}}}},
		Check:  "Check this certificate at oakvale.example/verification with the code", Code: "K7Q2-M9XD-4TRB-0WZ8", Signer: "Dr Amara Nwosu", Printed: "Printed 24-Mar-2026", Lang: "en-GB",
		At: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC),
	}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("%PDF")) || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("it is no file, or not the same one")
	}
	if n := bytes.Count(first.Bytes(), []byte("/Type /Page\n")); n != 1 {
		t.Errorf("%d pages", n)
	}
}
