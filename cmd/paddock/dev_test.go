package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/internal/demo"
	"paddock/internal/htmltest"
	"paddock/internal/postgres"
)

// TestDev is one installation's life: first start, commands beside it, neighbours, and every way to end.
func TestDev(t *testing.T) {
	m := newMachine(t)
	began := time.Now()
	s := m.dev(t)
	t.Logf("ready in %v", time.Since(began).Round(10*time.Millisecond))
	out, bad := s.said()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, readyWords) || !strings.Contains(out, "sample clinics") || bad != "" {
		t.Errorf("the last line is %q, stderr has %q", last, bad)
	}
	for name, mode := range map[string]os.FileMode{"secrets.json": 0o600, "root.key": 0o600, "keys": 0o700, "postgres": 0o700} {
		info, err := os.Stat(filepath.Join(m.dir, "var", name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, mode)
		}
	}
	vet := s.signIn("oakvale.localhost", "vet@oakvale.example", demo.Passphrase)
	if _, page := vet.do(http.MethodGet, "/patients", nil); strings.Count(page, `href="/patients/`) < 50 {
		t.Errorf("the landing page shows no sample patients:\n%s", page)
	}
	t.Run("commands", func(t *testing.T) { commandsBeside(t, m, s) })
	t.Run("neighbours", func(t *testing.T) { neighbours(t, m, s) })
	t.Run("ends", func(t *testing.T) { ends(t, m, s) })
}

// commandsBeside runs commands against the running dev.
func commandsBeside(t *testing.T, m machine, s *process) {
	out := m.succeeds(t, "clinic", "add", "Mill Lane Vets", "--host", "mill", "--admin", "jo@mill.example")
	at := strings.Index(out, "http://mill.localhost:"+s.address[len("127.0.0.1:"):]+"/welcome/")
	if at < 0 {
		t.Fatalf("clinic add printed no link:\n%s", out)
	}
	path := "/" + strings.SplitN(strings.TrimSpace(out[at:]), "/", 4)[3]
	jo := person{t, s.address, "mill.localhost", map[string]string{}}
	_, page := jo.do(http.MethodGet, path, nil)
	form := htmltest.Form(t, page, "form[action^='/welcome/']")
	for name := range form {
		if name != "csrf" {
			form.Set(name, "seven quiet owls listen")
		}
	}
	if answer, page := jo.do(http.MethodPost, path, form); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the first passphrase gives %s\n%s", answer.Status, page)
	}
	s.signIn("mill.localhost", "jo@mill.example", "seven quiet owls listen")

	m.refuses(t, exitFailed, "lives at mill.localhost already", "clinic", "add", "Another", "--host", "mill", "--admin", "a@b.example")
	m.refuses(t, exitFailed, "e-mail address like", "clinic", "add", "Another", "--host", "other", "--admin", "nobody")
	m.refuses(t, exitUsage, "needs --admin", "clinic", "add", "Another", "--host", "other")
	list := m.succeeds(t, "clinic", "list")
	for _, line := range []string{"oakvale.localhost", "harbour.localhost", "northgate.localhost", "mill.localhost"} {
		if strings.Count(list, line) != 1 {
			t.Errorf("clinic list lacks %s:\n%s", line, list)
		}
	}
	if strings.Contains(list, "anary") {
		t.Errorf("clinic list shows a canary:\n%s", list)
	}

	m.succeeds(t, "clinic", "suspend", "mill")
	stranger := person{t, s.address, "mill.localhost", map[string]string{}}
	eventually(t, "a suspended clinic is nowhere to strangers", func() bool {
		answer, _ := stranger.do(http.MethodGet, "/sign-in", nil)
		return answer.StatusCode == http.StatusNotFound
	})
	m.succeeds(t, "clinic", "suspend", "mill.localhost", "--resume")
	eventually(t, "a clinic opened again is there", func() bool {
		answer, _ := stranger.do(http.MethodGet, "/sign-in", nil)
		return answer.StatusCode == http.StatusOK
	})
	m.refuses(t, exitFailed, "no clinic lives at nowhere.localhost", "clinic", "suspend", "nowhere")

	if out := m.succeeds(t, "isolation", "check", "--lint"); !strings.Contains(out, "every fence holds") {
		t.Errorf("isolation check --lint said\n%s", out)
	}
	if out := m.succeeds(t, "isolation", "check"); !strings.Contains(out, "probes") {
		t.Errorf("isolation check said\n%s", out)
	}
	importing(t, m)
	coding(t, m, s)
	m.succeeds(t, "migrate") // again, beside a running server
}

