package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/files"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/isolation"
	"paddock/internal/live"
	"paddock/internal/provision"
	"paddock/internal/registry"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
	"paddock/web"
)

const passphrase = "four calm horses graze"

// site is the whole handler over a real database.
type site struct {
	env      *dbtest.Env
	handler  http.Handler
	server   *web.Server
	deps     web.Deps
	super    *pgxpool.Pool // looks behind the fences
	attempts *isolation.Attempts
	log      *lockedBuffer
	clock    *clock.Fake
}

// lockedBuffer is a log that tests read.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// shop is a clinic with its people and one client, patient, draft and note.
type shop struct {
	site   *site
	tenant id.Tenant
	keys   *vault.Clinic
	host   string
	people map[string]identity.Person // by role key
	client id.ID
	animal id.ID
}

// tellFaults writes what the log of a failed test calls errors: the page itself does not say.
func (s *site) tellFaults(t testing.TB) {
	t.Helper()
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=ERROR") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

func newSite(t *testing.T) *site {
	t.Helper()
	fake := clock.NewRunning(time.Now())
	return siteOn(t, dbtest.NewAt(t, fake), fake)
}

// shelfOf is the store of files beside the keys: it lives as long as they do.
func shelfOf(t testing.TB, e *dbtest.Env) *files.Shelf {
	t.Helper()
	shelf, err := files.OpenShelf(context.Background(), filepath.Join(e.KeyDir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	return shelf
}

func siteOn(t testing.TB, e *dbtest.Env, fake *clock.Fake) *site {
	t.Helper()
	s := &site{env: e, log: &lockedBuffer{}, clock: fake}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	t.Cleanup(func() {
		if t.Failed() {
			s.tellFaults(t)
		}
	})
	cfg := identity.Config{Store: e.Store, Vault: e.Vault, Clock: e.Clock, AddressKey: identity.AddressKey([]byte("test"))}
	signIns, err := identity.NewSignIns(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if s.super, err = pgxpool.New(context.Background(), e.AdminURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.super.Close)
	s.attempts = isolation.NewAttempts(e.Watch, e.Scribe, e.Clock, log)
	t.Cleanup(s.attempts.Close)
	hub := live.Open(e.Live, e.Clock, log)
	t.Cleanup(hub.Close)
	s.deps = web.Deps{
		Shelf: shelfOf(t, e),
		Store: e.Store, Directory: tenancy.NewDirectory(e.Store, e.Clock), Vault: e.Vault, Scribe: e.Scribe, SignIns: signIns,
		Sessions: identity.NewSessions(cfg, signIns, identity.NewPolicies(e.Store, e.Vault, 100)),
		Walls:    identity.NewWalls(e.Store), KeptForms: identity.NewKeptForms(e.Store, e.Vault), Attempts: s.attempts, Live: hub, Clock: e.Clock, Log: log,
	}
	s.server = web.New(s.deps)
	s.handler = s.server.Handler()
	return s
}

// storedPassphrase is the stored form of passphrase at a clinic, made once for all its people: hashing is
// meant to be slow. What is hashed is the keyed hash under the clinic's own key.
func storedPassphrase(t *testing.T, keys *vault.Clinic) string {
	t.Helper()
	peppered := base64.RawStdEncoding.EncodeToString(keys.Commit([]byte("passphrase"), []byte(passphrase)))
	secret, err := argon2id.CreateHash(peppered, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

var roleKeys = []string{access.Receptionist, access.Nurse, access.Veterinarian, access.PracticeAdmin, access.Trainee}

// shop opens a clinic at label.localhost with one person per role.
func (s *site) shop(t *testing.T, label string) *shop {
	t.Helper()
	ctx := context.Background()
	deps := provision.Deps{Store: s.env.Store, Platform: s.env.Platform, Vault: s.env.Vault, BaseDomain: "localhost", Placement: dbtest.Placement}
	tenant, _, err := provision.Clinic(ctx, deps, provision.NewClinic{Name: strings.ToUpper(label[:1]) + label[1:] + " Vets", Host: label, TimeZone: "Europe/London", Country: "GB"},
		provision.Admin{Name: "Founding Admin", Email: "founder@" + label + ".example"})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := s.env.Vault.Clinic(ctx, tenant)
	if err != nil {
		t.Fatal(err)
	}
	h := &shop{site: s, tenant: tenant, keys: keys, host: label + ".localhost", people: map[string]identity.Person{}, client: id.New(), animal: id.New()}
	who := actor.Who{Clinic: tenant, Placement: dbtest.Placement, Purpose: actor.Provision, Request: id.New(), Route: "test"}
	secret := storedPassphrase(t, keys)
	for _, role := range roleKeys {
		h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
			p, err := identity.AddPerson(ctx, tx, keys, identity.NewPerson{
				Name: strings.ToUpper(role[:1]) + role[1:] + " O'" + label, Email: role + "@" + label + ".example", Roles: []string{role},
			})
			if err != nil {
				return err
			}
			if _, err := tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID}); err != nil {
				return err
			}
			p.State = identity.Active
			h.people[role] = p
			return tx.InsertCredential(ctx, db.InsertCredentialParams{TenantID: tx.Tenant, PersonID: p.ID, Secret: secret, ChangedAt: tx.Now()})
		})
	}
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, keys, h.client, registry.Client{
			FirstName: "Ærla", LastName: "Canary" + label, Phones: []registry.Phone{{Number: "07700 900142", Label: "mobile"}}, Email: "canary@" + label + ".example",
		})
	})
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, keys, h.animal, h.client, registry.Patient{
			Name: "Biscuit" + label, Species: "dog", Breed: "Labrador Retriever", Sex: "male", Neutered: "yes", Colour: "canaryblack",
		})
	})
	return h
}

