package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

// TestTheCoreWithScript walks the thin path as most people will: the search box finds while they
// type, the note saves itself.
func TestTheCoreWithScript(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "withscript", access.Receptionist, access.Veterinarian)
	w := c.window(t).enters(access.Receptionist)
	w.follow("a[href='/clients/new']")
	// A mistake comes back in place, with the words beside the field and the focus on the summary.
	w.write("#given_name", "Zoë")
	w.write("#phone_1", "12")
	w.click("#client-form button[type=submit]")
	w.shows("#mistakes", "There is a problem")
	w.focused("#mistakes")
	w.until(`document.title.startsWith("Error:")`)
	w.holds("#given_name", "Zoë")
	w.click("#mistakes a[href='#phone_1']")
	w.focused("#phone_1")
	w.write("#phone_1", "07700 900 555")
	w.write("#family_name", "O'Brien")
	w.write("#email", "zoe@example.com")
	w.follow("#client-form button[type=submit]")
	w.shows("h1", "Zoë O'Brien")
	client := w.path()

	w.follow("a[href^='/patients/new']")
	w.write("#name", "Clover")
	w.pick("#species", "Rab")
	w.write("#breed", "Lop")
	w.write("#age", "3 y")
	w.follow("#patient-form button[type=submit]")
	w.shows("h1", "Clover")
	patient := w.path()
	if eval[bool](w, `document.getElementById("draft") !== null`) {
		t.Error("reception may open a note")
	}

	// Typing finds; arrows and Enter choose.
	w.visit("/patients")
	w.click("#q")
	w.types("obri")
	w.shows("#found [role=option] mark", "O'Bri")
	w.key(kb.ArrowDown)
	w.key(kb.ArrowDown)
	w.until(`document.querySelector("#found [aria-selected=true]")?.textContent.includes("Zoë")`)
	w.loads(func() { w.key(kb.Enter) })
	w.at(client)
	w.click("#q")
	w.types("900555")
	w.shows("#found [role=option]", "Zoë")
	w.key(kb.Escape)
	w.until(`document.getElementById("found").hidden`)
	w.holds("#q", "900555")

	v := c.window(t).enters(access.Veterinarian)
	v.click("#q")
	v.types("clover")
	v.shows("#found [role=option]", "Clover")
	v.settled() // an answer that comes while the button is down would put another option under it
	v.follow("#found [role=option]")
	v.at(patient)
	v.follow("form[action$='/consults'] button")
	v.write("#subjective", "Off her hay since Monday.")
	v.shows("#draft-status", "Not saved yet")
	v.shows("#draft-status", "Saved ") // by itself, after five seconds without a key
	v.write("#assessment", "Early gut stasis.")
	v.click("#plan") // leaving the text area saves too
	v.shows("#draft-status", "Saved ")
	v.visit(patient)
	v.holds("#subjective", "Off her hay since Monday.")
	v.holds("#assessment", "Early gut stasis.")
	v.follow("#draft button[data-primary]")
	v.at("/notes/")
	v.shows(".read", "Early gut stasis.")

	// A signed note cannot be changed: no field holds it, and going back to the form finds it closed.
	note := v.path()
	if n := eval[int](v, `[...document.querySelectorAll("textarea, input")].filter((el) => el.value.includes("gut stasis")).length`); n != 0 {
		t.Error("the signed text stands in a field")
	}
	v.visit(patient)
	if eval[bool](v, `document.getElementById("draft") !== null`) {
		t.Error("the note is still open for writing")
	}
	v.follow("a[href='" + note + "']")
	v.write("#reason", "Owner rang")
	v.write("#text", "Eating again.")
	v.follow("#addendum-form button[type=submit]")
	v.shows(".addenda", "Eating again.")
	v.shows(".read", "Early gut stasis.")
}

// TestTheCoreWithoutScript walks the same path in a browser that runs none.
func TestTheCoreWithoutScript(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "noscript", access.Receptionist, access.Veterinarian)
	w := c.window(t)
	w.script(false)
	w.enters(access.Receptionist)
	if eval[bool](w, `"htmx" in window`) {
		t.Fatal("scripts run, so this tests nothing")
	}
	w.follow("a[href='/clients/new']")
	w.write("#given_name", "Zoë")
	w.write("#phone_1", "12")
	w.follow("#client-form button[type=submit]")
	w.shows("#mistakes", "There is a problem")
	w.holds("#given_name", "Zoë")
	w.write("#family_name", "O'Brien")
	w.write("#phone_1", "07700 900 555")
	w.follow("#client-form button[type=submit]")
	w.shows("h1", "Zoë O'Brien")
	w.follow("a[href^='/patients/new']")
	w.write("#name", "Clover")
	w.pick("#species", "Rab")
	w.write("#age", "3 y")
	w.follow("#patient-form button[type=submit]")
	w.shows("h1", "Clover")
	patient := w.path()
	w.write("#q", "zoe obr")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("h1", "zoe obr")
	w.follow("main a[href='" + patient + "']")
	w.click(".avatarbtn")
	w.follow("form[action='/sign-out'] button")
	w.at("/sign-in")
	w.shows(".notice, .toast", "You are signed out.")

	w.signIn(c.people[access.Veterinarian].Email, passphrase)
	w.write("#q", "clover")
	w.loads(func() { w.key(kb.Enter) })
	w.follow("main a[href='" + patient + "']")
	w.follow("form[action$='/consults'] button")
	w.write("#subjective", "Off her hay since Monday.")
	w.write("#assessment", "Early gut stasis.")
	w.follow("#draft [data-save]")
	w.at(patient)
	w.holds("#assessment", "Early gut stasis.")
	w.follow("#draft button[data-primary]")
	w.at("/notes/")
	w.shows(".read", "Early gut stasis.")
	w.write("#reason", "Owner rang")
	w.write("#text", "Eating again.")
	w.follow("#addendum-form button[type=submit]")
	w.shows(".addenda", "Eating again.")
}