func importing(t *testing.T, m machine) {
	file := filepath.Join(m.dir, "licences.csv")
	rows := "License Issue Date,License Number,Animal's Name,Species,Primary Breed,Secondary Breed,ZIP Code\n" +
		"March 02 2015,900901,Quibble,Cat,Domestic Shorthair,,00001\nMarch 02 2015,900902,Gronk,Gryphon,Mixed,,00001\n"
	if err := os.WriteFile(file, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, bad := m.run(t, "import", "patients", "--clinic", "mill", file)
	if status != exitDone || !strings.Contains(out, "line 3: refused: ") || !strings.Contains(out, "2 rows: 1 patients added, ") ||
		!strings.Contains(bad, "2 of 2 rows done") {
		t.Errorf("the import ended with %d and said\n%s%s", status, out, bad)
	}
	if out := m.succeeds(t, "import", "patients", "--clinic", "mill", "--dry-run", file); !strings.Contains(out, "2 rows: 0 to add, ") || !strings.Contains(out, "1 there already, 1 refused") {
		t.Errorf("the dry run said\n%s", out)
	}
	m.refuses(t, exitFailed, "has no column", "import", "patients", "--clinic", "mill", "--map", "name=Nickname", file)
	nobody := m.with("PADDOCK_PASSPHRASE", "not the passphrase of anybody")
	nobody.refuses(t, exitFailed, "do not belong together", "import", "patients", "--clinic", "oakvale", "--as", "admin@oakvale.example", file)
	desk := m.with("PADDOCK_PASSPHRASE", demo.Passphrase)
	desk.refuses(t, exitFailed, "may not import", "import", "patients", "--clinic", "oakvale", "--as", "reception@oakvale.example", file)
	if out := desk.succeeds(t, "import", "patients", "--clinic", "oakvale", "--as", "admin@oakvale.example", "--dry-run", file); !strings.Contains(out, "1 to add") {
		t.Errorf("the admin's dry run said\n%s", out)
	}
	m.refuses(t, exitFailed, "no clinic lives at nowhere.localhost", "import", "patients", "--clinic", "nowhere", file)
	m.refuses(t, exitFailed, "cannot be read", "import", "patients", "--clinic", "mill", file+".missing")
}

// neighbours starts what stands in each other's way, and what does not.
func neighbours(t *testing.T, m machine, s *process) {
	elsewhere := filepath.Join(m.dir, "elsewhere")
	m.with("PADDOCK_LISTEN", s.address, "PADDOCK_DATA_DIR", elsewhere).refuses(t, exitFailed, "is taken by another program", "dev")
	if _, err := os.Stat(elsewhere); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a taken port left a folder behind: %v", err)
	}
	m.refuses(t, exitFailed, "is in use by another running Paddock", "dev")
	m.with("PADDOCK_LISTEN", "nonsense").refuses(t, exitFailed, "it is written like 127.0.0.1:8080", "dev")
	m.with("PADDOCK_DATA_DIR", filepath.Join(m.program, "var")).refuses(t, exitFailed, "cannot be written", "dev")
	m.with("PADDOCK_DATA_DIR", elsewhere).refuses(t, exitFailed, "no Paddock is running", "clinic", "list")

	second := m.with("PADDOCK_DATA_DIR", filepath.Join(m.dir, "plain", "var"), "HOME", filepath.Join(m.dir, "plain"), "XDG_CACHE_HOME", "")
	if err := os.Mkdir(filepath.Join(m.dir, "plain"), 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		second.plain = true
		second.refuses(t, exitFailed, "cannot be written", "dev") // the folder is still root's
		if err := os.Chown(filepath.Join(m.dir, "plain"), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	beside := second.dev(t)
	beside.signIn("harbour.localhost", "reception@harbour.example", demo.Passphrase)
	s.signIn("harbour.localhost", "reception@harbour.example", demo.Passphrase)
	if status := beside.stop(os.Interrupt); status != exitDone {
		t.Errorf("the second copy ended with %d", status)
	}
}

// otherRules makes it so that everything to come was booked by other rules of a zone, and counts what still is.
func otherRules(t *testing.T, folder string) (count func(t *testing.T) int) {
	t.Helper()
	if counted(t, folder, `WITH o AS (UPDATE app.appointments SET zone = 'Etc/Elsewhere' WHERE state = 'booked' AND day > current_date + 1 RETURNING id) SELECT count(*) FROM o`) == 0 {
		t.Fatal("nothing is booked")
	}
	return func(t *testing.T) int {
		t.Helper()
		return counted(t, folder, `SELECT count(*) FROM app.appointments WHERE zone = 'Etc/Elsewhere'`)
	}
}

// counted asks the server of dev for one number.
func counted(t *testing.T, folder, sql string) (n int) {
	t.Helper()
	pg, err := postgres.Running(folder)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), pg.AdminURL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// ends stops and kills the server in every way; what was there is there again.
func ends(t *testing.T, m machine, s *process) {
	folder := filepath.Join(m.dir, "var", "postgres")
	if status := s.stop(os.Interrupt); status != exitDone {
		_, bad := s.said()
		t.Errorf("after Ctrl-C it ended with %d\n%s", status, bad)
	}
	if _, err := postgres.Running(folder); !errors.Is(err, postgres.ErrNotRunning) {
		t.Errorf("PostgreSQL was left behind: %v", err)
	}
	m.refuses(t, exitFailed, "no Paddock is running", "clinic", "list")

	s = m.dev(t)
	again(t, m, s)
	booked := otherRules(t, folder)
	if s.stop(syscall.SIGKILL) != -1 {
		t.Error("kill -9 did not kill")
	}
	s = m.dev(t)
	again(t, m, s)
	for wait := time.Now().Add(20 * time.Second); booked(t) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(wait) {
			t.Fatal("what was booked by other rules of a zone was not looked at")
		}
	}

	inFlight(t, m, s)
	s = m.dev(t)
	again(t, m, s)

	// PostgreSQL dies under it.
	pid, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(pid), "\n")
	n, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	status := s.wait()
	if _, bad := s.said(); status != exitFailed || !strings.Contains(bad, "PostgreSQL ended by itself") {
		t.Errorf("without PostgreSQL it ended with %d and said %q", status, bad)
	}
	s = m.dev(t)
	again(t, m, s)
	if status := s.stop(syscall.SIGTERM); status != exitDone {
		t.Errorf("after SIGTERM it ended with %d", status)
	}
}

