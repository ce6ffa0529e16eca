package web_test

import (
	"context"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/records"
)

// problemRow makes a row about problems, diagnoses and their codes for the matrix, under its word.
func (h *shop) problemRow(t *testing.T, role, w string, made map[string]string, word func(string) string) bool {
	t.Helper()
	switch w {
	case "problem":
		made[w] = h.problem(t, h.newAnimal(t)).String()
	case "draftproblem":
		made[w] = h.problem(t, id.MustParse(word("draftanimal"))).String()
	case "suspected":
		row, draft := id.New(), id.MustParse(word("draft"))
		h.write(t, h.who(role), func(ctx context.Context, tx *db.Tx) error {
			d := records.Diagnosis{Coding: records.Coding{Text: "Gut stasis"}, Certainty: records.Tentative}
			return records.AddDiagnosis(ctx, tx, h.keys, row, draft, d, tx.Now())
		})
		made[w] = row.String()
	case "handed":
		made[w] = h.handed(t).String()
	case "codelist", "diagnosiscode":
		made["codelist"], made["diagnosiscode"] = h.codeList(t)
	case "ownlist":
		h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
			lists, err := records.CodeSystems(ctx, tx)
			if i := slices.IndexFunc(lists, func(l records.CodeSystemRow) bool { return l.Own }); i >= 0 {
				made[w] = lists[i].ID.String()
			}
			return err
		})
	}
	return made[w] != ""
}

// problem is an active one of an animal.
func (h *shop) problem(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		p := records.Problem{Coding: records.Coding{Text: "Ear mites, come back"}, State: records.Active, Since: tx.Now()}
		return records.AddProblem(ctx, tx, h.keys, row, animal, p, tx.Now())
	})
	return row
}

// codeList is a list of one code.
func (h *shop) codeList(t *testing.T) (list, code string) {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		system := records.CodeSystem{Name: "Made up", Version: row.String(), Licence: "Ours"}
		if err := records.AddCodeSystem(ctx, tx, h.keys, row, system, []records.Code{{Code: "1", Name: "Scratched cornea"}}); err != nil {
			return err
		}
		codes, err := records.Codes(ctx, tx, row, "", 1)
		if err == nil {
			code = codes[0].ID.String()
		}
		return err
	})
	return row.String(), code
}

// handed is a note of a trainee that waits for a co-signature.
func (h *shop) handed(t *testing.T) id.ID {
	t.Helper()
	note, _ := h.draft(t, access.Trainee)
	h.write(t, h.who(access.Trainee), func(ctx context.Context, tx *db.Tx) error {
		return records.SignSupervised(ctx, tx, h.keys, note, records.Writing{Version: 2}, soap)
	})
	return note
}
