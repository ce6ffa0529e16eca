package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// pastRow is an entry of history that is added to a patient.
type pastRow struct {
	past
	line        int
	patient, id id.ID
	product     vaccines.ProductRow // of a dose; zero where the clinic keeps none of its name
	print       [8]byte
}

// historian says what becomes of each row of history, one after the other, and comes to the same whether rows before
// were written yet or not: an entry that was added is known by its print, here or in the database.
type historian struct {
	*pastReader
	products []vaccines.ProductRow
	seen     map[[8]byte]bool
	names    map[string]string // of species
	counts   Counts
	problems []Problem
}

// Rows of history are long: a chunk ends with so many bytes of them too.
const chunkBytes = 4 << 20

// decideHistory is decide for a file of history.
func (w *worker) decideHistory(ctx context.Context, hand func(*chunk) error) error {
	l, err := w.rows(ctx)
	if err != nil {
		return err
	}
	d := &historian{pastReader: w.file.pastReader(w.keys, w.store.Now()), seen: map[[8]byte]bool{}, names: map[string]string{}, counts: w.counts}
	for _, k := range w.kinds {
		d.names[k.Code] = strings.ToLower(k.Name)
	}
	err = w.store.Read(ctx, w.who, func(ctx context.Context, tx *db.Tx) (err error) {
		d.products, err = vaccines.Products(ctx, tx, true)
		return err
	})
	if err != nil {
		return err
	}
	left, size := w.counts.Done, 0
	var rows []pastReading
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		added, err := d.decide(ctx, w.store, w.who, rows)
		if err != nil {
			return err
		}
		c := &chunk{past: added, counts: d.counts, problems: d.problems, sealed: make(chan error, 1)}
		rows, d.problems, size = nil, nil, 0
		return hand(c)
	}
	for {
		r, err := l.next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return fmt.Errorf("reading import %s: %w", w.row, err)
		}
		if left > 0 {
			left--
			continue
		}
		for _, value := range r.values {
			size += len(value)
		}
		if rows = append(rows, d.read(r)); len(rows) == chunkRows || size >= chunkBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// decide decides rows that follow those before.
func (d *historian) decide(ctx context.Context, store *db.Store, who actor.Who, rows []pastReading) ([]pastRow, error) {
	known, err := d.animals(ctx, store, who, rows)
	if err != nil {
		return nil, err
	}
	found := make([]*pastRow, len(rows))
	var prints [][]byte
	for i, r := range rows {
		said := r.refused
		if said == "" {
			found[i], said = d.place(r, known)
		}
		if said != "" {
			d.tell(r.line, Refused, said)
			continue
		}
		prints = append(prints, found[i].print[:])
	}
	err = store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		there, err := tx.ListEntryPrints(ctx, db.ListEntryPrintsParams{TenantID: tx.Tenant, Prints: prints})
		for _, p := range there {
			d.seen[[8]byte(p)] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for entries that are there already: %w", err)
	}
	var out []pastRow
	for _, r := range found {
		d.counts.Done++
		switch {
		case r == nil:
			d.counts.Refused++
		case d.seen[r.print]:
			d.counts.Skipped++
		default:
			d.seen[r.print] = true
			d.counts.add(r.kind)
			for _, note := range r.notes {
				d.tell(r.line, Note, note)
			}
			out = append(out, *r)
		}
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
	return out, nil
}

// add counts an entry that is added.
func (c *Counts) add(kind Holds) {
	c.Added++
	if n := map[Holds]*int{Visits: &c.Visits, Notes: &c.Notes, Weights: &c.Weights, Vaccinations: &c.Doses}[kind]; n != nil {
		*n++
	}
}

func (d *historian) tell(line int, kind, reason string) {
	d.problems = append(d.problems, Problem{Line: line, Kind: kind, Reason: reason})
}

// known is a patient of the clinic with its numbers.
type known struct {
	id      id.ID
	is      registry.Patient
	numbers []registry.Twin
}

// animals reads who has the numbers of these rows, by their tokens. Nothing is kept from one chunk to the next.
func (d *historian) animals(ctx context.Context, store *db.Store, who actor.Who, rows []pastReading) (map[[8]byte][]*known, error) {
	out := map[[8]byte][]*known{}
	var tokens [][]byte
	for i := range rows {
		for _, t := range []*[8]byte{rows[i].key, rows[i].chip} {
			if t != nil && rows[i].refused == "" {
				if _, met := out[*t]; !met {
					out[*t] = nil
					tokens = append(tokens, slices.Clone(t[:]))
				}
			}
		}
	}
	var twins []registry.Twin
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		twins, err = registry.Twins(ctx, tx, d.keys, tokens)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the animals of a file: %w", err)
	}
	of := map[id.ID]*known{}
	for _, t := range twins {
		k := of[t.Patient]
		if k == nil {
			k = &known{id: t.Patient, is: t.Animal}
			of[t.Patient] = k
		}
		k.numbers = append(k.numbers, t)
		token, ok := registry.NumberToken(d.keys, t.Number)
		if _, asked := out[token]; ok && asked && !slices.Contains(out[token], k) {
			out[token] = append(out[token], k)
		}
	}
	return out, nil
}

