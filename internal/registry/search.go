package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

const (
	shortestPrefix  = 3   // letters from which on a beginning has a token
	fewestLetters   = 2   // letters or digits of a search
	mostCandidates  = 300 // rows opened for one search
	mostPatients    = 50
	mostClients     = 20
	mostSearchWords = 8 // of one search; what follows is not looked for
)

// PatientHit is a patient found. Numbers are its identifiers, where the search was for one.
type PatientHit struct {
	PatientRow
	Numbers []string
}

// ClientHit is a client found.
type ClientHit struct {
	ID id.ID
	Client
}

// Results are what one search found, best first.
type Results struct {
	Patients []PatientHit
	Clients  []ClientHit
	// More says that there were more than are shown.
	More bool
}

// IDs are all rows found, for the record of the search.
func (r Results) IDs() []id.ID {
	out := make([]id.ID, 0, len(r.Patients)+len(r.Clients))
	for _, p := range r.Patients {
		out = append(out, p.ID)
	}
	for _, c := range r.Clients {
		out = append(out, c.ID)
	}
	return out
}

// word is one thing typed, with the terms of which a row must hold at least one.
type word []term

// Search finds patients and clients by whole words and beginnings of names, by phone digits (four or
// more from the end, five or more from the start), e-mail address, and licence or chip number. Every
// typed word must be found. Fewer than two letters find nothing. It is one statement.
func Search(ctx context.Context, tx *db.Tx, keys *vault.Clinic, typed string) (Results, error) {
	words := wordsOf(typed)
	if len(words) == 0 {
		return Results{}, nil
	}
	found, err := tx.ListSearchHits(ctx, question(tx, keys, words))
	if err != nil {
		return Results{}, fmt.Errorf("searching: %w", err)
	}
	r, err := openFound(keys, found)
	if err != nil {
		return Results{}, fmt.Errorf("opening what was found: %w", err)
	}
	cut := len(r.Patients)+len(r.Clients) == mostCandidates
	r.rank(words)
	r.More = r.More || cut
	return r, nil
}

// question is what the database is asked: the tokens of the words, and whether one of them may be an
// identifier.
func question(tx *db.Tx, keys *vault.Clinic, words []word) db.ListSearchHitsParams {
	asked := lookedUp(words)
	p := db.ListSearchHitsParams{TenantID: tx.Tenant, Whole: [][]byte{}, Words: int64(len(asked)), Most: mostCandidates}
	for _, w := range asked {
		for _, t := range w {
			hash := t.token(keys)
			if !slices.Contains(p.Fields, t.field) {
				p.Fields = append(p.Fields, t.field)
			}
			p.Tokens = append(p.Tokens, hash[:])
			if t.whole {
				p.Whole = append(p.Whole, hash[:])
			}
		}
	}
	p.WithNumbers = slices.Contains(p.Fields, fieldNumber)
	return p
}

// lookedUp are the words that are looked for by token. The beginning of a word has a token from three
// letters on, so a word just begun, as in "princess le", is compared after opening, unless there is
// nothing else to go by.
func lookedUp(words []word) []word {
	long := slices.DeleteFunc(slices.Clone(words), word.begun)
	if len(long) == 0 {
		return words
	}
	return long
}

// begun reports whether the word is one or two letters of a name.
func (w word) begun() bool {
	return !slices.ContainsFunc(w, func(t term) bool {
		return t.field != fieldName && t.field != fieldEmail || utf8.RuneCountInString(t.text) >= shortestPrefix
	})
}

// wordsOf reads what was typed. A run of digits with the signs people write in phone numbers is one
// word; else each word by itself may be a name, the digits of a phone, a number or an e-mail address.
func wordsOf(typed string) []word {
	typed = clean(typed)
	letters := 0
	for _, r := range vault.Fold(typed) {
		if unicode.In(r, unicode.L, unicode.N) {
			letters++
		}
	}
	if letters < fewestLetters {
		return nil
	}
	if letters == digits(typed) && strings.ContainsAny(typed, " +()-./") {
		if w := digitWord(typed); len(w) > 0 {
			return []word{w}
		}
	}
	var out []word
	for _, part := range strings.Fields(typed) {
		if strings.Contains(strings.Trim(part, "@"), "@") {
			out = append(out, word{{fieldEmail, false, vault.QueryEmail(part)}})
			continue
		}
		for _, q := range vault.QueryWords(part) {
			w := word{{fieldName, false, q}, {fieldName, true, q}, {fieldEmail, false, q}}
			if digits(q) > 0 {
				w = append(w, digitWord(q)...)
			}
			out = append(out, w)
		}
	}
	out = slices.CompactFunc(out, func(a, b word) bool { return slices.Equal(a, b) })
	return out[:min(len(out), mostSearchWords)]
}

