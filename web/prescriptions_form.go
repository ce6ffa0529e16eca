package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
	"paddock/views"
)

// prescribing is what the form of a prescription is about: a patient, and the draft of it if there is one.
type prescribing struct {
	patient id.ID
	draft   *pharmacy.Draft
	exam    pharmacy.Exam // of the drug that is chosen
	list    []pharmacy.DrugRow
	animal  registry.PatientView
	at      pharmacy.Place
	beside  beside
}

func (v *visit) newPrescribing(patient id.ID) (*prescribing, error) {
	p := &prescribing{patient: patient}
	err := v.read(append(p.beside.ofPatient(v, patient), func(ctx context.Context, tx *db.Tx) (err error) {
		p.animal, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	}, func(ctx context.Context, tx *db.Tx) (err error) {
		p.list, err = pharmacy.List(ctx, tx, false)
		return err
	}, func(ctx context.Context, tx *db.Tx) (err error) {
		p.at, err = v.place(ctx, tx)
		return err
	})...)
	return p, err
}

// prescribingDraft is about the draft of the path.
func (v *visit) prescribingDraft() (*prescribing, error) {
	row, err := v.row()
	if err != nil {
		return nil, err
	}
	return v.prescribingDraftAt(row)
}

func (v *visit) prescribingDraftAt(row id.ID) (*prescribing, error) {
	var d pharmacy.Draft
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = pharmacy.OpenDraft(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	p, err := v.newPrescribing(d.Patient)
	if p != nil {
		p.draft = &d
	}
	return p, err
}

// prescribingAnimal is about the patient of the path.
func (v *visit) prescribingAnimal() (*prescribing, error) {
	patient, err := v.row()
	if err != nil {
		return nil, err
	}
	return v.newPrescribing(patient)
}

// orderForm is an order as it stands in the fields.
func (v *visit) orderForm(o pharmacy.Order) views.PrescriptionForm {
	f := views.PrescriptionForm{
		Drug: o.Drug.String(), Dose: v.quantity(o.Dose), Every: strconv.Itoa(o.Every), Quantity: v.quantity(o.Quantity), Supplies: strconv.Itoa(o.Supplies),
		Extra: o.Extra, Cautions: o.Cautions, Indication: o.Indication, Reason: o.Reason,
	}
	if o.Days > 0 {
		f.Days = strconv.Itoa(o.Days)
	}
	for text, days := range map[*string]*int{&f.Meat: o.Meat, &f.Milk: o.Milk} {
		if days != nil {
			*text = strconv.Itoa(*days)
		}
	}
	return f
}

// typedForm is the form as it was sent.
func (v *visit) typedPrescription() views.PrescriptionForm {
	return views.PrescriptionForm{
		Drug: v.field("drug"), Dose: v.field("dose"), Every: v.field("every"), Days: v.field("days"), Quantity: v.field("quantity"), Supplies: v.field("supplies"),
		Extra: v.field("extra"), Cautions: v.field("cautions"), Indication: v.field("indication"), Reason: v.field("reason"), Meat: v.field("meat"), Milk: v.field("milk"),
	}
}

// typedOrder reads the form. An empty supply is what the days take.
func (v *visit) typedOrder() (o pharmacy.Order, bad fault.Fields, err error) {
	o = pharmacy.Order{Extra: v.field("extra"), Cautions: v.field("cautions"), Indication: v.field("indication"), Reason: v.field("reason")}
	if text := v.field("drug"); text != "" {
		if o.Drug, err = rowOf(text); err != nil {
			return o, nil, err
		}
	} else {
		bad.Add("drug", "Choose the medicine")
	}
	if o.Dose, err = money.ParseQuantity(v.field("dose")); err != nil {
		bad.Add("dose", err.Error())
	}
	whole := func(name string, least int) int {
		text := strings.TrimSpace(v.field(name))
		if text == "" {
			return least
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			bad.Add(name, "Enter a whole number")
		}
		return n
	}
	o.Every, o.Days, o.Supplies = whole("every", 24), whole("days", 0), whole("supplies", 1)
	for name, into := range map[string]**int{"meat": &o.Meat, "milk": &o.Milk} {
		if strings.TrimSpace(v.field(name)) != "" {
			n := whole(name, 0)
			*into = &n
		}
	}
	if strings.TrimSpace(v.field("quantity")) == "" {
		if o.Quantity = pharmacy.Needed(o.Dose, o.Every, o.Days); o.Quantity == 0 && o.Dose > 0 {
			bad.Add("quantity", "Enter how much is supplied at once, or for how many days")
		}
	} else if o.Quantity, err = money.ParseQuantity(v.field("quantity")); err != nil {
		bad.Add("quantity", err.Error())
	}
	return o, bad, nil
}

// examine looks at the drug and dose of the form.
func (v *visit) examine(p *prescribing, o pharmacy.Order) error {
	if o.Drug.IsZero() {
		return nil
	}
	return v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p.exam, err = pharmacy.Examine(ctx, tx, v.keys, p.at, p.patient, o.Drug, o.Dose)
		return err
	})
}

