// Package packs holds what differs by jurisdiction: ages, intervals, fields of a label, limits. It is data with the law
// each row stands in, the same for all clinics and read-only; a clinic may be stricter by its own settings, never looser.
// A jurisdiction's number found in Go code outside tests is a defect.
package packs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// files are one topic each. Their columns: jurisdiction, key, value, stricter, from, to, citation, reviewer, reviewed.
//
//go:embed data/*.csv
var files embed.FS

// Everywhere is the jurisdiction of rows that hold wherever no law says more, such as an association's advice.
const Everywhere = "*"

// Stricter says which of two values wins where several jurisdictions apply.
type Stricter string

// How values are compared.
const (
	Most  Stricter = "most"  // the greater number
	Least Stricter = "least" // the smaller number
	Every Stricter = "every" // each value holds: a set, such as the fields of a label
	Near  Stricter = "near"  // the value of the narrowest jurisdiction, where a law replaces the wider one
)

// Row is one rule. To is the first day on which it holds no more, zero where none is known. A row without a reviewer
// was not checked against the law itself yet.
type Row struct {
	Jurisdiction       string // ISO 3166-1 alpha-2 like GB, ISO 3166-2 like US-NY, or Everywhere
	Topic, Key, Value  string
	Stricter           Stricter
	From, To           time.Time
	Citation, Reviewer string
	Reviewed           time.Time
}

// Rules are the rows that apply to a clinic on a day.
type Rules struct{ rows []Row }

// In gives the rules of a topic that apply in these jurisdictions on a day: those of each, of the country of each, and
// those that hold everywhere, the narrowest last.
func In(topic string, jurisdictions []string, on time.Time) Rules {
	all := read().topics[topic]
	at := map[string]bool{Everywhere: true}
	for _, j := range jurisdictions {
		country, _, _ := strings.Cut(j, "-")
		at[country], at[j] = true, true
	}
	var out Rules
	for width := range 3 {
		for _, r := range all {
			if narrowness(r.Jurisdiction) == width && at[r.Jurisdiction] && !on.Before(r.From) && (r.To.IsZero() || on.Before(r.To)) {
				out.rows = append(out.rows, r)
			}
		}
	}
	return out
}

func narrowness(jurisdiction string) int {
	switch {
	case jurisdiction == Everywhere:
		return 0
	case strings.Contains(jurisdiction, "-"):
		return 2
	}
	return 1
}

// Row gives the row of a key that decides, and false where no jurisdiction has one.
func (r Rules) Row(key string) (Row, bool) {
	var out Row
	found := false
	for _, row := range r.rows {
		if row.Key == key && (!found || row.beats(out)) {
			out, found = row, true
		}
	}
	return out, found
}

// beats reports whether a row of the same or a narrower jurisdiction stands above another.
func (r Row) beats(other Row) bool {
	switch r.Stricter {
	case Most:
		return number(r.Value) > number(other.Value)
	case Least:
		return number(r.Value) < number(other.Value)
	case Every, Near:
	}
	return true
}

// Number gives the deciding value of a key as a whole number, and false where there is none.
func (r Rules) Number(key string) (int, bool) {
	row, ok := r.Row(key)
	return number(row.Value), ok
}

// Every gives all rows of a key, the widest jurisdiction first and each value once.
func (r Rules) Every(key string) []Row {
	var out []Row
	seen := map[string]bool{}
	for _, row := range r.rows {
		if row.Key == key && !seen[row.Value] {
			seen[row.Value] = true
			out = append(out, row)
		}
	}
	return out
}

// Version names the whole of the rules: documents keep the version they were made under.
func Version() string { return read().version }

type book struct {
	topics  map[string][]Row
	version string
}

// read panics on a file that cannot be read, as the test of this package would have.
var read = sync.OnceValue(func() book {
	b, err := readAll()
	if err != nil {
		panic(err)
	}
	return b
})

func readAll() (book, error) {
	b := book{topics: map[string][]Row{}}
	sum := sha256.New()
	list, err := files.ReadDir("data")
	if err != nil {
		return b, err
	}
	for _, f := range list {
		raw, err := files.ReadFile(path.Join("data", f.Name()))
		if err != nil {
			return b, err
		}
		sum.Write(raw)
		topic := strings.TrimSuffix(f.Name(), ".csv")
		if b.topics[topic], err = readTopic(topic, raw); err != nil {
			return b, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	b.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return b, nil
}

func readTopic(topic string, raw []byte) ([]Row, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = 9
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Row
	for i, f := range lines[min(1, len(lines)):] {
		row := Row{
			Jurisdiction: f[0], Topic: topic, Key: f[1], Value: f[2], Stricter: Stricter(f[3]), Citation: f[6], Reviewer: f[7],
		}
		for _, day := range []struct {
			text string
			into *time.Time
		}{{f[4], &row.From}, {f[5], &row.To}, {f[8], &row.Reviewed}} {
			if day.text == "" {
				continue
			}
			if *day.into, err = time.Parse(time.DateOnly, day.text); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+2, err)
			}
		}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		out = append(out, row)
	}
	return out, nil
}

func (r Row) check() error {
	switch r.Stricter {
	case Most, Least:
		if _, err := strconv.Atoi(r.Value); err != nil {
			return fmt.Errorf("%s is compared, and %q is no whole number", r.Key, r.Value)
		}
	case Every, Near:
	default:
		return fmt.Errorf("%q is no way to compare", r.Stricter)
	}
	if r.Jurisdiction == "" || r.Key == "" || r.Value == "" || r.Citation == "" {
		return fmt.Errorf("%s %s lacks a jurisdiction, a key, a value or a source", r.Jurisdiction, r.Key)
	}
	return nil
}

func number(value string) int {
	n, _ := strconv.Atoi(value) // rows that are compared hold numbers: check
	return n
}
