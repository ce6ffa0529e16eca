package isolation

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/id"
)

const (
	attemptsWaiting = 1024
	attemptPatience = 5 * time.Second
)

// Attempts finds out, after the answer is gone, whether what a request asked for in vain was another
// clinic's, and records each such attempt once: in the platform's log with both clinics and the actor,
// in the record of the clinic where it was tried with the actor, and in the other clinic's without.
// Asking later keeps the answer itself the same, to the bit and in time, for rows that are another
// clinic's and rows that are nobody's.
type Attempts struct {
	watch  *db.Watch
	scribe *audit.Scribe
	clock  clock.Clock
	log    *slog.Logger
	tasks  chan func(context.Context)
	done   sync.WaitGroup
	lost   sync.Once
}

// NewAttempts starts the watch; Close ends it.
func NewAttempts(watch *db.Watch, scribe *audit.Scribe, c clock.Clock, log *slog.Logger) *Attempts {
	a := &Attempts{watch: watch, scribe: scribe, clock: c, log: log, tasks: make(chan func(context.Context), attemptsWaiting)}
	a.done.Go(func() {
		for task := range a.tasks {
			ctx, cancel := context.WithTimeout(context.Background(), attemptPatience)
			task(ctx)
			cancel()
		}
	})
	return a
}

// Close answers what is waiting and ends the watch. Nothing may be reported after it.
func (a *Attempts) Close() {
	close(a.tasks)
	a.done.Wait()
}

// Settle returns once everything reported so far is recorded; for tests.
func (a *Attempts) Settle() {
	ready := make(chan struct{})
	a.tasks <- func(context.Context) { close(ready) }
	<-ready
}

// later queues a question. A queue that is full drops it, and says so: a flood of attempts must not
// stop the clinics' work, and a flood is itself seen in the counts of refusals.
func (a *Attempts) later(task func(context.Context)) {
	select {
	case a.tasks <- task:
	default:
		a.lost.Do(func() { a.log.Error("attempts come faster than they can be looked into; some are not") })
	}
}

// Session asks whose session an unknown cookie was. If it is another clinic's it is ended there.
func (a *Attempts) Session(at id.Tenant, token, route string, request id.ID) {
	hash := sha256.Sum256([]byte(token))
	a.later(func(ctx context.Context) {
		s, ok, err := a.watch.AllTenantsEndSession(ctx, hash[:])
		if err != nil {
			a.log.ErrorContext(ctx, "a stray cookie could not be looked up", "request", request.String(), "err", err)
			return
		}
		if !ok || s.Clinic == at.ID() {
			return
		}
		a.record(ctx, audit.SecurityEvent{
			Kind: "cross-tenant-session", AtClinic: at.ID(), OfClinic: s.Clinic, Actor: s.Person, Session: s.Session,
			Route: route, Request: request, At: a.clock.Now(),
		})
	})
}

// Screen asks whose screen on the wall an unknown cookie was. If it is another clinic's it is ended there: a screen
// stands on one wall, so its cookie was taken.
func (a *Attempts) Screen(at id.Tenant, token, route string, request id.ID) {
	hash := sha256.Sum256([]byte(token))
	a.later(func(ctx context.Context) {
		now := a.clock.Now()
		s, ok, err := a.watch.AllTenantsEndScreen(ctx, hash[:], at, now)
		if err != nil {
			a.log.ErrorContext(ctx, "a stray screen could not be looked up", "request", request.String(), "err", err)
			return
		}
		if ok {
			a.record(ctx, audit.SecurityEvent{Kind: "cross-tenant-screen", AtClinic: at.ID(), OfClinic: s.Clinic, Session: s.Screen, Route: route, Request: request, At: now})
		}
	})
}

// Rows asks whether rows that were not found here are another clinic's. However many of one request's
// are, it is one attempt.
func (a *Attempts) Rows(who actor.Who, rows []id.ID) {
	if len(rows) == 0 {
		return
	}
	a.later(func(ctx context.Context) {
		for _, row := range rows {
			owner, ok, err := a.watch.AllTenantsOwnerOf(ctx, row, who.Clinic)
			if err != nil {
				a.log.ErrorContext(ctx, "a missing row could not be looked up", "request", who.Request.String(), "err", err)
				return
			}
			if !ok {
				continue
			}
			a.record(ctx, audit.SecurityEvent{
				Kind: "cross-tenant-row", AtClinic: who.Clinic.ID(), OfClinic: owner, Actor: who.Person, Session: who.Session,
				Route: who.Route, Request: who.Request, At: a.clock.Now(),
			})
			return
		}
	})
}

// Context records that the database refused the context of a transaction.
func (a *Attempts) Context(who actor.Who, kind string) {
	a.later(func(ctx context.Context) {
		a.record(ctx, audit.SecurityEvent{
			Kind: kind, AtClinic: who.Clinic.ID(), Actor: who.Person, Session: who.Session,
			Route: who.Route, Request: who.Request, At: a.clock.Now(),
		})
	})
}

// record writes one event and what each clinic may know of it. The clinic whose row or session it was
// learns that it happened, not who did it.
func (a *Attempts) record(ctx context.Context, e audit.SecurityEvent) {
	leaf := func(clinic, person, session id.ID) audit.Leaf {
		return audit.NewLeaf(actor.Who{
			Clinic: id.TenantFrom(clinic), Person: person, Session: session, Request: e.Request, Purpose: actor.Record, Route: e.Route,
		}, e.At, audit.Entry{Action: audit.CrossTenant, Object: e.Kind, Outcome: audit.WasRefused})
	}
	var leaves []audit.Leaf
	ofAnother := !e.OfClinic.IsZero() && e.OfClinic != e.AtClinic
	carried := e.Kind == "cross-tenant-session" || e.Kind == "cross-tenant-screen"
	here, hereSession := e.Actor, e.Session
	if carried {
		here, hereSession = id.ID{}, id.ID{} // the person or screen is the other clinic's, and not known here
	}
	if !e.AtClinic.IsZero() {
		leaves = append(leaves, leaf(e.AtClinic, here, hereSession))
	}
	if ofAnother && carried {
		leaves = append(leaves, leaf(e.OfClinic, e.Actor, e.Session)) // its own person did it, or its own screen
	} else if ofAnother {
		leaves = append(leaves, leaf(e.OfClinic, id.ID{}, id.ID{}))
	}
	if err := a.scribe.WriteEvents(ctx, []audit.SecurityEvent{e}, leaves...); err != nil {
		a.log.ErrorContext(ctx, "an attempt to cross a fence could not be recorded", "kind", e.Kind, "request", e.Request.String(), "err", err)
	}
}
