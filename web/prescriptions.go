package web

import (
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
	"paddock/views/ui"
)

// place is where and when the rules of medicine are asked for.
func (v *visit) place(ctx context.Context, tx *db.Tx) (pharmacy.Place, error) {
	return pharmacy.At(ctx, tx, v.keys, v.clinic.Country(), v.today())
}

// medicines are those of a patient, as far as the person may see them.
type medicines struct {
	most    int // how many signed ones are read, 0 for all that are ever shown
	list    []pharmacy.Prescription
	drafts  []pharmacy.Draft // for those who read clinical text
	stopped map[id.ID]string // and why, where all are read
}

// ofPatient reads them beside whatever else is read.
func (m *medicines) ofPatient(v *visit, patient id.ID) []func(ctx context.Context, tx *db.Tx) error {
	do := []func(ctx context.Context, tx *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		if m.most > 0 {
			m.list, err = pharmacy.Newest(ctx, tx, v.keys, patient, m.most)
		} else {
			m.list, err = pharmacy.Prescriptions(ctx, tx, v.keys, patient)
		}
		return err
	}}
	if v.readsNotes() {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			m.drafts, err = pharmacy.Drafts(ctx, tx, v.keys, patient)
			return err
		})
		if m.most == 0 {
			do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
				m.stopped, err = pharmacy.StopReasons(ctx, tx, v.keys, patient)
				return err
			})
		}
	}
	return do
}

// medicineState is how a prescription stands today, in a word.
func (v *visit) medicineState(p pharmacy.Prescription) views.DocumentState {
	switch p.StateOn(v.today()) {
	case pharmacy.Signed:
		return views.DocumentState{Status: "ready", Icon: "check", Word: "Signed"}
	case pharmacy.Dispensing:
		return views.DocumentState{Status: "consult", Icon: "split", Word: "Part given"}
	case pharmacy.Completed:
		return views.DocumentState{Status: "done", Icon: "checks", Word: "All given"}
	case pharmacy.Stopped:
		return views.DocumentState{Status: "late", Icon: "stop", Word: "Stopped"}
	}
	return views.DocumentState{Status: "done", Icon: "clock", Word: "Expired"}
}

// medicineLeft is what can still be supplied, or why nothing can; why is that of a stop, "" for those who are not told.
func (v *visit) medicineLeft(p pharmacy.Prescription, why string) string {
	switch {
	case p.Live(v.today()):
		return strconv.Itoa(p.Left) + " of " + countOf(p.Supplies, "supply", "supplies") + " left, until " + dated(p.ExpiresOn)
	case p.State == pharmacy.Stopped:
		return join(why, v.policy.Name(p.MovedBy), v.day(p.MovedAt))
	case p.State == pharmacy.Completed:
		return "All given, " + v.day(p.MovedAt)
	}
	return "Expired " + dated(p.ExpiresOn)
}

// medicinesView is the panel; all of them, or without those that the animal takes no more.
func (v *visit) medicinesView(p registry.PatientRow, m medicines, all bool) views.Medicines {
	path := "/patients/" + p.ID.String() + "/prescriptions"
	view := views.Medicines{Shown: true, AllHref: path}
	if v.may(access.PrescriptionWrite) && p.Status != registry.Deceased {
		view.PrescribeHref = path + "/new"
	}
	for _, d := range m.drafts {
		row := views.Medicine{
			Name: d.Name, Line: "Prepared by " + v.policy.Name(d.MadeBy) + ", " + v.moment(d.MadeAt),
			State: views.DocumentState{Status: "waiting", Icon: "note", Word: "To sign"},
		}
		if v.may(access.PrescriptionWrite) {
			row.Href = "/prescription-drafts/" + d.ID.String()
		}
		view.Rows = append(view.Rows, row)
	}
	for _, one := range m.list {
		taken := one.Taken(v.today())
		if !all && !taken {
			continue
		}
		row := views.Medicine{Name: one.Name, Line: one.Directions, Left: v.medicineLeft(one, m.stopped[one.ID]), State: v.medicineState(one), Over: !taken}
		if v.may(access.ClinicalRead) {
			row.Href = "/prescriptions/" + one.ID.String()
		}
		if n := len(one.Given); n > 0 && v.may(access.LabelPrint) {
			row.LabelHref = "/supplies/" + one.Given[n-1].ID.String() + "/label"
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

func (s *Server) listPrescriptions(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var m medicines
	err = v.read(append(append(b.ofPatient(v, patient), m.ofPatient(v, patient)...), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient, IDs: m.shown()})
	return shown(http.StatusOK, views.PrescriptionsPage(views.Prescriptions{
		Page: v.page("patients"), Banner: v.banner(p, b, species), Medicines: v.medicinesView(p.PatientRow, m, true),
	})), nil
}

// shown are the rows whose words a page of medicines shows.
func (m medicines) shown() (ids []id.ID) {
	for _, p := range m.list {
		ids = append(ids, p.ID)
	}
	for _, d := range m.drafts {
		ids = append(ids, d.ID)
	}
	return ids
}

// openedPrescription is everything the page of one shows.
type openedPrescription struct {
	pharmacy.Prescription
	why     pharmacy.Reasons
	patient registry.PatientView
	beside  beside
}

func (v *visit) openPrescription() (o openedPrescription, err error) {
	row, err := v.row()
	if err != nil {
		return o, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if o.Prescription, err = pharmacy.Open(ctx, tx, v.keys, row); err != nil {
			return err
		}
		do := append(o.beside.ofPatient(v, o.Patient), func(ctx context.Context, tx *db.Tx) (err error) {
			o.patient, err = registry.OpenPatient(ctx, tx, v.keys, o.Patient)
			return err
		})
		if v.readsNotes() {
			do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
				o.why, err = pharmacy.Why(ctx, tx, v.keys, row)
				return err
			})
		}
		return db.Together(ctx, tx, do...)
	})
	return o, err
}

