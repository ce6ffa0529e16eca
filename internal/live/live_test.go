package live_test

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/live"
)

func TestAChangeReachesTheStreamsOfItsClinicAndNoOthers(t *testing.T) { // T69
	e := dbtest.Shared(t)
	h := openHub(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	first, second := join(t, h, e, a, live.Board, live.Bills), join(t, h, e, a, live.Board, live.Schedule, live.Bills)
	other := join(t, h, e, b, live.Board, live.Schedule, live.Bills)
	touch(t, e, a, live.Board, live.Schedule)
	hears(t, second, live.Board, live.Schedule)
	hears(t, first, live.Board)
	touch(t, e, b, live.Bills)
	hears(t, other, live.Bills) // and nothing of what A did before
	silent(t, first)
	silent(t, second)
}

func TestNothingIsToldOfWhatWasNotCommitted(t *testing.T) {
	e := dbtest.Shared(t)
	h := openHub(t, e)
	c := e.NewClinic(t)
	s := join(t, h, e, c, live.Board, live.Bills)
	undone := errors.New("undone")
	err := e.Store.Write(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(live.Touch(ctx, tx, c.Keys, live.Board), undone)
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	touch(t, e, c, live.Bills)
	hears(t, s, live.Bills)
}

func TestATopicIsTouchedByItsOwnClinicAndInAWritingTransaction(t *testing.T) {
	e := dbtest.Shared(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	ctx := context.Background()
	if err := e.Store.Write(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error { return live.Touch(ctx, tx, b.Keys, live.Board) }); err == nil {
		t.Error("A told B's pages that something changed")
	}
	if err := e.Store.Read(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error { return live.Touch(ctx, tx, a.Keys, live.Board) }); err == nil {
		t.Error("a reading transaction changed something")
	}
	if err := e.Store.Write(ctx, a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error { return live.Touch(ctx, tx, a.Keys, "Rex is here") }); err == nil {
		t.Error("any text can be told")
	}
}

// Whoever listens hears tokens: of one length, different for each clinic and topic, and none that names
// anything. Whoever has not the key cannot wake a page.
func TestAListenerLearnsNothingAndForgesNothing(t *testing.T) { // T39
	e := dbtest.Shared(t)
	ctx := context.Background()
	h := openHub(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	ear := e.As(t, db.RoleApp) // as an injected statement could
	_, err := ear.Exec(ctx, "LISTEN "+db.LiveChannel)
	must(t, err)
	topics := []live.Topic{live.Board, live.Schedule, live.Bills}
	early := join(t, h, e, b, topics...)
	seen := map[string]bool{}
	for _, c := range []dbtest.Clinic{a, b} {
		for _, topic := range topics {
			touch(t, e, c, topic)
			wait, cancel := context.WithTimeout(ctx, 10*time.Second)
			n, err := ear.WaitForNotification(wait)
			cancel()
			must(t, err)
			raw, err := base64.RawURLEncoding.DecodeString(n.Payload)
			if err != nil || len(raw) != 16 || seen[n.Payload] {
				t.Errorf("heard %q of %s", n.Payload, topic)
			}
			if id := c.Tenant.ID(); strings.Contains(string(raw), string(id[:4])) {
				t.Errorf("%q names the clinic", n.Payload)
			}
			seen[n.Payload] = true
		}
	}
	hears(t, early, live.Bills, live.Board, live.Schedule) // the hub has heard all that went before, and a stream hears from now on
	s := join(t, h, e, a, topics...)
	for _, guess := range []string{"", "board", a.Tenant.String(), a.Tenant.String() + "board", strings.Repeat("A", 22)} {
		_, err := ear.Exec(ctx, "SELECT pg_notify($1, $2)", db.LiveChannel, guess)
		must(t, err)
	}
	touch(t, e, a, live.Bills)
	hears(t, s, live.Bills)
	_, err = ear.Exec(ctx, "SELECT pg_notify($1, $2)", strings.ToUpper(db.LiveChannel), "x")
	must(t, err)
}

// The role that listens can read nothing, not even that there are tables.
func TestTheEarReachesNothing(t *testing.T) { // T39
	e := dbtest.Shared(t)
	c := e.As(t, db.RoleLive)
	for _, sql := range []string{
		"SELECT 1 FROM app.appointments", "SELECT 1 FROM app.species", "SELECT 1 FROM platform.clinic", "SELECT 1 FROM sec.sessions",
		"SELECT 1 FROM audit.leaf", "SELECT 1 FROM jobs.river_job", "SELECT sec.tenant()", "SELECT sec.clinic_at('a')",
		"CREATE TEMP TABLE t (a int)", "SET ROLE paddock_app",
	} {
		if _, err := c.Exec(context.Background(), sql); err == nil || !db.Refused(err) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestAPageIsToldWhatItMissed(t *testing.T) {
	e := dbtest.Shared(t)
	fake := clock.NewFake(clock.System.Now())
	h := live.Open(e.Live, fake, slog.New(slog.DiscardHandler))
	t.Cleanup(h.Close)
	eventually(t, "the hub listens", h.Live)
	c := e.NewClinic(t)
	all := []live.Topic{live.Board, live.Schedule, live.Bills}
	catchUp := func(mark string, want ...live.Topic) {
		t.Helper()
		s, err := h.Join(c.Keys, id.New(), mark, all...)
		must(t, err)
		defer s.Leave()
		if len(want) == 0 {
			silent(t, s)
			return
		}
		hears(t, s, want...)
	}
	before := live.Mark(fake.Now())
	catchUp(before, live.Bills, live.Board, live.Schedule) // a page from before the hub began
	fake.Advance(time.Minute)
	early := live.Mark(fake.Now())
	fake.Advance(time.Minute)
	watching := join(t, h, e, c, live.Bills)
	touch(t, e, c, live.Bills)
	hears(t, watching, live.Bills)
	catchUp(early, live.Bills)
	fake.Advance(time.Minute)
	catchUp(live.Mark(fake.Now()))
	catchUp(before, live.Bills, live.Board, live.Schedule)
	catchUp("no mark", live.Bills, live.Board, live.Schedule)
	catchUp("", live.Bills, live.Board, live.Schedule)
}

func TestEachSessionHasAFewStreams(t *testing.T) {
	e := dbtest.Shared(t)
	h := openHub(t, e)
	c, session := e.NewClinic(t), id.New()
	var last *live.Stream
	for range live.StreamsMost {
		s, err := h.Join(c.Keys, session, "", live.Board)
		must(t, err)
		last = s
	}
	if _, err := h.Join(c.Keys, session, "", live.Board); !errors.Is(err, live.ErrTooMany) {
		t.Errorf("one more was opened: %v", err)
	}
	if _, err := h.Join(c.Keys, id.New(), "", live.Board); err != nil {
		t.Errorf("another session: %v", err)
	}
	last.Leave()
	last.Leave()
	if _, err := h.Join(c.Keys, session, "", live.Board); err != nil {
		t.Errorf("one was closed: %v", err)
	}
}

// The line is cut as by a restart of the database: nothing is live until it stands again, and then every
// page is told that all may have changed.
func TestALostLineIsOpenedAnew(t *testing.T) {
	e := dbtest.New(t)
	h := openHub(t, e)
	c := e.NewClinic(t)
	s := join(t, h, e, c, live.Board, live.Schedule)
	admin := e.Admin(t)
	ctx := context.Background()
	touch(t, e, c, live.Board) // so that the store has a connection
	hears(t, s, live.Board)
	outside, err := pgx.Connect(ctx, dbtest.ServerURL(t))
	must(t, err)
	t.Cleanup(func() { _ = outside.Close(ctx) })
	doors := func(open string) {
		_, err := outside.Exec(ctx, "ALTER DATABASE "+admin.Config().Database+" ALLOW_CONNECTIONS "+open)
		must(t, err)
	}
	doors("false")
	ended, err := admin.Query(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'paddock_live' AND datname = current_database()")
	must(t, err)
	if n, err := pgx.CollectRows(ended, pgx.RowTo[bool]); err != nil || len(n) != 2 {
		t.Fatalf("%d lines were open, want one that hears and one that tells, however many streams: %v", len(n), err)
	}
	eventually(t, "the hub notices", func() bool { return !h.Live() })
	touch(t, e, c, live.Board) // nobody hears it
	doors("true")
	hears(t, s, live.Board, live.Schedule)
	if !h.Live() {
		t.Error("the pages were told, and the hub does not listen")
	}
	touch(t, e, c, live.Board)
	hears(t, s, live.Board)
}

func TestAClosedHubEndsEveryStream(t *testing.T) {
	e := dbtest.Shared(t)
	h := openHub(t, e)
	c := e.NewClinic(t)
	s := join(t, h, e, c, live.Board)
	h.Close()
	select {
	case <-s.Done():
	default:
		t.Error("a stream outlived the hub")
	}
	late, err := h.Join(c.Keys, id.New(), "", live.Board)
	must(t, err)
	select {
	case <-late.Done():
	default:
		t.Error("a stream was opened on a hub that is closed")
	}
	s.Leave()
	late.Leave()
	if n := h.Streams(); n != 0 {
		t.Errorf("%d streams are left", n)
	}
}
