package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // opens s3:// addresses
	"gocloud.dev/gcerrors"

	"paddock/internal/id"
)

var (
	// ErrUnavailable means that the store of files could not be reached or read. Trying again later is right.
	ErrUnavailable = errors.New("the store of files cannot be reached")
	// ErrLost means that the store is there and the bytes of the file are not. Trying again brings nothing.
	ErrLost = errors.New("the bytes of a file are not in the store of files")
)

// Shelf is the store of blobs: a folder, or a bucket that speaks S3. What lies there is sealed, and says of itself
// only whose clinic's it is and how long. It is safe for concurrent use.
type Shelf struct {
	bucket *blob.Bucket
	folder string // "" for a bucket
	// A place in pictures is held by who has a picture in memory, from before it is read until it is stored, and drawing
	// by who makes one anew: one at a time, since a large one takes memory.
	pictures, drawing chan struct{}
}

// picturesMost is how many pictures may be in memory at once: half of those a clinic may send, at 30 MB at most.
const picturesMost = 8

// take waits for a place, which is given back by reading from it.
func take(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// OpenShelf opens the store at an address: an absolute path or a file:// address, whose folder is made where it is
// missing, or s3://BUCKET with the parameters of Go CDK (region, endpoint, use_path_style, disable_https, prefix).
// Who asks there is said by AWS_ACCESS_KEY_ID and its like. A bucket is not asked for anything yet.
func OpenShelf(ctx context.Context, address string) (*Shelf, error) {
	s := &Shelf{pictures: make(chan struct{}, picturesMost), drawing: make(chan struct{}, 1)}
	if strings.HasPrefix(address, "s3://") {
		bucket, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("opening the store of files: %w", err)
		}
		s.bucket = bucket
		return s, nil
	}
	folder, err := shelfFolder(address)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("opening the store of files: %w: %w", ErrUnavailable, err)
	}
	// Temporary files stay in the store: a rename from another disk would fail.
	if s.bucket, err = fileblob.OpenBucket(folder, &fileblob.Options{NoTempDir: true, DirFileMode: 0o700, Metadata: fileblob.MetadataDontWrite}); err != nil {
		return nil, fmt.Errorf("opening the store of files: %w: %w", ErrUnavailable, err)
	}
	s.folder = folder
	return s, nil
}

func shelfFolder(address string) (string, error) {
	if filepath.IsAbs(address) {
		return filepath.Clean(address), nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != fileblob.Scheme || u.RawQuery != "" || (u.Host != "" && u.Host != "localhost") || !filepath.IsAbs(u.Path) {
		return "", errors.New("the store of files must be an absolute path, a file:// address without parameters, or s3://BUCKET")
	}
	return filepath.Clean(u.Path), nil
}

// Close lets go of the store.
func (s *Shelf) Close() error { return s.bucket.Close() }

// place is the name of a part of a file. It is made of ids alone, so no request can lead out of its clinic.
func place(clinic id.Tenant, name, part string) string {
	if part == partContent {
		return clinic.String() + "/" + name
	}
	return clinic.String() + "/" + name + "." + part
}

// put stores what write gives. Nothing is there under the name until all of it is, and when put has given no
// error it is on the disk.
func (s *Shelf) put(ctx context.Context, name string, write func(w io.Writer) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close: what was written so far is thrown away
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{
		ContentType: "application/octet-stream", BufferSize: 5 << 20, MaxConcurrency: 2, BeforeWrite: s.closed,
	})
	if err != nil {
		return fmt.Errorf("storing a file: %w: %w", ErrUnavailable, err)
	}
	if err := write(w); err != nil {
		cancel()
		_ = w.Close() // says that it was cancelled
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("storing a file: %w: %w", ErrUnavailable, err)
	}
	if err := s.flush(name); err != nil {
		return fmt.Errorf("storing a file: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// closed keeps other users of the machine out of a file in a folder.
func (s *Shelf) closed(as func(any) bool) error {
	var f *os.File
	if s.folder == "" || !as(&f) {
		return nil
	}
	return f.Chmod(0o600)
}

// flush brings a stored file and the folders that name it to the disk. A bucket has done so.
func (s *Shelf) flush(name string) error {
	if s.folder == "" {
		return nil
	}
	path := filepath.Join(s.folder, filepath.FromSlash(name))
	for _, p := range []string{path, filepath.Dir(path), s.folder} {
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// get opens what is stored under a name.
func (s *Shelf) get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := s.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound && s.there(ctx) {
		return nil, fmt.Errorf("reading a stored file: %w: %w", ErrLost, err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a stored file: %w: %w", ErrUnavailable, err)
	}
	return r, nil
}

// there reports whether the store can be reached: of one that is away nothing is found either.
func (s *Shelf) there(ctx context.Context) bool {
	if s.folder != "" {
		_, err := os.Stat(s.folder)
		return err == nil
	}
	there, err := s.bucket.IsAccessible(ctx)
	return there && err == nil
}

// drop takes names out of the store; what is not there is gone already.
func (s *Shelf) drop(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := s.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("clearing away a stored file: %w: %w", ErrUnavailable, err)
		}
	}
	return nil
}

// clear removes the temporary files of a clinic that a process left when it was killed. A bucket has none: what
// was sent there in parts is ended by a rule of the bucket's own.
func (s *Shelf) clear(clinic id.Tenant, before time.Time) error {
	if s.folder == "" {
		return nil
	}
	folder := filepath.Join(s.folder, clinic.String())
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("clearing the store of files: %w: %w", ErrUnavailable, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasSuffix(e.Name(), ".tmp") || info.ModTime().After(before) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("clearing the store of files: %w: %w", ErrUnavailable, err)
		}
	}
	return nil
}
