package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/files"
	"paddock/internal/identity"
	"paddock/internal/isolation"
	"paddock/internal/live"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// policiesKept is how many clinics' compiled roles stay in memory.
const policiesKept = 1024

// installation is everything a process holds of one installation. Its parts are opened in the order
// they stand on each other and closed backwards.
type installation struct {
	log       *slog.Logger
	clock     clock.Clock
	vault     *vault.Vault
	signer    *db.Signer
	signerAt  func(clock.Clock) (*db.Signer, error) // signers of the same key by another clock
	store     *db.Store
	platform  *db.Platform
	watch     *db.Watch
	queue     *db.Jobs
	scribe    *audit.Scribe
	attempts  *isolation.Attempts
	line      *db.Live  // tells other processes what changed
	live      *live.Hub // tells the pages; of those that serve, see hear
	directory *tenancy.Directory
	signIns   *identity.SignIns
	sessions  *identity.Sessions
	kept      *identity.KeptForms
	shelf     *files.Shelf // nil where nobody is to open patients' files

	closers []func()
}

// open opens an installation whose keys are open already; closing them stays with the caller. Nothing
// is asked of the database yet.
func open(ctx context.Context, p place, v *vault.Vault, log *slog.Logger) (*installation, error) {
	in := &installation{log: log, clock: clock.System, vault: v}
	if err := in.open(ctx, p); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

func (in *installation) open(ctx context.Context, p place) (err error) {
	key, err := contextKey(ctx, in.vault)
	if err != nil {
		return err
	}
	in.signerAt = func(c clock.Clock) (*db.Signer, error) { return db.NewSigner(contextKeyVersion, key, c) }
	if in.signer, err = in.signerAt(in.clock); err != nil {
		return fmt.Errorf("reading the context key: %w", err)
	}
	// Refusals are reported to what is opened last; before that there is nobody to refuse.
	report := func(_ context.Context, who actor.Who, kind string) {
		if in.attempts != nil {
			in.attempts.Context(who, kind)
		}
	}
	if in.line, err = db.OpenLive(p.endpoint.As(db.RoleLive), in.log); err != nil {
		return err
	}
	in.closers = append(in.closers, in.line.Close)
	if in.store, err = db.Open(ctx, db.Config{URL: p.endpoint.As(db.RoleApp), Signer: in.signer, Log: in.log, Report: report, Tell: in.line.Tell}); err != nil {
		return err
	}
	in.closers = append(in.closers, in.store.Close)
	if in.platform, err = db.OpenPlatform(ctx, p.endpoint.As(db.RolePlatform)); err != nil {
		return err
	}
	in.closers = append(in.closers, in.platform.Close)
	if in.watch, err = db.OpenWatch(ctx, p.endpoint.As(db.RoleWatch)); err != nil {
		return err
	}
	in.closers = append(in.closers, in.watch.Close)
	if in.queue, err = db.OpenJobs(ctx, p.endpoint.As(db.RoleJobs)); err != nil {
		return err
	}
	in.closers = append(in.closers, in.queue.Close)
	in.scribe = audit.NewScribe(p.endpoint.As(db.RoleScribe), in.signer, in.log)
	in.closers = append(in.closers, in.scribe.Close)
	in.attempts = isolation.NewAttempts(in.watch, in.scribe, in.clock, in.log)
	in.closers = append(in.closers, in.attempts.Close)
	in.directory = tenancy.NewDirectory(in.store, in.clock)
	who := identity.Config{Store: in.store, Vault: in.vault, Clock: in.clock, AddressKey: identity.AddressKey(key), Report: report}
	if in.signIns, err = identity.NewSignIns(who); err != nil {
		return err
	}
	in.sessions = identity.NewSessions(who, in.signIns, identity.NewPolicies(in.store, in.vault, policiesKept))
	in.kept = identity.NewKeptForms(in.store, in.vault)
	if p.blobs == "" {
		return nil
	}
	if in.shelf, err = files.OpenShelf(ctx, p.blobs); err != nil {
		return err
	}
	in.closers = append(in.closers, func() { _ = in.shelf.Close() }) // nothing is written by closing
	return nil
}

// close writes what waits for the record and lets go of the database.
func (in *installation) close() {
	for i := len(in.closers) - 1; i >= 0; i-- {
		in.closers[i]()
	}
	in.closers = nil
}

// reached runs do on the installation a command line acts on.
func (e *environment) reached(ctx context.Context, do func(in *installation, p place) error) error {
	p, err := e.find()
	if err != nil {
		return err
	}
	v, err := p.openKeys(ctx)
	if err != nil {
		return err
	}
	defer closeKeys(v)
	in, err := open(ctx, p, v, textLog(e.stderr))
	if err != nil {
		return err
	}
	defer in.close()
	return do(in, p)
}

func (p place) openKeys(ctx context.Context) (*vault.Vault, error) {
	if p.keyless != nil {
		return nil, p.keyless
	}
	v, err := vault.Open(ctx, p.keys)
	if err != nil {
		return nil, fmt.Errorf("opening the keys: %w", err)
	}
	return v, nil
}

func closeKeys(v *vault.Vault) { _ = v.Close() } // nothing is written by closing

// mayServe refuses a policy engine that cannot be trusted, a server that is too old, a role that is
// too mighty, and a database whose fences do not hold.
func mayServe(ctx context.Context, p place) error {
	if err := access.SelfCheck(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := connect(ctx, p, db.RoleApp)
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	return isolation.Boot(ctx, conn)
}

// connect opens one connection of a role.
func connect(ctx context.Context, p place, role string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, p.endpoint.As(role))
	var refused *pgconn.ParseConfigError
	if errors.As(err, &refused) {
		return nil, errors.New("DATABASE_URL cannot be read") // the parser's error may repeat a password
	}
	if err != nil {
		return nil, fmt.Errorf("the database does not let %s in (has it been migrated, and are these its passwords?): %w", role, err)
	}
	return conn, nil
}

func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // it is thrown away either way
}
