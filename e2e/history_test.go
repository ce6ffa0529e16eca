package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// notes gives an animal so many signed ones, one a day back from now; the oldest tells of a beetle.
func (c *clinic) notes(t *testing.T, animal id.ID, n int) {
	t.Helper()
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		notes := db.InsertNotesParams{TenantID: tx.Tenant, AuthorID: tx.Who.Person, SignedAt: tx.Now(), KeyVersion: c.keys.KeyVersion()}
		for i := range n {
			row, text := id.New(), records.SOAP{Subjective: "Lame on the left fore.", Assessment: fmt.Sprintf("Strain, visit %d.", i+1)}
			if i == n-1 {
				text.Plan = "Ate a beetle; wait and see."
			}
			sealed, err := c.keys.SealJSON(vault.Slot{Table: "notes", Group: "clinical", Row: row}, text)
			if err != nil {
				return err
			}
			notes.Ids, notes.PatientIds, notes.Sealed = append(notes.Ids, row), append(notes.PatientIds, animal), append(notes.Sealed, sealed)
			notes.EventAts = append(notes.EventAts, tx.Now().AddDate(0, 0, -i))
		}
		return tx.InsertNotes(ctx, notes)
	})
}

// TestTheHistoryIsReadByKeyboard narrows the history to a kind, goes back in it, looks something up and prints it.
func TestTheHistoryIsReadByKeyboard(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "annals", access.Veterinarian)
	animal, record := c.biscuit(t)
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return registry.AddAlert(ctx, tx, c.keys, id.New(), animal, registry.Alert{Level: registry.LevelMind, Topic: registry.TopicGeneral, Text: "Nips at the scale"})
	})
	c.notes(t, animal, 40)
	w := c.window(t).as(access.Veterinarian)
	w.visit(record)
	w.accessible("record-of-forty")

	w.tabTo(".kinds a[href$='show=vaccines']")
	w.key(kb.Enter)
	w.shows("#history-panel .empty", "Nothing of this kind yet.")
	w.focused(".kinds a[href$='show=vaccines']")
	w.tabTo("#history-rest")
	w.key(kb.Enter)
	w.until(`document.querySelector("#history-kinds").matches(":popover-open")`)
	w.accessible("record-kinds")
	w.tabTo("#history-kinds a[href$='show=alerts']")
	w.key(kb.Enter)
	w.shows("#history-panel .tl", "Nips at the scale")
	w.until(`!document.querySelector("#history-kinds").matches(":popover-open")`)
	w.focused("#history-rest")
	w.shows(".kinds .chip[aria-current]", "Alerts")
	w.resize(phone)
	w.until(`new Set([...document.querySelectorAll(".kinds > .chip")].map((e) => e.offsetTop)).size === 1`)
	w.resize(desk)

	// All of it, to the end by "Older".
	w.visit(record + "/history")
	w.shows("h1", "history")
	w.accessible("history-alone")
	w.tabTo("#history-foot a")
	w.key(kb.Enter)
	w.shows("#history-panel .tl", "Strain, visit 40.")
	w.focused("#history-panel .tl + .tl")
	w.until(`document.querySelectorAll("#history-panel .tl > li:not(.yr)").length === 41 && !document.querySelector("#history-foot a")`)

	w.key("h")
	w.focused("#hs")
	w.types("beetle")
	w.key(kb.Enter)
	w.shows("#history-panel mark", "beetle")
	w.shows("#hs-said", "looked through")
	w.accessible("history-found")

	w.visit(record)
	w.tabTo("#history-panel header a[href$='/print']")
	w.loads(func() { w.key(kb.Enter) })
	w.shows(".whole", "Ate a beetle")
	w.accessible("history-print")
	w.until(`document.querySelector("[data-key=p]").getAttribute("href") === "` + record + `/history/pdf"`)
	kind := w.run(w.world("look"), `fetch("`+record+`/history/pdf").then(async (r) => JSON.stringify(r.headers.get("content-type") + " " + (await r.text()).slice(0, 5)))`)
	if kind != "application/pdf %PDF-" && kind != `"application/pdf %PDF-"` {
		t.Errorf("the file is %s", kind)
	}
}

