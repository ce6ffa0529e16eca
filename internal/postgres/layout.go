package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketPathMax is what fits into sockaddr_un.sun_path beside its closing zero.
const socketPathMax = 107

// layout names the parts of a server's folder.
type layout struct {
	dir          string // absolute, symbolic links resolved
	data         string // PostgreSQL's own data folder
	log          string
	passwordFile string
	lockFile     string
}

func layoutOf(dir string) (layout, error) {
	if dir == "" {
		return layout{}, errors.New("no folder was named for the data of PostgreSQL")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return layout{}, fmt.Errorf("finding the folder %s: %w", dir, err)
	}
	// The names of running processes' folders come resolved from the kernel.
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	return layout{
		dir:          abs,
		data:         filepath.Join(abs, "data"),
		log:          filepath.Join(abs, "postgres.log"),
		passwordFile: filepath.Join(abs, "admin-password"),
		lockFile:     filepath.Join(abs, "lock"),
	}, nil
}

// openLayout makes the folder where it is missing.
func openLayout(dir string) (layout, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return layout{}, unwritable(dir, err)
	}
	at, err := layoutOf(dir)
	if err != nil {
		return layout{}, err
	}
	if err := os.Chmod(at.dir, 0o700); err != nil { //nolint:gosec // a folder needs its x
		return layout{}, unwritable(dir, err)
	}
	return at, nil
}

func unwritable(dir string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("the folder %s cannot be written (%w): set PADDOCK_DATA_DIR to one that can", dir, err)
}

// takeLock keeps a second process off the folder. The kernel gives the lock back when we die, however
// we die, so a stale file does no harm.
func (l layout) takeLock() (*os.File, error) {
	f, err := os.OpenFile(l.lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(l.dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 20)
		n, _ := f.Read(holder)
		_ = f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", l.lockFile, err)
		}
		return nil, fmt.Errorf("the data folder %s is in use by another running Paddock (process %s): stop that one, or set PADDOCK_DATA_DIR to another folder",
			l.dir, strings.TrimSpace(string(holder[:n])))
	}
	_ = f.Truncate(0)
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		_ = f.Close()
		return nil, unwritable(l.dir, err)
	}
	return f, nil
}

// checkMajor refuses data made by another major version, which PostgreSQL cannot read.
func (l layout) checkMajor(install Install) error {
	b, err := os.ReadFile(filepath.Join(l.data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(l.dir, err)
	}
	made := strings.TrimSpace(string(b))
	if made == strconv.Itoa(install.Major) {
		return nil
	}
	return fmt.Errorf("the data in %s was made by PostgreSQL %s, but the one found is %s (%s): set PADDOCK_POSTGRES to the bin folder of a PostgreSQL %s, or move %s away to begin anew",
		l.dir, made, install.Version, install.BinDir, made, l.dir)
}

// password reads the administrator's password.
func (l layout) password() (string, error) {
	b, err := os.ReadFile(l.passwordFile)
	if err != nil {
		return "", fmt.Errorf("reading the administrator's password: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// pidFile gives the lines of postmaster.pid: process, data folder, start, port, socket folder,
// address, shared memory, state. Nil where there is none.
func (l layout) pidFile() []string {
	b, err := os.ReadFile(filepath.Join(l.data, "postmaster.pid"))
	if err != nil {
		return nil
	}
	return strings.Split(string(b), "\n")
}

// ready tells whether the postmaster with this process id accepts connections.
func (l layout) ready(pid int) bool {
	lines := l.pidFile()
	return len(lines) >= 8 && lines[0] == strconv.Itoa(pid) && strings.TrimSpace(lines[7]) == "ready"
}

// initialise makes the data folder on first start. It is made beside its place and renamed, so that
// one half made when the machine went down is never taken for a whole one.
func initialise(ctx context.Context, install Install, l layout, who identity, throwaway bool) error {
	if _, err := os.Stat(filepath.Join(l.data, "PG_VERSION")); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return unwritable(l.dir, err)
	}
	fresh := l.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return unwritable(l.dir, err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return unwritable(l.dir, err)
	}
	if err := os.WriteFile(l.passwordFile, []byte(rand.Text()+"\n"), 0o600); err != nil {
		return unwritable(l.dir, err)
	}
	if err := who.own(l.dir); err != nil {
		return err
	}
	if err := initdb(ctx, install, l, who, fresh, throwaway); err != nil {
		return err
	}
	hba := "# Written by Paddock: the unix socket only, and always with a password.\n" +
		"local all all scram-sha-256\nlocal replication all scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(fresh, "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		return unwritable(l.dir, err)
	}
	if err := os.Rename(fresh, l.data); err != nil {
		return unwritable(l.dir, err)
	}
	return nil
}

func initdb(ctx context.Context, install Install, l layout, who identity, fresh string, throwaway bool) error {
	// C.UTF-8 sorts by code point and knows the case of letters; where the system lacks it, C does.
	var said tail
	for _, locale := range []string{"C.UTF-8", "C"} {
		args := []string{
			"-D", fresh, "-U", AdminRole, "--pwfile=" + l.passwordFile, "--auth=scram-sha-256",
			"--encoding=UTF8", "--locale=" + locale, "--text-search-config=simple", "--no-instructions",
		}
		if throwaway {
			args = append(args, "--no-sync")
		}
		said = tail{}
		p, err := launch(install.command("initdb", who, &said, args...))
		if err != nil {
			return fmt.Errorf("starting initdb: %w", err)
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			_ = p.stop(syscall.SIGKILL, 0)
			return fmt.Errorf("making the database folder: %w", ctx.Err())
		}
		if p.err == nil {
			return nil
		}
		if !strings.Contains(said.String(), "locale") {
			break
		}
		if err := emptyFolder(fresh); err != nil {
			return unwritable(l.dir, err)
		}
	}
	return fmt.Errorf("making the database folder %s: %s", l.data, said.reason())
}

func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// socketDir makes the folder of the socket: inside the server's own folder, or, where that name would
// not fit into a socket address, under the folder for temporary files.
func (l layout) socketDir(who identity) (string, error) {
	dir := filepath.Join(l.dir, "run")
	if fits(dir) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", unwritable(l.dir, err)
		}
		return dir, who.own(dir)
	}
	sum := sha256.Sum256([]byte(l.dir))
	for _, base := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if base == "" || !filepath.IsAbs(base) {
			continue
		}
		dir = filepath.Join(base, fmt.Sprintf("paddock-%d-%s", who.uid, hex.EncodeToString(sum[:5])))
		if !fits(dir) {
			continue
		}
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			continue
		}
		if err := who.own(dir); err != nil {
			continue
		}
		if private(dir, who.uid) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no folder short enough for a socket could be made: set TMPDIR or PADDOCK_DATA_DIR to a shorter one than %s", l.dir)
}

func fits(dir string) bool { return len(filepath.Join(dir, ".s.PGSQL."+port)) <= socketPathMax }

// private tells whether the folder is a real one, ours, and closed to others: a name in a shared
// folder could have been taken by somebody else.
func private(dir string, uid int) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	owner, ok := ownerOf(info)
	return ok && owner == uid
}

// ownerOf gives the user id a file belongs to.
func ownerOf(info fs.FileInfo) (int, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
