package db

import (
	"context"
	"encoding/binary"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"paddock/internal/id"
)

// idArrays writes []id.ID as uuid[] at once: a fill sends millions, and pgx looks at each by reflection.
type idArrays struct{ pgtype.Codec }

func registerIDArrays(_ context.Context, conn *pgx.Conn) error {
	types := conn.TypeMap()
	if arrays, ok := types.TypeForOID(pgtype.UUIDArrayOID); ok {
		types.RegisterType(&pgtype.Type{Name: arrays.Name, OID: arrays.OID, Codec: idArrays{arrays.Codec}})
	}
	return nil
}

func (c idArrays) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.([]id.ID); ok && format == pgtype.BinaryFormatCode {
		return encodeIDs{}
	}
	return c.Codec.PlanEncode(m, oid, format, value)
}

type encodeIDs struct{}

// Encode writes what array_recv reads: dimensions, whether there are NULLs, the element's type, the length and
// the first index; then each element after its length, which is -1 for NULL, as which the zero ID is sent.
func (encodeIDs) Encode(value any, buf []byte) ([]byte, error) {
	ids := value.([]id.ID)
	if ids == nil {
		return nil, nil
	}
	nulls := uint32(0)
	for _, v := range ids {
		if v.IsZero() {
			nulls = 1
		}
	}
	for _, head := range []uint32{1, nulls, pgtype.UUIDOID, uint32(len(ids)), 1} {
		buf = binary.BigEndian.AppendUint32(buf, head)
	}
	for _, v := range ids {
		if v.IsZero() {
			buf = binary.BigEndian.AppendUint32(buf, 1<<32-1)
			continue
		}
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(v)))
		buf = append(buf, v[:]...)
	}
	return buf, nil
}
