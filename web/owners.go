package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// mostLinked is how many clients the form of owners takes: those that may be linked, and some that go.
const mostLinked = 12

var roleNames = map[string]string{registry.RoleOwner: "Owner", registry.RolePayer: "Payer", registry.RoleCarer: "Carer", registry.RoleTrainer: "Trainer"}

// ownersForm is the form of an animal's owners between two looks at it.
type ownersForm struct {
	patient registry.PatientView
	beside  beside
	past    []registry.PastOwner
	names   map[id.ID]registry.Client
	version int64
	rows    []registry.BondRow
	find    string
	asked   bool
	found   []registry.ClientHit
	more    bool
	fresh   int // the row just added, from 1
	bad     fault.Fields
	typed   bool
}

func (s *Server) editOwners(v *visit) (answer, error) {
	if !v.may(access.ClientRead) {
		return v.refused(access.ClientRead)
	}
	f, err := v.openOwners()
	if err != nil {
		return answer{}, err
	}
	f.version, f.rows = f.patient.OwnersVersion, registry.FormOfBonds(f.patient.Bonds())
	return v.ownersPage(http.StatusOK, f)
}

// openOwners reads the patient of the path with those who were linked to it.
func (v *visit) openOwners() (f ownersForm, err error) {
	row, err := v.row()
	if err != nil {
		return f, err
	}
	err = v.read(append(f.beside.ofPatient(v, row),
		func(ctx context.Context, tx *db.Tx) (err error) {
			f.patient, err = registry.OpenPatient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			f.past, err = registry.PastOwners(ctx, tx, v.keys, row)
			return err
		},
	)...)
	f.names = map[id.ID]registry.Client{}
	for _, o := range f.patient.Owners {
		f.names[o.ID] = o.Client
	}
	return f, err
}

// typedOwners are the rows as they were sent.
func (v *visit) typedOwners() (rows []registry.BondRow, err error) {
	for n := 1; n <= mostLinked && v.form().Has("client_"+strconv.Itoa(n)); n++ {
		at := "_" + strconv.Itoa(n)
		client, err := rowOf(v.field("client" + at))
		if err != nil {
			return nil, err
		}
		said := func(name string) bool { return strings.EqualFold(v.field(name+at), "yes") }
		r := registry.BondRow{
			Client: client, Role: v.field("role" + at), Share: v.field("share" + at), MayConsent: said("consent"), GetsReminders: said("reminders"),
		}
		// A row without a role is one that a conflict was decided against.
		r.Remove = said("remove") || strings.TrimSpace(r.Role) == ""
		rows = append(rows, r)
	}
	return rows, nil
}

// updateOwners saves the form, or takes one step in it that saves nothing: it finds a client, adds the one
// chosen as a row, or splits the shares evenly.
func (s *Server) updateOwners(v *visit) (answer, error) {
	if !v.may(access.ClientRead) {
		return v.refused(access.ClientRead)
	}
	rows, err := v.typedOwners()
	if err != nil {
		return answer{}, err
	}
	find := strings.TrimSpace(v.field("find"))
	act := v.field("act")
	if act == "enter" && find != "" {
		act = "find"
	}
	switch act {
	case "find", "add", "split":
		return v.stepOwners(act, rows, find)
	}
	if find != "" {
		return v.mistakenOwners(rows, find, fault.Fields{{Name: "find", Message: "Find and add “" + find + "”, or empty this field"}})
	}
	return v.saveOwners(rows)
}

func (v *visit) saveOwners(rows []registry.BondRow) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if len(v.form()["choose"]) > 0 {
		if a, unchosen, err := v.clashingOwners(rows); err != nil || unchosen {
			return a, err
		}
	}
	bonds, bad := registry.ParseBonds(rows)
	if len(bad) > 0 {
		return v.mistakenOwners(rows, "", bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.SetOwners(ctx, tx, v.keys, row, v.version(), bonds)
	})
	var clash *registry.Conflict[[]registry.Bond]
	switch {
	case errors.As(err, &clash):
		return v.twiceOwners(rows, clash)
	case errors.As(err, &bad):
		return v.mistakenOwners(rows, "", bad)
	case err != nil:
		return answer{}, err
	}
	v.say("Owners saved.")
	return goTo("/patients/" + row.String()), nil
}

