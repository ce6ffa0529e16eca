package e2e

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/imports"
	"paddock/internal/isolation"
	"paddock/internal/jobs"
	"paddock/internal/live"
	"paddock/internal/provision"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
	"paddock/static"
	"paddock/web"
)

const passphrase = "four calm horses graze"

// site is the product as it is served, on a port of the loopback.
type site struct {
	env       *dbtest.Env
	directory *tenancy.Directory
	signIns   *identity.SignIns
	sessions  *identity.Sessions
	attempts  *isolation.Attempts
	queue     *db.Jobs
	shelf     *files.Shelf
	live      *live.Hub
	jobs      *jobs.Runner
	server    *http.Server
	port      string
	down      sync.Map // hosts that answer nothing at present
}

var (
	once  sync.Once
	whole *site
)

// theSite is the one site of the package; tests stay apart by clinics of their own.
func theSite(t *testing.T) *site {
	t.Helper()
	once.Do(func() { whole = newSite(t) })
	if whole == nil {
		t.Fatal("the site could not be put together")
	}
	return whole
}

func newSite(t *testing.T) *site {
	t.Helper()
	if sentence := static.MissingSentence(); sentence != "" {
		t.Fatal(sentence)
	}
	e := dbtest.Shared(t)
	s := &site{env: e, directory: tenancy.NewDirectory(e.Store, e.Clock)}
	log := slog.New(slog.DiscardHandler)
	cfg := identity.Config{Store: e.Store, Vault: e.Vault, Clock: e.Clock, AddressKey: identity.AddressKey([]byte("test"))}
	var err error
	if s.signIns, err = identity.NewSignIns(cfg); err != nil {
		t.Fatal(err)
	}
	s.sessions = identity.NewSessions(cfg, s.signIns, identity.NewPolicies(e.Store, e.Vault, 100))
	s.attempts = isolation.NewAttempts(e.Watch, e.Scribe, e.Clock, log)
	s.live = live.Open(e.Live, e.Clock, log)
	s.shelf, err = files.OpenShelf(context.Background(), filepath.Join(e.KeyDir, "files"))
	must(t, err)
	handler := web.New(web.Deps{
		Shelf: s.shelf,
		Store: e.Store, Directory: s.directory, Vault: e.Vault, Scribe: e.Scribe, SignIns: s.signIns,
		Sessions: s.sessions, Walls: identity.NewWalls(e.Store), KeptForms: identity.NewKeptForms(e.Store, e.Vault), Attempts: s.attempts, Live: s.live, Clock: e.Clock, Log: log,
	}).Handler()
	s.queue, err = db.OpenJobs(context.Background(), e.Endpoint.As(db.RoleJobs))
	must(t, err)
	s.jobs, err = jobs.Open(context.Background(), jobs.Config{
		Queue: s.queue, Store: e.Store, Vault: e.Vault, Works: imports.Works(), Patience: time.Second, Log: log, Report: s.attempts.Context,
	})
	must(t, err)
	must(t, s.jobs.Start(context.Background()))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, _ = net.SplitHostPort(listener.Addr().String())
	s.server = &http.Server{Handler: s.orDown(handler), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }()
	return s
}

// orDown hangs up on every request of a host that is down, as a server does that has just died.
func (s *site) orDown(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, down := s.down.Load(r.Host); down {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

func closeSite() {
	if whole == nil {
		return
	}
	_ = whole.server.Close()
	whole.live.Close()
	_ = whole.jobs.Stop(context.Background())
	whole.queue.Close()
	whole.attempts.Close()
	whole.env.Close()
	_ = os.RemoveAll(whole.env.KeyDir)
}

// clinic is one with people in it.
type clinic struct {
	site   *site
	tenant id.Tenant
	keys   *vault.Clinic
	label  string
	setup  string // token of the founding admin's setup link
	people map[string]identity.Person
}

var names = map[string]string{
	access.Receptionist: "Maya Lindqvist", access.Nurse: "Owen Achebe",
	access.Veterinarian: "Priya Raman", access.PracticeAdmin: "Joanne Fletcher",
	access.Trainee: "Lin Okafor",
}

// newClinic opens a clinic with one person for each role named.
func newClinic(t *testing.T, label string, roles ...string) *clinic {
	t.Helper()
	s := theSite(t)
	ctx := context.Background()
	deps := provision.Deps{Store: s.env.Store, Platform: s.env.Platform, Vault: s.env.Vault, BaseDomain: "localhost", Placement: dbtest.Placement}
	tenant, setup, err := provision.Clinic(ctx, deps, provision.NewClinic{
		Name: strings.ToUpper(label[:1]) + label[1:] + " Veterinary Centre", Host: label, TimeZone: local.String(), Country: "GB",
	}, provision.Admin{Name: "Ines Moreau", Email: "ines@" + label + ".example"})
	must(t, err)
	keys, err := s.env.Vault.Clinic(ctx, tenant)
	must(t, err)
	c := &clinic{site: s, tenant: tenant, keys: keys, label: label, setup: setup, people: map[string]identity.Person{}}
	for _, role := range roles {
		c.people[role] = c.person(t, names[role], role)
	}
	return c
}

func (c *clinic) person(t *testing.T, name, role string) (p identity.Person) {
	t.Helper()
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	c.write(t, actor.Who{Purpose: actor.Provision}, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = identity.AddPerson(ctx, tx, c.keys, identity.NewPerson{
			Name: name, Email: first + "@" + c.label + ".example", Roles: []string{role}, Passphrase: passphrase,
		})
		return err
	})
	return p
}

func (c *clinic) write(t *testing.T, who actor.Who, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	who.Clinic, who.Placement, who.Request, who.Route = c.tenant, dbtest.Placement, id.New(), "test"
	must(t, c.site.env.Store.Write(context.Background(), who, do))
}

// by is somebody of the clinic at work.
func (c *clinic) by(role string) actor.Who {
	return actor.Who{Person: c.people[role].ID, Purpose: actor.Work}
}

// client registers one and gives its path.
func (c *clinic) client(t *testing.T, of registry.Client) (row id.ID, path string) {
	t.Helper()
	row = id.New()
	c.write(t, actor.Who{Purpose: actor.Provision}, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, c.keys, row, of)
	})
	return row, "/clients/" + row.String()
}

