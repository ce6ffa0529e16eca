package imports

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// longestRecord bounds what one row may take, so that a quote left open cannot fill the memory.
const longestRecord = 64 << 10 // bytes

// Encodings of a file.
const (
	encUTF8    = "UTF-8"
	encUTF16   = "UTF-16"
	encWindows = "Windows-1252"
)

// separatorNames are the signs that may stand between columns.
var separatorNames = map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

const (
	sampledRows    = 200 // rows that samples are taken from
	keptSamples    = 5
	longestSample  = 60  // letters
	mostColumns    = 200 // more is no list of animals
	longestHeading = 120 // letters
)

// magics are how files begin that people have beside the one they meant.
var magics = []struct{ begins, sentence string }{
	{"PK\x03\x04", "This is an Excel workbook (or another zipped file), not a list with commas. Save it as CSV and choose that file."},
	{"\xD0\xCF\x11\xE0", "This is an old Excel workbook, not a list with commas. Save it as CSV and choose that file."},
	{"\x89PNG", "This is a picture, not a list with commas (CSV)."},
	{"\xFF\xD8\xFF", "This is a picture, not a list with commas (CSV)."},
	{"%PDF", "This is a PDF, not a list with commas (CSV)."},
	{"{\\rtf", "This is a text document, not a list with commas (CSV)."},
	{"<!DOCTYPE", "This is a web page, not a list with commas (CSV)."},
	{"<html", "This is a web page, not a list with commas (CSV)."},
}

// mostControls is how many signs that are no text the first 64 KiB may have: they are slips of a few rows,
// which are refused one by one. The headings have none.
const mostControls = 20

var errBinary = fault.New(fault.Invalid, "This is not a list with commas (CSV): it holds no text.")

// recognise gives the encoding a file begins in, or the sentence that says what the file is instead.
func recognise(head []byte) (string, error) {
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))) == 0 {
		return "", fault.New(fault.Invalid, "The file is empty.")
	}
	for _, m := range magics {
		if len(head) >= len(m.begins) && strings.EqualFold(string(head[:len(m.begins)]), m.begins) {
			return "", fault.New(fault.Invalid, m.sentence)
		}
	}
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) {
		return encUTF16, nil
	}
	begin := head[:min(len(head), 64<<10)]
	first := begin
	if at := bytes.IndexAny(begin, "\r\n"); at >= 0 {
		first = begin[:at]
	}
	if controls(first) > 0 || controls(begin) > mostControls {
		return "", errBinary
	}
	return encUTF8, nil
}

// controls counts signs that are no text.
func controls(text []byte) (n int) {
	for _, b := range text {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\v' {
			n++
		}
	}
	return n
}

// decoded gives the text of a file as UTF-8 without its byte order mark.
func decoded(r io.Reader, encoding string) io.Reader {
	switch encoding {
	case encUTF16:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case encWindows:
		return charmap.Windows1252.NewDecoder().Reader(r)
	}
	return transform.NewReader(r, unicode.BOMOverride(transform.Nop))
}

// text is the text of a file as its rows are read from it.
func (f *file) text(r io.Reader) io.Reader {
	r = decoded(r, f.Encoding)
	if f.Returns {
		return returned{r}
	}
	return r
}

// returned reads lines that end in CR alone, as of old Macs.
type returned struct{ r io.Reader }

func (r returned) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err //nolint:wrapcheck // io.EOF must stay what it is
}

// returns reports whether the lines of a file end in CR alone, by its beginning.
func (f *file) returns(head []byte) bool {
	text, _ := io.ReadAll(decoded(bytes.NewReader(head), f.Encoding)) // as far as it can be read
	return bytes.IndexByte(text, '\r') >= 0 && bytes.IndexByte(text, '\n') < 0
}