// typedForm is the form as it was sent, with the names of everybody in it.
func (v *visit) typedForm(rows []registry.BondRow, find string, also ...id.ID) (ownersForm, error) {
	f, err := v.openOwners()
	if err != nil {
		return f, err
	}
	f.version, f.rows, f.find, f.typed = max(1, v.version()), rows, find, true
	var unknown []id.ID
	for _, r := range rows {
		also = append(also, r.Client)
	}
	for _, one := range also {
		if _, known := f.names[one]; !known {
			unknown = append(unknown, one)
		}
	}
	if len(unknown) == 0 {
		return f, nil
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		names, err := registry.ClientsAmong(ctx, tx, v.keys, unknown)
		for _, one := range unknown {
			c, known := names[one]
			if err == nil && !known {
				err = fault.Missing
			}
			f.names[one] = c
		}
		return err
	})
	return f, err
}

func (v *visit) mistakenOwners(rows []registry.BondRow, find string, bad fault.Fields) (answer, error) {
	f, err := v.typedForm(rows, find)
	if err != nil {
		return answer{}, err
	}
	f.bad = bad
	return v.ownersPage(http.StatusUnprocessableEntity, f)
}

// stepOwners shows the form after a step that saves nothing.
func (v *visit) stepOwners(act string, rows []registry.BondRow, find string) (answer, error) {
	var picked []id.ID
	if text := v.field("pick"); text != "" {
		one, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		picked = append(picked, one)
	}
	f, err := v.typedForm(rows, find, picked...)
	if err != nil {
		return answer{}, err
	}
	status := http.StatusOK
	switch {
	case act == "split":
		f.rows = registry.SplitEvenly(rows)
	case act == "add" && len(picked) > 0:
		f.add(picked[0])
	default:
		if act == "add" {
			f.bad.Add("pick", "Choose who it is")
		} else if find == "" {
			f.bad.Add("find", "Enter a name, a phone number or an e-mail address")
		}
		if err := v.findOwners(&f); err != nil {
			return answer{}, err
		}
		if len(f.bad) > 0 {
			status = http.StatusUnprocessableEntity
		}
	}
	return v.ownersPage(status, f)
}

// add puts a client into the form, or back into it.
func (f *ownersForm) add(client id.ID) {
	f.find = ""
	at := slices.IndexFunc(f.rows, func(r registry.BondRow) bool { return r.Client == client })
	if at < 0 {
		at = len(f.rows)
		f.rows = append(f.rows, registry.BondRow{Client: client, Role: registry.RoleOwner, MayConsent: true, GetsReminders: true})
		if at == 0 {
			f.rows[0].Share = registry.FormatShare(registry.WholeShare)
		}
	}
	f.rows[at].Remove, f.fresh = false, at+1
}

// findOwners looks for clients who are not in the form yet.
func (v *visit) findOwners(f *ownersForm) error {
	if f.find == "" {
		return nil
	}
	var r registry.Results
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = registry.Search(ctx, tx, v.keys, v.today(), f.find)
		return err
	})
	if err != nil {
		return err
	}
	r.Patients = nil
	v.recordSearch(false, f.find, r)
	f.asked, f.more = true, r.More
	f.found = slices.DeleteFunc(r.Clients, func(c registry.ClientHit) bool {
		return slices.ContainsFunc(f.rows, func(r registry.BondRow) bool { return r.Client == c.ID && !r.Remove })
	})
	return nil
}

