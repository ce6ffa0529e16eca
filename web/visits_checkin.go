package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// askedMost is how much is asked of somebody who comes in; the rest is marked to ask.
const askedMost = 2

// freshWeight is how long a weight needs not be asked again.
const freshWeight = 14 * 24 * time.Hour

// newCheckIn shows the form that says somebody has come in.
func (s *Server) newCheckIn(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.checkInPage(http.StatusOK, appointment, nil, nil, nil)
}

// createCheckIn says that somebody has come in, with what was asked.
func (s *Server) createCheckIn(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	c, bad, err := v.typedCheckIn()
	if err != nil {
		return answer{}, err
	}
	if len(bad) > 0 {
		return v.checkInPage(http.StatusUnprocessableEntity, appointment, v.form(), bad, nil)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if err := v.mendPhone(ctx, tx, appointment, &c); err != nil {
			return err
		}
		return scheduling.Arrive(ctx, tx, v.desk(), row, appointment, c)
	})
	var jump *registry.Jump
	var clash *registry.Conflict[registry.Client]
	switch {
	case errors.As(err, &jump):
		return v.checkInPage(http.StatusUnprocessableEntity, appointment, v.form(), fault.Fields{{Name: "sure", Message: v.jumpWords(jump)}}, jump)
	case errors.As(err, &clash):
		v.form().Del("client_version") // the form then names the one that is
		return v.checkInPage(http.StatusUnprocessableEntity, appointment, v.form(), fault.Fields{{
			Name: "phone", Message: v.policy.Name(clash.By) + " changed this client meanwhile. Look at the number and send this again",
		}}, nil)
	case errors.As(err, &bad):
		return v.checkInPage(http.StatusUnprocessableEntity, appointment, v.form(), bad, nil)
	case err != nil && !errors.Is(err, scheduling.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Checked in.")
	return goTo("/today"), nil
}

// typedCheckIn reads the form; mistakes are named after its inputs.
func (v *visit) typedCheckIn() (c scheduling.CheckIn, bad fault.Fields, err error) {
	if c.Seen, err = v.lastSeen(); err != nil {
		return c, nil, err
	}
	c.Reason, c.PhoneAsked, c.Urgent = v.field("reason"), v.field("phone_asked") == "yes", v.field("first") == "yes"
	c.ClientVersion, _ = strconv.ParseInt(v.field("client_version"), 10, 64) // what is no number is no version that is
	for _, text := range v.form()["noticed"] {
		alert, err := rowOf(text)
		if err != nil {
			return c, nil, err
		}
		c.Noticed = append(c.Noticed, alert)
	}
	if text := v.field("place"); text != "" {
		if c.Place, err = rowOf(text); err != nil {
			return c, nil, err
		}
	}
	if strings.TrimSpace(v.field("weight")) != "" {
		if c.WeightID, err = rowOf(v.field("weight_id")); err != nil {
			return c, nil, err
		}
		w := registry.Weight{Source: registry.Measured, At: v.now()}
		if w.Weighed, err = registry.ParseWeight(v.field("weight"), v.field("unit")); err != nil {
			bad.Add("weight", err.Error())
		}
		c.Weight = &w
		c.Sure, _ = strconv.ParseInt(v.field("sure"), 10, 64) // what is no number is sure of nothing
	}
	return c, bad, nil
}

// mendPhone puts a number that was changed in the form in the place of the first one.
func (v *visit) mendPhone(ctx context.Context, tx *db.Tx, appointment id.ID, c *scheduling.CheckIn) error {
	typed := strings.TrimSpace(v.field("phone"))
	if typed == "" || typed == v.field("phone_was") {
		return nil
	}
	card, err := scheduling.OpenCard(ctx, tx, v.desk(), appointment)
	if err != nil {
		return err
	}
	if card.ClientID.IsZero() {
		return nil
	}
	form := registry.FormOfClient(card.Client)
	form.Phones = slices.Clone(form.Phones)
	if len(form.Phones) == 0 {
		form.Phones = []registry.Phone{{}}
	}
	if form.Phones[0].Number == typed {
		return nil
	}
	form.Phones[0].Number = typed
	client, bad := form.Parse()
	if len(bad) > 0 {
		return renamed(bad, map[string]string{"phone_1": "phone"})
	}
	c.Phones, c.PhoneAsked = client.Phones, true
	return nil
}

// checkInPage shows the form: as it is begun, or as it was typed.
func (v *visit) checkInPage(status int, appointment id.ID, typed map[string][]string, bad fault.Fields, jump *registry.Jump) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var card scheduling.Card
	var patient registry.PatientView
	var resources []scheduling.ResourceRow
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if card, err = scheduling.OpenCard(ctx, tx, v.desk(), appointment); err != nil {
				return err
			}
			patient, err = registry.OpenPatient(ctx, tx, v.keys, card.PatientID)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			resources, err = scheduling.Resources(ctx, tx, v.keys)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "appointment", ObjectID: appointment, IDs: []id.ID{card.PatientID}})
	if typed == nil && !card.Ahead() && card.State != scheduling.NoShowed {
		return answer{}, scheduling.ErrNotAllowed
	}
	view := v.checkInView(card, patient, resources, species)
	view.Mistakes = mistakes(bad)
	if typed != nil {
		v.retype(&view, jump)
	}
	if v.partial {
		return shown(status, views.CheckInPart(view)), nil
	}
	return shown(status, views.CheckInPage(view)), nil
}

