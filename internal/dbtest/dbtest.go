// Package dbtest gives tests a real PostgreSQL with the real roles, policies and keys. Without one,
// tests fail; they never skip.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/config"
	"paddock/internal/id"
	"paddock/internal/postgres"
	"paddock/internal/vault"
)

// Env is one migrated database with everything that stands before it.
type Env struct {
	AdminURL string // superuser, for looking behind the fences
	Endpoint db.Endpoint
	Store    *db.Store
	Platform *db.Platform
	Watch    *db.Watch
	Scribe   *audit.Scribe
	Live     *db.Live
	Vault    *vault.Vault
	Signer   *db.Signer
	Clock    clock.Clock
	Log      *slog.Logger
	KeyDir   string // holds root.key and the folder keys

	mu      sync.Mutex
	reports []Report
}

// Report is one refusal the store told about.
type Report struct {
	Who  actor.Who
	Kind string
}

// Reports are the refusals reported so far.
func (e *Env) Reports() []Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Report(nil), e.reports...)
}

// Clinic is a fresh clinic: keys and control plane rows, no people.
type Clinic struct {
	Tenant id.Tenant
	Host   string
	Keys   *vault.Clinic
}

// Who acts at the clinic as nobody in particular.
func (c Clinic) Who(p actor.Purpose) actor.Who {
	return actor.Who{Clinic: c.Tenant, Placement: Placement, Purpose: p, Request: id.New(), Route: "test"}
}

// Placement is where test clinics are.
var Placement = actor.Placement{Tier: actor.TierPool, Cluster: "main", Epoch: 1}

var (
	once   sync.Once
	server string // URL of the superuser on the server of this run
	folder string // goes when the run is over, or with the next one if this process started the server
	failed error
	shared *Env
	share  sync.Once
)

// ServerURL is the superuser's address of the PostgreSQL server of this run: the one of
// PADDOCK_TEST_ADMIN_URL, else one started for this test binary, which dies with it.
func ServerURL(t testing.TB) string {
	t.Helper()
	once.Do(func() {
		if server, folder = os.Getenv("PADDOCK_TEST_ADMIN_URL"), os.Getenv("PADDOCK_TEST_FOLDER"); server != "" {
			return
		}
		s, err := postgres.StartThrowaway(context.Background(), nil)
		if err != nil {
			failed = err
			return
		}
		server, folder = s.AdminURL("postgres"), s.Dir()
	})
	if failed != nil {
		t.Fatalf("a test needs PostgreSQL: %v", failed)
	}
	return server
}

// Variables are the environment in which another test program works on the server of this one.
func Variables(t testing.TB) []string {
	t.Helper()
	return []string{"PADDOCK_TEST_ADMIN_URL=" + ServerURL(t), "PADDOCK_TEST_FOLDER=" + folder}
}

// Shared is one database for all tests of a package. Tests stay apart by making clinics of their own.
func Shared(t testing.TB) *Env {
	t.Helper()
	share.Do(func() {
		// Not bound to the first test: it lives as long as the package's tests, and its keys as long as the server.
		database := cloneDatabase(t, ServerURL(t))
		keys, err := os.MkdirTemp(folder, "paddock-keys-")
		must(t, err)
		shared = open(t, database, clock.System, keys)
	})
	if shared == nil {
		t.Fatal("the shared database could not be made")
	}
	return shared
}

// New is a database of the test's own, dropped when it ends.
func New(t testing.TB) *Env { return NewAt(t, clock.System) }

// NewAt is New with another clock.
func NewAt(t testing.TB, c clock.Clock) *Env {
	t.Helper()
	return on(t, ServerURL(t), c)
}

// NewOn is New on another server, for tests that change roles, which are the server's.
func NewOn(t testing.TB, serverURL string) *Env {
	t.Helper()
	return on(t, serverURL, clock.System)
}

func on(t testing.TB, serverURL string, c clock.Clock) *Env {
	t.Helper()
	name := cloneDatabase(t, serverURL)
	e := open(t, name, c, t.TempDir())
	t.Cleanup(func() {
		e.Close()
		exec(t, serverURL, "DROP DATABASE "+databaseOf(name)+" WITH (FORCE)")
	})
	return e
}

// Close ends all connections.
func (e *Env) Close() {
	e.Scribe.Close()
	e.Store.Close()
	e.Live.Close()
	e.Platform.Close()
	e.Watch.Close()
}

// secrets are the passwords of the roles on a test server: made from its address, so that the test
// binaries that share it agree without a word.
func secrets(serverURL string) map[string]config.Secret {
	out := map[string]config.Secret{}
	for _, role := range db.LoginRoles() {
		sum := sha256.Sum256([]byte(role + serverURL))
		out[role] = config.Secret(hex.EncodeToString(sum[:12]))
	}
	return out
}

func contextKey(serverURL string) []byte {
	sum := sha256.Sum256([]byte("context key of " + serverURL))
	return sum[:]
}

func endpoint(t testing.TB, url, serverURL string) db.Endpoint {
	t.Helper()
	e, err := db.NewEndpoint(url, secrets(serverURL))
	must(t, err)
	return e
}

