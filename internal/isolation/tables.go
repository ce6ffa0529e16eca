package isolation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table is a tenant table as the catalogue tells it to the application's role.
type table struct {
	Name       string // schema and name, quoted
	Columns    []tableColumn
	Keys       [][]string // the primary key and each unique one
	References []reference
	Select     bool
	Insert     bool
	Delete     bool
}

// tableColumn is one column of a table.
type tableColumn struct {
	Name     string
	Type     string
	Required bool // NOT NULL and no default
	Update   bool // the application may change it
	Checks   []string
}

// reference is a foreign key.
type reference struct {
	Name      string
	Columns   []string
	To        string
	ToColumns []string
	Tenant    bool // to a tenant table
	Needed    bool // none of its columns may be empty
}

const tablesSQL = catalogueSQL + `SELECT jsonb_build_object(
  'Name', t.name,
  'Select', has_table_privilege(t.oid, 'SELECT'), 'Insert', has_table_privilege(t.oid, 'INSERT'), 'Delete', has_table_privilege(t.oid, 'DELETE'),
  'Columns', (SELECT jsonb_agg(jsonb_build_object('Name', a.attname, 'Type', format_type(a.atttypid, a.atttypmod),
      'Required', a.attnotnull AND NOT a.atthasdef, 'Update', has_column_privilege(t.oid, a.attnum, 'UPDATE'),
      'Checks', (SELECT jsonb_agg(pg_get_constraintdef(k.oid)) FROM pg_constraint AS k
        WHERE k.conrelid = t.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum])) ORDER BY a.attnum)
    FROM pg_attribute AS a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
  'Keys', (SELECT jsonb_agg((SELECT jsonb_agg(a.attname ORDER BY x.ord) FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS x(num, ord)
      JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.num) ORDER BY i.indisprimary DESC, i.indexrelid)
    FROM pg_index AS i WHERE i.indrelid = t.oid AND i.indisunique AND i.indexprs IS NULL AND i.indpred IS NULL),
  'References', (SELECT jsonb_agg(jsonb_build_object('Name', k.conname, 'To', u.name, 'Tenant', u.oid IN (SELECT oid FROM tenant_table),
      'Needed', NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull),
      'Columns', (SELECT jsonb_agg(a.attname ORDER BY x.ord) FROM unnest(k.conkey) WITH ORDINALITY AS x(num, ord)
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.num),
      'ToColumns', (SELECT jsonb_agg(a.attname ORDER BY x.ord) FROM unnest(k.confkey) WITH ORDINALITY AS x(num, ord)
        JOIN pg_attribute AS a ON a.attrelid = u.oid AND a.attnum = x.num)) ORDER BY k.conname)
    FROM pg_constraint AS k JOIN relation AS u ON u.oid = k.confrelid WHERE k.conrelid = t.oid AND k.contype = 'f')
)::text FROM tenant_table AS t ORDER BY t.name`

// tables lists the tenant tables, each after those it must refer to.
func tables(ctx context.Context, conn Querier) ([]*table, error) {
	texts, err := column(ctx, conn, tablesSQL)
	if err != nil {
		return nil, fmt.Errorf("listing the tenant tables: %w", err)
	}
	var left, sorted []*table
	for _, text := range texts {
		t := &table{}
		if err := json.Unmarshal([]byte(text), t); err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
		left = append(left, t)
	}
	placed := map[string]bool{}
	for needed := false; len(left) > 0; { // references a row may do without count as long as they make no circle
		rest := slices.DeleteFunc(slices.Clone(left), func(t *table) bool {
			ready := !slices.ContainsFunc(t.References, func(r reference) bool {
				return r.Tenant && (r.Needed || !needed) && r.To != t.Name && !placed[r.To]
			})
			if ready {
				sorted = append(sorted, t)
			}
			return ready
		})
		if len(rest) == len(left) && !needed {
			needed = true
			continue
		}
		if len(rest) == len(left) {
			return nil, fmt.Errorf("the tables %s refer to each other in a circle", left[0].Name)
		}
		for _, t := range sorted {
			placed[t.Name] = true
		}
		left, needed = rest, false
	}
	return sorted, nil
}

// row is one stored row, by column; values as JSON has them.
type row map[string]any

func (r row) with(column string, value any) row {
	out := make(row, len(r))
	for k, v := range r {
		out[k] = v
	}
	out[column] = value
	return out
}

func (r row) json() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // it came from JSON
	}
	return string(b)
}

// columns lists the columns of a row that have a value, quoted, in the table's order.
func (t *table) columns(r row) string {
	var names []string
	for _, c := range t.Columns {
		if v, ok := r[c.Name]; ok && v != nil {
			names = append(names, quoted(c.Name))
		}
	}
	return strings.Join(names, ", ")
}

// insertSQL inserts the row given as $1 in JSON.
func (t *table) insertSQL(r row) string {
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_record(NULL::%s, $1::jsonb)", t.Name, t.columns(r), t.columns(r), t.Name)
}

// is is the predicate that a row has these columns of the row given as $1 in JSON.
func (t *table) is(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = quoted(c)
	}
	all := strings.Join(list, ", ")
	return fmt.Sprintf("(%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, $1::jsonb))", all, all, t.Name)
}

// primary are the columns of the primary key.
func (t *table) primary() []string { return t.Keys[0] }

// changeable is a column the application may change, or "".
func (t *table) changeable() string {
	for _, c := range t.Columns {
		if c.Update && c.Name != "tenant_id" && c.Name != "id" {
			return c.Name
		}
	}
	return ""
}

// refers reports whether a column is part of a foreign key.
func (t *table) refers(column string) bool {
	return slices.ContainsFunc(t.References, func(r reference) bool {
		return slices.Contains(r.Columns, column) && (r.Needed || column != "id")
	})
}

// alone is a row without the references that it may do without, where ref is one of these: a check may
// allow one of several.
func (t *table) alone(ref reference, r row) row {
	for _, other := range t.References {
		for _, c := range other.Columns {
			if !other.Needed && !ref.Needed && !t.needs(c) {
				r = r.with(c, nil)
			}
		}
	}
	return r
}

// needs reports whether a column is part of the primary key or of a reference every row has, or must be given.
func (t *table) needs(column string) bool {
	return slices.Contains(t.primary(), column) || t.column(column).Required ||
		slices.ContainsFunc(t.References, func(r reference) bool { return r.Needed && slices.Contains(r.Columns, column) })
}

func (t *table) column(name string) tableColumn {
	i := slices.IndexFunc(t.Columns, func(c tableColumn) bool { return c.Name == name })
	return t.Columns[i]
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}
