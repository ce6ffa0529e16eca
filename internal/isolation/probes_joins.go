package isolation

import (
	"context"
	"fmt"
	"strings"
)

func mergeAndReturning(ctx context.Context, b *Bench) error { // T44
	for _, t := range b.tables {
		theirs := b.b.rows[t.Name]
		source := fmt.Sprintf("(SELECT * FROM jsonb_populate_record(NULL::%s, $1::jsonb)) AS s", t.Name)
		var on []string
		for _, c := range t.primary() {
			on = append(on, fmt.Sprintf("t.%s = s.%s", quoted(c), quoted(c)))
		}
		match := strings.Join(on, " AND ")
		if c := t.changeable(); c != "" {
			n, err := b.try(ctx, b.a, fmt.Sprintf("MERGE INTO %s AS t USING %s ON %s WHEN MATCHED THEN UPDATE SET %s = s.%s", t.Name, source, match, quoted(c), quoted(c)), theirs.json())
			b.nothing(n, err, denied, "MERGE that changes B's %s", t.Name)
			n, err = b.try(ctx, b.a, fmt.Sprintf("UPDATE %s AS t SET %s = t.%s FROM %s WHERE %s RETURNING t.*", t.Name, quoted(c), quoted(c), source, match), theirs.json())
			b.nothing(n, err, denied, "UPDATE RETURNING of B's %s", t.Name)
		}
		n, err := b.try(ctx, b.a, fmt.Sprintf("MERGE INTO %s AS t USING %s ON %s WHEN MATCHED THEN DELETE", t.Name, source, match), theirs.json())
		b.nothing(n, err, denied, "MERGE that deletes B's %s", t.Name)
		n, err = b.try(ctx, b.a, fmt.Sprintf("DELETE FROM %s AS t USING %s WHERE %s RETURNING t.*", t.Name, source, match), theirs.json())
		b.nothing(n, err, denied, "DELETE RETURNING of B's %s", t.Name)
		_, err = b.try(ctx, b.a, fmt.Sprintf("MERGE INTO %s AS t USING %s ON false WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)",
			t.Name, source, t.columns(theirs), prefixed("s.", t.columns(theirs))), theirs.json())
		b.refused(err, denied, "MERGE that inserts for B into %s", t.Name)
		_, err = b.try(ctx, b.a, t.insertSQL(theirs)+" RETURNING *", theirs.json())
		b.refused(err, denied, "INSERT RETURNING for B into %s", t.Name)
		n, err = b.try(ctx, b.b, fmt.Sprintf("SELECT 1 FROM %s AS t, %s WHERE %s", t.Name, source, match), theirs.json())
		b.reaches(n, err, "B's row of %s", t.Name)
	}
	return nil
}

func prefixed(with, list string) string { return with + strings.ReplaceAll(list, ", ", ", "+with) }

// joined is how many tables the join of T45 has.
const joined = 6

func looseJoin(ctx context.Context, b *Bench) error { // T45, the half that is run
	if len(b.tables) < joined {
		return fmt.Errorf("a join of %d tables needs as many", joined)
	}
	for i, loose := range b.tables {
		from, where := []string{loose.Name + " AS loose"}, []string{"true"}
		for k := 1; k < joined; k++ {
			name := fmt.Sprintf("t%d", k)
			from = append(from, fmt.Sprintf("(SELECT tenant_id FROM %s WHERE tenant_id = $1 LIMIT 3) AS %s", b.tables[(i+k)%len(b.tables)].Name, name))
			where = append(where, name+".tenant_id = $1")
		}
		sql := "SELECT loose.tenant_id FROM " + strings.Join(from, ", ") + " WHERE " + strings.Join(where, " AND ")
		n, err := b.try(ctx, b.a, sql+" AND loose.tenant_id <> $1", b.a.tenant)
		b.nothing(n, err, nil, "a join that leaves %s untied", loose.Name)
		n, err = b.try(ctx, b.a, sql, b.a.tenant)
		b.reaches(n, err, "the same join, its own rows in %s", loose.Name)
	}
	return nil
}
