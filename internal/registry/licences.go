package registry

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"paddock/internal/fault"
	"paddock/internal/vault"
)

// licenceColumns are the columns of a licence list as cities publish them. Others may stand between
// them in any order; the date of issue and the postcode are not taken over.
var licenceColumns = []string{"License Number", "Animal's Name", "Species", "Primary Breed", "Secondary Breed"}

// longestRecord bounds what one row may take, so that a quote left open cannot fill the memory.
const longestRecord = 64 << 10 // bytes

// licence is one row of a list.
type licence struct {
	Number, Name, Species, Breed string

	line int
}

// licences reads a list row by row.
type licences struct {
	in     *csv.Reader
	budget *budget
	column []int // where licenceColumns stand
	kinds  map[string]string
	last   int // the line the last row read began at
	ended  bool
}

var errRecord = errors.New("a row is longer than 64 KiB")

// budget refuses to read on when one record takes too much.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecord
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// readLicences reads the heading of a list. The errors are sentences for the person who named the file.
func readLicences(r io.Reader, kinds []Species) (*licences, error) {
	l := &licences{last: 1, budget: &budget{r: r, left: longestRecord}, kinds: map[string]string{}}
	for _, k := range kinds {
		l.kinds[vault.Fold(k.Name)] = k.Code
		l.kinds[k.Code] = k.Code
	}
	l.in = csv.NewReader(l.budget)
	l.in.ReuseRecord = true
	head, err := l.in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "The file is empty.")
	}
	if err != nil || !utf8.ValidString(strings.Join(head, "")) {
		return nil, fault.New(fault.Invalid, "The file is not a list with commas (CSV) in UTF-8: its first line cannot be read.")
	}
	for i := range head {
		head[i] = strings.ToLower(clean(strings.TrimPrefix(head[i], "\uFEFF")))
	}
	for _, name := range licenceColumns {
		at := slices.Index(head, strings.ToLower(name))
		if at < 0 {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("The first line of the file has no column “%s”; it must name %s.",
				name, strings.Join(licenceColumns, ", ")))
		}
		l.column = append(l.column, at)
	}
	return l, nil
}

// next reads up to n rows; more is false once the list is at its end.
func (l *licences) next(n int) (b *importRows, more bool, err error) {
	b = &importRows{}
	for len(b.rows)+len(b.bad) < n && !l.ended {
		l.budget.left = longestRecord
		record, err := l.in.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			l.ended = true
		case errors.Is(err, errRecord):
			l.ended = true
			b.bad = append(b.bad, BadRow{l.last + 1, "a row is longer than 64 KiB, as after a quote that is never closed; nothing after it was read"})
		case errors.As(err, &broken):
			l.last = broken.StartLine
			b.bad = append(b.bad, BadRow{l.last, reasonOf(broken)})
		case err != nil:
			return b, false, fmt.Errorf("reading the file: %w", err)
		default:
			l.last, _ = l.in.FieldPos(0)
			row, reason := l.row(record)
			if reason != "" {
				b.bad = append(b.bad, BadRow{l.last, reason})
				continue
			}
			row.line = l.last
			b.rows = append(b.rows, row)
		}
	}
	return b, len(b.rows)+len(b.bad) > 0, nil
}

func reasonOf(e *csv.ParseError) string {
	if errors.Is(e.Err, csv.ErrFieldCount) {
		return "the row has more or fewer columns than the first line"
	}
	return "the quotes of the row do not pair"
}

// row reads one record, or says why it cannot be taken. Values are never repeated in the reason, since
// it is printed and logged, but for the species, which is no secret.
func (l *licences) row(record []string) (licence, string) {
	var v [5]string
	for i, at := range l.column {
		if !utf8.ValidString(record[at]) || strings.ContainsRune(record[at], 0) {
			return licence{}, "the row is not text in UTF-8"
		}
		v[i] = strings.Clone(clean(record[at]))
	}
	row := licence{Number: v[0], Name: v[1], Breed: breedOf(v[3], v[4])}
	row.Species = l.kinds[vault.Fold(v[2])]
	if row.Species == "livestock" {
		row.Species = livestock(v[3])
	}
	switch {
	case v[2] == "":
		return licence{}, "the species is missing"
	case row.Species == "":
		return licence{}, fmt.Sprintf("the species %.40q is not known", v[2])
	case utf8.RuneCountInString(row.Name) > longestName:
		return licence{}, "the name is longer than 80 letters"
	case utf8.RuneCountInString(row.Number) > longestPhone:
		return licence{}, "the licence number is longer than 40 signs"
	case utf8.RuneCountInString(row.Breed) > longestBreed:
		return licence{}, "the breeds are longer than 120 letters"
	}
	return row, ""
}

// breedOf joins the two breeds of a list: "Manx mix", "Schnauzer, Miniature × Terrier, Rat".
func breedOf(first, second string) string {
	switch {
	case second == "" || second == first:
		return first
	case first == "":
		return second
	case strings.EqualFold(second, "mix"):
		return first + " mix"
	}
	return first + " × " + second
}

// livestock tells the kinds of livestock that are licensed in a city apart by their breed.
func livestock(breed string) string {
	b := vault.Fold(breed)
	switch {
	case strings.Contains(b, "pot-bellied") || strings.Contains(b, "pot bellied") || strings.Contains(b, "pig"):
		return "pig"
	case strings.Contains(b, "goat") || b == "miniature":
		return "goat"
	}
	return "livestock"
}