// TestATargetStandsInTheGraph sets the range a weight should be in, by keyboard.
func TestATargetStandsInTheGraph(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "scalepans", access.Veterinarian)
	_, record := c.biscuit(t)
	w := c.window(t).as(access.Veterinarian)
	for _, weight := range []string{"25.2", "24.6"} {
		w.visit(record)
		w.key("v")
		w.until(`document.activeElement.closest("#weight-form") !== null`)
		w.write("#weight", weight)
		w.loads(func() { w.key(kb.Enter, ctrl) })
	}
	w.visit(record)
	w.click("details:has(#target-form) summary")
	w.write("#low", "25")
	w.write("#high", "23")
	w.key(kb.Enter, ctrl)
	w.shows("#target-form #mistakes", "The end is above the beginning")
	w.accessible("weight-target-422")
	w.write("#low", "23")
	w.write("#high", "24.5")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("#weights .target", "Target 23 to 24.5 kg")
	w.until(`document.querySelectorAll("#weights rect.band").length === 1`)
	w.accessible("weight-target")
}

// past is the history of an animal as another program gives it out.
const past = "Type,Microchip,Date,Author,Reason,Subjective,Text,Weight,Vaccine,Batch\n" +
	"visit,985112345670001,2021-06-14 14:30,Dr Old Vet,Limps since Sunday,,,,,\n" +
	"note,985112345670001,2021-06-14,Dr Old Vet,,Lame on the left fore,,,,\n" +
	"weight,985112345670001,2021-06-14,,,,,24.6 kg,,\n" +
	"vaccination,985112345670001,2021-06-02,,,,,,Forgotten Vaccine,\n" +
	"weight,985112345679999,2021-06-14,,,,,3 kg,,\n"

// TestHistoryIsImportedReadAndTakenBack takes the history of an earlier program in, finds it in the record marked as such,
// and takes it back.
func TestHistoryIsImportedReadAndTakenBack(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "archives", access.PracticeAdmin, access.Veterinarian)
	animal, record := c.biscuit(t)
	c.number(t, animal, registry.Identifier{Kind: registry.KindChip, Number: "985112345670001", Standard: registry.ISOChip})
	path := filepath.Join(t.TempDir(), "history.csv")
	must(t, os.WriteFile(path, []byte(past), 0o600))
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/imports")
	w.click("#upload-form details summary")
	w.shows("#upload-form details", "Download a sample")
	w.accessible("imports-history-guide")
	w.pick("#holds", "Clin")
	w.choose(path)
	w.tabTo("#upload-form button[type=submit]")
	w.loads(func() { w.key(kb.Enter) })
	w.holds("#column_2", "chip")
	w.accessible("import-history-columns")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("[data-primary]", "Import 4 entries")
	w.shows("[aria-labelledby=problems-refused]", "985112345679999")
	w.accessible("import-history-checked")
	w.tabTo("form[action$='/run'] button")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("#ended", "What became of it")
	w.accessible("import-history-done")
	done := w.path()

	v := c.window(t).as(access.Veterinarian)
	v.visit(record)
	v.shows("#history-panel .tl", "Lame on the left fore")
	v.shows("#history-panel .tl", "from the earlier practice system")
	v.accessible("record-imported")
	v.follow("#history-panel .tl a[href^='/notes/']")
	v.shows("main", "Written there by Dr Old Vet")
	v.accessible("note-imported")

	w.visit(done)
	w.tabTo("a[href$='/withdrawal']")
	w.loads(func() { w.key(kb.Enter) })
	w.accessible("import-history-withdrawal")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows(".pagehead .tag", "Taken back")
	v.visit(record)
	v.lacks("Lame on the left fore")
}
