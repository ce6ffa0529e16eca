package registry

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Fields of search tokens.
const (
	fieldName    = "name"
	fieldSound   = "sound"
	fieldPhone   = "phone"
	fieldEmail   = "email"
	fieldAddress = "address"
	fieldNumber  = "number"
)

// wholeName is the name under which whole words are hashed beside their prefixes, so that "Max" can
// stand before "Maximus" without opening both. The rows stand under the field name.
const wholeName = "whole name"

// term is one text a row is found by.
type term struct {
	field string
	whole bool
	text  string
}

func nameTerms(names ...string) []term {
	var out []term
	for _, n := range names {
		for _, w := range vault.Words(n) {
			out = append(out, term{fieldName, true, w})
			for _, p := range vault.Prefixes(w) {
				out = append(out, term{fieldName, false, p})
			}
		}
	}
	return out
}

// soundTerms are what names are found by when they are written as they were heard: one for a word.
func soundTerms(names ...string) []term {
	var out []term
	for _, n := range names {
		for _, w := range vault.QueryWords(n) {
			if s := vault.Sound(w); s != "" {
				out = append(out, term{fieldSound, false, s})
			}
		}
	}
	return out
}

func clientTerms(c Client) []term {
	return append(namedTerms(c.FirstName, c.LastName), contactTerms(c)...)
}

// namedTerms are what a row is found by for a name of it.
func namedTerms(names ...string) []term { return append(nameTerms(names...), soundTerms(names...)...) }

// contactTerms are what a client is found by other than the name.
func contactTerms(c Client) []term {
	out := append(phoneTerms(c), emailTerms(c)...)
	return append(out, slices.DeleteFunc(addressTerms(c), term.short)...)
}

func phoneTerms(c Client) []term {
	var out []term
	for _, p := range c.Phones {
		for _, t := range vault.PhoneTerms(p.Number) {
			out = append(out, term{fieldPhone, false, t})
		}
	}
	return out
}

func emailTerms(c Client) []term {
	var out []term
	for _, t := range vault.EmailTerms(c.Email) {
		out = append(out, term{fieldEmail, false, t})
	}
	return out
}

func termsOfNumbers(numbers []string) []term {
	var out []term
	for _, n := range numbers {
		for _, t := range vault.ChipTerms(n) {
			out = append(out, term{fieldNumber, false, t})
		}
	}
	return out
}

// addressTerms are the words of where a client lives, whole, and its postcode. Those that are short, such as
// the number of a house, have no token: they tell apart what was found by another word, after opening.
func addressTerms(c Client) []term {
	var out []term
	code, _ := vault.PostcodeTerms(c.Postcode)
	for _, w := range append(vault.Words(c.Street+" "+c.City), code...) {
		out = append(out, term{fieldAddress, false, w})
	}
	return out
}

// openedAddress is what the address of a client that was opened is compared by: what it is found by, and what of
// it has no token.
func openedAddress(c Client) []term {
	_, rest := vault.PostcodeTerms(c.Postcode)
	return append(addressTerms(c), term{fieldAddress, false, rest})
}

// short reports whether the text is under the letters a token needs.
func (t term) short() bool { return utf8.RuneCountInString(t.text) < shortestPrefix }

func patientTerms(name string, owners []Client, numbers []string) []term {
	out := namedTerms(name)
	for _, o := range owners {
		out = append(out, namedTerms(o.FirstName, o.LastName)...)
	}
	return append(out, termsOfNumbers(numbers)...)
}

// token is the keyed hash of a term.
func (t term) token(keys *vault.Clinic) [8]byte {
	if t.whole {
		return keys.Token(wholeName, t.text)
	}
	return keys.Token(t.field, t.text)
}

// tokenRows are the rows of search_tokens of one client or patient.
type tokenRows struct {
	row    id.ID
	kind   string
	fields []string
	tokens [][]byte
}

// add takes terms, each once.
func (r *tokenRows) add(keys *vault.Clinic, terms []term) {
	seen := make(map[term]bool, len(terms))
	for _, t := range terms {
		if seen[t] {
			continue
		}
		seen[t] = true
		hash := t.token(keys)
		r.fields = append(r.fields, t.field)
		r.tokens = append(r.tokens, hash[:])
	}
}

func (r *tokenRows) insert(ctx context.Context, tx *db.Tx) error {
	if len(r.tokens) == 0 {
		return nil
	}
	err := tx.InsertSearchTokens(ctx, db.InsertSearchTokensParams{
		TenantID: tx.Tenant, Fields: r.fields, Tokens: r.tokens,
		RowIds: slices.Repeat([]id.ID{r.row}, len(r.tokens)), Kinds: slices.Repeat([]string{r.kind}, len(r.tokens)),
	})
	if err != nil {
		return fmt.Errorf("writing what %s %s is found by: %w", r.kind, r.row, err)
	}
	return nil
}

// refind rewrites what one row is found by: the terms it no longer has are removed, the new ones added. The
// caller holds the row, and before is what the stored state was found by. A term that an older release made
// and this one does not know may stay behind; what is found by it is dropped after opening.
func refind(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, kind string, before, after []term) error {
	gone, fresh := tokenRows{row: row, kind: kind}, tokenRows{row: row, kind: kind}
	gone.add(keys, without(before, after))
	fresh.add(keys, without(after, before))
	if len(gone.tokens) > 0 {
		_, err := tx.DeleteSearchTokens(ctx, db.DeleteSearchTokensParams{
			TenantID: tx.Tenant, Fields: gone.fields, Tokens: gone.tokens, RowIds: slices.Repeat([]id.ID{row}, len(gone.tokens)),
		})
		if err != nil {
			return fmt.Errorf("removing what %s %s was found by: %w", kind, row, err)
		}
	}
	return fresh.insert(ctx, tx)
}

// without are the terms that are not among others.
func without(terms, others []term) []term {
	drop := make(map[term]bool, len(others))
	for _, t := range others {
		drop[t] = true
	}
	return slices.DeleteFunc(slices.Clone(terms), func(t term) bool { return drop[t] })
}
