package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"paddock/internal/files"
	"paddock/internal/identity"
	"paddock/internal/imports"
	"paddock/internal/jobs"
	"paddock/internal/live"
	"paddock/internal/provision"
	"paddock/web"
)

// goodbye is how long requests in flight may take to finish when the program is told to stop.
const goodbye = 10 * time.Second

// listen takes a port, so that a taken one is known before anything else is begun.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	var how net.ListenConfig
	ln, err := how.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is taken by another program: stop that one, or set %s to another, for instance 127.0.0.1:8090", address, setting)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the address %s needs more rights than this user has: set %s to one with a port from 1024 on", address, setting)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("the address %s is not one of this machine: set %s to one that is", address, setting)
	default:
		var where *net.OpError
		if errors.As(err, &where) {
			err = where.Err
		}
		return nil, fmt.Errorf("%s=%s cannot be listened on (%w): it is written like 127.0.0.1:8080", setting, address, err)
	}
}

// pages is the handler of the clinics' pages.
func (in *installation) pages(e *environment) http.Handler {
	return web.New(web.Deps{
		Store: in.store, Directory: in.directory, Vault: in.vault, Scribe: in.scribe,
		SignIns: in.signIns, Sessions: in.sessions, Walls: identity.NewWalls(in.store), KeptForms: in.kept,
		Attempts: in.attempts, Live: in.live, Shelf: in.shelf, Clock: in.clock, Log: in.log, TrustedProxy: e.settings.TrustedProxy,
	}).Handler()
}

// hear begins to listen for what open pages are told of, as only a process that serves does.
func (in *installation) hear() {
	in.live = live.Open(in.line, in.clock, in.log)
	in.closers = append(in.closers, in.live.Close)
}

// works are the kinds of jobs that this release can do.
func (in *installation) works() map[jobs.Kind]jobs.Work {
	all := imports.Works()
	maps.Copy(all, files.Works(in.shelf))
	return all
}

// work begins with what is left for after the answer. What it gives lets running jobs finish; those that
// take too long go on with the next start.
func (in *installation) work(ctx context.Context) (stop func() error, err error) {
	r, err := jobs.Open(ctx, jobs.Config{
		Queue: in.queue, Store: in.store, Vault: in.vault, Works: in.works(), Patience: goodbye, Log: in.log,
		Report: in.attempts.Context,
	})
	if err != nil {
		return nil, err
	}
	if err := r.Start(ctx); err != nil {
		return nil, err
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye+time.Second)
		defer cancel()
		return r.Stop(ctx)
	}, nil
}

// zonesEvery is how often the rules of the clinics' zones are looked at: they change with the machine's, under a running process.
const zonesEvery = 24 * time.Hour

// keepTimes looks, from the start on, whether the times of what is booked are still those that were agreed. What fails is
// looked at again. stop waits for it to end.
func (in *installation) keepTimes(ctx context.Context, e *environment) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		for next := time.NewTicker(zonesEvery); ; {
			n, err := provision.KeepTimes(ctx, in.provision(e))
			switch {
			case ctx.Err() != nil:
			case err != nil:
				in.log.ErrorContext(ctx, "the times of what is booked could not be looked at", "err", err)
			case n > 0:
				in.log.InfoContext(ctx, "zones have other rules: what is booked keeps its time on the clock", "appointments", n)
			}
			select {
			case <-ctx.Done():
				next.Stop()
				return
			case <-next.C:
			}
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// server bounds what a connection may take: time, and the size of headers.
func server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// site is one listener with what answers there.
type site struct {
	listener net.Listener
	server   *http.Server
}

// answer serves every site until the context ends or one of them or what they stand on breaks; broken
// may be nil. Requests in flight then finish.
func answer(ctx context.Context, broken <-chan error, ready func(), sites ...site) error {
	ended := make(chan error, len(sites))
	for _, s := range sites {
		go func() { ended <- s.server.Serve(s.listener) }()
	}
	ready()
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-broken:
	case err := <-ended:
		failed = fmt.Errorf("listening: %w", err)
	}
	farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	for _, s := range sites {
		if err := s.server.Shutdown(farewell); err != nil {
			failed = errors.Join(failed, s.server.Close()) // those that took longer are cut off
		}
	}
	return failed
}

// operations is the handler of the operator's own port: whether the process lives, and whether what it
// stands on can be reached. It says no more than that.
func (in *installation) operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		if err := in.store.Ping(ctx); err != nil {
			in.log.WarnContext(ctx, "not ready", "part", "database", "err", err)
			say(w, http.StatusServiceUnavailable, "the database cannot be reached")
			return
		}
		if _, err := contextKey(ctx, in.vault); err != nil { // through the key store and the root key
			in.log.WarnContext(ctx, "not ready", "part", "keys", "err", err)
			say(w, http.StatusServiceUnavailable, "the keys cannot be reached")
			return
		}
		say(w, http.StatusOK, "ready")
	})
	return mux
}

func say(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, word+"\n") // fails when the asker has gone
}

// textLog is for people at a terminal: nothing but what needs their attention.
func textLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
