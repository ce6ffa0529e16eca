package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

const (
	mostAlike       = 3  // hints shown
	mostAlikeOpened = 50 // rows opened for them
	fewestDialled   = 5  // digits of a number that is compared
)

// Likeness is what two clients have in common, the surest first.
type Likeness int

// Likenesses of clients.
const (
	SamePhone Likeness = iota + 1
	SameEmail
	SameName
)

// AlikeClient is a client that may be the same as one being written down.
type AlikeClient struct {
	ID id.ID
	Client
	By Likeness
}

// AlikeClients finds who may be the client of a form, but not the row itself: whoever has one of the numbers,
// the e-mail address, or the given and family name. At most three, the surest first; one statement.
func AlikeClients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, but id.ID, f ClientForm) ([]AlikeClient, error) {
	p := db.ListAlikeClientsParams{TenantID: tx.Tenant, But: but, Most: mostAlikeOpened}
	bit := int32(1)
	ask := func(terms ...term) int32 {
		here := bit
		for _, t := range terms {
			hash := t.token(keys)
			p.Fields, p.Tokens, p.Words = append(p.Fields, t.field), append(p.Tokens, hash[:]), append(p.Words, here)
		}
		bit <<= 1
		return here
	}
	for _, phone := range f.Phones[:min(len(f.Phones), mostPhones)] {
		if digits(phone.Number) < fewestDialled {
			continue
		}
		for _, form := range vault.QueryPhone(phone.Number) {
			p.Either |= ask(term{fieldPhone, false, form})
		}
	}
	if email := vault.QueryEmail(f.Email); looksLikeEmail(email) {
		p.Either |= ask(term{fieldEmail, false, email})
	}
	words := vault.QueryWords(f.FirstName + " " + f.LastName)
	if plain.Line(f.FirstName) != "" && plain.Line(f.LastName) != "" && len(words) <= mostSearchWords {
		for _, w := range words {
			p.Every |= ask(term{fieldName, true, w})
		}
	}
	if len(p.Tokens) == 0 {
		return nil, nil
	}
	if p.Every == 0 {
		p.Every = bit // a word nobody holds
	}
	rows, err := tx.ListAlikeClients(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("looking for clients that are alike: %w", err)
	}
	var out []AlikeClient
	for _, r := range rows {
		one := AlikeClient{ID: r.ID}
		if err := openInto(keys, slot("clients", r.ID), r.Sealed, &one.Client); err != nil {
			return nil, err
		}
		if one.By = likeness(f, one.Client); one.By != 0 {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b AlikeClient) int {
		return cmp.Or(cmp.Compare(a.By, b.By), strings.Compare(vault.Fold(a.Name()), vault.Fold(b.Name())))
	})
	return out[:min(len(out), mostAlike)], nil
}

// likeness compares a form with a client.
func likeness(f ClientForm, c Client) Likeness {
	for _, mine := range f.Phones {
		for _, theirs := range c.Phones {
			if digits(mine.Number) >= fewestDialled && vault.SamePhone(mine.Number, theirs.Number) {
				return SamePhone
			}
		}
	}
	if c.Email != "" && vault.QueryEmail(f.Email) == vault.QueryEmail(c.Email) {
		return SameEmail
	}
	if sameName(f.FirstName, c.FirstName) && sameName(f.LastName, c.LastName) {
		return SameName
	}
	return 0
}

// sameName reports whether two names are of the same words, however they are written.
func sameName(a, b string) bool {
	words := vault.QueryWords(a)
	return len(words) > 0 && slices.Equal(words, vault.QueryWords(b))
}

// AlikePatients finds the present animals of a client with the name and species of one being written down, but
// not the row itself; at most three. It gives fault.Missing where there is no such client.
func AlikePatients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, but, client id.ID, name, species string) ([]PatientRow, error) {
	if client.IsZero() || len(vault.QueryWords(name)) == 0 || species == "" {
		return nil, nil
	}
	var animals []ClientPatient
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.GetClient(ctx, db.GetClientParams{TenantID: tx.Tenant, ID: client})
			return db.Missing(err, "reading an owner")
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			animals, err = ClientPatients(ctx, tx, keys, client)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	var out []PatientRow
	for _, a := range animals {
		if a.Until.IsZero() && a.ID != but && a.Species == species && sameName(a.Name, name) && len(out) < mostAlike {
			out = append(out, a.PatientRow)
		}
	}
	return out, nil
}
