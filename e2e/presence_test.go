package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"paddock/internal/access"
)

// TestTwoWindowsKeepBothTexts writes one note in two windows while a nurse looks on. The first is left with words that
// met the second's: they are found in the second, and both stand in the end, one under the other.
func TestTwoWindowsKeepBothTexts(t *testing.T) {
	t.Parallel()
	c, w := atDraft(t, "bothtexts")
	name := c.people[access.Veterinarian].Name
	w.saved("Limping since Sunday.")
	nurse := c.window(t).as(access.Nurse)
	nurse.visit(w.path())
	other := w.beside()
	other.visit(w.path())

	other.write("#plan", "X-ray tomorrow.")
	nurse.shows("#writing", name+" is writing here")
	nurse.shows("#writing", "at Plan")
	w.shows("#writing", "open in another window")
	other.saved("Limping since Sunday.")

	w.write("#plan", "Rest for a week.")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "This text is kept too")
	w.holds("#plan", "Rest for a week.")
	w.accessible("presence-clash", desk)
	w.foresee("dialog beforeunload")
	must(t, chromedp.Do(w.ctx, chromedp.Navigate("about:blank"))) // the lid is closed

	other.visit(other.path())
	other.shows("#draft", "This note has a second text")
	other.follow("#draft a[href$='/texts']")
	other.shows(".diff", "Rest for a week.")
	other.shows(".diff", "X-ray tomorrow.")
	other.accessible("presence-texts")
	other.resize(desk)
	other.click("input[aria-label$='one under the other']")
	other.follow("#conflict button[data-primary]")
	other.at("/patients/")
	other.holds("#plan", "X-ray tomorrow.\n\nRest for a week.")
	other.lacks("second text")

	// Signed, and nobody writes here any more.
	other.follow("#draft button[data-primary]")
	other.at("/notes/")
	nurse.until(`document.getElementById("writing").childElementCount === 0`)
}
