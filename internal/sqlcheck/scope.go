package sqlcheck

import pgquery "github.com/pganalyze/pg_query_go/v6"

// ref is one entry of a FROM clause, or the table an UPDATE or DELETE works on.
type ref struct {
	name     string // as the query calls it; "" where nothing can name it
	table    Table  // the zero Table for a sub-select, a function or a common table expression
	aliased  bool
	tenant   bool // must be tied
	nullable bool // an outer join above it fills its columns with NULL: terms further out tie nothing
	tied     bool
	at       int32
}

// scope is what the names in one query's WHERE clause can mean.
type scope []*ref

// from reads a FROM (or USING) clause and the table worked on, if any, and ties what WHERE and ON tie.
func (c *checker) from(items []*pgquery.Node, target *pgquery.RangeVar, where *pgquery.Node, ctes names) scope {
	var sc scope
	if target != nil {
		sc = append(sc, c.table(target, nil))
	}
	for _, n := range items {
		sc = append(sc, c.item(n, ctes)...)
	}
	c.tie(sc, where, len(sc) == 1)
	return sc
}

func (c *checker) untied(sc scope) {
	for _, r := range sc {
		if r.tenant && !r.tied {
			c.report(r.at, "%v, here called %q, is not tied by tenant_id = $%d", r.table, r.name, c.param)
		}
	}
}

func (c *checker) item(n *pgquery.Node, ctes names) scope {
	switch {
	case n.GetRangeVar() != nil:
		return scope{c.table(n.GetRangeVar(), ctes)}
	case n.GetRangeSubselect() != nil:
		s := n.GetRangeSubselect()
		c.query(s.Subquery, ctes)
		return scope{{name: s.GetAlias().GetAliasname()}}
	case n.GetRangeFunction() != nil:
		f := n.GetRangeFunction()
		c.expressions(ctes, f.Functions)
		return scope{{name: f.GetAlias().GetAliasname()}}
	case n.GetJoinExpr() != nil:
		return c.join(n.GetJoinExpr(), ctes)
	default:
		c.report(0, "a FROM clause with something other than tables, joins, sub-selects and functions")
		return nil
	}
}

func (c *checker) join(j *pgquery.JoinExpr, ctes names) scope {
	left, right := c.item(j.Larg, ctes), c.item(j.Rarg, ctes)
	if j.IsNatural {
		c.report(0, "NATURAL JOIN changes its meaning with the columns of the tables")
	}
	switch j.Jointype {
	case pgquery.JoinType_JOIN_INNER:
		c.tie(left, j.Quals, false)
		c.tie(right, j.Quals, false)
	case pgquery.JoinType_JOIN_LEFT:
		c.tie(right, j.Quals, false)
		right.fillWithNull()
	case pgquery.JoinType_JOIN_RIGHT:
		c.tie(left, j.Quals, false)
		left.fillWithNull()
	default: // a full join keeps the rows of both sides whatever ON says
		left.fillWithNull()
		right.fillWithNull()
	}
	c.expressions(ctes, one(j.Quals))
	both := append(left, right...)
	if j.Alias != nil {
		// The alias hides the names inside: further out they mean somebody else's table.
		for _, r := range both {
			r.name, r.nullable = "", true
		}
	}
	return both
}

func (s scope) fillWithNull() {
	for _, r := range s {
		r.nullable = true
	}
}

// table judges the name of a table; ctes is nil for the table a statement writes to, which is never a
// common table expression.
func (c *checker) table(v *pgquery.RangeVar, ctes names) *ref {
	c.seen[v] = true
	r := &ref{name: v.Relname, at: v.Location}
	if v.Alias != nil {
		r.name, r.aliased = v.Alias.Aliasname, true
	}
	if v.Schemaname == "" && ctes[v.Relname] {
		return r
	}
	r.table = named(v)
	switch {
	case v.Catalogname != "":
		c.report(v.Location, "%v of database %q: another database", r.table, v.Catalogname)
	case c.cat.Tenant[r.table]:
		r.tenant, c.touchesTenant = true, true
		if len(v.GetAlias().GetColnames()) > 0 {
			c.report(v.Location, "%v has its columns renamed, so tenant_id may be another column", r.table)
		}
	case c.cat.Reference[r.table]:
	case c.cat.Control[r.table]:
		c.touchesControl = true
	default:
		c.report(v.Location, "%v is not in the catalogue", r.table)
	}
	return r
}

func (c *checker) writes(v *pgquery.RangeVar) {
	if t := named(v); c.cat.Reference[t] {
		c.report(v.Location, "%v is a reference table and is only read", t)
	}
}

func named(v *pgquery.RangeVar) Table {
	if v.Schemaname == "" {
		return Table{DefaultSchema, v.Relname}
	}
	return Table{v.Schemaname, v.Relname}
}

// tie marks what the top-level AND terms of a condition tie. alone says that the query has one table
// reference, so that a bare tenant_id can only be its column.
func (c *checker) tie(sc scope, condition *pgquery.Node, alone bool) {
	if b := condition.GetBoolExpr(); b.GetBoolop() == pgquery.BoolExprType_AND_EXPR {
		for _, term := range b.Args {
			c.tie(sc, term, alone)
		}
		return
	}
	e := condition.GetAExpr()
	if e.GetKind() != pgquery.A_Expr_Kind_AEXPR_OP || !isEquals(e.GetName()) {
		return
	}
	column := e.Lexpr
	if c.isTenantParameter(e.Lexpr) {
		column = e.Rexpr
	} else if !c.isTenantParameter(e.Rexpr) {
		return
	}
	for _, r := range sc {
		if !r.nullable && r.isTenantColumn(column, alone) {
			r.tied = true
		}
	}
}

// isEquals holds for `=` and OPERATOR(pg_catalog.=), not for an operator of the same look elsewhere.
func isEquals(name []*pgquery.Node) bool {
	words := texts(name)
	return len(words) == 1 && words[0] == "=" ||
		len(words) == 2 && words[0] == "pg_catalog" && words[1] == "="
}

// isTenantParameter holds for $n and $n::uuid.
func (c *checker) isTenantParameter(n *pgquery.Node) bool {
	if t := n.GetTypeCast(); t != nil {
		words := texts(t.GetTypeName().GetNames())
		if len(t.GetTypeName().GetArrayBounds()) > 0 || len(words) == 0 || words[len(words)-1] != "uuid" ||
			len(words) == 2 && words[0] != "pg_catalog" || len(words) > 2 {
			return false
		}
		n = t.Arg
	}
	p := n.GetParamRef()
	return p != nil && p.Number == c.param && c.param > 0
}

// isTenantColumn holds where an expression is this reference's tenant_id and nothing around it.
func (r *ref) isTenantColumn(n *pgquery.Node, alone bool) bool {
	words := texts(n.GetColumnRef().GetFields())
	if len(words) == 0 || words[len(words)-1] != tenantColumn || r.name == "" {
		return false
	}
	switch len(words) {
	case 1:
		return alone
	case 2:
		return words[0] == r.name
	case 3:
		return !r.aliased && words[0] == r.table.Schema && words[1] == r.table.Name
	default:
		return false
	}
}

// texts gives the words of a dotted name, or nil where one of them is not a word.
func texts(list []*pgquery.Node) []string {
	words := make([]string, 0, len(list))
	for _, n := range list {
		s, ok := n.GetNode().(*pgquery.Node_String_)
		if !ok {
			return nil
		}
		words = append(words, s.String_.GetSval())
	}
	return words
}
