package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/web"
)

var olderLink = regexp.MustCompile(`href="(/audit\?[^"]*before=[^"]*)"`)

// lines are the acts a page of the log shows, without their times.
func lines(t *testing.T, r reply) []string {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("the log gives %d: %s", r.status, r.body)
	}
	var out []string
	for _, text := range htmltest.Texts(t, r.body, ".log p") {
		out = append(out, strings.Join(strings.Fields(text), " "))
	}
	return out
}

func TestTheAuditLogSaysWhoDidWhatToWhat(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "audit-aspen")
	vet := h.browser(t)
	vet.agent, vet.from = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "203.0.113.24"
	vet.signIn(h.people[access.Veterinarian].Email, "wrong wrong wrong")
	vet.signIn(h.people[access.Veterinarian].Email, passphrase)
	vet.get("/patients/" + h.animal.String())
	vet.get("/clients/" + h.client.String())
	vet.get("/imports") // refused
	note, of := h.note(t)
	vet.get("/notes/" + note.String())
	admin := h.as(t, access.PracticeAdmin)
	name := h.people[access.Veterinarian].Name
	page := admin.get("/audit")
	all := lines(t, page)
	for _, want := range []string{
		name + " signed in", name + " opened the record of Biscuitaudit-aspen", name + " opened client Ærla Canaryaudit-aspen",
		name + " was refused: importing patients from a file", "Somebody tried to sign in with a wrong e-mail or passphrase",
		name + " opened a note", name + " signed a note",
	} {
		if !slices.ContainsFunc(all, func(l string) bool { return strings.HasPrefix(l, want) }) {
			t.Errorf("the log does not say %q:\n%s", want, strings.Join(all, "\n"))
		}
	}
	htmltest.Has(t, page.body, ".log .meta", "203.0.113.24")
	htmltest.Has(t, page.body, ".log .meta", "Firefox on Windows")
	for _, link := range []string{"/patients/" + h.animal.String(), "/clients/" + h.client.String(), "/notes/" + note.String(), "/patients/" + of.String()} {
		if !strings.Contains(page.body, `href="`+link+`"`) {
			t.Errorf("no link to %s", link)
		}
	}
	// Reading the log is itself recorded, with what was asked about.
	admin.get("/audit?about=" + h.animal.String())
	if got := lines(t, admin.get("/audit?act=listed&kind=audit-log")); len(got) != 2 || !strings.Contains(got[0], "read the audit log") {
		t.Errorf("of reading the log it says %q", got)
	}
	for _, role := range []string{access.Receptionist, access.Nurse, access.Veterinarian} {
		if r := h.as(t, role).get("/audit"); r.status != http.StatusForbidden {
			t.Errorf("%s reads the log: %d", role, r.status)
		}
	}
}

