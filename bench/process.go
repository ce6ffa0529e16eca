package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"paddock/internal/clock"
)

// process is a product or the floor at work.
type process struct {
	cmd     *exec.Cmd
	address string
	seats   []*seat // who asks it; the first looks at single pages
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop ends it as an operator would, and by force where it does not listen.
func (p *process) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended meanwhile
	timer := time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait() // how it ended is nobody's concern any more
}

// startFloor starts this very program again, as the floor.
func (s *stand) startFloor(ctx context.Context) (*process, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, own, "floor", s.floorFile)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the floor: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the floor: %w", err)
	}
	p := &process{cmd: cmd, seats: []*seat{{host: clinicHost, patients: s.clinic.patients}}}
	s.running = append(s.running, p)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("starting the floor: %w", err)
	}
	p.address = strings.TrimSpace(line)
	return p, nil
}

// startProduct starts a product and returns at once; ready waits for it.
func (s *stand) startProduct(ctx context.Context, program string, more ...string) (*process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "serve")
	cmd.Env = append(s.env[:len(s.env):len(s.env)], append(more, "PADDOCK_LISTEN="+address)...)
	cmd.Stderr = quiet{os.Stderr}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the product: %w", err)
	}
	p := &process{cmd: cmd, address: address}
	s.running = append(s.running, p)
	return p, nil
}

// product starts one, waits until it answers, and has its form token.
func (s *stand) product(ctx context.Context, v *session, program string, more ...string) (*process, error) {
	p, err := s.startProduct(ctx, program, more...)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return p, p.ready(ctx, "/sign-in")
	}
	p.seats = []*seat{{host: clinicHost, cookie: v.cookie, patients: s.clinic.patients}}
	if err := p.ready(ctx, "/patients"); err != nil {
		return nil, err
	}
	return p, p.learnTokens(ctx)
}

// learnTokens reads what the forms of each seat carry.
func (p *process) learnTokens(ctx context.Context) error {
	for _, at := range p.seats {
		page, err := p.ask(ctx, at, http.MethodGet, "/clients/new", nil)
		if err != nil {
			return err
		}
		if at.token, err = only(formToken, page.body); err != nil {
			return fmt.Errorf("%s at %s, answered with %d: %w", "/clients/new", at.host, page.status, err)
		}
	}
	return nil
}

// quiet lets the product's warnings and errors through.
type quiet struct{ to io.Writer }

func (q quiet) Write(b []byte) (int, error) {
	if strings.Contains(string(b), `"level":"INFO"`) {
		return len(b), nil
	}
	return q.to.Write(b)
}

// freeAddress is a port of loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var how net.ListenConfig
	ln, err := how.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a port: %w", err)
	}
	at := ln.Addr().String()
	return at, ln.Close()
}

// ready waits until a page is answered with 200, asking every millisecond.
func (p *process) ready(ctx context.Context, path string) error {
	began := clock.System.Now()
	for {
		page, err := p.get(ctx, path)
		if err == nil && page.status == http.StatusOK {
			return nil
		}
		if clock.System.Now().Sub(began) > 30*time.Second {
			return errors.Join(fmt.Errorf("waiting for %s: it was answered with %d", path, page.status), err)
		}
		time.Sleep(time.Millisecond)
	}
}

// session is a browser signed in: what stands in its cookie.
type session struct{ cookie string }

// reply is one answer, read.
type reply struct {
	status int
	header http.Header
	body   string
}

var client = &http.Client{
	Timeout:       2 * time.Minute, // a profile takes as long as it was asked for
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// get asks for a page as the first seat, or as nobody.
func (p *process) get(ctx context.Context, path string) (reply, error) {
	at := &seat{host: clinicHost}
	if len(p.seats) > 0 {
		at = p.seats[0]
	}
	return p.ask(ctx, at, http.MethodGet, path, nil)
}

func (p *process) ask(ctx context.Context, at *seat, method, path string, form url.Values) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+path, strings.NewReader(form.Encode())) //nolint:gosec // loopback
	if err != nil {
		return reply{}, fmt.Errorf("asking for %s: %w", path, err)
	}
	r.Host = at.host
	if at.cookie != "" {
		r.Header.Set("Cookie", at.cookie)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w, err := client.Do(r) //nolint:gosec // loopback
	if err != nil {
		return reply{}, fmt.Errorf("asking for %s: %w", path, err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		return reply{}, fmt.Errorf("asking for %s: %w", path, err)
	}
	return reply{w.StatusCode, w.Header, string(body)}, nil
}

var (
	formToken = regexp.MustCompile(`name="csrf" (?:content|value)="([^"]+)"`)
	nonces    = regexp.MustCompile(`nonce="([^"]*)"`)
	newID     = regexp.MustCompile(`name="new_id" value="([^"]+)"`)
	freshIDs  = regexp.MustCompile(`data-fresh="([^"]+)"`)
	marks     = regexp.MustCompile(`data-since="([^"]*)"`)
	stays     = regexp.MustCompile(`data-(idle|locks|ends)="\d*"`)
)

func only(what *regexp.Regexp, body string) (string, error) {
	m := what.FindStringSubmatch(body)
	if m == nil {
		return "", fmt.Errorf("the page holds no %s", what)
	}
	return m[1], nil
}

// signIn opens a session through the page, on a product of its own that then ends: hashing a passphrase
// takes memory that serving does not.
func (s *stand) signIn(ctx context.Context) (*session, error) {
	p, err := s.product(ctx, nil, s.shipped)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	page, err := p.get(ctx, "/sign-in")
	if err != nil {
		return nil, err
	}
	token, err := only(formToken, page.body)
	if err != nil {
		return nil, err
	}
	form := url.Values{"csrf": {token}, "email": {vetEmail}, "passphrase": {passphrase}}
	before, _, _ := strings.Cut(page.header.Get("Set-Cookie"), ";")
	signed, err := p.ask(ctx, &seat{host: clinicHost, cookie: before}, http.MethodPost, "/sign-in", form)
	if err != nil {
		return nil, err
	}
	for _, c := range signed.header.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(c, ";"); strings.HasPrefix(pair, "__Host-sid=") {
			return &session{cookie: pair}, nil
		}
	}
	return nil, fmt.Errorf("signing in: status %d and no session", signed.status)
}
