package sqlcheck

import (
	"slices"

	pgquery "github.com/pganalyze/pg_query_go/v6"
)

// inserts checks an INSERT: the rows' tenant_id, where they come from, and what a conflict may compare.
func (c *checker) inserts(s *pgquery.InsertStmt, ctes names) {
	ctes = c.with(s.WithClause, ctes)
	c.writes(s.Relation)
	target := c.table(s.Relation, nil)
	if sel := s.GetSelectStmt().GetSelectStmt(); sel != nil {
		c.selects(sel, ctes)
	}
	if target.tenant {
		at := slices.IndexFunc(s.Cols, func(n *pgquery.Node) bool {
			return n.GetResTarget().GetName() == tenantColumn
		})
		switch sel := s.GetSelectStmt().GetSelectStmt(); {
		case at < 0:
			c.report(s.Relation.Location, "an INSERT into %v that does not list tenant_id", target.table)
		case sel == nil:
			c.report(s.Relation.Location, "an INSERT into %v with default values only", target.table)
		default:
			c.insertedTenant(sel, at, target, ctes)
		}
		c.conflict(s.OnConflictClause, target)
	}
	c.expressions(ctes, s.ReturningList)
	if o := s.OnConflictClause; o != nil {
		c.expressions(ctes, o.TargetList, one(o.WhereClause), one(o.GetInfer().GetWhereClause()))
	}
}

// insertedTenant demands that every row's value in the tenant_id place is the parameter, or the
// tenant_id of a table that is tied in the same SELECT.
func (c *checker) insertedTenant(s *pgquery.SelectStmt, at int, target *ref, ctes names) {
	for _, n := range s.GetWithClause().GetCtes() {
		ctes = ctes.with(n.GetCommonTableExpr().GetCtename())
	}
	if s.Op != pgquery.SetOperation_SETOP_NONE {
		c.insertedTenant(s.Larg, at, target, ctes)
		c.insertedTenant(s.Rarg, at, target, ctes)
		return
	}
	wrong := func() {
		c.report(target.at, "a row goes into %v with a tenant_id that is not $%d", target.table, c.param)
	}
	for _, row := range s.ValuesLists {
		if items := row.GetList().GetItems(); at >= len(items) || !c.isTenantParameter(items[at]) {
			wrong()
		}
	}
	if len(s.ValuesLists) > 0 {
		return
	}
	if at >= len(s.TargetList) || slices.ContainsFunc(s.TargetList[:at+1], isStar) {
		wrong()
		return
	}
	value := s.TargetList[at].GetResTarget().GetVal()
	if c.isTenantParameter(value) {
		return
	}
	// Read again only to learn what is tied; what was wrong with it has been reported.
	quiet := &checker{cat: c.cat, param: c.param, seen: map[*pgquery.RangeVar]bool{}}
	sc := quiet.from(s.FromClause, nil, s.WhereClause, ctes)
	if !slices.ContainsFunc(sc, func(r *ref) bool { return r.tied && r.tenant && r.isTenantColumn(value, len(sc) == 1) }) {
		wrong()
	}
}

// isStar holds for * and alias.*, which stand for a number of columns the text does not tell, and for
// (row).*.
func isStar(n *pgquery.Node) bool {
	val := n.GetResTarget().GetVal()
	last := val.GetColumnRef().GetFields()
	if ind := val.GetAIndirection().GetIndirection(); len(ind) > 0 {
		last = ind
	}
	return len(last) > 0 && last[len(last)-1].GetAStar() != nil
}

// conflict demands that ON CONFLICT looks within one clinic: a key that does not begin with tenant_id
// tells whether another clinic has the value.
func (c *checker) conflict(o *pgquery.OnConflictClause, target *ref) {
	if o == nil {
		return
	}
	elems := o.GetInfer().GetIndexElems()
	if len(elems) == 0 || elems[0].GetIndexElem().GetName() != tenantColumn {
		c.report(o.Location, "ON CONFLICT on %v whose key does not begin with tenant_id", target.table)
	}
	c.keepsTenant(o.TargetList)
}
