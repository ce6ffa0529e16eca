package imports

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Outcomes of a row. The texts stand in import_rows.
const (
	added   = "added"   // a new patient
	merged  = "merged"  // one more number of a patient that is there
	skipped = "skipped" // the clinic has it already
	refused = "refused"
)

// decision is what becomes of one row.
type decision struct {
	line       int
	outcome    string
	conflict   bool
	patient    id.ID
	identifier id.ID // the licence number that was added or merged
	print      []byte
	animal     animal
}

// decider says what becomes of each row, one after the other. What it has said before and what is in the
// clinic count alike, so it comes to the same whether rows before were written yet or not, and a run that
// goes on says the same as one that was not cut off.
type decider struct {
	*values
	keys *vault.Clinic
	row  id.ID
	// holders by number: all numbers met so far are there, those of nobody with none.
	holders map[number][]*holder
	// tags are those of the animals met so far that have one.
	tags map[id.ID][]string
	// made are the lines of patients that a run made before it was cut off.
	made map[id.ID]int
	// repeats counts rows that say the same and have no number to be told apart by.
	repeats  map[[8]byte]int
	counts   Counts
	problems []Problem
}

// reading is a row as it was read: with what it says, or why it is refused.
type reading struct {
	line    int
	animal  animal
	refused string
	licence [8]byte
	chip    [8]byte
	// numbered and chipped tell whether the two above are there.
	numbered, chipped bool
	print             [8]byte
}

// read reads a row and takes its fingerprint. Every row is to be read once, in order, also one that was
// written before.
func (d *decider) read(r entry) reading {
	out := reading{line: r.line, refused: r.broken}
	if out.refused != "" {
		return out
	}
	var err error
	if out.animal, err = d.values.read(r.values); err != nil {
		out.refused = err.Error()
		return out
	}
	a := &out.animal
	if a.number != "" && !slices.Contains(noNumbers, vault.Fold(a.number)) {
		out.licence, out.numbered = registry.NumberToken(d.keys, a.number)
	}
	if !out.numbered {
		a.number = ""
	}
	if _, some := registry.NumberToken(d.keys, a.former); !some || slices.Contains(noNumbers, vault.Fold(a.former)) {
		a.former = ""
	}
	if a.chip != "" {
		out.chip, out.chipped = registry.NumberToken(d.keys, a.chip)
	}
	text := d.fingerprint(r.values)
	out.print = d.keys.Token("import row", text)
	if !out.numbered {
		d.repeats[out.print]++
		if n := d.repeats[out.print]; n > 1 {
			out.print = d.keys.Token("import row", fmt.Sprintf("%s\x00%d", text, n))
		}
	}
	return out
}

// noNumbers stand in columns of numbers where there is none.
var noNumbers = []string{"0", "n/a", "na", "none", "nil", "null", "unknown", "pending", "not known", "tbc", "tbd"}

// fingerprint is everything a row says in the columns that are taken over.
func (d *decider) fingerprint(row []string) string {
	var b strings.Builder
	for _, f := range Fields() {
		if at, ok := d.mapping[f]; ok {
			b.WriteString(string(f))
			b.WriteByte(0)
			b.WriteString(plain.Line(row[at]))
			b.WriteByte(0)
		}
	}
	return b.String()
}

// decide decides rows that follow those before.
func (d *decider) decide(ctx context.Context, store *db.Store, who actor.Who, rows []reading) ([]decision, error) {
	prints, err := d.learn(ctx, store, who, rows)
	if err != nil {
		return nil, err
	}
	out := make([]decision, len(rows))
	for i, r := range rows {
		out[i] = d.one(r, prints)
		d.counts.Done++
		switch out[i].outcome {
		case added:
			d.counts.Added++
		case merged:
			d.counts.Merged++
		case skipped:
			d.counts.Skipped++
		default:
			d.counts.Refused++
		}
		if out[i].outcome != refused && out[i].animal.Name == "" {
			d.counts.Unnamed++
		}
		if out[i].conflict {
			d.counts.Conflicts++
		}
	}
	return out, nil
}

// learn reads who has the numbers of these rows, and which of the rows other imports brought.
func (d *decider) learn(ctx context.Context, store *db.Store, who actor.Who, rows []reading) (map[[8]byte]bool, error) {
	asked := map[[8]byte]bool{}
	var tokens, prints [][]byte
	for i := range rows {
		r := &rows[i]
		if r.refused != "" {
			continue
		}
		prints = append(prints, r.print[:])
		for _, n := range r.numbers() {
			if _, met := d.holders[n]; !met {
				d.holders[n] = nil
				if !asked[n.token] {
					asked[n.token] = true
					tokens = append(tokens, slices.Clone(n.token[:]))
				}
			}
		}
	}
	var twins []registry.Twin
	var known [][]byte
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) (err error) {
				twins, err = registry.Twins(ctx, tx, d.keys, tokens)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				known, err = tx.ListImportPrints(ctx, db.ListImportPrintsParams{TenantID: tx.Tenant, ImportID: d.row, Prints: prints})
				return err
			},
		)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for what the clinic has already: %w", err)
	}
	for _, t := range twins {
		if t.Kind == registry.KindTag {
			d.tag(t.Patient, t.Number)
		}
		if t.Kind == registry.KindFormer {
			d.tag(t.Patient, formerly(t.Number))
		}
		token, ok := registry.NumberToken(d.keys, t.Number)
		if ok && asked[token] && (t.Kind == registry.KindLicence || t.Kind == registry.KindChip) {
			d.hold(number{t.Kind, token}, t.Patient, d.made[t.Patient], t.Animal, day(t.GivenOn))
		}
	}
	met := make(map[[8]byte]bool, len(known))
	for _, p := range known {
		met[[8]byte(p)] = true
	}
	return met, nil
}

