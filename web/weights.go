package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// twinUnit is the unit a weight is shown in as well.
var twinUnit = map[string]string{"kg": "lb", "lb": "kg", "g": "oz", "oz": "g"}

// weighedOn is when an animal was weighed; midnight stands for a time that is not known.
func (v *visit) weighedOn(at time.Time) string {
	if v.minute(at) == "00:00" {
		return v.day(at)
	}
	return sentence(v.moment(at))
}

// bannerWeight is the last weight in words.
func (v *visit) bannerWeight(w registry.WeightRow) views.BannerWeight {
	when := v.day(w.At)
	if when == v.day(v.now()) {
		when = "today"
	}
	if w.Source != registry.Measured {
		when += ", " + sourceWords[w.Source]
	}
	return views.BannerWeight{Value: w.Entered + " " + w.Unit, Twin: inUnit(w.Grams, twinUnit[w.Unit]), When: when}
}

var (
	sourceNames = map[string]string{registry.Measured: "Measured", registry.Estimated: "Estimated", registry.Stated: "Said by the owner"}
	sourceWords = map[string]string{registry.Estimated: "estimated", registry.Stated: "said by the owner"}
)

// small are the species that are weighed in grams until one of them was weighed otherwise.
var small = map[string]bool{"hamster": true, "rat": true, "mouse": true, "guineapig": true, "bird": true, "lizard": true}

// weightUnit is the unit the form begins with: that of the last weight, else by species and country.
func (v *visit) weightUnit(species string, last []registry.WeightRow) string {
	switch {
	case len(last) > 0:
		return last[0].Unit
	case small[species]:
		return "g"
	case v.clinic.Country() == "US":
		return "lb"
	}
	return "kg"
}

// standing are the weighings that were not entered in error.
func standing(rows []registry.WeightRow) (out []registry.WeightRow) {
	for _, r := range rows {
		if r.Stands() {
			out = append(out, r)
		}
	}
	return out
}

// weightsView is the panel of a patient's weighings, given the newest first.
func (v *visit) weightsView(p registry.PatientView, rows []registry.WeightRow, target registry.WeightTarget) views.Weights {
	view := views.Weights{Page: v.page("patients")}
	stand, may := standing(rows), v.may(access.PatientWrite)
	view.Chart = v.weightChart(stand, p.Called(), target)
	v.addTarget(&view, p, target, v.weightUnit(p.Species, stand))
	if len(stand) == 1 {
		w := v.bannerWeight(stand[0])
		view.Only = w.Value + ", " + w.Twin + ", " + w.When
	}
	if len(stand) > 1 {
		view.Trend = v.trend(stand[1], stand[0])
	}
	for _, r := range rows {
		row := views.WeightRow{
			When: v.weighedOn(r.At), At: machine(r.At), Value: r.Entered + " " + r.Unit, Twin: inUnit(r.Grams, twinUnit[r.Unit]),
			How: sourceNames[r.Source], By: surname(v.policy.Name(r.RecordedBy)),
		}
		if r.Imported {
			row.How, row.By = earlierTitle, ""
		}
		switch {
		case !r.Stands():
			row.Struck = "Entered in error, " + surname(v.policy.Name(r.StruckBy)) + ", " + v.day(r.StruckAt)
		case may:
			row.StrikeAction = "/weights/" + r.ID.String() + "/strike"
		}
		view.Rows = append(view.Rows, row)
	}
	if may && p.Status != registry.Deceased {
		form := v.weightForm(p.PatientRow, id.New(), nil)
		form.Unit, form.Source = v.weightUnit(p.Species, stand), registry.Measured
		view.Form = &form
	}
	return view
}

// trend is the last change in words, with the sign that print has.
func (v *visit) trend(before, now registry.WeightRow) string {
	since := " since " + v.day(before.At)
	switch off := now.Grams - before.Grams; {
	case off < 0:
		return "−" + inUnit(-off, now.Unit) + since
	case off > 0:
		return "+" + inUnit(off, now.Unit) + since
	}
	return "Steady" + since
}

