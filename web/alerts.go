package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// whose is the patient or client whose alerts a page is about.
type whose struct {
	patient *registry.PatientView // nil for a client
	client  registry.ClientView
	banner  *views.Banner
	alerts  []registry.AlertRow
}

func (w whose) name() string {
	if w.patient != nil {
		return w.patient.Called()
	}
	return w.client.Name()
}

// path is the page of the patient or client.
func (w whose) path() string {
	if w.patient != nil {
		return "/patients/" + w.patient.ID.String()
	}
	return "/clients/" + w.client.ID.String()
}

// flat is where single alerts are.
func (w whose) flat() string {
	if w.patient != nil {
		return "/alerts/"
	}
	return "/client-alerts/"
}

// openWhose reads a patient or a client with all its alerts.
func (v *visit) openWhose(row id.ID, ofClient bool) (w whose, err error) {
	if ofClient {
		err = v.read(
			func(ctx context.Context, tx *db.Tx) (err error) {
				w.client, err = registry.OpenClient(ctx, tx, v.keys, row)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				w.alerts, err = registry.ClientAlerts(ctx, tx, v.keys, row)
				return err
			},
		)
		if err == nil {
			v.record(audit.Entry{Action: audit.Opened, Object: "client", ObjectID: row})
		}
		return w, err
	}
	species, err := v.s.species(v)
	if err != nil {
		return w, err
	}
	var p registry.PatientView
	var b beside
	err = v.read(append(b.ofPatient(v, row),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			w.alerts, err = registry.PatientAlerts(ctx, tx, v.keys, row)
			return err
		},
	)...)
	if err != nil {
		return w, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row})
	banner := v.banner(p, b, species)
	w.patient, w.banner = &p, &banner
	return w, nil
}

// alertForm is the form for an alert of somebody: a new one, or one at a version.
func (v *visit) alertForm(w whose, row id.ID, version int64, a registry.Alert, bad fault.Fields) views.AlertForm {
	f := views.AlertForm{
		Page: v.page("patients"), Whose: w.name(), Level: a.Level, Topic: a.Topic, Text: a.Text, Mistakes: mistakes(bad),
	}
	if w.patient != nil {
		f.Topics = views.PatientTopics
	}
	if version > 0 {
		f.Action, f.Version, f.Heading, f.Cancel, f.Banner = w.flat()+row.String(), strconv.FormatInt(version, 10), "Alert", w.path()+"/alerts", w.banner
		return f
	}
	f.Action, f.ID, f.Heading = w.path()+"/alerts", row.String(), "Add an alert"
	return f
}

func (v *visit) alertsView(w whose, add views.AlertForm) views.Alerts {
	view := views.Alerts{Page: v.page("patients"), Banner: w.banner, Whose: w.name(), Back: w.path(), Add: add}
	for _, a := range w.alerts {
		e := views.AlertEntry{AlertLine: v.alertLine(a, false), By: v.policy.Name(a.MadeBy) + ", " + v.day(a.MadeAt)}
		if a.Topic == registry.NoAllergies {
			e.Text = ""
		}
		if !a.Stands() {
			e.Ended = v.policy.Name(a.SavedBy) + ", " + v.day(a.EndedAt)
			view.Ended = append(view.Ended, e)
			continue
		}
		e.EndAction = w.flat() + a.ID.String() + "/ending"
		if a.Topic != registry.NoAllergies {
			e.EditHref = w.flat() + a.ID.String() + "/edit"
		}
		view.Standing = append(view.Standing, e)
	}
	return view
}

func (s *Server) listAlerts(v *visit) (answer, error)       { return v.listAlerts(false) }
func (s *Server) listClientAlerts(v *visit) (answer, error) { return v.listAlerts(true) }

func (v *visit) listAlerts(ofClient bool) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	w, err := v.openWhose(row, ofClient)
	if err != nil {
		return answer{}, err
	}
	blank := registry.Alert{Level: registry.LevelMind, Topic: registry.TopicGeneral}
	return shown(http.StatusOK, views.AlertsPage(v.alertsView(w, v.alertForm(w, id.New(), 0, blank, nil)))), nil
}

// typedAlert is the form as it was sent. A form of a client says nothing of the topic.
func (v *visit) typedAlert() registry.Alert {
	return registry.ReadAlert(v.field("level"), v.field("topic"), v.field("text"))
}

func (s *Server) createAlert(v *visit) (answer, error)       { return v.createAlert(false) }
func (s *Server) createClientAlert(v *visit) (answer, error) { return v.createAlert(true) }

func (v *visit) createAlert(ofClient bool) (answer, error) {
	owner, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	typed, add := v.typedAlert(), registry.AddAlert
	if ofClient {
		add = registry.AddClientAlert
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return add(ctx, tx, v.keys, row, owner, typed)
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		return v.mistakenAlert(owner, ofClient, row, typed, bad)
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Alert added.")
	switch {
	case ofClient:
		return goTo("/clients/" + owner.String() + "/alerts"), nil
	case typed.Topic == registry.NoAllergies: // said by the button in the banner
		return goTo("/patients/" + owner.String()), nil
	}
	return goTo("/patients/" + owner.String() + "/alerts"), nil
}

// mistakenAlert shows the form of a new alert again, under the list.
func (v *visit) mistakenAlert(owner id.ID, ofClient bool, row id.ID, typed registry.Alert, bad fault.Fields) (answer, error) {
	w, err := v.openWhose(owner, ofClient)
	if err != nil {
		return answer{}, err
	}
	form := v.alertForm(w, row, 0, typed, bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.AlertFormPart(form)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.AlertsPage(v.alertsView(w, form))), nil
}

func (s *Server) editAlert(v *visit) (answer, error)       { return v.editAlert(false) }
func (s *Server) editClientAlert(v *visit) (answer, error) { return v.editAlert(true) }

func (v *visit) editAlert(ofClient bool) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	a, w, err := v.openAlert(row, ofClient)
	if err != nil {
		return answer{}, err
	}
	if !a.Stands() || a.Topic == registry.NoAllergies {
		return goTo(w.path() + "/alerts"), nil
	}
	return shown(http.StatusOK, views.AlertFormPage(v.alertForm(w, row, a.Version, a.Alert, nil))), nil
}

