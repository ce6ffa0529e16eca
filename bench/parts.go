package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/internal/clock"
)

// pagesPart signs in and looks at single pages: bytes, round trips and statements. It also makes sure
// that the floor's page is the product's.
func pagesPart(ctx context.Context, s *stand, out io.Writer) error {
	tell("Looking at pages")
	var err error
	if s.visit, err = s.signIn(ctx); err != nil {
		return err
	}
	p, err := s.product(ctx, s.visit, s.switched)
	if err != nil {
		return err
	}
	defer p.stop()
	c := s.clinic
	pages := []struct {
		name, path string
		form       url.Values
	}{
		{"the 50 patients opened last", "/patients", nil},
		{"a patient", "/patients/" + c.patients[0].String(), nil},
		{"a client", "/clients/" + c.clients[0].String(), nil},
		{"a note", "/notes/" + c.notes[0].String(), nil},
		{"the form of a client", "/clients/new", nil},
		{"the form of a patient", "/patients/new?client=" + c.clients[0].String(), nil},
		{"a search", "/search", url.Values{"csrf": {p.seats[0].token}, "q": {"helen"}}},
	}
	fmt.Fprintf(out, "\n## Pages\n\n| page | bytes | gzip | round trips | statements | of them contexts |\n|---|--:|--:|--:|--:|--:|\n")
	for _, page := range pages {
		var r reply
		for range 2 { // the first of a kind may fill a cache
			if page.form == nil {
				r, err = p.get(ctx, page.path)
			} else {
				r, err = p.ask(ctx, p.seats[0], http.MethodPost, page.path, page.form)
			}
			if err != nil {
				return err
			}
		}
		if r.status != http.StatusOK {
			return fmt.Errorf("%s was answered with %d", page.name, r.status)
		}
		var trips, statements int
		if _, err := fmt.Sscan(r.header.Get("X-Bench-Trips"), &trips, &statements); err != nil {
			return fmt.Errorf("%s was not counted: %w", page.name, err)
		}
		// Each trip of a read begins with the context.
		fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d |\n", page.name, len(r.body), zipped(r.body), trips, statements, trips)
	}
	return s.comparePages(ctx, p)
}

func zipped(body string) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(body)) // a buffer takes everything
	_ = z.Close()
	return b.Len()
}

// comparePages fails where the floor shows anything else than the product, tokens and fresh ids apart.
func (s *stand) comparePages(ctx context.Context, product *process) error {
	f, err := s.startFloor(ctx)
	if err != nil {
		return err
	}
	defer f.stop()
	if err := sameAnswers(ctx, product, f, "/patients/"+s.clinic.patients[1].String(), nil, `class="record"`); err != nil {
		return err
	}
	return s.compareRecords(ctx, product, f)
}

// sameAnswers fails where two processes answer differently, tokens and fresh ids apart, or do not show what is asked for.
func sameAnswers(ctx context.Context, product, bare *process, path string, form url.Values, shows string) error {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	ours, err := product.ask(ctx, product.seats[0], method, path, form)
	if err != nil {
		return err
	}
	theirs, err := bare.ask(ctx, bare.seats[0], method, path, form)
	if err != nil {
		return err
	}
	if !strings.Contains(ours.body, shows) {
		return fmt.Errorf("the product's page, answered with %d, does not show %s", ours.status, shows)
	}
	a, b := sameEachTime(ours.body), sameEachTime(theirs.body)
	if a == b && ours.status == theirs.status {
		return nil
	}
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	from := max(0, at-60)
	return fmt.Errorf("the floor's page is another one: %q where the product has %q", b[from:min(len(b), at+60)], a[from:min(len(a), at+60)])
}

// sameEachTime takes out of a page what no two answers share.
func sameEachTime(body string) string {
	var pairs []string
	for _, m := range formToken.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], "token")
	}
	for _, m := range nonces.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], "nonce")
	}
	for _, m := range newID.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], "row")
	}
	for _, m := range freshIDs.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], "fresh")
	}
	for _, m := range marks.FindAllStringSubmatch(body, -1) {
		pairs = append(pairs, m[1], "mark")
	}
	return stays.ReplaceAllString(strings.NewReplacer(pairs...).Replace(body), "stay")
}

