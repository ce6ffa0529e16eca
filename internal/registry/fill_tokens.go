package registry

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// kind is a kind of rows that are found.
type kind int

const (
	ofClients kind = iota
	ofPatients
	kinds
)

func (k kind) String() string { return [...]string{"client", "patient"}[k] }

// foundBy is a term's token with the rows that are found by it.
type foundBy struct {
	field string
	token [8]byte
	rows  [kinds][]id.ID
}

// add takes a row, whose terms come one after another: that it is there already shows at the end.
func (f *foundBy) add(k kind, row id.ID) {
	if list := f.rows[k]; len(list) == 0 || list[len(list)-1] != row {
		f.rows[k] = append(list, row)
	}
}

// finder gathers what the rows of a fill are found by. Names come again and again: each is taken apart once,
// and each term hashed once.
type finder struct {
	keys   *vault.Clinic
	byTerm map[term]*foundBy
	byName map[string][]*foundBy
}

func newFinder(keys *vault.Clinic) *finder {
	return &finder{keys: keys, byTerm: map[term]*foundBy{}, byName: map[string][]*foundBy{}}
}

func (f *finder) client(c Owner) {
	f.names(ofClients, c.ID, c.FirstName, c.LastName)
	f.terms(ofClients, c.ID, contactTerms(c.Client))
}

func (f *finder) patient(p Newcomer, numbers []string) {
	f.names(ofPatients, p.ID, p.Name)
	for _, o := range p.Owners {
		f.names(ofPatients, p.ID, o.FirstName, o.LastName)
	}
	f.terms(ofPatients, p.ID, termsOfNumbers(numbers))
}

func (f *finder) names(k kind, row id.ID, names ...string) {
	for _, n := range names {
		list, known := f.byName[n]
		if !known {
			for _, t := range namedTerms(n) {
				list = append(list, f.of(t))
			}
			f.byName[n] = list
		}
		for _, by := range list {
			by.add(k, row)
		}
	}
}

func (f *finder) terms(k kind, row id.ID, terms []term) {
	for _, t := range terms {
		f.of(t).add(k, row)
	}
}

func (f *finder) of(t term) *foundBy {
	by := f.byTerm[t]
	if by == nil {
		by = &foundBy{field: t.field, token: t.token(f.keys)}
		f.byTerm[t] = by
	}
	return by
}

// inserts are a statement's rows for each field of each kind, in the order of the index of search_tokens, which
// takes them sooner in it.
func (f *finder) inserts() []db.InsertFieldTokensParams {
	all := slices.SortedFunc(maps.Values(f.byTerm), func(a, b *foundBy) int {
		return cmp.Or(cmp.Compare(a.field, b.field), bytes.Compare(a.token[:], b.token[:]))
	})
	var out []db.InsertFieldTokensParams
	for k := range kinds {
		for _, by := range all {
			rows := by.rows[k]
			if len(rows) == 0 {
				continue
			}
			if n := len(out); n == 0 || out[n-1].Field != by.field || out[n-1].Kind != k.String() {
				out = append(out, db.InsertFieldTokensParams{Field: by.field, Kind: k.String()})
			}
			slices.SortFunc(rows, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
			p := &out[len(out)-1]
			p.RowIds = append(p.RowIds, rows...)
			for range rows {
				p.Tokens = append(p.Tokens, by.token[:])
			}
		}
	}
	return out
}
