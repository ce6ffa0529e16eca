package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// SessionCookie is the cookie of somebody signed in: host-only, so that no sibling clinic can set or
// read it.
const SessionCookie = "__Host-sid"

const (
	// SessionLife is how long after sign-in a session ends, whatever happens, where the clinic's rules say nothing else.
	SessionLife = 12 * time.Hour
	// IdleLimit is how long after the last page a session is locked, in the same case.
	IdleLimit = 15 * time.Minute

	// seenEvery bounds how often the last page is written down.
	seenEvery = time.Minute
	// skew is by how much the clocks of two servers may differ. A session from further in the future
	// has no known age, and counts as too old.
	skew = time.Minute
)

// ErrEnded means that a session is over or its person disabled: sign in again.
var ErrEnded = errors.New("the session is over")

// Current is the session of a request.
type Current struct {
	ID          id.ID
	Person      Person
	RoleIDs     access.RoleSet // as of this request
	Policy      *Policy        // the clinic's, as of this request
	ClinicState string         // "active" or "suspended", as of this request
	ClinicEpoch int64          // the placement's, as of this request
	Created     time.Time
	LastSeen    time.Time
	Ends        time.Time     // not after the clinic's present rules let it, either
	Idle        time.Duration // how long it may rest, as of this request
	Life        time.Duration // how long a session may last in all, as of this request
	// Locked: what was typed is kept, nothing is shown until Unlock.
	Locked bool
	// Ended: its time is over, or the person is disabled. What was typed may be kept, no more.
	Ended bool

	clinic  id.Tenant
	formKey []byte
}

// Who is the act of this person in this session: who names the clinic, the request and the route.
func (c *Current) Who(who actor.Who) actor.Who {
	who.Person, who.Session, who.PolicyEpoch, who.Purpose = c.Person.ID, c.ID, c.Policy.Epoch, actor.Work
	return who
}

// Sessions keeps who is signed in. Tokens, cookies and their renewal are scs's; when a session is
// locked and when it ends is decided here, by our own clock.
type Sessions struct {
	store    *db.Store
	vault    *vault.Vault
	clock    clock.Clock
	signIns  *SignIns
	policies *Policies
	scs      *scs.SessionManager
}

// NewSessions makes the sessions of an installation. Who somebody is comes from policies, which keeps it
// for as long as the epoch read with the session stays the same.
func NewSessions(c Config, signIns *SignIns, policies *Policies) *Sessions {
	m := scs.New()
	m.Lifetime = LifeMost * time.Hour // ours ends sooner
	m.IdleTimeout = 0                 // ours: scs would write at every page, and forget instead of lock
	m.Store = sessionStore{c.Store, c.Vault}
	m.Codec = sessionCodec{}
	m.Cookie = scs.SessionCookie{
		Name: SessionCookie, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
		Persist: false, // a shared desk forgets it with the browser's window
	}
	return &Sessions{store: c.Store, vault: c.Vault, clock: c.Clock, signIns: signIns, policies: policies, scs: m}
}

// Load reads the session of a cookie in one trip, and people and roles in another where they changed. It
// gives the context the other methods want. The Current is nil where this clinic has no such session. Loading again on the same context costs nothing.
// A session found idle for too long is locked here and now, in the record too, so that a clock set back
// does not open it again.
func (s *Sessions) Load(ctx context.Context, who actor.Who, token string) (context.Context, *Current, error) {
	if v := visitOf(ctx); v != nil {
		if v.who.Clinic != who.Clinic {
			return ctx, nil, errors.New("loading a session: the request is another clinic's")
		}
		return ctx, v.current, nil
	}
	who.Purpose, who.Person, who.Session = actor.Session, id.ID{}, id.ID{}
	if len(token) != tokenLength {
		token = ""
	}
	v := &visit{who: who}
	ctx, err := s.scs.Load(context.WithValue(ctx, visitKey{}, v), token)
	if err != nil {
		return nil, nil, fmt.Errorf("loading a session: %w", err)
	}
	if v.row == nil {
		return ctx, nil, nil
	}
	if v.current, err = s.current(ctx, who, *v.row); err != nil {
		return nil, nil, fmt.Errorf("loading a session: %w", err)
	}
	v.who.Person, v.who.Session, v.who.PolicyEpoch = v.current.Person.ID, v.current.ID, v.current.Policy.Epoch
	if c := v.current; c.Locked && !c.Ended && v.row.LockedAt == nil {
		if err := s.Lock(ctx, who, c); err != nil {
			return nil, nil, err
		}
	}
	return ctx, v.current, nil
}

