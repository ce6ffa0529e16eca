package db

import (
	"bytes"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"paddock/internal/id"
)

func TestIDArraysAreWrittenAsPgxWritesThem(t *testing.T) {
	plain, ours := pgtype.NewMap(), pgtype.NewMap()
	arrays, _ := ours.TypeForOID(pgtype.UUIDArrayOID)
	ours.RegisterType(&pgtype.Type{Name: arrays.Name, OID: arrays.OID, Codec: idArrays{arrays.Codec}})
	for name, ids := range map[string][]id.ID{
		"nil": nil, "none": {}, "one": {id.New()}, "some": {id.New(), id.New(), id.New()}, "a zero ID": {id.New(), {}, id.New()},
	} {
		want, err := plain.Encode(pgtype.UUIDArrayOID, pgtype.BinaryFormatCode, ids, []byte("head"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ours.Encode(pgtype.UUIDArrayOID, pgtype.BinaryFormatCode, ids, []byte("head"))
		if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %x, %v; pgx writes %x", name, got, err, want)
		}
	}
}
