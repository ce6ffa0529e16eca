package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
	"paddock/views/ui"
)

// visit is one request at one clinic, with everything the guards found out about it.
type visit struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	line    context.Context //nolint:containedctx // the connection's own: over when nobody waits any more
	body    io.ReadCloser   // as it comes, without the bound of a form
	upload  *multipart.Part // the file of a form that carries one, not yet read
	route   route
	last    *atomic.Int64 // bytes of the page that the route showed last
	request id.ID
	nonce   string
	flash   string // what the page before left to be said
	partial bool   // asked by htmx for a fragment
	address netip.Addr
	began   time.Time

	clinic  tenancy.Clinic
	keys    *vault.Clinic
	pre     *identity.Pre     // what exists before sign-in and between two pages
	current *identity.Current // who is signed in, nil for nobody
	policy  *identity.Policy  // the clinic's roles at the session's epoch
	wall    identity.Wall     // the screen that asks, where no person does

	savePre bool          // the cookie of pre is to be set with the answer
	leaves  []audit.Entry // what this visit will be recorded as, unless a transaction does it
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// who is on whose behalf the visit acts.
func (v *visit) who() actor.Who {
	w := v.clinic.Who(actor.Work, v.request, v.route.pattern)
	if v.current != nil {
		w.Person, w.Session, w.PolicyEpoch = v.current.Person.ID, v.current.ID, v.policy.Epoch
	}
	w.From, w.Agent = v.address, v.r.UserAgent()
	return w
}

// as is who, for another purpose.
func (v *visit) as(p actor.Purpose) actor.Who {
	w := v.who()
	w.Purpose = p
	return w
}

// read runs the functions side by side in one trip.
func (v *visit) read(do ...func(ctx context.Context, tx *db.Tx) error) error {
	return v.s.Store.Read(v.ctx(), v.who(), func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx, do...)
	})
}

// write runs one transaction that changes something.
func (v *visit) write(do func(ctx context.Context, tx *db.Tx) error) error {
	return v.s.Store.Write(v.ctx(), v.who(), do)
}

// record notes what was read; it is durable before the body leaves.
func (v *visit) record(e audit.Entry) { v.leaves = append(v.leaves, e) }

// recordOf notes that something of a patient's record was opened or taken along, and that of the patient as well: "who
// looked" asks for the animal.
func (v *visit) recordOf(patient id.ID, e audit.Entry) {
	v.record(e)
	v.record(audit.Entry{Action: e.Action, Object: "patient", ObjectID: patient, IDs: []id.ID{e.ObjectID}})
}

// may reports whether the person holds a right, and sees what its pages are made of.
func (v *visit) may(p access.Permission) bool {
	if v.current == nil || !v.policy.May(v.current.RoleIDs, p) {
		return false
	}
	field := p.Shows()
	return field == "" || v.sees(field)
}

func (v *visit) sees(f access.Field) bool {
	return v.current != nil && v.policy.Sees(v.current.RoleIDs, f)
}

// row is the id of the path; anything malformed is a row that is not there.
func (v *visit) row() (id.ID, error) { return rowOf(v.r.PathValue("id")) }

func rowOf(text string) (id.ID, error) {
	row, err := id.Parse(text)
	if err != nil || row.IsZero() {
		return id.ID{}, fault.Missing
	}
	return row, nil
}

// form is what was posted; the guard has parsed it.
func (v *visit) form() url.Values { return v.r.PostForm }

// field is one value of the form.
func (v *visit) field(name string) string { return v.r.PostForm.Get(name) }

// newRow is the id a form gives to what it makes: sending it twice makes one. An id that was not made
// by New is refused like a row that is not there.
func (v *visit) newRow() (id.ID, error) { return rowOf(v.field("new_id")) }

// token is the form token of this session, bound to what the form is about.
func (v *visit) token() string {
	if v.current != nil {
		return v.current.FormToken()
	}
	v.savePre = true // the token is bound to the cookie
	return v.pre.FormToken()
}

