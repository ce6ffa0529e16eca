package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"paddock/internal/htmltest"
)

// asProgram tells a copy of the test binary that it is to be paddock.
const asProgram = "PADDOCK_IS_THE_TEST_BINARY"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main() // exits
	}
	os.Exit(m.Run())
}

// patience bounds each wait of these tests.
const patience = 90 * time.Second

// openFolder makes a folder that users without rights get to as well, which t.TempDir is not.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "paddock-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// machine is where the program is tried: a copy of it, and its environment.
type machine struct {
	program string
	dir     string
	env     map[string]string
	plain   bool // as a user without rights; for root
}

func newMachine(t *testing.T) machine {
	t.Helper()
	dir := openFolder(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "paddock")
	if err := os.WriteFile(program, from, 0o755); err != nil {
		t.Fatal(err)
	}
	return machine{program: program, dir: dir, env: map[string]string{
		asProgram: "1", "PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "XDG_CACHE_HOME": os.Getenv("XDG_CACHE_HOME"),
		"PADDOCK_POSTGRES": os.Getenv("PADDOCK_POSTGRES"), "PADDOCK_LISTEN": "127.0.0.1:0", "PADDOCK_DATA_DIR": filepath.Join(dir, "var"),
	}}
}

// with is the machine with settings changed: name, value, name, value.
func (m machine) with(pairs ...string) machine {
	m.env = maps.Clone(m.env)
	for i := 0; i < len(pairs); i += 2 {
		m.env[pairs[i]] = pairs[i+1]
	}
	return m
}

func (m machine) command(args ...string) *exec.Cmd {
	cmd := exec.Command(m.program, args...)
	for name, value := range m.env {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Dir = m.dir
	if m.plain {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// nobody is the user without rights on the systems these tests run on.
const nobody = 65534

// run runs a command to its end.
func (m machine) run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := m.command(args...)
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), bad.String()
}

// succeeds runs a command that must end well, and gives what it printed.
func (m machine) succeeds(t *testing.T, args ...string) string {
	t.Helper()
	status, out, bad := m.run(t, args...)
	if status != exitDone {
		t.Fatalf("paddock %s ended with %d\n%s%s", strings.Join(args, " "), status, out, bad)
	}
	return out
}

// refuses runs a command that must end with one line on stderr that has these words in it.
func (m machine) refuses(t *testing.T, status int, words string, args ...string) {
	t.Helper()
	got, out, bad := m.run(t, args...)
	if got != status || !strings.Contains(bad, words) || strings.Count(bad, "\n") != 1 || strings.Contains(bad, "goroutine") {
		t.Errorf("paddock %s ended with %d and said\n%s%s\nwant %d and one line with %q", strings.Join(args, " "), got, out, bad, status, words)
	}
}

// process is a server that was started and serves.
type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string // host:port
	ended   chan struct{}

	mu     sync.Mutex
	stdout strings.Builder
	stderr strings.Builder
}

// Write keeps what is said on stderr.
func (s *process) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stderr.Write(p)
}

func (s *process) said() (stdout, stderr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stdout.String(), s.stderr.String()
}

const readyWords = "Paddock is ready at http://oakvale.localhost:"

// dev starts `paddock dev` and waits for its ready line.
func (m machine) dev(t *testing.T) *process {
	t.Helper()
	s := &process{t: t, cmd: m.command("dev"), ended: make(chan struct{})}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
	ready := make(chan string, 1)
	go func() {
		defer close(s.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := out.Read(buffer)
			s.mu.Lock()
			s.stdout.Write(buffer[:n])
			all := s.stdout.String()
			s.mu.Unlock()
			if _, port, ok := strings.Cut(all, readyWords); ok && strings.HasSuffix(port, "\n") {
				select {
				case ready <- strings.TrimSpace(port):
				default:
				}
			}
			if err != nil {
				_ = s.cmd.Wait() // the state tells
				return
			}
		}
	}()
	select {
	case port := <-ready:
		s.address = "127.0.0.1:" + port
	case <-s.ended:
		a, b := s.said()
		t.Fatalf("dev ended with %v\n%s%s", s.cmd.ProcessState, a, b)
	case <-time.After(patience):
		a, b := s.said()
		t.Fatalf("dev is not ready\n%s%s", a, b)
	}
	return s
}

// stop sends a signal and gives the status it ends with.
func (s *process) stop(signal os.Signal) int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	return s.wait()
}

func (s *process) wait() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("it does not end")
	}
	return s.cmd.ProcessState.ExitCode()
}

// person is a browser of somebody at a clinic. Go's own jar would not send Secure cookies over http.
type person struct {
	t       *testing.T
	address string
	host    string
	cookies map[string]string
}

func (p person) do(method, path string, form url.Values) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Host = p.host
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	for _, c := range answer.Cookies() {
		p.cookies[c.Name] = c.Value
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer, string(body)
}

// signIn signs somebody in at the clinic of a host and gives their browser.
func (s *process) signIn(host, email, passphrase string) person {
	s.t.Helper()
	p := person{s.t, s.address, host, map[string]string{}}
	_, page := p.do(http.MethodGet, "/sign-in", nil)
	form := htmltest.Form(s.t, page, "form[action='/sign-in']")
	form.Set("email", email)
	form.Set("passphrase", passphrase)
	if answer, page := p.do(http.MethodPost, "/sign-in", form); answer.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("signing in as %s gives %s\n%s", email, answer.Status, page)
	}
	return p
}
