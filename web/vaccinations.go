package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/views"
	"paddock/views/ui"
)

// dues is what pages about one animal read to say what is due.
type dues struct {
	heads vaccines.Heads
	from  practice.Letterhead
}

// ofPatient reads it beside whatever else a page reads. Nothing clinical is selected.
func (d *dues) ofPatient(v *visit, patient id.ID) []func(ctx context.Context, tx *db.Tx) error {
	return append(vaccines.LoadHeads(&d.heads, patient), practice.Loading(&d.from, v.keys))
}

// dueWords are the states of what is due.
var dueWords = map[string]views.DocumentState{
	vaccines.Overdue: {Status: "late", Icon: "warn", Word: "Overdue"}, vaccines.Soon: {Status: "waiting", Icon: "clock", Word: "Due soon"},
	vaccines.Current: {Status: "ready", Icon: "check", Word: "Up to date"},
}

// duePanel is what is due for an animal, in words; reasons are why days were set by hand, nil for none read.
func (v *visit) duePanel(p registry.PatientRow, d dues, reasons map[id.ID]string) views.VaccinationPanel {
	path := "/patients/" + p.ID.String() + "/vaccinations"
	view := views.VaccinationPanel{Href: path, Empty: "No vaccination is known."}
	if len(d.heads.Doses) > 0 {
		view.Empty = "Nothing is due by the doses that are known."
	}
	if p.Status == registry.Deceased {
		view.Empty = "Nothing is due."
		return view
	}
	if v.may(access.VaccinationWrite) {
		view.AddHref = path + "/new"
	}
	for _, l := range d.heads.Due(p, d.from.Rules(v.clinic.Country()), v.today()) {
		state := dueWords[l.State(v.today())]
		line := views.DueLine{
			Disease: vaccines.DiseaseName(l.Protects), Status: state.Status, Icon: state.Icon, Word: state.Word, Due: "Due " + dated(l.Due), At: l.Due.Format(time.DateOnly),
			When: awayFrom(v.today(), l.Due), Because: l.Because, Source: l.Source, Last: "No dose is known",
		}
		if !l.Last.On.IsZero() {
			line.Last = "Last given " + dated(l.Last.On)
			if l.Last.Historical {
				line.Last += ", elsewhere"
			}
		}
		if l.From.After(v.today()) {
			line.From = "Protects from " + dated(l.From)
		}
		if l.Set != nil {
			line.Set = join("By "+v.policy.Name(l.Set.By)+" on "+v.day(l.Set.At), reasons[l.Set.ID])
		}
		view.Lines = append(view.Lines, line)
	}
	return view
}

// awayFrom says how far away a day is: "today", "in 3 weeks", "4 months ago".
func awayFrom(today, day time.Time) string {
	days := int(day.Sub(today) / (24 * time.Hour))
	if days == 0 {
		return "today"
	}
	n := max(days, -days)
	var words string
	switch {
	case n < 21:
		words = countOf(n, "day", "days")
	case n < 90:
		words = countOf((n+3)/7, "week", "weeks")
	case n < 730:
		words = countOf((n*12+182)/365, "month", "months")
	default:
		words = countOf((n+182)/365, "year", "years")
	}
	if days < 0 {
		return words + " ago"
	}
	return "in " + words
}

func against(codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = vaccines.DiseaseName(c)
	}
	return strings.Join(names, ", ")
}

// listVaccinations is the page of an animal's doses and what is due.
func (s *Server) listVaccinations(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.vaccinationsPage(http.StatusOK, patient, views.DueForm{ID: id.New().String()})
}

func (v *visit) vaccinationsPage(status int, patient id.ID, form views.DueForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var d dues
	var doses []vaccines.DoseRow
	var certificates []vaccines.CertificateRow
	var reasons map[id.ID]string
	do := append(b.ofPatient(v, patient), d.ofPatient(v, patient)...)
	do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})
	if v.readsNotes() {
		do = append(do,
			func(ctx context.Context, tx *db.Tx) (err error) {
				doses, err = vaccines.Doses(ctx, tx, v.keys, patient)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				certificates, err = vaccines.Certificates(ctx, tx, patient)
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				reasons, err = vaccines.DueReasons(ctx, tx, v.keys, patient)
				return err
			},
		)
	}
	if err := v.read(do...); err != nil {
		return answer{}, err
	}
	view := views.Vaccinations{Page: v.page("patients"), Banner: v.banner(p, b, species), Due: v.duePanel(p.PatientRow, d, reasons), Closed: !v.readsNotes()}
	for _, one := range doses {
		view.Doses = append(view.Doses, v.doseLine(one, vaccines.LastOver(certificates, one.ID)))
	}
	if v.may(access.VaccinationWrite) && p.Status != registry.Deceased {
		form.Page, form.Action, form.Diseases = v.page("patients"), "/patients/"+patient.String()+"/dues", diseaseOptions()
		view.Set = &form
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	if v.partial && view.Set != nil && status != http.StatusOK {
		return shown(status, views.DueFormPart(*view.Set)), nil
	}
	return shown(status, views.VaccinationsPage(view)), nil
}

func (v *visit) doseLine(d vaccines.DoseRow, c *vaccines.CertificateRow) views.DoseLine {
	line := views.DoseLine{Href: "/vaccinations/" + d.ID.String(), Product: d.Name, Against: against(d.Protects), Day: dated(d.On), At: d.On.Format(time.DateOnly)}
	if d.Historical {
		line.Line = "From elsewhere: " + d.Source
	} else {
		line.Line = join("Lot "+d.Lot, strings.ToLower(d.Site), v.policy.Name(d.Giver))
	}
	if !d.Stands() {
		line.Void = v.voided(d)
	}
	if c != nil {
		line.Certificate, line.CertificateHref, line.CertificateState = c.Serial, "/certificates/"+c.ID.String(), certificateWords[c.State()]
	}
	return line
}

func (v *visit) voided(d vaccines.DoseRow) string {
	return "Entered in error, " + v.policy.Name(d.VoidBy) + ", " + v.day(d.VoidAt) + ": " + d.VoidReason
}

func diseaseOptions() []ui.Option {
	out := []ui.Option{{Value: "", Label: "Choose"}}
	for _, d := range vaccines.Diseases {
		out = append(out, ui.Option{Value: d.Code, Label: d.Name})
	}
	return out
}

func (s *Server) createDue(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	f := views.DueForm{ID: row.String(), Protects: v.field("protects"), Due: v.field("due"), Reason: v.field("reason"), Open: true}
	var bad fault.Fields
	var due time.Time
	if strings.TrimSpace(f.Due) != "" {
		if due, err = parseComing(f.Due, v.today()); err != nil {
			bad.Add("due", err.Error())
		}
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return vaccines.SetDue(ctx, tx, v.keys, row, patient, f.Protects, due, f.Reason, v.today())
		})
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Mistakes = mistakes(bad)
		return v.vaccinationsPage(http.StatusUnprocessableEntity, patient, f)
	case err != nil && !errors.Is(err, vaccines.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Due day set.")
	return goTo("/patients/" + patient.String() + "/vaccinations"), nil
}

// errExpiryOdd says how an expiry is typed.
const errExpiryOdd = misread("Enter when it expires like 06-2027 or 15-Jun-2027")