// What stands in the record of a clinic is asked for in every way the form has, and each answer holds the leaves that
// the database counts for it, each once, however the pages are cut.
func TestTheAuditLogIsAskedInEveryWay(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "audit-birch")
	admin := h.as(t, access.PracticeAdmin)
	people := []id.ID{h.people[access.Nurse].ID, h.people[access.Veterinarian].ID, {}}
	things := []id.ID{id.New(), id.New()}
	began := s.clock.Now().Add(-9 * 24 * time.Hour)
	var leaves []audit.Leaf
	for n := range 400 {
		who := h.who(access.Nurse)
		who.Person, who.Route = people[n%3], fmt.Sprintf("GET /made/%d", n%2)
		leaves = append(leaves, audit.NewLeaf(who, began.Add(time.Duration(n/3)*time.Hour), audit.Entry{
			Action: []audit.Action{audit.Opened, audit.Changed, audit.Printed}[n/3%3], Object: []string{"weight", "invoice"}[n/5%2], ObjectID: things[n%2],
		}))
	}
	must(t, s.env.Scribe.Write(t.Context(), leaves...))
	day := func(n int) string {
		return began.Add(time.Duration(n) * 24 * time.Hour).In(london).Format(time.DateOnly)
	}
	for _, ask := range []url.Values{
		{"page": {"GET /made/1"}},
		{"who": {people[0].String()}},
		{"who": {people[1].String()}, "act": {"changed"}, "page": {"GET /made/0"}},
		{"act": {"printed"}},
		{"kind": {"invoice"}},
		{"kind": {"weight"}, "act": {"opened"}, "page": {"GET /made/1"}},
		{"about": {things[0].String()}},
		{"about": {things[1].String()}, "who": {people[0].String()}, "act": {"opened"}, "kind": {"weight"}},
		{"from": {day(1)}, "to": {day(2)}},
		{"from": {day(2)}, "act": {"changed"}, "kind": {"invoice"}},
		{"to": {day(3)}, "who": {people[0].String()}},
	} {
		where, args := "tenant_id = $1", []any{h.tenant}
		for name, condition := range map[string]string{
			"who": "actor_id = $%d", "act": "action = $%d", "kind": "object = $%d", "about": "object_id = $%d", "page": "route = $%d",
			"from": "at >= $%d::date::timestamp AT TIME ZONE 'Europe/London'", "to": "at < ($%d::date + 1)::timestamp AT TIME ZONE 'Europe/London'",
		} {
			if ask.Has(name) {
				args = append(args, ask.Get(name))
				where += " AND " + fmt.Sprintf(condition, len(args))
			}
		}
		want := s.count(t, "SELECT count(*) FROM audit.leaf WHERE "+where, args...)
		got, seen := 0, map[string]bool{}
		for path := "/audit?" + ask.Encode(); path != ""; {
			if seen[path] {
				t.Fatalf("%v comes back to %s", ask, path)
			}
			seen[path] = true
			r := admin.get(path)
			n := len(lines(t, r))
			if got += n; n > audit.LogMost {
				t.Errorf("a page of %d", n)
			}
			path = ""
			if m := olderLink.FindStringSubmatch(r.body); m != nil {
				path = html.UnescapeString(m[1])
			}
		}
		if got < want || got > want+len(seen)+2 || want < 5 { // reading the log makes leaves meanwhile, which some of these ask for
			t.Errorf("%v gives %d on %d pages, and there are %d", ask, got, len(seen), want)
		}
	}
	if got := lines(t, admin.get("/audit?act=withdrawn")); len(got) != 0 {
		t.Errorf("nothing was withdrawn, and it says %q", got)
	}
	htmltest.Has(t, admin.get("/audit?act=withdrawn").body, ".empty", "Nothing matches")
}

// The form leads to an address without a typed word, and says what is wrong beside the field.
func TestTheFormOfTheAuditLogLeadsToAnAddress(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "audit-cedar")
	admin := h.as(t, access.PracticeAdmin)
	nurse := h.people[access.Nurse].ID.String()
	to := admin.send("/audit", url.Values{"who": {nurse}, "act": {"opened"}, "kind": {"patient"}, "about": {"http://audit-cedar.localhost/patients/" + h.animal.String() + "/looks?x=1"}, "from": {"yesterday"}, "to": {"today"}}).location(t)
	at, err := url.Parse(to)
	must(t, err)
	q := at.Query()
	if at.Path != "/audit" || q.Get("about") != h.animal.String() || q.Get("who") != nurse || q.Get("from") == "" || q.Get("to") == "" || strings.Contains(to, "cedar") {
		t.Errorf("the form leads to %s", to)
	}
	page := admin.get(to)
	form := htmltest.Form(t, page.body, "main form")
	if page.status != http.StatusOK || form.Get("who") != nurse || form.Get("act") != "opened" || form.Get("about") != h.animal.String() {
		t.Errorf("%d, and the form holds %v", page.status, form)
	}
	htmltest.Has(t, page.body, "#audit-title", "Biscuitaudit-cedar")
	bad := admin.send("/audit", url.Values{"about": {"Biscuit"}, "from": {"tomorrow"}, "to": {"the other day"}})
	if bad.status != http.StatusUnprocessableEntity {
		t.Fatalf("nonsense gives %d", bad.status)
	}
	for _, name := range []string{"about", "from", "to"} {
		htmltest.Has(t, bad.body, "#"+name+"-mistake", "")
	}
	if form := htmltest.Form(t, bad.body, "main form"); form.Get("about") != "Biscuit" || form.Get("from") != "tomorrow" {
		t.Errorf("typed was lost: %v", form)
	}
	for _, odd := range []string{"who=x", "about=1", "from=24/3", "before=x", "before=2026-01-01T00:00:00Z_x", "who=" + id.New().String(), "who=" + s.a.people[access.Nurse].ID.String()} {
		if r := admin.get("/audit?" + odd); r.status != http.StatusNotFound {
			t.Errorf("%s gives %d", odd, r.status)
		}
	}
	// Another clinic's thing is asked for in vain, like one that is nobody's.
	for _, row := range []id.ID{s.a.animal, id.New()} {
		if got := lines(t, admin.get("/audit?about="+row.String())); len(got) != 0 {
			t.Errorf("of another clinic's animal it says %q", got)
		}
	}
}

