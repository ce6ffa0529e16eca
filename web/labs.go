package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/internal/registry"
	"paddock/views"
)

// tested is what a patient's page reads of the lab, as far as the person may see it.
type tested struct {
	list    []labs.Lab // for those who read clinical text
	awaited []string   // for the others: nothing sealed is selected
}

// labsBeside is how many requests stand beside a record, but for those that are open or wait to be read.
const labsBeside = 4

// ofPatient reads it beside whatever else a page reads, in one statement.
func (l *tested) ofPatient(v *visit, patient id.ID) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		if v.readsNotes() {
			l.list, err = labs.OfPatient(ctx, tx, v.keys, patient)
			return err
		}
		waits, err := labs.Awaited(ctx, tx, patient)
		for _, at := range waits {
			l.awaited = append(l.awaited, "A test, asked for "+v.day(at))
		}
		return err
	}
}

// labState is how a request stands, in a word.
func labState(l labs.RequestRow) views.DocumentState {
	switch l.State {
	case labs.Open:
		return views.DocumentState{Status: "waiting", Icon: "clock", Word: "Awaited"}
	case labs.Resulted:
		return views.DocumentState{Status: "consult", Icon: "lab", Word: "To read"}
	case labs.Acknowledged:
		return views.DocumentState{Status: "done", Icon: "checks", Word: "Read"}
	}
	return views.DocumentState{Status: "done", Icon: "stop", Word: "Cancelled"}
}

// labView is the panel of the lab; all of it, or without what was read long ago.
func (v *visit) labView(p registry.PatientRow, l tested, all bool) views.LabPanel {
	path := "/patients/" + p.ID.String() + "/labs"
	view := views.LabPanel{Shown: v.readsNotes() || len(l.awaited) > 0, Awaited: l.awaited}
	if v.readsNotes() {
		view.AllHref = path
	}
	if v.may(access.LabRequest) {
		view.AskHref = path + "/new"
	}
	over := 0
	for _, one := range l.list {
		if one.Unseen() {
			view.Unseen++
		}
		if over++; one.State == labs.Open || one.Unseen() {
			over--
		} else if !all && over > labsBeside {
			continue
		}
		view.Rows = append(view.Rows, v.labLine(one))
	}
	return view
}

func (v *visit) labLine(l labs.Lab) views.LabLine {
	line := views.LabLine{Href: "/labs/" + l.ID.String(), Title: l.Title(), Urgent: l.Urgent && l.State == labs.Open, State: labState(l.RequestRow)}
	line.Line = join("Asked for "+v.moment(l.At), surname(v.policy.Name(l.By)), l.Lab)
	for _, r := range slices.Backward(l.Reports) {
		line.Values = strings.TrimPrefix(line.Values+"; "+v.labWords(r.Report), "; ")
	}
	return line
}

// labWords are a result in a line: what lies outside its range first, then the rest, cut short.
func (v *visit) labWords(r labs.Report) string {
	var out, in []string
	for _, one := range r.Values {
		words := strings.TrimSpace(one.Name + " " + v.labNumber(one.Shown()) + " " + one.Unit)
		if one.Outside() {
			out = append(out, words+" "+flagWords[one.Flag].Word)
		} else {
			in = append(in, words)
		}
	}
	all := append(out, in...)
	most := max(3, len(out))
	if len(all) > most {
		all = append(all[:most], "and "+itoa(len(all)-most)+" more")
	}
	if r.Findings != "" {
		all = append(all, firstLine(r.Findings))
	}
	return strings.Join(all, ", ")
}

// flagWords say where a value lies beside its range.
var flagWords = map[string]views.DocumentState{
	labs.Low:     {Status: "late", Icon: "down", Word: "low"},
	labs.High:    {Status: "late", Icon: "warn", Word: "high"},
	labs.Inside:  {Status: "ready", Icon: "check", Word: "in range"},
	labs.Unclear: {Status: "waiting", Icon: "info", Word: "cannot tell"},
}