// survey reads headings and samples from the beginning of a file; cut says that there is more of it.
func (f *file) survey(head []byte, cut bool) error {
	f.Returns = f.returns(head)
	f.Separator = f.separate(head)
	in := f.list(bytes.NewReader(head))
	first, err := in.next()
	if err != nil || first.broken != "" {
		return fault.New(fault.Invalid, "The file is not a list with commas (CSV): its first line cannot be read.")
	}
	if len(first.values) > mostColumns {
		return fault.New(fault.Invalid, fmt.Sprintf("The first line of the file names %d columns; a list has %d at most.", len(first.values), mostColumns))
	}
	f.Columns = make([]Column, len(first.values))
	for i, v := range first.values {
		f.Columns[i].Heading = shortened(plain.Line(v), longestHeading)
	}
	rows := 0
	for range sampledRows {
		r, err := in.next()
		if err != nil {
			break // what follows is in the next part, or is there no more
		}
		rows++
		if r.broken != "" {
			continue
		}
		for i := range f.Columns {
			c := &f.Columns[i]
			if v := plain.Line(r.values[i]); v != "" && len(c.Samples) < keptSamples {
				c.Samples = append(c.Samples, shortened(v, longestSample))
			}
		}
	}
	if rows == 0 && !cut {
		return fault.New(fault.Invalid, "The file has one line only: it needs a line of headings and under it a line for each "+f.Holds.each()+".")
	}
	return nil
}

func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// separate finds the sign between columns: the one that stands most often in the first line, outside quotes.
func (f *file) separate(head []byte) string {
	line, _ := io.ReadAll(io.LimitReader(f.text(bytes.NewReader(head)), longestRecord)) // as far as it can be read
	seen, quoted := map[byte]int{}, false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if !quoted {
			seen[b]++
		}
	}
	best := ","
	for _, s := range []string{";", "\t", "|"} {
		if seen[s[0]] > seen[best[0]] {
			best = s
		}
	}
	return best
}

// entry is one row of a file. Line counts from 1, the headings included. broken is why it cannot be read,
// in words for the person who chose the file.
type entry struct {
	line   int
	values []string
	broken string
}

// list reads a file row by row.
type list struct {
	in     *csv.Reader
	budget *budget
	last   int
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

// list reads the rows of a file, its headings first.
func (f *file) list(r io.Reader) *list {
	l := &list{budget: &budget{r: f.text(r)}}
	l.in = csv.NewReader(l.budget)
	l.in.ReuseRecord = true
	l.in.Comma = rune(f.Separator[0])
	return l
}

// next reads one row; io.EOF is the end. The values are good until the next call.
func (l *list) next() (entry, error) {
	if l.ended {
		return entry{}, io.EOF
	}
	l.budget.left = longestRecord
	values, err := l.in.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errRecord):
		l.ended = true
		l.last++
		return entry{line: l.last, broken: "the row is longer than 64 KiB, as after a quote that is never closed; nothing after it was read"}, nil
	case errors.As(err, &parse):
		l.last = max(parse.StartLine, l.last+1)
		if errors.Is(parse.Err, csv.ErrFieldCount) {
			return entry{line: l.last, broken: "the row has more or fewer columns than the first line"}, nil
		}
		return entry{line: l.last, broken: "the quotes of the row do not pair"}, nil
	case err != nil:
		return entry{}, err
	}
	line, _ := l.in.FieldPos(0)
	l.last = max(line, l.last+1)
	return entry{line: l.last, values: values}, nil
}

// staged reads the parts of a file one after another, each in a transaction of its own, so that no more
// than one is in memory.
type staged struct {
	ctx   context.Context //nolint:containedctx // io.Reader has no room for one; it lives as long as one run
	store *db.Store
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID
	holds Holds
	parts int

	at   int
	left []byte
}

// errGone says that a part of the file is not there, as after another process finished or discarded it.
var errGone = fault.New(fault.Conflict, "The file is no longer there. Choose it again.")

func (s *staged) Read(p []byte) (int, error) {
	for len(s.left) == 0 {
		if s.at == s.parts {
			return 0, io.EOF
		}
		err := s.store.Read(s.ctx, s.who, func(ctx context.Context, tx *db.Tx) error {
			part, err := tx.GetImportPart(ctx, db.GetImportPartParams{TenantID: tx.Tenant, ImportID: s.row, Part: int32(s.at)})
			if db.NoRows(err) {
				return errGone
			}
			if err != nil {
				return err
			}
			s.left, err = s.keys.Open(s.holds.slot("import_parts", part.ID), part.Sealed)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("reading part %d of import %s: %w", s.at, s.row, err)
		}
		s.at++
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}
