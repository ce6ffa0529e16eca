package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/internal/clock"
)

// warm is how long each turn runs before it counts.
const warm = 300 * time.Millisecond

// figures are one turn, or the medians of several.
type figures struct {
	perSecond float64
	p50, p99  float64 // milliseconds
	server    float64 // processor milliseconds a request, of the Go program
	database  float64 // processor milliseconds a request, of all of PostgreSQL
}

func (f figures) cpu() float64 { return f.server + f.database }

// turn loads one process and measures.
func (s *stand) turn(ctx context.Context, p *process, w work, connections int, length time.Duration) (f figures, err error) {
	if _, err := s.load(ctx, p, w, connections, warm); err != nil {
		return f, err
	}
	server, database, err := s.times(p)
	if err != nil {
		return f, err
	}
	began := clock.System.Now()
	took, err := s.load(ctx, p, w, connections, length)
	if err != nil {
		return f, err
	}
	if len(took) == 0 {
		return f, fmt.Errorf("%s: there is nothing left to ask for", w.name)
	}
	length = min(length, clock.System.Now().Sub(began)) // shorter where there was no more to ask for
	serverAfter, databaseAfter, err := s.times(p)
	if err != nil {
		return f, err
	}
	n := float64(len(took))
	return figures{
		perSecond: n / length.Seconds(), p50: ms(at(took, 0.50)), p99: ms(at(took, 0.99)),
		server: ms(serverAfter-server) / n, database: ms(databaseAfter-database) / n,
	}, nil
}

func (s *stand) times(p *process) (server, database time.Duration, err error) {
	if server, err = serverTime(p.pid()); err != nil {
		return 0, 0, err
	}
	database, err = databaseTime(s.postmas)
	return server, database, err
}

// at is the value below which a share of the sorted times lies.
func at(sorted []time.Duration, share float64) time.Duration {
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// medians takes the median of each figure by itself.
func medians(turns []figures) figures {
	return figures{
		perSecond: median(turns, func(f figures) float64 { return f.perSecond }),
		p50:       median(turns, func(f figures) float64 { return f.p50 }),
		p99:       median(turns, func(f figures) float64 { return f.p99 }),
		server:    median(turns, func(f figures) float64 { return f.server }),
		database:  median(turns, func(f figures) float64 { return f.database }),
	}
}

// median of what is picked; the lower one of an even number.
func median[T any](list []T, pick func(T) float64) float64 {
	values := make([]float64, len(list))
	for i, v := range list {
		values[i] = pick(v)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
