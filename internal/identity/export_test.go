package identity

import "paddock/internal/vault"

// Peppered is what is hashed of a passphrase.
var Peppered = peppered

// Hashed counts the Argon2id computations of this process so far.
func Hashed() int64 { return hashed.Load() }

// Matches compares a passphrase with a stored hash.
func Matches(keys *vault.Clinic, passphrase, stored string) (ok, outdated bool, err error) {
	return matches(keys, passphrase, stored)
}

// AddressHash is the name an address is counted under.
var AddressHash = addressHash

// TokenLength is the length of a token.
var TokenLength = tokenLength
