package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// hidden fails if anything of the page below the lock can be seen or reached.
func (w *window) hidden() {
	w.t.Helper()
	w.until(`document.querySelector("#cover dialog")?.open ?? false`)
	if eval[bool](w, `document.querySelector(".app").checkVisibility({ visibilityProperty: true, opacityProperty: true })`) {
		w.fail("the page can be seen behind the lock")
	}
	w.lacks("Limping")
	w.key(kb.Escape)
	w.key(kb.Escape)
	if !eval[bool](w, `document.querySelector("#cover dialog").open`) {
		w.fail("Escape lifts the lock")
	}
}

// atDraft is a vet with unsaved words in an open note.
func atDraft(t *testing.T, label string) (*clinic, *window) {
	t.Helper()
	c := newClinic(t, label, access.Nurse, access.Veterinarian)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Veterinarian)
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	w.write("#subjective", "Limping since Sunday.")
	return c, w
}

// saved leaves the text area, waits for the note to be safe, and opens the page again.
func (w *window) saved(text string) {
	w.t.Helper()
	w.click("#draft [data-save]")
	w.settled()
	w.shows("#draft-status", "Saved ")
	w.visit(w.path())
	w.holds("#subjective", text)
}

// TestTheLockKeepsWhatWasTyped locks from the menu and goes on.
func TestTheLockKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	_, w := atDraft(t, "locked")
	eval[chromedp.Void](w, `void (window.same = true)`)
	w.click(".avatarbtn")
	w.click("form[action='/lock'] button")
	w.hidden()
	w.focused("#lock-passphrase")
	// Another window of the same browser is locked with it.
	other := w.beside()
	other.visit("/patients")
	other.shows("h1", "Locked")
	other.lacks("Biscuit")
	w.types("not the passphrase")
	w.key(kb.Enter)
	w.shows("dialog", "There is a problem")
	w.hidden()
	w.write("#lock-passphrase", passphrase)
	w.key(kb.Enter)
	w.until(`!("locked" in document.documentElement.dataset)`)
	w.holds("#subjective", "Limping since Sunday.")
	if !eval[bool](w, `window.same === true`) {
		t.Error("the page was loaded anew")
	}
	w.write("#subjective", "Limping since Sunday. Better today.")
	w.saved("Limping since Sunday. Better today.")
}

// TestAnIdleSessionLocks finds the session locked by the server when the note saves itself.
func TestAnIdleSessionLocks(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "idle")
	c.idle(t)
	w.hidden() // the note tried to save itself after its pause
	w.write("#lock-passphrase", passphrase)
	w.key(kb.Enter)
	w.until(`!("locked" in document.documentElement.dataset)`)
	w.shows("#draft-status", "Saved ") // and is saved at once when the lock is lifted
	w.holds("#subjective", "Limping since Sunday.")
	w.saved("Limping since Sunday.")
}

// TestAnEndedSessionKeepsTheText signs in over the page: the same person goes on, another does not see
// what the first one wrote.
func TestAnEndedSessionKeepsTheText(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "ended")
	c.over(t)
	w.click("#draft [data-save]")
	w.hidden()
	w.shows("dialog", "Sign in")
	w.write("#lock-passphrase", passphrase)
	w.key(kb.Enter)
	w.until(`!("locked" in document.documentElement.dataset)`)
	w.holds("#subjective", "Limping since Sunday.")
	w.shows("#draft-status", "Saved ")
	w.saved("Limping since Sunday.")

	// Somebody else's e-mail can be sent from there only by a hand that changes the page.
	w.write("#subjective", "Limping, and a secret.")
	c.over(t)
	w.click("#draft [data-save]")
	w.hidden()
	eval[chromedp.Void](w, `{ const e = document.getElementById("lock-email"); e.readOnly = false; e.value = `+quoted(c.people[access.Nurse].Email)+`; }`)
	w.foresee("dialog beforeunload")
	w.write("#lock-passphrase", passphrase)
	w.key(kb.Enter)
	w.at("/today")
	w.lacks("secret")
}

// TestAFormSentIntoALockIsKept does the same without script, where the page itself is lost.
func TestAFormSentIntoALockIsKept(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "kept")
	w.script(false)
	w.loads(func() { w.visit(w.path()) })
	w.write("#subjective", "Limping since Sunday.")
	c.idle(t)
	w.follow("#draft [data-save]")
	w.shows(".notice", "What you wrote is kept")
	w.lacks("Limping")
	w.write("#lock-passphrase", passphrase)
	w.follow("form[action='/unlock'] button")
	w.at("/kept/")
	w.holds("#subjective", "Limping since Sunday.")
	w.follow("main form button[type=submit]")
	w.at("/patients/")
	w.holds("#subjective", "Limping since Sunday.")
}

// TestALockWithoutALineSaysSo keeps the page covered while the server cannot be asked.
func TestALockWithoutALineSaysSo(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "lockedline")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Saved ")
	w.foresee("Failed to fetch")
	resume := c.hang()
	// What fifteen minutes without a hand do, without the fifteen minutes.
	eval[chromedp.Void](w, `void document.getElementById("cover").dispatchEvent(new CustomEvent("paddock:lock"))`)
	w.shows("dialog", "Paddock cannot be reached")
	w.hidden()
	c.idle(t)
	resume()
	w.shows("dialog", "Passphrase") // asks again every ten seconds
	w.write("#lock-passphrase", passphrase)
	w.key(kb.Enter)
	w.until(`!("locked" in document.documentElement.dataset)`)
	w.holds("#subjective", "Limping since Sunday.")
}
