package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// fence is one that can be switched off: by name in the build with the tag bench, in the database, or
// in both.
type fence struct {
	name     string
	off      string // of PADDOCK_BENCH_OFF
	context  bool   // sec.enter() believes what the setting says
	policies bool   // no row security at all
}

var fences = []fence{
	{name: "session (one round trip)", off: "session"},
	{name: "permission", off: "permission"},
	{name: "form token", off: "form-token"},
	{name: "signed context → plain setting", off: "context", context: true},
	{name: "policies", policies: true},
	{name: "sealing and search tokens", off: "sealing"},
	{name: "audit leaf, by scribe or with the change", off: "record"},
	{name: "security headers", off: "headers"},
	{name: "all of these", off: "session,permission,form-token,context,sealing,record,headers", context: true, policies: true},
}

// plainEnter believes what it is told, as an unsigned context has it.
const plainEnter = `CREATE OR REPLACE FUNCTION sec.enter(ctx text, again boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS
$$ BEGIN RETURN set_config('backtrace_functions', left(ctx, 32), true) <> ''; END $$`

// rowSecurity switches it on or off for every table that has it at the start.
const rowSecurity = `DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT DISTINCT schemaname, tablename FROM pg_policies LOOP
    EXECUTE format('ALTER TABLE %%I.%%I %[1]s ROW LEVEL SECURITY', t.schemaname, t.tablename);
  END LOOP;
END $$`

// fencesPart asks, in turns, the product with all fences and those with one of them off.
func fencesPart(ctx context.Context, s *stand, out io.Writer) error {
	var signed string
	if err := s.one(ctx, "SELECT pg_get_functiondef('sec.enter(text, boolean)'::regprocedure)", &signed); err != nil {
		return err
	}
	whole, err := s.product(ctx, s.visit, s.switched)
	if err != nil {
		return err
	}
	off, err := s.startWithout(ctx, signed)
	if err != nil {
		return err
	}
	last := len(fences) - 1
	for _, w := range []work{openPatient, createClient} {
		if err := s.compare(ctx, out, w, 8, whole, off, fences, signed); err != nil {
			return err
		}
		// One connection waits for nobody: what is saved of p50 here is what the fences take of a page.
		if err := s.compare(ctx, out, w, 1, whole, off[last:], fences[last:], signed); err != nil {
			return err
		}
	}
	for _, p := range append(off, whole) {
		p.stop()
	}
	return nil
}

// compare asks the whole product and each without a fence in turns, and prints the medians of what was
// saved against the turn just before.
func (s *stand) compare(ctx context.Context, out io.Writer, w work, n int, whole *process, off []*process, list []fence, signed string) error {
	tell("%s with fences down, at %d connections", w.name, n)
	left, saved := make([][]figures, len(list)), make([][]figures, len(list))
	for range s.rounds {
		for i, f := range list {
			base, err := s.turn(ctx, whole, w, n, s.each/4)
			if err != nil {
				return err
			}
			without, err := s.without(ctx, f, off[i], w, n, signed)
			if err != nil {
				return fmt.Errorf("without %s: %w", f.name, err)
			}
			left[i] = append(left[i], without)
			saved[i] = append(saved[i], figures{
				perSecond: without.perSecond / base.perSecond, p50: base.p50 - without.p50,
				server: base.server - without.server, database: base.database - without.database,
			})
		}
	}
	fmt.Fprintf(out, "\n## What fences cost: %s, %d connections\n\n", w.name, n)
	fmt.Fprintf(out, "| switched off | requests/s × | p50 ms saved | CPU ms saved, server | CPU ms saved, database | CPU ms left |\n|---|--:|--:|--:|--:|--:|\n")
	for i, f := range list {
		c := medians(saved[i])
		fmt.Fprintf(out, "| %s | %.2f | %.2f | %.3f | %.3f | %.3f |\n", f.name, c.perSecond, c.p50, c.server, c.database, medians(left[i]).cpu())
	}
	return nil
}

// without takes one turn with a fence down in the database too, and puts it up again.
func (s *stand) without(ctx context.Context, f fence, p *process, w work, connections int, signed string) (out figures, err error) {
	up, err := s.lower(ctx, f, signed)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, up()) }()
	return s.turn(ctx, p, w, connections, s.each/4)
}

// lower takes down what of a fence stands in the database, and gives what puts it up again.
func (s *stand) lower(ctx context.Context, f fence, signed string) (up func() error, err error) {
	var down, again []string
	if f.context {
		down, again = append(down, plainEnter), append(again, signed)
	}
	if f.policies {
		down, again = append(down, fmt.Sprintf(rowSecurity, "DISABLE")), append(again, fmt.Sprintf(rowSecurity, "ENABLE"))
	}
	if len(down) == 0 {
		return func() error { return nil }, nil
	}
	return func() error { return s.admin(context.WithoutCancel(ctx), database, again...) }, s.admin(ctx, database, down...)
}

// startWithout starts a product for each fence, with that fence off.
func (s *stand) startWithout(ctx context.Context, signed string) (off []*process, err error) {
	up, err := s.lower(ctx, fence{context: true}, signed) // an unsigned context opens not even a session
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, up()) }()
	for _, f := range fences {
		p, err := s.product(ctx, s.visit, s.switched, "PADDOCK_BENCH_OFF="+f.off)
		if err != nil {
			return nil, fmt.Errorf("without %s: %w", f.name, err)
		}
		off = append(off, p)
	}
	return off, nil
}

// one reads one value as superuser.
func (s *stand) one(ctx context.Context, sql string, into any) error {
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(database))
	if err != nil {
		return fmt.Errorf("connecting as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := conn.QueryRow(ctx, sql).Scan(into); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// sealers are the functions that seal, open and hash.
const sealers = `vault\.\(\*Clinic\)\.(Seal|Open|Token|Commit)$`

var accounted = regexp.MustCompile(`accounting for [^,]+, +([0-9.]+)% of`)

// shareOf is the share of a CPU profile spent in sealers and below, in percent.
func (s *stand) shareOf(ctx context.Context, file string) (float64, error) {
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-nodefraction=0", "-nodecount=10000", "-focus="+sealers, s.switched, file)
	text, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("reading a profile: %w", err)
	}
	m := accounted.FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("reading a profile: no total in %q", strings.SplitN(string(text), "\n", 8))
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