func (s *Server) showPrescription(v *visit) (answer, error) {
	o, err := v.openPrescription()
	if err != nil {
		return answer{}, err
	}
	return v.prescriptionPage(http.StatusOK, o, nil, nil, "")
}

// prescriptionPage shows a prescription, with a form as it was sent where one came back.
func (v *visit) prescriptionPage(status int, o openedPrescription, supply *views.SupplyForm, stop *views.StopForm, changed string) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	path := "/prescriptions/" + o.ID.String()
	patient := "/patients/" + o.Patient.String() + "/prescriptions"
	view := views.PrescriptionView{
		Page: v.page("patients"), Banner: v.banner(o.patient, o.beside, species), Name: o.Name, State: v.medicineState(o.Prescription), Back: patient,
		Directions: o.Directions, Facts: v.prescriptionFacts(o), Findings: doseFindings(o.why.Findings), Reason: o.why.Reason, Changed: changed,
	}
	for _, g := range o.Given {
		line := views.SupplyLine{
			What: g.Quantity.String() + " " + pharmacy.Counted(g.Quantity, o.Unit), Line: join("Batch "+g.Batch, "expires "+g.Expiry, v.policy.Name(g.By), v.moment(g.At)),
		}
		if v.may(access.LabelPrint) {
			line.LabelHref = "/supplies/" + g.ID.String() + "/label"
		}
		view.Supplies = append(view.Supplies, line)
	}
	if o.patient.Status != registry.Deceased {
		if v.may(access.PrescriptionWrite) {
			view.AgainHref = patient + "/new?again=" + o.ID.String()
		}
		if live := o.Live(v.today()); live && v.may(access.MedicineDispense) {
			if view.Supply = supply; supply == nil {
				view.Supply = &views.SupplyForm{ID: id.New().String(), Quantity: v.quantity(o.Quantity)}
			}
			f := view.Supply
			f.Page, f.Action, f.Unit = view.Page, path+"/supplies", pharmacy.Counted(2*money.One, o.Unit)
			f.Left = strconv.Itoa(o.Left) + " of " + countOf(o.Supplies, "supply", "supplies") + " left"
		}
	}
	if o.Live(v.today()) && v.may(access.PrescriptionSign) {
		if view.Stop = stop; stop == nil {
			view.Stop = &views.StopForm{ID: id.New().String()}
		}
		view.Stop.Page, view.Stop.Action = view.Page, path+"/stop"
	}
	v.recordOf(o.Patient, audit.Entry{Action: audit.Opened, Object: "prescription", ObjectID: o.ID, IDs: []id.ID{o.Patient}})
	switch {
	case v.partial && supply != nil && view.Supply != nil:
		return shown(status, views.SupplyFormPart(*view.Supply)), nil
	case v.partial && stop != nil && view.Stop != nil:
		return shown(status, views.StopFormPart(*view.Stop)), nil
	}
	return shown(status, views.PrescriptionPage(view)), nil
}

