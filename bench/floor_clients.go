package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// createClient saves a client with the words it is found by, what changed, and the record.
func (f *floor) createClient(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("reading the form: %w", err)
	}
	row, err := id.Parse(r.PostForm.Get("new_id"))
	if err != nil {
		return fmt.Errorf("reading the form: %w", err)
	}
	c := registry.Client{
		FirstName: r.PostForm.Get("given_name"), LastName: r.PostForm.Get("family_name"), Email: r.PostForm.Get("email"),
		Phones: []registry.Phone{{Number: r.PostForm.Get("phone_1"), Label: r.PostForm.Get("phone_1_note")}},
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing down a client: %w", err)
	}
	change, err := json.Marshal(map[string]any{"after": registry.Versioned[registry.Client]{Version: 1, Value: c}})
	if err != nil {
		return fmt.Errorf("writing down a change: %w", err)
	}
	ctx, now := r.Context(), clock.System.Now().UTC()
	words := searchWords(row, c)
	ask := func(q *db.Queries) error {
		return errors.Join(
			q.InsertClient(ctx, db.InsertClientParams{ID: row, Sealed: text, KeyVersion: 1, CreatedAt: now, UpdatedBy: f.Vet}),
			q.InsertSearchTokens(ctx, words),
			q.InsertChange(ctx, db.InsertChangeParams{
				ID: id.New(), At: now, ActorID: f.Vet, RequestID: row, Object: "client", ObjectID: row, Sealed: change, KeyVersion: 1,
			}),
		)
	}
	if err := f.transaction(ctx, ask, f.leaf("created", "client", "POST /clients", row)); err != nil {
		return err
	}
	w.Header().Set("Location", "/clients/"+row.String())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// searchWords are as many rows as the product keeps of a client, with a plain hash.
func searchWords(row id.ID, c registry.Client) db.InsertSearchTokensParams {
	var p db.InsertSearchTokensParams
	add := func(field, word string) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(word)) // never fails
		p.Fields, p.Tokens = append(p.Fields, field), append(p.Tokens, h.Sum(nil))
		p.RowIds, p.Kinds = append(p.RowIds, row), append(p.Kinds, "client")
	}
	for _, name := range []string{c.FirstName, c.LastName} {
		for _, word := range vault.Words(name) {
			add("name", "="+word)
			for _, prefix := range vault.Prefixes(word) {
				add("name", prefix)
			}
		}
	}
	for _, n := range c.Phones {
		for _, digits := range vault.PhoneTerms(n.Number) {
			add("phone", digits)
		}
	}
	for _, address := range vault.EmailTerms(c.Email) {
		add("email", address)
	}
	return p
}
