package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// findsPippin opens the cabinet's patient by the search, with keys alone.
func (w *window) findsPippin() {
	w.t.Helper()
	w.key("/")
	w.focused("#q")
	w.types("pipp")
	w.shows("#found [role=option]", "Pippin")
	w.key(kb.ArrowDown)
	w.until(`document.querySelector("#found [aria-selected=true]")?.id === document.getElementById("q").getAttribute("aria-activedescendant")`)
	w.loads(func() { w.key(kb.Enter) })
	w.at("/patients/")
}

// opens goes to a link by Tab and opens it.
func (w *window) opens(selector string) {
	w.t.Helper()
	w.tabTo(selector)
	w.loads(func() { w.key(kb.Enter) })
}

// fills goes to a field by Tab and types.
func (w *window) fills(selector, text string) { w.t.Helper(); w.tabTo(selector); w.types(text) }

// sends presses what the page or form is for.
func (w *window) sends() { w.t.Helper(); w.loads(func() { w.key(kb.Enter, ctrl) }) }

// TestAConsultByKeyboardAlone is a visit with no mouse: the note and what is charged, a medicine that an allergy forbids and
// a reason allows, its label, a vaccination and its certificate, the signature, and what came to mind afterwards.
func TestAConsultByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newCabinet(t, "keyconsult")
	s.c.write(t, s.c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return registry.AddAlert(ctx, tx, s.c.keys, id.New(), s.animal, registry.Alert{Level: registry.LevelStop, Topic: registry.TopicAllergy, Text: "Testoprofen: vomits"})
	})
	w := s.c.window(t).as(access.Veterinarian)

	w.findsPippin()
	w.loads(func() { w.key("s") })
	w.shows("#consult-title", "Consult")
	w.types("Head shaking for four days.")
	w.tabTo("#temperature", shift)
	w.types("38.6")
	w.fills("#pulse", "96")
	w.key("2", alt)
	w.types("/ea")
	w.shows("#snips [role=option]", "/ears")
	w.key(kb.Enter)
	w.holds("#objective", "Both canals clean, drums seen.")
	w.key("3", alt)
	w.types("Stiff hips.")
	w.fills("#item", "cytol")
	w.shows("#items [role=option]", "Ear cytology")
	w.key(kb.Enter)
	w.shows("#plan-lines", "£32.40")
	w.key("s", ctrl)
	w.shows("#draft-status", "Saved")
	w.settled()

	// What the animal does not take is named, and given for a reason only.
	w.tabTo("#draft [data-primary]") // letters are letters in a field
	w.loads(func() { w.key("r") })
	w.focused("#drug")
	w.types("Testo")
	w.fills("#dose", "1.5")
	w.fills("#every", "Twice")
	w.fills("#days", "7")
	w.shows("#dosing", "allergy to testoprofen")
	w.key(kb.Enter, ctrl)
	w.shows("#mistakes", "There is a problem")
	w.holds("#dose", "1.5")
	w.fills("#reason", "Vomited once years ago, tolerated twice since")
	w.fills("#indication", "Stiff hips")
	w.sends()
	w.at("/prescriptions/")
	w.shows("main", "tolerated twice since")
	w.fills("#batch", "K2291")
	w.fills("#expiry", "11-2040")
	w.sends()
	w.at("/supplies/")
	w.shows(".rx .dir", "Give ONE AND A HALF tablets")
	w.sends()
	w.at("/labels/")
	w.shows(".rx", "Keep out of reach of children.")

	w.findsPippin()
	w.tabTo("#draft [data-primary]")
	w.loads(func() { w.key("i") })
	w.focused("#product")
	w.types("Samplevac Rabies 3")
	w.fills("#lot", "R90-2")
	w.fills("#expiry", "06-2099")
	w.fills("#first", "First")
	w.sends()
	w.findsPippin()
	w.tabTo("#vaccinations a[href$='/vaccinations']", shift)
	w.loads(func() { w.key(kb.Enter) })
	w.opens("main .list a[href^='/vaccinations/']")
	w.opens("a[href$='/certificate']")
	w.sends()
	w.at("/certificates/")
	w.shows(".cert", "MRCVS 4711")

	// The note waited, and goes to the desk.
	w.findsPippin()
	w.shows("#plan-lines", "£32.40")
	w.holds("#assessment", "Stiff hips.")
	w.sends()
	w.findsPippin()
	w.opens(".tl a[href^='/notes/']")
	w.shows(".read", "Head shaking for four days.")
	w.fills("#kind", "Add")
	w.fills("#reason", "Forgotten on the day")
	w.fills("#text", "Owner will ring on Friday.")
	w.sends()
	w.shows(".addenda", "Owner will ring on Friday.")
	w.shows(".read", "Stiff hips.")

	r := s.c.window(t).as(access.Receptionist)
	r.visit("/visits/" + s.here.String() + "/check-out")
	r.shows(".billed", "Ear cytology")
	r.shows(".billed", "Oclacitinib")
	r.shows(".billed", "abies")
}

// small names what a finger would miss: what is pressed, and is lower or narrower than 44 pixels (24 where it stands
// between words, WCAG 2.2, 2.5.8), unless its label is as large.
const small = `[...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select, main textarea, main summary")].filter((el) => {
  if (!el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || el.closest(".sr") || el.matches(".sr")) return false;
  const box = el.getBoundingClientRect(), around = el.closest("label")?.getBoundingClientRect() ?? box;
  if (getComputedStyle(el).display === "inline") return false;
  return Math.max(box.height, around.height) < 43.5 || Math.max(box.width, around.width) < 23.5;
}).map((el) => el.tagName + "." + el.className + "#" + el.id + " " + el.textContent.trim().slice(0, 20) + " " + Math.round(el.getBoundingClientRect().height)).slice(0, 30)`

// TestAConsultOnAPhone writes a note with fingers: what is pressed is large enough, nothing sticks out.
func TestAConsultOnAPhone(t *testing.T) {
	t.Parallel()
	s := newCabinet(t, "fingers")
	w := s.c.window(t).as(access.Veterinarian)
	_, err := chromedp.Call(w.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5})
	must(t, err)
	w.resize(phone)
	w.visit(s.record())
	if !eval[bool](w, `matchMedia("(pointer: coarse)").matches`) {
		w.fail("the window has no touch")
	}
	large := func(page string) {
		t.Helper()
		w.shot("fingers-" + page)
		if out := eval[[]string](w, small); len(out) > 0 {
			t.Errorf("%s is too small to press: %q", page, out)
		}
		if out := eval[[]string](w, sticksOut); len(out) > 0 {
			t.Errorf("%s sticks out: %q", page, out)
		}
	}
	large("record")
	w.follow("form[action$='/consults'] button")
	w.write("#temperature", "38.6")
	w.click("[data-rest]")
	w.write("#subjective", "Head shaking for four days.")
	w.write("#item", "cytol")
	w.shows("#items [role=option]", "Ear cytology")
	large("items")
	w.click("#items [role=option]")
	w.shows("#plan-lines", "£32.40")
	w.write("#assessment", "Otitis externa.")
	w.settled()
	large("draft")
	w.follow("#draft [data-primary]")
	w.visit(s.record())
	w.shows(".tl", "Otitis externa.")
	large("record with a note")
	w.visit(s.record() + "/prescriptions/new")
	large("prescription")
	w.visit(s.record() + "/vaccinations/new")
	large("vaccination")
}