// retype puts in what was typed.
func (v *visit) retype(view *views.CheckIn, jump *registry.Jump) {
	view.ID, view.WeightID, view.Seen = v.field("new_id"), v.field("weight_id"), v.field("seen")
	view.ClientVersion = cmp.Or(v.field("client_version"), view.ClientVersion)
	view.Reason, view.Asked, view.First, view.Place = v.field("reason"), v.field("phone_asked") == "yes", v.field("first") == "yes", v.field("place")
	view.Phone, view.Weight, view.Unit = v.field("phone"), v.field("weight"), v.field("unit")
	for i := range view.Stops {
		view.Stops[i].On = slices.Contains(v.form()["noticed"], view.Stops[i].ID)
	}
	if jump != nil {
		view.Sure = registry.WeightIn(jump.Before.Grams, jump.Now.Unit) + " to " + inUnit(jump.Now.Grams, jump.Now.Unit) + " is right"
		view.SureValue = strconv.FormatInt(jump.Now.Grams, 10)
	}
	for _, m := range view.Mistakes {
		view.PhoneNow = view.PhoneNow || m.Name == "phone"
		view.WeightNow = view.WeightNow || m.Name == "weight" || m.Name == "sure"
	}
}

// checkInView is the form as it is begun.
func (v *visit) checkInView(card scheduling.Card, patient registry.PatientView, resources []scheduling.ResourceRow, species map[string]string) views.CheckIn {
	path := "/appointments/" + card.ID.String()
	view := views.CheckIn{
		Page: v.page("today"), Action: path + "/check-in", ID: id.New().String(), WeightID: id.New().String(), ClientVersion: strconv.FormatInt(card.ClientVersion, 10),
		Reason: card.Reason, First: card.Urgent, Cancel: "/today", PhoneNone: card.ClientID.IsZero(),
	}
	if !card.LastMove.IsZero() {
		view.Seen = card.LastMove.String()
	}
	view.What = v.aheadLine(card.Appointment)
	if i := slices.IndexFunc(resources, func(r scheduling.ResourceRow) bool { return r.ID == card.With() }); i >= 0 {
		view.What += " with " + resources[i].Called
	}
	f := finding{patient: card.PatientID, chosen: patient, noShows: card.NoShows}
	f.beside.alerts = card.Banner
	view.Chosen = v.chosenView(f, species)
	if len(card.Client.Phones) > 0 {
		view.Phone = card.Client.Phones[0].Number
		view.PhoneWas = view.Phone
	}
	view.Unit = v.weightUnit(patient.Species, nil)
	if card.Weighed {
		w := v.bannerWeight(card.Weight)
		view.LastOne, view.Unit = join(w.Value, w.When), card.Weight.Unit
	}
	for _, a := range card.Banner {
		if a.Level == registry.LevelStop {
			line := v.alertLine(a, true)
			view.Stops = append(view.Stops, views.NoticeTick{ID: a.ID.String(), Text: strings.TrimSpace(line.Lead + " " + line.Text), On: card.Noticed[a.ID]})
		}
	}
	v.chooseAsks(&view, card)
	view.Places = []ui.Option{{Value: "", Label: "The waiting room"}}
	for _, r := range resources {
		if r.Stands() && r.Kind != scheduling.Vet && r.Kind != scheduling.Nurse {
			view.Places = append(view.Places, ui.Option{Value: r.ID.String(), Label: r.Called})
		}
	}
	return view
}

// chooseAsks puts what is missing in sight, so much and no more: alerts first, then the phone, then the weight.
func (v *visit) chooseAsks(view *views.CheckIn, card scheduling.Card) {
	left := askedMost
	if slices.ContainsFunc(view.Stops, func(s views.NoticeTick) bool { return !s.On }) {
		left--
	}
	if !view.PhoneNone && left > 0 {
		view.PhoneNow = true
		left--
	}
	if left > 0 && (!card.Weighed || v.now().Sub(card.Weight.At) > freshWeight) {
		view.WeightNow = true
	}
}
