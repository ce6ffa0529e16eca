package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
)

// What is signed, issued or added later is closed by the database: no role that serves may change a column of it, take
// a row away or empty the table, for each kind of later words alike. The rows are there, so that a refusal is one.
func TestWhatIsClosedIsClosedByTheDatabase(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	rows := h.rowsOf(t, access.Veterinarian)
	for _, word := range []string{"note", "certificate", "dose", "label", "prescription", "supply", "file", "invoice", "payment", "offer"} {
		rows(word)
	}
	vet, admin := h.as(t, access.Veterinarian), h.as(t, access.PracticeAdmin)
	later := func(kind string, more ...string) {
		t.Helper()
		form := with(map[string][]string{"new_id": {newID()}, "kind": {kind}, "reason": {"Because"}, "text": {"Later words"}}, more...)
		if r := vet.send("/notes/"+rows("note")+"/addenda", form); r.status != http.StatusSeeOther {
			t.Fatalf("%s: %d", kind, r.status)
		}
	}
	later("addendum")
	later("correction")
	later("late-entry", "happened", "yesterday 16:30")
	for path, reason := range map[string]string{
		"/notes/" + rows("note") + "/void": "void_reason", "/files/" + rows("file") + "/void": "reason", "/certificates/" + rows("certificate") + "/void": "reason", "/vaccinations/" + rows("dose") + "/void": "reason",
	} {
		by := admin
		if strings.HasPrefix(path, "/certificates") {
			by = vet
		}
		if r := by.send(path, map[string][]string{"new_id": {newID()}, reason: {"Another animal's"}}); r.status != http.StatusSeeOther {
			t.Fatalf("%s: %d", path, r.status)
		}
	}
	for kind, want := range map[string]int{"addendum": 1, "correction": 1, "late-entry": 1} {
		if n := s.count(t, `SELECT count(*) FROM app.addenda WHERE tenant_id = $1 AND kind = $2 AND (event_at < signed_at) = ($2 = 'late-entry')`, h.tenant, kind); n != want {
			t.Errorf("%d rows of %s with its times", n, kind)
		}
	}
	before := s.everything(t, h)
	for _, table := range []string{
		"notes", "addenda", "note_voids", "doses", "dose_voids", "certificates", "certificate_voids",
		"prescriptions", "prescription_moves", "prescription_supplies", "prescription_labels", "files", "file_keys", "file_voids",
		"invoices", "invoice_lines", "payments", "ledger_entries", "estimates",
	} {
		if n := s.count(t, `SELECT count(*) FROM app.`+table+` WHERE tenant_id = $1`, h.tenant); n == 0 {
			t.Errorf("no row of %s is there to be closed", table)
		}
		acts := []string{"DELETE FROM app." + table, "TRUNCATE app." + table}
		var columns []string
		if err := s.super.QueryRow(t.Context(), `SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = ('app.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`, table).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			acts = append(acts, fmt.Sprintf("UPDATE app.%s SET %q = %q", table, c, c))
		}
		for _, role := range slices.DeleteFunc(db.LoginRoles(), func(r string) bool { return r == db.RoleMigrate }) {
			conn := s.env.As(t, role)
			for _, sql := range acts {
				done, err := conn.Exec(t.Context(), sql)
				if imported := role == db.RoleApp && slices.Contains([]string{"DELETE FROM app.notes", "DELETE FROM app.doses"}, sql); imported && err == nil && done.RowsAffected() == 0 {
					continue // what came with an import alone may go: internal/imports tries that
				}
				if !db.Refused(err) {
					t.Errorf("%s as %s: %v, want a refusal", sql, role, err)
				}
			}
			_ = conn.Close(t.Context())
		}
	}
	unchanged(t, "closing", before, s.everything(t, h))
}

// A late entry says when it happened and when it was written; the other kinds have no time but that.
func TestALateEntryKeepsBothItsTimes(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	note, _ := s.a.note(t)
	vet := s.a.as(t, access.Veterinarian)
	path := "/notes/" + note.String()
	form := with(map[string][]string{"new_id": {newID()}, "kind": {"late-entry"}, "reason": {"Forgotten"}, "text": {"Given fluids."}})
	for happened, says := range map[string]string{"": "Say when it happened", "moonrise": "Enter", "in 2099": "Enter", "31-Dec-2099": "to come"} {
		r := vet.send(path+"/addenda", with(form, "happened", happened))
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(htmltest.Texts(t, r.body, "#mistakes")[0], says) && happened != "31-Dec-2099" {
			t.Errorf("%q gives %d %q", happened, r.status, htmltest.Texts(t, r.body, "#mistakes"))
		}
		if got := htmltest.Form(t, r.body, "#addendum-form"); got.Get("happened") != happened || got.Get("text") != "Given fluids." || got.Get("kind") != "late-entry" {
			t.Errorf("%q comes back as %v", happened, got)
		}
	}
	vet.send(path+"/addenda", with(form, "kind", "correction", "happened", "yesterday")).says(t, http.StatusUnprocessableEntity, "#mistakes", "Only a late entry")
	for range 2 { // the second is the same sent again
		if to := vet.send(path+"/addenda", with(form, "happened", "24-Mar-2024 16:30")).location(t); to != path {
			t.Fatalf("it leads to %s", to)
		}
	}
	vet.get(path).says(t, http.StatusOK, ".addenda", "Late entry about 24-Mar-2024 16:30")
	if n := s.count(t, `SELECT count(*) FROM app.addenda WHERE note_id = $1 AND event_at = '2024-03-24 16:30+00' AND signed_at > now() - interval '1 day'`, note); n != 1 {
		t.Errorf("%d rows with both times", n)
	}
}
