package web

import (
	"strconv"
	"strings"

	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
)

// thing is a kind of thing an act is about: one, many, and the page of one.
type thing struct {
	one, many, page string
}

// things are all kinds that the record knows, those of a permission that was missing apart.
var things = map[string]thing{
	"access":             {"who may do what", "who may do what", ""},
	"account":            {"a client's account", "accounts", "GET /clients/{id}/account"},
	"act":                {"an act", "acts", ""},
	"addendum":           {"an addition to a note", "additions to notes", ""},
	"alert":              {"an alert", "alerts", ""},
	"appointment":        {"an appointment", "appointments", "GET /appointments/{id}"},
	"appointment-move":   {"a move of an appointment", "moves of appointments", ""},
	"credit-note":        {"a credit note", "credit notes", "GET /invoices/{id}"},
	"money-settings":     {"how money is kept", "how money is kept", ""},
	"other-sessions":     {"other sessions", "other sessions", ""},
	"patient-move":       {"what became of an animal", "what became of animals", ""},
	"prescription-draft": {"a prescription not yet signed", "prescriptions not yet signed", "GET /prescription-drafts/{id}"},
	"till-reopening":     {"a closed day opened again", "closed days opened again", ""},
	"appointment-type":   {"a type of appointment", "types of appointment", "GET /appointment-types/{id}/edit"},
	"audit-log":          {"the audit log", "the audit log", ""},
	"bill":               {"a bill", "bills", ""},
	"block":              {"time not offered", "holidays and time not offered", ""},
	"board":              {"the day", "the day", ""},
	"certificate":        {"a certificate", "certificates", "GET /certificates/{id}"},
	"charge":             {"a charge", "charges", "GET /charges/{id}/edit"},
	"client":             {"a client", "clients", "GET /clients/{id}"},
	"clinic":             {"the clinic", "the clinic", ""},
	"co-signature":       {"a co-signature", "co-signatures", ""},
	"code":               {"a code of diagnoses", "codes of diagnoses", ""},
	"code-list":          {"a list of diagnoses", "lists of diagnoses", "GET /code-lists/{id}"},
	"diagnosis":          {"a diagnosis", "diagnoses", ""},
	"draft":              {"a note not yet signed", "notes not yet signed", ""},
	"draft-side":         {"the other text of a note", "other texts of notes", ""},
	"drug":               {"a medicine of the list", "the list of medicines", "GET /formulary/{id}/edit"},
	"due-day":            {"when a vaccine is due", "when vaccines are due", ""},
	"estimate":           {"an estimate", "estimates", "GET /estimates/{id}"},
	"file":               {"a file", "files", "GET /files/{id}"},
	"form":               {"a form", "forms", ""},
	"hours":              {"opening hours", "opening hours", ""},
	"identifier":         {"a chip or number", "chips and numbers", ""},
	"import":             {"an import", "imports", "GET /imports/{id}"},
	"invoice":            {"an invoice", "invoices", "GET /invoices/{id}"},
	"kept-form":          {"text kept from a form", "texts kept from forms", ""},
	"lab-panel":          {"a lab panel", "lab panels", "GET /lab-panels/{id}/edit"},
	"lab-report":         {"a lab result", "lab results", ""},
	"lab-request":        {"a lab request", "lab requests", "GET /labs/{id}"},
	"lab-test":           {"a lab test", "lab tests", "GET /lab-tests/{id}/edit"},
	"label":              {"a medicine label", "medicine labels", "GET /labels/{id}"},
	"letterhead":         {"the letterhead", "the letterhead", ""},
	"licence":            {"a licence to practise", "licences to practise", ""},
	"money":              {"how money is kept", "how money is kept", ""},
	"note":               {"a note", "notes", "GET /notes/{id}"},
	"origin":             {"a form", "forms", ""},
	"owners":             {"the owners of an animal", "owners", ""},
	"passphrase":         {"a passphrase", "passphrases", ""},
	"patient":            {"an animal's record", "animals", "GET /patients/{id}"},
	"payment":            {"a payment", "payments", "GET /payments/{id}"},
	"person":             {"a person of the practice", "people of the practice", "GET /people/{id}"},
	"prescription":       {"a prescription", "prescriptions", "GET /prescriptions/{id}"},
	"price":              {"a price", "prices", "GET /prices/{id}/edit"},
	"probe":              {"a test of the fences", "tests of the fences", ""},
	"problem":            {"a problem of an animal", "problems of animals", "GET /problems/{id}"},
	"registry":           {"clients and animals", "clients and animals", ""},
	"resource":           {"a column of the schedule", "people and rooms", "GET /resources/{id}/edit"},
	"role":               {"a role", "roles", "GET /roles/{id}"},
	"schedule":           {"the schedule", "the schedule", ""},
	"schedule-settings":  {"how the day is run", "how the day is run", ""},
	"session":            {"a session", "sessions", ""},
	"setup-link":         {"a link to set a passphrase", "links to set a passphrase", ""},
	"sign-in-rules":      {"the sign-in rules", "the sign-in rules", ""},
	"snippet":            {"a snippet", "snippets", "GET /snippets/{id}/edit"},
	"supply":             {"a supply of medicine", "supplies of medicine", ""},
	"tax":                {"taxes", "taxes", ""},
	"tax-class":          {"a kind of tax", "kinds of tax", ""},
	"tax-rate":           {"a tax rate", "tax rates", ""},
	"till":               {"the till", "the till", ""},
	"vaccination":        {"a vaccination", "vaccinations", "GET /vaccinations/{id}"},
	"vaccine":            {"a vaccine of the list", "the list of vaccines", "GET /vaccines/{id}/edit"},
	"waiting":            {"an entry of the waitlist", "the waitlist", ""},
	"wall":               {"the board on the wall", "the board on the wall", ""},
	"wall-screen":        {"a screen on the wall", "screens on walls", ""},
	"weight":             {"a weight", "weights", ""},
	"weight-target":      {"a target weight", "target weights", ""},

	"cross-tenant-session": {"a session on another clinic's address", "sessions on other clinics' addresses", ""},
	"cross-tenant-screen":  {"a screen on another clinic's address", "screens on other clinics' addresses", ""},
	"cross-tenant-row":     {"something of another clinic", "things of other clinics", ""},
	"context-refused":      {"a statement the database refused", "statements the database refused", ""},
}

