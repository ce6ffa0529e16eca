package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/identity"
	"paddock/internal/live"
)

// listener is an open stream as a browser sees it.
type listener struct {
	status int
	events chan string // closed when the stream is over
	raw    chan string // every line
	hangUp func()
}

// listenTo opens a stream over a line of its own.
func (b *browser) listenTo(t *testing.T, at *httptest.Server, path string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = b.host
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{status: w.StatusCode, events: make(chan string, 1000), raw: make(chan string, 4000), hangUp: cancel}
	if w.StatusCode == http.StatusOK && w.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%s is %q", path, w.Header.Get("Content-Type"))
	}
	go func() {
		defer w.Body.Close()
		defer close(l.events)
		lines := bufio.NewScanner(w.Body)
		for lines.Scan() {
			l.raw <- lines.Text()
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok && name != "beat" {
				l.events <- name
			}
		}
	}()
	return l
}

// hears waits for events in this order, whatever comes between.
func (l *listener) hears(t *testing.T, want ...string) {
	t.Helper()
	end := time.After(20 * time.Second)
	for _, w := range want {
		for found := false; !found; {
			select {
			case e, open := <-l.events:
				if !open {
					t.Fatalf("the stream is over before %s", w)
				}
				found = e == w
			case <-end:
				t.Fatalf("%s was not heard", w)
			}
		}
	}
}

// ends waits for the end of the stream and gives what came before it.
func (l *listener) ends(t *testing.T) (last []string) {
	t.Helper()
	end := time.After(20 * time.Second)
	for {
		select {
		case e, open := <-l.events:
			if !open {
				return last
			}
			last = append(last, e)
		case <-end:
			t.Fatal("the stream goes on")
		}
	}
}

// serving is the site on a real line.
func (s *site) serving(t *testing.T) *httptest.Server {
	t.Helper()
	at := httptest.NewServer(s.handler)
	t.Cleanup(func() {
		at.CloseClientConnections()
		at.Close()
	})
	return at
}

// now is a mark that nothing has been missed since.
func (s *site) now() string { return "?since=" + live.Mark(s.clock.Now().Add(time.Minute)) }

func (s *site) awaitLive(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !s.deps.Live.Live(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the hub does not listen")
		}
	}
}

func (h *shop) touch(t *testing.T, topics ...live.Topic) {
	t.Helper()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error { return live.Touch(ctx, tx, h.keys, topics...) })
}

var streamLine = regexp.MustCompile(`^(event: (beat|over|(board|schedule|bills)-changed)|id: [0-9a-z]+|data:|:|)$`)

// A page hears of its own clinic, of what its person may see, and names of events alone.
func TestAStreamTellsItsOwnClinicsChangesWithoutContent(t *testing.T) { // T69, T39
	t.Parallel()
	s := onStage(t)
	s.awaitLive(t)
	at := s.serving(t)
	a, b := s.shop(t, "tamarisk"), s.shop(t, "sloe") // where nothing else happens meanwhile
	mine := a.as(t, access.Receptionist).listenTo(t, at, "/live"+s.now())
	theirs := b.as(t, access.Receptionist).listenTo(t, at, "/live"+s.now())
	a.touch(t, live.Board, live.Bills)
	mine.hears(t, "board-changed", "bills-changed")
	b.touch(t, live.Schedule)
	select {
	case e := <-theirs.events:
		if e != "schedule-changed" {
			t.Errorf("B heard %s of A", e)
		}
	case <-time.After(20 * time.Second):
		t.Error("B hears nothing")
	}
	a.touch(t, live.Schedule)
	mine.hears(t, "schedule-changed")
	for len(mine.raw) > 0 {
		if l := <-mine.raw; !streamLine.MatchString(l) {
			t.Errorf("a stream says %q", l)
		}
	}
}

