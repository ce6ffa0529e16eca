package web

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// What a press of a button in a form with a finder means.
const (
	actLook  = "look"  // show the list below the field
	actFind  = "find"  // show the form with the list
	actPick  = "pick"  // an animal or a client was chosen
	actOther = "other" // none of them: choose again
	actOffer = "offer" // show what can be had
	actFree  = "free"  // the same, with the whole form
	actSlot  = "slot"  // a time that can be had was chosen
	actSave  = "save"
)

// finding is which animal a form is about, and how it came to be.
type finding struct {
	act string
	// find is what was typed, asked that it was looked for.
	find  string
	asked bool
	fresh bool
	// patient is who was chosen, client whose animals are shown; zero for none.
	patient, client id.ID

	results registry.Results
	owner   registry.ClientView
	animals []registry.ClientPatient
	chosen  registry.PatientView
	beside  beside
	ahead   []scheduling.Appointment
	noShows int
}

// typedFinding reads the finder of a form, and what was pressed in it. A press of Enter finds while nobody is
// chosen, and saves then.
func (v *visit) typedFinding() (f finding, err error) {
	f.find, f.act = strings.TrimSpace(v.field("find")), v.field("act")
	for name, into := range map[string]*id.ID{"patient": &f.patient, "client": &f.client} {
		if text := v.field(name); text != "" {
			if *into, err = rowOf(text); err != nil {
				return f, err
			}
		}
	}
	switch {
	case v.field("pick") != "":
		f.act, f.fresh = actPick, true
		f.patient, err = rowOf(v.field("pick"))
		return f, err
	case v.field("pick_client") != "":
		f.act, f.fresh = actPick, true
		f.client, err = rowOf(v.field("pick_client"))
		return f, err
	case v.field("slot") != "":
		f.act = actSlot
	case f.act == actOther:
		f.patient, f.client = id.ID{}, id.ID{}
	case f.act == "enter" && f.patient.IsZero() && f.find != "":
		f.act = actFind
	}
	f.asked = f.patient.IsZero() && f.client.IsZero() && (f.act == actFind || f.act == actLook) && utf8.RuneCountInString(f.find) > 1
	return f, nil
}

// reads gives what the finder shows, to be read with the rest of the form.
func (v *visit) findReads(f *finding) []func(ctx context.Context, tx *db.Tx) error {
	var do []func(ctx context.Context, tx *db.Tx) error
	if f.asked {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			f.results, err = registry.Search(ctx, tx, v.keys, v.today(), f.find)
			return err
		})
	}
	if !f.patient.IsZero() {
		do = append(append(do, f.beside.ofPatient(v, f.patient)...),
			func(ctx context.Context, tx *db.Tx) (err error) {
				if f.chosen, err = registry.OpenPatient(ctx, tx, v.keys, f.patient); err != nil {
					return err
				}
				if owner, ok := f.chosen.Owner(); ok {
					_, f.noShows, err = scheduling.OfClient(ctx, tx, v.keys, owner.ID)
				}
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				f.ahead, _, err = scheduling.OfPatient(ctx, tx, v.keys, f.patient)
				return err
			})
	}
	if !f.client.IsZero() && f.patient.IsZero() {
		do = append(do,
			func(ctx context.Context, tx *db.Tx) (err error) {
				f.owner, err = registry.OpenClient(ctx, tx, v.keys, f.client)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				f.animals, err = registry.ClientPatients(ctx, tx, v.keys, f.client)
				return err
			})
	}
	return do
}

// recordFinding notes what the finder showed.
func (v *visit) recordFinding(f finding) {
	switch {
	case f.asked:
		r := f.results
		if !v.may(access.ClientRead) {
			r.Clients = nil
		}
		v.recordSearch(false, f.find, r)
	case !f.patient.IsZero():
		var beside []id.ID
		for _, o := range f.chosen.Owners {
			beside = append(beside, o.ID)
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: f.patient, IDs: beside})
	case !f.client.IsZero():
		var beside []id.ID
		for _, a := range f.animals {
			beside = append(beside, a.ID)
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "client", ObjectID: f.client, IDs: beside})
	default:
		v.record(audit.Entry{Action: audit.Opened, Object: "schedule"})
	}
}

// finderView is the finder as shown. ask is the action of its form.
func (v *visit) finderView(f finding, ask string, species map[string]string) views.Finder {
	view := views.Finder{Nonce: v.nonce, Ask: ask, Find: f.find, Asked: f.asked, More: f.results.More, Fresh: f.fresh}
	for _, p := range f.results.Patients {
		hit := v.patientHit(p, f.find, species)
		view.Found = append(view.Found, views.Findable{ID: p.ID.String(), Species: p.Species, Name: hit.Name, Line: hit.Line, State: hit.State, Gone: hit.Gone})
	}
	for _, c := range f.results.Clients {
		if v.may(access.ClientRead) {
			hit := clientHit(c, f.find)
			view.Clients = append(view.Clients, views.Findable{ID: c.ID.String(), Name: hit.Name, Line: hit.Line})
		}
	}
	for _, a := range f.animals {
		if a.Until.IsZero() && a.Status != registry.Deceased {
			view.Found = append(view.Found, views.Findable{ID: a.ID.String(), Species: a.Species, Name: unmatched(a.Called()), Line: unmatched(v.kind(a.PatientRow, species))})
		}
	}
	if !f.client.IsZero() && f.patient.IsZero() {
		view.Asked, view.Find = true, f.owner.Name()
	}
	if !f.patient.IsZero() {
		chosen := v.chosenView(f, species)
		view.Chosen = &chosen
	}
	return view
}

func (v *visit) chosenView(f finding, species map[string]string) views.ChosenPatient {
	p := f.chosen
	c := views.ChosenPatient{
		ID: p.ID.String(), Href: "/patients/" + p.ID.String(), Species: p.Species, Name: p.Called(), Line: v.kind(p.PatientRow, species), NoShows: noShowWords(f.noShows),
	}
	if owner, ok := p.Owner(); ok {
		c.Surname = owner.Surname()
		c.Line = join(c.Line, owner.Name(), reached(owner.Client))
	}
	for _, a := range f.beside.alerts {
		c.Alerts = append(c.Alerts, v.alertLine(a, true))
	}
	for _, a := range f.ahead {
		c.Next = append(c.Next, v.aheadLine(a))
	}
	if p.Status == registry.Deceased {
		c.Closed = p.Called() + " has died. Nothing can be booked."
	}
	return c
}

// aheadLine is a visit that is still to come: "Tue 24-Mar-2026 10:30, Booster".
func (v *visit) aheadLine(a scheduling.Appointment) string {
	return join(a.Day.Format(weekdayForm)+" "+clockOf(a.Start), a.Type.Name)
}

// noShowWords says how often a client did not come, "" for never.
func noShowWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "Did not come once"
	case 2:
		return "Did not come twice"
	}
	return fmt.Sprintf("Did not come %d times", n)
}
