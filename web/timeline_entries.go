package web

import (
	"strconv"
	"strings"
	"time"

	"paddock/internal/access"
	"paddock/internal/files"
	"paddock/internal/money"
	"paddock/internal/pharmacy"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/timeline"
	"paddock/internal/vaccines"
	"paddock/views"
)

// historyWords say what an entry is, by kind. A kind without a row is shown by its day and author alone.
var historyWords = map[timeline.Kind]func(v *visit, e timeline.Entry, out *views.Entry){
	timeline.Note: (*visit).noteEntry, timeline.Visit: (*visit).visitEntry, timeline.Dose: (*visit).doseEntry,
	timeline.Certificate: (*visit).certificateEntry, timeline.Medicine: (*visit).medicineEntry, timeline.Supply: (*visit).supplyEntry, timeline.File: (*visit).fileEntry,
	timeline.Alert: (*visit).alertEntry, timeline.Move: (*visit).moveEntry, timeline.Lab: (*visit).labEntry, timeline.Problem: (*visit).problemEntry,
}

// historyEntry is a line of the history; older are those after it, and weights known ones, the newest first.
func (v *visit) historyEntry(e timeline.Entry, older []timeline.Entry, weights []registry.WeightRow) views.Entry {
	out := views.Entry{Icon: "note", Status: "booked", When: sentence(v.moment(e.At)), At: machine(e.At), By: surname(v.policy.Name(e.By)), Void: e.Void}
	if e.Untimed {
		out.When, out.At = v.day(e.At), e.At.In(v.clinic.Zone()).Format(time.DateOnly)
	}
	if e.Kind == timeline.Weight {
		v.weightEntry(e, older, weights, &out)
	} else if words := historyWords[e.Kind]; words != nil {
		words(v, e, &out)
	}
	return out
}

// draftEntry is a note that is not signed yet.
func (v *visit) draftEntry(d records.Draft) views.Entry {
	return views.Entry{
		Icon: "steth", Status: "consult", When: sentence(v.moment(d.EventAt)), At: machine(d.EventAt),
		By: surname(v.policy.Name(d.Author)), Title: "Consult", Line: "Draft, not signed",
		Current: d.Author == v.current.Person.ID && v.may(access.ClinicalWrite),
	}
}

func (v *visit) noteEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title = "steth", "Consult, signed"
	if v.readsNotes() {
		out.Href = "/notes/" + e.ID.String()
	}
	if e.Code == timeline.FromImport {
		out.Icon, out.When, out.By, out.Title = "history", v.weighedOn(e.At), "", earlierTitle
		if v.readsNotes() {
			out.Title = earlierKind(e.Earlier) + ", from the earlier practice system"
		}
	}
	if e.Detail == timeline.Waits {
		out.Title, out.Status = "Consult, waiting for co-signature", "waiting"
	}
	if e.Void {
		out.Title, out.Line, out.Status = "Consult", "Entered in error", "booked"
		return
	}
	if e.Amount > 0 {
		out.Title += ", " + countOf(int(e.Amount), "addendum", "addenda")
	}
	out.Line = firstLine(e.SOAP.Assessment, e.SOAP.Subjective, e.SOAP.Objective, e.SOAP.Plan, e.Earlier.Text)
}

func (v *visit) visitEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line, out.By = "board", e.Detail, e.Text, ""
	if e.Code == scheduling.NoShowed {
		out.Title, out.Status = "Did not come: "+e.Detail, "late"
	}
	if v.may(access.ScheduleRead) {
		out.Href = "/appointments/" + e.ID.String()
	}
}

func (v *visit) doseEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line = "shield", "Vaccination", against(strings.Fields(e.Detail))
	if d := e.Dose; d.Name != "" {
		out.Title = "Vaccination, " + d.Name
		if d.Lot != "" {
			out.Line = join(out.Line, "lot "+d.Lot)
		}
	}
	switch {
	case e.Detail == "":
		out.Line = "From the earlier practice system, not counted"
	case e.Code == "elsewhere":
		out.Line += ", elsewhere"
	}
	if v.may(access.ClinicalRead) {
		out.Href = "/vaccinations/" + e.ID.String()
	}
}

func (v *visit) certificateEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line = "note", "Certificate "+vaccines.SerialOf(e.Detail, e.Amount), against(strings.Fields(e.Code))
	if e.Void {
		out.Line = "Void"
	}
	if v.may(access.ClinicalRead) {
		out.Href = "/certificates/" + e.ID.String()
	}
}

