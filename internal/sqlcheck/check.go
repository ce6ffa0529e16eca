// Package sqlcheck reads SQL statements with PostgreSQL's own grammar and reports every one that does
// not tie each tenant table it touches to the clinic of the transaction.
//
// The rule is strict, so that it can be decided from the text alone. A table reference is tied when
// `alias.tenant_id = $n` stands as one of the top-level AND terms of the WHERE clause of its own query,
// or of the ON clause of an inner join above it; on the nullable side of an outer join only that join's
// ON counts, and a full join ties neither side. $n is the parameter which the generated Go code fills
// from an id.Tenant, no other. Equality with another table's tenant_id does not count, nor does
// anything under OR, NOT, CASE, COALESCE, IN or ANY. Rows are inserted with the parameter itself, or
// with the tenant_id of a tied table. What the checker does not know, it refuses. There is no way to
// suppress a finding.
package sqlcheck

import (
	"fmt"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	parser "github.com/wasilibs/go-pgquery"
	"google.golang.org/protobuf/proto"
)

// DefaultSchema is where a table written without a schema lives.
const DefaultSchema = "app"

// tenantColumn is the column that names the clinic in every tenant table.
const tenantColumn = "tenant_id"

// Table names a table by schema and name, both as PostgreSQL folds them.
type Table struct{ Schema, Name string }

func (t Table) String() string { return t.Schema + "." + t.Name }

// Catalogue says what the tables are. A table in none of the three sets may not be touched.
type Catalogue struct {
	// Tenant tables and views have a tenant_id and must be tied.
	Tenant map[Table]bool
	// Reference tables are the same for all clinics; they may be read and not written.
	Reference map[Table]bool
	// Control tables are the control plane's own. They may be read and written without a clinic, but
	// never in one statement with a tenant table.
	Control map[Table]bool
	// Functions may be called besides the harmless ones of PostgreSQL that the checker knows:
	// "schema.name".
	Functions map[string]bool
}

// Statement is one SQL text as it is sent to the server.
type Statement struct {
	Name string // of the query, for reports
	File string // where its constant stands; "" if it has none
	SQL  string
	// Tenant lists the numbers of the parameters filled from an id.Tenant. A statement that touches a
	// tenant table has exactly one.
	Tenant []int
}

// Problem is one reason why a statement is refused.
type Problem struct {
	Statement string
	What      string
	Offset    int // bytes into the SQL; 0 where no single place is to blame
}

func (p Problem) String() string {
	return fmt.Sprintf("%s: %s (byte %d)", p.Statement, p.What, p.Offset)
}

// Check reports all problems of a statement; none means that every tenant table in it is tied.
func Check(st Statement, cat Catalogue) []Problem {
	c := &checker{name: st.Name, cat: cat, seen: map[*pgquery.RangeVar]bool{}}
	tree, err := parser.Parse(st.SQL)
	if err != nil {
		c.report(0, "PostgreSQL cannot read it: %v", err)
		return c.problems
	}
	if len(tree.Stmts) != 1 {
		c.report(0, "%d statements in one text, want one", len(tree.Stmts))
		return c.problems
	}
	if len(st.Tenant) == 1 {
		c.param = int32(st.Tenant[0]) // a parameter number, at most 65535
	}
	c.query(tree.Stmts[0].Stmt, nil)
	c.sweep(tree)
	if c.touchesTenant && len(st.Tenant) != 1 {
		c.report(0, "it touches a tenant table and has %d parameters of type id.Tenant, want one", len(st.Tenant))
	}
	if c.touchesTenant && c.touchesControl {
		c.report(0, "it mixes a clinic's tables with the control plane's")
	}
	return c.problems
}

type checker struct {
	name     string
	cat      Catalogue
	param    int32 // the tenant's parameter; 0 ties nothing
	problems []Problem
	// seen are the table names the structured pass has judged; the sweep reports any other.
	seen                          map[*pgquery.RangeVar]bool
	touchesTenant, touchesControl bool
}

func (c *checker) report(at int32, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.name, fmt.Sprintf(format, args...), int(max(at, 0))})
}

// names are the common table expressions visible at a place in the statement.
type names map[string]bool

func (n names) with(name string) names {
	m := make(names, len(n)+1)
	for k := range n {
		m[k] = true
	}
	m[name] = true
	return m
}