func open(t testing.TB, adminURL string, c clock.Clock, keyDir string) *Env {
	t.Helper()
	ctx := context.Background()
	base := ServerOf(adminURL)
	e := &Env{AdminURL: adminURL, Endpoint: endpoint(t, adminURL, base), Clock: c, KeyDir: keyDir, Log: slog.New(slog.DiscardHandler)}
	var err error
	e.Signer, err = db.NewSigner(1, contextKey(base), c)
	must(t, err)
	e.Live, err = db.OpenLive(e.Endpoint.As(db.RoleLive), e.Log)
	must(t, err)
	e.Store, err = db.Open(ctx, db.Config{
		URL: e.Endpoint.As(db.RoleApp), Signer: e.Signer, Log: e.Log, Tell: e.Live.Tell,
		Report: func(_ context.Context, who actor.Who, kind string) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.reports = append(e.reports, Report{who, kind})
		},
	})
	must(t, err)
	e.Platform, err = db.OpenPlatform(ctx, e.Endpoint.As(db.RolePlatform))
	must(t, err)
	e.Watch, err = db.OpenWatch(ctx, e.Endpoint.As(db.RoleWatch))
	must(t, err)
	e.Scribe = audit.NewScribe(e.Endpoint.As(db.RoleScribe), e.Signer, e.Log)
	must(t, os.MkdirAll(filepath.Join(keyDir, "keys"), 0o700))
	cfg := vault.Config{RootKeyFile: filepath.Join(keyDir, "root.key"), KeyStoreURL: filepath.Join(keyDir, "keys")}
	must(t, vault.CreateRootKeyFile(ctx, cfg))
	e.Vault, err = vault.Open(ctx, cfg)
	must(t, err)
	return e
}

// NewClinic makes a fresh clinic; row security makes it a fixture that costs next to nothing.
func (e *Env) NewClinic(t testing.TB) Clinic {
	t.Helper()
	ctx := context.Background()
	row := id.New()
	c := Clinic{Tenant: id.TenantFrom(row), Host: "c" + randomName() + ".localhost"}
	must(t, e.Vault.Create(ctx, c.Tenant))
	keys, err := e.Vault.Clinic(ctx, c.Tenant)
	must(t, err)
	c.Keys = keys
	must(t, e.Platform.AddClinic(ctx, db.ClinicRow{
		ID: row, Name: "Clinic " + c.Host[:6], State: "active", TimeZone: "Europe/London", Country: "GB", Host: c.Host, CreatedAt: clock.System.Now(),
	}, Placement))
	return c
}

// Admin is a connection of the superuser to the environment's database, closed with the test.
func (e *Env) Admin(t testing.TB) *pgx.Conn { return connect(t, e.AdminURL) }

// As is a connection of one of the product's roles, closed with the test.
func (e *Env) As(t testing.TB, role string) *pgx.Conn { return connect(t, e.Endpoint.As(role)) }

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// cloneDatabase copies the migrated template, making it first where it is not there yet, and gives
// the superuser's address of the copy.
func cloneDatabase(t testing.TB, serverURL string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, serverURL)
	must(t, err)
	defer func() { _ = conn.Close(ctx) }()
	template := "paddock_template_" + db.ShapeHash()
	_, err = conn.Exec(ctx, "SELECT pg_advisory_lock(77)")
	must(t, err)
	var there bool
	must(t, conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datallowconn IS FALSE)", template).Scan(&there))
	if !there {
		_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+template)
		must(t, err)
		_, err = conn.Exec(ctx, "CREATE DATABASE "+template)
		must(t, err)
		key := func(context.Context) (int, []byte, error) { return 1, contextKey(ServerOf(serverURL)), nil }
		at := withDatabase(serverURL, template)
		must(t, db.Migrate(ctx, at, endpoint(t, at, ServerOf(serverURL)), key))
		_, err = conn.Exec(ctx, "ALTER DATABASE "+template+" ALLOW_CONNECTIONS false")
		must(t, err)
	}
	_, err = conn.Exec(ctx, "SELECT pg_advisory_unlock(77)")
	must(t, err)
	name := "paddock_" + randomName()
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy")
	must(t, err)
	// A copy does not take the grants of CONNECT along.
	_, err = conn.Exec(ctx, "REVOKE ALL ON DATABASE "+name+" FROM PUBLIC")
	must(t, err)
	_, err = conn.Exec(ctx, "GRANT CONNECT ON DATABASE "+name+" TO paddock_migrate, paddock_app, paddock_platform, paddock_scribe, paddock_watch, paddock_jobs, paddock_live")
	must(t, err)
	return withDatabase(serverURL, name)
}

func exec(t testing.TB, url, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	must(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	must(t, err)
}

// ServerOf is an address without its database, which names the server.
func ServerOf(raw string) string { return withDatabase(raw, "") }

func withDatabase(raw, name string) string {
	u, err := url.Parse(raw)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

func databaseOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		panic(err)
	}
	return u.Path[1:]
}

func randomName() string {
	b := make([]byte, 6)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return fmt.Sprintf("%x", b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