func (v *visit) prescriptionFacts(o openedPrescription) []views.Total {
	facts := []views.Total{
		{Label: "Supply", Value: v.quantity(o.Quantity) + " " + pharmacy.Counted(o.Quantity, o.Unit)},
		{Label: "Left", Value: v.medicineLeft(o.Prescription, o.why.Stopped)},
		{Label: "Signed by", Value: v.policy.Name(o.SignedBy) + ", " + v.moment(o.SignedAt)},
	}
	if o.PreparedBy != o.SignedBy {
		facts = append(facts, views.Total{Label: "Prepared by", Value: v.policy.Name(o.PreparedBy)})
	}
	if o.Cautions != "" {
		facts = append(facts, views.Total{Label: "Cautions", Value: o.Cautions})
	}
	if !v.readsNotes() {
		return facts
	}
	b := o.why
	if b.Micro > 0 && b.Grams > 0 {
		facts = append(facts, views.Total{
			Label: "Dose", Value: v.milli(b.Micro) + " mg, " + v.milli(b.PerKilogram) + " mg/kg at " + inUnit(b.Grams, "kg") + " of " + dated(b.WeighedOn),
		})
	}
	if b.Indication != "" {
		facts = append(facts, views.Total{Label: "For", Value: b.Indication})
	}
	return facts
}

// milli is micrograms in milligrams, to a hundredth where there are as many.
func (v *visit) milli(micro int64) string {
	if micro >= 1000 {
		micro = (micro + 5) / 10 * 10
	}
	return v.quantity(money.Quantity(micro))
}

// levelOf are the findings of guards as alerts are shown.
var levelOf = map[pharmacy.Grave]string{pharmacy.Stops: "stop", pharmacy.Asks: "mind", pharmacy.Warns: "know"}

func doseFindings(found []pharmacy.Finding) (out []views.DoseFinding) {
	for _, f := range found {
		out = append(out, views.DoseFinding{Level: levelOf[f.Grave], Words: f.Words})
	}
	return out
}

// createSupply hands out medicine and goes to its label.
func (s *Server) createSupply(v *visit) (answer, error) {
	o, err := v.openPrescription()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	supply := pharmacy.Supply{Batch: v.field("batch"), Expiry: v.field("expiry")}
	var bad fault.Fields
	if supply.Quantity, err = money.ParseQuantity(v.field("quantity")); err != nil {
		bad.Add("quantity", err.Error())
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			at, err := v.place(ctx, tx)
			if err != nil {
				return err
			}
			return pharmacy.Dispense(ctx, tx, v.keys, at, row, o.ID, supply)
		})
	}
	switch said, conflict := conflictIn(err); {
	case len(bad) > 0 || errors.As(err, &bad):
		return v.prescriptionPage(http.StatusUnprocessableEntity, o, &views.SupplyForm{
			ID: row.String(), Quantity: v.field("quantity"), Batch: v.field("batch"), Expiry: v.field("expiry"), Mistakes: mistakes(bad),
		}, nil, "")
	case errors.Is(err, pharmacy.ErrAlreadyThere):
	case conflict:
		return v.overtakenPrescription(said)
	case err != nil:
		return answer{}, err
	}
	v.say("Supplied, and on the bill.")
	return goTo("/supplies/" + row.String() + "/label"), nil
}

// overtakenPrescription shows a prescription as it stands now, and says why nothing was done.
func (v *visit) overtakenPrescription(said string) (answer, error) {
	if v.partial { // a sentence above what was typed: there is no part that shows all of it
		return v.problem(http.StatusConflict, said, "Open the page again to see how it stands now."), nil
	}
	o, err := v.openPrescription()
	if err != nil {
		return answer{}, err
	}
	return v.prescriptionPage(http.StatusConflict, o, nil, nil, said)
}

func (s *Server) stopPrescription(v *visit) (answer, error) {
	o, err := v.openPrescription()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Stop(ctx, tx, v.keys, row, o.ID, v.field("reason"))
	})
	var bad fault.Fields
	switch said, conflict := conflictIn(err); {
	case errors.As(err, &bad):
		return v.prescriptionPage(http.StatusUnprocessableEntity, o, nil, &views.StopForm{ID: row.String(), Reason: v.field("reason"), Mistakes: mistakes(bad)}, "")
	case errors.Is(err, pharmacy.ErrAlreadyThere):
	case conflict:
		return v.overtakenPrescription(said)
	case err != nil:
		return answer{}, err
	}
	v.say("Stopped.")
	return goTo("/prescriptions/" + o.ID.String()), nil
}

// drugOptions are the drugs that can be chosen, and an empty choice where none is yet.
func drugOptions(list []pharmacy.DrugRow) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Choose"}}
	for _, d := range list {
		out = append(out, optionOf(d.ID, d.Name))
	}
	return out
}

// rhythms are how often something can be given.
func rhythms() (out []ui.Option) {
	for _, every := range pharmacy.Rhythms {
		out = append(out, ui.Option{Value: strconv.Itoa(every), Label: sentence(strings.ToLower(pharmacy.RhythmWords(every)))})
	}
	return out
}
