package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/static"
	"paddock/views"
	"paddock/views/ui"
)

// floorRecord is what the product reads for a vet's patient page.
type floorRecord struct {
	patient     []db.GetPatientRow
	identifiers []db.ListIdentifiersRow
	siblings    []db.ListSiblingsRow
	history     []db.ListTimelineRow
	target      []db.GetWeightTargetRow
	drafts      []db.ListDraftsRow
	alerts      []db.ListBannerAlertsRow
	weights     []db.ListWeightsRow
	ahead       []db.ListPatientAheadRow
	files       []db.ListFilesRow
	medicines   []db.ListPrescriptionsRow
	supplies    []db.ListPatientSuppliesRow
	prepared    []db.ListPrescriptionDraftsRow
	doses       []db.ListDoseHeadsRow
	due         []db.ListDueDatesRow
	present     []db.ListPresencesRow
	labs        []db.ListLabsRow
	problems    []db.ListProblemsRow
}

// How many appointments, prescriptions and entries of the history the product reads of a patient.
const (
	appointmentsMost = 60
	medicinesMost    = 40
	historyFirst     = 15
)

var historyKinds = []string{"note", "visit", "weight", "dose", "certificate", "medicine", "supply", "file", "alert", "move", "lab", "problem"}

// ever is later than any day of a file.
var ever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// ask sends or reads the statements, in the product's order, but for the letterhead: the product asks whose rules hold.
func (rec *floorRecord) ask(ctx context.Context, q *db.Queries, row id.ID, zone string) error {
	var errs [18]error
	rec.patient, errs[0] = q.GetPatient(ctx, db.GetPatientParams{ID: row})
	rec.identifiers, errs[1] = q.ListIdentifiers(ctx, db.ListIdentifiersParams{PatientID: row})
	rec.siblings, errs[2] = q.ListSiblings(ctx, db.ListSiblingsParams{PatientID: row})
	rec.alerts, errs[5] = q.ListBannerAlerts(ctx, db.ListBannerAlertsParams{PatientID: row})
	rec.weights, errs[6] = q.ListWeights(ctx, db.ListWeightsParams{PatientID: row, Most: registry.WeightsMost})
	rec.ahead, errs[7] = q.ListPatientAhead(ctx, db.ListPatientAheadParams{PatientID: row, Most: appointmentsMost})
	rec.files, errs[8] = q.ListFiles(ctx, db.ListFilesParams{PatientID: row, BeforeDay: ever, Most: 7})
	rec.medicines, errs[9] = q.ListPrescriptions(ctx, db.ListPrescriptionsParams{PatientID: row, Most: medicinesMost})
	rec.supplies, errs[10] = q.ListPatientSupplies(ctx, db.ListPatientSuppliesParams{PatientID: row, Most: medicinesMost})
	rec.prepared, errs[11] = q.ListPrescriptionDrafts(ctx, db.ListPrescriptionDraftsParams{PatientID: row})
	rec.doses, errs[12] = q.ListDoseHeads(ctx, db.ListDoseHeadsParams{PatientID: row})
	rec.due, errs[13] = q.ListDueDates(ctx, db.ListDueDatesParams{PatientID: row})
	rec.target, errs[14] = q.GetWeightTarget(ctx, db.GetWeightTargetParams{PatientID: row})
	rec.history, errs[3] = q.ListTimeline(ctx, db.ListTimelineParams{
		PatientID: row, Kinds: historyKinds, Before: ever, BeforeID: id.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff"), Zone: zone, Most: historyFirst + 1, Day: ever,
	})
	rec.drafts, errs[4] = q.ListDrafts(ctx, db.ListDraftsParams{PatientID: row})
	rec.labs, errs[16] = q.ListLabs(ctx, db.ListLabsParams{PatientID: row})
	rec.problems, errs[17] = q.ListProblems(ctx, db.ListProblemsParams{PatientID: row})
	rec.present, errs[15] = q.ListPresences(ctx, db.ListPresencesParams{PatientID: row, After: clock.System.Now()})
	for _, err := range errs {
		if err != nil && !errors.Is(err, errQueued) {
			return fmt.Errorf("reading a patient: %w", err)
		}
	}
	return nil
}

