package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/vault"
)

// OpenSession is one session that goes on or is locked. Instants are UTC.
type OpenSession struct {
	ID, Person            id.ID
	Origin                Origin
	Began, LastSeen, Ends time.Time
	Locked                bool
}

// SessionsOf lists the sessions of a person that go on or are locked, the one used last first.
func SessionsOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person id.ID) ([]OpenSession, error) {
	rows, err := tx.ListPersonSessions(ctx, db.ListPersonSessionsParams{TenantID: tx.Tenant, PersonID: person, Now: tx.Now()})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return openSessions(keys, rows, tx.Now())
}

// AllSessions lists those of everybody at the clinic, person by person, 500 at most.
func AllSessions(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]OpenSession, error) {
	rows, err := tx.ListSessions(ctx, db.ListSessionsParams{TenantID: tx.Tenant, Now: tx.Now()})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	list := make([]db.ListPersonSessionsRow, len(rows))
	for i, r := range rows {
		list[i] = db.ListPersonSessionsRow(r)
	}
	return openSessions(keys, list, tx.Now())
}

// openSessions leaves out what the present rules have ended.
func openSessions(keys *vault.Clinic, rows []db.ListPersonSessionsRow, at time.Time) (list []OpenSession, err error) {
	for _, r := range rows {
		ends := r.ExpiresAt.UTC()
		if sooner := r.CreatedAt.UTC().Add(time.Duration(r.LifeHours) * time.Hour); sooner.Before(ends) {
			ends = sooner
		}
		if !at.Before(ends) {
			continue
		}
		s := OpenSession{ID: r.ID, Person: r.PersonID, Began: r.CreatedAt.UTC(), LastSeen: r.LastSeenAt.UTC(), Ends: ends}
		s.Locked = r.LockedAt != nil || over(at, r.LastSeenAt, time.Duration(r.IdleMinutes)*time.Minute)
		if s.Origin, err = openOrigin(keys, r.ID, r.Origin); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// EndSession ends one session of a person: its pages hear no more, and its next request is a stranger's. It gives
// fault.Missing where the person has no such session.
func EndSession(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person, session id.ID) error {
	n, err := tx.DeleteSessionOf(ctx, db.DeleteSessionOfParams{TenantID: tx.Tenant, PersonID: person, ID: session})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	if n == 0 {
		return fault.Missing
	}
	return ended(ctx, tx, keys, audit.Entry{Action: audit.SignedOut, Object: "session", ObjectID: session, IDs: []id.ID{person}})
}

// EndOtherSessions ends all sessions of a person but this one, and tells how many there were.
func EndOtherSessions(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person, but id.ID) (n int, err error) {
	gone, err := tx.DeleteOtherSessions(ctx, db.DeleteOtherSessionsParams{TenantID: tx.Tenant, PersonID: person, ID: but})
	if err != nil {
		return 0, fmt.Errorf("ending other sessions: %w", err)
	}
	if len(gone) == 0 {
		return 0, nil
	}
	slices.SortFunc(gone, func(x, y id.ID) int { return slices.Compare(x[:], y[:]) })
	return len(gone), ended(ctx, tx, keys, audit.Entry{Action: audit.SignedOut, Object: "other-sessions", ObjectID: person, IDs: gone})
}

// EndPersonSessions ends all sessions of a person.
func EndPersonSessions(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person id.ID) error {
	if _, err := tx.DeletePersonSessions(ctx, db.DeletePersonSessionsParams{TenantID: tx.Tenant, PersonID: person}); err != nil {
		return fmt.Errorf("ending a person's sessions: %w", err)
	}
	return ended(ctx, tx, keys, audit.Entry{Action: audit.SignedOut, Object: "person", ObjectID: person})
}

// ended has the open streams of the clinic judged anew, on every process, since a session was ended or locked, and
// records the act.
func ended(ctx context.Context, tx *db.Tx, keys *vault.Clinic, e audit.Entry) error {
	if err := live.Touch(ctx, tx, keys, live.Session); err != nil {
		return err
	}
	return audit.Record(tx, e)
}
