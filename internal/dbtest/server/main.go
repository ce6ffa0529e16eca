// Server runs a command with one throw-away PostgreSQL for all of it, and stops the server when the
// command ends:
//
//	go run ./internal/dbtest/server -- go test ./...
//
// The command finds the server's administrator in PADDOCK_TEST_ADMIN_URL, and in PADDOCK_TEST_FOLDER a folder for what
// it leaves behind, which goes with the server. Where PADDOCK_ADMIN_URL or
// DATABASE_URL names a server, that one is used and none is started. The exit code is the command's;
// `make test` builds this program first, since go run does not pass exit codes on.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"paddock/internal/postgres"
)

// How tests learn of the server, and of the folder.
const (
	adminVariable  = "PADDOCK_TEST_ADMIN_URL"
	folderVariable = "PADDOCK_TEST_FOLDER"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: server -- COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := run(context.Background(), args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "test server:", err)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string) (int, error) {
	// A Ctrl-C reaches the command as well; it ends first, so that nothing is cut off under it.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	url, folder, stop, err := server(ctx)
	if err != nil {
		return 1, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), adminVariable+"="+url, folderVariable+"="+folder)
	ended := make(chan error, 1)
	if err := cmd.Start(); err != nil {
		return 1, errors.Join(fmt.Errorf("starting %s: %w", args[0], err), stop())
	}
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s == syscall.SIGTERM { // sent to us alone
				_ = cmd.Process.Signal(s)
			}
			continue
		case err = <-ended:
		}
		break
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	code := cmd.ProcessState.ExitCode()
	if code < 0 { // ended by a signal
		code = 1
	}
	return code, errors.Join(err, stop())
}

// server gives the administrator's address of a server, a folder and what ends both.
func server(ctx context.Context) (url, folder string, stop func() error, err error) {
	for _, variable := range []string{"PADDOCK_ADMIN_URL", "DATABASE_URL"} {
		if url := os.Getenv(variable); url != "" {
			fmt.Println("tests use the PostgreSQL of", variable)
			folder, err := os.MkdirTemp("", "paddock-tests-")
			return url, folder, func() error { return os.RemoveAll(folder) }, err
		}
	}
	s, err := postgres.StartThrowaway(ctx, nil)
	if err != nil {
		return "", "", nil, err
	}
	fmt.Printf("tests run on PostgreSQL %s\n", s.Version)
	return s.AdminURL("postgres"), s.Dir(), func() error { return s.Stop(ctx) }, nil
}
