package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

const (
	batchPatients = 2500 // of one transaction: a bigger one writes the same page of an index less often
	visitsAYear   = 1.35 // some less are told, since no visit is before the birth
)

// rows is one batch of a fill.
type rows struct {
	clients  []registry.Owner
	patients []registry.Newcomer
	notes    []records.PastNote
}

// patientIDs are those of a batch that begins with the patient of a number.
func (c Clinic) patientIDs(from, to int) []id.ID {
	out := make([]id.ID, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, c.fillID("patient", i))
	}
	return out
}

// fillID is the same identifier each time, of a second of 2025 for the first 31 million, so that a fill
// that is given again finds the rows of the first time.
func (c Clinic) fillID(table string, n int) id.ID {
	return fixedID(fmt.Sprintf("paddock fill %s %s %d", c.Label, table, n), time.Date(2025, 1, 1, 0, 0, n, 0, time.UTC))
}

// rows makes the patients numbered from (a multiple of batchPatients) up to to, without those that are
// there. The same names come each time, also where to was smaller before: visits and births are counted
// back from today.
func (c Clinic) rows(from, to, years int, there map[id.ID]bool, today time.Time) rows {
	named, told := c.draws(uint64(from)<<1|1<<32), c.draws(uint64(from)<<1|1<<32|1)
	var out rows
	var neighbour registry.Owner // of the household before
	for i := from; i < to; {
		people, animals := household(named)
		owners := make([]registry.Owner, people)
		last := often(named, c.surnames)
		for n := range owners {
			owners[n] = registry.Owner{ID: c.fillID("client", 2*i+n), Client: c.client(named, 2*i+n, last)}
		}
		if !there[c.fillID("patient", i)] {
			out.clients = append(out.clients, owners...)
		}
		for first := i; i < to && i < first+animals; i++ {
			p := c.newcomer(named, i, c.bonds(i, owners, neighbour), today)
			if there[p.ID] {
				continue
			}
			var notes []records.PastNote
			notes, p.Weights = c.past(told, i, p, years, today)
			p.Alerts = c.alerts(i, today)
			out.patients = append(out.patients, p)
			out.notes = append(out.notes, notes...)
		}
		neighbour = owners[0]
	}
	return out
}

// newcomer makes up an animal of a household.
func (c Clinic) newcomer(r *rand.Rand, number int, owners []registry.Owner, today time.Time) registry.Newcomer {
	k := anyKind(r)
	p := registry.Newcomer{PatientRow: registry.PatientRow{
		ID: c.fillID("patient", number), Status: registry.Active, Patient: k.patient(r, often(r, c.animals), today), Owners: owners,
	}}
	if r.IntN(100) < bodies[k.species].chipped {
		// 999 is for trials (ISO 11784); the last digits differ from one patient to the next.
		p.Chip = fmt.Sprintf("999%04d%08d", c.seed%10_000, number*10_007%100_000_000)
	}
	return p
}

// bonds says who of a household pays for an animal: one of them, or two by halves. Some animals have a
// neighbour who looks after them.
func (c Clinic) bonds(number int, owners []registry.Owner, neighbour registry.Owner) []registry.Owner {
	r := c.draws(uint64(number)<<2 | 1<<40)
	out := slices.Clone(owners)
	for i := range out {
		out[i].Bond = registry.Bond{Role: registry.RoleOwner, MayConsent: true, GetsReminders: i == 0}
	}
	out[0].Bond.Share = 10_000
	if len(out) == 2 && r.IntN(2) == 0 {
		out[0].Bond.Share, out[1].Bond.Share = 5_000, 5_000
	}
	if !neighbour.ID.IsZero() && r.IntN(100) < 4 {
		neighbour.Bond = registry.Bond{Role: registry.RoleCarer}
		out = append(out, neighbour)
	}
	return out
}

