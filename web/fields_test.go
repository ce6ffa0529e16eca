//go:build !race

package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/internal/access"
	"paddock/internal/sqlcheck"
)

// clinicalColumns are the sealed columns that hold what was found, thought, planned and given, and are fetched for
// those alone who have the clinical field. A sealed column that is in none of the two lists has to be decided here.
var clinicalColumns = strings.Fields(`
	notes.sealed drafts.sealed draft_sides.sealed addenda.sealed note_voids.sealed snippets.sealed acts.sealed
	doses.sealed dose_voids.sealed due_dates.sealed certificates.sealed certificate_voids.sealed
	prescriptions.sealed_clinical prescription_drafts.sealed prescription_moves.sealed
	files.sealed file_keys.sealed file_voids.sealed
	changes.sealed
	lab_requests.sealed lab_cancellations.sealed lab_reports.sealed lab_acknowledgements.sealed
	diagnoses.sealed draft_diagnoses.sealed problem_states.sealed weight_targets.sealed
`)

// openColumns are those a person sees with the permission of the page alone: names and contacts, reasons of visits,
// alerts, what is to be charged, what stands on the label of a medicine, and what the practice works with.
var openColumns = strings.Fields(`
	clients.sealed patients.sealed identifiers.sealed patient_moves.sealed alerts.sealed
	appointments.sealed appointment_moves.sealed blocks.sealed waitlist.sealed
	charges.sealed charge_moves.sealed estimates.sealed invoices.sealed invoice_lines.sealed payments.sealed
	till_closings.sealed till_reopenings.sealed letterheads.sealed
	prescriptions.sealed prescription_supplies.sealed prescription_labels.sealed
	people.sealed role_changes.sealed licences.sealed kept_forms.sealed origins.sealed
	imports.sealed import_moves.sealed import_parts.sealed import_problems.sealed
`)

// sealedColumns reads every sealed column there is.
func (s *site) sealedColumns(t *testing.T) (out []sqlcheck.Column) {
	t.Helper()
	rows, err := s.super.Query(context.Background(), `SELECT c.table_schema::text, c.table_name::text, c.column_name::text FROM information_schema.columns AS c
		JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE c.table_schema = 'app' AND c.data_type = 'bytea' AND c.column_name ~ 'sealed' AND t.table_type = 'BASE TABLE' ORDER BY 2, 3`)
	if err != nil {
		t.Fatal(err)
	}
	out, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (c sqlcheck.Column, err error) {
		return c, r.Scan(&c.Table.Schema, &c.Table.Name, &c.Column)
	})
	if err != nil || len(out) < 30 {
		t.Fatalf("%d sealed columns: %v", len(out), err)
	}
	return out
}

// Every page that is only read is asked for as every role, and what its statements really ask the database for is
// written down per sealed column: a column that is not fetched cannot be shown, logged or lost (minimum necessary).
func TestWhichSealedColumnsEachRolesPagesFetch(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "fieldwork")
	columns := s.sealedColumns(t)
	for _, c := range columns {
		if slices.Contains(clinicalColumns, c.String()) == slices.Contains(openColumns, c.String()) {
			t.Errorf("%s: decide who may fetch it, in one of the two lists of this file", c)
		}
	}
	known := map[string][]sqlcheck.Column{}
	asked := func(sql string) []sqlcheck.Column {
		if _, ok := known[sql]; !ok {
			found, err := sqlcheck.Asked(sql, columns)
			if err != nil {
				t.Fatalf("%v: %s", err, sql)
			}
			known[sql] = found
		}
		return known[sql]
	}
	pages := maps.Clone(asks)
	pages["GET /patients/{id} with an open note"] = ask{path: "/patients/{draftanimal}"}
	fetched := map[string]map[string]map[string]bool{} // page, column, role
	for _, role := range roleKeys {
		rows := h.rowsOf(t, role)
		b := h.as(t, role)
		b.get("/patients") // what is kept in memory of the clinic is read
		for _, pattern := range slices.Sorted(maps.Keys(pages)) {
			a := pages[pattern]
			if a.ends || a.file != "" || !strings.HasPrefix(pattern, "GET ") && !slices.Contains(readPosts, pattern) || strings.HasSuffix(a.path, "/live") {
				continue
			}
			path, form := a.fill(rows)
			if form != nil {
				form = with(form, "csrf", b.token())
			}
			var sent []string
			b.told = func(sql string) { sent = append(sent, sql) }
			var r reply
			if form == nil {
				r = b.get(path)
			} else {
				r = b.post(path, form)
			}
			b.told = nil
			if r.status >= http.StatusInternalServerError {
				t.Fatalf("%s as %s gives %d", path, role, r.status)
			}
			for _, sql := range sent {
				for _, c := range asked(sql) {
					if fetched[pattern] == nil {
						fetched[pattern] = map[string]map[string]bool{}
					}
					if fetched[pattern][c.String()] == nil {
						fetched[pattern][c.String()] = map[string]bool{}
					}
					fetched[pattern][c.String()][role] = true
					if c.String() == "drafts.sealed" && role != access.Veterinarian && role != access.Trainee {
						t.Errorf("%s as %s asks for words nobody signed: %.200s", pattern, role, sql)
					}
					if role == access.Receptionist && slices.Contains(clinicalColumns, c.String()) {
						t.Errorf("%s as %s asks for %s: %.200s", pattern, role, c, sql)
					}
				}
			}
		}
	}
	for page, column := range map[string]string{"GET /patients/{id}": "charges.sealed", "GET /visits/{id}/check-out": "charges.sealed", "GET /today": "appointments.sealed"} {
		if !fetched[page][column][access.Receptionist] {
			t.Errorf("%s of reception fetches no %s: the plan items to charge, reasons and alerts are theirs to see", page, column)
		}
	}
	var golden strings.Builder
	fmt.Fprintf(&golden, "# sealed column, then for each page that fetches it the roles whose page does: %s\n", strings.Join(roleKeys, ", "))
	for _, c := range columns {
		fmt.Fprintf(&golden, "\n%s\n", c)
		for _, pattern := range slices.Sorted(maps.Keys(fetched)) {
			if who := fetched[pattern][c.String()]; len(who) > 0 {
				fmt.Fprintf(&golden, "  %s\t%s\n", pattern, strings.Join(slices.DeleteFunc(slices.Clone(roleKeys), func(r string) bool { return !who[r] }), " "))
			}
		}
	}
	compare(t, "fields.golden", golden.String())
}
