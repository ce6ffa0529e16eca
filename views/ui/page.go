// Package ui holds the parts every page shares: the frame, the icons, fields, buttons, notices and
// dialogs. A part takes one small struct and shows it; it reads no context and knows no rows.
package ui

// Page is what every answer needs besides its own content. Fragments read only Nonce and CSRF.
type Page struct {
	// Title says what and whom, without the product's name. The page components set it.
	Title string
	// Nonce is the one of this answer's policy header. Scripts and htmx elements carry it.
	Nonce string
	// CSRF is the form token of this session, or of the sign-in form before one exists.
	CSRF   string
	Assets Assets
	// Clinic is the clinic's name, as its own people call it.
	Clinic string
	// Person is who is signed in; the zero value is nobody.
	Person Person
	// Here marks the entry of the rail: "today", "patients", "bills", "practice", or "" for none.
	Here string
	// Today shows the entry of the rail that leads to the day.
	Today bool
	// Bills shows the entry of the rail that leads to what was billed.
	Bills bool
	// Practice are the pages behind the entry at the end of the rail that this person may open, none for no
	// entry.
	Practice []Link
	// Query stands in the search box again after a search.
	Query string
	// Flash is said once after a redirect: "Saved Helen Thompson".
	Flash string
	// Mark is from when on the page hears of changes; without one it is not live.
	Mark string
	// Stay is how long the session goes on.
	Stay Stay
	// Keys are the shortcuts of this page, shown in the list of shortcuts after the global ones.
	Keys []Key
}

// Stay is how long a session goes on, in seconds: Idle where somebody was here just now, Locks as it stands, Ends
// whatever happens.
type Stay struct {
	Idle, Locks, Ends string
	// Warning says so in the last minutes, "" before. May says that being here puts it off.
	Warning string
	May     bool
}

// Assets are the addresses of the hashed files. An empty one is left out of the page.
type Assets struct {
	CSS, App, Htmx, HxCSP, Logo string
}

// Person is who is signed in, as shown in the top bar.
type Person struct {
	// Name is the whole name, Role its word ("Veterinarian"), Initials at most two letters.
	Name, Role, Initials string
}

// Link leads somewhere.
type Link struct {
	Href, Label string
	// Group is the heading it stands under in a longer list, "" for none.
	Group string
}

// Key is one keyboard shortcut and what it does.
type Key struct {
	Press, Does string
}

// htmxConfig is read by htmx at start. The safe evaluation and the list of extensions are what
// stands between an injected attribute and a request, so they are not per page.
const htmxConfig = `{"extensions":"hx-csp","safeEval":true,"includeIndicatorCSS":false,"defaultTimeout":15000,"history":false}`

func (p Page) documentTitle() string {
	if p.Title == "" {
		return "Paddock"
	}
	return p.Title + " – Paddock"
}

func (p Page) signedIn() bool { return p.Person.Name != "" }

// globalKeys work on every page; those that lead somewhere, for whom the rail does.
func (p Page) globalKeys() []Key {
	keys := []Key{{"/", "Search"}, {"?", "This list"}}
	if p.Today {
		keys = append(keys, Key{"g t", "Today"})
	}
	keys = append(keys, Key{"g p", "Patients"})
	if p.Bills {
		keys = append(keys, Key{"g b", "Billing"})
	}
	return append(keys, Key{"Ctrl Enter", "Do the main action of the page"}, Key{"Esc", "Close or step back"})
}