// Nobody hears what somebody else's right would show.
func TestAStreamTellsOnlyWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.awaitLive(t)
	h := s.shop(t, "jasmine")
	at := s.serving(t)
	admin, nurse := h.roleID(t, access.PracticeAdmin), h.roleID(t, access.Nurse)
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeletePersonRole(ctx, db.DeletePersonRoleParams{TenantID: tx.Tenant, PersonID: h.people[access.Nurse].ID, RoleID: nurse})
		return err
	})
	if l := h.as(t, access.Nurse).listenTo(t, at, "/live"); l.status != http.StatusUnauthorized {
		t.Errorf("somebody without a role has a stream: %d", l.status)
	}
	ctx := context.Background()
	if _, err := s.super.Exec(ctx, "DELETE FROM app.role_rights WHERE tenant_id = $1 AND role_id = $2 AND allowed LIKE 'schedule.%'", h.tenant, admin); err != nil {
		t.Fatal(err)
	}
	h.changeRoles(t, func(context.Context, *db.Tx) error { return nil })
	l := h.as(t, access.PracticeAdmin).listenTo(t, at, "/live"+s.now())
	h.touch(t, live.Board, live.Schedule, live.Bills)
	l.hears(t, "bills-changed")
	for len(l.raw) > 0 {
		if got := <-l.raw; strings.Contains(got, "board") || strings.Contains(got, "schedule") {
			t.Errorf("heard %q without the right", got)
		}
	}
}

func TestAStreamIsRefusedWithoutASessionOfTheClinic(t *testing.T) { // T69
	t.Parallel()
	s := onStage(t)
	h, other := s.shop(t, "teasel"), s.shop(t, "laurel")
	at := s.serving(t)
	nobody := h.browser(t)
	foreign := other.as(t, access.Receptionist)
	foreign.host = h.host
	locked := h.as(t, access.Nurse)
	locked.send("/lock", nil)
	for name, b := range map[string]*browser{"nobody": nobody, "a person of another clinic": foreign, "a locked session": locked} {
		l := b.listenTo(t, at, "/live")
		if l.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, l.status)
		}
		r := b.raw(http.MethodGet, "/live", nil)
		if r.status != http.StatusUnauthorized || r.body != "" || strings.Contains(r.header.Get("Set-Cookie"), identity.PreCookie) {
			t.Errorf("%s: %d, cookies %q, %q", name, r.status, r.header.Values("Set-Cookie"), r.body)
		}
	}
}

// quickened is a node that judges its streams anew all the time.
func quickened(t *testing.T, s *site) *httptest.Server {
	t.Helper()
	two := s.secondNode(t)
	two.server.Quicken(20*time.Millisecond, 50*time.Millisecond)
	two.handler = two.server.Handler()
	return two.serving(t)
}

// T72: whoever signs out, is locked, disabled or loses the right hears no more, wherever that happened.
func TestAStreamEndsSoonAfterTheRightToIt(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.awaitLive(t)
	at := quickened(t, s.site)
	h := s.a
	role, ctx := h.roleID(t, access.Nurse), context.Background()
	for _, c := range []struct {
		name string
		do   func(b *browser)
	}{
		{"signed out", func(b *browser) { b.send("/sign-out", nil) }},
		{"locked", func(b *browser) { b.send("/lock", nil) }},
		{"idle", func(*browser) { s.clock.Advance(identity.IdleLimit + time.Second) }},
		{"out of the role", func(*browser) {
			h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.DeletePersonRole(ctx, db.DeletePersonRoleParams{TenantID: tx.Tenant, PersonID: h.people[access.Nurse].ID, RoleID: role})
				return err
			})
		}},
		{"disabled", func(*browser) {
			h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
				if err := tx.InsertPersonRole(ctx, db.InsertPersonRoleParams{TenantID: tx.Tenant, PersonID: h.people[access.Nurse].ID, RoleID: role}); err != nil {
					return err
				}
				_, err := tx.UpdatePersonState(ctx, db.UpdatePersonStateParams{TenantID: tx.Tenant, ID: h.people[access.Veterinarian].ID, State: string(identity.Disabled)})
				return err
			})
		}},
		{"at a suspended clinic", func(*browser) {
			if _, err := s.super.Exec(ctx, "UPDATE platform.clinic SET state = 'suspended' WHERE clinic_id = $1", h.tenant); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		who := access.Nurse
		if c.name == "disabled" {
			who = access.Veterinarian
		}
		b := h.as(t, who)
		l := b.listenTo(t, at, "/live"+s.now())
		if l.status != http.StatusOK {
			t.Fatalf("%s: %d before", c.name, l.status)
		}
		time.Sleep(150 * time.Millisecond) // judged again and again, and found in order
		for len(l.events) > 0 {
			if event, open := <-l.events; !open || event != sessionChanged {
				t.Fatalf("%s: %q before", c.name, event)
			}
		}
		c.do(b)
		last := slices.DeleteFunc(l.ends(t), func(event string) bool { return event == sessionChanged })
		if !slices.Equal(last, []string{"over"}) {
			t.Errorf("%s: the stream ended with %v", c.name, last)
		}
	}
}

