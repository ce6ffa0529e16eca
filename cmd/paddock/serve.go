package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"runtime/debug"
	"strings"

	"paddock/db"
	"paddock/internal/config"
	"paddock/static"
)

// serve answers for the clinics of DATABASE_URL. It holds no state: several may run side by side.
func serve(ctx context.Context, e *environment, args []string) error {
	if _, err := parse(e, flags("serve"), args); err != nil {
		return err
	}
	if missing := static.Missing(); len(missing) > 0 {
		return fmt.Errorf("this program was built without %s: run `make assets` and build it again", strings.Join(missing, ", "))
	}
	p, err := servePlace(e.settings)
	if err != nil {
		return err
	}
	ln, err := listen(ctx, "PADDOCK_LISTEN", e.settings.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }() // the server has closed it by then, unless something failed before
	if err := mayServe(ctx, p); err != nil {
		return err
	}
	v, err := p.openKeys(ctx)
	if err != nil {
		return err
	}
	defer closeKeys(v)
	log := slog.New(slog.NewJSONHandler(e.stderr, nil))
	in, err := open(ctx, p, v, log)
	if err != nil {
		return err
	}
	defer in.close()
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
	collectLess()
	log.InfoContext(ctx, "serving", "listen", ln.Addr().String())
	err = errors.Join(answer(ctx, nil, func() {}, sites...), stop())
	log.InfoContext(ctx, "stopped")
	return err
}

// collectLess halves the work of the collector, which is a fifth of a page's, for some 10 MB: what a page is made of is
// soon dropped and little is kept. GOGC, where it is set, says otherwise.
func collectLess() {
	if was := debug.SetGCPercent(200); was != 100 {
		debug.SetGCPercent(was)
	}
}

// servePlace demands every setting by name: an installation with real clinics guesses nothing.
func servePlace(s config.Settings) (p place, err error) {
	switch {
	case s.DatabaseURL == "":
		return p, errors.New("DATABASE_URL is not set: it names the database, for instance postgres://db.example.org/paddock")
	case s.SecretsFile == "":
		return p, errors.New("PADDOCK_DB_SECRETS is not set: it names the file of the database passwords")
	}
	if u, err := url.Parse(s.DatabaseURL); err == nil && u.User != nil && u.User.Username() != db.RoleApp {
		return p, fmt.Errorf("DATABASE_URL names the database role %q, and only %s may serve: leave the role out, passwords come from PADDOCK_DB_SECRETS", u.User.Username(), db.RoleApp)
	}
	if p.keys, err = remoteKeys(s); err != nil {
		return p, err
	}
	if p.blobs = s.BlobURL; p.blobs == "" {
		return p, errors.New("PADDOCK_BLOB_URL is not set: it names where patients' files are kept, for instance file:///var/lib/paddock/files or s3://bucket?region=eu-west-1")
	}
	secrets, err := config.ReadSecrets(s.SecretsFile)
	if err != nil {
		return p, err
	}
	p.scheme = "https"
	p.endpoint, err = db.NewEndpoint(s.DatabaseURL, secrets)
	return p, err
}

// sites are the clinics' pages and, where PADDOCK_OPS_LISTEN is set, the operator's port.
func (in *installation) sites(ctx context.Context, e *environment, ln net.Listener) ([]site, error) {
	pages := server(in.pages(e), in.log)
	pages.RegisterOnShutdown(in.live.Dismiss) // open streams would be waited for
	list := []site{{ln, pages}}
	if e.settings.OpsListen == "" {
		return list, nil
	}
	ops, err := listen(ctx, "PADDOCK_OPS_LISTEN", e.settings.OpsListen)
	if err != nil {
		return nil, err
	}
	return append(list, site{ops, server(in.operations(), in.log)}), nil
}
