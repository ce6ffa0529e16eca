package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// TestTheAuditLogIsReadByKeyboard asks who opened an animal's record and follows the answer back to it.
func TestTheAuditLogIsReadByKeyboard(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "trusted", access.Veterinarian, access.PracticeAdmin)
	_, patient := c.biscuit(t)
	vet := c.window(t).enters(access.Veterinarian)
	vet.visit(patient)
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/audit")
	w.accessible("audit")
	w.tabTo("#who")
	w.types("Priya")
	w.tabTo("#act")
	w.types("Opened")
	w.tabTo("#from")
	w.types("yesterday")
	w.tabTo("#to")
	w.types("today")
	w.loads(func() { w.key(kb.Enter) })
	w.at("/audit")
	w.shows(".log a", "Biscuit")
	w.lacks("signed in")
	w.accessible("audit-asked")
	w.tabTo("a[href^='/audit/export']")
	w.tabTo(".log a[href^='/patients/']")
	w.loads(func() { w.key(kb.Enter) })
	w.at(patient)
	w.visit("/audit")
	w.click(".more summary")
	w.write("#about", "Biscuit")
	w.write("#from", "some day")
	w.follow("main form button[data-primary]")
	w.shows("#mistakes", "There is a problem")
	w.accessible("audit-422")
	w.write("#about", c.origin()+patient)
	w.write("#from", "yesterday")
	w.follow("main form button[data-primary]")
	w.shows("#audit-title", "Biscuit")
	w.accessible("audit-about")
}

// TestSessionsAreSeenAndEnded ends a colleague's window, which covers itself and keeps what was typed in it.
func TestSessionsAreSeenAndEnded(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "desksfull", access.Nurse, access.PracticeAdmin)
	_, patient := c.biscuit(t)
	nurse := c.window(t).enters(access.Nurse)
	nurse.click(".avatarbtn")
	nurse.follow("#own-menu a[href='/sessions']")
	nurse.shows(".list", "This one")
	nurse.accessible("sessions")
	nurse.visit(patient + "/edit")
	nurse.write("#colour", "Golden")
	nurse.until(`document.documentElement.dataset.live === "on"`)

	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/signed-in")
	w.shows("h2", "Owen Achebe")
	w.accessible("signed-in")
	w.loads(func() { w.tabTo("h2 a"); w.key(kb.Enter) })
	w.at("/people/")
	w.accessible("person-sessions")
	w.visit("/signed-in")
	w.follow("[aria-label='End all sessions of Owen Achebe']")
	w.shows(".empty", "Signed in nowhere")
	w.accessible("person-sessions-none")

	nurse.hidden() // without a request of its own
	nurse.shows("dialog", "Sign in again")
	nurse.write("#lock-email", c.people[access.Nurse].Email)
	nurse.write("#lock-passphrase", passphrase)
	nurse.foresee("dialog beforeunload")
	nurse.loads(func() { nurse.key(kb.Enter) })
	nurse.at(patient + "/edit")
}

// TestAPageSaysThatItWillLock warns two minutes before, goes quiet when a hand is there, and says when the day is over.
func TestAPageSaysThatItWillLock(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "warned", access.Nurse, access.PracticeAdmin)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Nurse)
	ago := func(minutes string) {
		c.behind(t, `UPDATE sec.sessions SET last_seen_at = last_seen_at - $2::interval WHERE tenant_id = $1`, c.tenant.ID().String(), minutes+" minutes")
	}
	later := func(minutes string) { // as far as the page can tell
		eval[chromedp.Void](w, `{ const now = Date.now; Date.now = () => now() + `+minutes+` * 60000; }`)
	}
	w.visit(patient + "/edit")
	w.write("#colour", "Golden")
	later("13.5")
	w.settled()
	if eval[bool](w, `document.getElementById("stay-form").checkVisibility()`) {
		t.Error("a page that the server knows to be at work warns")
	}
	ago("13.5")
	later("13.5")
	w.shows("#stay-form", "this locks at")
	w.accessible("stay-warning")
	w.click("#stay-form button")
	w.until(`!document.getElementById("stay-form").checkVisibility()`)
	w.holds("#colour", "Golden")
	c.behind(t, `UPDATE sec.sessions SET created_at = created_at - interval '11 hours 58 minutes 30 seconds', expires_at = expires_at - interval '11 hours 58 minutes 30 seconds' WHERE tenant_id = $1`, c.tenant.ID().String())
	eval[chromedp.Void](w, `void document.getElementById("stay").dispatchEvent(new CustomEvent("paddock:left"))`)
	w.shows("#stay-form", "Your sign-in ends at")
	w.holds("#colour", "Golden")
	w.accessible("stay-end")

	admin := c.window(t).as(access.PracticeAdmin)
	admin.visit("/sign-in-rules")
	admin.accessible("sign-in-rules")
	admin.tabTo("#idle")
	admin.key("a", ctrl)
	admin.types("4")
	admin.key(kb.Enter)
	admin.shows("#mistakes", "There is a problem")
	admin.accessible("sign-in-rules-422")
	admin.tabTo("#idle")
	admin.key("a", ctrl)
	admin.types("10")
	admin.loads(func() { admin.key(kb.Enter) })
	admin.shows("[data-toast]", "Saved")
	admin.holds("#idle", "10")
	admin.until(`document.getElementById("stay-now").dataset.idle === "600"`)
}