func (s *Sessions) current(ctx context.Context, who actor.Who, r db.GetSessionRow) (*Current, error) {
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return nil, err
	}
	policy, err := s.policies.For(ctx, who, r.PolicyEpoch)
	if err != nil {
		return nil, err
	}
	m := policy.members[r.PersonID] // of the zero State, and so without a session, where there is no such person
	at := now(s.clock)
	idle, life := time.Duration(r.IdleMinutes)*time.Minute, time.Duration(r.LifeHours)*time.Hour
	ends := r.ExpiresAt
	if sooner := r.CreatedAt.Add(life); sooner.Before(ends) {
		ends = sooner
	}
	return &Current{
		ID: r.ID, Person: m.Person, RoleIDs: m.held, Policy: policy, ClinicState: r.ClinicState, ClinicEpoch: r.ClinicEpoch,
		Created: r.CreatedAt.UTC(), LastSeen: r.LastSeenAt.UTC(), Ends: ends.UTC(), Idle: idle, Life: life,
		Locked: r.LockedAt != nil || over(at, r.LastSeenAt, idle),
		Ended:  over(at, r.CreatedAt, life) || !at.Before(ends) || m.State != Active,
		clinic: who.Clinic, formKey: formKey(keys),
	}, nil
}

// over reports whether a limit has passed since an instant, or the instant cannot be believed.
func over(at, since time.Time, limit time.Duration) bool {
	return !at.Before(since.Add(limit)) || since.After(at.Add(skew))
}

// Begin signs a person in: a new session under a new token, whatever cookie came with the request; the
// session that was there ends. It is recorded in the same transaction, and the cookie is set last.
func (s *Sessions) Begin(ctx context.Context, w http.ResponseWriter, who actor.Who, p Person) error {
	ctx, _, err := s.Load(ctx, who, "")
	if err != nil {
		return err
	}
	if p.ID.IsZero() || p.State != Active {
		return errors.New("beginning a session: the person cannot sign in")
	}
	v := visitOf(ctx)
	v.begin = &beginning{session: id.New(), person: p.ID}
	v.who = who
	v.who.Purpose, v.who.Person, v.who.Session = actor.Session, p.ID, v.begin.session
	return s.renew(ctx, w, v)
}

// renew gives a new token, commits under it what the visit says, and sets the cookie.
func (s *Sessions) renew(ctx context.Context, w http.ResponseWriter, v *visit) error {
	v.renewing, v.at = true, now(s.clock)
	defer func() { v.renewing, v.begin, v.unlock, v.old = false, nil, nil, nil }()
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renewing a token: %w", err)
	}
	token, expiry, err := s.scs.Commit(ctx)
	if err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	s.cookie(ctx, w, token, expiry)
	return nil
}

// cookie has scs write the cookie, without the cache header it adds: the page's own are stricter.
func (s *Sessions) cookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time) {
	cache := w.Header().Values("Cache-Control")
	s.scs.WriteSessionCookie(ctx, w, token, expiry)
	w.Header().Del("Cache-Control")
	for _, c := range cache {
		w.Header().Add("Cache-Control", c)
	}
}

// Lock shows nothing more until the person unlocks. Locking twice is recorded once.
func (s *Sessions) Lock(ctx context.Context, who actor.Who, c *Current) error {
	if err := c.at(who); err != nil {
		return err
	}
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return fmt.Errorf("locking a session: %w", err)
	}
	at := now(s.clock)
	who = c.Who(who)
	who.Purpose = actor.Session
	err = s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.UpdateSessionLocked(ctx, db.UpdateSessionLockedParams{TenantID: tx.Tenant, ID: c.ID, LockedAt: &at})
		if err != nil || n == 0 {
			return err
		}
		return ended(ctx, tx, keys, audit.Entry{Action: audit.Locked, Object: "session", ObjectID: c.ID})
	})
	if err != nil {
		return fmt.Errorf("locking a session: %w", err)
	}
	c.Locked = true
	return nil
}

