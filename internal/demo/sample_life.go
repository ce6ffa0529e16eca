package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// weighing is one of a patient at an index, so many days before today.
type weighing struct {
	row     id.ID
	patient int
	at      time.Time
	registry.Weighed
}

// warning is an alert of a patient or, where that is not zero, of a client.
type warning struct {
	row     id.ID
	patient int
	client  id.ID
	registry.Alert
}

// died is the patient of each sample clinic that has died.
const died = 20

// life is what has happened to a clinic's patients besides their visits.
type life struct {
	weights []weighing
	alerts  []warning
	died    int // the index of one that died
	on      time.Time
}

// life gives the patients of a sample alerts and weights; one of them has died. Births bound the weights.
func (c Clinic) life(s sample, today time.Time) life {
	r := c.draws(0x6c696665)
	l := life{died: died, on: time.Date(today.Year(), today.Month(), today.Day()-23, 0, 0, 0, 0, time.UTC)}
	for i, p := range s.patients {
		since := 3
		if i == l.died {
			since = 30
		}
		if i == l.died || r.IntN(10) < 5 {
			l.weights = append(l.weights, c.weighings(r, len(l.weights), i, since, p, today)...)
		}
		for _, a := range warnings(r) {
			l.alerts = append(l.alerts, warning{row: c.rowID("alert", len(l.alerts)), patient: i, Alert: a})
		}
	}
	for i, client := range s.clients {
		if i%11 == 5 {
			l.alerts = append(l.alerts, warning{row: c.rowID("alert", len(l.alerts)), client: client.row, Alert: registry.Alert{
				Level: pick(r, registry.LevelMind, registry.LevelKnow), Topic: registry.TopicGeneral, Text: pick(r, "Hard of hearing, write it down", "Prefers texts", "Pays by instalments"),
			}})
		}
	}
	return l
}

// weighings are some of a patient over the last years, every few months, around what its kind weighs; the
// last is so many days ago at least.
func (c Clinic) weighings(r *rand.Rand, first, patient, since int, p patient, today time.Time) []weighing {
	kilograms := bodies[p.Species].kilograms * (0.7 + 0.6*r.Float64())
	var out []weighing
	for days := since + r.IntN(60); len(out) < 5 && days < 1300; days += 90 + r.IntN(160) {
		at := time.Date(today.Year(), today.Month(), today.Day()-days, 9+r.IntN(8), r.IntN(60), 0, 0, today.Location())
		if p.Born.Known() && at.Before(p.Born.On.AddDate(0, 3, 0)) {
			break
		}
		typed, unit := strconv.FormatFloat(math.Round(kilograms*10)/10, 'f', -1, 64), "kg"
		if kilograms < 1 {
			typed, unit = strconv.Itoa(int(kilograms*1000)), "g"
		} else if c.Country == "US" {
			typed, unit = strconv.FormatFloat(math.Round(kilograms/0.45359237*10)/10, 'f', -1, 64), "lb"
		}
		w, err := registry.ParseWeight(typed, unit)
		if err != nil {
			panic(fmt.Sprintf("a sample weight of %s %s: %v", typed, unit, err))
		}
		out = append(out, weighing{row: c.rowID("weight", first+len(out)), patient: patient, at: at, Weighed: w})
		kilograms *= 0.96 + 0.07*r.Float64()
	}
	return out
}

// warnings are the alerts of one patient: of most that nobody is known to be allergic, of some that nobody asked.
func warnings(r *rand.Rand) []registry.Alert {
	var out []registry.Alert
	switch n := r.IntN(20); {
	case n < 3:
		out = append(out, registry.Alert{Level: registry.LevelStop, Topic: registry.TopicAllergy, Text: allergies[r.IntN(len(allergies))]})
	case n < 13:
		out = append(out, registry.Alert{Level: registry.LevelKnow, Topic: registry.NoAllergies})
	}
	for _, level := range []string{registry.LevelStop, registry.LevelMind, registry.LevelKnow} {
		if r.IntN(8) == 0 {
			texts := alertTexts[level]
			out = append(out, registry.Alert{Level: level, Topic: registry.TopicGeneral, Text: texts[r.IntN(len(texts))]})
		}
	}
	return out
}

// keep writes it down as whoever makes the sample.
func (l life) keep(ctx context.Context, tx *db.Tx, keys *vault.Clinic, c Clinic, s sample) error {
	for _, w := range l.weights {
		weight := registry.Weight{Weighed: w.Weighed, At: w.at, Source: registry.Measured}
		if err := registry.AddWeight(ctx, tx, keys, w.row, s.patients[w.patient].row, weight, w.Grams); err != nil {
			return err
		}
	}
	for _, a := range l.alerts {
		var err error
		if a.client.IsZero() {
			err = registry.AddAlert(ctx, tx, keys, a.row, s.patients[a.patient].row, a.Alert)
		} else {
			err = registry.AddClientAlert(ctx, tx, keys, a.row, a.client, a.Alert)
		}
		if err != nil {
			return err
		}
	}
	if err := l.bonds(ctx, tx, keys, s); err != nil {
		return err
	}
	for i, p := range s.patients {
		if p.Species != "dog" && p.Species != "cat" || i%3 == 2 {
			continue
		}
		// 900 is shared by manufacturers (ISO 11784); the rest is counted and on no animal.
		chip := registry.Identifier{Kind: registry.KindChip, Number: fmt.Sprintf("900%04d%08d", c.seed%10_000, i*10_007), Standard: registry.ISOChip, Site: "left neck"}
		if err := registry.AddIdentifier(ctx, tx, keys, c.rowID("identifier", i), p.row, chip, false); err != nil {
			return err
		}
	}
	return registry.MovePatient(ctx, tx, keys, c.rowID("move", 0), s.patients[l.died].row, id.ID{}, registry.Move{
		To: registry.Deceased, On: l.on, Manner: registry.Euthanasia, Remains: "ashes", Words: "Kidney failure. At home, with the family.",
	})
}

// bonds gives every sixth animal a second owner who pays half, and every tenth a carer.
func (l life) bonds(ctx context.Context, tx *db.Tx, keys *vault.Clinic, s sample) error {
	for i, p := range s.patients {
		second, carer := i%6 == 1, i%10 == 4
		if !second && !carer {
			continue
		}
		bonds := []registry.Bond{{Client: p.owner, Role: registry.RoleOwner, Share: 10_000, MayConsent: true, GetsReminders: true}}
		other := s.clients[(i+3)%len(s.clients)].row
		if other == p.owner {
			other = s.clients[(i+4)%len(s.clients)].row
		}
		switch {
		case second:
			bonds[0].Share = 5_000
			bonds = append(bonds, registry.Bond{Client: other, Role: registry.RoleOwner, Share: 5_000, MayConsent: true})
		case carer:
			bonds = append(bonds, registry.Bond{Client: other, Role: registry.RoleCarer})
		}
		if err := registry.SetOwners(ctx, tx, keys, p.row, 1, bonds); err != nil {
			return fmt.Errorf("giving an animal its owners: %w", err)
		}
	}
	return nil
}
