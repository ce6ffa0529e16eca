package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// sample is what a clinic is filled with.
type sample struct {
	clients  []client
	patients []patient
	notes    []note
}

type client struct {
	row id.ID
	registry.Client
}

type patient struct {
	row, owner id.ID // no owner where nobody knows one
	registry.Patient
}

// note is told about the patient at an index, so many days before today and minutes after opening.
type note struct {
	patient, days, minutes int
	course                 course
}

// at is when the note's visit was, in the clinic's zone.
func (n note) at(today time.Time) time.Time {
	return time.Date(today.Year(), today.Month(), today.Day()-n.days, 8, 30+n.minutes, 0, 0, today.Location())
}

// sample gives the same names, animals and notes each time; births and visits are counted back from
// today.
func (c Clinic) sample(today time.Time) sample {
	r := c.draws(0x70616464)
	var s sample
	s.clients = c.clients(r)
	s.patients = c.patients(r, s.clients, today)
	s.notes = c.notes(r, s.patients)
	return s
}

// draws are those of the clinic's seed, apart by their number.
func (c Clinic) draws(number uint64) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed, number)) //nolint:gosec // invented names need no secrecy, they need to be the same each time
}

func (c Clinic) clients(r *rand.Rand) []client {
	order := r.Perm(len(c.surnames))
	var list []client
	for i := range clientsEach {
		// Every surname once, then some again: there are families.
		list = append(list, client{c.rowID("client", i), c.client(r, i, c.surnames[order[i%len(order)]])})
	}
	return list
}

// client makes up a client of a surname; numbers make the phones of clients differ.
func (c Clinic) client(r *rand.Rand, number int, last string) registry.Client {
	first := c.given[r.IntN(len(c.given))]
	n := registry.Client{FirstName: first, LastName: last}
	n.Phones = append(n.Phones, registry.Phone{Number: c.phone(r, number), Label: pick(r, "mobile", "mobile", "home", "")})
	if r.IntN(4) == 0 {
		n.Phones = append(n.Phones, registry.Phone{Number: c.phone(r, number+clientsEach), Label: pick(r, "work", "partner", "evenings only")})
	}
	if r.IntN(6) > 0 {
		n.Email = ascii(first) + "." + ascii(last) + "@" + c.mailServer[r.IntN(len(c.mailServer))]
	}
	if number%4 != 3 { // of some no address is known
		n.Street, n.City, n.Postcode = fmt.Sprintf("%d %s Road", 1+number*7%90, c.place()), c.place(), invented[c.Country]
		if c.Country == "US" {
			n.Region = "NY"
		}
	}
	return n
}

// phone fills a pattern of a reserved range; the last digits count up, so that numbers differ.
func (c Clinic) phone(r *rand.Rand, i int) string {
	pattern := []rune(c.phones[r.IntN(len(c.phones))])
	for at := len(pattern) - 1; at >= 0; at-- {
		if pattern[at] == '#' {
			pattern[at] = rune('0' + i%10)
			i /= 10
		}
	}
	return string(pattern)
}

func (c Clinic) patients(r *rand.Rand, owners []client, today time.Time) []patient {
	order := r.Perm(len(c.animals))
	var list []patient
	for i := range patientsEach {
		p := patient{row: c.rowID("patient", i), Patient: anyKind(r).patient(r, c.animals[order[i%len(order)]], today)}
		switch {
		case i < len(owners):
			p.owner = owners[i].row // nobody comes without an animal
		case i < patientsEach-2:
			p.owner = owners[r.IntN(len(owners))].row
		}
		list = append(list, p)
	}
	return list
}

// patient makes up an animal of a kind.
func (k kind) patient(r *rand.Rand, name string, today time.Time) registry.Patient {
	p := registry.Patient{
		Name: name, Species: k.species, Sex: pick(r, "female", "male", "female", "male", "unknown"),
		Neutered: pick(r, "yes", "yes", "no", "unknown"), Colour: pick(r, "", "black", "tan and white", "tabby", "grey", "brown", "cream"),
		Born: k.born(r, today),
	}
	if len(k.breeds) > 0 {
		p.Breed = k.breeds[r.IntN(len(k.breeds))]
	}
	return p
}

// anyKind draws a kind, the frequent ones more often.
func anyKind(r *rand.Rand) kind {
	shares := 0
	for _, k := range kinds {
		shares += k.share
	}
	n := r.IntN(shares)
	for _, k := range kinds {
		if n -= k.share; n < 0 {
			return k
		}
	}
	return kinds[0]
}

// born is a birthday, a year that somebody guessed, or nothing.
func (k kind) born(r *rand.Rand, today time.Time) registry.Birth {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC).AddDate(0, 0, -60-r.IntN(k.oldest*365))
	switch chance := r.IntN(100); {
	case chance < k.exact:
		return registry.Birth{On: day, Precision: registry.ToDay}
	case chance < 95:
		return registry.Birth{On: time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC), Precision: registry.ToYear, Estimated: true}
	default:
		return registry.Birth{}
	}
}

func (c Clinic) notes(r *rand.Rand, about []patient) []note {
	var list []note
	for i := range notesEach {
		at := r.IntN(len(about))
		if i == 0 {
			at = 0 // whether it has a note tells whether a clinic is whole
		}
		told := r.IntN(len(courses))
		list = append(list, note{
			patient: at, days: 2 + r.IntN(700), minutes: r.IntN(9 * 60), course: c.told(courses[told], about[at].Called()),
		})
	}
	return list
}

// told is a course about an animal of the clinic.
func (c Clinic) told(of course, name string) course {
	fill := strings.NewReplacer("NAME", name, "MARKER", c.Marker)
	return course{fill.Replace(of.subjective), fill.Replace(of.objective), fill.Replace(of.assessment), fill.Replace(of.plan)}
}

// rowID is the same identifier each time, of a minute of 2025, so that making a
// sample again finds the rows of the first time, and every real row is newer.
func (c Clinic) rowID(table string, n int) id.ID {
	return fixedID(fmt.Sprintf("paddock sample %s %s %d", c.Label, table, n), time.Date(2025, 1, 1, 0, n, 0, 0, time.UTC))
}

// fixedID is a UUIDv7 (RFC 9562) of an instant whose random part is that of a text.
func fixedID(text string, at time.Time) id.ID {
	sum := sha256.Sum256([]byte(text))
	row := id.ID(sum[:16])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(row[:6], ms[2:])
	row[6] = row[6]&0x0f | 0x70
	row[8] = row[8]&0x3f | 0x80
	return row
}

func pick(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// ascii is a name as it stands in an address.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, vault.Fold(name))
}
