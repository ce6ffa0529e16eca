package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/tenancy"
)

// act is how a command brings a file into a clinic: its name, the right it takes, and what who lacks it may not do.
type act struct {
	command string
	right   access.Permission
	words   string
}

// behalf says on whose behalf something is brought into a clinic. On an installation with real clinics it is a person
// who proves who they are and holds the right; at dev the command itself may stand where a person would.
func (in *installation) behalf(ctx context.Context, e *environment, p place, at tenancy.Clinic, a act, email string) (actor.Who, error) {
	who := at.Who(actor.Import, id.New(), a.command)
	if email == "" {
		if p.keys.RootKeyFile == "" {
			return who, fmt.Errorf("--as names nobody: an installation that is not dev's can %s only on behalf of a person, as --as vet@example.org", a.words)
		}
		who.Route = "cli " + a.command
		return who, nil
	}
	passphrase, err := e.passphrase(ctx, email)
	if err != nil {
		return who, err
	}
	// The throttle counts this machine as one address, and the account by itself.
	person, err := in.signIns.SignIn(ctx, who, email, passphrase, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if err != nil {
		return who, err
	}
	who.Person = person.ID
	policy, err := identity.NewPolicies(in.store, in.vault, 1).For(ctx, who, 0)
	if err != nil {
		return who, err
	}
	if !policy.Holds(person.ID, a.right) {
		return who, fmt.Errorf("%s may not %s; at this clinic %s may", email, a.words, orNobody(policy.People(a.right)))
	}
	who.PolicyEpoch = policy.Epoch
	return who, nil
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// passphrase takes the passphrase of a person from PADDOCK_PASSPHRASE, or asks for it: on a terminal
// without showing what is typed, else the first line of what comes in.
func (e *environment) passphrase(ctx context.Context, email string) (string, error) {
	if p, ok := os.LookupEnv("PADDOCK_PASSPHRASE"); ok {
		return p, nil
	}
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		show := func(how string) error {
			c := exec.CommandContext(ctx, "stty", how)
			c.Stdin = os.Stdin
			return c.Run()
		}
		if err := show("-echo"); err != nil {
			return "", errors.New("this terminal cannot hide what is typed: give the passphrase in PADDOCK_PASSPHRASE")
		}
		defer func() {
			_ = show("echo") // it worked the other way
			fmt.Fprintln(e.stderr)
		}()
		fmt.Fprintf(e.stderr, "Passphrase of %s: ", email)
	}
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", errors.New("no passphrase was given: type it, or set PADDOCK_PASSPHRASE")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// openFile opens a file that a command line names.
func openFile(name string) (*os.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, unread(name, err)
	}
	return file, nil
}

// unread says in one sentence why a file cannot be read.
func unread(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s cannot be read: %w", name, err)
}
