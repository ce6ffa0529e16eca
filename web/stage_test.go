package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

// stage is one installation with two clinics, for all tests that neither turn the clock nor break a
// thing. Tests add rows of their own and leave the others'.
type stage struct {
	*site
	a, b *shop
}

// lasting lets the first test that needs it make what all share: what it sets up goes with the process.
type lasting struct{ testing.TB }

func (lasting) Cleanup(func()) {}

var (
	stageOnce sync.Once
	theStage  *stage
)

func onStage(t *testing.T) *stage {
	t.Helper()
	stageOnce.Do(func() {
		s := siteOn(lasting{t}, dbtest.Shared(t), clock.NewFake(clock.System.Now()))
		theStage = &stage{site: s, a: s.shop(t, "alder"), b: s.shop(t, "birch")}
	})
	if theStage == nil {
		t.Fatal("the shared installation could not be made")
	}
	return theStage
}

// twoShops is an installation of the test's own, whose clock it may turn and which it may break.
func twoShops(t *testing.T) *stage {
	t.Helper()
	s := newSite(t)
	return &stage{site: s, a: s.shop(t, "alder"), b: s.shop(t, "birch")}
}

// stillShops is twoShops at a clock that stands, for what turns on seconds. It is good for the minute that
// a signed context is.
func stillShops(t *testing.T) *stage {
	t.Helper()
	fake := clock.NewFake(time.Now())
	s := siteOn(t, dbtest.NewAt(t, fake), fake)
	return &stage{site: s, a: s.shop(t, "alder"), b: s.shop(t, "birch")}
}

// soap is a note with something to be found in each part.
var soap = records.SOAP{Subjective: "Off food.", Objective: "T 39.4", Assessment: "Early gut stasis.", Plan: "Fluids."}

// draft opens a draft of a role's person about the shop's animal and writes into it. A person has one
// draft an animal, so each gets an animal of its own, which is given back too.
func (h *shop) draft(t *testing.T, role string) (draft, animal id.ID) {
	t.Helper()
	draft, animal = id.New(), h.newAnimal(t)
	h.write(t, h.who(role), func(ctx context.Context, tx *db.Tx) error {
		d, err := records.StartConsult(ctx, tx, h.keys, draft, animal)
		if err != nil {
			return err
		}
		_, err = records.SaveDraft(ctx, tx, h.keys, draft, records.Writing{Version: d.Version}, soap)
		return err
	})
	return draft, animal
}

func (h *shop) newAnimal(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, h.keys, row, h.client, registry.Patient{Name: "Pip", Species: "cat", Sex: "female", Neutered: "unknown"})
	})
	return row
}

func (h *shop) newClient(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, h.keys, row, registry.Client{FirstName: "Ada", LastName: "Quill", Phones: []registry.Phone{{Number: "07700 900777"}}})
	})
	return row
}

// note is a signed note of the vet.
func (h *shop) note(t *testing.T) (note, animal id.ID) {
	t.Helper()
	note, animal = h.draft(t, access.Veterinarian)
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return records.Sign(ctx, tx, h.keys, note, records.Writing{Version: 2}, soap)
	})
	return note, animal
}

// clientForm and patientForm are what the forms of the pages send when filled in.
func clientForm() url.Values {
	return url.Values{"given_name": {"Ada"}, "family_name": {"Quill"}, "phone_1": {"07700 900321"}, "email": {"ada@example.org"}, "anyway": {"1"}}
}

func patientForm() url.Values {
	return url.Values{"name": {"Pip"}, "species": {"cat"}, "sex": {"female"}, "neutered": {""}, "anyway": {"1"}}
}

func noteForm() url.Values {
	return url.Values{"subjective": {soap.Subjective}, "objective": {soap.Objective}, "assessment": {soap.Assessment}, "plan": {"Rest."}}
}

// with is a form with further values.
func with(form url.Values, more ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// send is post with the form token of the session.
func (b *browser) send(path string, form url.Values) reply {
	b.t.Helper()
	return b.post(path, with(form, "csrf", b.token()))
}

// raw sends a request whose every part the test chose.
func (b *browser) raw(method, path string, form url.Values, header ...string) reply {
	b.t.Helper()
	r := httptest.NewRequest(method, "http://"+b.host+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Set(header[i], header[i+1])
		}
	}
	return b.do(r)
}

// copyOf is another browser with the same cookies: what the first does leaves no trace in it.
func (b *browser) copyOf(t *testing.T) *browser {
	t.Helper()
	c := *b
	c.t, c.cookies = t, map[string]string{}
	for k, v := range b.cookies {
		c.cookies[k] = v
	}
	return &c
}

