// Package clock is the only place that asks the machine for the time, so that tests can turn it.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time in UTC.
type Clock interface {
	// Now is the present instant in UTC.
	Now() time.Time
}

// System is the machine's clock.
var System Clock = system{}

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// Fake is a clock that tests turn. It is safe for concurrent use.
type Fake struct {
	mu    sync.Mutex
	now   time.Time
	since time.Time // when it was last set, on the machine's clock; zero for one that stands
}

// NewFake makes a clock that stands at t: it moves only when told to.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC()} }

// NewRunning makes a clock that goes on from t, for what is compared with the clock of a database: a
// signed context, good for a minute, would have run out on a standing one.
func NewRunning(t time.Time) *Fake { return &Fake{now: t.UTC(), since: System.Now()} }

// Now is the instant the clock shows.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.since.IsZero() {
		return f.now
	}
	return f.now.Add(System.Now().Sub(f.since))
}

// Advance moves the clock by d, which may be negative to play a clock that was set back.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}
