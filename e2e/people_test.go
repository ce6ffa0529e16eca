package e2e

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// TestSomebodyIsInvitedAndComes goes from the list of people over the link to the first page of whoever was invited, and
// back to the end of their access, by keyboard.
func TestSomebodyIsInvitedAndComes(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "newcomers", access.PracticeAdmin, access.Nurse)
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/people")
	w.shows("#people-title", "active")
	w.accessible("people")
	w.loads(func() { w.key("n") })
	w.at("/people/new")
	w.accessible("invitation")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("#mistakes", "Enter a name")
	w.accessible("invitation-422")
	w.tabTo("#name")
	w.types("Ella Brook")
	w.tabTo("#email")
	w.types("ella@newcomers.example")
	w.tabTo("[name=roles][value=nurse]")
	w.key(" ")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("h1", "The link for Ella Brook")
	w.accessible("invitation-link")
	link := regexp.MustCompile(`/welcome/\S+`).FindString(eval[string](w, `document.querySelector(".linkaddress").textContent`))
	if link == "" {
		t.Fatal("there is no link")
	}
	ella := c.window(t)
	ella.visit(link)
	ella.write("#passphrase", "seven quiet owls blink")
	ella.write("#again", "seven quiet owls blink")
	ella.loads(func() { ella.key(kb.Enter) })
	ella.visit("/patients")
	ella.shows("h1", "Patients")

	w.visit("/people")
	w.shows("main table", "Ella Brook")
	w.tabTo("main tr:nth-child(4) a")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("h1", "Ella Brook")
	w.accessible("person")
	w.tabTo("#reason")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("#mistakes", "Say why")
	w.accessible("person-422", desk)
	w.tabTo("#reason")
	w.types("Left in May")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows(".pagehead .tag", "Left")
	w.accessible("person-left")
	ella.visit("/patients")
	ella.at("/sign-in")
}
