package records

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Snippet is words of the clinic's own, put into a note by "/" and the name. "[side?]" in them is a prompt that a note is
// not signed with.
type Snippet struct {
	Name, Text string
}

// SnippetRow is a snippet as stored.
type SnippetRow struct {
	ID id.ID
	Snippet
	Version int64
}

type sealedSnippet struct {
	Text string `json:"text"`
}

var snippetName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,29}$`)

func (s Snippet) tidy() (Snippet, fault.Fields) {
	var bad fault.Fields
	s.Name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s.Name), "/"))
	s.Text = plain.Text(s.Text)
	if !snippetName.MatchString(s.Name) {
		bad.Add("name", "Enter a short name of letters, digits and hyphens, like itch")
	}
	switch _, long := (SOAP{Plan: s.Text}).tidy(); {
	case (SOAP{Plan: s.Text}).Empty():
		bad.Add("text", "Write the words it stands for")
	case long != nil:
		bad.Add("text", long[0].Message)
	}
	return s, bad
}

// errNameTaken is said beside the name.
const errNameTaken = "There is a snippet of this name: change that one, or choose another"

// AddSnippet keeps words for notes, under an id that came with the form. It gives registry.ErrAlreadyThere for a second
// sending, and fault.Fields named name and text.
func AddSnippet(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, s Snippet) error {
	s, bad := s.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	sealed, err := seal(keys, "snippets", row, sealedSnippet{s.Text})
	if err != nil {
		return err
	}
	err = tx.InsertSnippet(ctx, db.InsertSnippetParams{
		TenantID: tx.Tenant, ID: row, Name: s.Name, Sealed: sealed, KeyVersion: keys.KeyVersion(), MadeAt: tx.Now(),
	})
	switch {
	case db.Violates(err, "snippets_pkey"):
		return registry.ErrAlreadyThere
	case db.Violates(err, "snippets_name"):
		return fault.Fields{{Name: "name", Message: errNameTaken}}
	case err != nil:
		return fmt.Errorf("keeping snippet %s: %w", row, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "snippet", ObjectID: row, Group: group, After: s})
}

// ErrSnippetChanged answers a change of a snippet that somebody else changed since the page was made.
var ErrSnippetChanged = fault.New(fault.Conflict, "Somebody else changed this snippet meanwhile. Open it again.")

// ChangeSnippet saves a snippet that the page showed at a version. Notes that it was put into stay as they are. It gives
// fault.Missing, ErrSnippetChanged, and fault.Fields named name and text.
func ChangeSnippet(ctx context.Context, tx *db.Tx, keys *vault.Clinic, snippet id.ID, version int64, s Snippet) error {
	s, bad := s.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	r, err := tx.LockSnippet(ctx, db.LockSnippetParams{TenantID: tx.Tenant, ID: snippet})
	if err := db.Missing(err, "locking a snippet"); err != nil {
		return err
	}
	var was sealedSnippet
	if err := open(keys, "snippets", r.ID, r.Sealed, &was); err != nil {
		return err
	}
	before := Snippet{r.Name, was.Text}
	if before == s {
		return nil
	}
	if r.Version != version {
		return ErrSnippetChanged
	}
	sealed, err := seal(keys, "snippets", snippet, sealedSnippet{s.Text})
	if err != nil {
		return err
	}
	n, err := tx.UpdateSnippet(ctx, db.UpdateSnippetParams{TenantID: tx.Tenant, ID: snippet, Version: version, Name: s.Name, Sealed: sealed, KeyVersion: keys.KeyVersion()})
	if db.Violates(err, "snippets_name") {
		return fault.Fields{{Name: "name", Message: errNameTaken}}
	}
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving snippet %s: %w", snippet, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "snippet", ObjectID: snippet, Group: group, Before: before, After: s})
}

// EndSnippet takes a snippet out of the list; what it said stays in the record of the change, and in the notes it was
// put into. It gives fault.Missing.
func EndSnippet(ctx context.Context, tx *db.Tx, keys *vault.Clinic, snippet id.ID) error {
	was, err := OpenSnippet(ctx, tx, keys, snippet)
	if err != nil {
		return err
	}
	n, err := tx.DeleteSnippet(ctx, db.DeleteSnippetParams{TenantID: tx.Tenant, ID: snippet})
	if err != nil {
		return fmt.Errorf("taking out snippet %s: %w", snippet, err)
	}
	if n == 0 { // somebody else was faster
		return fault.Missing
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Withdrawn, Object: "snippet", ObjectID: snippet, Group: group, Before: was.Snippet})
}

// Snippets reads those of the clinic by name, at most 500.
func Snippets(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]SnippetRow, error) {
	rows, err := tx.ListSnippets(ctx, db.ListSnippetsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading snippets: %w", err)
	}
	out := make([]SnippetRow, len(rows))
	for i, r := range rows {
		var s sealedSnippet
		if err := open(keys, "snippets", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = SnippetRow{ID: r.ID, Snippet: Snippet{r.Name, s.Text}, Version: r.Version}
	}
	return out, nil
}

// OpenSnippet reads one. It gives fault.Missing.
func OpenSnippet(ctx context.Context, tx *db.Tx, keys *vault.Clinic, snippet id.ID) (SnippetRow, error) {
	r, err := tx.GetSnippet(ctx, db.GetSnippetParams{TenantID: tx.Tenant, ID: snippet})
	if err := db.Missing(err, "reading a snippet"); err != nil {
		return SnippetRow{}, err
	}
	var s sealedSnippet
	err = open(keys, "snippets", r.ID, r.Sealed, &s)
	return SnippetRow{ID: r.ID, Snippet: Snippet{r.Name, s.Text}, Version: r.Version}, err
}

// With gives the note with the words of a snippet after those of one part: "subjective", "objective", "assessment" or
// "plan". Another part leaves it as it is.
func (s SOAP) With(part string, words Snippet) SOAP {
	texts := map[string]*string{"subjective": &s.Subjective, "objective": &s.Objective, "assessment": &s.Assessment, "plan": &s.Plan}
	if text := texts[part]; text != nil {
		*text = strings.TrimSpace(strings.TrimRight(*text, " \n") + "\n" + words.Text)
	}
	return s
}
