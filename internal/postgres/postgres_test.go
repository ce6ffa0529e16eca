package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// helperVariable makes the test program itself a process that runs a server on the folder it names,
// prints that it is ready, and waits to be killed.
const helperVariable = "PADDOCK_TEST_SERVER_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(helperVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(3)
	}
	fmt.Println("ready", s.process.pid(), s.AdminURL("postgres"))
	<-s.Done()
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	o.Throwaway = true
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

// query runs one statement as the administrator and gives its first value as text.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var v any
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatalf("%s: %v", sql, err)
	}
	return fmt.Sprint(v)
}

func TestTheServerListensOnItsSocketOnlyAndKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, Options{Dir: dir, Settings: map[string]string{"max_connections": "37", "listen_addresses": "*"}})
	url := s.AdminURL("postgres")
	for setting, want := range map[string]string{
		"listen_addresses": "", "max_connections": "37", "fsync": "off", "server_encoding": "UTF8",
		"password_encryption": "scram-sha-256", "unix_socket_directories": s.SocketDir(),
	} {
		if got := query(t, url, "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := query(t, url, "SELECT string_agg(DISTINCT type || auth_method, ',') FROM pg_hba_file_rules"); got != "localscram-sha-256" {
		t.Errorf("the rules of access are %s", got)
	}
	if got := query(t, url, "SHOW server_version"); !strings.HasPrefix(got, s.Version) {
		t.Errorf("Version is %q, the server says %q", s.Version, got)
	}
	execute(t, url, "CREATE TABLE kept AS SELECT 42 AS n")
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	select {
	case <-s.Done():
	default:
		t.Error("Done is open after Stop")
	}
	again := start(t, Options{Dir: dir})
	if got := query(t, again.AdminURL("postgres"), "SELECT n FROM kept"); got != "42" {
		t.Errorf("after a restart the row is %s", got)
	}
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestThePasswordIsNeededAndIsInNoCommandLine(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: t.TempDir()})
	for _, password := range []string{"", "wrong"} {
		if conn, err := pgx.Connect(t.Context(), s.URL(AdminRole, password, "postgres")); err == nil {
			conn.Close(t.Context())
			t.Errorf("the password %q opens the database", password)
		}
	}
	info, err := os.Stat(s.layout.passwordFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password file has mode %v (%v)", info.Mode(), err)
	}
	if line := strings.Join(s.process.cmd.Args, " "); strings.Contains(line, s.password) {
		t.Error("the password is on the command line")
	}
	for _, dir := range []string{s.layout.dir, s.SocketDir(), s.layout.data} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v (%v)", dir, info.Mode(), err)
		}
	}
}

func TestALongFolderNameGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("a-long-name/", 12))
	s := start(t, Options{Dir: dir})
	if len(s.SocketDir()) > 80 {
		t.Errorf("the socket is in %s", s.SocketDir())
	}
	if info, err := os.Stat(s.SocketDir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder: %v, %v", info.Mode(), err)
	}
	query(t, s.AdminURL("postgres"), "SELECT 1")
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.SocketDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder is left behind: %v", err)
	}
}

func TestTwoServersRunBesideEachOther(t *testing.T) {
	t.Parallel()
	a, b := start(t, Options{Dir: t.TempDir()}), start(t, Options{Dir: t.TempDir()})
	execute(t, a.AdminURL("postgres"), "CREATE TABLE here (n int)")
	if got := query(t, b.AdminURL("postgres"), "SELECT to_regclass('here') IS NULL"); got != "true" {
		t.Error("a table of one is in the other")
	}
}

func TestASecondProcessOnAFolderIsRefusedAndFindsTheFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Running(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("before a start: %v", err)
	}
	s := start(t, Options{Dir: dir})
	_, err := Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "in use by another running Paddock (process "+strconv.Itoa(os.Getpid())+")") {
		t.Errorf("a second start: %v", err)
	}
	at, err := Running(dir)
	if err != nil || at.AdminURL("x") != s.AdminURL("x") {
		t.Errorf("Running: %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := Running(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the stop: %v", err)
	}
}

// helper starts another process with a server on dir and gives the server's process id and address.
func helper(t *testing.T, dir string) (cmd *exec.Cmd, pid int, url string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return helperProgram(t, dir, exe)
}

