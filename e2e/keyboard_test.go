package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"paddock/internal/access"
)

const (
	ctrl  = kb.ModifierCtrl
	alt   = kb.ModifierAlt
	shift = kb.ModifierShift
)

// key presses one key, with others held. The letter comes with the press, as from a keyboard, so that
// a page which takes the press for a shortcut takes the letter with it.
func (w *window) key(key string, held ...kb.Modifier) {
	w.t.Helper()
	for _, r := range key {
		var down, up input.DispatchKeyEventParams
		for _, e := range kb.Encode(r) {
			switch e.Type {
			case kb.KeyDown:
				down.Type, down.Key, down.Code = input.DispatchKeyEventTypeRawKeyDown, e.Key, e.Code
				down.NativeVirtualKeyCode, down.WindowsVirtualKeyCode, down.Modifiers = e.NativeVirtualKeyCode, e.WindowsVirtualKeyCode, e.Modifiers
			case kb.KeyChar:
				down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, e.Text, e.UnmodifiedText
			default:
				up = *e
			}
		}
		for _, m := range held {
			down.Modifiers |= int64(m)
			up.Modifiers |= int64(m)
			if m != shift {
				down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeRawKeyDown, "", ""
			}
		}
		if down.Modifiers == int64(ctrl) && r == 'a' {
			down.Commands = []string{"selectAll"} // the browser's own meaning, which comes from its window
		}
		for _, e := range []input.DispatchKeyEventParams{down, up} {
			_, err := chromedp.Call(w.ctx, input.DispatchKeyEvent, e)
			must(w.t, err)
		}
	}
}

// types presses a key for each letter.
func (w *window) types(text string) { w.t.Helper(); w.key(text) }

// tabTo presses Tab, with Shift held for the way back, until the focus is on the element, and fails where Tab does not lead there or
// where the focus cannot be seen.
func (w *window) tabTo(selector string, held ...kb.Modifier) {
	w.t.Helper()
	for range 60 {
		w.key(kb.Tab, held...)
		if eval[bool](w, `document.activeElement?.matches(`+quoted(selector)+`) ?? false`) {
			w.focusShown(selector)
			return
		}
	}
	w.fail("Tab does not lead to " + selector)
}

// focusShown fails unless the focused element is drawn with an outline and inside the window.
func (w *window) focusShown(selector string) {
	w.t.Helper()
	if !eval[bool](w, `(() => {
	  const el = document.activeElement, box = el.getBoundingClientRect(), style = getComputedStyle(el);
	  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
	})()`) {
		w.fail("the focus cannot be seen on " + selector)
	}
}

// focused waits until the focus is on an element.
func (w *window) focused(selector string) {
	w.t.Helper()
	w.until(`document.activeElement?.matches(` + quoted(selector) + `) ?? false`)
}

// TestTheCoreByKeyboardAlone walks the thin path with no mouse.
func TestTheCoreByKeyboardAlone(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "keyboard", access.Receptionist, access.Veterinarian)
	w := c.window(t)
	w.visit("/")
	w.at("/sign-in")
	w.focused("#email")
	w.types(c.people[access.Receptionist].Email)
	w.tabTo("#passphrase")
	w.types(passphrase)
	w.loads(func() { w.key(kb.Enter) })
	w.at("/today")
	w.loads(func() { w.key("g"); w.key("p") })
	w.at("/patients")

	w.loads(func() { w.key("n") })
	w.at("/clients/new")
	w.focused("#given_name")
	w.types("Zoë")
	w.tabTo("#family_name")
	w.types("O'Brien")
	w.tabTo("#phone_1")
	w.types("07700 900 555")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("h1", "Zoë O'Brien")

	w.tabTo("a[data-key=n]")
	w.loads(func() { w.key(kb.Enter) })
	w.at("/patients/new")
	w.focused("#name")
	w.types("Clover")
	w.tabTo("#species")
	w.types("Rab")
	w.tabTo("#breed")
	w.types("Lop")
	w.tabTo("#age")
	w.types("3 y")
	w.tabTo("#patient-form button[type=submit]")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("h1", "Clover")
	patient := w.path()

	// Own menu and sign-out, then the vet.
	w.tabTo(".avatarbtn")
	w.key(kb.Enter)
	w.tabTo("form[action='/sign-out'] button")
	w.loads(func() { w.key(kb.Enter) })
	w.at("/sign-in")
	w.focused("#email")
	w.types(c.people[access.Veterinarian].Email)
	w.tabTo("#passphrase")
	w.types(passphrase)
	w.loads(func() { w.key(kb.Enter) })

	w.key("/")
	w.focused("#q")
	w.types("clov")
	w.shows("#found [role=option]", "Clover")
	w.key(kb.ArrowDown)
	w.until(`document.querySelector("#found [aria-selected=true]")?.id === document.getElementById("q").getAttribute("aria-activedescendant")`)
	w.loads(func() { w.key(kb.Enter) })
	w.at(patient)

	w.loads(func() { w.key("s") })
	w.shows("#consult-title", "Consult")
	for letter, text := range map[string]string{"1": "Off her hay since Monday.", "3": "Early gut stasis."} {
		w.key(letter, alt)
		w.focused("[data-alt='" + letter + "']")
		w.types(text)
	}
	w.key("s", ctrl)
	w.shows("#draft-status", "Saved")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/notes/")
	w.shows(".read", "Early gut stasis.")

	// The list of shortcuts opens, closes, and gives the focus back.
	w.key("?")
	w.shows("#shortcuts", "Keyboard shortcuts")
	w.key(kb.Escape)
	w.until(`!document.getElementById("shortcuts").checkVisibility()`)
	w.loads(func() { w.key("g"); w.key("p") })
	w.at("/patients")
	w.shows("td, th", "Clover")
}

// TestSingleKeysCanBeTurnedOff holds the rule of WCAG 2.1.4.
func TestSingleKeysCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "quietkeys", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.key("?")
	w.tabTo("[data-single-keys]")
	w.key(" ")
	w.key(kb.Escape)
	w.loads(func() { w.visit("/patients") })
	w.key("n")
	w.key("/")
	if eval[bool](w, `document.activeElement.id === "q"`) || w.path() != "/patients" {
		w.fail("a single key still did something")
	}
}
