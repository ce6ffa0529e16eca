package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// asked is how often the browser has asked whether to leave a page.
func (w *window) asked() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, said := range w.complaints {
		if strings.HasPrefix(said, "dialog beforeunload") {
			n++
		}
	}
	return n
}

// asks fails unless the browser asks the given number of times while something is done.
func (w *window) asks(times int, what string, do func()) {
	w.t.Helper()
	before := w.asked()
	do()
	if got := w.asked() - before; got != times {
		w.t.Errorf("%s: the browser asked %d times, want %d", what, got, times)
	}
}

// TestAHalfTypedFormAsks leaves each form untouched, touched, refused and sent.
func TestAHalfTypedFormAsks(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "halftyped", access.Receptionist)
	owner, client := c.client(t, helen)
	_, patient := c.patient(t, owner, biscuit)
	w := c.window(t).as(access.Receptionist)
	w.foresee("dialog beforeunload")
	cancel := func() { w.follow("main form a.quiet") }
	for _, form := range []struct{ path, field, text, wrong, amiss string }{
		{"/clients/new", "#family_name", "Nakamura", "#phone_1", "12"},
		{client + "/edit", "#family_name", "Thomson", "#email", "no address"},
		{"/patients/new?client=" + owner.String(), "#name", "Clover", "#born", "tomorrow"},
		{patient + "/edit", "#colour", "Golden", "#born", "tomorrow"},
	} {
		w.visit(form.path)
		w.click(form.field)
		w.asks(0, "untouched "+form.path, cancel)
		w.visit(form.path)
		w.write(form.field, form.text)
		w.asks(1, "touched "+form.path, cancel)
		w.visit(form.path)
		w.write(form.wrong, form.amiss)
		w.click("main form[data-unsent] button[type=submit]")
		w.shows("#mistakes", "There is a problem")
		w.asks(1, "refused "+form.path, cancel)
	}
	w.visit(patient + "/edit")
	w.pick("#sex", "Fem")
	w.asks(1, "another choice", cancel)
	w.visit("/clients/new")
	w.write("#family_name", "Nakamura")
	w.asks(0, "sent", func() { w.follow("#client-form button[type=submit]") })
	w.shows("h1", "Nakamura")
	w.asks(0, "the next page", func() { w.follow("main a[data-key=e]") })
}

// TestAComparisonAsks holds words nobody has saved, until they are thrown away on purpose.
func TestAComparisonAsks(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "compared", access.Receptionist, access.Nurse)
	_, client := c.client(t, helen)
	w, other := c.window(t).as(access.Receptionist), c.window(t).as(access.Nurse)
	w.foresee("dialog beforeunload")
	clash := func() {
		w.visit(client + "/edit")
		other.visit(client + "/edit")
		other.write("#family_name", "Thomson")
		other.follow("#client-form button[type=submit]")
		w.write("#family_name", "Thompsen")
		w.click("#client-form button[type=submit]")
		w.shows("#conflict", "Owen Achebe saved")
		w.shows(".diff th", "Saved by Owen Achebe")
	}
	clash()
	w.asks(1, "leaving by the rail", func() { w.follow(".rail a[href='/patients']") })
	other.visit(client + "/edit")
	other.write("#family_name", "Thompson")
	other.follow("#client-form button[type=submit]")
	clash()
	w.asks(0, "throwing away", func() { w.follow("#conflict a[data-let-go]") })
	w.shows("h1", "Thomson")
}

// TestANoteIsSavedOnTheWayOut leaves it by a link, by a form and by the address, each within the second
// after the last letter.
func TestANoteIsSavedOnTheWayOut(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "wayout")
	patient := w.path()
	w.foresee("dialog beforeunload", "Failed to fetch")
	back := func(text string) {
		t.Helper()
		w.visit(patient)
		w.holds("#subjective", text)
	}
	w.asks(0, "a link", func() { w.follow(".rail a[href='/patients']") })
	w.at("/patients")
	back("Limping since Sunday.")

	w.write("#subjective", "By the search.")
	w.asks(0, "a form", func() { w.click("#q"); w.types("bisc"); w.loads(func() { w.key(kb.Enter) }) })
	back("By the search.")

	w.write("#subjective", "By the menu.")
	w.asks(0, "a link without the mouse", func() {
		w.loads(func() {
			eval[chromedp.Void](w, `void document.querySelector("a[data-key=e]").click()`)
		})
	})
	w.at(patient + "/edit")
	back("By the menu.")

	// By the address there is no waiting: the browser asks, and the words are on their way all the same.
	w.write("#subjective", "By the address.")
	w.asks(1, "an address", func() { w.loads(func() { w.visit("/patients") }) })
	w.waitFor("the words that were on their way", func() bool {
		w.visit(patient)
		return w.value("#subjective") == "By the address."
	})

	// Without a line nothing can be saved: the browser asks.
	w.write("#subjective", "Without a line.")
	resume := c.hang()
	before := w.asked()
	w.click(".rail a[href='/patients']")
	w.waitFor("the browser to ask", func() bool { return w.asked() > before })
	resume()
}

