package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// record is everything a patient's page shows, as far as the person may see it.
type record struct {
	patient     registry.PatientView
	identifiers []registry.Identifier
	siblings    []registry.PatientRow
	history     history
	present     []records.Presence // who writes now
	alerts      []registry.AlertRow
	weights     []registry.WeightRow
	target      registry.WeightTarget
	ahead       []scheduling.Appointment
	files       shelved
	dues        dues
	medicines   medicines
	labs        tested
	species     map[string]string
	charges     []billing.ChargeRow // what is open, for those who see no notes and bill it
	plan        planRead            // of one's own draft
	problems    []records.ProblemRow
}

// medicinesBeside is how many prescriptions a patient's page reads, to show those that the animal is under.
const medicinesBeside = 40

// readsNotes reports whether clinical text may be fetched for this person at all.
func (v *visit) readsNotes() bool { return v.may(access.ClinicalRead) && v.sees(access.FieldClinical) }

// openRecord reads a patient's page in one trip, and the plan of an open note of one's own in a second.
func (v *visit) openRecord(row id.ID) (rec record, err error) {
	do := []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			rec.patient, err = registry.OpenPatient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rec.identifiers, err = registry.Identifiers(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rec.siblings, err = registry.Siblings(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rec.alerts, err = registry.BannerAlerts(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rec.weights, err = registry.Weights(ctx, tx, row)
			return err
		},
	}
	do = append(do, v.filesOf(&rec.files, row, files.Cursor{}, filesBeside))
	do = append(do, v.targetOf(&rec.target, row)...)
	rec.medicines.most = medicinesBeside
	do = append(do, rec.medicines.ofPatient(v, row)...)
	do = append(do, rec.history.ofPatient(v, row, historyFirst)...)
	do = append(do, rec.labs.ofPatient(v, row))
	if v.may(access.ScheduleRead) {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.ahead, err = scheduling.AheadOf(ctx, tx, v.keys, row)
			return err
		})
	}
	if v.readsNotes() {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.problems, err = records.Problems(ctx, tx, v.keys, row)
			return err
		})
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.present, err = records.Present(ctx, tx, row)
			return err
		})
	} else if v.may(access.BillRead) {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.charges, err = billing.OpenChargesOfPatient(ctx, tx, v.keys, row)
			return err
		})
	}
	do = append(do, rec.dues.ofPatient(v, row)...)
	if rec.species, err = v.s.species(v); err != nil {
		return rec, err
	}
	if err := v.read(do...); err != nil {
		return rec, err
	}
	if mine := v.ownDraft(rec.history.drafts); mine != nil {
		rec.plan, err = v.readPlan(*mine)
	}
	return rec, err
}

// ownDraft is the draft that opens on the page of its author, nil for none.
func (v *visit) ownDraft(list []records.Draft) *records.Draft {
	for i, d := range list {
		if d.Author == v.current.Person.ID && v.may(access.ClinicalWrite) {
			return &list[i]
		}
	}
	return nil
}

// showRecord is a patient's page: history, consult, owner.
func (s *Server) showRecord(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	rec, err := v.openRecord(row)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row, IDs: rec.shownBeside()})
	return shown(http.StatusOK, views.RecordPage(v.recordView(rec))), nil
}

// shownBeside are the other rows whose names and contacts a patient's page shows.
func (rec record) shownBeside() []id.ID {
	var ids []id.ID
	for _, o := range rec.patient.Owners {
		ids = append(ids, o.ID)
	}
	for _, p := range rec.siblings {
		ids = append(ids, p.ID)
	}
	return append(ids, rec.medicines.shown()...)
}

// beside is what the banner shows of a record.
func (rec record) beside() beside {
	b := beside{alerts: rec.alerts}
	if stand := standing(rec.weights); len(stand) > 0 {
		b.weight, b.weighed = stand[0], true
	}
	return b
}