// dosing is what the calculator says.
func (v *visit) dosing(p *prescribing, o pharmacy.Order) views.Dosing {
	d := views.Dosing{Ask: "/patients/" + p.patient.String() + "/prescriptions/dose", Nonce: v.nonce}
	e := p.exam
	if e.Drug.ID.IsZero() {
		return d
	}
	s, r := e.Subject, e.Rule
	if s.Grams > 0 {
		d.Facts = append(d.Facts, views.Total{Label: "Weight", Value: inUnit(s.Grams, "kg") + ", " + dated(s.WeighedOn)})
	}
	if r.High > 0 && e.Drug.Micrograms > 0 {
		value := v.milli(r.Low) + "–" + v.milli(r.High) + " mg/kg"
		if !r.Checked {
			value += " (not checked by the clinic)"
		}
		d.Facts = append(d.Facts, views.Total{Label: "Usual each time", Value: value})
	}
	if e.Suggested > 0 {
		d.Facts = append(d.Facts, views.Total{Label: "That is about", Value: v.quantity(e.Suggested) + " " + pharmacy.Counted(e.Suggested, e.Drug.Unit) + ", " + v.milli(e.Drug.Micro(e.Suggested)) + " mg"})
	}
	if o.Dose > 0 {
		if e.Drug.Micrograms > 0 && s.Grams > 0 {
			d.Facts = append(d.Facts, views.Total{Label: "This dose", Value: v.milli(e.Drug.Micro(o.Dose)) + " mg, " + v.milli(e.Drug.PerKilogram(o.Dose, s.Grams)) + " mg/kg"})
		}
		if o.Quantity > 0 {
			d.Facts = append(d.Facts, views.Total{Label: "Supply", Value: v.quantity(o.Quantity) + " " + pharmacy.Counted(o.Quantity, e.Drug.Unit)})
		}
		d.Directions = pharmacy.Directions(e.Drug.Drug, o.Dose, o.Every, o.Days, o.Extra)
	}
	d.Findings = doseFindings(e.Findings)
	return d
}

// prescriptionForm shows the form, whose fields are filled already.
func (v *visit) prescriptionForm(status int, p *prescribing, o pharmacy.Order, f views.PrescriptionForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	if err := v.examine(p, o); err != nil {
		return answer{}, err
	}
	patient := "/patients/" + p.patient.String()
	f.Page, f.Banner = v.page("patients"), v.banner(p.animal, p.beside, species)
	f.Drugs, f.Rhythms, f.Dosing, f.Food = drugOptions(p.list), rhythms(), v.dosing(p, o), p.at.IsFood(p.animal.Species)
	f.Action, f.Cancel = patient+"/prescriptions", patient+"/prescriptions"
	sign := patient + "/prescriptions/signed"
	if p.draft != nil {
		f.Draft = p.draft.ID.String()
		f.Action = "/prescription-drafts/" + f.Draft
		f.DiscardAction, f.By = f.Action+"/discard", v.policy.Name(p.draft.MadeBy)+", "+v.moment(p.draft.MadeAt)
		f.Version, sign = cmp.Or(f.Version, strconv.FormatInt(p.draft.Version, 10)), f.Action+"/signature"
	}
	if v.may(access.PrescriptionSign) {
		f.SignAction = sign
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: p.patient})
	if v.partial {
		return shown(status, views.PrescriptionFormPart(f)), nil
	}
	return shown(status, views.PrescriptionFormPage(f)), nil
}

