package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/vault"
)

// visited gives an animal so many signed notes, one a day back from now; the oldest tells of a beetle.
func (h *shop) visited(t *testing.T, animal id.ID, n int) {
	t.Helper()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		notes := db.InsertNotesParams{TenantID: tx.Tenant, AuthorID: tx.Who.Person, SignedAt: tx.Now(), KeyVersion: h.keys.KeyVersion()}
		for i := range n {
			row, text := id.New(), records.SOAP{Subjective: "Lame on the left fore since Sunday.", Assessment: fmt.Sprintf("Strain, visit %d.", i)}
			if i == n-1 {
				text.Plan = "Ate a Beetle; wait and see."
			}
			sealed, err := h.keys.SealJSON(vault.Slot{Table: "notes", Group: "clinical", Row: row}, text)
			if err != nil {
				return err
			}
			notes.Ids, notes.PatientIds, notes.Sealed = append(notes.Ids, row), append(notes.PatientIds, animal), append(notes.Sealed, sealed)
			notes.EventAts = append(notes.EventAts, tx.Now().AddDate(0, 0, -i))
		}
		return tx.InsertNotes(ctx, notes)
	})
}

// A patient with 700 visits costs what one with enough to fill the page costs, and all of it is reached by "Older".
func TestManyVisitsCostNoMoreThanFew(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	few, many := s.a.newAnimal(t), s.a.newAnimal(t)
	s.a.visited(t, few, 16)
	s.a.visited(t, many, 700)
	for _, role := range roleKeys {
		b := s.a.as(t, role)
		b.get("/patients") // what is read once a process
		page := b.get("/patients/" + few.String())
		trips, statements, size := b.meter.Trips(), b.meter.Statements(), len(page.body)
		page = b.get("/patients/" + many.String())
		if b.meter.Trips() != trips || b.meter.Statements() != statements || b.meter.Trips() > tripsMost {
			t.Errorf("as %s: %d trips and %d statements for few, %d and %d for many", role, trips, statements, b.meter.Trips(), b.meter.Statements())
		}
		if off := len(page.body) - size; off > 2000 || off < -2000 {
			t.Errorf("as %s: a page of %d bytes for few, %d for many", role, size, len(page.body))
		}
		seen := map[string]bool{}
		for pages := 0; ; pages++ {
			for _, line := range strings.Split(page.body, "<time datetime=\"")[1:] {
				at, _, _ := strings.Cut(line, `"`)
				seen[at] = true
			}
			if !strings.Contains(page.body, `id="history-foot"`) || !strings.Contains(page.body, ">Older</a>") {
				break
			}
			href := htmltest.Attr(t, page.body, "#history-foot a.push", "href")
			if strings.Contains(href, "Strain") || pages > 20 {
				t.Fatalf("page %d goes on at %s", pages, href)
			}
			page = b.get(href)
			if page.status != http.StatusOK {
				t.Fatalf("%s: %d", href, page.status)
			}
		}
		if len(seen) < 700 {
			t.Errorf("as %s: %d of 700 visits were reached", role, len(seen))
		}
	}
}

func TestTheHistoryShowsOneKindWithAndWithoutScript(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	_, animal := s.a.note(t)
	nurse, path := s.a.as(t, access.Nurse), "/patients/"+animal.String()
	page := nurse.get(path)
	nurse.submit(page, "#weight-form", map[string]string{"weight": "24.6"}).location(t)
	whole := nurse.get(path)
	htmltest.Has(t, whole.body, ".tl", "Weight 24.6 kg")
	htmltest.Has(t, whole.body, ".tl", "Consult, signed")
	htmltest.Has(t, whole.body, ".chips [aria-current]", "All")
	only := nurse.get(path + "/history?show=weights")
	htmltest.Has(t, only.body, ".banner", "Pip")
	htmltest.Has(t, only.body, ".chips [aria-current]", "Weights")
	htmltest.Has(t, only.body, ".tl", "Weight 24.6 kg")
	htmltest.Lacks(t, only.body, ".tl", "Consult, signed")
	nurse.partial = true
	part := nurse.get(path + "/history?show=weights")
	htmltest.Lacks(t, part.body, ".banner", "")
	htmltest.Has(t, part.body, "#history-panel .tl", "Weight 24.6 kg")
	nurse.partial = false
	for _, odd := range []string{"?show=nothing", "?before=x&than=y", "?before=99999999999999999999&than=" + newID(), "?before=-5&than=" + newID()} {
		if r := nurse.get(path + "/history" + odd); r.status != http.StatusOK || !strings.Contains(r.body, "Consult, signed") {
			t.Errorf("%s: %d", odd, r.status)
		}
	}
}