// verbs are what is done, behind a name.
var verbs = map[audit.Action]string{
	audit.Opened: "opened", audit.Searched: "searched", audit.Listed: "looked through", audit.Downloaded: "took a copy of", audit.Printed: "printed",
	audit.Exported: "exported", audit.Created: "added", audit.Changed: "changed", audit.Signed: "signed", audit.Imported: "imported", audit.Withdrawn: "took back",
	audit.SignedIn: "signed in", audit.SignedOut: "signed out", audit.Locked: "locked", audit.Unlocked: "unlocked", audit.Refused: "was refused",
	audit.FailedSignIn: "failed to sign in", audit.CrossTenant: "met the fence of",
}

// actChoices are what is done as a choice, where a verb does not stand by itself.
var actChoices = map[audit.Action]string{
	audit.Downloaded: "took a copy", audit.Refused: "was refused for want of a right, or by a check", audit.FailedSignIn: "failed to sign in", audit.CrossTenant: "reached for another clinic",
}

// sentences are the acts whose words are not those of what is done and to what, by action, object and outcome; a thing
// that may be named instead stands behind a bar.
var sentences = map[string]string{
	"signed-in session done":                            "signed in",
	"signed-in wall-screen done":                        "opened a screen on the wall",
	"signed-out session done":                           "signed out",
	"signed-out other-sessions done":                    "signed out everywhere else",
	"signed-out person done":                            "signed out everywhere",
	"locked session done":                               "locked the session",
	"unlocked session done":                             "unlocked the session",
	"unlocked session failed":                           "entered a wrong passphrase at the lock",
	"unlocked session refused":                          "tried too often at the lock, and has to wait",
	"failed-sign-in account failed":                     "tried to sign in with a wrong e-mail or passphrase",
	"failed-sign-in account refused":                    "tried too often to sign in, and has to wait",
	"refused form refused":                              "sent a form that was too old, or not of this session",
	"refused origin refused":                            "sent a form from another site",
	"refused act refused":                               "was refused an act",
	"created patient done":                              "registered|an animal",
	"created client done":                               "registered|a client",
	"created setup-link done":                           "made a link to set a passphrase",
	"changed passphrase done":                           "set a passphrase",
	"changed draft done":                                "wrote in a note not yet signed",
	"changed kept-form done":                            "let go of text kept from a form",
	"created kept-form done":                            "had text kept from a form",
	"created appointment-move done":                     "moved an appointment on",
	"created patient-move done":                         "noted what became of an animal",
	"created till-reopening done":                       "opened a closed day again",
	"searched registry done":                            "searched clients and animals",
	"listed audit-log done":                             "read the audit log",
	"exported audit-log done":                           "exported the audit log",
	"cross-tenant-attempt cross-tenant-session refused": "used a session on another clinic's address; it was ended",
	"cross-tenant-attempt cross-tenant-screen refused":  "used a screen's cookie on another clinic's address; it was ended",
	"cross-tenant-attempt cross-tenant-row refused":     "asked for something that is another clinic's, and got nothing",
}

