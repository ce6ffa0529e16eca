package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// walkInForm is the form of somebody who stands at the desk, and what was read to show it.
type walkInForm struct {
	bookingForm
	// newClient and newPatient are the ids of who is written down.
	newClient, newPatient            id.ID
	clientName, phone, name, species string
	first                            bool
	alike                            views.Alikes
}

func (s *Server) newWalkIn(v *visit) (answer, error) {
	f := walkInForm{newClient: id.New(), newPatient: id.New()}
	f.row, f.back = id.New(), v.backTo(v.r.URL.Query().Get("back"))
	if text := v.r.URL.Query().Get("patient"); text != "" {
		var err error
		if f.patient, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	return v.walkInPage(http.StatusOK, f)
}

// typedWalkIn is the form as it was sent.
func (v *visit) typedWalkIn() (f walkInForm, err error) {
	if f.bookingForm, err = v.typedBooking(); err != nil {
		return f, err
	}
	if f.newClient, err = rowOf(v.field("client_id")); err != nil {
		return f, err
	}
	if f.newPatient, err = rowOf(v.field("patient_id")); err != nil {
		return f, err
	}
	f.clientName, f.phone, f.name, f.species, f.first = v.field("client_name"), v.field("phone"), v.field("name"), v.field("species"), v.field("first") == "yes"
	return f, nil
}

// createWalkIn puts somebody into the waiting room: who is known, or who is written down in the same act.
func (s *Server) createWalkIn(v *visit) (answer, error) {
	f, err := v.typedWalkIn()
	if err != nil {
		return answer{}, err
	}
	switch f.act {
	case actLook, actFind, actPick, actOther, actOffer:
		return v.walkInPage(http.StatusOK, f)
	}
	w := scheduling.WalkIn{Patient: f.patient, Reason: f.reason, Urgent: f.first, Asks: []string{scheduling.AskWeight}}
	if !f.patient.IsZero() { // of whom we know, more may have changed
		w.Asks = append(w.Asks, scheduling.AskPhone, scheduling.AskAlerts)
	}
	if w.Type, err = rowOf(f.kind); err != nil {
		f.bad.Add("type", "Choose why they come")
	}
	if f.with != "" {
		if w.With, err = rowOf(f.with); err != nil {
			f.bad.Add("with", "Choose for whom")
		}
	}
	client, animal, err := v.newcomers(&f)
	if err != nil {
		return answer{}, err
	}
	if f.patient.IsZero() && (!v.may(access.PatientWrite) || f.client.IsZero() && !v.may(access.ClientWrite)) {
		return v.refused(access.PatientWrite)
	}
	if len(f.bad) > 0 {
		return v.walkInPage(http.StatusUnprocessableEntity, f)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if f.patient.IsZero() {
			if err := v.writeDown(ctx, tx, f, client, animal, &w); err != nil {
				return err
			}
		}
		_, err := scheduling.AddWalkIn(ctx, tx, v.desk(), f.row, w)
		return err
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		f.bad = renamed(bad, map[string]string{"patient": "find"})
		return v.walkInPage(http.StatusUnprocessableEntity, f)
	case err != nil && !errors.Is(err, scheduling.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("In the waiting room.")
	return goTo("/today"), nil
}

// newcomers reads who is to be written down; mistakes are noted in the form. Of a known patient nobody is.
func (v *visit) newcomers(f *walkInForm) (client registry.Client, animal registry.Patient, err error) {
	if !f.patient.IsZero() {
		return client, animal, nil
	}
	if f.clientName == "" && f.phone == "" && f.name == "" && f.client.IsZero() {
		f.bad.Add("find", "Find who is here, or write down who is new")
		return client, animal, nil
	}
	if f.client.IsZero() {
		typed := registry.FormOfTyped(f.clientName)
		typed.Phones = []registry.Phone{{Number: f.phone}}
		var bad fault.Fields
		client, bad = typed.Parse()
		f.bad = append(f.bad, renamed(bad, map[string]string{"given_name": "client_name", "family_name": "client_name", "phone_1": "phone", "email": "client_name"})...)
		if len(bad) == 0 {
			var asked fault.Fields
			if f.alike, asked, err = v.askAlikeClient(f.newClient, typed); err != nil {
				return client, animal, err
			}
			f.bad = append(f.bad, asked...)
		}
	}
	typed := registry.PatientForm{Name: f.name, Species: f.species, Sex: "unknown", Neutered: "unknown"}
	animal, bad := typed.Parse(v.now())
	f.bad = append(f.bad, bad...)
	return client, animal, nil
}

// writeDown registers a new client, unless one was chosen, and the animal. It gives ErrAlreadyThere where the same
// form was sent before: then they wait already.
func (v *visit) writeDown(ctx context.Context, tx *db.Tx, f walkInForm, client registry.Client, animal registry.Patient, w *scheduling.WalkIn) error {
	w.Client, w.Patient = f.client, f.newPatient
	if f.client.IsZero() {
		w.Client = f.newClient
		if err := registry.RegisterClient(ctx, tx, v.keys, f.newClient, client); err != nil {
			return err
		}
	}
	return registry.RegisterPatient(ctx, tx, v.keys, f.newPatient, w.Client, animal)
}

// walkInPage reads what the form shows and shows it: whole, or the part that was asked for.
func (v *visit) walkInPage(status int, f walkInForm) (answer, error) {
	species, err := v.s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	names := map[string]string{}
	for _, one := range species {
		names[one.Code] = one.Name
	}
	do := v.findReads(&f.finding)
	if f.act == actLook && v.partial {
		if err := v.read(do...); err != nil {
			return answer{}, err
		}
		v.recordFinding(f.finding)
		return shown(status, views.FinderPart(v.finderView(f.finding, "/walk-ins", names))), nil
	}
	if err := v.read(append(do, v.listReads(&f.bookingForm)...)...); err != nil {
		return answer{}, err
	}
	f.firstType()
	if f.act == actOffer && v.partial {
		f.dropUnable()
		return shown(status, views.WithPart(v.page("today"), "walk-in-form", f.withOptions(), f.with)), nil
	}
	v.recordFinding(f.finding)
	view := views.WalkIn{
		Page: v.page("today"), ID: f.row.String(), ClientID: f.newClient.String(), PatientID: f.newPatient.String(), Finder: v.finderView(f.finding, "/walk-ins", names),
		New: f.patient.IsZero() && v.may(access.PatientWrite) && (v.may(access.ClientWrite) || !f.client.IsZero()), ClientName: f.clientName, Phone: f.phone, Name: f.name, Species: f.species,
		SpeciesOptions: []ui.Option{{Value: "", Label: "Choose"}}, Reason: f.reason, Type: f.kind, With: f.with,
		Types: v.typeOptions(f.types, f.kind), Withs: f.withOptions(), First: f.first, Alike: f.alike, Mistakes: mistakes(f.bad), Cancel: f.back,
	}
	view.Finder.Mistake = f.bad.Message("find")
	for _, one := range species {
		view.SpeciesOptions = append(view.SpeciesOptions, ui.Option{Value: one.Code, Label: one.Name})
	}
	if !f.client.IsZero() && f.patient.IsZero() {
		view.Client = &views.Findable{ID: f.client.String(), Name: unmatched(f.owner.Name()), Line: unmatched(reached(f.owner.Client))}
	} else if f.patient.IsZero() && f.clientName == "" && f.asked && len(f.results.Patients)+len(f.results.Clients) == 0 {
		view.ClientName = strings.TrimSpace(f.find) // looked for and not there
	}
	if v.partial {
		return shown(status, views.WalkInPart(view)), nil
	}
	return shown(status, views.WalkInPage(view)), nil
}
