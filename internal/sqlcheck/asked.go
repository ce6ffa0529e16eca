package sqlcheck

import (
	"fmt"
	"slices"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
)

// Column is a column of a table.
type Column struct {
	Table  Table
	Column string
}

func (c Column) String() string { return c.Table.Name + "." + c.Column }

// Asked gives the columns among those of a statement whose values it asks for, wherever in it: a column that is
// only written is not one of them. A name that could be of several tables counts for each, and a star for all, so
// that nothing that is read is left out.
func Asked(sql string, columns []Column) ([]Column, error) {
	tree, err := pgquery.Parse(sql)
	if err != nil {
		return nil, fmt.Errorf("reading a statement: %w", err)
	}
	called := map[string][]Table{} // what a name in the statement can mean
	var all []Table
	walk(tree, func(m proto.Message) bool {
		if v, ok := m.(*pgquery.RangeVar); ok && v.GetRelname() != "" {
			name, t := v.GetRelname(), named(v)
			if v.GetAlias() != nil {
				name = v.GetAlias().GetAliasname()
			}
			called[name] = append(called[name], t)
			all = append(all, t)
		}
		return true
	})
	var out []Column
	walk(tree, func(m proto.Message) bool {
		ref, ok := m.(*pgquery.ColumnRef)
		if !ok {
			return true
		}
		tables, last := all, ref.GetFields()[len(ref.GetFields())-1]
		if n := len(ref.GetFields()); n > 1 {
			tables = called[ref.GetFields()[n-2].GetString_().GetSval()]
		}
		for _, c := range columns {
			if slices.Contains(tables, c.Table) && (last.GetAStar() != nil || last.GetString_().GetSval() == c.Column) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return true
	})
	// A row as a whole, to_jsonb(n) for one, asks for all of it.
	walk(tree, func(m proto.Message) bool {
		ref, ok := m.(*pgquery.ColumnRef)
		if !ok || len(ref.GetFields()) != 1 {
			return true
		}
		for _, t := range called[ref.GetFields()[0].GetString_().GetSval()] {
			for _, c := range columns {
				if c.Table == t && !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
		return true
	})
	return out, nil
}
