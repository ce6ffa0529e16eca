package registry

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

const (
	shortestPrefix = 3   // letters from which on a beginning or a word of an address has a token
	fewestLetters  = 2   // letters or digits of a search
	mostCandidates = 80  // rows opened for one search, and their animals
	mostBegun      = 300 // the same, where a word just begun is compared after opening
	// Newest rows that are looked at of each token of a single word: as many as are opened may be found by the
	// whole word, as many by its beginning, and as many by its sound.
	mostOfToken     = 3 * mostCandidates
	mostPatients    = 50
	mostClients     = 20
	mostSearchWords = 8 // of one search, and bits of ListSearchHits; what follows is not looked for
)

// latelyFor is how long a patient that was opened stands before others, of the last few hundred openings.
const latelyFor = 14 * 24 * time.Hour

// PatientHit is a patient found. Numbers are its identifiers, where the search was for one. Lately says that
// somebody of the clinic opened it in the last days, Today that it has an appointment, Here that it is in the
// building; who is here or comes today counts as opened lately.
type PatientHit struct {
	PatientRow
	Numbers             []string
	Lately, Today, Here bool
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
type word struct {
	text  string
	terms []term
}

// Search finds patients and clients by whole words and beginnings of names, by what they sound like, by phone
// digits (four or more from the end, five or more from the start), e-mail address, words of the address and
// postcode, and licence or chip number. Every typed word must be found. What finds a client by more than the
// name finds its animals. Of two letters, or three digits, the patients opened last are looked through as
// well; fewer find nothing. It is one statement, or two in one trip.
//
// Who is in the building stands first, then who comes on the day given, then who was opened lately.
func Search(ctx context.Context, tx *db.Tx, keys *vault.Clinic, day time.Time, typed string) (Results, error) {
	words := wordsOf(typed)
	if len(words) == 0 {
		return Results{}, nil
	}
	var found []db.ListSearchHitsRow
	var recent, near []PatientHit
	asked := question(tx, keys, words)
	asked.Today = day
	jobs := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = tx.ListSearchHits(ctx, asked)
		return err
	}}
	if little(words) {
		jobs = append(jobs, func(ctx context.Context, tx *db.Tx) (err error) {
			recent, err = recentHits(ctx, tx, keys)
			return err
		}, func(ctx context.Context, tx *db.Tx) (err error) {
			near, err = nearHits(ctx, tx, keys, day)
			return err
		})
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		return Results{}, fmt.Errorf("searching: %w", err)
	}
	r, err := openFound(keys, found)
	if err != nil {
		return Results{}, fmt.Errorf("opening what was found: %w", err)
	}
	cut := len(r.Patients)+len(r.Clients) >= int(asked.Most)
	r.with(near)
	r.with(recent)
	all := r
	if r.rank(words); cut && len(r.Patients)+len(r.Clients) == 0 {
		// What was begun is not among those opened; it may be among the others.
		r = all
		r.rank(lookedUp(words))
	}
	r.More = r.More || cut
	return r, nil
}

// sounds reports whether the word may be looked for by what it sounds like.
func (w word) sounds() bool {
	return slices.ContainsFunc(w.terms, func(t term) bool { return t.field == fieldSound })
}

// recentHits are the patients opened last.
func recentHits(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]PatientHit, error) {
	list, err := Recent(ctx, tx, keys)
	out := make([]PatientHit, len(list))
	for i, p := range list {
		out[i] = PatientHit{PatientRow: p.PatientRow, Lately: !p.OpenedAt.IsZero()}
	}
	return out, err
}

// nearHits are the patients in the building and of a day.
func nearHits(ctx context.Context, tx *db.Tx, keys *vault.Clinic, day time.Time) ([]PatientHit, error) {
	found, err := tx.ListNearPatients(ctx, db.ListNearPatientsParams{TenantID: tx.Tenant, Today: day})
	if err != nil {
		return nil, err
	}
	rows, here := make([]plainPatient, len(found)), map[id.ID]bool{}
	for i, f := range found {
		rows[i] = plainPatient{f.ID, f.Species, f.Breed, f.Sex, f.Neutered, f.BornOn, f.BornPrecision, f.BornEstimated, f.Status, f.Sealed, f.ClientID, f.ClientSealed}
		here[f.ID] = f.Here
	}
	patients, err := gather(keys, rows)
	out := make([]PatientHit, len(patients))
	for i, p := range patients {
		out[i] = PatientHit{PatientRow: p, Lately: true, Today: !here[p.ID], Here: here[p.ID]}
	}
	return out, err
}

// with adds patients that are not there yet.
func (r *Results) with(more []PatientHit) {
	for _, p := range more {
		if !slices.ContainsFunc(r.Patients, func(h PatientHit) bool { return h.ID == p.ID }) {
			r.Patients = append(r.Patients, p)
		}
	}
}

// question is what the database is asked: the tokens of the words, and whether one of them may be an
// identifier.
func question(tx *db.Tx, keys *vault.Clinic, words []word) db.ListSearchHitsParams {
	asked := lookedUp(words)
	p := db.ListSearchHitsParams{TenantID: tx.Tenant, Every: 1<<len(asked) - 1, Since: tx.Now().Add(-latelyFor), Most: mostCandidates, Each: math.MaxInt32}
	if len(words) == 1 {
		p.Each = mostOfToken
	}
	for i, w := range asked {
		for _, t := range w.terms {
			hash := t.token(keys)
			p.Fields, p.Tokens = append(p.Fields, t.field), append(p.Tokens, hash[:])
			p.Bits = append(p.Bits, t.bits(1<<i))
		}
	}
	if len(asked) < len(words) {
		p.Most = mostBegun
	}
	p.WithNumbers = slices.Contains(p.Fields, fieldNumber)
	return p
}

