package paper

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestARecordOfManyVisitsIsDrawnWithinItsPages(t *testing.T) {
	r := Record{
		Size: A4, Kind: "Record of Žofie", About: "Everything on the record, newest first", From: []string{"Meadow Lane Vets"}, To: []string{"Zofia Wiśniewska", "8 Priory Row"},
		Facts: []Pair{{"Animal", "Dog, Labrador Retriever"}, {"Alert", "Allergy: penicillins"}}, Rest: "This copy ends here.", Printed: "Printed 24-Mar-2026", Lang: "en-GB",
		At: time.Date(2026, 3, 24, 10, 41, 0, 0, time.UTC),
	}
	for n := range 700 {
		r.Entries = append(r.Entries, Entry{Head: fmt.Sprintf("24-Mar-2026, Consult %d", n), By: "Dr Amara Nwosu", Parts: []Pair{
			{"Plan", strings.Repeat("Rest, and drops into both ears once a day. ", 6) + "\nRecheck."}, {"Late entry, 24-Mar-2026 10:41, Dr Amara Nwosu", "Owner rang: better."}, {"", "Word " + strings.Repeat("x", 400)},
		}})
	}
	r.Entries = append(r.Entries, Entry{Head: "Long", Void: "Entered in error", Parts: []Pair{{"Subjective", strings.Repeat("Many words in one part of a note. ", 1500)}}})
	var first, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &again} {
		if err := r.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("%PDF-")) || !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("two files of one record differ, or are none")
	}
	if first.Len() > 2<<20 {
		t.Errorf("700 visits are %d bytes", first.Len())
	}
	if dir := os.Getenv("PADDOCK_SHOTS"); dir != "" {
		if err := os.WriteFile(dir+"/record.pdf", first.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