func (h *shop) write(t *testing.T, who actor.Who, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := h.site.env.Store.Write(context.Background(), who, do); err != nil {
		t.Fatal(err)
	}
}

// who is a person of the shop at work, for looking at the state behind the pages.
func (h *shop) who(role string) actor.Who {
	return actor.Who{Clinic: h.tenant, Placement: dbtest.Placement, Person: h.people[role].ID, Purpose: actor.Work, Request: id.New(), Route: "test"}
}

// browser is one person's browser at one clinic.
type browser struct {
	t       *testing.T
	site    *site
	host    string
	cookies map[string]string
	partial bool
	from    string            // network address, of httptest where empty
	agent   string            // what it calls itself
	meter   *db.Meter         // what the last request cost
	told    func(sql string)  // of every statement of the next requests, where set
	csrf    map[string]string // form token by session cookie
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	body   string
}

func (h *shop) browser(t *testing.T) *browser {
	t.Helper()
	return &browser{t: t, site: h.site, host: h.host, cookies: map[string]string{}}
}

// as is a browser with somebody signed in. The passphrase, which costs most of a test's time, is left
// out: signIn goes through the page.
func (h *shop) as(t *testing.T, role string) *browser {
	t.Helper()
	b := h.browser(t)
	w := httptest.NewRecorder()
	who := h.who(role)
	who.Purpose, who.Person = actor.Session, id.ID{}
	if err := h.site.deps.Sessions.Begin(context.Background(), w, who, h.people[role]); err != nil {
		t.Fatal(err)
	}
	b.take(w)
	return b
}

func (b *browser) signIn(email, pass string) reply {
	b.t.Helper()
	page := b.get("/sign-in")
	form := htmltest.Form(b.t, page.body, "main form")
	form.Set("email", email)
	form.Set("passphrase", pass)
	return b.post("/sign-in", form)
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, "http://"+b.host+path, nil))
}

func (b *browser) post(path string, form url.Values) reply {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://"+b.host+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *browser) do(r *http.Request) reply {
	b.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.partial {
		r.Header.Set("HX-Request-Type", "partial")
	}
	if b.agent != "" {
		r.Header.Set("User-Agent", b.agent)
	}
	if b.from != "" {
		r.RemoteAddr = b.from + ":4711"
	}
	ctx, meter := db.WithMeter(r.Context())
	if strings.HasSuffix(r.URL.Path, "/live") { // a stream ends when its browser hangs up
		var hangUp context.CancelFunc
		ctx, hangUp = context.WithTimeout(ctx, 100*time.Millisecond)
		defer hangUp()
	}
	if b.told != nil {
		meter.Each(b.told)
	}
	b.meter = meter
	w := httptest.NewRecorder()
	b.site.handler.ServeHTTP(w, r.WithContext(ctx))
	b.take(w)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// take keeps the cookies of an answer as a browser does.
func (b *browser) take(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder has nothing to close
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
}

// token is the form token of the browser's present session.
func (b *browser) token() string {
	b.t.Helper()
	sid := b.cookies[identity.SessionCookie]
	if b.csrf[sid] == "" {
		partial := b.partial
		b.partial = false
		defer func() { b.partial = partial }()
		b.csrf = map[string]string{sid: htmltest.Attr(b.t, b.get("/patients").body, "meta[name=csrf]", "content")}
	}
	return b.csrf[sid]
}

// submit sends the form of a page as a browser would, with some fields changed.
func (b *browser) submit(page reply, selector string, changes map[string]string) reply {
	b.t.Helper()
	form := htmltest.Fill(b.t, htmltest.Form(b.t, page.body, selector), changes)
	return b.post(htmltest.Attr(b.t, page.body, selector, "action"), form)
}

func (r reply) location(t *testing.T) string {
	t.Helper()
	to := r.header.Get("Location")
	if to == "" {
		to = r.header.Get("HX-Redirect")
	}
	if to == "" {
		t.Fatalf("no redirect: %d %s", r.status, r.body)
	}
	return to
}
