package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/timeline"
	"paddock/views"
)

// How far one search of a record goes. What stands in a record is sealed, so that it is opened and looked through here,
// a page at a time, and nothing of it is kept.
const (
	lookThrough = 1000    // entries
	lookLetters = 8 << 20 // bytes of text
	lookFound   = 40      // entries that are found
	lookTyped   = 100     // letters of what is looked for
)

// looking is a search of one record.
type looking struct {
	words   []string // in small letters: an entry is found that has all of them
	found   []foundEntry
	through int // entries looked through
	letters int
	oldest  timeline.Entry
	next    timeline.Cursor
	more    bool
}

type foundEntry struct {
	timeline.Entry
	pieces []views.Piece
}

// searchHistory looks for words in everything of a record that the person may read.
func (s *Server) searchHistory(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	typed := strings.Join(strings.Fields(v.field("q")), " ")
	from := historyPlace(v.field("before"), v.field("than"))
	view := v.historyFrame(patient, "-")
	view.Search = &views.HistorySearch{Query: typed}
	view.Newest = historyHref(patient, "", timeline.Cursor{})
	status := http.StatusOK
	if letters := len([]rune(typed)); letters < 2 || letters > lookTyped {
		view.Search.Mistake, status = "Type 2 to "+strconv.Itoa(lookTyped)+" letters", http.StatusUnprocessableEntity
	}
	var p registry.PatientView
	var with beside
	err = v.read(append(with.ofPatient(v, patient), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	if status == http.StatusOK {
		l := looking{words: strings.Fields(lowered(typed)), next: from}
		if err := l.look(v, patient); err != nil {
			return answer{}, err
		}
		var ids []id.ID
		for _, f := range l.found {
			e := v.historyEntry(f.Entry, nil, nil)
			e.Found = f.pieces
			v.addEntry(&view, f.At, e)
			ids = append(ids, f.ID)
		}
		view.Search.Said = v.lookedThrough(l)
		if l.more {
			view.Search.Before, view.Search.Than = strconv.FormatInt(l.next.At.UnixMicro(), 10), l.next.ID.String()
		}
		v.record(audit.Entry{Action: audit.Searched, Object: "patient", ObjectID: patient, IDs: ids, Commitment: v.keys.Commit([]byte("record"), []byte(typed))})
	}
	if v.partial {
		return shown(status, views.HistoryPart(view)), nil
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	view.Banner = v.banner(p, with, species)
	return shown(status, views.HistoryPage(view)), nil
}

// lookedThrough says how far a search went, and where it stopped before the end.
func (v *visit) lookedThrough(l looking) string {
	text := countOf(l.through, "entry", "entries") + " looked through"
	if l.more {
		text += ", back to " + v.day(l.oldest.At) + ". Stopped there: the record goes on"
	}
	return text + "."
}

// look goes through the record from a place on, one page in memory at a time.
func (l *looking) look(v *visit, patient id.ID) error {
	h := history{}
	for {
		var page timeline.Page
		var later records.Later
		err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = timeline.Read(ctx, tx, v.keys, timeline.Ask{
				Patient: patient, Kinds: h.kinds(v), From: l.next, Most: historyMost, Zone: v.clinic.Zone(), Clinical: true,
			})
			if err != nil {
				return err
			}
			return db.Together(ctx, tx, records.LoadLater(&later, v.keys, timeline.Notes(page.Entries))...)
		})
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			l.one(v, e, later)
			l.oldest, l.next = e, timeline.Cursor{At: e.At, ID: e.ID}
			if len(l.found) == lookFound {
				break
			}
		}
		l.more = page.More || len(page.Entries) > 0 && page.Entries[len(page.Entries)-1].ID != l.oldest.ID
		if !page.More || len(l.found) == lookFound || l.through >= lookThrough || l.letters >= lookLetters {
			return nil
		}
	}
}

// one looks through an entry.
func (l *looking) one(v *visit, e timeline.Entry, later records.Later) {
	out := v.historyEntry(e, nil, nil)
	texts := []string{out.Title, e.Words()}
	if out.Line != "" && e.Kind != timeline.Note {
		texts = append(texts, out.Line)
	}
	for _, f := range append(measuredFacts(e.SOAP.Vitals), lookedFacts(e.SOAP.Exam)...) {
		texts = append(texts, f.Label+" "+f.Text)
	}
	for _, a := range later.Acts[e.ID] {
		texts = append(texts, a.Name)
	}
	for _, a := range later.Addenda[e.ID] {
		texts = append(texts, a.Reason, a.Text)
	}
	if x, ok := later.Voids[e.ID]; ok {
		texts = append(texts, x.Reason)
	}
	text := strings.Join(texts, "\n")
	l.through++
	l.letters += len(text)
	if pieces := foundIn([]rune(text), l.words); pieces != nil {
		l.found = append(l.found, foundEntry{e, pieces})
	}
}

// lowered is a text in small letters, letter by letter, so that places in it are places in the text.
func lowered(text string) string { return strings.Map(unicode.ToLower, text) }

// How many letters stand before and after what was found.
const (
	foundBefore = 40
	foundAfter  = 100
)

// foundIn is the place of a text where the first of some words stands, with all of them marked; nil where one is missing.
func foundIn(text []rune, words []string) []views.Piece {
	small := slices.Clone(text)
	for i, r := range small {
		small[i] = unicode.ToLower(r)
	}
	first := len(small)
	for _, w := range words {
		at := runesIndex(small, []rune(w))
		if at < 0 {
			return nil
		}
		first = min(first, at)
	}
	from, to := max(0, first-foundBefore), min(len(text), first+foundAfter)
	for i := first - 1; i >= from; i-- { // no further than the line it stands in
		if text[i] == '\n' {
			from = i + 1
		}
	}
	for i := first; i < to; i++ {
		if text[i] == '\n' {
			to = i
		}
	}
	marked := make([]bool, to-from)
	for _, w := range words {
		letters := []rune(w)
		for at := from; at+len(letters) <= to; at++ {
			if slices.Equal(small[at:at+len(letters)], letters) {
				for i := range letters {
					marked[at-from+i] = true
				}
			}
		}
	}
	var out []views.Piece
	for i, r := range text[from:to] {
		if n := len(out); n == 0 || out[n-1].Matched != marked[i] {
			out = append(out, views.Piece{Matched: marked[i]})
		}
		out[len(out)-1].Text += string(r)
	}
	if len(out) == 0 {
		return out
	}
	if from > 0 && text[from-1] != '\n' {
		out[0].Text = "…" + out[0].Text
	}
	if to < len(text) && text[to] != '\n' {
		out[len(out)-1].Text += "…"
	}
	return out
}

func runesIndex(text, part []rune) int {
	for at := 0; at+len(part) <= len(text); at++ {
		if slices.Equal(text[at:at+len(part)], part) {
			return at
		}
	}
	return -1
}
