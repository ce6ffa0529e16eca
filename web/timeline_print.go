package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/paper"
	"paddock/internal/pharmacy"
	"paddock/internal/practice"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/timeline"
	"paddock/internal/vaccines"
	"paddock/views"
)

// How much one copy of a record holds: it is made in memory. What is older stands in another.
const (
	printMost    = 2000    // entries
	printLetters = 4 << 20 // bytes of text
)

// copied is a record as it is copied: what 22 TAC 573.52 asks for, as far as it is known and the person may see it.
type copied struct {
	patient registry.PatientView
	alerts  []registry.AlertRow
	from    practice.Letterhead
	entries []views.PrintEntry
	rest    timeline.Cursor // where another copy goes on
}

// copyRecord reads it a page at a time.
func (v *visit) copyRecord(patient id.ID) (c copied, err error) {
	asked := v.r.URL.Query()
	at := historyPlace(asked.Get("before"), asked.Get("than"))
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			c.patient, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			c.alerts, err = registry.BannerAlerts(ctx, tx, v.keys, patient)
			return err
		},
		practice.Loading(&c.from, v.keys),
	)
	h, letters := history{}, 0
	for more := true; more && err == nil; {
		var page timeline.Page
		var later records.Later
		err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = timeline.Read(ctx, tx, v.keys, timeline.Ask{
				Patient: patient, Kinds: h.kinds(v), From: at, Most: historyMost, Zone: v.clinic.Zone(), Clinical: v.readsNotes(),
			})
			if err != nil || !v.readsNotes() {
				return err
			}
			return db.Together(ctx, tx, records.LoadLater(&later, v.keys, timeline.Notes(page.Entries))...)
		})
		for i, e := range page.Entries {
			one := v.printEntry(e, page.Entries[i+1:], later)
			for _, p := range one.Parts {
				letters += len(p.Text)
			}
			c.entries = append(c.entries, one)
		}
		at, more = page.Next, page.More
		if more && (len(c.entries) >= printMost || letters >= printLetters) {
			c.rest, more = page.Next, false
		}
	}
	return c, err
}

// add puts what is known under its label; what is not known has no line.
func add(e *views.PrintEntry, label, text string) {
	if strings.TrimSpace(text) != "" {
		e.Parts = append(e.Parts, views.PrintPart{Label: label, Text: text})
	}
}

// printEntry is everything that is known of an entry.
func (v *visit) printEntry(e timeline.Entry, older []timeline.Entry, later records.Later) views.PrintEntry {
	short := v.historyEntry(e, older, nil)
	out := views.PrintEntry{When: v.day(e.At) + " " + v.minute(e.At), At: short.At, By: v.policy.Name(e.By), Title: short.Title}
	if e.Untimed || e.Kind == timeline.Weight {
		out.When = v.day(e.At)
	}
	if e.By.IsZero() || short.By == "" {
		out.By = ""
	}
	switch e.Kind {
	case timeline.Note:
		v.printNote(e, later, &out)
	case timeline.Dose:
		d := e.Dose
		add(&out, "Against", against(strings.Fields(e.Detail)))
		add(&out, "Product", join(d.Name, d.Maker))
		add(&out, "Lot", d.Lot)
		if !d.Expiry.IsZero() {
			add(&out, "Expires", dated(d.Expiry))
		}
		add(&out, "Given", join(d.Volume, vaccines.RouteName(d.Route), d.Site))
		add(&out, "Tag", d.Tag)
		add(&out, "From elsewhere", d.Source)
	case timeline.Medicine:
		m := e.Medicine
		quantity, unit, _ := strings.Cut(e.Detail, " ")
		add(&out, "Ingredients", join(strings.Join(m.Ingredients, ", "), m.Strength))
		add(&out, "Directions", m.Directions)
		add(&out, "Quantity", join(quantity+" "+unit, countOf(int(e.Amount%1000), "supply", "supplies")+" approved", strconv.FormatInt(e.Amount/1000, 10)+" left"))
		add(&out, "Cautions", m.Cautions)
		if e.Code == pharmacy.Stopped {
			add(&out, "State", "Stopped")
		}
	case timeline.Supply:
		add(&out, "Quantity", v.suppliedWords(e))
		add(&out, "Expires", e.Expiry)
		add(&out, "Directions", e.Medicine.Directions)
	case timeline.Lab:
		for _, value := range e.Lab.Values {
			add(&out, value.Name, join(strings.TrimSpace(v.labNumber(value.Shown())+" "+value.Unit), "range "+v.labRange(value.Low, value.High, value.Places), flagWords[value.Flag].Word))
		}
		add(&out, "Findings", e.Lab.Findings)
	default:
		add(&out, "", short.Line)
	}
	if !e.EnteredAt.IsZero() && e.EnteredAt.Sub(e.At) > 24*time.Hour && (!e.Untimed || e.EnteredAt.Sub(e.At) > 48*time.Hour) {
		add(&out, "Entered later", v.day(e.EnteredAt)+" "+v.minute(e.EnteredAt))
	}
	return out
}

