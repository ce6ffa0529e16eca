package db

import (
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// statement is one SQL text on its way to the server and what came back for it, held in memory: a
// page is bounded, and the connection is free again before anybody reads.
type statement struct {
	sql    string
	args   []any
	fields []pgconn.FieldDescription
	values [][][]byte
	tag    pgconn.CommandTag
	err    error
}

// receive reads everything the server answered to the statement.
func (s *statement) receive(rows pgx.Rows, err error) {
	if err != nil {
		s.err = err
		return
	}
	// Values and rows are cut from pieces, each twice as long as the last: none is ever copied again.
	var bytes []byte
	var cells [][]byte
	for rows.Next() {
		raw := rows.RawValues()
		if need := len(raw); cap(cells)-len(cells) < need {
			cells = make([][]byte, 0, need*min(64, max(1, len(s.values))))
		}
		row := cells[len(cells) : len(cells)+len(raw) : len(cells)+len(raw)]
		cells = cells[:len(cells)+len(raw)]
		for i, v := range raw {
			if v == nil {
				continue
			}
			if cap(bytes)-len(bytes) < len(v) {
				bytes = make([]byte, 0, max(256, len(v), min(2*cap(bytes), 32<<10)))
			}
			from := len(bytes)
			bytes = append(bytes, v...)
			row[i] = bytes[from:len(bytes):len(bytes)]
		}
		s.values = append(s.values, row)
	}
	s.fields = append([]pgconn.FieldDescription(nil), rows.FieldDescriptions()...)
	rows.Close()
	s.tag, s.err = rows.CommandTag(), rows.Err()
}

// answer makes the statement's result readable as pgx.Rows.
func (s *statement) answer(types *pgtype.Map) *answer { return &answer{s: s, types: types, at: -1} }

// answer is a pgx.Rows over rows already received.
type answer struct {
	s     *statement
	types *pgtype.Map
	at    int
	err   error
	plans []plan // of each column, made for the first row and used for those after it
}

// plan is how a column is read into a destination of one type. Finding one costs more than reading by it.
type plan struct {
	into reflect.Type
	by   pgtype.ScanPlan
}

func (a *answer) Close()                                       { a.at = len(a.s.values) }
func (a *answer) CommandTag() pgconn.CommandTag                { return a.s.tag }
func (a *answer) FieldDescriptions() []pgconn.FieldDescription { return a.s.fields }
func (a *answer) Conn() *pgx.Conn                              { return nil }
func (a *answer) TypeMap() *pgtype.Map                         { return a.types }

func (a *answer) Err() error {
	if a.err != nil {
		return a.err
	}
	return a.s.err
}

func (a *answer) Next() bool {
	if a.Err() != nil || a.at+1 >= len(a.s.values) {
		a.Close()
		return false
	}
	a.at++
	return true
}

func (a *answer) RawValues() [][]byte { return a.s.values[a.at] }

func (a *answer) Scan(dest ...any) error {
	if err := a.scan(a.RawValues(), dest); err != nil {
		a.err = err
		a.Close()
		return err
	}
	return nil
}

// scan reads a row as the Rows of pgx do.
func (a *answer) scan(values [][]byte, dest []any) error {
	if len(dest) != len(values) {
		return fmt.Errorf("a row of %d values was to be read into %d destinations", len(values), len(dest))
	}
	if a.plans == nil {
		a.plans = make([]plan, len(values))
	}
	for i, d := range dest {
		if d == nil {
			continue
		}
		p, f := &a.plans[i], &a.s.fields[i]
		if t := reflect.TypeOf(d); p.into != t {
			*p = plan{t, a.types.PlanScan(f.DataTypeOID, f.Format, d)}
		}
		if err := p.by.Scan(values[i], d); err != nil {
			return pgx.ScanArgError{ColumnIndex: i, FieldName: f.Name, Err: err}
		}
	}
	return nil
}

func (a *answer) Values() ([]any, error) {
	out := make([]any, len(a.s.fields))
	for i, v := range a.RawValues() {
		t, ok := a.types.TypeForOID(a.s.fields[i].DataTypeOID)
		if v == nil || !ok {
			continue
		}
		decoded, err := t.Codec.DecodeValue(a.types, t.OID, a.s.fields[i].Format, v)
		if err != nil {
			return nil, err
		}
		out[i] = decoded
	}
	return out, nil
}

// one is a pgx.Row over the first row received.
type one struct{ *answer }

func (o one) Scan(dest ...any) error {
	defer o.Close()
	if !o.Next() {
		if err := o.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	return o.answer.Scan(dest...)
}