// query checks one whole query: a statement, a common table expression or a sub-select.
func (c *checker) query(n *pgquery.Node, ctes names) {
	switch {
	case n.GetSelectStmt() != nil:
		c.selects(n.GetSelectStmt(), ctes)
	case n.GetInsertStmt() != nil:
		c.inserts(n.GetInsertStmt(), ctes)
	case n.GetUpdateStmt() != nil:
		c.updates(n.GetUpdateStmt(), ctes)
	case n.GetDeleteStmt() != nil:
		c.deletes(n.GetDeleteStmt(), ctes)
	default:
		c.report(0, "only SELECT, INSERT, UPDATE and DELETE are allowed")
	}
}

// with checks the common table expressions of a query and gives the names visible in its body. Without
// RECURSIVE an expression sees only those before it, so its own name still means the table.
func (c *checker) with(w *pgquery.WithClause, ctes names) names {
	if w == nil {
		return ctes
	}
	if w.Recursive {
		for _, n := range w.Ctes {
			ctes = ctes.with(n.GetCommonTableExpr().GetCtename())
		}
	}
	for _, n := range w.Ctes {
		e := n.GetCommonTableExpr()
		c.query(e.GetCtequery(), ctes)
		ctes = ctes.with(e.GetCtename())
	}
	return ctes
}

// selects checks a SELECT, a VALUES or both arms of a set operation.
func (c *checker) selects(s *pgquery.SelectStmt, ctes names) {
	ctes = c.with(s.WithClause, ctes)
	if s.IntoClause != nil {
		c.report(0, "SELECT INTO makes a table")
	}
	for _, l := range s.LockingClause {
		for _, r := range l.GetLockingClause().GetLockedRels() {
			c.seen[r.GetRangeVar()] = true // names an alias of this query, not a table
		}
	}
	if s.Op != pgquery.SetOperation_SETOP_NONE {
		c.selects(s.Larg, ctes)
		c.selects(s.Rarg, ctes)
		c.expressions(ctes, s.SortClause, one(s.LimitOffset), one(s.LimitCount))
		return
	}
	sc := c.from(s.FromClause, nil, s.WhereClause, ctes)
	c.untied(sc)
	c.expressions(ctes, s.DistinctClause, s.TargetList, one(s.WhereClause), s.GroupClause,
		one(s.HavingClause), s.WindowClause, s.ValuesLists, s.SortClause, one(s.LimitOffset), one(s.LimitCount))
}

func (c *checker) updates(u *pgquery.UpdateStmt, ctes names) {
	ctes = c.with(u.WithClause, ctes)
	c.writes(u.Relation)
	c.untied(c.from(u.FromClause, u.Relation, u.WhereClause, ctes))
	c.keepsTenant(u.TargetList)
	c.expressions(ctes, u.TargetList, one(u.WhereClause), u.ReturningList)
}

func (c *checker) deletes(d *pgquery.DeleteStmt, ctes names) {
	ctes = c.with(d.WithClause, ctes)
	c.writes(d.Relation)
	c.untied(c.from(d.UsingClause, d.Relation, d.WhereClause, ctes))
	c.expressions(ctes, one(d.WhereClause), d.ReturningList)
}

// keepsTenant refuses a SET of tenant_id: a row never changes its clinic.
func (c *checker) keepsTenant(targets []*pgquery.Node) {
	for _, n := range targets {
		if t := n.GetResTarget(); t.GetName() == tenantColumn {
			c.report(t.GetLocation(), "it sets tenant_id, which never changes")
		}
	}
}

// expressions looks for sub-selects in anything that is not a FROM clause.
func (c *checker) expressions(ctes names, lists ...[]*pgquery.Node) {
	for _, list := range lists {
		for _, n := range list {
			c.expression(n, ctes)
		}
	}
}

func (c *checker) expression(m proto.Message, ctes names) {
	walk(m, func(m proto.Message) bool {
		if s, ok := m.(*pgquery.SubLink); ok {
			c.expression(s.Testexpr, ctes)
			c.query(s.Subselect, ctes)
			return false
		}
		return true
	})
}

func one(n *pgquery.Node) []*pgquery.Node {
	if n == nil {
		return nil
	}
	return []*pgquery.Node{n}
}