// openAlert reads an alert and whose it is. One of a client is nothing at the address of a patient's, and
// the other way round: the two need different rights.
func (v *visit) openAlert(row id.ID, ofClient bool) (a registry.AlertRow, w whose, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = ofKind(ctx, tx, v, row, ofClient)
		return err
	})
	if err != nil {
		return a, w, err
	}
	owner := a.Patient
	if ofClient {
		owner = a.Client
	}
	w, err = v.openWhose(owner, ofClient)
	return a, w, err
}

func ofKind(ctx context.Context, tx *db.Tx, v *visit, row id.ID, ofClient bool) (registry.AlertRow, error) {
	a, err := registry.OpenAlert(ctx, tx, v.keys, row)
	if err == nil && a.Patient.IsZero() != ofClient {
		err = fault.Missing
	}
	return a, err
}

func (s *Server) updateAlert(v *visit) (answer, error)       { return v.updateAlert(false) }
func (s *Server) updateClientAlert(v *visit) (answer, error) { return v.updateAlert(true) }

func (v *visit) updateAlert(ofClient bool) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	typed := v.typedAlert()
	if bad := v.unchosen(alertInputs(registry.Alert{})); len(bad) > 0 {
		return v.clashingAlert(row, ofClient, bad)
	}
	var was registry.AlertRow
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if was, err = ofKind(ctx, tx, v, row, ofClient); err != nil {
			return err
		}
		return registry.EditAlert(ctx, tx, v.keys, row, v.version(), typed)
	})
	var clash *registry.Conflict[registry.Alert]
	var bad fault.Fields
	switch {
	case errors.As(err, &clash):
		t := v.twiceAlert(was, clash.Theirs, clash.TheirVersion, clash.By)
		t.at, t.mine = clash.At, alertInputs(typed)
		if clash.Base != nil {
			t.base = alertInputs(*clash.Base)
		}
		return v.conflict(t), nil
	case errors.As(err, &bad):
		return v.mistakenEdition(row, ofClient, typed, bad)
	case err != nil:
		return answer{}, err
	}
	v.say("Alert saved.")
	return goTo(alertsPath(was)), nil
}

// mistakenEdition shows the form of an alert that is changed again.
func (v *visit) mistakenEdition(row id.ID, ofClient bool, typed registry.Alert, bad fault.Fields) (answer, error) {
	_, w, err := v.openAlert(row, ofClient)
	if err != nil {
		return answer{}, err
	}
	form := v.alertForm(w, row, max(1, v.version()), typed, bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.AlertFormPart(form)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.AlertFormPage(form)), nil
}

// clashingAlert shows the choice again where something was left unchosen.
func (v *visit) clashingAlert(row id.ID, ofClient bool, bad fault.Fields) (answer, error) {
	var a registry.AlertRow
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = ofKind(ctx, tx, v, row, ofClient)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	t := v.twiceAlert(a, a.Alert, v.version(), a.SavedBy)
	t.at, t.mine, t.bad = a.SavedAt, v.chosen(alertInputs(registry.Alert{})), bad
	return v.conflict(t), nil
}

func (v *visit) twiceAlert(a registry.AlertRow, theirs registry.Alert, version int64, by id.ID) twice {
	flat, seen := "/alerts/", audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: a.Patient}
	if a.Patient.IsZero() {
		flat, seen = "/client-alerts/", audit.Entry{Action: audit.Opened, Object: "client", ObjectID: a.Client}
	}
	return twice{action: flat + a.ID.String(), back: alertsPath(a), what: "The alert", version: version, by: by, theirs: alertInputs(theirs), seen: seen}
}

// alertInputs are the fields of the form in order.
func alertInputs(a registry.Alert) []input {
	return []input{{"topic", "about", a.Topic}, {"level", "level", a.Level}, {"text", "what must be known", a.Text}}
}

// alertsPath is the list an alert stands in.
func alertsPath(a registry.AlertRow) string {
	if a.Patient.IsZero() {
		return "/clients/" + a.Client.String() + "/alerts"
	}
	return "/patients/" + a.Patient.String() + "/alerts"
}

func (s *Server) createAlertEnding(v *visit) (answer, error) { return v.createAlertEnding(false) }

func (s *Server) createClientAlertEnding(v *visit) (answer, error) { return v.createAlertEnding(true) }

func (v *visit) createAlertEnding(ofClient bool) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var was registry.AlertRow
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if was, err = ofKind(ctx, tx, v, row, ofClient); err != nil {
			return err
		}
		_, err = registry.EndAlert(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.say("Alert ended.")
	return goTo(alertsPath(was)), nil
}