// Names are not so much as fetched for somebody who may read the log and not the registry.
func TestTheAuditLogFetchesNoNameForWhoMayNotReadIt(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "audit-dogwood")
	h.as(t, access.Veterinarian).get("/patients/" + h.animal.String())
	role := h.roleID(t, access.PracticeAdmin)
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		for _, right := range []access.Permission{access.PatientRead, access.ClientRead} {
			if _, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: role, Allowed: string(right)}); err != nil {
				return err
			}
		}
		return nil
	})
	admin := h.as(t, access.PracticeAdmin)
	admin.get("/audit")
	var sent []string
	admin.told = func(sql string) { sent = append(sent, sql) }
	page := admin.get("/audit?about=" + h.animal.String())
	admin.told = nil
	if got := lines(t, page); len(got) == 0 || !strings.Contains(got[0], "opened an animal's record") {
		t.Errorf("it says %q", got)
	}
	if strings.Contains(page.body, "Biscuit") || strings.Contains(page.body, `"/patients/`+h.animal.String()) {
		t.Error("the name or a link is there")
	}
	for _, sql := range sent {
		if strings.Contains(sql, "FROM patients") || strings.Contains(sql, "FROM clients") {
			t.Errorf("asked for: %s", sql)
		}
	}
}

func TestTheAuditLogIsExported(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "audit-elder")
	vet := h.browser(t)
	vet.from, vet.agent = "203.0.113.77", "=cmd|' /C calc'!A0 Firefox Windows"
	vet.signIn(h.people[access.Veterinarian].Email, passphrase)
	vet.get("/patients/" + h.animal.String())
	must(t, s.env.Scribe.Write(t.Context(), audit.NewLeaf(func() (w actor.Who) { w = h.who(access.Nurse); w.Route = "=1+1"; return w }(), s.clock.Now(), audit.Entry{Action: audit.Opened, Object: "weight"})))
	admin := h.as(t, access.PracticeAdmin)
	today := s.clock.Now().In(london).Format(time.DateOnly)
	r := admin.get("/audit/export?from=" + today + "&to=" + today)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(r.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", r.status, r.header)
	}
	rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	must(t, err)
	want := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1`, h.tenant)
	if len(rows)-1 != want {
		t.Errorf("%d lines of %d leaves", len(rows)-1, want)
	}
	if strings.Contains(r.body, "Biscuit") || strings.Contains(r.body, "Canary") {
		t.Error("the file names an animal or a client")
	}
	for _, part := range []string{h.people[access.Veterinarian].Name, h.animal.String(), "203.0.113.77", "Firefox on Windows", "'=1+1", "signed in"} {
		if !strings.Contains(r.body, part) {
			t.Errorf("the file lacks %q", part)
		}
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND action = 'exported' AND object = 'audit-log' AND actor_id = $2`, h.tenant, h.people[access.PracticeAdmin].ID); n != 1 {
		t.Errorf("the export is recorded %d times", n)
	}
	// Only what is asked for, and only so many days.
	rows, err = csv.NewReader(strings.NewReader(admin.get("/audit/export?act=opened&kind=patient&from=" + today + "&to=" + today).body)).ReadAll()
	must(t, err)
	if len(rows) != 2 {
		t.Errorf("%d lines about one opened patient", len(rows)-1)
	}
	ago := func(days int) string { return s.clock.Now().In(london).AddDate(0, 0, -days).Format(time.DateOnly) }
	for _, days := range []string{"", "?from=" + today, "?from=" + ago(92) + "&to=" + today, "?from=" + today + "&to=" + ago(1)} {
		if r := admin.get("/audit/export" + days); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%q gives %d", days, r.status)
		}
	}
	if r := admin.get("/audit/export?from=" + ago(91) + "&to=" + today); r.status != http.StatusOK {
		t.Errorf("92 days give %d", r.status)
	}
}

// Every kind of act that the tests of this package bring about has words of its own.
func worded(t *testing.T, s *site) {
	t.Helper()
	rows, err := s.super.Query(context.Background(), `SELECT DISTINCT object, action FROM audit.leaf ORDER BY 1, 2`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var object, action string
		must(t, rows.Scan(&object, &action))
		if !web.Worded(object, audit.Action(action)) {
			t.Errorf("the audit log has no words for: %s %s", action, object)
		}
	}
	must(t, rows.Err())
}