var (
	nonceIn = regexp.MustCompile(`nonce="[^"]*"`)
	tokenIn = regexp.MustCompile(`(name="csrf" (?:value|content)|data-csrf)="[^"]*"`)
	sinceIn = regexp.MustCompile(`data-(since="[0-9a-z]+"|(locks|ends)="[0-9]+")`)
	uuidIn  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// plain is a body without what differs between any two answers: nonce, form token, ids, the time.
func (r reply) plain() string {
	s := nonceIn.ReplaceAllString(r.body, "nonce")
	s = tokenIn.ReplaceAllString(s, "csrf")
	s = sinceIn.ReplaceAllString(s, "since")
	return uuidIn.ReplaceAllString(s, "ID")
}

// headers are those of an answer without what differs between any two.
func (r reply) headers() string {
	h := r.header.Clone()
	h.Del("X-Request-Id")
	h.Del("Content-Security-Policy")
	if h.Get("Set-Cookie") != "" {
		h.Set("Set-Cookie", "some")
	}
	var b strings.Builder
	if err := h.Write(&b); err != nil {
		return err.Error()
	}
	return uuidIn.ReplaceAllString(b.String(), "ID")
}

// everything is a hash of every row a clinic has, except those that any request adds or touches: the
// audit record, the sessions, and kept forms where asked.
func (s *site) everything(t *testing.T, h *shop, except ...string) map[string]string {
	t.Helper()
	ctx := context.Background()
	rows, err := s.super.Query(ctx, `SELECT c.table_schema || '.' || c.table_name FROM information_schema.columns AS c
		JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE c.column_name = 'tenant_id' AND t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatalf("the tables are %q: %v", tables, err)
	}
	out := map[string]string{}
	for _, table := range tables {
		if table == "audit.leaf" || table == "sec.sessions" || table == "app.origins" || slices.Contains(except, table) { // each sign-in has a row in all three
			continue
		}
		var text *string
		var n int
		if err := s.super.QueryRow(ctx, `SELECT count(*), string_agg(r::text, E'\n' ORDER BY r::text) FROM `+table+` AS r WHERE tenant_id = $1`, h.tenant).Scan(&n, &text); err != nil {
			t.Fatal(err)
		}
		if text == nil {
			text = new(string)
		}
		sum := sha256.Sum256([]byte(*text))
		out[table] = fmt.Sprintf("%d rows %s", n, hex.EncodeToString(sum[:6]))
	}
	return out
}

// unchanged fails where a clinic's rows are not as they were.
func unchanged(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for table, was := range before {
		if after[table] != was {
			t.Errorf("%s: %s was %s and is %s", what, table, was, after[table])
		}
	}
}

// leaf is a line of the record as the superuser sees it.
type leaf struct {
	Action, Object, Outcome, Route string
	Actor, ObjectID                id.ID
}

// leaves are those of a clinic for one request.
func (s *site) leaves(t *testing.T, h *shop, request string) []leaf {
	t.Helper()
	ctx := context.Background()
	rows, err := s.super.Query(ctx, `SELECT action, object, outcome, route, actor_id, object_id FROM audit.leaf
		WHERE tenant_id = $1 AND request_id = $2 ORDER BY id`, h.tenant, id.MustParse(request))
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (l leaf, err error) {
		return l, r.Scan(&l.Action, &l.Object, &l.Outcome, &l.Route, &l.Actor, &l.ObjectID)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// count is one number from the superuser's view.
func (s *site) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	ctx := context.Background()
	if err := s.super.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// exec is one act of the superuser.
func (s *site) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.super.Exec(ctx, sql, args...); err != nil {
		t.Fatal(err)
	}
}

// signedOut fails unless an answer is the one for nobody in particular.
func signedOut(t *testing.T, what string, r reply) {
	t.Helper()
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/sign-in" {
		t.Errorf("%s: %d to %q, want the sign-in page", what, r.status, r.header.Get("Location"))
	}
}

// request is the id an answer names.
func (r reply) request() string { return r.header.Get("X-Request-Id") }

// says fails unless the page says so.
func (r reply) says(t *testing.T, status int, selector, text string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d with %q", r.status, status, text)
	}
	htmltest.Has(t, r.body, selector, text)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theStage != nil {
		theStage.env.Close()
	}
	os.Exit(code)
}

func formOf(t *testing.T, page reply) url.Values {
	t.Helper()
	return htmltest.Form(t, page.body, "main form")
}

func clockNow() time.Time { return clock.System.Now() }
