package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/config"
	"paddock/internal/demo"
	"paddock/internal/postgres"
	"paddock/internal/provision"
	"paddock/static"
)

// dev serves the sample clinics: it brings its own PostgreSQL, migrates, makes what is missing, and
// prints the ready line last.
func dev(ctx context.Context, e *environment, args []string) (err error) {
	if _, err := parse(e, flags("dev"), args); err != nil {
		return err
	}
	if missing := static.Missing(); len(missing) > 0 {
		return fmt.Errorf("this program was built without %s: `make run` builds what the pages load, as does `make assets` followed by a new build", strings.Join(missing, ", "))
	}
	ln, err := listen(ctx, "PADDOCK_LISTEN", e.settings.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }() // the server has closed it by then, unless something failed before
	dir := folder(e.settings.DataDir)
	if err := dir.prepare(); err != nil {
		return err
	}
	p, broken, stop, err := e.devPlace(ctx, dir)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { err = errors.Join(err, stop()) }()
	return unlessStopped(ctx, e.devServe(ctx, dir, p, ln, broken))
}

// unlessStopped drops what only says that the program was told to stop before it was ready.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// devPlace gives the database and the keys, making what is missing. broken tells when a PostgreSQL of
// ours ends by itself, and stop ends it.
func (e *environment) devPlace(ctx context.Context, dir folder) (p place, broken chan error, stop func() error, err error) {
	broken, stop = make(chan error, 1), func() error { return nil }
	address := e.settings.DatabaseURL
	admin := e.settings.AdminURL
	if address == "" {
		e.tell("Starting PostgreSQL in %s", dir.postgres())
		pg, err := postgres.Start(ctx, postgres.Options{Dir: dir.postgres()})
		if err != nil {
			return p, nil, nil, err
		}
		stop = func() error {
			if err := pg.Stop(context.WithoutCancel(ctx)); err != nil {
				return fmt.Errorf("stopping PostgreSQL: %w", err)
			}
			return nil
		}
		go func() {
			<-pg.Done()
			broken <- fmt.Errorf("PostgreSQL ended by itself, so Paddock ends too; its log is %s", filepath.Join(dir.postgres(), "postgres.log"))
		}()
		address, admin = pg.URL("", "", database), config.Secret(pg.AdminURL(database))
		if err := makeDatabase(ctx, pg.AdminURL("postgres")); err != nil {
			return p, nil, nil, errors.Join(err, stop())
		}
	} else if admin == "" {
		admin = config.Secret(address)
	}
	if p, err = placeIn(ctx, dir, address, admin, e.settings.BlobURL); err != nil {
		return p, nil, nil, errors.Join(err, stop())
	}
	return p, broken, stop, nil
}

// placeIn makes passwords and keys where they are missing.
func placeIn(ctx context.Context, dir folder, address string, admin config.Secret, blobs string) (place, error) {
	p := place{admin: admin, scheme: "http", blobs: blobs}
	secrets, err := dir.makeSecrets()
	if err != nil {
		return p, err
	}
	if p.endpoint, err = db.NewEndpoint(address, secrets); err != nil {
		return p, err
	}
	if p.blobs == "" {
		if p.blobs, err = dir.files(); err != nil {
			return p, err
		}
	}
	p.keys, err = dir.makeKeys(ctx)
	return p, err
}

// makeDatabase makes the database of a new PostgreSQL.
func makeDatabase(ctx context.Context, adminURL string) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	defer hangUp(ctx, conn)
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there); err != nil {
		return fmt.Errorf("looking for the database: %w", err)
	}
	if there {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+database); err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	return nil
}

// devServe brings the database up to date, fills it on first start, and serves.
func (e *environment) devServe(ctx context.Context, dir folder, p place, ln net.Listener, broken chan error) error {
	v, err := p.openKeys(ctx)
	if err != nil {
		return err
	}
	defer closeKeys(v)
	e.tell("Migrating the database")
	if err := db.Migrate(ctx, p.admin.Reveal(), p.endpoint, makeContextKey(v)); err != nil {
		return err
	}
	if err := mayServe(ctx, p); err != nil {
		return err
	}
	in, err := open(ctx, p, v, textLog(e.stderr))
	if err != nil {
		return err
	}
	defer in.close()
	if _, err := provision.Canaries(ctx, in.provision(e)); err != nil {
		return err
	}
	if _, err := provision.Upgrade(ctx, in.provision(e), provision.NewRights(), provision.Seeds()); err != nil {
		return err
	}
	if err := e.sampleClinics(ctx, in); err != nil {
		return err
	}
	first, port := e.firstPage(ln)
	if err := dir.noteAddress(port); err != nil {
		return err
	}
	defer dir.forgetAddress()
	in.hear()
	sites, err := in.sites(ctx, e, ln)
	if err != nil {
		return err
	}
	stop, err := in.work(ctx)
	if err != nil {
		return err
	}
	defer in.keepTimes(ctx, e)()
	return errors.Join(answer(ctx, broken, func() { e.tell("Paddock is ready at %s", first) }, sites...), stop())
}

func (e *environment) sampleClinics(ctx context.Context, in *installation) error {
	d := demo.Deps{Deps: in.provision(e), Directory: in.directory, SignIns: in.signIns, Shelf: in.shelf}
	made, err := demo.Made(ctx, d)
	if err != nil {
		return err
	}
	if made {
		return demo.Lively(ctx, d)
	}
	e.tell("Making the sample clinics; everybody there signs in with “%s”", demo.Passphrase)
	if err := demo.Make(ctx, d); err != nil {
		return fmt.Errorf("making the sample clinics: %w", err)
	}
	debug.FreeOSMemory() // hashing twelve passphrases took more than serving will
	return demo.Lively(ctx, d)
}

// provision is what makes a clinic.
func (in *installation) provision(e *environment) provision.Deps {
	return provision.Deps{
		Store: in.store, Platform: in.platform, Vault: in.vault, BaseDomain: e.settings.BaseDomain, Placement: placement,
	}
}

// firstPage is where to begin, with the port it really has, and that port.
func (e *environment) firstPage(ln net.Listener) (address, port string) {
	host := demo.Clinics()[0].Label + "." + e.settings.BaseDomain
	tcp, ok := ln.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + host, ""
	}
	if !tcp.IP.IsLoopback() {
		e.tell("Everybody who reaches %s can open these pages, and the passphrase is no secret", tcp)
	}
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		e.tell("Let %s lead to %s, in /etc/hosts for instance: by itself it leads to this machine's own 127.0.0.1", host, tcp.IP)
	}
	port = strconv.Itoa(tcp.Port)
	if tcp.Port != 80 {
		host = net.JoinHostPort(host, port)
	}
	return (&url.URL{Scheme: "http", Host: host}).String(), port
}

// tell prints one line of progress.
func (e *environment) tell(format string, args ...any) { fmt.Fprintf(e.stdout, format+"\n", args...) }
