package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// found is a clinic with some to be found: one with a chip, one that died.
func found(t *testing.T, label string, roles ...string) (c *clinic, owner, patient string) {
	t.Helper()
	c = newClinic(t, label, roles...)
	h := helen
	h.Street, h.City, h.Postcode = "12 Rosewood Lane", "Kirkby-in-Ashfield", "NG17 7AA"
	client, owner := c.client(t, h)
	_, patient = c.patient(t, client, biscuit)
	kaur, _ := c.client(t, registry.Client{FirstName: "Simran", LastName: "Kaur", Phones: []registry.Phone{{Number: "07700 900871"}}})
	c.patient(t, kaur, registry.Patient{Name: "Bisto", Species: "cat", Breed: "Domestic Shorthair", Sex: "female", Neutered: "yes"})
	ferrari, _ := c.client(t, registry.Client{FirstName: "Luca", LastName: "Ferrari", Phones: []registry.Phone{{Number: "07700 900640"}}})
	dead, _ := c.patient(t, ferrari, registry.Patient{Name: "Biscotti", Species: "rabbit", Sex: "male", Neutered: "no"})
	c.write(t, c.by(roles[0]), func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, c.keys, id.New(), dead, id.ID{}, registry.Move{To: registry.Deceased, Manner: registry.Died, Remains: "unknown"})
	})
	bishop, _ := c.client(t, registry.Client{FirstName: "Margaret", LastName: "Bishop", Email: "margaret.bishop@example.com", Phones: []registry.Phone{{Number: "07700 900455"}}})
	c.patient(t, bishop, registry.Patient{Name: "Rolo", Species: "dog", Sex: "male", Neutered: "unknown"})
	chipped := registry.Newcomer{PatientRow: registry.PatientRow{
		ID: id.New(), Patient: registry.Patient{Name: "Otto", Species: "dog", Sex: "male", Neutered: "no"}, Status: registry.Active,
	}, Chip: "985112345678903"}
	fill, err := registry.SealFill(c.keys, nil, []registry.Newcomer{chipped})
	must(t, err)
	c.write(t, c.by(roles[0]), func(ctx context.Context, tx *db.Tx) error { return registry.RegisterFill(ctx, tx, c.keys, fill) })
	return c, owner, patient
}

