package db

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// answered is what came back for a statement of a number and a word.
func answered(rows ...[][]byte) *answer {
	s := &statement{fields: []pgconn.FieldDescription{
		{Name: "n", DataTypeOID: pgtype.Int4OID, Format: pgtype.TextFormatCode}, {Name: "word", DataTypeOID: pgtype.TextOID, Format: pgtype.TextFormatCode},
	}, values: rows}
	return s.answer(pgtype.NewMap())
}

func row(n, word string) [][]byte { return [][]byte{[]byte(n), []byte(word)} }

func TestEachRowIsReadIntoWhateverItIsReadInto(t *testing.T) {
	a := answered(row("1", "one"), row("2", "two"), [][]byte{[]byte("3"), nil}, row("4", "four"))
	var small int32
	var large int64
	var word string
	var maybe *string
	read := func(into ...any) {
		t.Helper()
		if !a.Next() {
			t.Fatal("there are no more rows")
		}
		if err := a.Scan(into...); err != nil {
			t.Fatal(err)
		}
	}
	read(&small, &word)
	if small != 1 || word != "one" {
		t.Errorf("read %d, %q", small, word)
	}
	read(&large, &maybe)
	if large != 2 || maybe == nil || *maybe != "two" {
		t.Errorf("read %d, %v", large, maybe)
	}
	read(&large, &maybe)
	if large != 3 || maybe != nil {
		t.Errorf("read %d, %v", large, maybe)
	}
	read(nil, &word)
	if word != "four" || a.Next() {
		t.Errorf("read %q, and there is more", word)
	}
}

func TestARowThatCannotBeReadEndsTheAnswer(t *testing.T) {
	var n int32
	var word string
	a := answered([][]byte{[]byte("1"), nil}, row("2", "two"))
	a.Next()
	err := a.Scan(&n, &word)
	var which pgx.ScanArgError
	if !errors.As(err, &which) || which.FieldName != "word" {
		t.Errorf("no word gave %v", err)
	}
	if a.Next() || !errors.Is(a.Err(), err) {
		t.Errorf("the answer goes on: %v", a.Err())
	}
	a = answered(row("1", "one"))
	a.Next()
	if err := a.Scan(&n); err == nil || !strings.Contains(err.Error(), "1 destination") {
		t.Errorf("too few destinations gave %v", err)
	}
}
