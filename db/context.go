package db

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"paddock/internal/actor"
	"paddock/internal/clock"
)

// contextLife is within what time a signed context must be used, by the database's clock.
const contextLife = 60 * time.Second

// ContextKeySize is the length of a context key in bytes.
const ContextKeySize = 32

// Signer signs the context of a transaction: which clinic it is for, on whose behalf, and on which
// connection. The database checks the signature itself (sec.tenant), so that a context set by an
// injected statement, copied from another connection, or kept for later is worth nothing.
type Signer struct {
	version int
	key     []byte
	clock   clock.Clock
}

// NewSigner makes a signer of one version of the context key.
func NewSigner(version int, key []byte, c clock.Clock) (*Signer, error) {
	if version < 1 || len(key) != ContextKeySize {
		return nil, errors.New("a context key has a version from 1 and 32 bytes")
	}
	return &Signer{version: version, key: key, clock: c}, nil
}

// Sign gives the context of a transaction on the backend with this process id, for sec.enter():
// clinic_actor_session_purpose_expiry_keyversion_mac, the ids and the mac in plain hexadecimal, the mac
// being HMAC-SHA-256 (RFC 2104) over what stands before it and the process id.
func (s *Signer) Sign(who actor.Who, backend uint32) string {
	b := make([]byte, 0, 256)
	b = append(b, plain(who.Clinic.String())...)
	b = append(b, '_')
	if !who.Person.IsZero() {
		b = append(b, plain(who.Person.String())...)
	}
	b = append(b, '_')
	if !who.Session.IsZero() {
		b = append(b, plain(who.Session.String())...)
	}
	b = append(b, '_')
	b = append(b, who.Purpose...)
	b = append(b, '_')
	b = strconv.AppendInt(b, s.clock.Now().Add(contextLife).Unix(), 10)
	b = append(b, '_')
	b = strconv.AppendInt(b, int64(s.version), 10)
	signed := len(b)
	if benchUnsigned {
		return string(b)
	}
	b = append(b, '_')
	b = strconv.AppendUint(b, uint64(backend), 10)
	mac := hmac.New(sha256.New, s.key)
	mac.Write(b)
	sum := mac.Sum(nil)
	b = append(b[:signed], '_')
	return string(hex.AppendEncode(b, sum))
}

// plain is an id without its hyphens.
func plain(v string) string { return strings.ReplaceAll(v, "-", "") }

// Pads are the two forms of a context key that sec.enter() computes with (RFC 2104): the key XOR
// 0x36 and XOR 0x5c, each 64 bytes.
func Pads(key []byte) (inner, outer []byte) {
	inner, outer = make([]byte, 64), make([]byte, 64)
	copy(inner, key)
	copy(outer, key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return inner, outer
}
