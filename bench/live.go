package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/identity"
	"paddock/internal/live"
	"paddock/internal/vault"
)

const openStreams = 500

// livePart opens many live pages of one clinic and tells them of a change: what a stream costs in memory,
// and how long the last one waits.
func livePart(ctx context.Context, s *stand, out io.Writer) error {
	tell("Opening %d live pages", openStreams)
	p, err := s.product(ctx, s.visit, s.shipped)
	if err != nil {
		return err
	}
	defer p.stop()
	store, let, err := s.telling(ctx)
	if err != nil {
		return err
	}
	defer let()
	before, _, err := resident(p.pid())
	if err != nil {
		return err
	}
	lines, err := s.listeners(ctx, p)
	defer func() {
		for _, l := range lines {
			l.Close()
		}
	}()
	if err != nil {
		return err
	}
	after, _, err := resident(p.pid())
	if err != nil {
		return err
	}
	var took []float64
	who := actor.Who{Clinic: s.clinic.keys.ID(), Placement: actor.Placement{Tier: actor.TierPool, Cluster: "main", Epoch: 1}, Purpose: actor.Work, Person: s.clinic.vet.ID, Route: "bench"}
	for range 2*s.rounds - 1 {
		began := clock.System.Now()
		if err := store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
			return live.Touch(ctx, tx, s.clinic.keys, live.Board)
		}); err != nil {
			return err
		}
		for _, l := range lines {
			if err := awaits(l, "event: board-changed"); err != nil {
				return err
			}
		}
		took = append(took, ms(clock.System.Now().Sub(began)))
	}
	fmt.Fprintf(out, "\n## Live pages\n\n%d open pages take %d MB more, %d KB each. A change reaches all of them in %.0f ms (median of %d).\n",
		openStreams, (after-before)>>20, (after-before)/openStreams>>10, median(took, func(v float64) float64 { return v }), len(took))
	return nil
}

// telling is a store of the clinic's installation that tells what changed.
func (s *stand) telling(ctx context.Context) (store *db.Store, let func(), err error) {
	v, err := vault.Open(ctx, vault.Config{KMSURL: "hashivault://bench", KeyStoreURL: s.keyFolder(database)})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = v.Close() }() // nothing is written by closing
	key, err := v.ContextKey(ctx, 1)
	if err != nil {
		return nil, nil, err
	}
	signer, err := db.NewSigner(1, key.Bytes(), clock.System)
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	line, err := db.OpenLive(s.endpoint.As(db.RoleLive), log)
	if err != nil {
		return nil, nil, err
	}
	store, err = db.Open(ctx, db.Config{URL: s.endpoint.As(db.RoleApp), Signer: signer, Log: log, Tell: line.Tell})
	if err != nil {
		line.Close()
		return nil, nil, err
	}
	return store, func() { store.Close(); line.Close() }, nil
}

// listeners opens the pages' streams, as many to a session as it may have.
func (s *stand) listeners(ctx context.Context, p *process) (lines []net.Conn, err error) {
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(database))
	if err != nil {
		return nil, fmt.Errorf("connecting as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	token := ""
	var dial net.Dialer
	for i := range openStreams {
		if i%live.StreamsMost == 0 {
			token = rand.Text() + rand.Text()[:17] // as long as one of the product's
			if err := openSession(ctx, conn, s.clinic.keys.ID().ID(), s.clinic.vet.ID, token); err != nil {
				return lines, err
			}
		}
		l, err := dial.DialContext(ctx, "tcp", p.address)
		if err != nil {
			return lines, fmt.Errorf("opening a live page: %w", err)
		}
		lines = append(lines, l)
		if _, err := fmt.Fprintf(l, "GET /live?since=%s HTTP/1.1\r\nHost: %s\r\nCookie: %s=%s\r\n\r\n",
			live.Mark(clock.System.Now().Add(time.Hour)), clinicHost, identity.SessionCookie, token); err != nil {
			return lines, fmt.Errorf("opening a live page: %w", err)
		}
		if err := awaits(l, "event: beat"); err != nil {
			return lines, err
		}
	}
	return lines, nil
}

// awaits reads a stream until it says something.
func awaits(l net.Conn, words string) error {
	_ = l.SetReadDeadline(clock.System.Now().Add(20 * time.Second)) // a connection just dialled takes one
	var said []byte
	for part := make([]byte, 4<<10); !bytes.Contains(said, []byte(words)); {
		n, err := l.Read(part)
		if err != nil {
			return fmt.Errorf("a live page waits for %q after %q: %w", words, said, err)
		}
		said = append(said, part[:n]...)
	}
	return nil
}
