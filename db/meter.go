package db

import (
	"context"
	"sync/atomic"
)

// Meter counts what a request cost the database.
type Meter struct {
	trips, statements atomic.Int64
	each              func(sql string)
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

// Each is told the text of every statement of a page from now on, those of the fence apart. It is for tests: set
// before the context is used, and called by one transaction at a time.
func (m *Meter) Each(told func(sql string)) { m.each = told }

func meterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

func (m *Meter) add(statements int, list []*statement) {
	if m == nil {
		return
	}
	m.trips.Add(1)
	m.statements.Add(int64(statements))
	if m.each != nil {
		for _, s := range list {
			m.each(s.sql)
		}
	}
}
