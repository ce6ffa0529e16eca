package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/postgres"
)

// canaries are words that exist nowhere but in what this test types, of every sort that is sealed.
var canaries = map[string]string{
	"given name": "Zyxalba", "family name": "Quorndale", "phone": "07711 938271", "e-mail": "vexwimble@plorkham.example", "about a phone": "grimblatt",
	"patient": "Snorkfuzzle", "subjective": "wambleduff", "objective": "yonkarific", "assessment": "blivertosis", "plan": "crumhorntherapy",
	"reason": "drabblequip", "addendum": "fizzwangle", "draft": "hobbleklink", "old name": "Jabberquist", "person": "Klopstrander", "person's e-mail": "lorquax@plorkham.example",
	"kept": "mizzlewump", "searched": "norbleflax", "refused": "ozzlethwack", "wrong sign-in": "pizzlefrack@plorkham.example", "wrong passphrase": "quibblesnap rondo frump",
}

// forms are the ways a word could stand somewhere in clear.
func forms(word string) [][]byte {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, word)
	out := [][]byte{[]byte(word), []byte(strings.ToLower(word)), []byte(strings.ToUpper(word))}
	if len(digits) >= 9 {
		out = append(out, []byte(digits), []byte(digits[1:]))
	}
	for _, plain := range out[:2] {
		out = append(out, []byte(hex.EncodeToString(plain)), []byte(base64.StdEncoding.EncodeToString(plain)[:len(plain)*4/3/4*4]))
	}
	return out
}

// finds names the canaries in some bytes.
func finds(b []byte) (found []string) {
	for what, word := range canaries {
		for _, f := range forms(word) {
			if bytes.Contains(b, f) {
				found = append(found, fmt.Sprintf("%s (%q)", what, f))
				break
			}
		}
	}
	return found
}

