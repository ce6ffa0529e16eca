package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

const (
	fewVisits, manyVisits = 7, 700
	historiesEach         = 16 // patients of each kind
)

// histories makes patients who came a few times, and patients who came all their lives.
func (w *workshop) histories(ctx context.Context, who actor.Who, c *clinic) error {
	plain := c.patients
	for _, kind := range []struct {
		visits int
		into   *[]id.ID
	}{{fewVisits, &c.few}, {manyVisits, &c.many}} {
		c.patients, c.visitsEach = nil, kind.visits
		for i := 0; i < historiesEach; i += animalsEach {
			err := w.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error { return c.family(ctx, tx, i) })
			if err != nil {
				return fmt.Errorf("making patients of %d visits: %w", kind.visits, err)
			}
		}
		*kind.into = c.patients
	}
	c.patients, c.visitsEach = plain, 0
	return nil
}

// recordPart opens records of seven and of 700 visits in turns, of the product and of the floor.
func recordPart(ctx context.Context, s *stand, out io.Writer) error {
	product, err := s.product(ctx, s.visit, s.shipped)
	if err != nil {
		return err
	}
	defer product.stop()
	bare, err := s.startFloor(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	fmt.Fprintf(out, "\n## The record of %d and of %d visits\n\n| request | connections | | requests/s | p50 ms | p99 ms | CPU ms server | CPU ms database | CPU ms |\n|---|--:|---|--:|--:|--:|--:|--:|--:|\n", fewVisits, manyVisits)
	for _, n := range s.levels {
		tell("Records at %d connections", n)
		var ours, floors [2][]figures
		for range s.rounds {
			for i, patients := range [][]id.ID{s.clinic.few, s.clinic.many} {
				for p, into := range map[*process]*[]figures{product: &ours[i], bare: &floors[i]} {
					p.seats[0].patients = patients
					f, err := s.turn(ctx, p, openPatient, n, s.each)
					if err != nil {
						return err
					}
					*into = append(*into, f)
				}
			}
		}
		few, many := medians(ours[0]), medians(ours[1])
		ratioRows(out, fmt.Sprintf("open a record of %d visits", fewVisits), n, few, medians(floors[0]))
		ratioRows(out, fmt.Sprintf("open a record of %d visits", manyVisits), n, many, medians(floors[1]))
		fmt.Fprintf(out, "| %d visits against %d | %d | **time** | | **%.2f** | %.2f | %.2f | %.2f | %.2f |\n",
			manyVisits, fewVisits, n, many.p50/few.p50, many.p99/few.p99, many.server/few.server, many.database/few.database, many.cpu()/few.cpu())
	}
	return nil
}

// compareRecords fails where the floor shows another record than the product, of few visits or of many.
func (s *stand) compareRecords(ctx context.Context, product, bare *process) error {
	for _, row := range slices.Concat(s.clinic.few[:1], s.clinic.many[:1]) {
		if err := sameAnswers(ctx, product, bare, "/patients/"+row.String(), nil, `class="record"`); err != nil {
			return err
		}
	}
	return nil
}
