//go:build bench

package web

import (
	"context"
	"fmt"
	"net/http"
	_ "net/http/pprof" //nolint:gosec // on a port of its own that `make bench` names
	"os"
	"slices"
	"strings"
	"sync"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/identity"
)

// Switches for `make bench`, each of which takes one fence away so that its cost shows. They are named
// in PADDOCK_BENCH_OFF, divided by commas.
var (
	benchOff         = strings.Split(os.Getenv("PADDOCK_BENCH_OFF"), ",")
	benchNoFormToken = slices.Contains(benchOff, "form-token")
	benchNoHeaders   = slices.Contains(benchOff, "headers")
	benchNoSession   = slices.Contains(benchOff, "session")
)

type benchLoader = func(ctx context.Context, who actor.Who, token string) (context.Context, *identity.Current, error)

// benchSessions keeps what each cookie opened the first time.
var benchSessions sync.Map

// benchSession loads a session once and believes it from then on.
func benchSession(load benchLoader) benchLoader {
	if !benchNoSession {
		return load
	}
	return func(ctx context.Context, who actor.Who, token string) (context.Context, *identity.Current, error) {
		if kept, ok := benchSessions.Load(token); ok {
			return ctx, kept.(*identity.Current), nil
		}
		ctx, current, err := load(ctx, who, token)
		if err == nil && current != nil {
			benchSessions.Store(token, current)
		}
		return ctx, current, err
	}
}

type benchMeterKey struct{}

// benchMeter counts the trips and statements of a request, and benchCount says them with the answer.
func benchMeter(ctx context.Context) context.Context {
	ctx, m := db.WithMeter(ctx)
	return context.WithValue(ctx, benchMeterKey{}, m)
}

func benchCount(ctx context.Context, h http.Header) {
	if m, ok := ctx.Value(benchMeterKey{}).(*db.Meter); ok {
		h.Set("X-Bench-Trips", fmt.Sprintf("%d %d", m.Trips(), m.Statements()))
	}
}

// init opens the profiler at PADDOCK_BENCH_PPROF, where that is set.
func init() {
	if at := os.Getenv("PADDOCK_BENCH_PPROF"); at != "" {
		go func() { panic(http.ListenAndServe(at, nil)) }() //nolint:gosec // loopback, for the length of a benchmark
	}
}