// T90: what is sealed stands nowhere in clear: not in any column, not in the files of the database, not
// in its log of changes, nor in our own log, headers and error pages.
func TestNoSealedWordStandsAnywhereInClear(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	server, err := postgres.StartThrowaway(ctx, map[string]string{"wal_level": "logical", "log_min_messages": "info", "full_page_writes": "on"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s := siteOn(t, dbtest.NewOn(t, server.AdminURL("postgres")), clock.NewFake(clock.System.Now()))
	h := s.shop(t, "kelp")
	work(t, s, h)
	// The twin: in pages the words are found again, so they were saved.
	admin := s.env.Admin(t)
	var dir string
	if err := admin.QueryRow(ctx, `SELECT current_setting('data_directory')`).Scan(&dir); err != nil {
		t.Fatal(err)
	}
	plain := "notsealedword" + strings.ReplaceAll(id.New().String(), "-", "") // what a clear word looks like there
	for _, sql := range []string{`CREATE TABLE public.twin (word text)`, `INSERT INTO public.twin VALUES ('` + plain + `')`, `ANALYZE`, `CHECKPOINT`, `SELECT pg_switch_wal()`, `CHECKPOINT`} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	everyColumn(t, admin)
	inRows, inWAL := 0, 0
	dir = filepath.Dir(dir) // with the log of the server beside the data
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if found := finds(b); len(found) > 0 {
			t.Errorf("%s holds in clear: %s", strings.TrimPrefix(path, dir), strings.Join(found, ", "))
		}
		if bytes.Contains(b, []byte(plain)) {
			if strings.Contains(path, "pg_wal") {
				inWAL++
			} else {
				inRows++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if inRows == 0 || inWAL == 0 {
		t.Errorf("a word that is not sealed was found in %d files of rows and %d of the log of changes: the search is blind", inRows, inWAL)
	}
	if found := finds([]byte(s.log.String())); len(found) > 0 {
		t.Errorf("our log holds %s", strings.Join(found, ", "))
	}
}

// everyColumn reads every column of every table, as the superuser, statistics too.
func everyColumn(t *testing.T, admin *pgx.Conn) {
	t.Helper()
	ctx := context.Background()
	rows, err := admin.Query(ctx, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname <> 'information_schema' AND (n.nspname <> 'pg_catalog' OR c.relname IN ('pg_statistic', 'pg_description', 'pg_largeobject'))`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 20 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	for _, table := range tables {
		var all *string
		if err := admin.QueryRow(ctx, `SELECT string_agg(r::text, E'\n') FROM `+table+` AS r`).Scan(&all); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		if all == nil {
			continue
		}
		if found := finds([]byte(*all)); len(found) > 0 {
			t.Errorf("%s holds in clear: %s", table, strings.Join(found, ", "))
		}
		// bytea prints as hex: what would be text inside it is looked for as bytes too.
		for _, word := range strings.FieldsFunc(*all, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }) {
			if len(word) < 16 || len(word)%2 != 0 {
				continue
			}
			b, err := hex.DecodeString(word)
			if err != nil {
				t.Fatal(err)
			}
			if found := finds(b); len(found) > 0 {
				t.Errorf("%s holds as bytes: %s", table, strings.Join(found, ", "))
			}
		}
	}
}

// work types every canary into the product, by pages, and looks at answers that should not repeat it.
func work(t *testing.T, s *site, h *shop) {
	t.Helper()
	quiet := func(what string, r reply) {
		t.Helper()
		for name, values := range r.header {
			if found := finds([]byte(strings.Join(values, "\n"))); len(found) > 0 {
				t.Errorf("%s: header %s holds %s", what, name, strings.Join(found, ", "))
			}
		}
	}
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: canaries["person"], Email: canaries["person's e-mail"], Roles: []string{access.Nurse}})
		return err
	})
	vet, nurse, desk := h.as(t, access.Veterinarian), h.as(t, access.Nurse), h.as(t, access.Receptionist)
	send := func(b *browser, path string, form url.Values, status int) {
		t.Helper()
		r := b.send(path, form)
		if r.status != status {
			t.Fatalf("%s: %d", path, r.status)
		}
		quiet(path, r)
	}
	client, animal, draft, second := id.New().String(), id.New().String(), id.New().String(), id.New().String()
	form := url.Values{"given_name": {canaries["given name"]}, "family_name": {canaries["old name"]}, "phone_1": {canaries["phone"]}, "phone_1_note": {canaries["about a phone"]}, "email": {canaries["e-mail"]}}
	send(desk, "/clients", with(form, "new_id", client), http.StatusSeeOther)
	send(desk, "/clients/"+client, with(form, "family_name", canaries["family name"], "version", "1"), http.StatusSeeOther)
	send(desk, "/patients", with(patientForm(), "new_id", animal, "client", client, "name", canaries["patient"]), http.StatusSeeOther)
	send(vet, "/patients/"+animal+"/consults", url.Values{"new_id": {draft}}, http.StatusSeeOther)
	soap := url.Values{"patient": {animal}, "subjective": {canaries["subjective"]}, "objective": {canaries["objective"]}, "assessment": {canaries["assessment"]}, "plan": {canaries["plan"]}}
	send(vet, "/drafts/"+draft, with(soap, "version", "1", "plan", canaries["draft"]), http.StatusSeeOther)
	send(vet, "/drafts/"+draft+"/signature", with(soap, "version", "2"), http.StatusSeeOther)
	send(vet, "/notes/"+draft+"/addenda", url.Values{"new_id": {id.New().String()}, "kind": {"correction"}, "reason": {canaries["reason"]}, "text": {canaries["addendum"]}}, http.StatusSeeOther)
	send(vet, "/patients/"+animal+"/consults", url.Values{"new_id": {second}}, http.StatusSeeOther)
	send(vet, "/drafts/"+second, with(soap, "version", "1", "plan", canaries["draft"]), http.StatusSeeOther)
	send(desk, "/search", url.Values{"q": {canaries["searched"]}}, http.StatusOK)
	send(desk, "/search", url.Values{"q": {canaries["patient"]}}, http.StatusOK)
	send(nurse, "/drafts/"+second, with(soap, "plan", canaries["refused"]), http.StatusForbidden)
	// Into the lock, into errors, and past the end of what is there.
	desk.token()
	desk.send("/lock", url.Values{})
	if r := desk.post("/clients", with(form, "new_id", id.New().String(), "given_name", canaries["kept"], "csrf", desk.csrf[desk.cookies["__Host-sid"]])); r.status != http.StatusUnauthorized || len(finds([]byte(r.body))) > 0 {
		t.Errorf("the lock gives %d and holds %v", r.status, finds([]byte(r.body)))
	}
	for _, r := range []reply{
		vet.send("/clients/"+id.New().String(), with(form, "version", "1")), vet.get("/patients/" + canaries["patient"]), vet.get("/" + canaries["patient"]),
		vet.raw(http.MethodPost, "/clients", form, "Sec-Fetch-Site", "cross-site"), vet.send("/notes/"+id.New().String()+"/addenda", url.Values{"new_id": {canaries["plan"]}, "text": {canaries["plan"]}}),
	} {
		quiet("an error", r)
		if found := finds([]byte(r.body)); len(found) > 0 || r.status < http.StatusBadRequest {
			t.Errorf("an error page, %d, repeats %v", r.status, found)
		}
	}
	s.exec(t, `ALTER TABLE app.clients ADD CONSTRAINT never CHECK (version < 3) NOT VALID`)
	if r := vet.send("/clients/"+client, with(form, "family_name", canaries["old name"], "version", "2")); r.status != http.StatusInternalServerError || len(finds([]byte(r.body))) > 0 {
		t.Errorf("a fault of the database gives %d and repeats %v", r.status, finds([]byte(r.body)))
	}
	stranger := h.browser(t)
	stranger.signIn(canaries["wrong sign-in"], canaries["wrong passphrase"])
	page := vet.get("/notes/" + draft)
	for _, what := range []string{"subjective", "objective", "assessment", "plan", "reason", "addendum"} {
		htmltest.Has(t, page.body, "main", canaries[what])
	}
	page = vet.get("/clients/" + client)
	for _, what := range []string{"given name", "family name", "phone", "e-mail", "patient"} {
		htmltest.Has(t, page.body, "main", canaries[what])
	}
}
