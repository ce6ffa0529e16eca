// Package vault keeps the keys of the clinics and does everything that is done with them: sealing and
// opening what identifies or describes people and patients, the keyed tokens by which sealed text is
// found again, and keyed commitments for the audit log.
//
// One root key stands in a key management service (or, for evaluation only, in a local file). It wraps
// one blob per clinic, named by the clinic's id, in a folder or bucket outside the database. The blob
// holds one Tink key set per purpose, and names its format, clinic and purposes inside the wrapping, so
// that a blob put into another clinic's place is refused. Nothing works around a missing key: where the
// root key or the store cannot be reached, every operation that needs them fails with ErrUnavailable.
//
// Clinics already unwrapped stay usable from memory while the key management service is away.
package vault

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"paddock/internal/id"
)

var (
	// ErrUnavailable means that the root key or the key store could not be reached or read. It says
	// nothing about whether a key exists; trying again later is right.
	ErrUnavailable = errors.New("the keys cannot be reached")
	// ErrUnopenable is the one answer for every sealed value that does not open, whatever is wrong
	// with it, so that nothing can be learned by asking.
	ErrUnopenable = errors.New("the sealed value does not open")
	// ErrNoKeys means that the key store was read and holds no keys of that name.
	ErrNoKeys = errors.New("there are no keys of that name")
	// ErrExists means that keys of that name are there already; they are never overwritten.
	ErrExists = errors.New("there are keys of that name already")
	// ErrWrongKeys means that a wrapped blob does not open under this root key, or that what it holds
	// names another clinic, purpose or version than the place it was found in.
	ErrWrongKeys = errors.New("the wrapped keys do not belong here")
	// ErrNoRootKey means that the local root key file is missing.
	ErrNoRootKey = errors.New("the root key file is missing")
	// ErrRootKeyExposed means that the root key file can be read by others, or lies where the database
	// or the wrapped keys lie.
	ErrRootKeyExposed = errors.New("the root key file is not kept apart")
)

// patience bounds one call to the key management service or the key store.
const patience = 5 * time.Second

// keptClinics bounds how many clinics' keys stay in memory; a clinic takes about 4 KB.
const keptClinics = 1024

// Config says where the root key and the wrapped keys are. Exactly one of KMSURL and RootKeyFile is set.
type Config struct {
	// KMSURL names a key of a key management service as Go CDK does: hashivault://KEY, with
	// ?engine=NAME where the engine is not transit, for HashiCorp Vault and OpenBao. Address, token and
	// certificates come from VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT and their like.
	KMSURL string
	// RootKeyFile is a file of 32 random bytes, mode 0600; for evaluation only.
	RootKeyFile string
	// KeyStoreURL is the folder of the wrapped keys: an absolute path or a file:// address. It must not
	// lie inside DatabaseFolder.
	KeyStoreURL string
	// DatabaseFolder, where Paddock runs PostgreSQL itself, must hold neither the root key nor the key
	// store, else a copy of the database would carry its keys. Empty where the database is elsewhere.
	DatabaseFolder string
}

// Vault gives out the keys of clinics. It is safe for concurrent use.
type Vault struct {
	root  KMS
	store *store

	flight singleflight.Group

	mu   sync.Mutex
	kept *shelf
	// forgotten grows with every Forget; a load that began before one is not kept.
	forgotten uint64
}

