package identity_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

func TestTheCookieIsHostOnlyAndOnlyItsHashIsStored(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	w := httptest.NewRecorder()
	w.Header().Set("Cache-Control", "no-store")
	must(t, d.sessions.Begin(context.Background(), w, d.who(), p))
	c := cookieOf(t, w)
	if c.Name != "__Host-sid" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || !c.Expires.IsZero() || c.MaxAge != 0 {
		t.Fatalf("the cookie is %s", c)
	}
	if got := w.Header().Values("Cache-Control"); len(got) != 1 || got[0] != "no-store" {
		t.Errorf("Cache-Control became %q", got)
	}
	var stored []byte
	must(t, d.Admin(t).QueryRow(context.Background(), `SELECT token_hash FROM sec.sessions WHERE tenant_id = $1`, d.Tenant).Scan(&stored))
	if string(stored) != string(identity.TokenHash(c.Value)) {
		t.Error("something else than the token's SHA-256 is stored")
	}
	if d.leaves(t, "signed-in", "done") != 1 {
		t.Error("the sign-in is not recorded")
	}
}

func TestASessionIsOneTripAndSaysWhoItIs(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	token := d.begin(t, p)
	d.load(t, token) // who may do what is read once an epoch
	ctx, meter := db.WithMeter(context.Background())
	ctx, c, err := d.sessions.Load(ctx, d.who(), token)
	must(t, err)
	if _, again, err := d.sessions.Load(ctx, d.who(), token); err != nil || again != c {
		t.Fatalf("loading again gave another session: %v", err)
	}
	if meter.Trips() != 1 {
		t.Fatalf("a session costs %d trips", meter.Trips())
	}
	if c == nil || c.Person != p || len(c.RoleIDs) != 1 || c.RoleIDs[0] != d.roles[access.Nurse] || c.ClinicState != "active" || c.ClinicEpoch != 1 || c.Locked || c.Ended {
		t.Fatalf("the session is %+v", c)
	}
	for _, bad := range []string{"", "short", token[:len(token)-1] + "_", token + "x"} {
		if _, c := d.load(t, bad); c != nil {
			t.Errorf("token %q opened a session", bad)
		}
	}
}