// What the product keeps in sealed columns, here in the clear.
type (
	plainPatient    struct{ Name, Colour string }
	plainIdentifier struct{ Number string }
)

// assets are those of the product's pages.
func assets() ui.Assets {
	return ui.Assets{
		CSS: static.Path("main.css"), App: static.Path("app.js"), Htmx: static.Path("htmx.js"),
		HxCSP: static.Path("hx-csp.js"), Logo: static.Path("logo.svg"),
	}
}

// recordView fills the page as web/records.go does for somebody who may do everything on it.
func (f *floor) recordView(rec floorRecord) (view views.Record, err error) {
	if len(rec.patient) == 0 || len(rec.drafts)+len(rec.alerts)+len(rec.weights)+len(rec.ahead)+len(rec.files)+len(rec.medicines)+len(rec.prepared)+len(rec.doses)+len(rec.target)+len(rec.present)+len(rec.labs)+len(rec.problems) > 0 {
		return view, errors.New("the patient is not one the benchmark made")
	}
	p := rec.patient[0]
	var own plainPatient
	var owner registry.Client
	if err := errors.Join(json.Unmarshal(p.Sealed, &own), json.Unmarshal(p.ClientSealed, &owner)); err != nil {
		return view, fmt.Errorf("reading a patient: %w", err)
	}
	now := clock.System.Now().In(f.zone)
	born := bornOf(p.BornOn, p.BornPrecision, p.BornEstimated)
	path := "/patients/" + p.ID.String()
	view.Page = f.page()
	view.Present = views.Present{Page: view.Page, Href: path + "/writing"}
	view.Banner = views.Banner{
		Name: own.Name, Species: p.Species, Kind: join(f.species[p.Species], p.Breed, own.Colour), Sex: sexOf(p.Sex, p.Neutered),
		Born: born.String(), Age: registry.Age(born, now), EditHref: path + "/edit", StatusHref: path + "/status", AlertsHref: path + "/alerts",
		EstimatesHref: path + "/estimates", Surname: owner.Surname(), OwnerName: owner.Name(), OwnerPhone: owner.Phones[0].Number,
	}
	view.Banner.Gap = &views.AllergyGap{Page: view.Page, Action: path + "/alerts", ID: id.New().String()}
	view.Weights = views.Weights{Page: view.Page, Form: &views.WeightForm{
		Page: view.Page, Action: path + "/weights", ID: id.New().String(), Title: join(own.Name + " " + owner.Surname()), Unit: "kg", Source: registry.Measured,
	}}
	book := "?patient=" + p.ID.String() + "&back=" + path
	view.Ahead = views.Ahead{Shown: true, BookHref: "/bookings/new" + book, WaitHref: "/waitlist" + book}
	view.Files = views.FilesPanel{Href: path + "/files", MayAdd: true}
	view.Medicines = views.Medicines{Shown: true, AllHref: path + "/prescriptions", PrescribeHref: path + "/prescriptions/new"}
	view.Vaccinations = views.VaccinationPanel{Href: path + "/vaccinations", AddHref: path + "/vaccinations/new", Empty: "No vaccination is known."}
	view.Problems = views.Problems{Shown: true, AddHref: path + "/problems/new"}
	view.Labs = views.LabPanel{Shown: true, AllHref: path + "/labs", AskHref: path + "/labs/new"}
	view.Weights.TargetForm = &views.TargetForm{Page: view.Page, Action: path + "/weight-target", ID: id.New().String(), Title: join(own.Name + " " + owner.Surname()), Unit: "kg"}
	view.History = historyFrame(view.Page, path)
	view.StartAction, view.StartID = path+"/consults", id.New().String()
	if err := f.addNotes(&view.History, rec.history, path, now); err != nil {
		return view, err
	}
	shown := views.Owner{Name: owner.Name(), Role: "Owner", Email: owner.Email, Href: "/clients/" + p.ClientID.String()}
	for _, n := range owner.Phones {
		shown.Phones = append(shown.Phones, views.Phone{Number: n.Number, Tel: strings.ReplaceAll(n.Number, " ", ""), Note: n.Label})
	}
	view.Owners = views.OwnerPanel{Owners: []views.Owner{shown}, Href: path + "/owners"}
	for _, s := range rec.siblings {
		var other plainPatient
		if err := json.Unmarshal(s.Sealed, &other); err != nil {
			return view, fmt.Errorf("reading a sibling: %w", err)
		}
		view.Owners.Others = append(view.Owners.Others, views.Animal{
			Href: "/patients/" + s.ID.String(), Species: s.Species, Name: other.Name, Died: s.Status == registry.Deceased,
			Line: join(f.species[s.Species], s.Breed, registry.Age(bornOf(s.BornOn, s.BornPrecision, s.BornEstimated), now)),
		})
	}
	for _, i := range rec.identifiers {
		var number plainIdentifier
		if err := json.Unmarshal(i.Sealed, &number); err != nil {
			return view, fmt.Errorf("reading an identifier: %w", err)
		}
		view.Numbers.Numbers = append(view.Numbers.Numbers, views.Number{Label: "Microchip", Shown: registry.FormatChip(number.Number)})
		if view.Banner.Chip == "" {
			view.Banner.Chip = registry.FormatChip(number.Number)
		}
	}
	view.Numbers.Href = path + "/identifiers"
	return view, nil
}

