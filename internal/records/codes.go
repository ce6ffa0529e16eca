package records

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Coding is what something was called on the day it was written: the words as they were shown and, where they were
// chosen from a list, its name and version and the code in it.
type Coding struct {
	System  string `json:"system,omitempty"`
	Version string `json:"version,omitempty"`
	Code    string `json:"code,omitempty"`
	Text    string `json:"text"`
}

// same reports whether both are called alike: by the same code of a list, else by the same words.
func (c Coding) same(o Coding) bool {
	if c.Code != "" && o.Code != "" && c.System == o.System {
		return c.Code == o.Code
	}
	return strings.EqualFold(strings.Join(strings.Fields(c.Text), " "), strings.Join(strings.Fields(o.Text), " "))
}

// CodeSystem describes a list of codes in one version, with the clinic's note on where it may use it from.
type CodeSystem struct {
	Name, Version, Licence, Source string
}

// CodeSystemRow is a list as stored; Own is the clinic's own, which codes are added to by hand. Ended is zero while
// its codes may be chosen. Codes is how many may be, where the lists were asked for together.
type CodeSystemRow struct {
	ID id.ID
	CodeSystem
	Own         bool
	Codes       int
	Made, Ended time.Time
}

// Code is one line of a list. Species are codes of registry's, none for all; Parent is another code of it or "".
type Code struct {
	Code, Name string
	Species    []string
	Parent     string
}

// CodeRow is a code as stored; Ended says that it may be chosen no more.
type CodeRow struct {
	ID id.ID
	Code
	Ended bool
}

// FoundCode is a code that may be chosen.
type FoundCode struct {
	ID id.ID
	Coding
}

const (
	longestCode     = 40
	longestCodeName = 200
	codesAtOnce     = 2000
)

func (s CodeSystem) tidy() (CodeSystem, fault.Fields) {
	var bad fault.Fields
	s.Name = plain.Words(&bad, "name", s.Name, "Enter the name of the list", 80)
	s.Version = plain.Words(&bad, "version", s.Version, "Enter which version of the list it is, like 2026-04", 40)
	s.Licence = plain.Words(&bad, "licence", s.Licence, "Enter under which licence the clinic may use it", 300)
	s.Source = plain.Words(&bad, "source", s.Source, "", 300)
	return s, bad
}

// AddCodeSystem brings a list with its codes in, whole, under an id that came with the form. It gives
// registry.ErrAlreadyThere for a second sending, and fault.Fields named name, version, licence and source.
func AddCodeSystem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, s CodeSystem, codes []Code) error {
	s, bad := s.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	err := tx.InsertCodeSystem(ctx, db.InsertCodeSystemParams{
		TenantID: tx.Tenant, ID: row, Name: s.Name, Version: s.Version, Licence: s.Licence, Source: s.Source, MadeAt: tx.Now(),
	})
	switch {
	case db.Violates(err, "code_systems_pkey"):
		return registry.ErrAlreadyThere
	case db.Violates(err, "code_systems_version"):
		return fault.Fields{{Name: "version", Message: "This version of the list is there already"}}
	case err != nil:
		return fmt.Errorf("adding the list of codes %s: %w", row, err)
	}
	if err := insertCodes(ctx, tx, row, codes); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "code-list", ObjectID: row, Group: group, After: struct {
			CodeSystem
			Codes int
		}{s, len(codes)},
	})
}

func insertCodes(ctx context.Context, tx *db.Tx, system id.ID, codes []Code) error {
	for len(codes) > 0 {
		n := min(codesAtOnce, len(codes))
		p := db.InsertCodesParams{TenantID: tx.Tenant, SystemID: system}
		for _, c := range codes[:n] {
			p.Ids, p.Codes, p.Names = append(p.Ids, id.New()), append(p.Codes, c.Code), append(p.Names, c.Name)
			p.Species, p.Parents, p.Finds = append(p.Species, strings.Join(c.Species, " ")), append(p.Parents, c.Parent), append(p.Finds, c.find())
		}
		if err := tx.InsertCodes(ctx, p); err != nil {
			return fmt.Errorf("adding codes: %w", err)
		}
		codes = codes[n:]
	}
	return nil
}

