// Package identity knows who somebody is: people and their passphrases, sign-in and its throttling,
// sessions and their lock, what a browser holds before sign-in, and what a person had typed when a
// session was locked. People belong to one clinic; nothing here works across two.
package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Config is what signing in needs.
type Config struct {
	Store *db.Store
	Vault *vault.Vault
	Clock clock.Clock
	// AddressKey keys the hashes by which network addresses are counted; the same for all clinics of an
	// installation (see AddressKey), so that guessing at many clinics from one address is seen.
	AddressKey []byte
	// Report is told of each attempt that met the throttle, with the kind of a security event. It must
	// not block. It may be nil.
	Report func(ctx context.Context, who actor.Who, kind string)
}

// Person is somebody who works at a clinic.
type Person struct {
	ID    id.ID
	Name  string
	Email string // folded, see FoldEmail
	State State
}

// State says whether a person can sign in.
type State string

// The states of a person.
const (
	Invited  State = "invited" // has not set a passphrase yet
	Active   State = "active"
	Disabled State = "disabled"
)

// AddressKey derives the key of Config from the installation's context key.
func AddressKey(contextKey []byte) []byte {
	mac := hmac.New(sha256.New, contextKey)
	mac.Write([]byte("paddock: addresses of sign-in attempts, version 1"))
	return mac.Sum(nil)
}

// addressHash is the 32 byte name an address is counted under. An IPv6 address counts with its whole
// /64, which one subscriber commonly holds.
func addressHash(key []byte, a netip.Addr) []byte {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(a.AsSlice()) // empty where the address is unknown: those share one count
	return mac.Sum(nil)
}

// now is the clock's instant as PostgreSQL keeps it.
func now(c clock.Clock) time.Time { return c.Now().UTC().Truncate(time.Microsecond) }