// digitWord looks for a phone's digits or an identifier; it is empty under four signs.
func digitWord(typed string) word {
	var w word
	if chip := vault.QueryChip(typed); len([]rune(chip)) >= 4 {
		w = append(w, term{fieldNumber, false, chip})
		if digits(chip) == len([]rune(chip)) {
			for _, p := range vault.QueryPhone(typed) {
				w = append(w, term{fieldPhone, false, p})
			}
		}
	}
	return w
}

// openFound opens the rows of a search, of which a patient has as many as owners and a client one.
func openFound(keys *vault.Clinic, found []db.ListSearchHitsRow) (Results, error) {
	var r Results
	var rows []plainPatient
	numbers := map[id.ID][]string{}
	for _, f := range found {
		if f.Kind == "client" {
			hit := ClientHit{ID: f.ID}
			if err := openInto(keys, slot("clients", f.ID), f.ClientSealed, &hit.Client); err != nil {
				return Results{}, err
			}
			r.Clients = append(r.Clients, hit)
			continue
		}
		rows = append(rows, plainPatient{f.ID, f.Species, f.Breed, f.Sex, f.Neutered, f.BornOn, f.BornPrecision, f.BornEstimated, f.Status, f.Sealed, f.ClientID, f.ClientSealed})
		if _, known := numbers[f.ID]; !known {
			opened, err := openNumbers(keys, f.NumberIds, f.NumbersSealed)
			if err != nil {
				return Results{}, err
			}
			numbers[f.ID] = opened
		}
	}
	patients, err := gather(keys, rows)
	if err != nil {
		return Results{}, err
	}
	for _, p := range patients {
		r.Patients = append(r.Patients, PatientHit{p, numbers[p.ID]})
	}
	return r, nil
}

// openNumbers opens the identifiers of one patient.
func openNumbers(keys *vault.Clinic, ids []id.ID, sealed [][]byte) ([]string, error) {
	var out []string
	for i, row := range ids {
		var s sealedIdentifier
		if err := openInto(keys, slot("identifiers", row), sealed[i], &s); err != nil {
			return nil, err
		}
		out = append(out, s.Number)
	}
	return out, nil
}

// fit says how well the terms of a row answer the words: ok where each word is met, whole how many are
// met by a whole word of a name or by anything that is not a name.
func fit(terms []term, words []word) (whole int, ok bool) {
	for _, w := range words {
		met, wholly := false, false
		for _, t := range w {
			if slices.Contains(terms, t) || w.begun() && begins(terms, t.text) {
				met = true
				wholly = wholly || slices.Contains(terms, t) && (t.whole || t.field != fieldName)
			}
		}
		if !met {
			return 0, false
		}
		if wholly {
			whole++
		}
	}
	return whole, true
}

// begins reports whether a word of a name begins with the text.
func begins(terms []term, text string) bool {
	return slices.ContainsFunc(terms, func(t term) bool { return t.field == fieldName && t.whole && strings.HasPrefix(t.text, text) })
}

// ranked is a row found, with what it is ordered by.
type ranked[T any] struct {
	hit    T
	id     id.ID
	status int // the active first
	whole  int // words met wholly, most first
	near   int // words met by its own name and not its owner's, less the words nobody asked for; most first
	name   string
}

func byRank[T any](a, b ranked[T]) int {
	return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(b.whole, a.whole), cmp.Compare(b.near, a.near),
		strings.Compare(a.name, b.name), slices.Compare(b.id[:], a.id[:]))
}

// rank drops what does not hold the words after all and puts the best first.
func (r *Results) rank(words []word) {
	var patients []ranked[PatientHit]
	for _, h := range r.Patients {
		if whole, ok := fit(patientTerms(h.Name, h.ownerClients(), h.Numbers), words); ok {
			patients = append(patients, ranked[PatientHit]{h, h.ID, statusRank(h.Status), whole, nearness(h.Name, words), vault.Fold(h.Name)})
		}
	}
	var clients []ranked[ClientHit]
	for _, h := range r.Clients {
		if whole, ok := fit(clientTerms(h.Client), words); ok {
			clients = append(clients, ranked[ClientHit]{h, h.ID, 0, whole, nearness(h.Name(), words), vault.Fold(h.LastName + " " + h.FirstName)})
		}
	}
	r.More = len(patients) > mostPatients || len(clients) > mostClients
	r.Patients, r.Clients = best(patients, mostPatients), best(clients, mostClients)
}

func nearness(name string, words []word) int {
	own, near := nameTerms(name), 0
	for _, w := range words {
		if _, met := fit(own, []word{w}); met {
			near++
		}
	}
	if near > 0 {
		near = 100*near - len(vault.QueryWords(name))
	}
	return near
}

func best[T any](found []ranked[T], most int) []T {
	slices.SortFunc(found, byRank[T])
	var out []T
	for _, f := range found[:min(len(found), most)] {
		out = append(out, f.hit)
	}
	return out
}