func helperProgram(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, pid int, url string) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), helperVariable+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	if _, err := fmt.Sscanf(line, "ready %d %s", &pid, &url); err != nil {
		t.Fatalf("the helper said %q", line)
	}
	return cmd, pid, url
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func waitFor(t *testing.T, what string, f func() bool) {
	t.Helper()
	for range 500 {
		if f() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}

func TestKillingTheParentEndsTheServerAndTheNextStartRecovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	parent, pid, url := helper(t, dir)
	execute(t, url, "CREATE TABLE kept AS SELECT 7 AS n")
	if err := parent.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// Started at once: the old server may still be on its way out.
	s := start(t, Options{Dir: dir})
	if got := query(t, s.AdminURL("postgres"), "SELECT n FROM kept"); got != "7" {
		t.Errorf("after the kill the row is %s", got)
	}
	waitFor(t, "the old server is gone", func() bool { return gone(pid) })
}

func TestKillingTheParentEndsTheServerWithoutANextStart(t *testing.T) {
	t.Parallel()
	parent, pid, _ := helper(t, t.TempDir())
	if err := parent.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the server is gone", func() bool { return gone(pid) })
}

func TestAnOrphanAndAStalePidFileAreNoHindrance(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// Every start here follows a crash, which must lose nothing that was committed.
	kept := Options{Dir: dir, Settings: map[string]string{"synchronous_commit": "on"}}
	s := start(t, kept)
	execute(t, s.AdminURL("postgres"), "CREATE TABLE kept AS SELECT 7 AS n")
	// An orphan: the lock is given back, as by a death, while the server lives on.
	if err := s.lock.Close(); err != nil {
		t.Fatal(err)
	}
	s.lock = nil
	second := start(t, kept)
	if got := query(t, second.AdminURL("postgres"), "SELECT n FROM kept"); got != "7" {
		t.Errorf("the row is %s", got)
	}
	waitFor(t, "the orphan has ended", func() bool { return gone(s.process.pid()) })

	// A stale file: the server is killed without a chance to tidy up, and its number now is ours.
	second.process.signal(syscall.SIGKILL)
	<-second.Done()
	second.release()
	pidFile := filepath.Join(second.layout.data, "postmaster.pid")
	b, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal("a killed server leaves its file:", err)
	}
	_, rest, _ := strings.Cut(string(b), "\n")
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getppid())+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	third := start(t, kept)
	if got := query(t, third.AdminURL("postgres"), "SELECT n FROM kept"); got != "7" {
		t.Errorf("the row is %s", got)
	}
}

func TestAHalfMadeDataFolderIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Dir: dir})
	query(t, s.AdminURL("postgres"), "SELECT 1")
	if _, err := os.Stat(filepath.Join(dir, "data.new")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-made folder is still there: %v", err)
	}
}

func TestMistakesAreSaidInOneSentence(t *testing.T) {
	made := t.TempDir()
	if err := start(t, Options{Dir: made}).Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error, words ...string) {
		t.Helper()
		if err == nil {
			t.Fatalf("%s is no mistake", what)
		}
		for _, w := range words {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %q does not say %q in one line", what, err, w)
			}
		}
	}
	_, err := Start(t.Context(), Options{Dir: "/dev/null/x"})
	refused("a folder that cannot be made", err, "/dev/null/x cannot be written", "PADDOCK_DATA_DIR")

	install, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	newer := install
	newer.Major++
	_, err = Start(t.Context(), Options{Dir: made, Install: newer})
	refused("another major version", err, "was made by PostgreSQL "+strconv.Itoa(install.Major), "PADDOCK_POSTGRES")

	_, err = Start(t.Context(), Options{Dir: made, Settings: map[string]string{"max_connections": "many"}, Throwaway: true})
	refused("a wrong setting", err, "did not start", "max_connections", "postgres.log")

	if err := os.WriteFile(filepath.Join(made, "admin-password"), []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), Options{Dir: made, Throwaway: true})
	refused("a lost password", err, "admin-password is not that of the database")

	t.Setenv("PADDOCK_POSTGRES", t.TempDir())
	_, err = Find(t.Context())
	refused("an empty bin folder", err, "names no PostgreSQL")

	t.Setenv("PADDOCK_POSTGRES", "npm")
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, err = Find(t.Context())
	refused("neither PostgreSQL nor npm", err, "no PostgreSQL 15 or newer", "npm", "install")
	if !errors.Is(err, ErrNone) {
		t.Errorf("%v is not ErrNone", err)
	}
}
