package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/imports"
)

// choose puts a file into the file field, as the browser's own dialog does, which no page can reach.
func (w *window) choose(path string) {
	w.t.Helper()
	// By the object: the numbers of nodes are given anew whenever a document comes.
	field, err := chromedp.Call(w.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: `document.querySelector("#file")`})
	must(w.t, err)
	_, err = chromedp.Call(w.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: field.Result.ObjectID})
	must(w.t, err)
}

// licences are a city's list of n animals, with every kind of row that needs an eye among them.
func licences(t *testing.T, name string, n int) (path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("License Issue Date,License Number,Animal's Name,Species,Primary Breed,Secondary Breed,ZIP Code\n")
	names := []string{"Quincy", "Pepper", "Oslo", "Juniper", "Waffles", "Fig", "Bandit", "Clementine", "Rufus", "Noodle"}
	breeds := []string{"Beagle", "Retriever, Labrador", "Poodle, Miniature", "Terrier, Border", "Spaniel, English Cocker"}
	for i := range n {
		fmt.Fprintf(&b, "March %02d 2025,S%06d,%s %s,Dog,%q,Mix,98%03d\n", i%28+1, 100000+i, names[i%10], names[(i/10)%10], breeds[i%5], i%200)
	}
	b.WriteString("April 02 2025,S100000,Quincy Quincy,Dog,Beagle,Mix,98101\n")            // renewed
	b.WriteString("April 03 2025,S100001,Marmalade,Cat,Domestic Shorthair,,98102\n")       // another's number
	b.WriteString("April 04 2025,S200001,,Cat,Siamese,,98103\n")                           // unnamed
	b.WriteString("April 05 2025,S200002,Smaug,Dragon,Red,,98104\n")                       // no species
	b.WriteString("February 31 2025,S200003,Leapling,Dog,Whippet,,98105\n")                // no date
	b.WriteString("April 06 2025,S200004,\"Sir \"\"Barks\"\" Alot\",Dog,Whippet,,98106\n") // quotes
	path = filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// TestAFileIsImportedAndTakenBack goes the whole way in the browser, with real jobs: by the keyboard, but
// for the browser's own dialog that chooses a file.
func TestAFileIsImportedAndTakenBack(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "importers", access.PracticeAdmin, access.Veterinarian)
	w := c.window(t).as(access.PracticeAdmin)
	w.tabTo(".rail a[href='/people']")
	w.loads(func() { w.key(kb.Enter) })
	w.tabTo(".places a[href='/imports']")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("h1", "Import")
	w.accessible("imports-none")
	w.tabTo("#upload-form button[type=submit]")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("#mistakes", "Choose a file")
	w.accessible("imports-422")

	w.choose(licences(t, "oakvale-licences.csv", 300))
	w.tabTo("#upload-form button[type=submit]")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("h1", "oakvale-licences.csv")
	path := w.path()
	for at, want := range []string{"issued", "number", "name", "species", "breed", "breed2", ""} {
		w.holds(fmt.Sprintf("#column_%d", at+1), want)
	}
	w.accessible("import-columns")
	w.tabTo("#column_7")
	w.types("Nam")
	w.key(kb.Enter, ctrl)
	w.shows("#column_7-mistake", "chosen for another column")
	w.focused("#mistakes")
	w.accessible("import-columns-422")
	w.tabTo("#column_7")
	w.types("Not")
	w.holds("#column_7", "")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at(path)

	// The check ends by itself, and the page with it.
	w.shows("#checked", "What the dry run says")
	w.shows("[data-primary]", "Import 303 patients")
	w.shows("[aria-labelledby=problems-conflict]", "Marmalade")
	w.shows("[aria-labelledby=problems-refused]", "Dragon")
	w.accessible("import-checked")
	w.tabTo("form[action$='/run'] button")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("#ended", "What became of it")
	w.accessible("import-done")

	v := c.window(t).as(access.Veterinarian)
	v.click("#q")
	v.types("marmalade")
	v.shows("#found [role=option]", "Marmalade")
	v.settled()
	v.follow("#found [role=option]")
	v.shows("h1", "Marmalade")
	v.follow("form[action$='/consults'] button") // it is used now
	v.visit("/imports")
	v.shows("h1", "needs a practice admin")

	w.tabTo("a[href$='/withdrawal']")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("[data-primary]", "Take back 302 patients")
	w.shows("[aria-labelledby=kept]", "Marmalade")
	w.accessible("import-withdrawal")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows(".pagehead .tag", "Taken back")
	w.shows("[aria-labelledby=kept]", "Marmalade")
	w.accessible("import-withdrawn")
	w.click("#q")
	w.types("clementine")
	w.shows("#found", "No one called")
	w.visit("/imports")
	w.shows("table", "oakvale-licences.csv")
	w.accessible("imports")
}