// Unlock goes on with a session after the person's passphrase, under a new token; when it ends stays. ctx
// is the one of Load. It gives ErrWrongPassphrase, *Throttled or ErrEnded. Attempts are counted for the
// session, so that a stranger who guesses at the person's account elsewhere locks nobody out here.
func (s *Sessions) Unlock(ctx context.Context, w http.ResponseWriter, who actor.Who, c *Current, passphrase string, address netip.Addr) error {
	if err := c.at(who); err != nil {
		return err
	}
	v := visitOf(ctx)
	if v == nil || v.current != c {
		return errNoVisit
	}
	if c.Ended {
		return ErrEnded
	}
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return fmt.Errorf("unlocking a session: %w", err)
	}
	who = c.Who(who)
	who.Purpose = actor.Session
	proven, err := s.signIns.prove(ctx, who, proof{
		account: keys.Commit([]byte("unlock session"), c.ID[:]), address: address, passphrase: passphrase, keys: keys,
		failure: audit.Entry{Action: audit.Unlocked, Object: "session", ObjectID: c.ID},
		find: func(ctx context.Context, tx *db.Tx) (candidate, error) {
			secret, err := tx.GetPersonSecret(ctx, db.GetPersonSecretParams{TenantID: tx.Tenant, PersonID: c.Person.ID})
			return candidate{c.Person.ID, secret, true}, err
		},
	})
	if err != nil {
		return err
	}
	if proven == nil {
		return ErrWrongPassphrase
	}
	v.unlock, v.who = c, who
	if err := s.renew(ctx, w, v); err != nil {
		if errors.Is(err, errSessionGone) {
			return ErrEnded
		}
		return err
	}
	c.Locked, c.LastSeen = false, v.at
	return nil
}

// End signs out: the session is gone and the cookie with it. ctx is the one of Load.
func (s *Sessions) End(ctx context.Context, w http.ResponseWriter, who actor.Who, c *Current) error {
	if err := c.at(who); err != nil {
		return err
	}
	v := visitOf(ctx)
	if v == nil || v.current != c {
		return errNoVisit
	}
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("signing out: %w", err)
	}
	v.current, v.row = nil, nil
	s.cookie(ctx, w, "", time.Time{})
	return nil
}

// EndAll signs a person out everywhere. The cookies left behind open nothing from the next request on.
func (s *Sessions) EndAll(ctx context.Context, who actor.Who, person id.ID) error {
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return fmt.Errorf("signing out everywhere: %w", err)
	}
	who.Purpose = actor.Session
	err = s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		return EndPersonSessions(ctx, tx, keys, person)
	})
	if err != nil {
		return fmt.Errorf("signing out everywhere: %w", err)
	}
	return nil
}

// Due reports whether Touch would write.
func (s *Sessions) Due(c *Current) bool {
	return !c.Locked && !c.Ended && now(s.clock).Sub(c.LastSeen) >= seenEvery
}

// Left is how long until the session locks, where nobody is at work in it after this request, and until it ends. active
// says that the request counts as work.
func (s *Sessions) Left(c *Current, active bool) (locks, ends time.Duration) {
	at := now(s.clock)
	locks = c.LastSeen.Add(c.Idle).Sub(at)
	if active && s.Due(c) {
		locks = c.Idle
	}
	return locks, c.Ends.Sub(at)
}

// Touch writes down that the person was here, at most once a minute. It is called after the page.
func (s *Sessions) Touch(ctx context.Context, who actor.Who, c *Current) error {
	at := now(s.clock)
	if !s.Due(c) {
		return nil
	}
	if err := c.at(who); err != nil {
		return err
	}
	who = c.Who(who)
	who.Purpose = actor.Session
	err := s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdateSessionSeen(ctx, db.UpdateSessionSeenParams{TenantID: tx.Tenant, ID: c.ID, LastSeenAt: at})
		return err
	})
	if err != nil {
		return fmt.Errorf("noting a session's last page: %w", err)
	}
	c.LastSeen = at
	return nil
}

// at refuses a session used for another clinic's act.
func (c *Current) at(who actor.Who) error {
	if c.clinic != who.Clinic {
		return errors.New("the session is another clinic's")
	}
	return nil
}
