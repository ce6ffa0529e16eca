package identity_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

const passphrase = "four calm horses graze"

// desk is a clinic with its roles and everything that signs people in, on a clock of its own.
type desk struct {
	*dbtest.Env
	dbtest.Clinic
	clock    *clock.Fake
	config   identity.Config
	signIns  *identity.SignIns
	sessions *identity.Sessions
	roles    map[string]id.ID
	from     netip.Addr

	mu       sync.Mutex
	reported []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	e := dbtest.Shared(t)
	d := &desk{Env: e, Clinic: e.NewClinic(t), clock: clock.NewFake(time.Now()), roles: map[string]id.ID{}}
	key := sha256.Sum256([]byte(d.Host)) // addresses of one test are not those of another
	d.config = identity.Config{
		Store: e.Store, Vault: e.Vault, Clock: d.clock, AddressKey: key[:],
		Report: func(_ context.Context, _ actor.Who, kind string) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.reported = append(d.reported, kind)
		},
	}
	d.from = netip.MustParseAddr("192.0.2.7")
	d.signIns, d.sessions = signedIn(t, d.config)
	d.seed(t)
	return d
}

func signedIn(t *testing.T, c identity.Config) (*identity.SignIns, *identity.Sessions) {
	t.Helper()
	s, err := identity.NewSignIns(c)
	must(t, err)
	return s, identity.NewSessions(c, s, identity.NewPolicies(c.Store, c.Vault, 16))
}

// neighbour is another clinic with the same sign-in in front of it.
func (d *desk) neighbour(t *testing.T) *desk {
	t.Helper()
	n := &desk{
		Env: d.Env, Clinic: d.NewClinic(t), clock: d.clock, config: d.config, signIns: d.signIns, sessions: d.sessions,
		roles: map[string]id.ID{}, from: d.from,
	}
	n.seed(t)
	return n
}

func (d *desk) seed(t *testing.T) {
	t.Helper()
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertPolicyEpoch(ctx, db.InsertPolicyEpochParams{TenantID: tx.Tenant}); err != nil {
			return err
		}
		for _, r := range access.Seeded() {
			d.roles[r.Key] = id.New()
			if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: d.roles[r.Key], Key: r.Key, Name: r.Name}); err != nil {
				return err
			}
			allowed := []string{}
			for _, p := range r.Permissions {
				allowed = append(allowed, string(p))
			}
			for _, f := range r.Fields {
				allowed = append(allowed, identity.FieldRight+string(f))
			}
			if err := tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: d.roles[r.Key], Allowed: allowed}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *desk) who() actor.Who { return d.Who(actor.Work) }

func (d *desk) write(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	must(t, d.Store.Write(context.Background(), d.who(), do))
}

// add adds a person; with a passphrase where one is given.
func (d *desk) add(t *testing.T, name, email, passphrase string, roles ...string) identity.Person {
	t.Helper()
	var p identity.Person
	d.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = identity.AddPerson(ctx, tx, d.Keys, identity.NewPerson{Name: name, Email: email, Roles: roles, Passphrase: passphrase})
		return err
	})
	return p
}

func (d *desk) signIn(t *testing.T, email, passphrase string) (identity.Person, error) {
	t.Helper()
	return d.signIns.SignIn(context.Background(), d.who(), email, passphrase, d.from)
}

// begin signs a person in and gives the token of the cookie.
func (d *desk) begin(t *testing.T, p identity.Person) (token string) {
	t.Helper()
	w := httptest.NewRecorder()
	must(t, d.sessions.Begin(context.Background(), w, d.who(), p))
	return cookieOf(t, w).Value
}

func (d *desk) load(t *testing.T, token string) (context.Context, *identity.Current) {
	t.Helper()
	return d.loadBy(t, d.sessions, token)
}

func (d *desk) loadBy(t *testing.T, s *identity.Sessions, token string) (context.Context, *identity.Current) {
	t.Helper()
	ctx, c, err := s.Load(context.Background(), d.who(), token)
	must(t, err)
	return ctx, c
}

// count asks the superuser, who sees behind the fences.
func (d *desk) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	must(t, d.Admin(t).QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

func (d *desk) leaves(t *testing.T, action, outcome string) int {
	t.Helper()
	return d.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND action = $2 AND outcome = $3`, d.Tenant, action, outcome)
}

func cookieOf(t *testing.T, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	list := w.Result().Cookies()
	if len(list) != 1 {
		t.Fatalf("%d cookies were set, not 1", len(list))
	}
	return list[0]
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