// alertTexts are what is known of animals, by level. Allergies stand apart.
var (
	alertTexts = map[string][]string{
		registry.LevelStop: {"Heart murmur grade IV: ask a vet before sedation", "Collapsed under isoflurane", "Diabetic: never fast overnight"},
		registry.LevelMind: {"Bites when the feet are touched", "Escapes when the door is open", "Hides and bites when lifted", "Keep apart from other animals", "No latex gloves: the owner is allergic"},
		registry.LevelKnow: {"Insured, direct claim agreed", "Lives abroad in winter", "Calmer with the owner beside", "Brings its own food", "Twin of another animal here: check the chip"},
	}
	allergies = []string{"Penicillins: hives", "Chicken: itches", "Fleas: sores at once", "Meloxicam: vomits", "Tape: red skin"}
)

// alerts makes up what must be known of an animal. That of one nobody asked for allergies is left open.
func (c Clinic) alerts(number int, today time.Time) []registry.NewAlert {
	r := c.draws(uint64(number)<<2 | 1<<40 | 1)
	var out []registry.NewAlert
	add := func(level, topic, text string) {
		out = append(out, registry.NewAlert{
			ID: c.fillID("alert", 10*number+len(out)), Alert: registry.Alert{Level: level, Topic: topic, Text: text},
			MadeAt: note{days: 1 + r.IntN(200), minutes: r.IntN(9 * 60)}.at(today).UTC(),
		})
	}
	switch chance := r.IntN(100); {
	case chance < 5:
		add(registry.LevelStop, registry.TopicAllergy, pick(r, allergies...))
	case chance < 45:
		add(registry.LevelKnow, registry.NoAllergies, "")
	}
	for level, chance := range []int{2, 9, 7} {
		if r.IntN(100) < chance {
			name := []string{registry.LevelStop, registry.LevelMind, registry.LevelKnow}[level]
			add(name, registry.TopicGeneral, pick(r, alertTexts[name]...))
		}
	}
	return out
}

// past makes up the visits of a patient, with the weight of the day, oldest last.
func (c Clinic) past(r *rand.Rand, number int, p registry.Newcomer, years int, today time.Time) ([]records.PastNote, []registry.NewWeight) {
	size := math.Exp(r.NormFloat64() * 0.25)
	var out []records.PastNote
	var weights []registry.NewWeight
	for ago := 1.0; ; {
		ago += r.ExpFloat64() * 365 / visitsAYear
		at := note{days: int(ago), minutes: r.IntN(9 * 60)}.at(today)
		if ago > float64(years)*365 || at.Before(p.Born.On) || len(out) == 1000 {
			return out, weights
		}
		told := c.told(courses[r.IntN(len(courses))], p.Called())
		w := weighed(r, p.Patient, size, at)
		told.objective = "Weight " + w.Entered + " " + w.Unit + ". " + told.objective
		weights = append(weights, registry.NewWeight{
			ID: c.fillID("weight", 1000*number+len(out)), Weight: registry.Weight{Weighed: w, At: at.UTC(), Source: registry.Measured},
		})
		out = append(out, records.PastNote{
			ID: c.fillID("note", 1000*number+len(out)), Patient: p.ID, EventAt: at.UTC(),
			SOAP: records.SOAP{Subjective: told.subjective, Objective: told.objective, Assessment: told.assessment, Plan: told.plan},
		})
	}
}

// weighed is the weight of an animal on a day: a tenth of the grown one at birth, near that after two
// years, a few of a hundred up or down. size is how big it is among its kind.
func weighed(r *rand.Rand, p registry.Patient, size float64, at time.Time) registry.Weighed {
	grown := 1.0
	if p.Born.Known() {
		grown = 1 - 0.9*math.Exp(-2.5*at.Sub(p.Born.On).Hours()/24/365)
	}
	kilograms := bodies[p.Species].kilograms * size * grown * (1 + 0.03*r.NormFloat64())
	if kilograms < 1 {
		grams := int64(math.Round(max(1, 1000*kilograms)))
		return registry.Weighed{Grams: grams, Entered: strconv.FormatInt(grams, 10), Unit: "g"}
	}
	tenths := int64(math.Round(10 * kilograms))
	return registry.Weighed{Grams: 100 * tenths, Entered: fmt.Sprintf("%d.%d", tenths/10, tenths%10), Unit: "kg"}
}
