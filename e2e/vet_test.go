package e2e

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/practice"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/vaccines"
)

// cabinet is a clinic that treats: prices, a medicine, vaccines, a letterhead, a licensed vet, and a dog in the
// waiting room.
type cabinet struct {
	*till
	// animal is weighed, its owner has an address; here is its visit.
	animal, here, drug id.ID
	rabies             vaccines.ProductRow
}

func newCabinet(t *testing.T, label string) *cabinet {
	t.Helper()
	s := &cabinet{till: newTill(t, label), here: id.New(), drug: id.New()}
	c := s.c
	owner, _ := c.client(t, registry.Client{FirstName: "Quill", LastName: "Ward", Street: "3 Tanner Court", City: "York", Postcode: "YO1 6XX", Phones: []registry.Phone{{Number: "07700 900734"}}})
	pip := biscuit
	pip.Name = "Pippin"
	s.animal, _ = c.patient(t, owner, pip)
	c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		if err := vaccines.Seed(ctx, tx, c.keys); err != nil {
			return err
		}
		if err := registry.SetLicence(ctx, tx, c.keys, c.people[access.Veterinarian].ID, "MRCVS 4711"); err != nil {
			return err
		}
		list, err := vaccines.Products(ctx, tx, false)
		for _, p := range list {
			if p.Name == "Samplevac Rabies 3" {
				s.rabies = p
			}
		}
		if err != nil {
			return err
		}
		err = practice.Save(ctx, tx, c.keys, 0, practice.Letterhead{
			Name: "Meadow Lane Vets Ltd", Address: "14 Meadow Lane", City: "York", Postcode: "YO1 9ZZ", Phone: "01632 960155", Jurisdictions: "GB",
		})
		if err != nil {
			return err
		}
		if err := records.AddSnippet(ctx, tx, c.keys, id.New(), records.Snippet{Name: "ears", Text: "Both canals clean, drums seen."}); err != nil {
			return err
		}
		return pharmacy.AddDrug(ctx, tx, c.keys, s.drug, pharmacy.Drug{
			Name: "Testoprofen 50 mg tablets", Ingredients: []string{"testoprofen"}, Families: []string{"NSAID"}, Strength: "50 mg", Unit: "tablet", Route: "mouth", Micrograms: 50_000,
			Step: money.One / 2, PerItem: money.One, Item: s.items["X-TAB"].ID,
			Rules: []pharmacy.Rule{{Species: "dog", Low: 2000, High: 4000, Licensed: true}, {Species: "cat", Banned: true}},
		})
	})
	c.write(t, c.by(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		w, err := registry.ParseWeight("24.6", "kg")
		if err != nil {
			return err
		}
		if err := registry.AddWeight(ctx, tx, c.keys, id.New(), s.animal, registry.Weight{Weighed: w, At: tx.Now(), Source: registry.Measured}, w.Grams); err != nil {
			return err
		}
		_, err = scheduling.AddWalkIn(ctx, tx, c.desk(), s.here, scheduling.WalkIn{Patient: s.animal, Type: s.d.consult, Reason: "Left ear, stiff hips"})
		return err
	})
	return s
}

func (s *cabinet) record() string { return "/patients/" + s.animal.String() }

// TestAVisitIsWrittenUpAndSentToTheDesk goes from "Start consult" to the bill that waits at the desk.
func TestAVisitIsWrittenUpAndSentToTheDesk(t *testing.T) {
	t.Parallel()
	s := newCabinet(t, "writeups")
	w := s.c.window(t).as(access.Veterinarian)
	w.visit(s.record())
	w.accessible("record-all-panels")
	w.follow("form[action$='/consults'] button")
	w.write("#temperature", "38.6")
	w.write("#pulse", "96")
	w.pick("#exam_ears", "Abn")
	w.click("[data-rest]")
	w.until(`document.querySelector("#exam_heart").value === "rest" && document.querySelector("#exam_ears").value === "abnormal"`)
	w.write("#subjective", soap.Subjective)
	w.click("#objective")
	w.types("/ea")
	w.shows("#snips [role=option]", "/ears")
	w.accessible("record-snippets", desk)
	w.key(kb.Enter)
	w.holds("#objective", "Both canals clean, drums seen.")
	w.write("#item", "cytol")
	w.shows("#items [role=option]", "Ear cytology")
	w.key(kb.Enter)
	w.write("#assessment", "Otitis externa, left.") // while the line is on its way, which takes no cursor from the field
	w.shows("#plan-lines", "£32.40")
	w.settled()
	w.holds("#assessment", "Otitis externa, left.")
	w.holds("#objective", "Both canals clean, drums seen.")
	w.accessible("record-written")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.visit(s.record())
	w.follow(".tl a[href^='/notes/']")
	w.shows("main", "38.6 °C")
	w.shows("main", "Ear cytology")
	w.accessible("note-of-visit")

	// At the desk the bill waits, and the board says so.
	r := s.c.window(t).as(access.Receptionist)
	r.visit("/today")
	r.shows("#lane-ready", "Pippin")
	r.visit("/visits/" + s.here.String() + "/check-out")
	r.shows(".billed", "Ear cytology")
	r.shows(".totals .due", "£32.40")
}

// TestAFileIsSentWithABar adds a picture, which stands as a small one and opens large.
func TestAFileIsSentWithABar(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "darkroom", access.Veterinarian)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Veterinarian)
	w.visit(patient + "/files")
	w.accessible("files-none")
	film := image.NewGray(image.Rect(0, 0, 900, 600))
	for i := range film.Pix {
		film.Pix[i] = byte(i / 900 * 255 / 600)
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, film))
	path := filepath.Join(t.TempDir(), "hip.png")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	w.choose(path)
	w.write("#title", "Left hip, standing")
	eval[struct{}](w, `(new MutationObserver(() => { window.barSeen ||= document.querySelector("[data-sending] progress").checkVisibility(); })
	  .observe(document.querySelector("[data-sending]"), { attributes: true }), {})`)
	w.click("#file-form [data-primary]")
	w.shows(".shots a", "Left hip, standing")
	w.until(`window.barSeen === true && document.activeElement.id === "files-there"`)
	w.until(`[...document.querySelectorAll(".shots img")].length === 1 && document.querySelector(".shots img").naturalWidth > 0`)
	w.accessible("files")
	w.click("#file-form [data-primary]")
	w.shows("#mistakes", "There is a problem")
	w.accessible("files-422")
	// One of several that is refused does not take the others along.
	eval[struct{}](w, `(() => {
	  const chosen = new DataTransfer();
	  for (const name of ["run.exe", "notes.txt"]) chosen.items.add(new File(["MZ\u0000\u0001"], name));
	  document.querySelector("#file-form input[type=file]").files = chosen.files;
	})()`)
	w.click("#file-form [data-primary]")
	w.shows("#file-form [role=status]", "1 file was not sent yet")
	w.until(`document.querySelector("#file-form input[type=file]").files[0].name === "notes.txt"`)
	w.follow(".shots a")
	w.until(`document.querySelector(".large img").naturalWidth === 900`)
	w.accessible("file")
	w.visit(patient)
	w.shows(".tl", "Left hip, standing")
}
