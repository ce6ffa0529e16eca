package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

// ErrUnrecorded means that an act could not be recorded: whatever it was must not be shown.
var ErrUnrecorded = errors.New("the act could not be recorded")

const (
	batchMost     = 256
	scribeTimeout = 5 * time.Second
)

// SecurityEvent is one attempt to cross a fence, for the platform's own log.
type SecurityEvent struct {
	Kind     string // "cross-tenant-session", "cross-tenant-id", "context-refused", ...
	AtClinic id.ID  // where it was tried
	OfClinic id.ID  // whose session or row it was; zero where unknown
	Actor    id.ID
	Session  id.ID
	Route    string
	Request  id.ID
	At       time.Time
}

// Scribe writes the record of what was only read. It has one connection, of a role that may insert
// leaves and read nothing, and commits the leaves of all waiting requests together: one flush serves
// many pages. A page waits until its leaves are durable.
type Scribe struct {
	url    string
	signer *db.Signer
	log    *slog.Logger
	jobs   chan *job
	stop   chan struct{}
	done   chan struct{}
	once   sync.Once
}

type job struct {
	leaves []Leaf
	events []SecurityEvent
	result chan error
}

// NewScribe starts the scribe; url connects as paddock_scribe. The connection is made with the first
// leaf and again after it broke.
func NewScribe(url string, signer *db.Signer, log *slog.Logger) *Scribe {
	s := &Scribe{url: url, signer: signer, log: log, jobs: make(chan *job, batchMost), stop: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

// Close writes what is waiting and ends the scribe.
func (s *Scribe) Close() {
	s.once.Do(func() { close(s.stop) })
	<-s.done
}

// Write returns once the leaves are durable, or ErrUnrecorded.
func (s *Scribe) Write(ctx context.Context, leaves ...Leaf) error {
	return s.Begin(ctx, leaves...)()
}

// Begin has leaves written while something else is done. What it gives waits, and returns once they are
// durable, or ErrUnrecorded.
func (s *Scribe) Begin(ctx context.Context, leaves ...Leaf) func() error {
	if benchUnrecorded {
		return func() error { return nil }
	}
	return s.submit(ctx, &job{leaves: leaves, result: make(chan error, 1)})
}

// WriteEvents adds to the platform's log and to the clinics' own records, durably.
func (s *Scribe) WriteEvents(ctx context.Context, events []SecurityEvent, leaves ...Leaf) error {
	return s.submit(ctx, &job{events: events, leaves: leaves, result: make(chan error, 1)})()
}

func (s *Scribe) submit(ctx context.Context, j *job) func() error {
	select {
	case s.jobs <- j:
	case <-s.stop:
		return func() error { return ErrUnrecorded }
	case <-ctx.Done():
		return func() error { return fmt.Errorf("%w: %w", ErrUnrecorded, ctx.Err()) }
	}
	return func() error {
		select {
		case err := <-j.result:
			return err
		case <-s.done:
			return ErrUnrecorded
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnrecorded, ctx.Err())
		}
	}
}

func (s *Scribe) run() {
	defer close(s.done)
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			s.hangUp(conn)
		}
	}()
	for {
		var first *job
		select {
		case first = <-s.jobs:
		case <-s.stop:
			select {
			case first = <-s.jobs:
			default:
				return
			}
		}
		batch := []*job{first}
		for rows := len(first.leaves); rows < batchMost; {
			var j *job
			select {
			case j = <-s.jobs:
			default:
			}
			if j == nil {
				break
			}
			batch = append(batch, j)
			rows += len(j.leaves)
		}
		conn = s.serve(conn, batch)
	}
}

// serve commits a batch and answers its requests. A batch the database refuses is tried request by
// request, so that one leaf that cannot be written does not refuse its neighbours' pages.
func (s *Scribe) serve(conn *pgx.Conn, batch []*job) *pgx.Conn {
	conn, err := s.commit(conn, batch)
	if err != nil && len(batch) > 1 && conn != nil {
		for _, j := range batch {
			var one error
			conn, one = s.commit(conn, []*job{j})
			answer(j, one)
		}
		return conn
	}
	for _, j := range batch {
		answer(j, err)
	}
	return conn
}

func answer(j *job, err error) {
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnrecorded, err)
	}
	j.result <- err
}

func (s *Scribe) commit(conn *pgx.Conn, batch []*job) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), scribeTimeout)
	defer cancel()
	if conn == nil || conn.IsClosed() {
		cfg, err := pgx.ParseConfig(s.url)
		if err != nil {
			return nil, errors.New("the scribe's database address cannot be read")
		}
		cfg.RuntimeParams["application_name"] = "paddock scribe"
		if conn, err = pgx.ConnectConfig(ctx, cfg); err != nil {
			s.log.Error("the scribe has no connection", "err", err)
			return nil, fmt.Errorf("connecting the scribe: %w", err)
		}
	}
	// What is sent before one Sync is one transaction, committed when its answer comes (PostgreSQL's
	// extended query protocol): nothing is to be gained by saying BEGIN and COMMIT.
	b := &pgx.Batch{}
	for tenant, leaves := range byTenant(batch) {
		b.Queue(db.Enter, s.signer.Sign(actor.Who{Clinic: tenant, Purpose: actor.Record}, conn.PgConn().PID()))
		queue(b, func(q *db.Queries) error { return q.InsertLeaves(ctx, together(tenant, leaves)) })
	}
	for _, j := range batch {
		for _, e := range j.events {
			queue(b, func(q *db.Queries) error {
				return q.InsertSecurityEvent(ctx, db.InsertSecurityEventParams{
					ID: id.New(), At: e.At, Kind: e.Kind, AtClinic: e.AtClinic, OfClinic: e.OfClinic,
					ActorID: e.Actor, SessionID: e.Session, Route: e.Route, RequestID: e.Request,
				})
			})
		}
	}
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		s.log.Error("the scribe could not write", "err", err)
		if conn.PgConn().TxStatus() != 'I' {
			if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
				s.hangUp(conn)
				return nil, fmt.Errorf("writing leaves: %w", err)
			}
		}
		return conn, fmt.Errorf("writing leaves: %w", err)
	}
	return conn, nil
}

func (s *Scribe) hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // it is thrown away either way
}

func byTenant(batch []*job) map[id.Tenant][]Leaf {
	out := map[id.Tenant][]Leaf{}
	for _, j := range batch {
		for _, l := range j.leaves {
			out[l.Tenant] = append(out[l.Tenant], l)
		}
	}
	return out
}
