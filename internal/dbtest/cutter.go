package dbtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
)

// Cut is a moment at which a Cutter ends the line of a transaction that commits.
type Cut string

// The moments, in the order of what has happened by then. A trip is what the client sends at once.
const (
	// CutBeforeCommit lets the server have the last trip up to COMMIT, and the client no answer: nothing
	// is saved.
	CutBeforeCommit Cut = "before COMMIT is sent"
	// CutBeforeAnswers waits until the server has committed, and lets the client have none of the answers
	// to the last trip.
	CutBeforeAnswers Cut = "committed, before any answer to the last trip"
	// CutBeforeItsAnswer lets the client have the answers to what stood before COMMIT.
	CutBeforeItsAnswer Cut = "committed, before the answer to COMMIT"
	// CutAfterItsAnswer lets the client read that COMMIT was done, and nothing more.
	CutAfterItsAnswer Cut = "committed, after the answer to COMMIT"
	// CutNever leaves the line open, commits, and answers nothing any more: the client must give up.
	CutNever Cut = "committed, and silence"
)

// Cutter is a proxy before the server of a test. It passes on what it is given, and cuts a line when
// told to.
type Cutter struct {
	dir      string // holds its socket
	network  string // of the server
	address  string
	listener net.Listener
	lines    sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
	next Cut           // what happens to the next transaction that commits; empty: nothing
	cut  chan struct{} // closed when that line is gone on both sides
}

// PutCutter puts a Cutter between the environment's store and the server; all other doors stay as they
// are. Call it before anything keeps e.Store.
func PutCutter(t testing.TB, e *Env) *Cutter {
	t.Helper()
	direct := e.Endpoint.As(db.RoleApp)
	cfg, err := pgconn.ParseConfig(direct)
	must(t, err)
	c := &Cutter{open: map[net.Conn]bool{}}
	if c.network, c.address = pgconn.NetworkAddress(cfg.Host, cfg.Port); c.network != "unix" {
		t.Fatal("a Cutter reads what passes, and over TCP that is encrypted: test with a server on a unix socket")
	}
	c.dir, err = os.MkdirTemp("", "cut") // a test's own folder may have too long a name for a socket
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(c.dir) })
	_, at := pgconn.NetworkAddress(c.dir, cfg.Port)
	c.listener, err = (&net.ListenConfig{}).Listen(context.Background(), "unix", at)
	must(t, err)
	t.Cleanup(c.close)
	c.lines.Go(c.accept)

	u, err := url.Parse(direct)
	must(t, err)
	q := u.Query()
	q.Set("host", c.dir)
	u.RawQuery = q.Encode()
	store, err := db.Open(context.Background(), db.Config{URL: u.String(), Signer: e.Signer, Log: e.Log, Tell: e.Live.Tell})
	must(t, err)
	e.Store.Close()
	e.Store = store
	return c
}

// During runs do and cuts the first transaction that commits meanwhile. When it returns, that line is
// gone and the server has done with it what it will. It fails the test where nothing was cut.
func (c *Cutter) During(t testing.TB, at Cut, do func()) {
	t.Helper()
	gone := make(chan struct{})
	c.mu.Lock()
	c.next, c.cut = at, gone
	c.mu.Unlock()
	do()
	c.mu.Lock()
	c.next = ""
	c.mu.Unlock()
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Fatalf("no line was cut %s", at)
	}
}

// take gives what was asked for to the one line that commits first.
func (c *Cutter) take() (Cut, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.next
	c.next = ""
	return at, c.cut
}

func (c *Cutter) close() {
	_ = c.listener.Close()
	c.mu.Lock()
	for conn := range c.open {
		conn.Close()
	}
	c.open = nil
	c.mu.Unlock()
	c.lines.Wait()
}

// keep remembers a connection for close; it is false once that was called.
func (c *Cutter) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		return false
	}
	c.open[conn] = true
	return true
}

func (c *Cutter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.lines.Go(func() {
			defer client.Close()
			server, err := (&net.Dialer{}).DialContext(context.Background(), c.network, c.address)
			if err != nil {
				return
			}
			defer server.Close()
			if c.keep(client) && c.keep(server) {
				(&line{cutter: c, client: client, server: server}).pass()
			}
		})
	}
}

