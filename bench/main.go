// Command bench measures what Paddock's fences cost, as `make bench` runs it. It brings up a durable
// PostgreSQL of its own with one clinic, starts the product as it is shipped, and beside it the floor: a
// bare program that answers the same requests with the same statements and the same pages and has no
// fences. Both are asked in turns by the same client, so that what else the machine does hits both, and
// what counts is the ratio of the two in one run. For the front desk the floor is the product itself without its
// fences. Then fences are switched off one at a time, in a build
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
	growth   []int
	big      int
	licences string
	profile  string
	try      string
	years    []int
	leaves   int
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

func parse(args []string) (o options, _ error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	levels := f.String("levels", "1,8,32", "connections to measure at")
	f.IntVar(&o.rounds, "rounds", 3, "turns of product and floor; the median counts")
	f.DurationVar(&o.each, "each", 2*time.Second, "length of one turn")
	f.IntVar(&o.patients, "patients", 2000, "patients of the clinic")
	f.BoolVar(&o.fences, "fences", true, "switch off one fence at a time")
	growth := f.String("growth", "10,1000", "numbers of small clinics to measure at, in rising order; empty for none")
	years := f.String("years", "1,10", "years of appointments behind the front desk's day, in rising order; empty for no front desk")
	f.IntVar(&o.big, "big", 66042, "patients of the big clinic; 0 for none")
	f.IntVar(&o.leaves, "leaves", 1_000_000, "leaves of the audit log; 0 for none")
	f.StringVar(&o.licences, "licences", "", "file of licences to fill the big clinic with, in the place of demo patients")
	f.StringVar(&o.profile, "profile", "", "folder for CPU and heap profiles of the product")
	f.StringVar(&o.try, "try", "", "file of SQL run as superuser on the product's database first, to try a change of it")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.levels, err = numbers("-levels", *levels, 256); err != nil {
		return o, err
	}
	if *growth != "" {
		if o.growth, err = numbers("-growth", *growth, 10_000); err != nil {
			return o, err
		}
	}
	if *years != "" {
		if o.years, err = numbers("-years", *years, 30); err != nil {
			return o, err
		}
		if err := ascending(o.years); err != nil {
			return o, err
		}
	}
	if o.rounds < 1 || o.each < 100*time.Millisecond || o.patients < 2 {
		return o, errors.New("at least one round of 100ms and two patients are needed")
	}
	return o, nil
}

// numbers reads a list of numbers from 1 to most.
func numbers(flag, list string, most int) (out []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%s: %q is not a number from 1 to %d", flag, text, most)
		}
		out = append(out, n)
	}
	return out, nil
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
	for _, part := range []func(context.Context, *stand, io.Writer) error{pagesPart, headlinePart, recordPart, startPart, livePart, deskPart} {
		if err := part(ctx, s, out); err != nil {
			return err
		}
	}
	if o.fences {
		if err := fencesPart(ctx, s, out); err != nil {
			return err
		}
	}
	for _, part := range []func(context.Context, *stand, io.Writer) error{growthPart, bigPart, auditPart, profilePart} {
		if err := part(ctx, s, out); err != nil {
			return err
		}
	}
	return nil
}

// tell says on standard error what is going on.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