// T56, the part of identity: web ends the stray session and reports it.
func TestASessionOfOneClinicIsNoneAtAnother(t *testing.T) {
	a := newDesk(t)
	b := a.neighbour(t)
	token := a.begin(t, a.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	if _, c := b.load(t, token); c != nil {
		t.Fatal("clinic A's session opened clinic B")
	}
	ctx, c := a.load(t, token)
	if _, _, err := b.sessions.Load(ctx, b.who(), token); err == nil {
		t.Error("a context of clinic A was taken at clinic B")
	}
	if err := b.sessions.Lock(ctx, b.who(), c); err == nil {
		t.Error("clinic A's session was locked as clinic B")
	}
}

// T71
func TestASessionLocksAfterFifteenMinutesAndEndsAfterTwelveHours(t *testing.T) {
	d := newDesk(t)
	token := d.begin(t, d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	d.clock.Advance(identity.IdleLimit - time.Second)
	ctx, c := d.load(t, token)
	if c.Locked || c.Ended {
		t.Fatal("locked before its time")
	}
	must(t, d.sessions.Touch(ctx, d.who(), c))
	d.clock.Advance(identity.IdleLimit)
	_, c = d.load(t, token)
	if !c.Locked || c.Ended {
		t.Fatalf("after 15 minutes: locked %v, ended %v", c.Locked, c.Ended)
	}
	// A clock set back, and a stray touch, do not open it again.
	d.clock.Advance(-10 * time.Minute)
	ctx, c = d.load(t, token)
	if !c.Locked {
		t.Fatal("a clock set back unlocked the session")
	}
	must(t, d.sessions.Touch(ctx, d.who(), &identity.Current{ID: c.ID, LastSeen: c.LastSeen, Locked: c.Locked}))
	if _, c = d.load(t, token); !c.Locked || d.leaves(t, "locked", "done") != 1 {
		t.Fatalf("locked %v, recorded %d times", c.Locked, d.leaves(t, "locked", "done"))
	}
	d.clock.Advance(12 * time.Hour)
	if _, c = d.load(t, token); !c.Ended {
		t.Fatal("not over after 12 hours")
	}
	w := httptest.NewRecorder()
	ctx, c = d.load(t, token)
	if err := d.sessions.Unlock(ctx, w, d.who(), c, passphrase, d.from); !errors.Is(err, identity.ErrEnded) || len(w.Result().Cookies()) != 0 {
		t.Fatalf("unlocking what is over gave %v", err)
	}
}

// T71
func TestUseDoesNotLengthenTheTwelveHours(t *testing.T) {
	d := newDesk(t)
	token := d.begin(t, d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	for range 71 {
		d.clock.Advance(10 * time.Minute)
		ctx, c := d.load(t, token)
		if c.Locked || c.Ended {
			t.Fatal("a session in use was locked or ended")
		}
		must(t, d.sessions.Touch(ctx, d.who(), c))
	}
	// An unlock near the end does not lengthen it either.
	ctx, c := d.load(t, token)
	w := httptest.NewRecorder()
	must(t, d.sessions.Unlock(ctx, w, d.who(), c, passphrase, d.from))
	token = cookieOf(t, w).Value
	d.clock.Advance(10 * time.Minute)
	if _, c := d.load(t, token); !c.Ended {
		t.Fatal("a session in use lives longer than 12 hours")
	}
}

// T71
func TestAClockSetBackLengthensNothing(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	token := d.begin(t, p)
	d.clock.Advance(-30 * time.Second) // two servers differ by so much
	if _, c := d.load(t, token); c.Locked || c.Ended {
		t.Fatal("half a minute of difference ended a session")
	}
	d.clock.Advance(-3 * time.Hour)
	_, c := d.load(t, token)
	if !c.Ended || !c.Locked {
		t.Fatalf("a session from the future: locked %v, ended %v", c.Locked, c.Ended)
	}
	// Seen in the future, begun in the past: locked.
	d.clock.Advance(3*time.Hour + time.Hour)
	token = d.begin(t, p)
	d.clock.Advance(10 * time.Minute)
	ctx, c := d.load(t, token)
	must(t, d.sessions.Touch(ctx, d.who(), c))
	d.clock.Advance(-5 * time.Minute)
	if _, c = d.load(t, token); !c.Locked || c.Ended {
		t.Fatalf("a session seen in the future: locked %v, ended %v", c.Locked, c.Ended)
	}
}

// T73
func TestTheTokenChangesAtSignInAndUnlock(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	first := d.begin(t, p)
	// Signing in with a session's cookie ends that session.
	ctx, _ := d.load(t, first)
	w := httptest.NewRecorder()
	must(t, d.sessions.Begin(ctx, w, d.who(), p))
	second := cookieOf(t, w).Value
	if _, c := d.load(t, first); c != nil || second == first {
		t.Fatal("the token from before sign-in still opens a session")
	}
	// A token somebody planted is never taken over.
	planted := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	ctx, _ = d.load(t, planted)
	w = httptest.NewRecorder()
	must(t, d.sessions.Begin(ctx, w, d.who(), p))
	if cookieOf(t, w).Value == planted {
		t.Fatal("a planted token became a session's")
	}
	ctx, c := d.load(t, second)
	form := c.FormToken("patient", "1")
	must(t, d.sessions.Lock(ctx, d.who(), c))
	if err := d.sessions.Unlock(ctx, httptest.NewRecorder(), d.who(), c, "wrong wrong wrong", d.from); !errors.Is(err, identity.ErrWrongPassphrase) || !c.Locked {
		t.Fatalf("a wrong passphrase gave %v", err)
	}
	w = httptest.NewRecorder()
	must(t, d.sessions.Unlock(ctx, w, d.who(), c, passphrase, d.from))
	third := cookieOf(t, w).Value
	if _, old := d.load(t, second); old != nil || third == second {
		t.Fatal("the token from before the unlock still opens a session")
	}
	_, now := d.load(t, third)
	if now == nil || now.ID != c.ID || now.Locked {
		t.Fatalf("after unlocking: %+v", now)
	}
	if !now.CheckFormToken(form, "patient", "1") {
		t.Error("a form from before the lock is refused after it")
	}
	if d.leaves(t, "unlocked", "done") != 1 || d.leaves(t, "unlocked", "failed") != 1 {
		t.Error("the unlock or the failed one is not recorded")
	}
}

func TestGuessingAtAnAccountDoesNotLockItsOwnerOut(t *testing.T) {
	d := newDesk(t)
	token := d.begin(t, d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	for range 6 {
		_, _ = d.signIn(t, "jo@example.org", "wrong wrong wrong")
	}
	_, err := d.signIn(t, "jo@example.org", passphrase)
	if _, ok := errors.AsType[*identity.Throttled](err); !ok {
		t.Fatalf("the account does not wait: %v", err)
	}
	ctx, c := d.load(t, token)
	if c == nil || c.Locked || c.Ended {
		t.Fatal("the session of the person suffered")
	}
	must(t, d.sessions.Unlock(ctx, httptest.NewRecorder(), d.who(), c, passphrase, d.from))
	// Guessing at the lock itself waits.
	for range 5 {
		if err := d.sessions.Unlock(ctx, httptest.NewRecorder(), d.who(), c, "wrong wrong wrong", d.from); !errors.Is(err, identity.ErrWrongPassphrase) {
			t.Fatal(err)
		}
	}
	err = d.sessions.Unlock(ctx, httptest.NewRecorder(), d.who(), c, passphrase, d.from)
	if _, ok := errors.AsType[*identity.Throttled](err); !ok {
		t.Fatalf("guessing at the lock gave %v", err)
	}
}

func TestSigningOut(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	one, two, three := d.begin(t, p), d.begin(t, p), d.begin(t, p)
	ctx, c := d.load(t, one)
	w := httptest.NewRecorder()
	must(t, d.sessions.End(ctx, w, d.who(), c))
	if k := cookieOf(t, w); k.MaxAge >= 0 || k.Value != "" {
		t.Errorf("signing out set %s", k)
	}
	if _, c := d.load(t, one); c != nil {
		t.Error("a session outlives signing out")
	}
	if _, c := d.load(t, two); c == nil {
		t.Fatal("signing out at one desk ended another")
	}
	_, c = d.load(t, two)
	must(t, d.sessions.EndAll(context.Background(), c.Who(d.who()), p.ID))
	for _, token := range []string{two, three} {
		if _, c := d.load(t, token); c != nil {
			t.Error("a session outlives signing out everywhere")
		}
	}
	if n := d.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND action = 'signed-out' AND actor_id = $2`, d.Tenant, p.ID); n != 2 {
		t.Errorf("%d leaves for signing out, not 2", n)
	}
}

func TestTouchWritesAtMostOnceAMinute(t *testing.T) {
	d := newDesk(t)
	token := d.begin(t, d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	trips := func(after time.Duration) int {
		d.clock.Advance(after)
		_, c := d.load(t, token)
		ctx, meter := db.WithMeter(context.Background())
		must(t, d.sessions.Touch(ctx, d.who(), c))
		must(t, d.sessions.Touch(ctx, d.who(), c))
		return meter.Trips()
	}
	if n := trips(59 * time.Second); n != 0 {
		t.Errorf("within a minute it cost %d trips", n)
	}
	if n := trips(time.Second); n == 0 {
		t.Error("after a minute nothing was written")
	}
	if n := trips(59 * time.Second); n != 0 {
		t.Errorf("within the next minute it cost %d trips", n)
	}
}

// T72, with a second server that shares nothing but the database.
func TestALostRoleAndADisabledPersonCountAtTheNextRequestEverywhere(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse, access.Veterinarian)
	token := d.begin(t, p)
	store, err := db.Open(context.Background(), db.Config{URL: d.Endpoint.As(db.RoleApp), Signer: d.Signer, Log: d.Log, MaxConns: 2})
	must(t, err)
	defer store.Close()
	other := d.config
	other.Store = store
	_, sessions := signedIn(t, other)
	may := func() bool {
		_, c := d.loadBy(t, sessions, token)
		return c.Policy.May(c.RoleIDs, access.ClinicalSign)
	}
	if !may() {
		t.Fatal("a vet may not sign")
	}
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeletePersonRole(ctx, db.DeletePersonRoleParams{TenantID: tx.Tenant, PersonID: p.ID, RoleID: d.roles[access.Veterinarian]})
		return err
	})
	if may() {
		t.Fatal("a role taken away on one server still counts on the other")
	}
	// A right taken from a role counts too.
	nurse := func() bool {
		_, c := d.loadBy(t, sessions, token)
		return c.Policy.May(c.RoleIDs, access.ClinicalRead)
	}
	if !nurse() {
		t.Fatal("a nurse may not read")
	}
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: d.roles[access.Nurse], Allowed: string(access.ClinicalRead)})
		return err
	})
	if nurse() {
		t.Fatal("a right taken from a role still counts")
	}
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdatePersonState(ctx, db.UpdatePersonStateParams{TenantID: tx.Tenant, ID: p.ID, State: string(identity.Disabled)})
		return err
	})
	if _, c := d.loadBy(t, sessions, token); !c.Ended {
		t.Fatal("a disabled person's session goes on")
	}
}

func TestASuspendedClinicShowsInTheSession(t *testing.T) {
	d := newDesk(t)
	token := d.begin(t, d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse))
	if ok, err := d.Platform.SetState(context.Background(), d.Host, "suspended"); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, c := d.load(t, token); c == nil || c.ClinicState != "suspended" {
		t.Fatalf("the session says %+v", c)
	}
}

func TestWithoutTheRecordNobodySignsIn(t *testing.T) {
	e := dbtest.New(t)
	d := &desk{Env: e, Clinic: e.NewClinic(t), clock: clock.NewFake(time.Now()), roles: map[string]id.ID{}}
	d.config = identity.Config{Store: e.Store, Vault: e.Vault, Clock: d.clock, AddressKey: make([]byte, 32)}
	d.signIns, d.sessions = signedIn(t, d.config)
	d.seed(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	_, err := e.Admin(t).Exec(context.Background(), `REVOKE INSERT ON audit.leaf FROM paddock_app`)
	must(t, err)
	w := httptest.NewRecorder()
	if err := d.sessions.Begin(context.Background(), w, d.who(), p); err == nil {
		t.Fatal("a sign-in that cannot be recorded went through")
	}
	if len(w.Result().Cookies()) != 0 || d.count(t, `SELECT count(*) FROM sec.sessions WHERE tenant_id = $1`, d.Tenant) != 0 {
		t.Fatal("a cookie or a session is left of it")
	}
}

func TestADeviceIsPutIntoWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                          "Chrome on ChromeOS",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox on Linux",
		"curl/8.14.1": "", "": "", "=HYPERLINK(\"x\") <script>": "",
	} {
		if got := identity.DeviceOf(agent); got != want {
			t.Errorf("%s is %q, not %q", agent, got, want)
		}
	}
}

// Where a session began is kept sealed, and outlives the session.
func TestWhereASessionBeganIsKept(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	who := d.who()
	who.From, who.Agent = d.from, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	w := httptest.NewRecorder()
	must(t, d.sessions.Begin(context.Background(), w, who, p))
	_, c := d.load(t, cookieOf(t, w).Value)
	must(t, d.sessions.EndAll(context.Background(), c.Who(d.who()), p.ID))
	_, _ = d.signIns.SignIn(context.Background(), who, "jo@example.org", "wrong wrong wrong", d.from)
	var found map[id.ID]identity.Origin
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = identity.Origins(ctx, tx, d.Keys, []id.ID{c.ID, who.Request, id.New()})
		return err
	}))
	want := identity.Origin{Address: d.from.String(), Device: "Firefox on Linux"}
	if len(found) != 2 || found[c.ID] != want || found[who.Request] != want {
		t.Errorf("found %+v", found)
	}
	if n := d.count(t, `SELECT count(*) FROM app.origins WHERE tenant_id = $1 AND position($2::bytea IN sealed) > 0`, d.Tenant, []byte(d.from.String())); n != 0 {
		t.Error("the address stands there in clear")
	}
	neighbour := d.neighbour(t)
	must(t, d.Store.Read(context.Background(), neighbour.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = identity.Origins(ctx, tx, neighbour.Keys, []id.ID{c.ID})
		return err
	}))
	if len(found) != 0 {
		t.Error("another clinic sees it")
	}
}
