package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// LiveChannel is where every process tells all others that something changed.
const LiveChannel = "paddock_live"

const (
	// liveSilence is after how long without a token the line is asked whether it still stands.
	liveSilence = 10 * time.Second
	// livePatience is how long the database may take to answer on these lines.
	livePatience = 5 * time.Second
	// untoldMost is how many tokens wait for a database that is away. Whoever missed some hears, when the
	// line stands again, that all may have changed.
	untoldMost = 10_000
)

// Live is the door through which processes tell each other that something changed. Its role can read
// nothing and holds no right: to notify and to listen needs none. What passes is opaque tokens.
//
// Tokens are told after the commit and not with it: one that notifies holds a lock of the whole server until
// it is durable, so that all clinics' changes would wait for each other (ADR 10). The line that tells takes
// whatever has come together meanwhile, and commits without waiting for the disk.
type Live struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	tokens chan []string
	end    context.CancelFunc
	ended  chan struct{}
}

// OpenLive begins to tell what it is told to; it connects as paddock_live, when first needed.
func OpenLive(url string, log *slog.Logger) (*Live, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database address cannot be read") // the parser's error would repeat the password
	}
	cfg.RuntimeParams["application_name"] = "paddock live"
	cfg.RuntimeParams["synchronous_commit"] = "off"
	cfg.ConnectTimeout = livePatience
	ctx, end := context.WithCancel(context.Background())
	l := &Live{config: cfg, log: log, tokens: make(chan []string, 256), end: end, ended: make(chan struct{})}
	go l.speak(ctx)
	return l, nil
}

// Close tells what waits, if that can be done at once, and ends.
func (l *Live) Close() {
	l.end()
	<-l.ended
}

// Tell tells every process of these tokens, soon. It does not wait: where too many wait already, these are
// dropped and the pages are late.
func (l *Live) Tell(tokens []string) {
	select {
	case l.tokens <- tokens:
	default:
		l.log.Warn("too much changes to be told, so some pages are late")
	}
}

// speak keeps the line that tells.
func (l *Live) speak(ctx context.Context) {
	defer close(l.ended)
	var conn *pgx.Conn
	defer func() { hangUp(conn) }()
	waiting := map[string]struct{}{}
	for {
		if len(waiting) == 0 {
			select {
			case <-ctx.Done():
				if len(l.tokens) == 0 {
					return
				}
			case more := <-l.tokens:
				add(waiting, more)
			}
		}
		for more := true; more; { // what has come together meanwhile
			select {
			case list := <-l.tokens:
				add(waiting, list)
			default:
				more = false
			}
		}
		var err error
		if conn, err = l.say(conn, waiting); err == nil {
			clear(waiting)
			continue
		}
		l.log.WarnContext(ctx, "what changed could not be told to the pages, trying again", "err", err)
		hangUp(conn)
		conn = nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func add(waiting map[string]struct{}, tokens []string) {
	for _, t := range tokens {
		if len(waiting) < untoldMost {
			waiting[t] = struct{}{}
		}
	}
}

// say tells of all that waits in one transaction, on this connection or a new one.
func (l *Live) say(conn *pgx.Conn, waiting map[string]struct{}) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), livePatience)
	defer cancel()
	if conn == nil {
		var err error
		if conn, err = pgx.ConnectConfig(ctx, l.config.Copy()); err != nil {
			return nil, fmt.Errorf("opening a line: %w", err)
		}
	}
	list := make([]string, 0, len(waiting))
	for t := range waiting {
		list = append(list, t)
	}
	_, err := conn.Exec(ctx, "SELECT pg_notify('"+LiveChannel+"', t) FROM unnest($1::text[]) AS t", list)
	return conn, err
}

func hangUp(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // it is thrown away either way
}

// AllTenantsHear opens a line, says so, and gives each token that any process tells from then on to heard,
// until the context ends or the line is lost, which is found out within liveSilence plus livePatience.
func (l *Live) AllTenantsHear(ctx context.Context, listening func(), heard func(token string)) error {
	conn, err := pgx.ConnectConfig(ctx, l.config.Copy())
	if err != nil {
		return fmt.Errorf("opening a line: %w", err)
	}
	defer hangUp(conn)
	if _, err := conn.Exec(ctx, "LISTEN "+LiveChannel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	listening()
	for {
		wait, cancel := context.WithTimeout(ctx, liveSilence)
		n, err := conn.WaitForNotification(wait)
		quiet := wait.Err() != nil
		cancel()
		switch {
		case err == nil:
			heard(n.Payload)
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case !quiet:
			return fmt.Errorf("listening: %w", err)
		}
		asked, cancel := context.WithTimeout(ctx, livePatience)
		err = conn.Ping(asked)
		cancel()
		if err != nil {
			return fmt.Errorf("the line is gone: %w", err)
		}
	}
}
