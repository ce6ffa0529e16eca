package records

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// The most that a file of codes may hold, and how many of its problems are named.
const (
	CodesMostBytes  = 10 << 20
	codesMost       = 60_000
	codeProblemMost = 50
)

// CodeProblem is what keeps a file of codes from being taken in. Line counts from 1.
type CodeProblem struct {
	Line    int
	Message string
}

// ErrCodesTooBig answers a file of more bytes than one may have.
var ErrCodesTooBig = fault.New(fault.Invalid, "A list may have 10 MB at most.")

// ReadCodes reads a list from a CSV file as it comes: code, name and, if it likes, species and parent, by the names in
// its first line; known are the species. It gives the codes or the problems, of which the first are named; an error is
// one of reading alone.
func ReadCodes(file io.Reader, known map[string]bool) (codes []Code, problems []CodeProblem, err error) {
	limited := &io.LimitedReader{R: file, N: CodesMostBytes + 1}
	r := csv.NewReader(&afterMark{from: limited})
	r.FieldsPerRecord, r.ReuseRecord, r.TrimLeadingSpace = -1, true, true
	at := map[string]int{}
	lines := map[string]int{} // of each code
	say := func(line int, format string, words ...any) bool {
		problems = append(problems, CodeProblem{line, fmt.Sprintf(format, words...)})
		return len(problems) >= codeProblemMost
	}
	for {
		record, err := r.Read()
		if limited.N == 0 {
			return nil, nil, ErrCodesTooBig
		}
		var form *csv.ParseError
		switch {
		case errors.Is(err, io.EOF) && len(at) == 0:
			say(1, "The file is empty")
			return nil, problems, nil
		case errors.Is(err, io.EOF):
			return judged(codes, lines, problems)
		case errors.As(err, &form):
			say(form.Line, "A quote is left open or stands in the middle of a cell")
			return nil, problems, nil
		case err != nil:
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		if len(at) == 0 {
			if at = columnsOf(record); at == nil {
				say(line, "The first line names no column “code” or no column “name”")
				return nil, problems, nil
			}
			continue
		}
		c, wrong := codeOf(record, at, known)
		switch {
		case wrong != "" && say(line, "%s", wrong), wrong == "" && lines[c.Code] > 0 && say(line, "The code %s stands in line %d already", c.Code, lines[c.Code]):
			return nil, problems, nil
		case wrong == "" && lines[c.Code] == 0:
			lines[c.Code] = line
			codes = append(codes, c)
		}
		if len(codes) > codesMost {
			say(line, "A list may have 60,000 codes at most")
			return nil, problems, nil
		}
	}
}

// judged looks at what can be seen at the end alone: that there is something, and that each parent is there.
func judged(codes []Code, lines map[string]int, problems []CodeProblem) ([]Code, []CodeProblem, error) {
	for _, c := range codes {
		if c.Parent != "" && lines[c.Parent] == 0 && len(problems) < codeProblemMost {
			problems = append(problems, CodeProblem{lines[c.Code], "Its parent " + c.Parent + " is no code of the file"})
		}
	}
	if len(codes)+len(problems) == 0 {
		problems = append(problems, CodeProblem{1, "The file has no codes"})
	}
	slices.SortStableFunc(problems, func(a, b CodeProblem) int { return a.Line - b.Line })
	if len(problems) > 0 {
		codes = nil
	}
	return codes, problems, nil
}

// columnsOf says which column is what, nil where one is missing.
func columnsOf(first []string) map[string]int {
	at := map[string]int{}
	for i, name := range first {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "text" || name == "term" {
			name = "name"
		}
		if _, twice := at[name]; !twice {
			at[name] = i
		}
	}
	_, code := at["code"]
	_, name := at["name"]
	if !code || !name {
		return nil
	}
	return at
}

func codeOf(record []string, at map[string]int, known map[string]bool) (c Code, wrong string) {
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(record) {
			return strings.Clone(record[i])
		}
		return ""
	}
	for _, text := range record {
		if !utf8.ValidString(text) {
			return c, "It is not UTF-8: save the file as CSV UTF-8"
		}
	}
	var bad fault.Fields
	c = Code{Code: cell("code"), Name: cell("name"), Species: strings.Fields(strings.ToLower(cell("species"))), Parent: cell("parent")}.tidy(&bad, known)
	if len(bad) > 0 {
		return c, bad[0].Message
	}
	return c, ""
}

// afterMark reads what comes after a byte order mark, if there is one.
type afterMark struct {
	from io.Reader
	seen bool
	rest []byte
}

func (a *afterMark) Read(p []byte) (int, error) {
	if !a.seen {
		a.seen = true
		head := make([]byte, 3)
		n, err := io.ReadFull(a.from, head)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err
		}
		a.rest = bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf"))
	}
	if len(a.rest) > 0 {
		n := copy(p, a.rest)
		a.rest = a.rest[n:]
		return n, nil
	}
	return a.from.Read(p)
}

// What a clinic begins with: plain words of its own, from no list of anybody's.
//
//go:embed data/codes.csv
var ownCodes []byte

// SeedCodes gives a clinic the list that is its own. One that has a list of its own keeps it.
func SeedCodes(ctx context.Context, tx *db.Tx, _ *vault.Clinic) error {
	lists, err := CodeSystems(ctx, tx)
	if err != nil || slices.ContainsFunc(lists, func(s CodeSystemRow) bool { return s.Own }) {
		return err
	}
	known, err := knownSpecies(ctx, tx)
	if err != nil {
		return err
	}
	codes, problems, err := ReadCodes(bytes.NewReader(ownCodes), known)
	if err == nil && len(problems) > 0 {
		err = errors.New(problems[0].Message)
	}
	if err != nil {
		return fmt.Errorf("reading the codes that clinics begin with: %w", err)
	}
	row := id.New()
	err = tx.InsertCodeSystem(ctx, db.InsertCodeSystemParams{
		TenantID: tx.Tenant, ID: row, Name: "Clinic's own", Version: "1", Licence: "The clinic's own words", Own: true, MadeAt: tx.Now(),
	})
	if err != nil {
		return fmt.Errorf("setting up the clinic's own codes: %w", err)
	}
	return insertCodes(ctx, tx, row, codes)
}