func (v *visit) medicineEntry(e timeline.Entry, out *views.Entry) {
	out.Title, out.Line = e.Medicine.Name, e.Medicine.Directions
	left, approved := e.Amount/1000, e.Amount%1000
	switch {
	case e.Code == pharmacy.Stopped:
		out.Line = join(out.Line, "stopped")
	case left < approved:
		out.Line = join(out.Line, strconv.FormatInt(approved-left, 10)+" of "+countOf(int(approved), "supply", "supplies")+" given")
	}
	if v.may(access.ClinicalRead) {
		out.Href = "/prescriptions/" + e.ID.String()
	}
}

// supplyEntry is what was handed out; who may not open its prescription reads its label.
func (v *visit) supplyEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line = "checks", "Supplied, "+e.Medicine.Name, v.suppliedWords(e)
	switch {
	case v.may(access.ClinicalRead):
		out.Href = "/prescriptions/" + e.Of.String()
	case v.may(access.LabelPrint):
		out.Href = "/supplies/" + e.ID.String() + "/label"
	}
}

// suppliedWords are how much was handed out, and of which batch.
func (v *visit) suppliedWords(e timeline.Entry) string {
	words := e.Detail
	if q, err := money.ParseQuantity(e.Detail); err == nil {
		words = v.quantity(q) + " " + pharmacy.Counted(q, e.Code)
	}
	return join(words, "batch "+e.Batch)
}

func (v *visit) fileEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line = "file", fileKinds[files.Kind(e.Code)], e.Text
	if files.Media(e.Detail).Picture() {
		out.Icon = "picture"
	}
	if v.readsNotes() {
		out.Href = filePath(e.ID)
	}
}

func (v *visit) alertEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line = "warn", "Alert", e.Text
	switch e.Detail {
	case registry.NoAllergies:
		out.Icon, out.Title = "check", views.NoAllergiesWords
	case registry.TopicAllergy:
		out.Icon, out.Status, out.Title = "stop", "late", "Allergy"
	}
	if e.Amount > 0 {
		out.Line = join(out.Line, "ended "+v.day(time.Unix(e.Amount, 0)))
	}
	if v.may(access.PatientWrite) {
		out.Href = "/patients/" + v.r.PathValue("id") + "/alerts"
	}
}

func (v *visit) moveEntry(e timeline.Entry, out *views.Entry) {
	day, manner, _ := strings.Cut(e.Detail, " ")
	out.Icon, out.Title, out.Line = "history", stateWords[e.Code], e.Text
	if e.Code == registry.Deceased {
		out.Title, out.Status = died, "done"
		if word := mannerWords[manner]; word != "" {
			out.Title = word
		}
	}
	if on, err := time.Parse(time.DateOnly, day); err == nil {
		out.Title += ", " + dated(on)
	}
	if v.may(access.PatientWrite) {
		out.Href = "/patients/" + v.r.PathValue("id") + "/status"
	}
}

func (v *visit) labEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.When, out.Line = "lab", "Lab result", sentence(v.foundOn(e.At)), v.labWords(e.Lab)
	if v.readsNotes() {
		out.Href = "/labs/" + e.Of.String()
	}
}

func (v *visit) problemEntry(e timeline.Entry, out *views.Entry) {
	out.Icon, out.Title, out.Line, out.Href = "note", "Problem, "+strings.ToLower(problemStateWords[e.Code].Word), e.Text, "/problems/"+e.Of.String()
}

// weightOf is an entry as the weighing it is.
func weightOf(e timeline.Entry) registry.WeightRow {
	unit, source, _ := strings.Cut(e.Code, " ")
	return registry.WeightRow{ID: e.ID, Weight: registry.Weight{Weighed: registry.Weighed{Grams: e.Amount, Entered: e.Detail, Unit: unit}, Source: source, At: e.At}}
}

// weightEntry says how a weight changed since the one before it, where that is known.
func (v *visit) weightEntry(e timeline.Entry, older []timeline.Entry, weights []registry.WeightRow, out *views.Entry) {
	w := weightOf(e)
	out.Icon, out.When, out.Title = "scale", v.weighedOn(e.At), "Weight "+w.Entered+" "+w.Unit
	change := ""
	for _, o := range older {
		if o.Kind == timeline.Weight {
			change = v.trend(weightOf(o), w)
			break
		}
	}
	for i := 0; change == "" && i+1 < len(weights); i++ {
		if weights[i].ID == e.ID {
			change = v.trend(weights[i+1], w)
		}
	}
	words := sourceWords[w.Source]
	if w.Source == timeline.FromImport {
		out.By, words = "", "from the earlier practice system"
	}
	out.Line = sentence(join(change, words))
}
