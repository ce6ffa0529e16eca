package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	"paddock/internal/id"
)

// Clinic does what is done with the keys of one clinic. It is safe for concurrent use, and prints as the
// clinic's id only.
type Clinic struct {
	id      id.Tenant
	version uint32
	rows    map[uint32]tink.AEAD // by version
	tokens  prf.PRF
	commits prf.PRF
	cookies CookieKeys
}

func newClinic(clinic id.Tenant, sets *keySets) (*Clinic, error) {
	c := &Clinic{id: clinic, rows: make(map[uint32]tink.AEAD)}
	h, err := sets.rows.Handle()
	if err != nil {
		return nil, fmt.Errorf("reading row keys: %w", err)
	}
	for i := range h.Len() {
		e, err := h.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("reading row keys: %w", err)
		}
		k, ok := e.Key().(*aesgcm.Key)
		if !ok || k.Parameters().(*aesgcm.Parameters).Variant() != aesgcm.VariantTink {
			return nil, fmt.Errorf("row key %d is of another kind: %w", e.KeyID(), ErrWrongKeys)
		}
		a, err := aesgcm.NewAEAD(k)
		if err != nil {
			return nil, fmt.Errorf("reading row key %d: %w", e.KeyID(), err)
		}
		c.rows[e.KeyID()] = a
		if e.IsPrimary() {
			c.version = e.KeyID()
		}
	}
	var cookies prf.PRF
	for name, into := range map[string]*prf.PRF{
		purposeTokens: &c.tokens, purposeCommitments: &c.commits, purposeCookies: &cookies,
	} {
		set, err := prf.NewPRFSet(sets.prfs[name])
		if err != nil {
			return nil, fmt.Errorf("reading the %s key: %w", name, err)
		}
		*into = set.PRFs[set.PrimaryID]
	}
	c.cookies = CookieKeys{
		Auth:    Key{[32]byte(mustPRF(cookies, []byte("cookie authentication"), 32))},
		Encrypt: Key{[32]byte(mustPRF(cookies, []byte("cookie encryption"), 32))},
	}
	return c, nil
}

// ID names the clinic.
func (c *Clinic) ID() id.Tenant { return c.id }

// Format prints the clinic's id and no key, whatever the verb.
func (c *Clinic) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "keys of clinic %s", c.id) }

// LogValue logs the clinic's id and no key.
func (c *Clinic) LogValue() slog.Value { return slog.StringValue(c.id.String()) }

// KeyVersion is the version of the row key that seals now, for the key_version column. It is also in the
// clear head of each sealed value.
func (c *Clinic) KeyVersion() int32 { return int32(c.version) }

// Slot is the one place a sealed value opens in: a row of a table, and the field group sealed there.
type Slot struct {
	Table, Group string
	Row          id.ID
}

// A sealed value of format 1 is a Tink ciphertext of a key whose id is the key version:
//
//	1 byte   format, 1 (which is how Tink's own prefix begins)
//	4 bytes  key version, big endian
//	12 bytes random nonce
//	n bytes  AES-256-GCM ciphertext, then its tag of 16 bytes
//
// A nonce may repeat with odds of one in 2^32 after 2^32 values under one key: a clinic is to get a new
// row key long before (NIST SP 800-38D, 8.3).
const (
	sealedFormat = 1
	headSize     = 1 + 4
)

// Overhead is by how many bytes a sealed value is longer than its plaintext.
const Overhead = headSize + 12 + 16

// bind gives the associated data: format, key version, clinic and row in fixed widths, then table and
// group, each led by its length, so that no two places give the same bytes.
func (c *Clinic) bind(s Slot, version uint32) []byte {
	clinic := c.id.ID()
	b := make([]byte, 0, headSize+16+16+2+len(s.Table)+2+len(s.Group))
	b = append(b, sealedFormat)
	b = binary.BigEndian.AppendUint32(b, version)
	b = append(b, clinic[:]...)
	b = append(b, s.Row[:]...)
	b = appendText(b, s.Table)
	return appendText(b, s.Group)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

// Seal gives plaintext, which may be empty, in the form that opens in this slot only. Table, group and
// row must be named; each name has less than 256 bytes.
func (c *Clinic) Seal(s Slot, plaintext []byte) ([]byte, error) {
	if s.Table == "" || s.Group == "" || s.Row.IsZero() || len(s.Table) > 255 || len(s.Group) > 255 {
		return nil, errors.New("sealing: the slot names no table, group or row")
	}
	if benchUnsealed {
		return benchSeal(plaintext), nil
	}
	sealed, err := c.rows[c.version].Encrypt(plaintext, c.bind(s, c.version))
	if err != nil {
		// Only a plaintext beyond the bounds of GCM comes here; the reason is Tink's and names no text.
		return nil, fmt.Errorf("sealing %s %s of row %v: %w", s.Table, s.Group, s.Row, err)
	}
	return sealed, nil
}

// Open gives back what was sealed in this slot, by the key version in use or an older one. Everything
// else is ErrUnopenable.
func (c *Clinic) Open(s Slot, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != sealedFormat || len(s.Table) > 255 || len(s.Group) > 255 {
		return nil, ErrUnopenable
	}
	if plaintext, ok := benchOpen(sealed); ok {
		return plaintext, nil
	}
	version := binary.BigEndian.Uint32(sealed[1:headSize])
	key := c.rows[version]
	if key == nil {
		return nil, ErrUnopenable
	}
	plaintext, err := key.Decrypt(sealed, c.bind(s, version))
	if err != nil {
		return nil, ErrUnopenable
	}
	return benchKeep(sealed, plaintext), nil
}

// Token is a keyed hash of a search word, cut to 8 bytes: equal words of one field of one clinic have
// equal tokens, and nothing else can be told. About one in 2^64 pairs of words collide, so what is found
// is compared after opening. Words are folded first: see Words.
func (c *Clinic) Token(field, word string) [8]byte {
	if benchUnsealed {
		return benchToken(field, word)
	}
	b := make([]byte, 0, 2+len(field)+len(word))
	b = appendText(b, field)
	b = append(b, word...)
	return [8]byte(mustPRF(c.tokens, b, 8))
}

// Commit is a keyed hash of 32 bytes over parts, which are told apart by their lengths. Who knows the
// parts and holds the key can check it; without the key nothing can be guessed and tried. Compare with
// hmac.Equal.
func (c *Clinic) Commit(parts ...[]byte) []byte {
	n := 4
	for _, p := range parts {
		n += 8 + len(p)
	}
	b := binary.BigEndian.AppendUint32(make([]byte, 0, n), uint32(len(parts)))
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return mustPRF(c.commits, b, 32)
}

// CookieKeys are the keys by which securecookie signs and encrypts what a browser holds before sign-in.
type CookieKeys struct{ Auth, Encrypt Key }

// CookieKeys are the keys of this clinic's cookies; they are the same each time.
func (c *Clinic) CookieKeys() CookieKeys { return c.cookies }

// mustPRF panics only where more bytes are asked than HMAC-SHA-256 gives, which is 32.
func mustPRF(p prf.PRF, in []byte, n uint32) []byte {
	out, err := p.ComputePRF(in, n)
	if err != nil {
		panic("vault: " + err.Error())
	}
	return out
}