// told is one act in words: Did comes behind the name, and may end with the thing it leads to.
type told struct {
	did, thing, tail string
	page             string // pattern of the page of the thing, "" where it has none
}

// tell puts an act into words.
func tell(l audit.Line) told {
	if s, ok := sentences[string(l.Action)+" "+l.Object+" "+string(l.Outcome)]; ok {
		did, what, _ := strings.Cut(s, "|")
		return told{did: did, thing: what, page: things[l.Object].page}
	}
	if l.Action == audit.Refused {
		if s := access.Permission(l.Object).Sentence(); s != "" {
			return told{did: "was refused: " + strings.ToLower(s[:1]) + s[1:]}
		}
	}
	t := told{did: verbs[l.Action], page: things[l.Object].page}
	if t.did == "" {
		t.did = string(l.Action)
	}
	what := things[l.Object]
	switch {
	case what.one == "":
		t.thing = strings.ReplaceAll(l.Object, "-", " ")
	case l.Action == audit.Listed, l.Action == audit.Searched:
		t.thing = what.many
		if l.Things > 0 {
			t.tail = "(" + strconv.Itoa(l.Things) + " shown)"
		}
	default:
		t.thing = what.one
	}
	switch l.Outcome {
	case audit.Done:
	case audit.WasRefused:
		t.tail = strings.TrimSpace(t.tail + " – refused")
	case audit.DidFail:
		t.tail = strings.TrimSpace(t.tail + " – failed")
	}
	return t
}

// sentenceOf is an act as one line, for a file.
func sentenceOf(l audit.Line) string {
	t := tell(l)
	return strings.TrimSpace(strings.TrimSpace(t.did+" "+t.thing) + " " + t.tail)
}

// actorName is who did it: a person, the system, or nobody who could be known.
func (v *visit) actorName(l audit.Line) string {
	switch {
	case !l.Actor.IsZero():
		return v.policy.Name(l.Actor)
	case l.Action == audit.FailedSignIn, l.Action == audit.CrossTenant, l.Action == audit.Refused:
		return "Somebody"
	case l.Object == "wall" || l.Object == "wall-screen":
		return "A screen on the wall"
	case l.Session.IsZero() && l.Action == audit.Searched:
		return "A visitor"
	}
	return "The system"
}

// ended is whose session an act ended, where that was somebody else.
func (v *visit) ended(l audit.Line) (name string, ok bool) {
	if l.Action != audit.SignedOut || len(l.First) == 0 || l.Actor.IsZero() {
		return "", false
	}
	m, ok := v.policy.Member(l.First[0])
	return m.Name, ok
}

// mayOpen reports whether a pattern is a route of ours that this person may ask for.
func (v *visit) mayOpen(pattern string) bool {
	needs, ok := v.s.pages[pattern]
	return ok && v.may(needs)
}

// pageOf is the address of one thing's page, "" where this person opens none.
func (v *visit) pageOf(pattern string, row id.ID) string {
	if row.IsZero() || !v.mayOpen(pattern) {
		return ""
	}
	return strings.Replace(strings.TrimPrefix(pattern, "GET "), "{id}", row.String(), 1)
}
