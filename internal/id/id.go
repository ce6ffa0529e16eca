// Package id holds the two kinds of identifier everything in Paddock is named by: ID, a UUIDv7 made
// in Go (RFC 9562), and Tenant, which says which clinic a row belongs to and cannot be made by hand.
package id

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// ID is the 128-bit identifier of a row. New ones are UUIDv7 (RFC 9562), so they sort by the time
// they were made. The zero ID names nothing.
type ID [16]byte

// ErrMalformed is returned by Parse for a text that is not an identifier.
var ErrMalformed = errors.New("not an identifier")

// New makes an identifier that sorts after those made before it on this machine.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// Parse reads the 36 character form of RFC 9562, lower case, and nothing else: one row has one
// address. Any other text gives ErrMalformed.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return ID{}, ErrMalformed
	}
	u, err := uuid.Parse(s)
	if err != nil || u.String() != s {
		return ID{}, ErrMalformed
	}
	return ID(u), nil
}

// MustParse is Parse for constants; it panics on a malformed text.
func MustParse(s string) ID {
	v, err := Parse(s)
	if err != nil {
		panic(fmt.Sprintf("id: %q: %v", s, err))
	}
	return v
}

// String gives the 36 character form.
func (v ID) String() string { return uuid.UUID(v).String() }

// IsZero reports whether the ID names nothing.
func (v ID) IsZero() bool { return v == ID{} }

// UUIDValue lets pgx send an ID as a uuid; the zero ID is sent as NULL.
func (v ID) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: v, Valid: !v.IsZero()}, nil
}

// ScanUUID lets pgx read a uuid into an ID; NULL becomes the zero ID.
func (v *ID) ScanUUID(u pgtype.UUID) error {
	*v = ID{}
	if u.Valid {
		*v = u.Bytes
	}
	return nil
}
