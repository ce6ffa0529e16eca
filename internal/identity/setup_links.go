package identity

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
)

// SetupLinkLife is how long a link to the first passphrase can be used.
const SetupLinkLife = 72 * time.Hour

// ErrLinkOver is the answer to a link that is unknown here, used, or too old; the three cannot be told
// apart.
var ErrLinkOver = fault.New(fault.NotFound, "This link is no longer good. A link works once, for 72 hours. Ask the person who sent it for a new one.")

// NewSetupLink makes a single-use link for a person, and gives the token that stands in its address.
// Only the token's hash is stored, so it cannot be shown again.
func NewSetupLink(ctx context.Context, tx *db.Tx, person id.ID) (token string, err error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("making a setup link: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	if err := tx.InsertSetupLink(ctx, db.InsertSetupLinkParams{
		TenantID: tx.Tenant, ID: id.New(), PersonID: person, TokenHash: TokenHash(token), ExpiresAt: tx.Now().Add(SetupLinkLife),
	}); err != nil {
		return "", fmt.Errorf("making a setup link: %w", err)
	}
	return token, audit.Record(tx, audit.Entry{Action: audit.Created, Object: "setup-link", ObjectID: person})
}

// OpenSetupLink gives the person a link is for, without using it up. It gives ErrLinkOver.
func (s *SignIns) OpenSetupLink(ctx context.Context, who actor.Who, token string) (Person, error) {
	_, p, err := s.openLink(ctx, who, token)
	return p, err
}

func (s *SignIns) openLink(ctx context.Context, who actor.Who, token string) (link id.ID, p Person, err error) {
	if len(token) != tokenLength {
		return id.ID{}, Person{}, ErrLinkOver
	}
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return id.ID{}, Person{}, fmt.Errorf("opening a setup link: %w", err)
	}
	who.Purpose = actor.SignIn
	var row db.GetSetupLinkRow
	err = s.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = tx.GetSetupLink(ctx, db.GetSetupLinkParams{TenantID: tx.Tenant, TokenHash: TokenHash(token)})
		return err
	})
	if db.NoRows(err) || err == nil && (!now(s.clock).Before(row.ExpiresAt) || State(row.PersonState) == Disabled) {
		return id.ID{}, Person{}, ErrLinkOver
	}
	if err != nil {
		return id.ID{}, Person{}, fmt.Errorf("opening a setup link: %w", err)
	}
	p, err = openPerson(keys, row.PersonID, row.PersonSealed, row.PersonState)
	return row.ID, p, err
}

// SetFirstPassphrase uses a link up: the passphrase is the person's from now on, every other link and
// every session of theirs ends. Of two at once one wins. It gives ErrLinkOver, or fault.Fields for
// passphrase. about are further words that can be guessed, as the clinic's name and host.
func (s *SignIns) SetFirstPassphrase(ctx context.Context, who actor.Who, token, passphrase string, about ...string) (Person, error) {
	link, p, err := s.openLink(ctx, who, token)
	if err != nil {
		return Person{}, err
	}
	if bad := CheckPassphrase(passphrase, append([]string{p.Name, p.Email}, about...)...); bad != "" {
		return Person{}, fault.Fields{{Name: "passphrase", Message: bad}}
	}
	keys, err := s.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return Person{}, fmt.Errorf("setting a passphrase: %w", err)
	}
	secret, err := hashInTurn(ctx, keys, passphrase)
	if err != nil {
		return Person{}, err
	}
	at := now(s.clock)
	who.Purpose, who.Person, who.Session = actor.SignIn, p.ID, id.ID{}
	err = s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		for _, step := range []func() (int64, error){
			func() (int64, error) {
				return tx.UpdateSetupLinkUsed(ctx, db.UpdateSetupLinkUsedParams{TenantID: tx.Tenant, ID: link, UsedAt: &at})
			},
			func() (int64, error) {
				return tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
			},
		} {
			if n, err := step(); err != nil {
				return err
			} else if n != 1 {
				return ErrLinkOver
			}
		}
		if err := db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.UpdateSetupLinksSpent(ctx, db.UpdateSetupLinksSpentParams{TenantID: tx.Tenant, PersonID: p.ID, UsedAt: &at})
				return err
			},
			func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertCredential(ctx, db.InsertCredentialParams{TenantID: tx.Tenant, PersonID: p.ID, Secret: secret, ChangedAt: at})
			},
			func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.DeletePersonSessions(ctx, db.DeletePersonSessionsParams{TenantID: tx.Tenant, PersonID: p.ID})
				return err
			},
		); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "passphrase", ObjectID: p.ID})
	})
	if err != nil {
		return Person{}, fmt.Errorf("setting a first passphrase: %w", err)
	}
	p.State = Active
	return p, nil
}