// historyFrame is the panel of the history without entries.
func historyFrame(p ui.Page, path string) views.History {
	view := views.History{Page: p, SearchAction: path + "/history/search", PrintHref: path + "/history/print"}
	for _, k := range [][2]string{{"", "All"}, {"visits", "Visits"}, {"medicines", "Medicines"}, {"vaccines", "Vaccines"}, {"weights", "Weights"}, {"labs", "Lab"}, {"problems", "Problems"}, {"files", "Files"}, {"alerts", "Alerts"}} {
		filter := views.HistoryFilter{Href: path + "/history", Word: k[1], Here: k[0] == ""}
		if k[0] != "" {
			filter.Href += "?show=" + k[0]
		}
		view.Filters = append(view.Filters, filter)
	}
	return view
}

func (f *floor) addNotes(view *views.History, rows []db.ListTimelineRow, path string, now time.Time) error {
	if len(rows) > historyFirst {
		rows = rows[:historyFirst]
		last := rows[historyFirst-1]
		view.Older = path + "/history?before=" + strconv.FormatInt(last.At.UnixMicro(), 10) + "&than=" + last.ID.String()
	}
	view.Count = len(rows)
	for _, n := range rows {
		if n.Kind != "note" {
			return errors.New("the patient is not one the benchmark made")
		}
		var text records.SOAP
		if err := json.Unmarshal(n.Sealed, &text); err != nil {
			return fmt.Errorf("reading a note: %w", err)
		}
		at, label := n.At.In(f.zone), ""
		if at.Year() != now.Year() {
			label = strconv.Itoa(at.Year())
		}
		if last := len(view.Years); last == 0 || view.Years[last-1].Label != label {
			view.Years = append(view.Years, views.Year{Label: label})
		}
		year := &view.Years[len(view.Years)-1]
		year.Entries = append(year.Entries, views.Entry{
			Href: "/notes/" + n.ID.String(), Icon: "steth", Status: "booked", When: at.Format("02-Jan-2006 15:04"),
			At: n.At.UTC().Format(time.RFC3339), By: f.VetName[strings.LastIndexByte(f.VetName, ' ')+1:], Title: "Consult, signed",
			Line: text.Assessment,
		})
	}
	return nil
}

func bornOf(on *time.Time, precision *string, estimated bool) registry.Birth {
	if on == nil || precision == nil {
		return registry.Birth{}
	}
	return registry.Birth{On: on.UTC(), Precision: registry.Precision(*precision), Estimated: estimated}
}

func sexOf(sex, neutered string) string {
	word := map[string]string{"male": "Male", "female": "Female"}[sex]
	return word + map[string]string{"yes": ", neutered", "no": ", entire"}[neutered]
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