// newPrescription shows the empty form, or what an earlier prescription of this animal said.
func (s *Server) newPrescription(v *visit) (answer, error) {
	p, err := v.prescribingAnimal()
	if err != nil {
		return answer{}, err
	}
	f, o := views.PrescriptionForm{Every: "12", Supplies: "1"}, pharmacy.Order{}
	if text := v.r.URL.Query().Get("again"); text != "" && v.readsNotes() {
		row, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		err = v.read(func(ctx context.Context, tx *db.Tx) error {
			earlier, err := pharmacy.Open(ctx, tx, v.keys, row)
			if err != nil {
				return err
			}
			if earlier.Patient != p.patient {
				return fault.Missing
			}
			b, err := pharmacy.Why(ctx, tx, v.keys, row)
			o = b.Order
			return err
		})
		if err != nil {
			return answer{}, err
		}
		o.Reason = "" // given anew, for what is found today
		f = v.orderForm(o)
	}
	f.ID = id.New().String()
	return v.prescriptionForm(http.StatusOK, p, o, f)
}

// examineDose answers the calculator. It is asked by POST like a search and changes nothing.
func (s *Server) examineDose(v *visit) (answer, error) {
	p, err := v.prescribingAnimal()
	if err != nil {
		return answer{}, err
	}
	o, _, err := v.typedOrder() // what is not typed yet is no mistake
	if err != nil {
		return answer{}, err
	}
	if !v.partial {
		f := v.typedPrescription()
		f.ID, f.Version = v.field("new_id"), v.field("version")
		if text := v.field("draft"); text != "" { // the form of a draft, which it stays
			row, err := rowOf(text)
			if err != nil {
				return answer{}, err
			}
			about := p.patient
			if p, err = v.prescribingDraftAt(row); err != nil {
				return answer{}, err
			}
			if p.patient != about {
				return answer{}, fault.Missing
			}
		}
		return v.prescriptionForm(http.StatusOK, p, o, f)
	}
	if err := v.examine(p, o); err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: p.patient})
	return shown(http.StatusOK, views.DosingPart(v.dosing(p, o))), nil
}

func (s *Server) createPrescription(v *visit) (answer, error) {
	return v.prescribe(false)
}

func (s *Server) createSigned(v *visit) (answer, error) {
	return v.prescribe(true)
}

// prescribe keeps a new prescription, or signs it at once.
func (v *visit) prescribe(sign bool) (answer, error) {
	p, err := v.prescribingAnimal()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	o, bad, err := v.typedOrder()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if sign {
				return pharmacy.Sign(ctx, tx, v.keys, p.at, row, p.patient, 0, o)
			}
			return pharmacy.Prepare(ctx, tx, v.keys, p.at, row, p.patient, o)
		})
	}
	return v.prescribed(p, row, o, sign, bad, err)
}

// prescribed answers an attempt to keep or sign: the form again where something is wrong with it.
func (v *visit) prescribed(p *prescribing, row id.ID, o pharmacy.Order, signed bool, bad fault.Fields, err error) (answer, error) {
	said, conflict := conflictIn(err)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f := v.typedPrescription()
		f.ID, f.Version, f.Mistakes = v.field("new_id"), v.field("version"), mistakes(bad)
		return v.prescriptionForm(http.StatusUnprocessableEntity, p, o, f)
	case errors.Is(err, pharmacy.ErrAlreadyThere):
	case errors.Is(err, pharmacy.ErrSigned) && p.draft == nil: // gone back to, and sent once more
		return goTo("/prescriptions/" + row.String()), nil
	case errors.Is(err, pharmacy.ErrChanged) && p.draft != nil:
		return v.overtakenDraft(o, signed, said)
	case conflict:
		f := v.typedPrescription()
		f.ID, f.Version, f.Changed = v.field("new_id"), v.field("version"), said
		return v.prescriptionForm(http.StatusConflict, p, o, f)
	case err != nil:
		return answer{}, err
	}
	if signed {
		v.say("Prescription signed.")
		return goTo("/prescriptions/" + row.String()), nil
	}
	v.say("Kept for a veterinarian to sign.")
	return goTo("/patients/" + p.patient.String() + "/prescriptions"), nil
}
