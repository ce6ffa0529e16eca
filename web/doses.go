package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/pharmacy"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/views"
	"paddock/views/ui"
)

// newDose shows the empty form. ?elsewhere=1 is for a dose given elsewhere.
func (s *Server) newDose(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	asked := v.r.URL.Query()
	f := views.DoseForm{ID: id.New().String(), Historical: asked.Get("elsewhere") != "", Giver: v.current.Person.ID.String()}
	if text := asked.Get("visit"); text != "" {
		visit, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		f.Visit = visit.String()
	}
	if v.may(access.CertificateIssue) {
		f.Vet = f.Giver
	}
	return v.doseForm(http.StatusOK, patient, f)
}

// doseForm shows the form, whose fields are filled already.
func (v *visit) doseForm(status int, patient id.ID, f views.DoseForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var products []vaccines.ProductRow
	err = v.read(append(b.ofPatient(v, patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			products, err = vaccines.Products(ctx, tx, false)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	path := "/patients/" + patient.String() + "/vaccinations"
	f.Page, f.Banner, f.Action, f.HereHref, f.ElsewhereHref, f.Cancel = v.page("patients"), v.banner(p, b, species), path, path+"/new", path+"/new?elsewhere=1", path
	if f.Visit != "" {
		f.HereHref += "?visit=" + f.Visit
		f.ElsewhereHref += "&visit=" + f.Visit
	}
	f.Products = []ui.Option{{Value: "", Label: "Choose"}}
	if f.Historical {
		f.Products[0].Label = "None of these"
	}
	for _, one := range products {
		if slices.Contains(one.Species, p.Species) {
			f.Products = append(f.Products, optionOf(one.ID, one.Name+", "+against(one.Protects)))
		}
	}
	f.Diseases = diseaseOptions()
	f.Givers, f.Vets = v.people(access.VaccinationWrite), v.people(access.CertificateIssue)
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	if v.partial {
		return shown(status, views.DoseFormPart(f)), nil
	}
	return shown(status, views.DoseFormPage(f)), nil
}

// people are those who hold a right, to choose from.
func (v *visit) people(right access.Permission) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Choose"}}
	for _, m := range v.policy.Members() {
		if v.policy.Holds(m.ID, right) {
			out = append(out, optionOf(m.ID, m.Name))
		}
	}
	return out
}

// typedDose reads the form.
func (v *visit) typedDose(patient id.ID) (d vaccines.Dose, f views.DoseForm, bad fault.Fields, err error) {
	f = views.DoseForm{
		Visit: v.field("visit"), Historical: v.field("elsewhere") == "yes", Product: v.field("product"), On: v.field("on"), Lot: v.field("lot"), Expiry: v.field("expiry"),
		Site: v.field("site"), Tag: v.field("tag"), Giver: v.field("giver"), Vet: v.field("vet"), Source: v.field("source"), Name: v.field("name"), Manufacturer: v.field("manufacturer"),
		Protects: v.field("protects"), Months: v.field("months"), First: v.field("first"), SureOn: v.field("sure") == "yes",
	}
	d = vaccines.Dose{
		Patient: patient, Historical: f.Historical, Booster: f.First == "booster", Source: f.Source, Name: f.Name, Maker: f.Manufacturer, Lot: f.Lot, Site: f.Site, Tag: f.Tag, Sure: f.SureOn,
	}
	for _, one := range []struct {
		text string
		into *id.ID
	}{{f.Visit, &d.Visit}, {f.Product, &d.Product}, {f.Giver, &d.Giver}, {f.Vet, &d.Vet}} {
		if one.text == "" {
			continue
		}
		if *one.into, err = rowOf(one.text); err != nil {
			return d, f, bad, err
		}
	}
	if f.First != "initial" && f.First != "booster" {
		bad.Add("first", "Choose first course, or booster where the first course is over")
	}
	if d.On, err = registry.ParseDay(f.On, v.now()); err != nil {
		bad.Add("on", err.Error())
	} else if f.Historical && strings.TrimSpace(f.On) == "" {
		bad.Add("on", "Enter the day it was given, like 24-Mar-2025")
	}
	if strings.TrimSpace(f.Expiry) != "" {
		if d.Expiry, err = parseExpiry(f.Expiry); err != nil {
			bad.Add("expiry", err.Error())
		}
	}
	if f.Protects != "" {
		d.Protects = []string{f.Protects}
	}
	d.Months, _ = strconv.Atoi(strings.TrimSpace(f.Months)) // what is no number is told by the verb
	return d, f, bad, nil
}

// parseExpiry reads a day, or a month as it stands on packs, which ends with its last day.
func parseExpiry(typed string) (time.Time, error) {
	s := strings.Join(strings.Fields(strings.NewReplacer("/", "-", ".", "-", " ", "-").Replace(strings.TrimSpace(typed))), "")
	for _, form := range []string{"2006-1-2", "2-Jan-2006", "2-January-2006", "2-1-2006"} {
		if d, err := time.Parse(form, s); err == nil {
			return d, nil
		}
	}
	if _, last, ok := pharmacy.ParseExpiry(s); ok {
		return last, nil
	}
	return time.Time{}, errExpiryOdd
}

func (s *Server) createDose(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	d, f, bad, err := v.typedDose(patient)
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if !d.Vet.IsZero() && !v.policy.Holds(d.Vet, access.CertificateIssue) {
				return fault.Missing // the form offers veterinarians only
			}
			from, err := practice.Load(ctx, tx, v.keys)
			if err != nil {
				return err
			}
			return vaccines.Record(ctx, tx, v.keys, row, d, from.Rules(v.clinic.Country()), v.today())
		})
	}
	said, conflict := conflictIn(err)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.ID, f.Mistakes = row.String(), mistakes(bad)
		if bad.Message("sure") != "" || f.SureOn {
			f.Sure = "Younger than the label says, and meant so"
		}
		return v.doseForm(http.StatusUnprocessableEntity, patient, f)
	case err == nil || errors.Is(err, vaccines.ErrAlreadyThere):
	case conflict:
		if errors.Is(err, billing.ErrVisitOver) || errors.Is(err, billing.ErrMismatch) {
			f.Visit, said = "", said+" Or save it once more, and it is recorded without that visit."
		}
		f.ID, f.Mistakes = row.String(), mistakes(fault.Fields{{Message: said}})
		return v.doseForm(http.StatusConflict, patient, f)
	default:
		return answer{}, err
	}
	v.say("Vaccine recorded.")
	return goTo("/patients/" + patient.String() + "/vaccinations"), nil
}

