package files

import (
	"context"
	"crypto/rand"
	"io"

	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// AddStepwise is Add, and tells step what has been done: a step that panics is a process that was killed there.
func AddStepwise(ctx context.Context, d Deps, keys *vault.Clinic, who actor.Who, row id.ID, in Incoming, r io.Reader, step func(string)) error {
	a := &adding{Deps: d, keys: keys, who: who, row: row, in: in, blob: rand.Text(), key: vault.NewKey(), step: step}
	return a.add(ctx, r)
}

// Drawing says how many make a picture anew at this moment.
func (s *Shelf) Drawing() int { return len(s.drawing) }

// PicturesMost is how many pictures may be in memory.
func (s *Shelf) PicturesMost() int { return cap(s.pictures) }

// Blob is the name of a file's bytes, and Place where they are.
func (k Key) Blob() string { return k.blob }

// WithKey is k with another's key and blob: what somebody would try who can write to the database.
func (k Key) WithKey(other Key) Key { k.key, k.blob = other.key, other.blob; return k }

// WithBlob is k with another's blob.
func (k Key) WithBlob(other Key) Key { k.blob = other.blob; return k }

// Place is the name of a file's bytes in the store.
func Place(clinic id.Tenant, k Key) string { return place(clinic, k.blob, partContent) }