// practicePages are those of Practice in their order, with what each takes.
var practicePages = []struct {
	needs access.Permission
	ui.Link
}{
	{access.PeopleManage, ui.Link{Href: peoplePath, Label: "People", Group: "Practice"}},
	{access.PeopleManage, ui.Link{Href: rolesPath, Label: "Roles", Group: "Practice"}},
	{access.PeopleManage, ui.Link{Href: licencesPath, Label: "Licences", Group: "Practice"}},
	{access.ScheduleManage, ui.Link{Href: "/hours", Label: "Hours", Group: "Practice"}},
	{access.ScheduleManage, ui.Link{Href: "/blocks", Label: "Holidays", Group: "Practice"}},
	{access.PriceManage, ui.Link{Href: "/letterhead", Label: "Letterhead", Group: "Practice"}},
	{access.ScheduleManage, ui.Link{Href: "/resources", Label: "Columns and rooms", Group: "Schedule"}},
	{access.ScheduleManage, ui.Link{Href: "/appointment-types", Label: "Types", Group: "Schedule"}},
	{access.ScheduleManage, ui.Link{Href: "/schedule-settings", Label: "The day", Group: "Schedule"}},
	{access.WallManage, ui.Link{Href: screensPath, Label: "Screens", Group: "Schedule"}},
	{access.PriceManage, ui.Link{Href: "/prices", Label: "Prices", Group: "Work"}},
	{access.PriceManage, ui.Link{Href: "/taxes", Label: "Taxes", Group: "Work"}},
	{access.PriceManage, ui.Link{Href: "/money", Label: "Money", Group: "Work"}},
	{access.FormularyManage, ui.Link{Href: "/formulary", Label: "Medicines", Group: "Work"}},
	{access.LabManage, ui.Link{Href: labTestsPath, Label: "Lab tests", Group: "Work"}},
	{access.SnippetManage, ui.Link{Href: snippetsPath, Label: "Snippets", Group: "Work"}},
	{access.PracticeManage, ui.Link{Href: vaccinesPath, Label: "Vaccines", Group: "Work"}},
	{access.PracticeManage, ui.Link{Href: codesPath, Label: "Diagnoses", Group: "Work"}},
	{access.PeopleManage, ui.Link{Href: signedInPath, Label: "Signed in", Group: "Trust"}},
	{access.PeopleManage, ui.Link{Href: rulesPath, Label: "Sign-in rules", Group: "Trust"}},
	{access.AuditRead, ui.Link{Href: auditPath, Label: "Audit log", Group: "Trust"}},
	{access.ImportRun, ui.Link{Href: "/imports", Label: "Import", Group: "Trust"}},
}

// page is the frame of this visit's pages.
func (v *visit) page(here string) ui.Page {
	p := ui.Page{
		Nonce: v.nonce, CSRF: v.token(), Assets: v.s.assets, Clinic: v.clinic.Name(), Here: here,
	}
	if said := v.pre.Flashes(); len(said) > 0 { // taken once, and shown on each frame that is made of this visit
		v.flash, v.savePre = strings.Join(said, " "), true
	}
	p.Flash = v.flash
	if v.current != nil && !v.current.Locked && !v.current.Ended {
		p.Person = ui.Person{
			Name: v.current.Person.Name, Role: v.roleNames(), Initials: initials(v.current.Person.Name),
		}
		p.Today, p.Bills = v.may(access.ScheduleRead), v.may(access.BillRead)
		for _, l := range practicePages {
			if v.may(l.needs) {
				p.Practice = append(p.Practice, l.Link)
			}
		}
		p.Mark, p.Stay = v.mark(), v.stay()
	}
	return p
}

// roleNames are the person's roles in words.
func (v *visit) roleNames() string {
	m, _ := v.policy.Member(v.current.Person.ID)
	return strings.Join(m.Roles, ", ")
}

// say leaves a sentence for the next page. It holds no clinic data: it travels in a cookie.
func (v *visit) say(sentence string) {
	v.pre.Flash(sentence)
	v.savePre = true
}

// comeBack remembers the present address for after sign-in.
func (v *visit) comeBack() {
	v.pre.SetReturn(v.r.URL.RequestURI())
	v.savePre = true
}

// now is the present instant in the clinic's zone.
func (v *visit) now() time.Time { return v.s.Clock.Now().In(v.clinic.Zone()) }

// newNonce is 128 random bits for one answer's policy (CSP3, 8.1).
func newNonce() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