// showDose is one dose, with the certificates over it.
func (s *Server) showDose(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.dosePage(http.StatusOK, row, views.ReasonForm{})
}

// openCase reads a dose, and then in one trip what a certificate over it would be made of and what stands beside its
// animal.
func (v *visit) openCase(dose id.ID) (k vaccines.Case, b beside, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		d, err := vaccines.OpenDose(ctx, tx, v.keys, dose)
		if err != nil {
			return err
		}
		return db.Together(ctx, tx, append(b.ofPatient(v, d.Patient), func(ctx context.Context, tx *db.Tx) (err error) {
			k, err = vaccines.LoadCase(ctx, tx, v.keys, d, v.clinic.Country())
			return err
		})...)
	})
	return k, b, err
}

func (v *visit) dosePage(status int, row id.ID, form views.ReasonForm) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	k, b, err := v.openCase(row)
	if err != nil {
		return answer{}, err
	}
	d := k.Dose
	view := views.Dose{
		Page: v.page("patients"), Banner: v.banner(k.Patient, b, species), Title: d.Name + ", " + dated(d.On), Facts: v.doseFacts(d), Back: "/patients/" + d.Patient.String() + "/vaccinations",
		Entered: "Written down by " + v.policy.Name(d.RecordedBy) + ", " + v.moment(d.RecordedAt),
	}
	if d.Imported {
		view.Entered = "Came with an import, " + v.moment(d.RecordedAt)
	}
	if !d.Stands() {
		view.Void = v.policy.Name(d.VoidBy) + ", " + v.day(d.VoidAt) + ": " + d.VoidReason
	}
	standing := false
	for _, c := range k.Certificates() {
		if c.Dose != row {
			continue
		}
		standing = standing || c.State() == vaccines.Valid
		view.Certificates = append(view.Certificates, views.DocumentLink{
			Href: "/certificates/" + c.ID.String(), Title: c.Serial, Line: join(v.day(c.IssuedAt), v.policy.Name(c.IssuedBy)), State: certificateWords[c.State()],
		})
	}
	if v.may(access.CertificateIssue) && d.Stands() && !d.Historical {
		view.IssueHref, view.IssueWord = "/vaccinations/"+row.String()+"/certificate", "Issue certificate"
		if len(view.Certificates) > 0 {
			view.IssueWord = "Replace certificate"
		}
	}
	if v.may(access.VaccinationVoid) && d.Stands() && !standing {
		form.Page, form.Action, form.Heading, form.Button, form.Label = v.page("patients"), "/vaccinations/"+row.String()+"/void", "Entered in error", "Void this dose", "What was wrong"
		form.Line = "The dose stays, struck through, and what is due is worked out without it. What was charged for it is taken off at check-out."
		view.VoidForm = &form
	}
	v.recordOf(d.Patient, audit.Entry{Action: audit.Opened, Object: "vaccination", ObjectID: row, IDs: []id.ID{d.Patient}})
	if v.partial && view.VoidForm != nil && status != http.StatusOK {
		return shown(status, views.ReasonFormPart(*view.VoidForm)), nil
	}
	return shown(status, views.DosePage(view)), nil
}

// doseFacts are the fields of a dose that have something in them.
func (v *visit) doseFacts(d vaccines.DoseRow) (out []views.Total) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, views.Total{Label: label, Value: value})
		}
	}
	add("Against", against(d.Protects))
	add("Maker", d.Maker)
	add("Given", dated(d.On))
	if d.Historical {
		add("Source", "From elsewhere: "+d.Source)
	}
	if d.Imported {
		return append(out, earlierFacts(d)...)
	}
	if d.Booster {
		add("Dose", "Booster")
	} else {
		add("Dose", "First course")
	}
	add("Lot", d.Lot)
	if !d.Expiry.IsZero() {
		add("Lot expires", dated(d.Expiry))
	}
	add("Where", d.Site)
	if d.Route != "" {
		add("How", join(vaccines.RouteName(d.Route), d.Volume))
	}
	add("Tag", d.Tag)
	if !d.Giver.IsZero() {
		add("Given by", v.policy.Name(d.Giver))
	}
	if !d.Vet.IsZero() {
		add("Veterinarian", v.policy.Name(d.Vet))
	}
	add("Label's time", countOf(d.Months, "month", "months"))
	if d.Sure {
		add("Age", "Younger than the label says, and meant so")
	}
	return out
}

func (s *Server) createDoseVoid(v *visit) (answer, error) {
	dose, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var d vaccines.DoseRow
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = vaccines.VoidDose(ctx, tx, v.keys, dose, v.field("reason"))
		return err
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.dosePage(http.StatusUnprocessableEntity, dose, views.ReasonForm{Reason: v.field("reason"), Mistakes: mistakes(bad)})
	case err != nil:
		return answer{}, err
	}
	v.say("Dose voided.")
	return goTo("/patients/" + d.Patient.String() + "/vaccinations"), nil
}
