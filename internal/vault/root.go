package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/vault/api"
	"gocloud.dev/secrets"
	"gocloud.dev/secrets/hashivault"
	"gocloud.dev/secrets/localsecrets"
)

// KMS wraps and unwraps with the root key. Errors are ErrUnavailable or ErrWrongKeys.
type KMS interface {
	Encrypt(ctx context.Context, plain []byte) ([]byte, error)
	Decrypt(ctx context.Context, wrapped []byte) ([]byte, error)
	Close() error
}

func openRoot(cfg Config) (KMS, error) {
	switch {
	case cfg.KMSURL != "" && cfg.RootKeyFile != "":
		return nil, errors.New("a root key is either in a key management service or in a file, not both")
	case cfg.KMSURL != "":
		return openRemote(cfg.KMSURL)
	case cfg.RootKeyFile != "":
		return openLocal(cfg)
	}
	return nil, errors.New("neither a key management service nor a root key file is named")
}

// local is the root key of a file. Its calls cannot be unavailable, so what does not unwrap is wrong.
type local struct{ keeper *secrets.Keeper }

func (l local) Encrypt(ctx context.Context, plain []byte) ([]byte, error) {
	return l.keeper.Encrypt(ctx, plain)
}

func (l local) Decrypt(ctx context.Context, wrapped []byte) ([]byte, error) {
	plain, err := l.keeper.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, ErrWrongKeys
	}
	return plain, nil
}

func (l local) Close() error { return l.keeper.Close() }

func openLocal(cfg Config) (KMS, error) {
	if err := apart(cfg); err != nil {
		return nil, err
	}
	f, err := os.Open(cfg.RootKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s; bring it back from where it is kept, it cannot be made again", ErrNoRootKey, cfg.RootKeyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the root key file: %w: %w", ErrUnavailable, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening the root key file: %w: %w", ErrUnavailable, err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o, it must be a file of mode 0600", ErrRootKeyExposed, cfg.RootKeyFile, info.Mode().Perm())
	}
	var key [32]byte
	if _, err := io.ReadFull(f, key[:]); err != nil || info.Size() != int64(len(key)) {
		return nil, fmt.Errorf("the root key file %s does not hold 32 bytes", cfg.RootKeyFile)
	}
	if key == [32]byte{} {
		return nil, fmt.Errorf("the root key file %s holds only zeros", cfg.RootKeyFile)
	}
	return local{localsecrets.NewKeeper(key)}, nil
}

