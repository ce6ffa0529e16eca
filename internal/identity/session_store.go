package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// tokenLength is the length of a token: 32 random bytes in unpadded base64url.
var tokenLength = base64.RawURLEncoding.EncodedLen(32)

// TokenHash is what the database keeps of a token. A token is 256 random bits, so a plain hash does.
func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// visit is what one request knows of its session. It stands in the context, read once and by one
// goroutine, and says what the next commit of scs is about.
type visit struct {
	who     actor.Who
	row     *db.GetSessionRow
	current *Current

	renewing bool     // tokens are changing: the old row goes, or moves, with the commit
	old      [][]byte // hashes of tokens that end with the commit
	begin    *beginning
	unlock   *Current
	at       time.Time
}

type beginning struct{ session, person id.ID }

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// sessionStore keeps scs's sessions in sec.sessions (an scs.CtxStore). The clinic comes from the
// visit in the context: a token is looked for among one clinic's sessions and nowhere else.
type sessionStore struct {
	store *db.Store
	vault *vault.Vault
}

var (
	errNoVisit     = errors.New("a session is reached through Sessions.Load")
	errSessionGone = errors.New("the session has ended meanwhile")
)

// FindCtx reads the session with everything a request is judged by: one trip.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	v := visitOf(ctx)
	if v == nil {
		return nil, false, errNoVisit
	}
	var row db.GetSessionRow
	err := s.store.Read(ctx, v.who, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = tx.GetSession(ctx, db.GetSessionParams{TenantID: tx.Tenant, TokenHash: TokenHash(token)})
		return err
	})
	if db.NoRows(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a session: %w", err)
	}
	v.row = &row
	return row.Data, true, nil
}

// CommitCtx begins a session, moves one to a new token, or saves scs's data. The expiry scs names is
// not used: it knows the machine's clock only, and a session ends when the clinic's rules said as it began, or sooner.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	v := visitOf(ctx)
	if v == nil {
		return errNoVisit
	}
	return s.store.Write(ctx, v.who, func(ctx context.Context, tx *db.Tx) error {
		switch {
		case v.begin != nil:
			return s.insert(ctx, tx, v, TokenHash(token), data)
		case v.unlock != nil:
			n, err := tx.UpdateSessionToken(ctx, db.UpdateSessionTokenParams{
				TenantID: tx.Tenant, ID: v.unlock.ID, TokenHash: TokenHash(token), LastSeenAt: v.at,
			})
			if err != nil {
				return fmt.Errorf("unlocking a session: %w", err)
			}
			if n != 1 {
				return errSessionGone
			}
			return audit.Record(tx, audit.Entry{Action: audit.Unlocked, Object: "session", ObjectID: v.unlock.ID})
		case v.row != nil:
			n, err := tx.UpdateSessionData(ctx, db.UpdateSessionDataParams{
				TenantID: tx.Tenant, TokenHash: TokenHash(token), Data: data, LastSeenAt: v.row.LastSeenAt,
			})
			if err != nil {
				return fmt.Errorf("saving a session: %w", err)
			}
			if n != 1 {
				return errSessionGone
			}
			return nil
		default:
			return errors.New("a session begins through Sessions.Begin")
		}
	})
}

// sweptAfter is how long an ended session stays, so that what was typed into it can still be kept.
const sweptAfter = 24 * time.Hour

func (s sessionStore) insert(ctx context.Context, tx *db.Tx, v *visit, hash, data []byte) error {
	var steps []func(context.Context, *db.Tx) error
	for _, old := range v.old {
		steps = append(steps, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteSession(ctx, db.DeleteSessionParams{TenantID: tx.Tenant, TokenHash: old})
			return err
		})
	}
	steps = append(steps,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteEndedSessions(ctx, db.DeleteEndedSessionsParams{TenantID: tx.Tenant, Before: v.at.Add(-sweptAfter)})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			return db.OneRow(tx.InsertSession(ctx, db.InsertSessionParams{
				TenantID: tx.Tenant, ID: v.begin.session, TokenHash: hash, PersonID: v.begin.person, Data: data, CreatedAt: v.at,
			}))
		})
	if err := db.Together(ctx, tx, steps...); err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	keys, err := s.vault.Clinic(ctx, v.who.Clinic)
	if err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	if err := keepOrigin(tx, keys, v.begin.session); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.SignedIn, Object: "session", ObjectID: v.begin.session})
}

// DeleteCtx ends a session, or notes its old token where a new one is on the way.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	v := visitOf(ctx)
	if v == nil {
		return errNoVisit
	}
	if token == "" {
		return nil
	}
	if v.renewing {
		v.old = append(v.old, TokenHash(token))
		return nil
	}
	keys, err := s.vault.Clinic(ctx, v.who.Clinic)
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return s.store.Write(ctx, v.who, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.DeleteSession(ctx, db.DeleteSessionParams{TenantID: tx.Tenant, TokenHash: TokenHash(token)})
		if err != nil {
			return fmt.Errorf("ending a session: %w", err)
		}
		if n == 0 {
			return nil // it had ended already, and that was recorded
		}
		return ended(ctx, tx, keys, audit.Entry{Action: audit.SignedOut, Object: "session", ObjectID: v.who.Session})
	})
}

// Find, Commit and Delete are scs's forms without a context; no clinic could be known there.
func (sessionStore) Find(string) ([]byte, bool, error)      { return nil, false, errNoVisit }
func (sessionStore) Commit(string, []byte, time.Time) error { return errNoVisit }
func (sessionStore) Delete(string) error                    { return errNoVisit }

// sessionCodec writes scs's deadline and values: eight bytes of microseconds, then JSON. Values are
// texts; gob, scs's own way, costs more than the rest of a page's session.
type sessionCodec struct{}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	b := binary.BigEndian.AppendUint64(nil, uint64(deadline.UnixMicro())) // two's complement is the encoding
	if len(values) == 0 {
		return b, nil
	}
	j, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("writing a session: %w", err)
	}
	return append(b, j...), nil
}

func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	if len(b) < 8 {
		return time.Time{}, nil, errors.New("the stored session is cut short")
	}
	values := map[string]any{}
	if len(b) > 8 {
		if err := json.Unmarshal(b[8:], &values); err != nil {
			return time.Time{}, nil, errors.New("the stored session is not ours")
		}
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC(), values, nil // see Encode
}