func TestTheSearchOpenIsAccessible(t *testing.T) {
	t.Parallel()
	c, _, _ := found(t, "finders", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.write("#q", "bis")
	w.shows("#found [role=option]", "Biscuit")
	w.key(kb.ArrowDown)
	w.accessible("search-open", desk)
	w.key("a", ctrl)
	w.types("biskit")
	w.shows("#found [role=option] mark", "Biscuit")
	w.key("a", ctrl)
	w.types("900142")
	w.shows("#found [role=option] .sub mark", "900142")
	w.accessible("search-open-phone-digits", desk)
	w.key("a", ctrl)
	w.types("xylophone")
	w.shows("#found", "New owner?")
	w.accessible("search-open-nobody", desk)
	w.visit("/patients")
	w.resize(phone)
	w.click("[data-open-search]")
	w.focused("#q")
	w.types("bis")
	w.shows("#found [role=option]", "Biscuit")
	w.accessible("search-open", phone)
	w.loads(func() { w.key(kb.Enter) })
	w.at("/search")
	w.shows("main .hits li.gone", "Died")
	w.accessible("search-found")
}

// By keyboard alone: to the box, to a patient, to its owner, to a new client; and what Escape does.
func TestTheSearchByKeyboardAlone(t *testing.T) {
	t.Parallel()
	c, owner, patient := found(t, "keyfinders", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.until(`document.querySelector("#q").getAttribute("role") === "combobox" && document.querySelector("#q").getAttribute("aria-expanded") === "false"`)
	w.key("/")
	w.focused("#q")
	w.types("biscuit")
	w.shows("#found-p0", "Biscuit")
	w.until(`document.querySelector("#q").getAttribute("aria-expanded") === "true"`)
	w.key(kb.ArrowDown)
	w.until(`document.querySelector("#q").getAttribute("aria-activedescendant") === "found-p0"`)
	w.loads(func() { w.key(kb.Enter) })
	w.at(patient)
	w.key("/")
	w.types("biscuit")
	w.shows("#found-p0", "Biscuit")
	w.key(kb.ArrowDown)
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at(owner)
	w.shows("address", "12 Rosewood Lane")
	w.key("/")
	w.types("bis")
	w.shows("#found [role=option]", "Biscuit")
	w.key(kb.Escape)
	w.until(`document.getElementById("found").hidden && document.getElementById("q").value === "bis"`)
	w.until(`document.querySelector("#q").getAttribute("aria-expanded") === "false"`)
	w.key(kb.Escape)
	w.until(`document.getElementById("q").value === ""`)
	w.types("wilhelmina vandermeer")
	w.shows("#found", "New owner?")
	w.tabTo("#found button")
	w.loads(func() { w.key(kb.Enter) })
	w.at("/clients/new")
	w.holds("#given_name", "Wilhelmina")
	w.holds("#family_name", "Vandermeer")
	if eval[string](w, `location.search + location.hash`) != "" {
		t.Error("what was typed stands in the address")
	}
}

func TestAChipReaderOpensThePatient(t *testing.T) {
	t.Parallel()
	c, owner, _ := found(t, "readers", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.visit(owner)
	// As a reader does it: all at once, the focus on a link that Enter would follow.
	read := func(digits string) string {
		return `(() => { const at = document.querySelector("main a.btn"); at.focus();
		  for (const key of [...` + quoted(digits) + `, "Enter"]) at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); return true; })()`
	}
	w.loads(func() { eval[bool](w, read("985112345678903")) })
	w.shows("h1", "Otto")
	w.visit(owner)
	w.loads(func() { eval[bool](w, read("985112345678911")) })
	w.at("/search")
	w.shows("main", "No one called “985112345678911”")
	// Digits typed by hand, or into a field, are no chip.
	w.visit("/clients/new")
	w.focused("#given_name")
	w.types("985112345678903")
	w.holds("#given_name", "985112345678903")
	w.foresee("dialog beforeunload")
}

func TestTheHintOfADuplicateIsQuietAndAccessible(t *testing.T) {
	t.Parallel()
	c, owner, _ := found(t, "alikes", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.visit("/clients/new")
	w.write("#given_name", "Helen")
	w.write("#family_name", "Someone")
	w.write("#phone_1", "+44 7700 900142")
	w.shows("#alike .notice", "has this number")
	w.focused("#phone_1")
	w.accessible("alike-hint")
	w.write("#phone_1", "07700 900143")
	w.until(`document.querySelector("#alike").textContent.trim() === ""`)
	w.write("#phone_1", "07700 900142")
	w.shows("#alike .notice", "Helen")
	w.follow("#client-form button[data-primary]")
	w.shows("h1", "Helen Someone")
	// The hint does not count as sending the form: words typed are asked about.
	w.visit(owner + "/edit")
	w.write("#phone_2", "07700 900455")
	w.shows("#alike .notice", "Margaret Bishop")
	if !eval[bool](w, `(() => { const e = new Event("beforeunload", { cancelable: true }); dispatchEvent(e); return e.defaultPrevented; })()`) {
		t.Error("a form that asked for a hint may be left unasked")
	}
	w.foresee("dialog beforeunload")
}

func TestADuplicateIsAskedAboutWithoutScript(t *testing.T) {
	t.Parallel()
	c, _, _ := found(t, "plainalikes", access.Receptionist)
	w := c.window(t)
	w.script(false)
	w.as(access.Receptionist)
	w.visit("/clients/new")
	w.write("#family_name", "Someone")
	w.write("#phone_1", "07700900142")
	w.write("#street", "1 Mill Lane")
	w.follow("#client-form button[data-primary]")
	w.shows("#mistakes", "has this number")
	w.holds("#street", "1 Mill Lane")
	w.follow("#alike button")
	w.shows("h1", "Someone")
	w.shows("address", "1 Mill Lane")
	// The search box leads to a page, and from there to the form.
	w.write("#q", "vandermeer")
	w.loads(func() { w.key(kb.Enter) })
	w.at("/search")
	w.follow("main .pagehead button")
	w.holds("#family_name", "Vandermeer")
}
