package sqlcheck

import (
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// harmless are the functions of PostgreSQL that a statement may call: they compute from their
// arguments and reach no table, setting, file, lock or other connection.
var harmless = set(`
	abs array_agg array_length array_position array_remove avg bit_length bit_or bool_and bool_or btrim cardinality ceil
	char_length character_length clock_timestamp coalesce concat concat_ws convert_from convert_to
	count cume_dist current_date date_bin date_part date_trunc decode dense_rank encode every
	extract first_value floor gcd generate_series generate_subscripts get_byte initcap
	json_agg json_build_array json_build_object jsonb_agg jsonb_array_elements
	jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each
	jsonb_object_agg jsonb_set jsonb_strip_nulls jsonb_typeof lag last_value lead left length lower
	lpad ltrim make_date make_interval make_timestamptz max min mod normalize now nth_value ntile
	num_nonnulls num_nulls octet_length overlaps overlay percent_rank percentile_cont
	percentile_disc position power rank regexp_match regexp_matches regexp_replace repeat replace
	reverse right round row_number row_to_json rpad rtrim sha256 sign split_part starts_with
	statement_timestamp string_agg string_to_array strpos substr substring sum timezone to_char
	to_date to_json to_jsonb to_timestamp transaction_timestamp translate trim trunc unnest upper
	pg_current_xact_id`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// sweep passes over the whole tree once more, knowing nothing of its structure: every function must be
// allowed, and every table name must have been judged, wherever the grammar lets one stand.
func (c *checker) sweep(tree proto.Message) {
	walk(tree, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pgquery.RangeVar:
			if !c.seen[n] {
				c.report(n.Location, "%v is named in a place the checker does not read", named(n))
			}
		case *pgquery.FuncCall:
			c.function(n)
		}
		return true
	})
}

func (c *checker) function(f *pgquery.FuncCall) {
	words := texts(f.Funcname)
	full := strings.Join(words, ".")
	switch {
	case c.cat.Functions[full]:
	case len(words) == 1 && harmless[words[0]]:
	case len(words) == 2 && words[0] == "pg_catalog" && harmless[words[1]]:
	default:
		c.report(f.Location, "function %s is not among those a statement may call", full)
	}
}

// walk visits a message and all messages inside it, parents first, until visit says not to go deeper.
func walk(m proto.Message, visit func(proto.Message) bool) {
	if m == nil || !m.ProtoReflect().IsValid() || !visit(m) {
		return
	}
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() != protoreflect.MessageKind:
		case f.IsList():
			for i := range v.List().Len() {
				walk(v.List().Get(i).Message().Interface(), visit)
			}
		default:
			walk(v.Message().Interface(), visit)
		}
		return true
	})
}