// headlinePart asks product and floor in turns.
func headlinePart(ctx context.Context, s *stand, out io.Writer) error {
	product, err := s.product(ctx, s.visit, s.shipped)
	if err != nil {
		return err
	}
	defer product.stop()
	bare, err := s.startFloor(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	fmt.Fprintf(out, "\n## Product and floor\n\n| request | connections | | requests/s | p50 ms | p99 ms | CPU ms server | CPU ms database | CPU ms |\n|---|--:|---|--:|--:|--:|--:|--:|--:|\n")
	for _, w := range works {
		for _, n := range s.levels {
			tell("%s at %d connections", w.name, n)
			a, b, err := s.turns(ctx, product, bare, w, n)
			if err != nil {
				return err
			}
			ratioRows(out, w.name, n, a, b)
		}
	}
	now, most, err := resident(product.pid())
	if err != nil {
		return err
	}
	floorNow, _, err := resident(bare.pid())
	if err != nil {
		return err
	}
	connections, err := s.connections(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nAfter that the product holds %.0f MB (at most %.0f MB) and %d database connections; the floor holds %.0f MB.\n",
		float64(now)/(1<<20), float64(most)/(1<<20), connections, float64(floorNow)/(1<<20))
	return nil
}

// turns asks product and floor in turns.
func (s *stand) turns(ctx context.Context, product, bare *process, w work, connections int) (ours, floors figures, err error) {
	var a, b []figures
	for range s.rounds {
		f, err := s.turn(ctx, product, w, connections, s.each)
		if err != nil {
			return ours, floors, err
		}
		a = append(a, f)
		if f, err = s.turn(ctx, bare, w, connections, s.each); err != nil {
			return ours, floors, fmt.Errorf("the floor: %w", err)
		}
		b = append(b, f)
	}
	return medians(a), medians(b), nil
}

// ratioRows are the product's line, the floor's, and one against the other.
func ratioRows(out io.Writer, name string, n int, a, b figures) {
	row(out, name, n, "product", a)
	row(out, "", n, "floor", b)
	fmt.Fprintf(out, "| | %d | **ratio** | **%.2f** | %.2f | %.2f | %.2f | %.2f | %.2f |\n",
		n, a.perSecond/b.perSecond, a.p50/b.p50, a.p99/b.p99, a.server/b.server, a.database/b.database, a.cpu()/b.cpu())
}

func row(out io.Writer, name string, n int, who string, f figures) {
	fmt.Fprintf(out, "| %s | %d | %s | %.0f | %.2f | %.2f | %.3f | %.3f | %.3f |\n", name, n, who, f.perSecond, f.p50, f.p99, f.server, f.database, f.cpu())
}

// connections counts those of the product, whatever their role.
func (s *stand) connections(ctx context.Context) (n int, err error) {
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(database))
	if err != nil {
		return 0, fmt.Errorf("counting connections: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	err = conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename LIKE 'paddock\\_%' AND pid <> pg_backend_pid()", database).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting connections: %w", err)
	}
	return n, nil
}

// startPart measures from exec to the first page of somebody signed in, with the database up.
func startPart(ctx context.Context, s *stand, out io.Writer) error {
	tell("Starting the product")
	var took []float64
	for range 2*s.rounds - 1 {
		began := clock.System.Now()
		p, err := s.startProduct(ctx, s.shipped)
		if err != nil {
			return err
		}
		p.seats = []*seat{{host: clinicHost, cookie: s.visit.cookie}}
		err = p.ready(ctx, "/patients/"+s.clinic.patients[0].String())
		took = append(took, ms(clock.System.Now().Sub(began)))
		p.stop()
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nFrom exec to the first signed-in page: %.0f ms (median of %d).\n", median(took, func(v float64) float64 { return v }), len(took))
	return nil
}

// profilePart tells how much of a page sealing is, from a CPU profile, and keeps the profiles where
// -profile says.
func profilePart(ctx context.Context, s *stand, out io.Writer) error {
	dir := s.profile
	if dir == "" {
		dir = s.dir
	} else if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("making the folder of profiles: %w", err)
	}
	at, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	if s.visit, err = s.signIn(ctx); err != nil { // the session of the first parts may have ended meanwhile, unused
		return err
	}
	p, err := s.product(ctx, s.visit, s.switched, "PADDOCK_BENCH_PPROF="+at)
	if err != nil {
		return err
	}
	defer p.stop()
	profiler := &process{address: at}
	fmt.Fprintf(out, "\n## Sealing, by profile at 8 connections\n\n| request | share of the server's CPU | share of server and database |\n|---|--:|--:|\n")
	for _, w := range works {
		tell("Profiling: %s", w.name)
		file := filepath.Join(dir, strings.ReplaceAll(w.name, " ", "-")+".pprof")
		f, err := s.profiled(ctx, p, profiler, w, file)
		if err != nil {
			return err
		}
		share, err := s.shareOf(ctx, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %.1f %% | %.1f %% |\n", w.name, share, share*f.server/f.cpu())
	}
	return s.fetch(ctx, profiler, "/debug/pprof/allocs", filepath.Join(dir, "allocs.pprof"))
}

// profiled takes a profile while a turn runs.
func (s *stand) profiled(ctx context.Context, p, profiler *process, w work, file string) (f figures, err error) {
	fetched := make(chan error, 1)
	length := max(3*time.Second, s.each)
	go func() {
		fetched <- s.fetch(ctx, profiler, fmt.Sprintf("/debug/pprof/profile?seconds=%d", int(length.Seconds())), file)
	}()
	f, err = s.turn(ctx, p, w, 8, length)
	return f, errors.Join(err, <-fetched)
}

func (s *stand) fetch(ctx context.Context, profiler *process, path, file string) error {
	r, err := profiler.get(ctx, path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(r.body), 0o600); err != nil {
		return fmt.Errorf("keeping a profile: %w", err)
	}
	return nil
}
