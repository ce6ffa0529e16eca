package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/jobs"
	"paddock/internal/vault"
)

// SweepJob clears away what a clinic's uploads left that nobody goes on with.
const SweepJob jobs.Kind = "file.sweep"

// Works is what is done for each kind of job of this slice.
func Works(shelf *Shelf) map[jobs.Kind]jobs.Work {
	return map[jobs.Kind]jobs.Work{
		SweepJob: func(ctx context.Context, j jobs.Job) error {
			return Sweep(ctx, Deps{Store: j.Store, Shelf: shelf}, j.Keys, j.Who)
		},
	}
}

// Sweep gives up the uploads of a clinic that are older than any request, and clears away what they stored.
func Sweep(ctx context.Context, d Deps, keys *vault.Clinic, who actor.Who) error {
	var left []db.ListLeftFileUploadsRow
	var before time.Time
	err := d.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		before = tx.Now().Add(-leftAfter)
		left, err = tx.ListLeftFileUploads(ctx, db.ListLeftFileUploadsParams{TenantID: tx.Tenant, Before: before})
		if err != nil {
			return fmt.Errorf("looking for uploads that were cut off: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	failed := []error{d.Shelf.clear(keys.ID(), before)} // a folder may be slow, and no transaction waits for it
	for _, u := range left {
		failed = append(failed, sweepOne(ctx, d, keys, who, u.ID))
	}
	return errors.Join(failed...)
}

// sweepOne gives an upload up before its blobs go, and forgets it after: a file's row is never made of blobs that are
// gone, and blobs that are there are never forgotten.
func sweepOne(ctx context.Context, d Deps, keys *vault.Clinic, who actor.Who, row id.ID) error {
	var blobs []string
	err := d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		now := tx.Now()
		blobs, err = tx.GiveUpFileUpload(ctx, db.GiveUpFileUploadParams{TenantID: tx.Tenant, ID: row, GivenUpAt: &now})
		if err != nil {
			return fmt.Errorf("giving up upload %s: %w", row, err)
		}
		return nil
	})
	if err != nil || len(blobs) == 0 {
		return err
	}
	for _, b := range blobs {
		if err := d.Shelf.drop(ctx, place(keys.ID(), b, partContent), place(keys.ID(), b, partThumb)); err != nil {
			return err
		}
	}
	return d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.DeleteFileUpload(ctx, db.DeleteFileUploadParams{TenantID: tx.Tenant, ID: row}); err != nil {
			return fmt.Errorf("forgetting upload %s: %w", row, err)
		}
		return nil
	})
}

// fetched marks what goes wrong in the store while reading.
type fetched struct{ r io.Reader }

func (f fetched) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading a stored file: %w: %w", ErrUnavailable, err)
	}
	return n, err
}