func (v *visit) printNote(e timeline.Entry, later records.Later, out *views.PrintEntry) {
	if e.Void {
		out.Void = "Entered in error"
		if x, ok := later.Voids[e.ID]; ok {
			out.Void += ", " + v.policy.Name(x.By) + ", " + v.day(x.At) + ": " + x.Reason
		}
	}
	if e.Detail == timeline.Waits {
		add(out, "State", "Waiting for co-signature: no veterinarian has approved it yet")
	}
	var measured []string
	for _, f := range measuredFacts(e.SOAP.Vitals) {
		measured = append(measured, f.Label+" "+f.Text)
	}
	add(out, "Measured", strings.Join(measured, ", "))
	for _, f := range lookedFacts(e.SOAP.Exam) {
		add(out, f.Label, f.Text)
	}
	add(out, "Subjective", e.SOAP.Subjective)
	add(out, "Objective", e.SOAP.Objective)
	add(out, "Assessment", e.SOAP.Assessment)
	add(out, "Plan", e.SOAP.Plan)
	add(out, "Written", e.Earlier.Text)
	add(out, "By", e.Earlier.By)
	for _, a := range later.Acts[e.ID] {
		add(out, "Done", a.Name+", "+v.quantity(a.Quantity)+unitSigns[a.Unit])
	}
	for _, a := range later.Addenda[e.ID] {
		head := kindNames[a.Kind] + ", " + v.day(a.SignedAt) + " " + v.minute(a.SignedAt) + ", " + v.policy.Name(a.Author)
		if a.SignedAt.Sub(a.EventAt) > 24*time.Hour {
			head += ", about " + v.day(a.EventAt) + " " + v.minute(a.EventAt)
		}
		add(out, head, strings.TrimPrefix(a.Reason+": "+a.Text, ": "))
	}
}

// historyPrint is a copy as it is printed.
func (v *visit) historyPrint(c copied) (views.HistoryPrint, error) {
	species, err := v.s.species(v)
	if err != nil {
		return views.HistoryPrint{}, err
	}
	path, p := historyPath(c.patient.ID), c.patient
	d := v.document("Record", "", c.from)
	d.Page = v.page("patients")
	out := views.HistoryPrint{
		Page: d.Page, Paper: d.Paper, Kind: "Record of " + p.Called(), From: d.From, Entries: c.entries, Back: "/patients/" + p.ID.String(), PDF: path + "/pdf", Printed: d.Printed,
		About: "Everything on the record, newest first",
	}
	if !v.readsNotes() {
		out.About = "The record without clinical text, newest first"
	}
	if asked := v.r.URL.RawQuery; asked != "" {
		out.About += ", before " + v.day(historyPlace(v.r.URL.Query().Get("before"), v.r.URL.Query().Get("than")).At)
		out.PDF += "?" + asked
	}
	for _, o := range p.Owners {
		out.To = append(out.To, addressOf(personOf(o.Client))...)
		for _, n := range o.Phones {
			out.To = append(out.To, n.Number)
		}
	}
	fact := func(label, value string) {
		if value != "" {
			out.Facts = append(out.Facts, views.Total{Label: label, Value: value})
		}
	}
	fact("Animal", join(species[p.Species], p.Breed, p.Colour))
	fact("Sex", sexOf(p.Patient))
	fact("Born", join(p.Born.String(), v.age(p.PatientRow)))
	fact("Microchip", registry.FormatChip(p.Chip))
	fact("State", v.state(p))
	for _, a := range c.alerts {
		line := v.alertLine(a, true)
		fact("Alert", strings.TrimSpace(line.Lead+" "+line.Text))
	}
	if !c.rest.IsZero() {
		out.Rest = "This copy ends here. What happened before " + v.day(c.rest.At) + " stands in another one."
		out.RestHref = path + "/print" + strings.TrimPrefix(historyHref(p.ID, "", c.rest), path)
	}
	return out, nil
}

// printHistory shows the whole record as it is printed.
func (s *Server) printHistory(v *visit) (answer, error) {
	view, err := v.copyView(audit.Printed)
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.HistoryPrintPage(view)), nil
}

// downloadHistory sends it as a PDF.
func (s *Server) downloadHistory(v *visit) (answer, error) {
	view, err := v.copyView(audit.Exported)
	if err != nil {
		return answer{}, err
	}
	r := paper.Record{Size: view.Paper, Kind: view.Kind, About: view.About, From: view.From, To: view.To, Facts: pairs(view.Facts), Rest: view.Rest, Printed: view.Printed, Lang: "en-GB", At: v.now()}
	for _, e := range view.Entries {
		one := paper.Entry{Head: join(e.When, e.Title), By: e.By, Void: e.Void}
		for _, p := range e.Parts {
			one.Parts = append(one.Parts, paper.Pair{Label: p.Label, Value: p.Text})
		}
		r.Entries = append(r.Entries, one)
	}
	return answer{download: &download{name: "record.pdf", kind: "application/pdf", write: r.Write}}, nil
}

func (v *visit) copyView(how audit.Action) (view views.HistoryPrint, err error) {
	patient, err := v.row()
	if err != nil {
		return view, err
	}
	c, err := v.copyRecord(patient)
	if err != nil {
		return view, err
	}
	if view, err = v.historyPrint(c); err != nil {
		return view, err
	}
	var owners []id.ID
	for _, o := range c.patient.Owners {
		owners = append(owners, o.ID)
	}
	v.record(audit.Entry{Action: how, Object: "patient", ObjectID: patient, IDs: owners})
	return view, nil
}
