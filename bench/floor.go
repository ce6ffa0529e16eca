package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/views"
	"paddock/views/ui"
)

// The floor is what the requests of the registry cost without any fence of ours: a bare handler, one pgx
// batch with the product's own statements under row security by a plain setting, one durable audit row
// in the same transaction, and the same page. It has no session, no permission, no seal, no signature.

// floorSettings is the file the floor is started with.
type floorSettings struct {
	URL     string
	Tenant  id.ID
	Vet     id.ID
	Session id.ID
	Clinic  string
	VetName string
	Role    string
	Zone    string
	// Asked is what is asked for when one of searched is typed.
	Asked map[string]db.ListSearchHitsParams
}

type floor struct {
	floorSettings
	pool    *pgxpool.Pool
	zone    *time.Location
	species map[string]string
	assets  ui.Assets
}

// serveFloor runs the floor as the file in the second argument says, until the context ends. Its one
// line of output is the address it listens on.
func serveFloor(ctx context.Context) error {
	if len(os.Args) != 3 {
		return errors.New("the floor needs the file of its settings")
	}
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		return fmt.Errorf("reading the floor's settings: %w", err)
	}
	f := &floor{assets: assets()}
	if err := json.Unmarshal(text, &f.floorSettings); err != nil {
		return fmt.Errorf("reading the floor's settings: %w", err)
	}
	if f.zone, err = time.LoadLocation(f.Zone); err != nil {
		return fmt.Errorf("reading the floor's settings: %w", err)
	}
	cfg, err := pgxpool.ParseConfig(f.URL)
	if err != nil {
		return errors.New("the floor's database address cannot be read")
	}
	cfg.MaxConns = 12 // as many as the product
	if f.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("opening the floor's pool: %w", err)
	}
	defer f.pool.Close()
	kinds, err := db.New(f.pool).ListSpecies(ctx)
	if err != nil {
		return fmt.Errorf("reading the species: %w", err)
	}
	f.species = map[string]string{}
	for _, k := range kinds {
		f.species[k.Code] = k.Name
	}
	var how net.ListenConfig
	ln, err := how.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /patients/{id}", f.bare(f.showPatient))
	mux.HandleFunc("POST /clients", f.bare(f.createClient))
	mux.HandleFunc("GET /patients", f.bare(f.listPatients))
	mux.HandleFunc("POST /search", f.bare(f.search))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	fmt.Println(ln.Addr())
	go func() {
		<-ctx.Done()
		_ = server.Close() // it ends with the process
	}()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the floor: %w", err)
	}
	return nil
}

// bare turns an error into an empty 500, which the client counts as a failed run.
func (f *floor) bare(do func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			tell("floor: %v", err)
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
}

// queue is a DBTX that puts the generated statements into a batch. It knows the clinic: the floor has
// no fenced transaction to give it one.
type queue struct {
	batch  *pgx.Batch
	tenant id.ID
}

var errQueued = errors.New("the statement is queued")

func (q queue) add(sql string, args []any) {
	for i, a := range args {
		if _, ok := a.(id.Tenant); ok {
			args[i] = q.tenant
		}
	}
	q.batch.Queue(sql, args...)
}

func (q queue) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	q.add(sql, args)
	return pgconn.CommandTag{}, nil
}

func (q queue) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	q.add(sql, args)
	return nil, errQueued
}

func (q queue) QueryRow(context.Context, string, ...any) pgx.Row {
	panic("bench: neither request reads a single row")
}

// answers is a DBTX that gives what a batch brought back, in order.
type answers struct{ pgx.BatchResults }

func (a answers) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return a.BatchResults.Exec()
}

func (a answers) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return a.BatchResults.Query()
}

func (a answers) QueryRow(context.Context, string, ...any) pgx.Row { return a.BatchResults.QueryRow() }

// transaction sends the statements of ask as one implicit transaction in one round trip, reads those of
// ask that answer by calling it again, and returns when all are durable.
func (f *floor) transaction(ctx context.Context, ask func(q *db.Queries) error, leaf db.InsertLeafParams) error {
	batch := &pgx.Batch{}
	q := db.New(queue{batch, f.Tenant})
	batch.Queue("SELECT set_config('floor.tenant', $1, true)", f.Tenant.String())
	if err := ask(q); err != nil {
		return err
	}
	if err := q.InsertLeaf(ctx, leaf); err != nil {
		return err
	}
	conn, err := f.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection: %w", err)
	}
	defer conn.Release()
	results := conn.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		return errors.Join(fmt.Errorf("naming the clinic: %w", err), results.Close())
	}
	err = ask(db.New(answers{results}))
	return errors.Join(err, results.Close())
}

// leaf is the audit row of a request.
func (f *floor) leaf(action, object, route string, row id.ID) db.InsertLeafParams {
	request := id.New()
	hash := sha256.Sum256(request[:])
	return db.InsertLeafParams{
		ID: id.New(), Version: 1, At: clock.System.Now().UTC(), ActorID: f.Vet, SessionID: f.Session, Purpose: "work",
		Action: action, Object: object, ObjectID: row, Ids: []id.ID{}, Outcome: "done", Route: route, RequestID: request, PolicyEpoch: 1,
		Hash: hash[:],
	}
}

// showPatient is the patient's page.
func (f *floor) showPatient(w http.ResponseWriter, r *http.Request) error {
	row, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fmt.Errorf("reading the path: %w", err)
	}
	ctx := r.Context()
	var rec floorRecord
	ask := func(q *db.Queries) error { return rec.ask(ctx, q, row, f.zone.String()) }
	if err := f.transaction(ctx, ask, f.leaf("opened", "patient", "GET /patients/{id}", row)); err != nil {
		return err
	}
	view, err := f.recordView(rec)
	if err != nil {
		return err
	}
	return show(ctx, w, views.RecordPage(view))
}
