package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/secretdata"

	"paddock/internal/id"
)

// Key is 32 secret bytes. It prints as ***.
type Key struct{ secret [32]byte }

// NewKey makes a random key.
func NewKey() Key {
	var k Key
	rand.Read(k.secret[:]) // never fails, see crypto/rand
	return k
}

// Bytes gives a copy of the secret bytes.
func (k Key) Bytes() []byte { return bytes.Clone(k.secret[:]) }

// IsZero reports whether no key was set.
func (k Key) IsZero() bool { return k == Key{} }

// Format prints ***, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "***") }

// String prints ***.
func (Key) String() string { return "***" }

// LogValue logs ***.
func (Key) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText writes ***.
func (Key) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Purposes of the key sets of a clinic. They stand in wrapped blobs: never rename one.
const (
	purposeRows        = "rows"
	purposeTokens      = "tokens"
	purposeCommitments = "commitments"
	purposeCookies     = "cookies"
)

var prfPurposes = []string{purposeTokens, purposeCommitments, purposeCookies}

// Kinds of wrapped content. They stand in wrapped blobs: never rename one.
const (
	kindMark    = "installation"
	kindClinic  = "clinic"
	kindContext = "context"
)

const contentFormat = 1

// content is what a blob holds inside its wrapping. It says itself what it is, since a blob can be
// copied under another name.
type content struct {
	Format  int       `json:"format"`
	Kind    string    `json:"kind"`
	Clinic  string    `json:"clinic,omitempty"`
	Sets    []purpose `json:"sets,omitempty"`
	Version int32     `json:"version,omitempty"`
	Secret  []byte    `json:"secret,omitempty"`
}

// purpose is one Tink key set in Tink's binary form, with the version of the key that is used now.
type purpose struct {
	Purpose string `json:"purpose"`
	Version int32  `json:"version"`
	Set     []byte `json:"set"`
}

func (c *content) encode() ([]byte, error) {
	b, err := json.Marshal(c) //nolint:gosec // wrapped by the root key before it is kept
	if err != nil {
		return nil, fmt.Errorf("encoding keys: %w", err)
	}
	return b, nil
}

// decodeContent reads an unwrapped blob and checks its format and kind. The errors never repeat the text.
func decodeContent(plain []byte, kind string) (*content, error) {
	var c content
	d := json.NewDecoder(bytes.NewReader(plain))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil {
		return nil, fmt.Errorf("the wrapped keys cannot be read: %w", ErrWrongKeys)
	}
	if c.Format != contentFormat {
		return nil, fmt.Errorf("the wrapped keys have format %d: %w", c.Format, ErrWrongKeys)
	}
	if c.Kind != kind {
		return nil, fmt.Errorf("the wrapped keys are not of kind %s: %w", kind, ErrWrongKeys)
	}
	return &c, nil
}

// keySets are the Tink key sets of one clinic. The id of a row key is its version, 1 and up.
type keySets struct {
	rows *keyset.Manager
	prfs map[string]*keyset.Handle
}

func newKeySets() (*keySets, error) {
	s := &keySets{rows: keyset.NewManager(), prfs: make(map[string]*keyset.Handle)}
	if err := s.addRowKey(1); err != nil {
		return nil, err
	}
	for _, p := range prfPurposes {
		h, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
		if err != nil {
			return nil, fmt.Errorf("making the %s key: %w", p, err)
		}
		s.prfs[p] = h
	}
	return s, nil
}

// addRowKey adds a random row key of a version and makes it the one that seals.
func (s *keySets) addRowKey(version int32) error {
	params, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: 32, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink,
	})
	if err != nil {
		return fmt.Errorf("making a row key: %w", err)
	}
	secret, err := secretdata.NewBytesFromRand(32)
	if err != nil {
		return fmt.Errorf("making a row key: %w", err)
	}
	key, err := aesgcm.NewKey(secret, uint32(version), params)
	if err != nil {
		return fmt.Errorf("making a row key: %w", err)
	}
	added, err := s.rows.AddKey(key)
	if err != nil {
		return fmt.Errorf("making a row key: %w", err)
	}
	return s.rows.SetPrimary(added)
}

// content puts the sets into the form that is wrapped.
func (s *keySets) content(clinic id.Tenant) (*content, error) {
	rows, err := s.rows.Handle()
	if err != nil {
		return nil, fmt.Errorf("collecting row keys: %w", err)
	}
	primary, err := rows.Primary()
	if err != nil {
		return nil, fmt.Errorf("collecting row keys: %w", err)
	}
	c := &content{Format: contentFormat, Kind: kindClinic, Clinic: clinic.String()}
	add := func(name string, version uint32, h *keyset.Handle) error {
		var b bytes.Buffer
		// In clear for a moment: the whole content is wrapped at once by the root key.
		if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
			return fmt.Errorf("encoding the %s keys: %w", name, err)
		}
		c.Sets = append(c.Sets, purpose{Purpose: name, Version: int32(version), Set: b.Bytes()})
		return nil
	}
	if err := add(purposeRows, primary.KeyID(), rows); err != nil {
		return nil, err
	}
	for _, p := range prfPurposes {
		if err := add(p, 1, s.prfs[p]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// keySets checks that a content is of this clinic and holds each purpose once, in its version.
func (c *content) keySets(clinic id.Tenant) (*keySets, error) {
	if c.Clinic != clinic.String() {
		return nil, fmt.Errorf("the wrapped keys are another clinic's: %w", ErrWrongKeys)
	}
	handles := make(map[string]*keyset.Handle)
	for _, p := range c.Sets {
		if handles[p.Purpose] != nil {
			return nil, fmt.Errorf("the wrapped keys name %q twice: %w", p.Purpose, ErrWrongKeys)
		}
		h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(p.Set)))
		if err != nil {
			return nil, fmt.Errorf("the %q keys cannot be read: %w", p.Purpose, ErrWrongKeys)
		}
		if err := p.check(h); err != nil {
			return nil, fmt.Errorf("the %q keys: %w: %w", p.Purpose, err, ErrWrongKeys)
		}
		handles[p.Purpose] = h
	}
	s := &keySets{prfs: make(map[string]*keyset.Handle)}
	for _, name := range append([]string{purposeRows}, prfPurposes...) {
		h := handles[name]
		if h == nil {
			return nil, fmt.Errorf("the wrapped keys lack %q: %w", name, ErrWrongKeys)
		}
		if name == purposeRows {
			s.rows = keyset.NewManagerFromHandle(h)
		} else {
			s.prfs[name] = h
		}
	}
	if len(handles) != 1+len(prfPurposes) {
		return nil, fmt.Errorf("the wrapped keys name a purpose that is not known: %w", ErrWrongKeys)
	}
	return s, nil
}

// check compares a key set with the version written beside it.
func (p purpose) check(h *keyset.Handle) error {
	primary, err := h.Primary()
	if err != nil {
		return errors.New("no key is the one in use")
	}
	want := uint32(1)
	if p.Purpose == purposeRows {
		want = primary.KeyID()
	}
	if want == 0 || want > math.MaxInt32 || p.Version != int32(want) {
		return fmt.Errorf("version %d is not the one in use", p.Version)
	}
	return nil
}