// bits say how well a term answers the word of a bit, as ListSearchHits has it.
func (t term) bits(word int64) int64 {
	switch {
	case t.whole:
		return word | word<<24
	case t.field == fieldName:
		return word<<8 | word<<24
	case t.field == fieldSound:
		return word<<16 | word<<24
	}
	return word << 8
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

// little reports whether too little was typed for the tokens alone: words just begun, or three digits.
func little(words []word) bool {
	return !slices.ContainsFunc(words, func(w word) bool { return !w.begun() }) || slices.ContainsFunc(words, word.threeDigits)
}

// begun reports whether the word is one or two letters of a name or an address.
func (w word) begun() bool {
	return !slices.ContainsFunc(w.terms, func(t term) bool {
		return t.field != fieldName && t.field != fieldEmail && t.field != fieldAddress || !t.short()
	})
}

// threeDigits reports whether the word is three digits, which have no token in a phone number.
func (w word) threeDigits() bool { return len(w.text) == 3 && digits(w.text) == 3 }

// wordsOf reads what was typed. A run of digits with the signs people write in phone numbers is one
// word; else each word by itself may be a name, the digits of a phone, a number, an e-mail address or a part
// of a postal one.
func wordsOf(typed string) []word {
	typed = plain.Line(typed)
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
		if w := digitTerms(typed); len(w) > 0 {
			return []word{{typed, append(w, term{fieldAddress, false, vault.QueryPostcode(typed)})}}
		}
	}
	var out []word
	parts := strings.Fields(typed)
	for i := 0; i < len(parts); i++ {
		part := parts[i]
		if strings.Contains(strings.Trim(part, "@"), "@") {
			out = append(out, word{part, []term{{fieldEmail, false, vault.QueryEmail(part)}}})
			continue
		}
		if i+1 < len(parts) && isPostcode(part, parts[i+1]) {
			code := vault.QueryPostcode(part + parts[i+1])
			out = append(out, word{code, []term{{fieldAddress, false, code}}})
			i++
			continue
		}
		for _, q := range vault.QueryWords(part) {
			w := word{q, []term{{fieldName, false, q}, {fieldName, true, q}, {fieldEmail, false, q}, {fieldAddress, false, q}}}
			if sounding(q) {
				w.terms = append(w.terms, term{fieldSound, false, vault.Sound(q)})
			}
			if digits(q) > 0 {
				w.terms = append(w.terms, digitTerms(q)...)
			}
			out = append(out, w)
		}
	}
	out = slices.CompactFunc(out, func(a, b word) bool { return a.text == b.text })
	return out[:min(len(out), mostSearchWords)]
}

// sounding reports whether a folded word that was typed is looked for by its sound: of three letters, more are to come.
func sounding(typed string) bool {
	return utf8.RuneCountInString(typed) > shortestPrefix && vault.Sound(typed) != ""
}

// isPostcode reports whether two words are the halves of a postcode such as SW1A 1AA or K1A 0B1.
func isPostcode(first, second string) bool {
	return vault.MixesDigits(first) && vault.MixesDigits(second) && utf8.RuneCountInString(first) <= 4 && utf8.RuneCountInString(second) >= 3
}

// digitTerms look for a phone's digits or an identifier; there are none under four signs.
func digitTerms(typed string) []term {
	var out []term
	if chip := vault.QueryChip(typed); len([]rune(chip)) >= 4 {
		out = append(out, term{fieldNumber, false, chip})
		if digits(chip) == len([]rune(chip)) {
			for _, p := range vault.QueryPhone(typed) {
				out = append(out, term{fieldPhone, false, p})
			}
		}
	}
	return out
}

// openFound opens the rows of a search, of which a patient has as many as owners and a client one.
func openFound(keys *vault.Clinic, found []db.ListSearchHitsRow) (Results, error) {
	var r Results
	var rows []plainPatient
	hits := map[id.ID]PatientHit{}
	for _, f := range found {
		if f.Kind == "client" {
			continue
		}
		rows = append(rows, plainPatient{f.ID, f.Species, f.Breed, f.Sex, f.Neutered, f.BornOn, f.BornPrecision, f.BornEstimated, f.Status, f.Sealed, f.ClientID, f.ClientSealed})
		if _, known := hits[f.ID]; !known {
			opened, err := openNumbers(keys, f.NumberIds, f.NumbersSealed)
			if err != nil {
				return Results{}, err
			}
			hits[f.ID] = PatientHit{Numbers: opened, Lately: f.Lately, Today: f.Today, Here: f.Here}
		}
	}
	patients, err := gather(keys, rows)
	if err != nil {
		return Results{}, err
	}
	owners := map[id.ID]Client{} // opened with their animals
	for _, p := range patients {
		hit := hits[p.ID]
		hit.PatientRow = p
		r.Patients = append(r.Patients, hit)
		for _, o := range p.Owners {
			owners[o.ID] = o.Client
		}
	}
	for _, f := range found {
		if f.Kind != "client" {
			continue
		}
		c, opened := owners[f.ID]
		if !opened {
			if err := openInto(keys, slot("clients", f.ID), f.ClientSealed, &c); err != nil {
				return Results{}, err
			}
		}
		r.Clients = append(r.Clients, ClientHit{f.ID, c})
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