// inFlight stops a server while it works: the first Ctrl-C waits for a request, the second for nobody.
func inFlight(t *testing.T, m machine, s *process) {
	t.Helper()
	form := half(t, s)
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if _, err := io.WriteString(form, "12345"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(form), nil)
	if err != nil {
		t.Fatalf("a request in flight was cut off: %v", err)
	}
	_ = answer.Body.Close()
	if status := s.wait(); status != exitDone {
		t.Errorf("after the request it ended with %d", status)
	}

	s = m.dev(t)
	half(t, s)
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	if status := s.stop(os.Interrupt); status != exitCutOff || time.Since(began) > 5*time.Second {
		t.Errorf("the second Ctrl-C ended it with %d after %v", status, time.Since(began))
	}
}

// half sends half a form and waits until the server has begun to read it.
func half(t *testing.T, s *process) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	const begin = "POST /sign-in HTTP/1.1\r\nHost: oakvale.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\ncsrf="
	if _, err := io.WriteString(conn, begin); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	return conn
}

// again looks for what an earlier start left.
func again(t *testing.T, m machine, s *process) {
	t.Helper()
	if out, _ := s.said(); strings.Contains(out, "sample clinics") {
		t.Errorf("the sample clinics were made again:\n%s", out)
	}
	if list := m.succeeds(t, "clinic", "list"); strings.Count(list, "mill.localhost") != 1 || strings.Count(list, "demo") != 3 {
		t.Errorf("clinic list has\n%s", list)
	}
	s.signIn("oakvale.localhost", "vet@oakvale.example", demo.Passphrase)
}

func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ask() {
			return
		}
	}
	t.Errorf("not so: %s", what)
}

func TestCommandLineThatIsNotUnderstood(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct {
		words string
		args  []string
	}{
		{`there is no command "fly"`, []string{"fly"}},
		{"clinic needs one of add, list, suspend behind it", []string{"clinic"}},
		{"clinic needs one of add, list, suspend behind it", []string{"clinic", "sell"}},
		{"flag provided but not defined: -fast", []string{"dev", "--fast"}},
		{`dev does not understand "now"`, []string{"dev", "now"}},
		{"clinic suspend needs the clinic's host", []string{"clinic", "suspend"}},
		{"import patients needs a CSV file", []string{"import", "patients", "--clinic", "oakvale"}},
		{"import patients needs --clinic", []string{"import", "patients", "some.csv"}},
		{"codes load needs a CSV file", []string{"codes", "load", "--clinic", "oakvale"}},
		{"codes load needs --licence", []string{"codes", "load", "--clinic", "oakvale", "--system", "Made up", "--version", "7", "some.csv"}},
	} {
		m.refuses(t, exitUsage, c.words, c.args...)
	}
	help := m.succeeds(t, "help")
	for _, c := range commands() {
		if !strings.Contains(help, "paddock COMMAND") || !strings.Contains(help, "  "+c.name) {
			t.Errorf("help does not list %s:\n%s", c.name, help)
		}
	}
	if out := m.succeeds(t, "clinic", "add", "--help"); !strings.Contains(out, "-zone") {
		t.Errorf("clinic add --help shows\n%s", out)
	}
}
