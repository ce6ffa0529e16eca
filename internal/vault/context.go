package vault

import (
	"context"
	"fmt"
)

// PutContextKey stores the key that signs the database context, version 1 and up, wrapped by the root
// key. It gives ErrExists where the version is taken.
func (v *Vault) PutContextKey(ctx context.Context, version int32, key Key) error {
	if version < 1 || key.IsZero() {
		return fmt.Errorf("storing context key %d: no version or no key", version)
	}
	err := v.put(ctx, contextName(version), &content{
		Format: contentFormat, Kind: kindContext, Version: version, Secret: key.Bytes(),
	})
	if err != nil {
		return fmt.Errorf("storing context key %d: %w", version, err)
	}
	return nil
}

// ContextKey gives the key that signs the database context in a version. It gives ErrNoKeys,
// ErrWrongKeys or ErrUnavailable, and keeps nothing in memory.
func (v *Vault) ContextKey(ctx context.Context, version int32) (Key, error) {
	wrapped, err := v.store.read(ctx, contextName(version))
	if err != nil {
		return Key{}, fmt.Errorf("context key %d: %w", version, err)
	}
	c, err := v.unwrap(ctx, wrapped, kindContext)
	if err != nil {
		return Key{}, fmt.Errorf("context key %d: %w", version, err)
	}
	if c.Version != version || len(c.Secret) != 32 {
		return Key{}, fmt.Errorf("context key %d: the wrapped key is of version %d: %w", version, c.Version, ErrWrongKeys)
	}
	return Key{[32]byte(c.Secret)}, nil
}
