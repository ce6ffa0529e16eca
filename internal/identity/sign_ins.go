package identity

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// ErrMismatch is the one answer to a wrong passphrase, an unknown address, and a person who may not
// sign in.
var ErrMismatch = fault.New(fault.Invalid, "That e-mail address and passphrase do not belong together. Check both and try again.")

// ErrWrongPassphrase is the answer to a wrong passphrase at the lock.
var ErrWrongPassphrase = fault.New(fault.Invalid, "That is not your passphrase.")

// Throttled is the answer to attempts that come too fast, the same for accounts that exist and those
// that do not: 429. Its text is meant for the person.
type Throttled struct {
	// Wait is how long until the next attempt is looked at, in whole seconds, at most 15 minutes.
	Wait time.Duration
}

func (t *Throttled) Error() string {
	if t.Wait <= time.Minute {
		return "There were too many attempts. Try again in a minute."
	}
	return fmt.Sprintf("There were too many attempts. Try again in %d minutes.", (t.Wait+time.Minute-1)/time.Minute)
}

// reportThrottled is the kind of the security event for an attempt that met the throttle.
const reportThrottled = "sign-in-throttled"

const waitMost = 15 * time.Minute

// SignIns finds out who somebody is by what they know.
type SignIns struct {
	store   *db.Store
	vault   *vault.Vault
	clock   clock.Clock
	address []byte
	report  func(ctx context.Context, who actor.Who, kind string)
}

// NewSignIns makes the sign-in of an installation. It fails without an address key of 32 bytes.
func NewSignIns(c Config) (*SignIns, error) {
	if len(c.AddressKey) != 32 {
		return nil, errors.New("the key for addresses has 32 bytes")
	}
	if c.Report == nil {
		c.Report = func(context.Context, actor.Who, string) {}
	}
	if _, err := nobodys(); err != nil { // made now, so that the first unknown name costs no more than others
		return nil, fmt.Errorf("preparing sign-in: %w", err)
	}
	return &SignIns{store: c.Store, vault: c.Vault, clock: c.Clock, address: c.AddressKey, report: c.Report}, nil
}

// SignIn gives the person of an e-mail address whose passphrase this is. It gives ErrMismatch or
// *Throttled, recorded as a failed sign-in without the address typed, or db.ErrBusy. A success is
// recorded with the session, by Sessions.Begin.
func (s *SignIns) SignIn(ctx context.Context, who actor.Who, email, passphrase string, address netip.Addr) (Person, error) {
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return Person{}, fmt.Errorf("signing in: %w", err)
	}
	folded := FoldEmail(email)
	who.Purpose, who.Person, who.Session = actor.SignIn, id.ID{}, id.ID{}
	var sealed []byte
	c, err := s.prove(ctx, who, proof{
		account: keys.Commit([]byte("sign-in account"), []byte(folded)), address: address, passphrase: passphrase, keys: keys,
		failure: audit.Entry{Action: audit.FailedSignIn, Object: "account", Commitment: keys.Commit([]byte("failed sign-in"), []byte(folded))},
		find: func(ctx context.Context, tx *db.Tx) (candidate, error) {
			row, err := tx.GetCredential(ctx, db.GetCredentialParams{TenantID: tx.Tenant, EmailToken: emailToken(keys, folded)})
			sealed = row.Sealed
			return candidate{row.PersonID, row.Secret, State(row.State) == Active}, err
		},
	})
	if err != nil {
		return Person{}, err
	}
	if c == nil {
		return Person{}, ErrMismatch
	}
	return openPerson(keys, c.person, sealed, string(Active))
}

// candidate is who somebody claims to be.
type candidate struct {
	person id.ID
	secret string
	may    bool // whether a right passphrase is enough
}

// proof is one attempt to be somebody.
type proof struct {
	account    []byte // 32 bytes under which attempts are counted
	address    netip.Addr
	passphrase string
	keys       *vault.Clinic // under which passphrases are stored
	failure    audit.Entry
	find       func(ctx context.Context, tx *db.Tx) (candidate, error)
}

// note records an attempt that proved nothing, and from where it came where no session tells.
func (p proof) note(tx *db.Tx, e audit.Entry) error {
	if tx.Who.Session.IsZero() {
		if err := keepOrigin(tx, p.keys, tx.Who.Request); err != nil {
			return err
		}
	}
	return audit.Record(tx, e)
}

// prove compares a passphrase. All of it is one transaction under a lock of the account, so that a
// hundred guesses sent at once are a hundred guesses one after the other; and every path that is not
// throttled asks the same statements and computes one hash. The candidate is nil where the proof failed.
func (s *SignIns) prove(ctx context.Context, who actor.Who, p proof) (*candidate, error) {
	done, err := takeTurn(ctx) // before the connection: those who queue hold none
	if err != nil {
		return nil, err
	}
	defer done()
	stranger, err := nobodys()
	if err != nil {
		return nil, fmt.Errorf("preparing sign-in: %w", err)
	}
	at, address := now(s.clock), addressHash(s.address, p.address)
	var proven *candidate
	var wait time.Duration
	err = s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		proven, wait = nil, 0
		c, seconds, err := s.ask(ctx, tx, p, address, at)
		if err != nil {
			return err
		}
		if seconds > 0 {
			wait = min(time.Duration(seconds)*time.Second, waitMost)
			refused := p.failure
			refused.Outcome = audit.WasRefused
			return p.note(tx, refused)
		}
		secret := c.secret
		if secret == "" {
			secret = stranger
		}
		ok, outdated, err := matches(p.keys, p.passphrase, secret)
		if err != nil {
			return err
		}
		if !ok || !c.may || c.secret == "" {
			failed := p.failure
			failed.Outcome = audit.DidFail
			if err := p.note(tx, failed); err != nil {
				return err
			}
			return tx.InsertFailedAttempt(ctx, db.InsertFailedAttemptParams{Account: p.account, Address: address, At: at})
		}
		proven = &c
		if outdated {
			fresh, err := hash(p.keys, p.passphrase)
			if err != nil {
				return err
			}
			if err := tx.InsertCredential(ctx, db.InsertCredentialParams{TenantID: tx.Tenant, PersonID: c.person, Secret: fresh, ChangedAt: at}); err != nil {
				return fmt.Errorf("renewing a stored passphrase: %w", err)
			}
		}
		return tx.DeleteFailedAttempts(ctx, db.DeleteFailedAttemptsParams{Account: p.account})
	})
	if err != nil {
		return nil, fmt.Errorf("proving who somebody is: %w", err)
	}
	if wait > 0 {
		s.report(ctx, who, reportThrottled)
		return nil, &Throttled{Wait: wait}
	}
	return proven, nil
}

// ask takes the account's lock, then reads how long it must wait and whose it is: one batch, in order.
func (s *SignIns) ask(ctx context.Context, tx *db.Tx, p proof, address []byte, at time.Time) (c candidate, seconds int32, err error) {
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			key := int64(binary.BigEndian.Uint64(p.account)) // a lock's name, any 64 bits do
			return tx.LockAccount(ctx, db.LockAccountParams{Key: key})
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			seconds, err = tx.GetAttemptWait(ctx, db.GetAttemptWaitParams{Account: p.account, Address: address, At: at})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			if c, err = p.find(ctx, tx); db.NoRows(err) {
				c = candidate{}
				return nil
			}
			return err
		},
	)
	return c, seconds, err
}