// weightForm is the form for a patient, empty but for the id of what it makes.
func (v *visit) weightForm(p registry.PatientRow, row id.ID, bad fault.Fields) views.WeightForm {
	return views.WeightForm{
		Page: v.page("patients"), Action: "/patients/" + p.ID.String() + "/weights", ID: row.String(), Title: titleOf(p), Mistakes: mistakes(bad),
		Open: len(bad) > 0,
	}
}

func (s *Server) createWeight(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	w := registry.Weight{Source: v.field("source")}
	if w.Weighed, err = registry.ParseWeight(v.field("weight"), v.field("unit")); err != nil {
		bad.Add("weight", err.Error())
	}
	if w.At, err = registry.ParseMoment(v.field("at"), v.now()); err != nil {
		bad.Add("at", err.Error())
	}
	if len(bad) > 0 {
		return v.mistakenWeight(patient, row, nil, bad)
	}
	sure, _ := strconv.ParseInt(v.field("sure"), 10, 64) // what is no number is sure of nothing
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.AddWeight(ctx, tx, v.keys, row, patient, w, sure)
	})
	var jump *registry.Jump
	switch {
	case errors.As(err, &jump):
		return v.mistakenWeight(patient, row, jump, fault.Fields{{Name: "sure", Message: v.jumpWords(jump)}})
	case errors.As(err, &bad):
		return v.mistakenWeight(patient, row, nil, bad)
	case err != nil && !errors.Is(err, registry.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Weight added.")
	return goTo("/patients/" + patient.String()), nil
}

// jumpWords says how far a weight is from the one before.
func (v *visit) jumpWords(j *registry.Jump) string {
	off := j.Now.Grams - j.Before.Grams
	word := "more"
	if off < 0 {
		off, word = -off, "less"
	}
	return fmt.Sprintf("%s is %d %% %s than %s on %s. Check it, or tick that it is right",
		inUnit(j.Now.Grams, j.Now.Unit), (off*100+j.Before.Grams/2)/j.Before.Grams, word, inUnit(j.Before.Grams, j.Now.Unit), v.day(j.Before.At))
}

// mistakenWeight shows the form again as it was typed, on its page.
func (v *visit) mistakenWeight(patient, row id.ID, jump *registry.Jump, bad fault.Fields) (answer, error) {
	fill := func(p registry.PatientRow) views.WeightForm {
		f := v.weightForm(p, row, bad)
		f.Weight, f.Unit, f.Source, f.At = v.field("weight"), v.field("unit"), v.field("source"), v.field("at")
		if jump != nil {
			f.Sure = registry.WeightIn(jump.Before.Grams, jump.Now.Unit) + " to " + inUnit(jump.Now.Grams, jump.Now.Unit) + " is right"
			f.SureValue = strconv.FormatInt(jump.Now.Grams, 10)
		}
		return f
	}
	if v.partial {
		var p registry.PatientView
		err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		})
		if err != nil {
			return answer{}, err
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
		return shown(http.StatusUnprocessableEntity, views.WeightFormPart(fill(p.PatientRow))), nil
	}
	rec, err := v.openRecord(patient)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient, IDs: rec.shownBeside()})
	view := v.recordView(rec)
	form := fill(rec.patient.PatientRow)
	view.Weights.Form = &form
	return shown(http.StatusUnprocessableEntity, views.RecordPage(view)), nil
}

// createStrike marks a weighing as entered in error.
func (s *Server) createStrike(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var patient id.ID
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		patient, err = registry.StrikeWeight(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.say("Marked as entered in error.")
	return goTo("/patients/" + patient.String()), nil
}

// titleOf names an animal as the tab of its page does.
func titleOf(p registry.PatientRow) string {
	b := views.Banner{Name: p.Called()}
	if owner, ok := p.Owner(); ok {
		b.Surname = owner.Surname()
	}
	return pageOf(b)
}