// sessionChanged has every stream of the clinic judged anew, those of the rows before this one's included.
const sessionChanged = "session-changed"

// An open page is nobody's hand on the keyboard.
func TestAStreamDoesNotKeepASessionAwake(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.awaitLive(t)
	at := quickened(t, s.site)
	b := s.a.as(t, access.Nurse)
	seen := func() (last time.Time) {
		if err := s.super.QueryRow(context.Background(), "SELECT last_seen_at FROM sec.sessions WHERE tenant_id = $1", s.a.tenant).Scan(&last); err != nil {
			t.Fatal(err)
		}
		return last
	}
	before := seen()
	s.clock.Advance(5 * time.Minute)
	l := b.listenTo(t, at, "/live"+s.now())
	s.a.touch(t, live.Board)
	l.hears(t, "board-changed")
	time.Sleep(150 * time.Millisecond)
	l.hangUp()
	l.ends(t)
	if after := seen(); !after.Equal(before) {
		t.Errorf("the session was last seen at %v, then at %v", before, after)
	}
	if b.get("/patients"); seen().Equal(before) {
		t.Error("a page does not count either: nothing was tested")
	}
}

func TestASessionMayNotOpenStreamsWithoutEnd(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	at := s.serving(t)
	b := s.a.as(t, access.Nurse)
	for i := range live.StreamsMost {
		if l := b.listenTo(t, at, "/live"); l.status != http.StatusOK {
			t.Fatalf("stream %d: %d", i+1, l.status)
		}
	}
	if l := b.listenTo(t, at, "/live"); l.status != http.StatusTooManyRequests {
		t.Errorf("one more: %d", l.status)
	}
}

// raw line of a browser that only waits: what a stream costs is then the server's alone.
func (b *browser) dial(t *testing.T, at *httptest.Server) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", at.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "GET /live%s HTTP/1.1\r\nHost: %s\r\nCookie: %s=%s\r\n\r\n", b.site.now(), b.host, identity.SessionCookie, b.cookies[identity.SessionCookie])
	return c
}

// reads waits until some text has come.
func reads(t *testing.T, c net.Conn, text string, buffer []byte) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	for got := ""; !strings.Contains(got, text); {
		n, err := c.Read(buffer)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		got += string(buffer[:n])
	}
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// 500 streams stay below 150 MB together, hold no connection to the database, and are all told.
func TestManyStreamsCostLittleAndHearAll(t *testing.T) {
	s := twoShops(t)
	s.awaitLive(t)
	at := s.serving(t)
	const streams = 500
	buffer := make([]byte, 4096)
	var b *browser
	lines := make([]net.Conn, 0, streams)
	before := inUse()
	for i := range streams {
		if i%live.StreamsMost == 0 {
			b = s.a.as(t, access.Receptionist)
		}
		c := b.dial(t, at)
		reads(t, c, "event: beat", buffer)
		lines = append(lines, c)
	}
	each := float64(inUse()-before) / streams / 1024
	if s.deps.Live.Streams() != streams {
		t.Fatalf("%d streams are open", s.deps.Live.Streams())
	}
	t.Logf("a stream takes %.0f KiB, %d of them %.0f MiB", each, streams, each*streams/1024)
	if each*streams/1024 > 150 {
		t.Errorf("%d streams take %.0f MiB", streams, each*streams/1024)
	}
	if n := s.env.Store.Connections(); n > 12 {
		t.Errorf("%d connections to the database are open", n)
	}
	began := time.Now()
	s.a.touch(t, live.Board)
	for _, c := range lines {
		reads(t, c, "event: board-changed", buffer)
	}
	t.Logf("a change reached all in %v", time.Since(began).Round(time.Millisecond))
	for _, c := range lines {
		c.Close()
	}
	for end := time.Now().Add(20 * time.Second); s.deps.Live.Streams() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d streams outlived their browsers", s.deps.Live.Streams())
		}
	}
}