// CreateRootKeyFile makes the local root key of an evaluation. It refuses where the file is there, where
// the key store holds anything (a new root key could not open it: ErrNoRootKey), or where the file would
// lie inside the database folder or the key store (ErrRootKeyExposed).
func CreateRootKeyFile(ctx context.Context, cfg Config) error {
	if cfg.RootKeyFile == "" {
		return errors.New("making a root key: no file named")
	}
	s, err := openStore(cfg)
	if err != nil {
		return fmt.Errorf("making a root key: %w", err)
	}
	defer func() { _ = s.close() }() // nothing is written by closing
	empty, err := s.empty(ctx)
	if err != nil {
		return fmt.Errorf("making a root key: %w", err)
	}
	if !empty {
		return fmt.Errorf("making a root key: %w, and the key store holds keys that only it opens: bring %s back", ErrNoRootKey, cfg.RootKeyFile)
	}
	if err := os.MkdirAll(filepath.Dir(cfg.RootKeyFile), 0o700); err != nil {
		return fmt.Errorf("making a root key: %w", err)
	}
	if err := apart(cfg); err != nil {
		return err
	}
	f, err := os.OpenFile(cfg.RootKeyFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making a root key: %w: %s", ErrExists, cfg.RootKeyFile)
	}
	if err != nil {
		return fmt.Errorf("making a root key: %w", err)
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails, see crypto/rand
	_, err = f.Write(key)
	clear(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("making a root key: %w", errors.Join(err, os.Remove(cfg.RootKeyFile)))
	}
	return syncFolder(filepath.Dir(cfg.RootKeyFile))
}

// apart refuses a root key file inside the database folder or the key store: a copy of either would
// carry the key along.
func apart(cfg Config) error {
	store, _ := storeFolder(cfg.KeyStoreURL)
	for _, folder := range []string{cfg.DatabaseFolder, store} {
		if folder == "" {
			continue
		}
		in, err := inside(cfg.RootKeyFile, folder)
		if err != nil {
			return fmt.Errorf("placing the root key file: %w", err)
		}
		if in {
			return fmt.Errorf("%w: %s lies inside %s", ErrRootKeyExposed, cfg.RootKeyFile, folder)
		}
	}
	return nil
}

// inside tells whether path is folder or lies in it, symbolic links followed as far as they exist.
func inside(path, folder string) (bool, error) {
	p, err := resolve(path)
	if err != nil {
		return false, err
	}
	f, err := resolve(folder)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(f, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return real, err
	}
	parent := filepath.Dir(abs)
	if parent == abs {
		return abs, nil
	}
	real, err = resolve(parent)
	return filepath.Join(real, filepath.Base(abs)), err
}

// remote is the root key of a key management service. Drivers differ: hashivault takes no notice of the
// context and panics on an answer that is not what it expects, so each call runs beside its caller.
type remote struct{ keeper *secrets.Keeper }

func openRemote(address string) (KMS, error) {
	// The address may carry a secret, and the parser's errors repeat it.
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of the key management service is malformed")
	}
	if u.Scheme == localsecrets.Scheme {
		return nil, errors.New("a root key cannot be given as a setting: use a key management service or a root key file")
	}
	if u.Scheme != hashivault.Scheme {
		return nil, fmt.Errorf("no key management service is known by the scheme %q", u.Scheme)
	}
	key := strings.Trim(u.Host+u.Path, "/")
	if key == "" {
		return nil, errors.New("the address of the key management service names no key")
	}
	// The driver's own opener leaves out the time limit of a call, which may then hang for good.
	settings := api.DefaultConfig()
	if settings.Error != nil {
		return nil, fmt.Errorf("reading the VAULT_ settings: %w", settings.Error)
	}
	settings.Timeout = patience
	client, err := api.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("opening the key management service: %w: %w", ErrUnavailable, err)
	}
	engine := u.Query().Get("engine") // "" is transit
	return remote{hashivault.OpenKeeper(client, key, &hashivault.KeeperOptions{Engine: engine})}, nil
}

func (r remote) Encrypt(ctx context.Context, plain []byte) ([]byte, error) {
	return r.call(ctx, r.keeper.Encrypt, plain)
}

func (r remote) Decrypt(ctx context.Context, wrapped []byte) ([]byte, error) {
	return r.call(ctx, r.keeper.Decrypt, wrapped)
}

// Close does not wait: the keeper's own Close would, for as long as a call hangs, and the driver has
// nothing to let go of.
func (r remote) Close() error {
	go func() { _ = r.keeper.Close() }() // the driver has nothing to let go of
	return nil
}

func (r remote) call(ctx context.Context, f func(context.Context, []byte) ([]byte, error), in []byte) ([]byte, error) {
	type answer struct {
		out []byte
		err error
	}
	// A caller that gives up must not clear what the call still reads.
	in = append([]byte(nil), in...)
	done := make(chan answer, 1)
	go func() {
		defer clear(in)
		defer func() {
			if recover() != nil {
				done <- answer{err: errors.New("the driver did not understand the answer")}
			}
		}()
		out, err := f(ctx, in)
		done <- answer{out, err}
	}()
	select {
	case a := <-done:
		if a.err != nil {
			return nil, fmt.Errorf("asking the key management service: %w: %w", ErrUnavailable, a.err)
		}
		return a.out, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("asking the key management service: %w: %w", ErrUnavailable, ctx.Err())
	}
}