// What is looked for stands in no address, is recorded without its words, and is for those who read notes alone.
func TestARecordIsLookedThrough(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.a
	animal := h.newAnimal(t)
	h.visited(t, animal, 1100)
	path := "/patients/" + animal.String()
	vet := h.as(t, access.Veterinarian)
	page := vet.get(path)
	htmltest.Has(t, page.body, "#history-search kbd", "H")

	short := vet.submit(page, "#history-search", map[string]string{"q": "b"})
	short.says(t, http.StatusUnprocessableEntity, "#hs-said", "Type 2 to 100 letters")
	if got := htmltest.Form(t, short.body, "#history-search").Get("q"); got != "b" {
		t.Errorf("what was typed came back as %q", got)
	}
	found := vet.submit(page, "#history-search", map[string]string{"q": "  beetle   ATE "})
	htmltest.Has(t, found.body, "#hs-said", "1000 entries looked through, back to")
	htmltest.Has(t, found.body, "#history-panel", "Nothing was found.")
	if trips := vet.meter.Trips(); trips > 64 {
		t.Errorf("looking through 1000 entries takes %d trips", trips)
	}
	found = vet.submit(found, "#history-foot form", nil)
	htmltest.Has(t, found.body, "#hs-said", "100 entries looked through.")
	htmltest.Count(t, found.body, ".tl mark", 2)
	htmltest.Has(t, found.body, ".tl", "Ate a Beetle; wait and see.")
	htmltest.Lacks(t, found.body, "#history-foot form", "")
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object_id = $2 AND action = 'searched' AND object = 'patient' AND octet_length(commitment) > 0`, h.tenant, animal); n != 2 {
		t.Errorf("%d searches are recorded", n)
	}
	many := vet.submit(page, "#history-search", map[string]string{"q": "strain"})
	htmltest.Count(t, many.body, ".tl a", 40)
	htmltest.Has(t, many.body, "#hs-said", "40 entries looked through, back to")

	desk := h.as(t, access.Receptionist)
	htmltest.Lacks(t, desk.get(path).body, "#history-search", "")
	if r := desk.send(path+"/history/search", url.Values{"q": {"beetle"}}); r.status != http.StatusForbidden {
		t.Errorf("reception looks through a record: %d", r.status)
	}
}

// A copy holds everything, says whose it is, and stands in the list of those who looked.
func TestTheWholeRecordIsPrintedAndRecorded(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.a
	note, animal := h.note(t)
	h.visited(t, animal, 700)
	vet := h.as(t, access.Veterinarian)
	vet.send("/notes/"+note.String()+"/addenda", url.Values{"new_id": {newID()}, "kind": {"late-entry"}, "happened": {"yesterday 16:30"}, "reason": {"Owner rang"}, "text": {"Eats again."}}).location(t)
	path := "/patients/" + animal.String() + "/history"
	htmltest.Has(t, vet.get("/patients/"+animal.String()).body, "#history-panel header", "Print")
	page := vet.get(path + "/print")
	htmltest.Has(t, page.body, ".whole", "Late entry")
	htmltest.Has(t, page.body, ".whole", "Owner rang: Eats again.")
	htmltest.Has(t, page.body, ".whole", "Ate a Beetle; wait and see.")
	htmltest.Has(t, page.body, ".whole", "Entered later")
	htmltest.Count(t, page.body, ".happened", 701)
	pdf := vet.get(path + "/pdf")
	if pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the file: %d", pdf.status)
	}
	looks := h.as(t, access.PracticeAdmin).get("/patients/" + animal.String() + "/looks")
	htmltest.Has(t, looks.body, "table", "Printed")
	htmltest.Has(t, looks.body, "table", "Took a copy")
	for _, role := range []string{access.Nurse, access.Receptionist} {
		b := h.as(t, role)
		htmltest.Lacks(t, b.get("/patients/"+animal.String()).body, "a[href$=\"/print\"]", "")
		for _, how := range []string{"/print", "/pdf"} {
			if r := b.get(path + how); r.status != http.StatusForbidden {
				t.Errorf("%s as %s: %d", how, role, r.status)
			}
		}
	}
}