// patient registers one and gives its path.
func (c *clinic) patient(t *testing.T, owner id.ID, of registry.Patient) (row id.ID, path string) {
	t.Helper()
	row = id.New()
	c.write(t, actor.Who{Purpose: actor.Provision}, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.keys, row, owner, of)
	})
	return row, "/patients/" + row.String()
}

// biscuit is a dog with an owner.
func (c *clinic) biscuit(t *testing.T) (row id.ID, path string) {
	t.Helper()
	owner, _ := c.client(t, helen)
	return c.patient(t, owner, biscuit)
}

var (
	helen = registry.Client{
		FirstName: "Helen", LastName: "Thompson-Ó'Brien", Email: "helen.thompson@example.com",
		Phones: []registry.Phone{{Number: "07700 900142", Label: "mobile"}, {Number: "020 7946 0018", Label: "work, until 5"}},
	}
	biscuit = registry.Patient{
		Name: "Biscuit", Species: "dog", Breed: "Labrador Retriever", Sex: "male", Neutered: "yes", Colour: "Yellow",
		Born: registry.Birth{On: time.Date(2019, 1, 12, 0, 0, 0, 0, time.UTC), Precision: "day"},
	}
	soap = records.SOAP{
		Subjective: "Limping on the left fore since Sunday's walk, worse after rest. Eating and drinking well.",
		Objective:  "Weight 31.4 kg. Temperature 38.4 °C. Mild swelling over the left carpus, pain on flexion.",
		Assessment: "Carpal sprain, left fore.\nNo sign of a fracture.",
		Plan:       "Meloxicam 0.1 mg/kg once a day for 5 days, with food.\nLead walks only. Back in a week if still lame.",
	}
)

// note is a signed one about the patient.
func (c *clinic) note(t *testing.T, patient id.ID, text records.SOAP) (path string) {
	t.Helper()
	var d records.Draft
	row := id.New()
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = records.StartConsult(ctx, tx, c.keys, row, patient)
		return err
	})
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return records.Sign(ctx, tx, c.keys, row, records.Writing{Version: d.Version}, text)
	})
	return "/notes/" + row.String()
}

// behind changes the database as its superuser, for states that only time or an accident brings.
func (c *clinic) behind(t *testing.T, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), c.site.env.AdminURL)
	must(t, err)
	defer conn.Close(context.Background())
	tag, err := conn.Exec(context.Background(), sql, args...)
	must(t, err)
	if tag.RowsAffected() == 0 {
		t.Fatalf("nothing was changed by %s", sql)
	}
}

// idle makes every session of the clinic as old as one that nobody has touched for 16 minutes.
func (c *clinic) idle(t *testing.T) {
	t.Helper()
	c.behind(t, `UPDATE sec.sessions SET last_seen_at = last_seen_at - interval '16 minutes' WHERE tenant_id = $1`, c.tenant.ID().String())
}

// over makes every session of the clinic older than a session may be.
func (c *clinic) over(t *testing.T) {
	t.Helper()
	c.behind(t, `UPDATE sec.sessions SET created_at = created_at - interval '13 hours', expires_at = $2 WHERE tenant_id = $1`,
		c.tenant.ID().String(), clock.System.Now().Add(-time.Minute))
}

// origin is where the clinic's pages are.
func (c *clinic) origin() string { return "http://" + c.label + ".localhost:" + c.site.port }

// hang makes the clinic's server answer nothing, until the returned function is called.
func (c *clinic) hang() (resume func()) {
	host := strings.TrimPrefix(c.origin(), "http://")
	c.site.down.Store(host, true)
	return func() { c.site.down.Delete(host) }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