// line is one connection of a client, and the one it has at the server.
type line struct {
	cutter         *Cutter
	client, server net.Conn

	mu   sync.Mutex
	at   Cut           // once this line is the one to be cut
	gone chan struct{} // to be closed then
}

// pass ends when both sides are closed.
func (l *line) pass() {
	var answers sync.WaitGroup
	answers.Go(l.answers)
	l.requests()
	answers.Wait()
	l.server.Close()
	if l.gone != nil {
		close(l.gone)
	}
}

// requests passes on what the client sends, a trip at a time. Where COMMIT is to be cut off, the server
// is told that no more will come, as by a line that broke.
func (l *line) requests() {
	from := bufio.NewReader(l.client)
	defer func() {
		l.client.Close()
		if half, ok := l.server.(*net.UnixConn); ok {
			_ = half.CloseWrite() // the server may be gone already
		}
	}()
	first, err := readOpening(from)
	if err != nil {
		return
	}
	trip, statements, before := first, map[string]string{}, -1
	for {
		if before < 0 || !l.chosen() {
			before = len(trip)
		}
		if _, err := l.server.Write(trip[:before]); err != nil || before < len(trip) {
			return
		}
		trip, before = nil, -1
		for ended := false; !ended; {
			kind, m, err := readMessage(from)
			if err != nil {
				return
			}
			commits := false
			switch kind {
			case 'P': // Parse: a name and its text
				name, rest := cString(m[5:])
				statements[name], _ = cString(rest)
			case 'B': // Bind: a portal and the name of its statement
				_, rest := cString(m[5:])
				name, _ := cString(rest)
				commits = isCommit(statements[name])
			case 'Q': // Query: its text
				text, _ := cString(m[5:])
				commits = isCommit(text)
			}
			if commits {
				before = len(trip)
			}
			trip = append(trip, m...)
			ended = !strings.ContainsRune("PBDEC", rune(kind)) // these wait for a Sync or Flush
		}
	}
}

// chosen reports whether the trip at hand, which has a COMMIT, must end before it, after asking what is
// to happen to this line.
func (l *line) chosen() bool {
	at, gone := l.cutter.take()
	if at == "" {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.gone = at, gone
	return at == CutBeforeCommit
}

// answers passes on what the server sends, until the moment of the cut.
func (l *line) answers() {
	defer l.client.Close()
	from := bufio.NewReader(l.server)
	for {
		kind, m, err := readMessage(from)
		if err != nil {
			return
		}
		l.mu.Lock()
		at := l.at
		l.mu.Unlock()
		tag, _ := cString(m[5:])
		committed := kind == 'C' && tag == "COMMIT"
		ready := kind == 'Z' // all of the trip is answered, COMMIT or not
		switch at {
		case CutBeforeCommit, CutNever:
			continue // until the server has closed its side; it does when the client's is gone
		case CutBeforeAnswers:
			if committed || ready {
				return
			}
			continue
		case CutBeforeItsAnswer:
			if committed || ready {
				return
			}
		case CutAfterItsAnswer:
			if ready {
				return
			}
		}
		if _, err := l.client.Write(m); err != nil {
			return
		}
	}
}

func isCommit(sql string) bool { return strings.EqualFold(strings.TrimSpace(sql), "commit") }

// readOpening reads the first message of a client, which alone has no letter before its length.
func readOpening(from *bufio.Reader) ([]byte, error) {
	return readSized(from, nil)
}

// readMessage reads one message of either side: a letter, its length, its content.
func readMessage(from *bufio.Reader) (kind byte, m []byte, err error) {
	if kind, err = from.ReadByte(); err != nil {
		return 0, nil, err
	}
	m, err = readSized(from, []byte{kind})
	return kind, m, err
}

func readSized(from *bufio.Reader, m []byte) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n < 4 || n > 1<<26 {
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	m = append(m, size[:]...)
	start := len(m)
	m = append(m, make([]byte, n-4)...)
	_, err := io.ReadFull(from, m[start:])
	return m, err
}

func cString(b []byte) (text string, rest []byte) {
	before, rest, _ := bytes.Cut(b, []byte{0})
	return string(before), rest
}
