package live_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/live"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openHub is a hub that listens.
func openHub(t testing.TB, e *dbtest.Env) *live.Hub {
	t.Helper()
	h := live.Open(e.Live, e.Clock, slog.New(slog.DiscardHandler))
	t.Cleanup(h.Close)
	eventually(t, "the hub listens", h.Live)
	return h
}

func eventually(t testing.TB, what string, ask func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ask() {
			return
		}
	}
	t.Fatalf("not so: %s", what)
}

// join opens a stream that has nothing to catch up with.
func join(t testing.TB, h *live.Hub, e *dbtest.Env, c dbtest.Clinic, may ...live.Topic) *live.Stream {
	t.Helper()
	s, err := h.Join(c.Keys, id.New(), live.Mark(e.Clock.Now().Add(time.Hour)), may...)
	must(t, err)
	t.Cleanup(s.Leave)
	return s
}

// touch changes something at a clinic.
func touch(t testing.TB, e *dbtest.Env, c dbtest.Clinic, topics ...live.Topic) {
	t.Helper()
	must(t, e.Store.Write(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return live.Touch(ctx, tx, c.Keys, topics...)
	}))
}

// hears waits for topics, in any number of signs.
func hears(t testing.TB, s *live.Stream, want ...live.Topic) {
	t.Helper()
	var got []live.Topic
	end := time.After(20 * time.Second)
	for !slices.Equal(got, want) {
		select {
		case <-s.Woken():
			got = append(got, s.Take()...)
			slices.SortFunc(got, func(a, b live.Topic) int { return bytes.Compare([]byte(a), []byte(b)) })
		case <-end:
			t.Fatalf("heard %v, want %v", got, want)
		}
	}
}

func silent(t testing.TB, s *live.Stream) {
	t.Helper()
	if heard := s.Take(); len(heard) > 0 { // a sign without news is no mistake
		t.Errorf("heard %v", heard)
	}
}
