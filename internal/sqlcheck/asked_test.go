package sqlcheck

import (
	"slices"
	"testing"
)

func TestWhatAStatementAsksForIsFoundWhereverItStands(t *testing.T) {
	note, void, draft := Column{Table{"app", "notes"}, "sealed"}, Column{Table{"app", "note_voids"}, "sealed"}, Column{Table{"app", "drafts"}, "sealed"}
	all := []Column{note, void, draft}
	for sql, want := range map[string][]Column{
		"SELECT id, event_at FROM notes WHERE tenant_id = $1":                                                                 nil,
		"SELECT id, sealed FROM notes WHERE tenant_id = $1":                                                                   {note},
		"SELECT n.id, v.sealed FROM notes AS n JOIN note_voids AS v ON v.note_id = n.id":                                      {void},
		"SELECT n.* FROM notes AS n, drafts AS d":                                                                             {note},
		"SELECT * FROM notes, drafts":                                                                                         {note, draft},
		"SELECT sealed FROM notes, drafts":                                                                                    {note, draft},
		"SELECT to_jsonb(n) FROM notes AS n":                                                                                  {note},
		"SELECT x.s FROM (SELECT sealed AS s FROM app.notes) AS x":                                                            {note},
		"SELECT (SELECT v.sealed FROM note_voids AS v LIMIT 1) FROM notes AS n":                                               {void},
		"WITH w AS (SELECT n.sealed FROM notes AS n) SELECT 1":                                                                {note},
		"SELECT id FROM notes WHERE sealed = $1":                                                                              {note},
		"SELECT EXISTS (SELECT FROM note_voids AS v WHERE v.note_id = n.id) FROM notes AS n":                                  nil,
		"INSERT INTO notes (id, sealed) VALUES ($1, $2)":                                                                      nil,
		"UPDATE drafts SET sealed = $1 WHERE id = $2":                                                                         nil,
		"UPDATE drafts SET saved_at = $1 WHERE id = $2 RETURNING sealed":                                                      {draft},
		"DELETE FROM drafts WHERE id = $1 RETURNING *":                                                                        {draft},
		"SELECT n.id FROM notes AS n JOIN LATERAL (SELECT d.sealed FROM drafts AS d WHERE d.id = n.id OFFSET 0) AS x ON true": {draft},
	} {
		got, err := Asked(sql, all)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s asks for %v, want %v", sql, got, want)
		}
	}
	if _, err := Asked("SELECT FROM WHERE", all); err == nil {
		t.Error("what cannot be read was read")
	}
}
