package registry

import (
	"cmp"
	"slices"
	"strings"

	"paddock/internal/id"
	"paddock/internal/vault"
)

// fit says how well a row answers the words: wholly how many are met by a whole word of a name or by anything
// that is not a name, slips how many by nothing but what they sound like.
type fit struct{ wholly, slips int }

// opened is a row as it is compared with words: the words of its names, and the rest, which most rows are
// never asked for.
type opened struct {
	names   []string
	numbers []string
	client  *Client
	terms   map[string][]term // of the client and the numbers, by field
}

// of are the terms of a field that is not a name.
func (o *opened) of(field string) []term {
	if list, known := o.terms[field]; known {
		return list
	}
	var list []term
	switch {
	case field == fieldNumber:
		list = termsOfNumbers(o.numbers)
	case o.client == nil:
	case field == fieldPhone:
		list = phoneTerms(*o.client)
	case field == fieldEmail:
		list = emailTerms(*o.client)
	case field == fieldAddress:
		list = openedAddress(*o.client)
	}
	if o.terms == nil {
		o.terms = map[string][]term{}
	}
	o.terms[field] = list
	return list
}

// fit compares a row with the words; ok says that each is met.
func (o *opened) fit(words []word) (f fit, ok bool) {
	for _, w := range words {
		met, wholly := o.meets(w)
		switch {
		case wholly:
			f.wholly++
		case met:
		case w.sounds() && slices.ContainsFunc(o.names, func(n string) bool { return vault.SoundAlike(n, w.text) }):
			f.slips++
		default:
			return fit{}, false
		}
	}
	return f, true
}

// meets reports whether a row answers a word, and whether it does wholly.
func (o *opened) meets(w word) (met, wholly bool) {
	named := slices.ContainsFunc(w.terms, func(t term) bool { return t.whole })
	for _, n := range o.names {
		if named && n == w.text {
			return true, true
		}
		met = met || named && strings.HasPrefix(n, w.text)
	}
	if met {
		return true, false
	}
	for _, t := range w.terms {
		if t.field != fieldName && t.field != fieldSound && slices.Contains(o.of(t.field), t) {
			return true, true
		}
	}
	switch {
	case w.begun():
		met = slices.ContainsFunc(o.of(fieldAddress), func(t term) bool { return strings.HasPrefix(t.text, w.text) })
	case w.threeDigits():
		met = slices.ContainsFunc(o.of(fieldPhone), func(t term) bool { return strings.Contains(t.text, w.text) })
	}
	return met, false
}

// wordsOfNames are the words names are found by.
func wordsOfNames(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, vault.Words(n)...)
	}
	return out
}

// fitOf compares a patient with the words, first by what it is found by itself, then with one of its clients.
// own are the words of its name.
func (h PatientHit) fitOf(own []string, words []word) (f fit, ok bool) {
	names := slices.Clip(own)
	for _, c := range h.Owners {
		names = append(names, wordsOfNames(c.FirstName, c.LastName)...)
	}
	row := opened{names: names, numbers: h.Numbers}
	if f, ok = row.fit(words); ok {
		return f, ok
	}
	for _, c := range h.Owners {
		row := opened{names: names, numbers: h.Numbers, client: &c.Client}
		if f, ok = row.fit(words); ok {
			return f, ok
		}
	}
	return f, false
}

// ranked is a row found, with what it is ordered by.
type ranked[T any] struct {
	hit    T
	id     id.ID
	status int // the active first
	fit    fit
	before int // 0 for those in the building, 1 for those of the day, 2 for those opened lately
	near   int // words met by its own name and not its owner's, less the words nobody asked for; most first
	name   string
}

// byRank orders what was found: the active, those that left, the dead; in each the words as typed before slips;
// those here now, those of today, those opened lately; then the closest.
func byRank[T any](a, b ranked[T]) int {
	return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(a.fit.slips, b.fit.slips), cmp.Compare(a.before, b.before),
		cmp.Compare(b.fit.wholly, a.fit.wholly), cmp.Compare(b.near, a.near), strings.Compare(a.name, b.name), slices.Compare(b.id[:], a.id[:]))
}

// rank drops what does not hold the words after all and puts the best first.
func (r *Results) rank(words []word) {
	var patients []ranked[PatientHit]
	for _, h := range r.Patients {
		own := wordsOfNames(h.Name)
		f, ok := h.fitOf(own, words)
		if !ok {
			continue
		}
		one := ranked[PatientHit]{h, h.ID, statusRank(h.Status), f, 3, nearness(own, words), vault.Fold(h.Name)}
		switch {
		case h.Here:
			one.before = 0
		case h.Today:
			one.before = 1
		case h.Lately:
			one.before = 2
		}
		patients = append(patients, one)
	}
	var clients []ranked[ClientHit]
	for _, h := range r.Clients {
		own := wordsOfNames(h.FirstName, h.LastName)
		row := opened{names: own, client: &h.Client}
		if f, ok := row.fit(words); ok {
			clients = append(clients, ranked[ClientHit]{h, h.ID, 0, f, 0, nearness(own, words), vault.Fold(h.LastName + " " + h.FirstName)})
		}
	}
	r.More = len(patients) > mostPatients || len(clients) > mostClients
	r.Patients, r.Clients = best(patients, mostPatients), best(clients, mostClients)
}

// nearness counts the words met by a name itself, whose words are given, less those of it that nobody asked for.
func nearness(own []string, words []word) int {
	row, near := opened{names: own}, 0
	for _, w := range words {
		if _, met := row.fit([]word{w}); met {
			near++
		}
	}
	if near > 0 {
		near = 100*near - len(own)
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