// ownersPage shows the form, and records whom it shows.
func (v *visit) ownersPage(status int, f ownersForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	row := f.patient.ID
	view := views.OwnersForm{
		Page: v.page("patients"), Banner: v.banner(f.patient, f.beside, species), Action: "/patients/" + row.String() + "/owners",
		Version: strconv.FormatInt(f.version, 10), Cancel: "/patients/" + row.String(), Full: len(f.rows) >= mostLinked,
		Find: f.find, Asked: f.asked, More: f.more, Fresh: f.fresh, Typed: f.typed, Mistakes: mistakes(f.bad),
	}
	if v.may(access.ClientWrite) {
		view.NewClient = "/clients/new"
	}
	seen := []id.ID{}
	for _, r := range f.rows {
		c := f.names[r.Client]
		seen = append(seen, r.Client)
		view.Rows = append(view.Rows, views.BondRow{
			ClientID: r.Client.String(), Name: c.Name(), Line: reached(c), Role: strings.ToLower(strings.TrimSpace(r.Role)), Share: r.Share,
			MayConsent: r.MayConsent, GetsReminders: r.GetsReminders, Remove: r.Remove,
		})
	}
	for _, c := range f.found {
		view.Found = append(view.Found, views.Choosable{ID: c.ID.String(), Name: pieces(c.Name(), f.find), Line: reached(c.Client)})
	}
	for _, p := range f.past {
		seen = append(seen, p.ID)
		view.Past = append(view.Past, views.PastBond{
			Name: p.Name(), Href: "/clients/" + p.ID.String(), Line: roleNames[p.Role] + ", " + v.day(p.Since) + " to " + v.day(p.Until),
		})
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row, IDs: seen})
	if v.partial {
		return shown(status, views.OwnersPart(view)), nil
	}
	return shown(status, views.OwnersPage(view)), nil
}

// reached is how a client is reached, in one line.
func reached(c registry.Client) string {
	if len(c.Phones) > 0 {
		return join(c.Phones[0].Number, c.Email)
	}
	return c.Email
}

// ownerPanel says who answers for an animal.
func (v *visit) ownerPanel(rec record) views.OwnerPanel {
	p := rec.patient
	var panel views.OwnerPanel
	for _, o := range p.Owners {
		one := views.Owner{
			Name: o.Name(), Role: roleNames[o.Bond.Role], Words: bondWords(o.Bond, len(p.Owners) > 1), Phones: phones(o.Phones), Email: o.Email,
		}
		if v.may(access.ClientRead) {
			one.Href = "/clients/" + o.ID.String()
		}
		panel.Owners = append(panel.Owners, one)
	}
	if v.may(access.PatientWrite) && v.may(access.ClientRead) {
		panel.Href = "/patients/" + p.ID.String() + "/owners"
	}
	for _, other := range rec.siblings {
		panel.Others = append(panel.Others, v.animal(other, rec.species))
	}
	return panel
}

// bondWords say what a link means. Of somebody alone only what is out of the ordinary is said.
func bondWords(b registry.Bond, several bool) string {
	var share, consent, reminders string
	if several && b.Share > 0 {
		share = "pays " + registry.FormatShare(b.Share)
	} else if several && b.Pays() {
		share = "pays nothing"
	}
	switch {
	case !b.MayConsent:
		consent = "may not consent"
	case several:
		consent = "may consent"
	}
	switch {
	case !b.GetsReminders:
		reminders = "gets no reminders"
	case several:
		reminders = "gets reminders"
	}
	return sentence(join(share, consent, reminders))
}

// clientRole is what a client is to an animal, "" for the one owner.
func clientRole(p registry.ClientPatient) string {
	switch {
	case p.Role == registry.RoleOwner && (p.Share == registry.WholeShare || !p.Until.IsZero()):
		return ""
	case p.Share == 0:
		return roleNames[p.Role]
	}
	return roleNames[p.Role] + " " + registry.FormatShare(p.Share)
}