// labNumber writes a number as the country does, with the minus that print has.
func (v *visit) labNumber(plain string) string {
	return v.style().Number(strings.Replace(plain, "-", "−", 1))
}

// labRange is a range in words: "2.5–9.6".
func (v *visit) labRange(low, high *labs.Number, places int) string {
	end := func(n *labs.Number) string { return v.labNumber(n.Format(places)) }
	switch {
	case low != nil && high != nil:
		return end(low) + "–" + end(high)
	case low != nil:
		return "from " + end(low)
	case high != nil:
		return "up to " + end(high)
	}
	return "no range"
}

// foundOn is when something was found, within a sentence; midnight stands for a time that is not known.
func (v *visit) foundOn(at time.Time) string {
	if v.minute(at) == "00:00" {
		return v.day(at)
	}
	return v.moment(at)
}

// listLabs is the page of all requests of a patient.
func (s *Server) listLabs(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var l tested
	err = v.read(append(b.ofPatient(v, patient), l.ofPatient(v, patient), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	return shown(http.StatusOK, views.LabsPage(views.Labs{Page: v.page("patients"), Banner: v.banner(p, b, species), Panel: v.labView(p.PatientRow, l, true)})), nil
}

// labForms are the forms of the page of a request as they were sent, their zero values for none.
type labForms struct {
	cancel views.ReasonForm
	seen   id.ID // the report that was acknowledged
	see    views.SeeForm
}

// showLab is one request with what came of it.
func (s *Server) showLab(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.labPage(http.StatusOK, row, labForms{})
}

func (v *visit) labPage(status int, row id.ID, sent labForms) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var l labs.Lab
	var all []labs.Lab
	var p registry.PatientView
	var b beside
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = labs.OpenLab(ctx, tx, v.keys, row); err != nil {
			return err
		}
		return db.Together(ctx, tx, append(b.ofPatient(v, l.Patient),
			func(ctx context.Context, tx *db.Tx) (err error) {
				p, err = registry.OpenPatient(ctx, tx, v.keys, l.Patient)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = labs.OfPatient(ctx, tx, v.keys, l.Patient)
				return err
			},
		)...)
	})
	if err != nil {
		return answer{}, err
	}
	view := v.requestView(l)
	view.Page, view.Banner = v.page("patients"), v.banner(p, b, species)
	for _, r := range slices.Backward(l.Reports) {
		one := v.reportView(l, r, all, p.Called())
		if v.may(access.LabAcknowledge) && r.Stands() && r.Seen == nil {
			one.See = &views.SeeForm{}
			if sent.seen == r.ID {
				one.See = &sent.see
			}
			one.See.Page, one.See.Action = view.Page, "/lab-reports/"+r.ID.String()+"/acknowledgement"
			one.See.Of, one.See.Name = one.Heading, noteField(r.ID)
			if v.partial && sent.seen == r.ID {
				v.record(audit.Entry{Action: audit.Opened, Object: "lab-request", ObjectID: row, IDs: []id.ID{l.Patient}})
				return shown(status, views.SeeFormPart(*one.See)), nil
			}
		}
		view.Reports = append(view.Reports, one)
	}
	if l.State == labs.Open && v.may(access.LabRequest) {
		form := sent.cancel
		form.Page, form.Action, form.Heading, form.Button, form.Label = view.Page, "/labs/"+row.String()+"/cancellation", "No longer wanted", "Cancel this request", "Why"
		form.Line = "The request stays, and takes no result. What was charged for it is taken off at check-out."
		view.CancelForm = &form
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "lab-request", ObjectID: row, IDs: []id.ID{l.Patient}})
	if v.partial && view.CancelForm != nil && status != http.StatusOK {
		return shown(status, views.ReasonFormPart(*view.CancelForm)), nil
	}
	return shown(status, views.LabPage(view)), nil
}