func (v *visit) recordView(rec record) views.Record {
	p := rec.patient
	view := views.Record{
		Page: v.page("patients"), Banner: v.banner(p, rec.beside(), rec.species),
		History: v.historyView(p.ID, rec.history, standing(rec.weights)), Weights: v.weightsView(p, rec.weights, rec.target),
	}
	view.Banner.Href = ""
	if v.may(access.PatientWrite) {
		path := "/patients/" + p.ID.String()
		view.Banner.EditHref, view.Banner.StatusHref, view.Banner.AlertsHref = path+"/edit", path+"/status", path+"/alerts"
		if v.may(access.BillRead) {
			view.Banner.EstimatesHref = path + "/estimates"
		}
	}
	v.addDrafts(&view, rec)
	if view.Banner.Died {
		view.Closed = p.Called() + " has died. No new consult is begun."
	}
	book := ""
	if !view.Banner.Died {
		book = bookFor(p.ID)
	}
	view.Ahead = v.aheadPanel(rec.ahead, false, book)
	view.Files = v.filesPanel(p.ID, rec.files)
	view.Vaccinations = v.duePanel(p.PatientRow, rec.dues, nil)
	view.Problems = v.problemsPanel(p.ID, rec.problems)
	view.Medicines = v.medicinesView(p.PatientRow, rec.medicines, false)
	view.Labs = v.labView(p.PatientRow, rec.labs, false)
	view.ToCharge = v.toCharge(rec)
	view.Owners, view.Numbers = v.ownerPanel(rec), v.numberPanel(p.ID, rec.identifiers)
	return view
}

// addDrafts opens this person's own draft on the page and names others who write.
func (v *visit) addDrafts(view *views.Record, rec record) {
	for _, d := range rec.history.drafts {
		if d.Author == v.current.Person.ID && v.may(access.ClinicalWrite) {
			draft := v.draftView(d, rec.weights)
			draft.Orders, draft.Snippets = v.planView(d, rec.plan), snippetChoices(rec.plan.snippets)
			draft.Findings = v.findingsView(d, rec.plan.findings)
			view.Draft = &draft
		} else {
			view.Writing = v.policy.Name(d.Author) + " has been writing here since " + v.moment(d.EventAt)
		}
	}
	if v.readsNotes() {
		view.Present = v.presentView(rec.patient.ID, windowOf(view.Draft), rec.present)
	}
	if view.Draft == nil && v.may(access.ClinicalWrite) && v.readsNotes() && rec.patient.Status != registry.Deceased {
		view.StartAction, view.StartID = "/patients/"+rec.patient.ID.String()+"/consults", id.New().String()
	}
}

// banner is the head of every page about one animal.
func (v *visit) banner(p registry.PatientView, with beside, species map[string]string) views.Banner {
	b := views.Banner{
		Name: p.Called(), Species: p.Species, Kind: join(species[p.Species], p.Breed, p.Colour), Sex: sexOf(p.Patient),
		Born: "Not known", Age: v.age(p.PatientRow), Chip: registry.FormatChip(p.Chip), Href: "/patients/" + p.ID.String(), State: v.state(p), Died: p.Status == registry.Deceased,
	}
	if b.Died {
		b.Age = aged(p)
	}
	if with.weighed && !b.Died {
		b.Weight = v.bannerWeight(with.weight)
	}
	v.addAlerts(&b, p.ID, p.Status, with.alerts)
	if p.Born.Known() {
		b.Born = p.Born.String()
	}
	if owner, ok := p.Owner(); ok {
		b.Surname, b.OwnerName = owner.Surname(), owner.Name()
		if len(owner.Phones) > 0 {
			b.OwnerPhone = owner.Phones[0].Number
		}
	}
	return b
}

// sexOf is sex and neutering in words.
func sexOf(p registry.Patient) string {
	word := map[string]string{"male": "Male", "female": "Female"}[p.Sex]
	switch {
	case word == "" && p.Neutered != "yes" && p.Neutered != "no":
		word = "Not known"
	case word == "":
		word = "Sex not known"
	}
	switch p.Neutered {
	case "yes":
		return word + ", neutered"
	case "no":
		return word + ", entire"
	}
	return word
}

// firstLine is the beginning of the first text that has one, at most 120 letters.
func firstLine(texts ...string) string {
	for _, t := range texts {
		t = strings.TrimSpace(t)
		if t == "" {
			continue
		}
		t, _, _ = strings.Cut(t, "\n")
		letters := slices.Collect(func(yield func(rune) bool) {
			for _, r := range t {
				if !yield(r) {
					return
				}
			}
		})
		if len(letters) > 120 {
			return string(letters[:119]) + "…"
		}
		return t
	}
	return ""
}
