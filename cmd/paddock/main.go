// Paddock is the program: one binary that serves the clinics' pages, brings databases up to date, and
// does the few things an operator does by hand. Each subcommand stands in a file of its name and only
// puts together what the packages do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // clinics' zones, where the machine has no list of its own

	"paddock/internal/config"
	"paddock/internal/isolation"
)

// The ways the program ends.
const (
	exitDone   = 0
	exitFailed = 1 // with one sentence on stderr
	exitUsage  = 2 // the command line was not understood
	exitCutOff = 130
)

// command is one subcommand. A name of two words is a command of a group.
type command struct {
	name    string
	takes   string // what stands behind the name
	summary string
	run     func(ctx context.Context, e *environment, args []string) error
}

// commands in the order of help. Those of later releases are absent until they exist.
func commands() []command {
	return []command{
		{"dev", "", "serve sample clinics, with a PostgreSQL of its own unless DATABASE_URL names one", dev},
		{"serve", "", "serve the clinics of DATABASE_URL", serve},
		{"migrate", "", "bring a database to the shape of this release", migrate},
		{"clinic add", "NAME --host HOST --admin EMAIL", "make a clinic and print a link to its first passphrase", clinicAdd},
		{"clinic list", "", "list the clinics", clinicList},
		{"clinic suspend", "HOST [--resume]", "close a clinic to everybody, or open it again", clinicSuspend},
		{"import patients", "--clinic CLINIC [--map MAP] [--dry-run] [--as PERSON] FILE.csv", "bring patients from a file into a clinic", importPatients},
		{"codes load", "--clinic CLINIC --system NAME --version VERSION --licence LICENCE [--source SOURCE] [--dry-run] [--as PERSON] FILE.csv", "bring a list of diagnosis codes from a file into a clinic", codesLoad},
		{"demo", "[--clinics N] [--patients M] [--years Y] [--seed S]", "make demo clinics of any size for load tests, on a server that has no others", makeDemo},
		{"isolation check", "[--lint]", "prove on a running database that no clinic reaches another", isolationCheck},
	}
}

// environment is what a command gets from outside.
type environment struct {
	settings       config.Settings
	stdout, stderr io.Writer
}

// mistake is a command line that was not understood; its text is one sentence.
type mistake string

func (m mistake) Error() string { return string(m) }

func main() {
	ctx, stop := untilInterrupted()
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// untilInterrupted gives a context that ends with the first Ctrl-C or SIGTERM. The second ends the
// program at once; a PostgreSQL it started ends with it and recovers at the next start.
func untilInterrupted() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitCutOff)
	}()
	return ctx, cancel
}

// run does what the arguments say and gives the status to exit with.
func run(ctx context.Context, args []string, look func(string) (string, bool), stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		help(stdout)
		return exitDone
	}
	err := dispatch(ctx, args, look, stdout, stderr)
	var wrong mistake
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, "paddock:", wrong)
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitCutOff // whoever interrupted it knows why it stopped
	case errors.Is(err, isolation.ErrRefused):
		fmt.Fprintln(stderr, "paddock:", err) // with a line for each finding
		return exitFailed
	default:
		fmt.Fprintln(stderr, "paddock:", oneLine(err))
		return exitFailed
	}
}

func dispatch(ctx context.Context, args []string, look func(string) (string, bool), stdout, stderr io.Writer) error {
	c, rest, err := find(args)
	if err != nil {
		return err
	}
	settings, err := config.Read(look)
	if err != nil {
		return err
	}
	return c.run(ctx, &environment{settings: settings, stdout: stdout, stderr: stderr}, rest)
}

// find gives the command that the first one or two words name, and the words behind them.
func find(args []string) (command, []string, error) {
	var group []string
	for _, c := range commands() {
		first, second, two := strings.Cut(c.name, " ")
		if args[0] != first {
			continue
		}
		if !two {
			return c, args[1:], nil
		}
		if len(args) > 1 && args[1] == second {
			return c, args[2:], nil
		}
		group = append(group, second)
	}
	if group != nil {
		return command{}, nil, mistake(fmt.Sprintf("%s needs one of %s behind it; paddock help lists the commands", args[0], strings.Join(group, ", ")))
	}
	return command{}, nil, mistake(fmt.Sprintf("there is no command %q; paddock help lists them", args[0]))
}

// oneLine takes the lines of an error together: what a driver says may have several.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func help(w io.Writer) {
	fmt.Fprint(w, "Paddock keeps the records of veterinary clinics, each behind fences of its own.\n\nUsage: paddock COMMAND\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\n        %s\n", strings.TrimSpace(c.name+" "+c.takes), c.summary)
	}
	fmt.Fprint(w, `
Commands act on DATABASE_URL, or on the running dev of PADDOCK_DATA_DIR (default var).
The settings are PADDOCK_LISTEN, _DATA_DIR, _BASE_DOMAIN, _ADMIN_URL, _DB_SECRETS, _KMS_URL,
_KEYSTORE, _TRUSTED_PROXY and _OPS_LISTEN; README.md says what each one does.
`)
}

// flags makes the flag set of a command.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// parse reads flags that may stand before, between and behind the words, and gives the words. wanted
// names each word that has to be there.
func parse(e *environment, f *flag.FlagSet, args []string, wanted ...string) ([]string, error) {
	var words []string
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				usage(e.stdout, f)
				return nil, err
			}
			return nil, mistake(fmt.Sprintf("%s: %v", f.Name(), err))
		}
		rest := f.Args()
		if len(rest) == 0 {
			break
		}
		if last := len(args) - len(rest) - 1; last >= 0 && args[last] == "--" {
			words = append(words, rest...)
			break
		}
		words, args = append(words, rest[0]), rest[1:]
	}
	if len(words) < len(wanted) {
		return nil, mistake(fmt.Sprintf("%s needs %s; see paddock help", f.Name(), strings.Join(wanted[len(words):], " and ")))
	}
	if len(words) > len(wanted) {
		return nil, mistake(fmt.Sprintf("%s does not understand %q; see paddock help", f.Name(), words[len(wanted)]))
	}
	return words, nil
}

func usage(w io.Writer, f *flag.FlagSet) {
	for _, c := range commands() {
		if c.name == f.Name() {
			fmt.Fprintf(w, "Usage: paddock %s\n%s\n", strings.TrimSpace(c.name+" "+c.takes), c.summary)
		}
	}
	f.SetOutput(w)
	f.PrintDefaults()
}
