package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// shared is a dog that several clients answer for, with a chip and a tag.
func (c *clinic) shared(t *testing.T) (path string) {
	t.Helper()
	owner, _ := c.client(t, helen)
	payer, _ := c.client(t, registry.Client{FirstName: "Anna", LastName: "Quill", Phones: []registry.Phone{{Number: "07700 900455", Label: "after five"}}})
	stable, _ := c.client(t, registry.Client{LastName: "Redbrick Stables", Email: "yard@redbrick.example"})
	past, _ := c.client(t, registry.Client{FirstName: "Otto", LastName: "Becker"})
	row, path := c.patient(t, past, biscuit)
	c.client(t, registry.Client{FirstName: "Zoë", LastName: "O'Brien", Phones: []registry.Phone{{Number: "07700 900555"}}})
	c.write(t, c.by(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.SetOwners(ctx, tx, c.keys, row, 1, []registry.Bond{
			{Client: owner, Role: registry.RoleOwner, Share: 6667, MayConsent: true, GetsReminders: true},
			{Client: payer, Role: registry.RolePayer, Share: 3333, MayConsent: false, GetsReminders: true},
			{Client: stable, Role: registry.RoleTrainer, MayConsent: true},
		})
	})
	c.number(t, row, registry.Identifier{Kind: registry.KindChip, Number: "985112004678301", Standard: registry.ISOChip, Site: "left neck", GivenOn: time.Date(2019, 2, 12, 0, 0, 0, 0, time.UTC)})
	c.number(t, row, registry.Identifier{Kind: registry.KindTag, Number: "YO-3177"})
	return path
}

func (c *clinic) number(t *testing.T, patient id.ID, n registry.Identifier) {
	t.Helper()
	c.write(t, c.by(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.AddIdentifier(ctx, tx, c.keys, id.New(), patient, n, false)
	})
}

func TestPagesOfOwnersAreAccessible(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "owners", access.Receptionist)
	patient := c.shared(t)
	w := c.window(t).as(access.Receptionist)
	w.visit(patient)
	w.shows("#owner-title", "Owners")
	w.accessible("patient-of-several")
	w.follow("a[href$='/owners']")
	w.accessible("owners")
	w.write("#find", "thomp")
	w.click("button[value=find]")
	w.shows(".finder", "who is not here already")
	w.write("#find", "bec")
	w.click("button[value=find]")
	w.shows(".picks", "Otto")
	w.accessible("owners-found")
	w.click("button[value=add]")
	w.shows(".bond legend", "Otto Becker")
	w.follow("#owners-form button[value=save]")
	w.at(patient)
	w.follow("a[href$='/owners']")
	w.write("#share_1", "50")
	w.click("#owners-form button[value=save]")
	w.shows("#mistakes", "They must come to 100 %")
	w.accessible("owners-422")
	w.foresee("dialog beforeunload") // it is left
	w.visit(patient)
	w.follow(".linked a")
	w.shows(".hits .tag", "Owner 66.67 %")
	w.accessible("client-of-several")
}

func TestPagesOfNumbersAreAccessible(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "numbers", access.Nurse)
	patient := c.shared(t)
	other, _ := c.biscuit(t)
	c.number(t, other, registry.Identifier{Kind: registry.KindChip, Number: "826000000123456", Standard: registry.ISOChip})
	w := c.window(t).as(access.Nurse)
	w.visit(patient)
	w.shows(".banner", "985 112 004 678 301")
	w.follow(".c-side a[href$='/identifiers']")
	w.click(".numbered:last-child button[value=not-worn]")
	w.shows(".numbered.gone", "No longer worn")
	w.accessible("identifiers")
	w.write("#number", "826000000123456")
	w.click("#number-form [data-primary]")
	w.shows("#mistakes", "again")
	w.accessible("identifiers-422")
	w.write("#again", "826 000 000 123 456")
	w.click("#number-form [data-primary]")
	w.shows(".notice", "Another animal has this number")
	w.accessible("identifiers-taken")
	w.click("#anyway")
	w.follow("#number-form [data-primary]")
	w.at(patient)
	w.shows(".c-side", "826 000 000 123 456")
}

// By keyboard: Enter in the search finds, Enter elsewhere saves, and nothing typed is left unasked.
func TestOwnersByKeyboardAlone(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "ownerkeys", access.Receptionist)
	_, patient := c.biscuit(t)
	c.client(t, registry.Client{FirstName: "Anna", LastName: "Quill", Phones: []registry.Phone{{Number: "07700 900455"}}})
	w := c.window(t).as(access.Receptionist)
	w.foresee("dialog beforeunload")
	w.visit(patient + "/owners")
	w.tabTo("#find")
	w.types("900455")
	w.key(kb.Enter)
	w.shows(".picks", "Anna Quill")
	w.focused("#pick")
	w.asks(1, "a form with somebody to add is left", func() { w.visit(patient) })
	w.visit(patient + "/owners")
	w.tabTo("#find")
	w.types("quill")
	w.key(kb.Enter)
	w.focused("#pick")
	w.tabTo("button[value=add]")
	w.key(kb.Enter)
	w.focused("#share_2")
	w.types("50")
	w.key(kb.Tab, shift)
	w.types("Pay")
	w.key(kb.Tab, shift)
	w.tabTo("button[value=split]")
	w.key(kb.Enter)
	w.until(`document.getElementById("share_1").value === "50 %"`)
	w.tabTo("#share_2")
	w.loads(func() { w.key(kb.Enter) })
	w.at(patient)
	w.shows("#owner-title", "Owners")
	w.shows(".linked", "Payer")
}

// A reader types fast and ends with Enter: the number need not be typed twice.
func TestAScannedChipIsNotTypedTwice(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "scanned", access.Nurse)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Nurse)
	w.visit(patient + "/identifiers")
	w.focused("#number")
	w.scans("number", "985112004678301")
	w.until(`document.getElementById("scanned").checked`)
	w.focused("#given_on")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at(patient)
	w.shows(".banner", "985 112 004 678 301")

	// A person does not.
	w.visit(patient + "/identifiers")
	w.write("#number", "826000000123456")
	if w.key(kb.Tab); eval[bool](w, `document.getElementById("scanned").checked`) {
		w.fail("a typed number passes for a scanned one")
	}

	// A new patient comes with its chip the same way; one that another animal has is asked about.
	w.foresee("dialog beforeunload") // the form above is left
	w.visit("/patients/new")
	w.write("#name", "Nutmeg")
	w.pick("#species", "Dog")
	w.click("#chip")
	w.scans("chip", "985112004678301")
	w.until(`document.getElementById("chip_scanned").checked`)
	w.key(kb.Enter, ctrl)
	w.shows(".notice", "Another animal has this number")
	w.accessible("patient-form-chip-taken")
	w.click("#chip_anyway")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("h1", "Nutmeg")
	w.shows(".banner", "985 112 004 678 301")
}

// scans types into a field as a reader does: all keys at once, and Enter.
func (w *window) scans(field, number string) {
	w.t.Helper()
	w.run(w.world("reader"), `(() => {
	  const field = document.getElementById(`+quoted(field)+`);
	  for (const key of [...`+quoted(number)+`, "Enter"]) {
	    field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
	    if (key !== "Enter") field.value += key;
	  }
	})()`)
}