// TestWordsBehindAWaitingSaveAreSaved types on while one save is under way and another waits.
func TestWordsBehindAWaitingSaveAreSaved(t *testing.T) {
	t.Parallel()
	_, w := atDraft(t, "waiting")
	eval[chromedp.Void](w, `{
	  const form = document.getElementById("draft"), area = form.elements.subjective;
	  form.dispatchEvent(new CustomEvent("paddock:save"));
	  form.dispatchEvent(new CustomEvent("paddock:save"));
	  area.value += " Better today.";
	  area.dispatchEvent(new Event("input", { bubbles: true }));
	}`)
	w.settled()
	w.shows("#draft-status", "Saved ")
	w.visit(w.path())
	w.holds("#subjective", "Limping since Sunday. Better today.")
}

// TestWordsAfterTheSignatureAreNotLostUnasked signs in one window and writes on in another.
func TestWordsAfterTheSignatureAreNotLostUnasked(t *testing.T) {
	t.Parallel()
	_, w := atDraft(t, "toolate")
	w.saved("Limping since Sunday.")
	other := w.beside()
	other.visit(w.path())
	other.follow("#draft button[data-primary]")
	other.at("/notes/")
	w.foresee("dialog beforeunload")
	w.write("#plan", "Rest.")
	w.asks(1, "led to the signed note", func() { w.loads(func() { w.click("#objective") }) })
	w.at("/notes/")
}

// TestATooLongNoteComesBackWhole lets the note save itself with more than it may hold.
func TestATooLongNoteComesBackWhole(t *testing.T) {
	t.Parallel()
	_, w := atDraft(t, "toolong")
	patient := w.path()
	w.foresee("dialog beforeunload")
	eval[chromedp.Void](w, `{
	  const area = document.getElementById("subjective");
	  area.value = "x".repeat(50001);
	  area.dispatchEvent(new Event("input", { bubbles: true }));
	}`)
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Press Save draft to see why")
	if n := eval[int](w, `document.querySelectorAll("#subjective").length`); n != 1 {
		t.Errorf("the note stands %d times on its page", n)
	}
	w.follow("#draft [data-save]")
	w.shows("#mistakes", "Keep this under 50,000 letters")
	w.asks(1, "a refused note", func() { w.follow(".rail a[href='/patients']") })
	w.visit(patient)
	w.write("#subjective", "Short.")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Saved ")
	w.visit(patient)
	w.holds("#subjective", "Short.")
}

// TestARefusalIsInTheTab sends an empty note and an empty addendum.
func TestARefusalIsInTheTab(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "tabs", access.Veterinarian)
	animal, patient := c.biscuit(t)
	note := c.note(t, animal, soap)
	w := c.window(t).as(access.Veterinarian)
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	whole := eval[string](w, `document.title`)
	w.click("#draft button[data-primary]")
	w.shows("#draft #mistakes", "There is a problem")
	w.until(`document.title === "Error: " + ` + quoted(whole))
	w.visit(note)
	whole = eval[string](w, `document.title`)
	w.click("#addendum-form button[type=submit]")
	w.shows("#addendum-form #mistakes", "There is a problem")
	w.until(`document.title === "Error: " + ` + quoted(whole))
	if eval[bool](w, `document.querySelector("main title") !== null`) {
		t.Error("the title stands in the page as well")
	}
}

// TestAnUntouchedDraftSaysNothing until there is something to say.
func TestAnUntouchedDraftSaysNothing(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "untouched", access.Veterinarian)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Veterinarian)
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	if said := eval[string](w, `document.getElementById("draft-status").innerText.trim()`); said != "" {
		t.Errorf("an untouched draft says %q", said)
	}
	w.write("#subjective", "Limping since Sunday.")
	w.shows("#draft-status", "Not saved yet")
	w.saved("Limping since Sunday.")
	w.shows("#draft-status", "Saved ")
}

// phonesShown are the numbers of a client's form that can be seen.
const phonesShown = `[...document.querySelectorAll("[name^=phone_]:not([name$=_note])")].filter((el) => el.checkVisibility()).length`

// TestTheFormShowsThePhonesItNeeds and keeps the others at hand, without script too.
func TestTheFormShowsThePhonesItNeeds(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "phones", access.Receptionist)
	_, client := c.client(t, helen)
	w := c.window(t).as(access.Receptionist)
	count := func(what string, want int) {
		t.Helper()
		if got := eval[int](w, phonesShown); got != want {
			t.Errorf("%s shows %d phones, want %d", what, got, want)
		}
	}
	w.visit(client + "/edit")
	count("a client with two", 3)
	w.script(false)
	w.loads(func() { w.visit("/clients/new") })
	count("a new client", 1)
	w.tabTo("#phone_1_note")
	w.tabTo(".more summary")
	w.key(kb.Enter)
	count("a new client, opened,", 4)
	w.write("#family_name", "Nakamura")
	w.write("#phone_3", "12")
	w.follow("#client-form button[type=submit]")
	w.shows("#mistakes", "There is a problem")
	count("a refused client with the third", 4)
	w.write("#phone_3", "07700 900 555")
	w.follow("#client-form button[type=submit]")
	w.shows("main", "07700 900 555")
}

// TestRefusalsUseWordsOfPeople: the page of a refusal adds the permission's name, for the admin who gives it.
func TestRefusalsUseWordsOfPeople(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "plainwords", access.Receptionist, access.Veterinarian)
	animal, patient := c.biscuit(t)
	note := c.note(t, animal, soap)
	w := c.window(t).as(access.Receptionist)
	w.visit(note)
	w.shows("h1", "Reading clinical notes needs")
	w.visit(patient)
	w.shows(".c-time .notice", "clinical notes")
	w.lacks("clinical.read")
}