// find is what a code is found by: its words, each behind a blank.
func (c Code) find() string {
	letters := []rune(" " + strings.Join(wordsOf(c.Name+" "+c.Code), " "))
	return string(letters[:min(300, len(letters))])
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// FindCodes finds codes that may be chosen for a species and have a word that begins as each of those typed, the
// clinic's own first, at most so many. Nothing typed finds nothing.
func FindCodes(ctx context.Context, tx *db.Tx, typed, species string, most int32) ([]FoundCode, error) {
	var patterns []string
	for _, w := range wordsOf(typed) {
		patterns = append(patterns, "% "+w+"%")
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	rows, err := tx.FindCodes(ctx, db.FindCodesParams{TenantID: tx.Tenant, Patterns: patterns, Species: species, Most: most})
	if err != nil {
		return nil, fmt.Errorf("finding codes: %w", err)
	}
	out := make([]FoundCode, len(rows))
	for i, r := range rows {
		out[i] = FoundCode{r.ID, Coding{System: r.System, Version: r.Version, Code: r.Code, Text: r.Name}}
	}
	return out, nil
}

// DraftSpecies is the species of the animal that a draft of the person who asks is about, fault.Missing where there is
// no such draft.
func DraftSpecies(ctx context.Context, tx *db.Tx, draft id.ID) (string, error) {
	species, err := tx.GetDraftSpecies(ctx, db.GetDraftSpeciesParams{TenantID: tx.Tenant, ID: draft, AuthorID: tx.Who.Person})
	return species, db.Missing(err, "reading what a draft is about")
}

// OpenCode reads a code that may be chosen. It gives fault.Missing.
func OpenCode(ctx context.Context, tx *db.Tx, code id.ID) (Coding, error) {
	r, err := tx.GetCode(ctx, db.GetCodeParams{TenantID: tx.Tenant, ID: code})
	return Coding{System: r.System, Version: r.Version, Code: r.Code, Text: r.Name}, db.Missing(err, "reading a code")
}

// CodeSystems reads the lists of the clinic, its own first, at most 100.
func CodeSystems(ctx context.Context, tx *db.Tx) ([]CodeSystemRow, error) {
	rows, err := tx.ListCodeSystems(ctx, db.ListCodeSystemsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading lists of codes: %w", err)
	}
	out := make([]CodeSystemRow, len(rows))
	for i, r := range rows {
		out[i] = CodeSystemRow{
			ID: r.ID, CodeSystem: CodeSystem{r.Name, r.Version, r.Licence, r.Source}, Own: r.Own, Codes: int(r.Codes), Made: r.MadeAt.UTC(), Ended: instant(r.EndedAt),
		}
	}
	return out, nil
}

// OpenCodeSystem reads one. It gives fault.Missing.
func OpenCodeSystem(ctx context.Context, tx *db.Tx, system id.ID) (CodeSystemRow, error) {
	r, err := tx.GetCodeSystem(ctx, db.GetCodeSystemParams{TenantID: tx.Tenant, ID: system})
	if err := db.Missing(err, "reading a list of codes"); err != nil {
		return CodeSystemRow{}, err
	}
	return CodeSystemRow{ID: r.ID, CodeSystem: CodeSystem{r.Name, r.Version, r.Licence, r.Source}, Own: r.Own, Made: r.MadeAt.UTC(), Ended: instant(r.EndedAt)}, nil
}

// Codes reads the codes of a list in their order, from after one on, at most so many.
func Codes(ctx context.Context, tx *db.Tx, system id.ID, after string, most int32) ([]CodeRow, error) {
	rows, err := tx.ListCodes(ctx, db.ListCodesParams{TenantID: tx.Tenant, SystemID: system, After: after, Most: most})
	if err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	out := make([]CodeRow, len(rows))
	for i, r := range rows {
		out[i] = CodeRow{ID: r.ID, Code: Code{Code: r.Code, Name: r.Name, Species: strings.Fields(r.Species), Parent: r.Parent}, Ended: r.EndedAt != nil}
	}
	return out, nil
}

// AddCode adds to the clinic's own list, under an id that came with the form. It gives fault.Missing where that is no
// list or not its own, registry.ErrAlreadyThere for a second sending, and fault.Fields named code, name and species.
func AddCode(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, system id.ID, c Code) error {
	s, err := OpenCodeSystem(ctx, tx, system)
	if err != nil {
		return err
	}
	if !s.Own {
		return fault.Missing
	}
	known, err := knownSpecies(ctx, tx)
	if err != nil {
		return err
	}
	var bad fault.Fields
	if c = c.tidy(&bad, known); len(bad) > 0 {
		return bad
	}
	err = tx.InsertCodes(ctx, db.InsertCodesParams{
		TenantID: tx.Tenant, SystemID: system, Ids: []id.ID{row}, Codes: []string{c.Code}, Names: []string{c.Name},
		Species: []string{strings.Join(c.Species, " ")}, Parents: []string{""}, Finds: []string{c.find()},
	})
	switch {
	case db.Violates(err, "codes_pkey"):
		return registry.ErrAlreadyThere
	case db.Violates(err, "codes_code"):
		return fault.Fields{{Name: "code", Message: "The list has this code already, or had it: choose another"}}
	case err != nil:
		return fmt.Errorf("adding code %s: %w", row, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "code", ObjectID: row, IDs: []id.ID{system}, Group: group, After: c})
}

// tidy gives the code as it is kept, and the mistakes named code, name and species.
func (c Code) tidy(bad *fault.Fields, known map[string]bool) Code {
	c.Code = plain.Words(bad, "code", c.Code, "Enter a code", longestCode)
	c.Name = plain.Words(bad, "name", c.Name, "Enter what it stands for", longestCodeName)
	c.Parent = plain.Words(bad, "parent", c.Parent, "", longestCode)
	for _, s := range c.Species {
		if !known[s] {
			bad.Add("species", "“"+s+"” is no species here: dog, cat, rabbit and so on")
		}
	}
	return c
}

func knownSpecies(ctx context.Context, tx *db.Tx) (map[string]bool, error) {
	list, err := registry.ListSpecies(ctx, tx)
	known := map[string]bool{}
	for _, s := range list {
		known[s.Code] = true
	}
	return known, err
}

// EndCode takes a code out of what may be chosen; what it was chosen for keeps it. It gives fault.Missing.
func EndCode(ctx context.Context, tx *db.Tx, keys *vault.Clinic, code id.ID) error {
	now := tx.Now()
	n, err := tx.EndCode(ctx, db.EndCodeParams{TenantID: tx.Tenant, ID: code, EndedAt: &now})
	return ended(tx, keys, "code", code, n, err)
}

// EndCodeSystem takes a list out of what may be chosen from. It gives fault.Missing for one that is not there, was taken
// out before, or is the clinic's own.
func EndCodeSystem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, system id.ID) error {
	now := tx.Now()
	n, err := tx.EndCodeSystem(ctx, db.EndCodeSystemParams{TenantID: tx.Tenant, ID: system, EndedAt: &now})
	return ended(tx, keys, "code-list", system, n, err)
}

func ended(tx *db.Tx, keys *vault.Clinic, object string, row id.ID, n int64, err error) error {
	if err != nil {
		return fmt.Errorf("taking out %s %s: %w", object, row, err)
	}
	if n == 0 {
		return fault.Missing
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Withdrawn, Object: object, ObjectID: row, Group: group})
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