// requestView is a request without its reports.
func (v *visit) requestView(l labs.Lab) views.Lab {
	view := views.Lab{Title: l.Title(), State: labState(l.RequestRow), Urgent: l.Urgent && l.State == labs.Open, Back: "/patients/" + l.Patient.String() + "/labs"}
	add := func(label, value string) {
		if value != "" {
			view.Facts = append(view.Facts, views.Total{Label: label, Value: value})
		}
	}
	add("By", v.policy.Name(l.By))
	add("When", sentence(v.moment(l.At)))
	add("Sample", l.Sample)
	if add("Lab", l.Lab); l.Lab == "" {
		add("Lab", "In house")
	}
	if l.Urgent {
		add("Priority", "Urgent")
	}
	add("To be known", l.Why)
	if !l.Visit.IsZero() {
		add("Within", "A visit")
	}
	if l.State == labs.Cancelled {
		view.Cancelled = v.policy.Name(l.Cancellation.By) + ", " + v.moment(l.Cancellation.At) + ": " + l.Cancellation.Reason
	} else if v.may(access.LabResult) {
		view.ResultHref = "/labs/" + l.ID.String() + "/results/new"
	}
	return view
}

func (v *visit) reportView(l labs.Lab, r labs.ReportRow, all []labs.Lab, called string) views.LabReport {
	one := views.LabReport{
		ID: r.ID.String(), Heading: v.foundOn(r.At), At: machine(r.At), Entered: "Written down by " + v.policy.Name(r.RecordedBy) + ", " + v.moment(r.RecordedAt),
		Findings: paragraphs(r.Findings),
	}
	if !r.Corrects.IsZero() {
		one.Corrects = r.Reason
	}
	if by := l.Report(r.CorrectedBy); by != nil {
		one.Until = ", until it was corrected " + v.moment(by.RecordedAt)
		one.Corrected = "Corrected by " + v.policy.Name(by.RecordedBy) + ", " + v.moment(by.RecordedAt) + ": " + by.Reason
	} else if v.may(access.LabResult) && l.State != labs.Cancelled {
		one.CorrectHref = "/lab-reports/" + r.ID.String() + "/correction"
	}
	if r.Seen != nil {
		one.Seen, one.Note = "Read by "+v.policy.Name(r.Seen.By)+", "+v.moment(r.Seen.At), r.Seen.Note
	}
	for _, value := range r.Values {
		line := views.LabValue{Name: value.Name, Value: v.labNumber(value.Shown()), Unit: value.Unit, Range: v.labRange(value.Low, value.High, value.Places), Flag: flagWords[value.Flag]}
		if r.Stands() {
			v.addTrend(&line, labs.Trend(all, value.Test, value.Unit), r.ID, called)
		}
		one.Values = append(one.Values, line)
	}
	return one
}

func (s *Server) createLabCancellation(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var l labs.RequestRow
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = labs.Cancel(ctx, tx, v.keys, row, v.field("reason"))
		return err
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.labPage(http.StatusUnprocessableEntity, row, labForms{cancel: views.ReasonForm{Reason: v.field("reason"), Mistakes: mistakes(bad)}})
	case err != nil:
		return answer{}, err
	}
	v.say("Request cancelled.")
	return goTo("/patients/" + l.Patient.String()), nil
}

// noteField is the name of what is noted of a report.
func noteField(report id.ID) string { return "note-" + report.String() }

// createAcknowledgement says that this person has read a result, which stands for good.
func (s *Server) createAcknowledgement(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var request id.ID
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		request, err = labs.Acknowledge(ctx, tx, v.keys, row, v.field(noteField(row)))
		return err
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		for i := range bad {
			bad[i].Name = noteField(row)
		}
		return v.labPage(http.StatusUnprocessableEntity, request, labForms{seen: row, see: views.SeeForm{Note: v.field(noteField(row)), Mistakes: mistakes(bad)}})
	case errors.Is(err, labs.ErrSeen):
		v.say("It was acknowledged already.")
		return goTo("/labs/" + request.String()), nil
	case err != nil:
		return answer{}, err
	}
	v.say("Result acknowledged.")
	return goTo("/labs/" + request.String()), nil
}