// Open reaches for the root key and the key store and checks that they belong together, so that a
// wrong root key is found at start and not at the first patient. A new, empty store is marked with this
// root key. It gives ErrUnavailable, ErrNoRootKey, ErrRootKeyExposed or ErrWrongKeys.
func Open(ctx context.Context, cfg Config) (*Vault, error) {
	s, err := openStore(cfg)
	if err != nil {
		return nil, err
	}
	root, err := openRoot(cfg)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	v := &Vault{root: root, store: s, kept: newShelf(keptClinics)}
	if err := v.checkRoot(ctx); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// Close lets go of the key management service and the store, and forgets every key.
func (v *Vault) Close() error {
	v.mu.Lock()
	v.forgotten++
	v.kept = newShelf(keptClinics)
	v.mu.Unlock()
	return errors.Join(v.root.Close(), v.store.close())
}

// checkRoot compares the root key with the mark in the store, or marks a store that holds nothing.
func (v *Vault) checkRoot(ctx context.Context) error {
	wrapped, err := v.store.read(ctx, markName)
	if errors.Is(err, ErrNoKeys) {
		empty, err := v.store.empty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			return fmt.Errorf("the key store holds keys but not the mark of its root key: %w", ErrWrongKeys)
		}
		return v.put(ctx, markName, &content{Format: contentFormat, Kind: kindMark})
	}
	if err != nil {
		return err
	}
	if _, err := v.unwrap(ctx, wrapped, kindMark); err != nil {
		return fmt.Errorf("comparing the root key with the key store: %w", err)
	}
	return nil
}

// Create makes the keys of a new clinic. It gives ErrExists where the clinic has keys; they are left
// as they are.
func (v *Vault) Create(ctx context.Context, clinic id.Tenant) error {
	if clinic.IsZero() {
		return errors.New("making keys: no clinic named")
	}
	sets, err := newKeySets()
	if err != nil {
		return fmt.Errorf("making keys of clinic %v: %w", clinic, err)
	}
	c, err := sets.content(clinic)
	if err != nil {
		return fmt.Errorf("making keys of clinic %v: %w", clinic, err)
	}
	if err := v.put(ctx, clinicName(clinic), c); err != nil {
		return fmt.Errorf("making keys of clinic %v: %w", clinic, err)
	}
	return nil
}

// Clinic gives the keys of a clinic, from memory or by one call to the store and one to the key
// management service, however many ask at once. It gives ErrNoKeys, ErrWrongKeys or ErrUnavailable;
// a failure is not remembered.
func (v *Vault) Clinic(ctx context.Context, clinic id.Tenant) (*Clinic, error) {
	v.mu.Lock()
	c := v.kept.get(clinic)
	began := v.forgotten
	v.mu.Unlock()
	if c != nil {
		return c, nil
	}
	// The load belongs to all who wait for it: one who gives up must not end it for the others.
	shared := context.WithoutCancel(ctx)
	done := v.flight.DoChan(clinic.String(), func() (any, error) { return v.load(shared, clinic, began) })
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, fmt.Errorf("keys of clinic %v: %w", clinic, r.Err)
		}
		return r.Val.(*Clinic), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("keys of clinic %v: %w", clinic, ctx.Err())
	}
}

func (v *Vault) load(ctx context.Context, clinic id.Tenant, began uint64) (*Clinic, error) {
	wrapped, err := v.store.read(ctx, clinicName(clinic))
	if err != nil {
		return nil, err
	}
	content, err := v.unwrap(ctx, wrapped, kindClinic)
	if err != nil {
		return nil, err
	}
	sets, err := content.keySets(clinic)
	if err != nil {
		return nil, err
	}
	c, err := newClinic(clinic, sets)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.forgotten == began {
		v.kept.put(clinic, c)
	}
	return c, nil
}

// Forget drops a clinic's keys from memory: the next use reads the store again. Values of *Clinic
// already given out keep working until their holders let go of them.
func (v *Vault) Forget(clinic id.Tenant) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.forgotten++
	v.kept.drop(clinic)
	v.flight.Forget(clinic.String())
}

// put wraps a content and stores it under a name that must be free.
func (v *Vault) put(ctx context.Context, name string, c *content) error {
	plain, err := c.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wrapped, err := v.root.Encrypt(ctx, plain)
	clear(plain)
	if err != nil {
		return fmt.Errorf("wrapping: %w", err)
	}
	return v.store.create(ctx, name, wrapped)
}

func (v *Vault) unwrap(ctx context.Context, wrapped []byte, kind string) (*content, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	plain, err := v.root.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrapping: %w", err)
	}
	defer clear(plain)
	return decodeContent(plain, kind)
}
