//go:build !bench

package web

import (
	"context"
	"net/http"

	"paddock/internal/actor"
	"paddock/internal/identity"
)

// The switches of bench_on.go, which the product does not have.
const (
	benchNoFormToken = false
	benchNoHeaders   = false
)

type benchLoader = func(ctx context.Context, who actor.Who, token string) (context.Context, *identity.Current, error)

func benchSession(load benchLoader) benchLoader      { return load }
func benchMeter(ctx context.Context) context.Context { return ctx }
func benchCount(_ context.Context, _ http.Header)    {}
