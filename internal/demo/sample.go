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
	r := rand.New(rand.NewPCG(c.seed, 0x70616464)) //nolint:gosec // invented names need no secrecy, they need to be the same each time
	var s sample
	s.clients = c.clients(r)
	s.patients = c.patients(r, s.clients, today)
	s.notes = c.notes(r, s.patients)
	return s
}

func (c Clinic) clients(r *rand.Rand) []client {
	order := r.Perm(len(c.surnames))
	var list []client
	for i := range clientsEach {
		// Every surname once, then some again: there are families.
		last := c.surnames[order[i%len(order)]]
		first := c.given[r.IntN(len(c.given))]
		n := client{row: c.rowID("client", i), Client: registry.Client{FirstName: first, LastName: last}}
		n.Phones = append(n.Phones, registry.Phone{Number: c.phone(r, i), Label: pick(r, "mobile", "mobile", "home", "")})
		if r.IntN(4) == 0 {
			n.Phones = append(n.Phones, registry.Phone{Number: c.phone(r, i+clientsEach), Label: pick(r, "work", "partner", "evenings only")})
		}
		if r.IntN(6) > 0 {
			n.Email = ascii(first) + "." + ascii(last) + "@" + c.mailServer[r.IntN(len(c.mailServer))]
		}
		list = append(list, n)
	}
	return list
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
	shares := 0
	for _, k := range kinds {
		shares += k.share
	}
	order := r.Perm(len(c.animals))
	var list []patient
	for i := range patientsEach {
		k := kindAt(r.IntN(shares))
		p := patient{row: c.rowID("patient", i), Patient: registry.Patient{
			Name: c.animals[order[i%len(order)]], Species: k.species, Sex: pick(r, "female", "male", "female", "male", "unknown"),
			Neutered: pick(r, "yes", "yes", "no", "unknown"), Colour: pick(r, "", "black", "tan and white", "tabby", "grey", "brown", "cream"),
			Born: k.born(r, today),
		}}
		if len(k.breeds) > 0 {
			p.Breed = k.breeds[r.IntN(len(k.breeds))]
		}
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

func kindAt(n int) kind {
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
		told := courses[r.IntN(len(courses))]
		fill := strings.NewReplacer("NAME", about[at].Called(), "MARKER", c.Marker)
		list = append(list, note{
			patient: at, days: 2 + r.IntN(700), minutes: r.IntN(9 * 60),
			course: course{
				fill.Replace(told.subjective), fill.Replace(told.objective), fill.Replace(told.assessment), fill.Replace(told.plan),
			},
		})
	}
	return list
}

// rowID is the same identifier each time, a UUIDv7 (RFC 9562) of a minute of 2025, so that making a
// sample again finds the rows of the first time, and every real row is newer.
func (c Clinic) rowID(table string, n int) id.ID {
	sum := sha256.Sum256(fmt.Appendf(nil, "paddock sample %s %s %d", c.Label, table, n))
	row := id.ID(sum[:16])
	made := time.Date(2025, 1, 1, 0, n, 0, 0, time.UTC).UnixMilli()
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(made))
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