// TestAnImportIsSeenAtWork holds the states that pass too quickly to be looked at.
func TestAnImportIsSeenAtWork(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "atwork", access.PracticeAdmin)
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/imports")
	w.choose(licences(t, "list.csv", 20))
	w.follow("#upload-form button[type=submit]")
	path := w.path()
	w.loads(func() { w.click("#columns-form button[type=submit]") })
	w.shows("#checked", "dry run")
	row := id.MustParse(strings.TrimPrefix(path, "/imports/"))
	alone := func(what string, do func(ctx context.Context, tx *db.Tx, version int64) error) { // without a job
		t.Helper()
		c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
			one, err := imports.Open(ctx, tx, c.keys, row)
			must(t, err)
			if err := do(ctx, tx, one.Version); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			return nil
		})
	}
	counts := func(total, done int) {
		t.Helper()
		c.behind(t, `UPDATE app.imports SET rows_total = $3, rows_done = $4, added = $4, merged = 0, skipped = 0, refused = 0, conflicts = 0, unnamed = 0 WHERE tenant_id = $1 AND id = $2`,
			c.tenant.ID().String(), row.String(), total, done)
	}
	still := func() {
		t.Helper()
		c.behind(t, `UPDATE app.imports SET updated_at = updated_at - interval '3 minutes' WHERE tenant_id = $1 AND id = $2`, c.tenant.ID().String(), row.String())
	}
	alone("start", func(ctx context.Context, tx *db.Tx, version int64) error {
		return imports.Start(ctx, tx, c.keys, row, version, nil)
	})
	counts(66042, 12000)
	w.visit(path)
	w.shows("#progress", "12,000 of 66,042 rows")
	w.accessible("import-running")
	counts(66042, 41000)
	w.shows("#progress", "41,000 of 66,042 rows")
	w.until(`document.querySelector("#progress progress").value === 41000`)

	// Locked meanwhile, the page asks on and leaves the dialog to the person who types into it.
	w.click(".avatarbtn")
	w.click("form[action='/lock'] button")
	w.shows("dialog", "Locked")
	w.write("#lock-passphrase", passphrase)
	asked := len(w.requests())
	w.waitFor("two questions more", func() bool { return len(w.requests()) >= asked+2 })
	w.holds("#lock-passphrase", passphrase)
	w.click("dialog button[type=submit]")
	w.until(`!document.querySelector("dialog")`)
	counts(66042, 44000)
	w.shows("#progress", "44,000 of 66,042 rows")
	w.visit("/imports")
	w.accessible("imports-running")

	w.script(false)
	w.visit(path)
	counts(66042, 52000)
	w.follow("noscript a")
	w.shows("#progress", "52,000 of 66,042 rows")
	w.script(true)
	w.visit(path)

	// A process that died leaves it standing still; the page says so by itself.
	counts(26, 0)
	w.loads(still)
	w.shows(".notice", "stood still")
	w.accessible("import-stalled")
	must(t, imports.GiveUp(context.Background(), c.site.env.Store, c.keys, c.importer(), row, errors.New("the disk is full")))
	w.visit(path)
	w.shows("#ended", "Stopped on its way")
	w.accessible("import-failed")
	w.follow("form[action$='/run'] button")
	w.shows("#ended", "What became of it")

	alone("withdraw", func(ctx context.Context, tx *db.Tx, version int64) error {
		return imports.Withdraw(ctx, tx, c.keys, row, version, nil)
	})
	w.visit(path)
	w.shows("#progress", "Taking the import back")
	w.accessible("import-withdrawing")

	// Another one has to wait, and says for which.
	w.visit("/imports")
	next := filepath.Join(t.TempDir(), "next.csv")
	must(t, os.WriteFile(next, []byte("Name,Species\nWillow,Cat\n"), 0o600))
	w.choose(next)
	w.follow("#upload-form button[type=submit]")
	w.loads(func() { w.click("#columns-form button[type=submit]") })
	w.shows("#checked", "dry run")
	w.follow("form[action$='/run'] button")
	w.shows(".notice a", "list.csv")
	w.accessible("import-busy")
	w.follow(".notice a")
	w.at(path)
	w.loads(still)
	w.follow("form[action$='/withdrawal'] button")
	w.shows(".pagehead .tag", "Taken back")
	w.accessible("import-withdrawn-whole")
}

// importer is the practice admin as a job has them.
func (c *clinic) importer() actor.Who {
	return actor.Who{
		Clinic: c.tenant, Placement: dbtest.Placement, Person: c.people[access.PracticeAdmin].ID, Purpose: actor.Import, Request: id.New(), Route: "test",
	}
}

// TestAFileThatIsTooBigIsToldSo sends what the browser is not asked to look at first, and gets an answer
// though it is still sending.
func TestAFileThatIsTooBigIsToldSo(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "toobig", access.PracticeAdmin)
	w := c.window(t).as(access.PracticeAdmin)
	for _, megabytes := range []int{51, 120} {
		path := filepath.Join(t.TempDir(), "big.csv")
		must(t, os.WriteFile(path, bytes.Repeat([]byte("Name,Species\nQuincy,Dog\nPepper,Cat\n"), megabytes<<20/34), 0o600))
		w.visit("/imports")
		w.choose(path)
		w.loads(func() { w.click("#upload-form button[type=submit]") })
		w.shows("#file-mistake", "larger than 50 MB")
	}
}
