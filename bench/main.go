// Command bench measures what Paddock's fences cost, as `make bench` runs it. It brings up a durable
// PostgreSQL of its own with one clinic, starts the product as it is shipped, and beside it the floor: a
// bare program that answers the same requests with the same statements and the same pages and has no
// fences. Both are asked in turns by the same client, so that what else the machine does hits both, and
// what counts is the ratio of the two in one run. Then fences are switched off one at a time, in a build
// of the product with the tag bench. docs/performance.md says how to read the figures.
//
// Times are reported, never asserted. It reads /proc, so it runs on Linux.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	levels   []int
	rounds   int
	each     time.Duration
	patients int
	fences   bool
	profile  string
	try      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		err = serveFloor(ctx)
	} else {
		err = bench(ctx, os.Args[1:])
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	levels := f.String("levels", "1,8,32", "connections to measure at")
	f.IntVar(&o.rounds, "rounds", 3, "turns of product and floor; the median counts")
	f.DurationVar(&o.each, "each", 2*time.Second, "length of one turn")
	f.IntVar(&o.patients, "patients", 2000, "patients of the clinic")
	f.BoolVar(&o.fences, "fences", true, "switch off one fence at a time")
	f.StringVar(&o.profile, "profile", "", "folder for CPU and heap profiles of the product")
	f.StringVar(&o.try, "try", "", "file of SQL run as superuser on the product's database first, to try a change of it")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	for text := range strings.SplitSeq(*levels, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 || n > 256 {
			return o, fmt.Errorf("-levels: %q is not a number of connections from 1 to 256", text)
		}
		o.levels = append(o.levels, n)
	}
	if o.rounds < 1 || o.each < 100*time.Millisecond || o.patients < 2 {
		return o, errors.New("at least one round of 100ms and two patients are needed")
	}
	return o, nil
}

// bench does everything in order; the figures go to standard output, progress to standard error.
func bench(ctx context.Context, args []string) (err error) {
	o, err := parse(args)
	if err != nil {
		return err
	}
	s, err := raise(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.fall()) }()

	if o.try != "" {
		sql, err := os.ReadFile(o.try)
		if err != nil {
			return fmt.Errorf("reading what to try: %w", err)
		}
		if err := s.admin(ctx, database, string(sql)); err != nil {
			return err
		}
	}
	out := io.Writer(os.Stdout)
	fmt.Fprintf(out, "Paddock, %d patients, PostgreSQL %s, %s.\n", len(s.clinic.patients), s.pg.Version, processor())
	for _, part := range []func(context.Context, *stand, io.Writer) error{pagesPart, headlinePart, startPart} {
		if err := part(ctx, s, out); err != nil {
			return err
		}
	}
	if o.fences {
		if err := fencesPart(ctx, s, out); err != nil {
			return err
		}
	}
	return profilePart(ctx, s, out)
}

// tell says on standard error what is going on.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