// has reports whether an animal has a number, of a kind where one is named.
func (k *known) has(keys *vault.Clinic, token [8]byte, kind string) bool {
	return slices.ContainsFunc(k.numbers, func(n registry.Twin) bool {
		t, ok := registry.NumberToken(keys, n.Number)
		return ok && t == token && (kind == "" || n.Kind == kind)
	})
}

// place finds the animal of a row, or says why it is refused: nothing is guessed.
func (d *historian) place(r pastReading, by map[[8]byte][]*known) (row *pastRow, refused string) {
	k, refused := d.whose(r, by)
	if refused != "" {
		return nil, refused
	}
	p := r.past
	if k.is.Born.Known() && p.day.Before(k.is.Born.On) {
		return nil, fmt.Sprintf("the date is before the birth of %s", d.called(k))
	}
	row = &pastRow{past: p, line: r.line, patient: k.id, id: id.New(), print: p.print(d.keys, k.id)}
	if p.kind == Vaccinations {
		var because string
		if row.product, because = d.product(p, k.is.Species); because != "" {
			row.notes = append(row.notes, "“"+p.dose.name+"” is shown and not counted for what is due, because "+because)
		}
	}
	return row, ""
}

// whose is the one animal that a row names.
func (d *historian) whose(r pastReading, by map[[8]byte][]*known) (*known, string) {
	var list []*known
	said := "number " + r.past.key
	if r.key != nil {
		list = by[*r.key]
	}
	if r.chip != nil {
		chipped := slices.DeleteFunc(slices.Clone(by[*r.chip]), func(k *known) bool { return !k.has(d.keys, *r.chip, registry.KindChip) })
		switch {
		case r.key == nil:
			list, said = chipped, "microchip "+r.past.chip
		case len(list) == 0 && len(chipped) > 0:
			list, said = chipped, "microchip "+r.past.chip
		case len(list) > 0 && len(chipped) > 0:
			both := slices.DeleteFunc(slices.Clone(list), func(k *known) bool { return !slices.Contains(chipped, k) })
			if len(both) == 0 {
				return nil, fmt.Sprintf("number %s and microchip %s are of different animals", r.past.key, r.past.chip)
			}
			list = both
		case len(list) > 0: // the chip is not known here: the animal must have no other
			if list = slices.DeleteFunc(slices.Clone(list), chippedOtherwise); len(list) == 0 {
				return nil, fmt.Sprintf("number %s is of an animal with another microchip than %s", r.past.key, r.past.chip)
			}
		}
	}
	if len(list) == 0 {
		return nil, "no patient of the clinic has " + said
	}
	if r.past.name == "" {
		if len(list) > 1 {
			return nil, fmt.Sprintf("%d patients have %s, and no name tells which", len(list), said)
		}
		return list[0], ""
	}
	named := slices.DeleteFunc(slices.Clone(list), func(k *known) bool { return alike(k.is.Name, r.past.name) != same })
	if len(named) == 0 && len(list) == 1 && alike(list[0].is.Name, r.past.name) == slip {
		named = list // a spelling may have been put right
	}
	switch len(named) {
	case 0:
		return nil, fmt.Sprintf("%s is of %s, and the row says “%s”", said, d.called(list[0]), shortened(r.past.name, longestName))
	case 1:
		return named[0], ""
	}
	return nil, fmt.Sprintf("%d patients called “%s” have %s", len(named), shortened(r.past.name, longestName), said)
}

func chippedOtherwise(k *known) bool {
	return slices.ContainsFunc(k.numbers, func(n registry.Twin) bool { return n.Kind == registry.KindChip })
}

func (d *historian) called(k *known) string {
	kind := d.names[k.is.Species]
	if kind == "" {
		kind = k.is.Species
	}
	if k.is.Name == "" {
		return "an unnamed " + kind
	}
	return fmt.Sprintf("the %s “%s”", kind, k.is.Name)
}

// product is the clinic's vaccine that is called so, or why there is none. One it keeps no longer counts too: it says
// what the dose was.
func (d *historian) product(p past, species string) (vaccines.ProductRow, string) {
	fits := slices.DeleteFunc(slices.Clone(d.products), func(k vaccines.ProductRow) bool { return letters(k.Name) != letters(p.dose.name) })
	if len(fits) == 0 {
		return vaccines.ProductRow{}, "the clinic has no vaccine of this name"
	}
	if fits = slices.DeleteFunc(fits, func(k vaccines.ProductRow) bool { return !k.Labelled(species) }); len(fits) == 0 {
		return vaccines.ProductRow{}, "the clinic's vaccine of this name is not labelled for the species"
	}
	narrow := func(to func(vaccines.ProductRow) bool) {
		if some := slices.DeleteFunc(slices.Clone(fits), func(k vaccines.ProductRow) bool { return !to(k) }); len(some) > 0 {
			fits = some
		}
	}
	if p.dose.maker != "" {
		narrow(func(k vaccines.ProductRow) bool { return letters(k.Manufacturer) == letters(p.dose.maker) })
	}
	narrow(func(k vaccines.ProductRow) bool { return k.EndedAt.IsZero() })
	if len(fits) > 1 {
		return vaccines.ProductRow{}, "the clinic has several vaccines of this name"
	}
	return fits[0], ""
}
