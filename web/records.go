package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
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
	notes       []records.Note     // filled for those who may read clinical text
	heads       []records.NoteHead // filled for the others: no clinical column is selected
	drafts      []records.Draft
	alerts      []registry.AlertRow
	weights     []registry.WeightRow
	ahead       []scheduling.Appointment
	species     map[string]string
}

// readsNotes reports whether clinical text may be fetched for this person at all.
func (v *visit) readsNotes() bool { return v.may(access.ClinicalRead) && v.sees(access.FieldClinical) }

// openRecord reads a patient's page in one trip.
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
	if v.may(access.ScheduleRead) {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.ahead, _, err = scheduling.OfPatient(ctx, tx, v.keys, row)
			return err
		})
	}
	if v.readsNotes() {
		do = append(do,
			func(ctx context.Context, tx *db.Tx) (err error) {
				rec.notes, err = records.Notes(ctx, tx, v.keys, row)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				rec.drafts, err = records.Drafts(ctx, tx, v.keys, row)
				return err
			},
		)
	} else {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			rec.heads, err = records.NoteHeads(ctx, tx, row)
			return err
		})
	}
	if rec.species, err = v.s.species(v); err != nil {
		return rec, err
	}
	return rec, v.read(do...)
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
	return ids
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
		NotesClosed: len(rec.heads) > 0, Weights: v.weightsView(p, rec.weights),
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
	for _, e := range v.entries(rec) {
		v.addEntry(&view, e.at.In(v.clinic.Zone()).Year(), e.Entry)
	}
	if view.Banner.Died {
		view.Closed = p.Called() + " has died. No new consult is begun."
	}
	book := ""
	if !view.Banner.Died {
		book = bookFor(p.ID)
	}
	view.Ahead = v.aheadPanel(rec.ahead, false, book)
	view.Owners, view.Numbers = v.ownerPanel(rec), v.numberPanel(p.ID, rec.identifiers)
	return view
}

// addDrafts opens this person's own draft on the page and names others who write.
func (v *visit) addDrafts(view *views.Record, rec record) {
	for _, d := range rec.drafts {
		e := views.Entry{
			Icon: "steth", Status: "consult", When: sentence(v.moment(d.EventAt)), At: machine(d.EventAt),
			By: surname(v.policy.Name(d.Author)), Title: "Consult", Line: "Draft, not signed",
		}
		if d.Author == v.current.Person.ID && v.may(access.ClinicalWrite) {
			e.Current = true
			draft := v.draftView(d)
			view.Draft = &draft
		} else {
			view.Writing = v.policy.Name(d.Author) + " has been writing here since " + v.moment(d.EventAt)
		}
		v.addEntry(view, d.EventAt.In(v.clinic.Zone()).Year(), e)
	}
	if view.Draft == nil && v.may(access.ClinicalWrite) && v.readsNotes() && rec.patient.Status != registry.Deceased {
		view.StartAction, view.StartID = "/patients/"+rec.patient.ID.String()+"/consults", id.New().String()
	}
}

// timed is an entry of the history with its instant.
type timed struct {
	views.Entry
	at time.Time
}

// entries are the history but for the drafts, the newest first: notes, and weighings that stand.
func (v *visit) entries(rec record) []timed {
	var list []timed
	for _, n := range rec.notes {
		e := v.entryOf(n.NoteHead)
		e.Href, e.Line = "/notes/"+n.ID.String(), firstLine(n.Assessment, n.Subjective, n.Objective, n.Plan)
		list = append(list, timed{e, n.EventAt})
	}
	for _, h := range rec.heads {
		list = append(list, timed{v.entryOf(h), h.EventAt})
	}
	stand := standing(rec.weights)
	for i, w := range stand {
		list = append(list, timed{v.weightEntry(w, stand[i+1:]), w.At})
	}
	slices.SortStableFunc(list, func(a, b timed) int { return b.at.Compare(a.at) })
	return list
}

func (v *visit) entryOf(h records.NoteHead) views.Entry {
	return views.Entry{
		Icon: "steth", Status: "booked", When: sentence(v.moment(h.EventAt)), At: machine(h.EventAt), By: surname(v.policy.Name(h.Author)),
		Title: "Consult, signed",
	}
}

// addEntry puts an entry under its year; entries come newest first.
func (v *visit) addEntry(view *views.Record, year int, e views.Entry) {
	label := ""
	if year != v.now().Year() {
		label = itoa(year)
	}
	if n := len(view.Years); n == 0 || view.Years[n-1].Label != label {
		view.Years = append(view.Years, views.Year{Label: label})
	}
	last := &view.Years[len(view.Years)-1]
	last.Entries = append(last.Entries, e)
	view.Count++
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
