package db

import (
	"context"
	"sync/atomic"
)

// Meter counts what a request cost the database.
type Meter struct {
	trips, statements atomic.Int64
}

type meterKey struct{}

// WithMeter returns a context whose fenced transactions are counted.
func WithMeter(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	return context.WithValue(ctx, meterKey{}, m), m
}

// Trips is how many times the application waited for the database.
func (m *Meter) Trips() int { return int(m.trips.Load()) }

// Statements is how many statements were sent, those of the fence included.
func (m *Meter) Statements() int { return int(m.statements.Load()) }

func meterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

func (m *Meter) add(statements int) {
	if m != nil {
		m.trips.Add(1)
		m.statements.Add(int64(statements))
	}
}