// day counts from 1970, 0 where there is no date.
func day(t time.Time) int32 {
	if t.IsZero() {
		return 0
	}
	return int32(t.Unix() / (24 * 60 * 60))
}

// one decides one row.
func (d *decider) one(r reading, known map[[8]byte]bool) decision {
	out := decision{line: r.line, outcome: refused, animal: r.animal}
	if r.refused != "" {
		d.tell(Problem{Line: r.line, Kind: Refused, Reason: r.refused})
		return out
	}
	if known[r.print] {
		out.outcome = skipped
		return out
	}
	a := r.animal
	var other *holder
	if r.numbered {
		if h, there := d.match(number{registry.KindLicence, r.licence}, a); there {
			out.outcome = skipped
			return out
		} else if h != nil {
			h.issue(day(a.issued))
			out.outcome, out.patient, out.identifier, out.print = merged, h.patient, id.New(), r.print[:]
			d.unmerged(r, h)
			return out
		}
		if list := d.holders[number{registry.KindLicence, r.licence}]; len(list) > 0 {
			other = list[0]
		}
	} else if r.chipped {
		if h, _ := d.match(number{registry.KindChip, r.chip}, a); h != nil {
			out.outcome = skipped
			return out
		}
	}
	out.outcome, out.patient, out.print = added, id.New(), r.print[:]
	if r.numbered {
		out.identifier = id.New()
	}
	switch {
	case other != nil:
		out.conflict = true
		d.tell(Problem{Line: r.line, Kind: Clash, Other: other.line, Reason: fmt.Sprintf(
			"licence %s belongs to %s as well; this row says %s, and becomes an animal of its own", a.number, d.called(other), d.named(a.Species, a.Name))})
	case r.chipped && len(d.holders[number{registry.KindChip, r.chip}]) > 0:
		other = d.holders[number{registry.KindChip, r.chip}][0]
		out.conflict = true
		d.tell(Problem{Line: r.line, Kind: Clash, Other: other.line, Reason: fmt.Sprintf(
			"microchip %s belongs to %s as well; this row says %s, and becomes an animal of its own", a.chip, d.called(other), d.named(a.Species, a.Name))})
	}
	for _, n := range r.numbers() {
		d.hold(n, out.patient, r.line, a.Patient, day(a.issued))
	}
	if a.tag != "" {
		d.tag(out.patient, a.tag)
	}
	if a.former != "" {
		d.tag(out.patient, formerly(a.former))
	}
	return out
}

// unmerged tells what of a row is not taken over since its animal is there: all but the licence.
func (d *decider) unmerged(r reading, h *holder) {
	left := changes(h.is, r.animal.Patient)
	held := func(o *holder) bool { return o.patient == h.patient }
	if r.chipped && !slices.ContainsFunc(d.holders[number{registry.KindChip, r.chip}], held) {
		left = append(left, "microchip "+r.animal.chip)
	}
	if tag := r.animal.tag; tag != "" && !slices.Contains(d.tags[h.patient], tag) {
		left = append(left, "tag “"+tag+"”")
	}
	if former := r.animal.former; former != "" && !slices.Contains(d.tags[h.patient], formerly(former)) {
		left = append(left, "patient number “"+former+"”")
	}
	if len(left) == 0 {
		return
	}
	was, are := "was", "it is"
	if len(left) > 1 {
		was, are = "were", "they are"
	}
	d.tell(Problem{Line: r.line, Kind: Note, Other: h.line, Reason: fmt.Sprintf(
		"%s %s not taken over, since the licence is one more of %s; change that animal if %s right", strings.Join(left, ", "), was, d.called(h), are)})
}

// formerly tells a number of an earlier system from a tag.
func formerly(number string) string { return "former\x00" + number }

// changes are what a row says of an animal otherwise than is known of it, in words. What it does not say is
// no change.
func changes(is, row registry.Patient) (out []string) {
	differ := func(was, now string) bool { return now != "" && now != "unknown" && vault.Fold(now) != vault.Fold(was) }
	if row.Name != "" && letters(is.Name) != letters(row.Name) {
		out = append(out, "name “"+row.Name+"”")
	}
	if differ(is.Breed, row.Breed) {
		out = append(out, "breed “"+row.Breed+"”")
	}
	if differ(is.Sex, row.Sex) {
		out = append(out, "sex "+row.Sex)
	}
	if differ(is.Neutered, row.Neutered) {
		out = append(out, "neutered "+row.Neutered)
	}
	if row.Born.Known() && is.Born.String() != row.Born.String() {
		out = append(out, "born "+row.Born.String())
	}
	if differ(is.Colour, row.Colour) {
		out = append(out, "colour “"+row.Colour+"”")
	}
	return out
}

func (d *decider) tell(p Problem) { d.problems = append(d.problems, p) }

// called names an animal that was met before, with where.
func (d *decider) called(h *holder) string {
	if h.line == 0 {
		return d.named(h.is.Species, h.is.Name) + ", who is in the clinic"
	}
	return fmt.Sprintf("%s of line %d", d.named(h.is.Species, h.is.Name), h.line)
}

// named is "the cat “Mango”".
func (d *decider) named(species, name string) string {
	kind := d.names[species]
	if kind == "" {
		kind = species
	}
	if name == "" {
		return "an unnamed " + kind
	}
	return fmt.Sprintf("the %s “%s”", kind, name)
}
