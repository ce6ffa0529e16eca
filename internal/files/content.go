package files

import (
	"bufio"
	"context"
	"errors"
	"io"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Key opens the bytes of one file. It is read under the clinic's fences, for one person's asking.
type Key struct {
	ID, Patient id.ID
	Kind        Kind
	Media       Media
	Bytes       int64
	Voided      bool

	blob string
	key  vault.Key
}

// Unlock reads what opens a file. It gives fault.Missing where there is none in this clinic.
func Unlock(ctx context.Context, tx *db.Tx, keys *vault.Clinic, file id.ID) (Key, error) {
	r, err := tx.GetFileKey(ctx, db.GetFileKeyParams{TenantID: tx.Tenant, ID: file})
	if err := db.Missing(err, "reading the key of a file"); err != nil {
		return Key{}, err
	}
	k := Key{ID: r.ID, Patient: r.PatientID, Kind: Kind(r.Kind), Media: Media(r.Media), Bytes: r.Bytes, Voided: r.Voided, blob: r.Blob}
	k.key, err = keys.OpenKey(keySlot(file), r.Sealed)
	return k, err
}

// Content opens a file. What does not open gives vault.ErrUnopenable, what is not in the store ErrLost, and a store that
// is away ErrUnavailable: at once where its beginning shows it, else while it is read.
func (s *Shelf) Content(ctx context.Context, keys *vault.Clinic, k Key) (io.ReadCloser, error) {
	return s.open(ctx, keys, k, partContent)
}

// Thumbnail is Content of the picture in small, a JPEG. It gives fault.Missing for what is no picture.
func (s *Shelf) Thumbnail(ctx context.Context, keys *vault.Clinic, k Key) (io.ReadCloser, error) {
	if !k.Media.Picture() {
		return nil, fault.Missing
	}
	return s.open(ctx, keys, k, partThumb)
}

func (s *Shelf) open(ctx context.Context, keys *vault.Clinic, k Key, part string) (io.ReadCloser, error) {
	sealed, err := s.get(ctx, place(keys.ID(), k.blob, part))
	if err != nil {
		return nil, err
	}
	plain, err := keys.OpenStream(fetched{sealed}, k.key, vault.Stream{File: k.ID, Part: part})
	if err == nil {
		begun := bufio.NewReaderSize(plain, 64<<10)
		if _, err = begun.Peek(1); err == nil {
			return reading{begun, sealed}, nil
		}
	}
	return nil, errors.Join(err, sealed.Close())
}

// reading is a file that is being read, over what it comes from.
type reading struct {
	io.Reader
	io.Closer
}
