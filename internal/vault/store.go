package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"paddock/internal/id"
)

// markName is the blob by which a store knows its root key. It is written before any other, so a store
// without it is not the store it was: a folder that was not mounted, for one.
const markName = "installation"

func clinicName(clinic id.Tenant) string { return "clinics/" + clinic.String() }

func contextName(version int32) string { return fmt.Sprintf("context/%d", version) }

// store is the folder of wrapped keys.
type store struct {
	folder string
	bucket *blob.Bucket
	mu     sync.Mutex // held while a name is looked for and taken
}

// storeFolder gives the folder an address names.
func storeFolder(address string) (string, error) {
	if filepath.IsAbs(address) {
		return filepath.Clean(address), nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != fileblob.Scheme || u.RawQuery != "" || (u.Host != "" && u.Host != "localhost") || !filepath.IsAbs(u.Path) {
		return "", errors.New("the key store must be an absolute path or a file:// address without parameters")
	}
	return filepath.Clean(u.Path), nil
}

func openStore(cfg Config) (*store, error) {
	folder, err := storeFolder(cfg.KeyStoreURL)
	if err != nil {
		return nil, err
	}
	if cfg.DatabaseFolder != "" {
		in, err := inside(folder, cfg.DatabaseFolder)
		if err != nil {
			return nil, fmt.Errorf("placing the key store: %w", err)
		}
		if in {
			return nil, fmt.Errorf("the key store %s lies inside the database folder: keys must not be copied with the data", folder)
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("opening the key store: %w: %w", ErrUnavailable, err)
	}
	// Temporary files stay in the store: a rename from another disk would fail.
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{
		NoTempDir: true, DirFileMode: 0o700, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the key store: %w: %w", ErrUnavailable, err)
	}
	return &store{folder: folder, bucket: bucket}, nil
}

func (s *store) close() error { return s.bucket.Close() }

// read gives a blob, ErrNoKeys where the store is whole and has none of that name, else ErrUnavailable.
func (s *store) read(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, err := s.bucket.ReadAll(ctx, name)
	if err == nil {
		return b, nil
	}
	if gcerrors.Code(err) != gcerrors.NotFound {
		return nil, fmt.Errorf("reading the key store: %w: %w", ErrUnavailable, err)
	}
	if name != markName {
		if err := s.whole(ctx); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNoKeys, name)
}

// whole tells a store that lacks one blob from a store that has gone.
func (s *store) whole(ctx context.Context) error {
	ok, err := s.bucket.Exists(ctx, markName)
	if err != nil {
		return fmt.Errorf("reading the key store: %w: %w", ErrUnavailable, err)
	}
	if !ok {
		return fmt.Errorf("reading the key store: its mark is gone: %w", ErrUnavailable)
	}
	return nil
}

// empty tells whether nothing was ever stored. Listing by Go CDK skips what cannot be read, so the
// folder is read first.
func (s *store) empty(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := os.ReadDir(s.folder); err != nil {
		return false, fmt.Errorf("listing the key store: %w: %w", ErrUnavailable, err)
	}
	_, err := s.bucket.List(nil).Next(ctx)
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("listing the key store: %w: %w", ErrUnavailable, err)
	}
	return false, nil
}

// create stores a blob under a name that must be free (else ErrExists) and returns when it is on the
// disk: a clinic whose keys are lost is lost.
func (s *store) create(ctx context.Context, name string, wrapped []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// fileblob looks for the name and takes it in two steps, so other processes are kept out by a lock.
	unlock, err := lockFolder(s.folder)
	if err != nil {
		return fmt.Errorf("locking the key store: %w: %w", ErrUnavailable, err)
	}
	defer unlock()
	if name != markName {
		if err := s.whole(ctx); err != nil {
			return err
		}
	}
	err = s.bucket.WriteAll(ctx, name, wrapped, &blob.WriterOptions{
		IfNotExist: true,
		BeforeWrite: func(as func(any) bool) error {
			var f *os.File
			if !as(&f) {
				return errors.New("the store is not a folder")
			}
			return f.Chmod(0o600)
		},
	})
	if gcerrors.Code(err) == gcerrors.FailedPrecondition {
		return fmt.Errorf("%w: %s", ErrExists, name)
	}
	if err == nil {
		err = s.flush(name)
	}
	if err != nil {
		return fmt.Errorf("writing the key store: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// flush brings a written blob and the folders that name it to the disk.
func (s *store) flush(name string) error {
	path := filepath.Join(s.folder, filepath.FromSlash(name))
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(syncFolder(filepath.Dir(path)), syncFolder(s.folder))
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func lockFolder(folder string) (unlock func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil // closing gives the lock back
}
