package e2e

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// TestTwoWindowsAtOneClient saves twice, and answers by keyboard alone.
func TestTwoWindowsAtOneClient(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "twoclients", access.Receptionist)
	_, client := c.client(t, helen)
	w := c.window(t).as(access.Receptionist)
	other := w.beside()
	w.visit(client + "/edit")
	other.visit(client + "/edit")
	other.write("#family_name", "Thomson")
	other.write("#email", "helen@example.org")
	other.follow("#client-form button[type=submit]")

	w.write("#family_name", "Thompsen")
	w.write("#phone_2", "020 7946 0999")
	w.key(kb.Enter, ctrl)
	w.shows("#conflict", "You saved this in another window")
	w.lacks("Maya Lindqvist saved")
	w.shows(".diff td", "Thompsen")
	w.shows(".diff td", "Thomson")
	w.until(`document.activeElement?.textContent.includes("Nothing is lost") ?? false`)
	// Nothing is chosen yet, and sending it so says what is missing.
	w.key(kb.Enter, ctrl)
	w.shows("#mistakes", "Choose which")
	w.tabTo("#family_name")
	w.key(" ")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("h1", "Helen Thompsen")
	w.shows("main", "020 7946 0999")
	w.shows("main", "helen@example.org") // what the other changed elsewhere is there too
}

// TestChangesThatDoNotTouchAreSavedTogether leaves nothing to choose where two changed other fields.
func TestChangesThatDoNotTouchAreSavedTogether(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "apart", access.Receptionist, access.Nurse)
	_, client := c.client(t, helen)
	w, other := c.window(t).as(access.Receptionist), c.window(t).as(access.Nurse)
	w.visit(client + "/edit")
	other.visit(client + "/edit")
	other.write("#email", "helen@example.org")
	other.follow("#client-form button[type=submit]")
	w.write("#family_name", "Thompsen")
	w.key(kb.Enter, ctrl)
	w.shows("#conflict", "The two changes do not touch each other")
	w.shows(".diff tr", "Thompsen")
	w.shows(".diff tr", "Saved by Owen Achebe")
	w.accessible("409-apart")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("h1", "Helen Thompsen")
	w.shows("main", "helen@example.org")
}

// TestTwoRecordOneDeath shows the second who was first, beside what was typed.
func TestTwoRecordOneDeath(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "mourners", access.Receptionist, access.Veterinarian)
	_, patient := c.biscuit(t)
	w, v := c.window(t).as(access.Receptionist), c.window(t).as(access.Veterinarian)
	w.visit(patient + "/status")
	v.visit(patient + "/status")
	v.write("#words", "Kidney failure. At home, with the family.")
	v.pick("#manner", "Put")
	v.follow("#death-form button[type=submit]")
	w.write("#on", "yesterday")
	w.write("#words", "Helen rang: he went in his sleep.")
	w.key(kb.Enter, ctrl)
	w.shows("#overtaken", "Priya Raman recorded “Died” today")
	w.shows("#overtaken .diff", "he went in his sleep")
	w.shows("#overtaken .diff", "Kidney failure")
	w.until(`document.activeElement?.textContent.includes("Yours was not recorded") ?? false`)
	w.accessible("status-overtaken")
	w.follow("#overtaken a")
	w.shows("main", "Taking it back needs")
}

// TestTwoWindowsAtOneDraft lets the second window save over nothing.
func TestTwoWindowsAtOneDraft(t *testing.T) {
	t.Parallel()
	_, w := atDraft(t, "twodrafts")
	w.saved("Limping since Sunday.")
	other := w.beside()
	other.visit(w.path())
	other.write("#subjective", "Limping since Monday.")
	other.write("#plan", "X-ray tomorrow.")
	other.saved("Limping since Monday.")

	w.write("#subjective", "Limping since Saturday.")
	w.write("#objective", "Swollen.")
	w.shows("#draft-status", "Saved in another window")
	w.holds("#subjective", "Limping since Saturday.")
	w.follow("#draft [data-save]")
	w.shows("#conflict", "Nothing is lost")
	w.shows(".diff td", "Limping since Saturday.")
	w.shows(".diff td", "Limping since Monday.")
	w.click("#subjective")
	w.follow("#conflict button[type=submit]")
	w.at("/patients/")
	w.holds("#subjective", "Limping since Saturday.")
	w.holds("#objective", "Swollen.")
	w.holds("#plan", "X-ray tomorrow.")

	// A note signed in the other window is closed in this one.
	other.visit(w.path())
	other.follow("#draft button[data-primary]")
	other.at("/notes/")
	w.write("#plan", "Rest.")
	w.foresee("dialog beforeunload")
	w.click("#draft [data-save]")
	w.at("/notes/")
	w.shows(".read", "X-ray tomorrow.")
}

// TestALostLineLosesNothing takes the server away while somebody writes.
func TestALostLineLosesNothing(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "lostline")
	w.foresee("Failed to fetch")
	resume := c.hang()
	w.click("#draft [data-save]")
	w.shows("#problem", "This did not save")
	w.shows("#draft-status", "This did not save")
	w.holds("#subjective", "Limping since Sunday.")
	sign := "POST " + eval[string](w, `new URL(document.querySelector("#draft button[data-primary]").formAction).pathname`)
	w.click("#draft button[data-primary]") // nor does it sign
	w.waitFor("the signature to be sent", func() bool { return slices.Contains(w.requests(), sign) })
	w.settled() // and refused: what the page says stood there before
	w.shows("#problem", "This did not save")
	resume()
	w.saved("Limping since Sunday.")
	w.until(`document.getElementById("problem").childElementCount === 0`)

	// What was saved and not answered is no other window's: whoever writes on meets no words of his own.
	eval[chromedp.Void](w, `{
	  window.answered = window.fetch;
	  window.fetch = async (...asked) => {
	    const answer = await window.answered(...asked);
	    if (answer.url.endsWith("/presence")) return answer;
	    throw new TypeError("Failed to fetch");
	  };
	}`)
	w.write("#plan", "Rest.")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "This did not save")
	eval[chromedp.Void](w, `{ window.fetch = window.answered; }`)
	w.write("#plan", "Rest for a week.")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Saved ")
	w.visit(w.path())
	w.holds("#plan", "Rest for a week.")
	w.lacks("second text")

	w.visit("/clients/new")
	w.write("#family_name", "Lost")
	resume = c.hang()
	w.click("#client-form button[type=submit]")
	w.shows("#problem", "This did not save")
	w.holds("#family_name", "Lost")
	resume()
	w.follow("#client-form button[type=submit]")
	w.shows("h1", "Lost")
}
