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
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

// stateWords are the states that a patient may come to without having died, as people say them.
var stateWords = map[string]string{
	registry.Active: "With us again", registry.Inactive: "Not coming at present", registry.Transferred: "Left us",
}

var mannerWords = map[string]string{registry.Died: "Died", registry.Euthanasia: "Put to sleep"}

var remainsWords = map[string]string{
	"home": "home with the owner", "ashes": "cremation, ashes come back", "cremation": "cremation", "clinic": "with us for now",
}

// state is what a banner says of a patient that is not simply active.
func (v *visit) state(p registry.PatientView) string {
	switch {
	case p.Status == registry.Active:
		return ""
	case p.Status != registry.Deceased:
		return stateWords[p.Status]
	case p.MovedOn.IsZero():
		return "Day not known"
	}
	return p.MovedOn.Format(dayForm)
}

// stateOf is a patient with what became of it.
type stateOf struct {
	patient registry.PatientView
	moves   []registry.MoveRow
	beside  beside
	species map[string]string
}

// seen is the last move, as its forms name it.
func (s stateOf) seen() string {
	if len(s.moves) == 0 {
		return ""
	}
	return s.moves[0].ID.String()
}

func (v *visit) openState(row id.ID) (s stateOf, err error) {
	if s.species, err = v.s.species(v); err != nil {
		return s, err
	}
	err = v.read(append(s.beside.ofPatient(v, row),
		func(ctx context.Context, tx *db.Tx) (err error) {
			s.patient, err = registry.OpenPatient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			s.moves, err = registry.Moves(ctx, tx, v.keys, row)
			return err
		},
	)...)
	if err == nil {
		v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row})
	}
	return s, err
}

// statusView is the page with empty forms, each with the id of what it makes.
func (v *visit) statusView(s stateOf) views.Status {
	p := s.patient
	view := views.Status{Page: v.page("patients"), Banner: v.banner(p, s.beside, s.species), Name: p.Called(), Moves: v.moveLines(s.moves)}
	path := "/patients/" + p.ID.String()
	if p.Status == registry.Deceased {
		view.Revival = &views.RevivalForm{Page: view.Page, ID: id.New().String(), Seen: s.seen(), Name: view.Name}
		if v.may(access.PatientRevive) {
			view.Revival.Action = path + "/revival"
		} else {
			view.Revival.Needs = needs(v.policy.Holders(access.PatientRevive))
		}
		return view
	}
	view.Death = &views.DeathForm{Page: view.Page, Action: path + "/status", ID: id.New().String(), Seen: s.seen(), Name: view.Name}
	view.Leaving = &views.LeavingForm{Page: view.Page, Action: path + "/status", ID: id.New().String(), Seen: s.seen(), Name: view.Name}
	view.Leaving.Heading = "Left us"
	if p.Status != registry.Active {
		view.Leaving.Heading = "Comes again, or left us"
	}
	for _, to := range []string{registry.Active, registry.Inactive, registry.Transferred} {
		if to != p.Status {
			view.Leaving.Choices = append(view.Leaving.Choices, ui.Option{Value: to, Label: stateWords[to]})
		}
	}
	return view
}

// moveLines are the moves in words.
func (v *visit) moveLines(moves []registry.MoveRow) []views.MoveLine {
	var out []views.MoveLine
	for _, m := range moves {
		line := views.MoveLine{What: stateWords[m.To], On: "day not known", Words: m.Words, By: v.policy.Name(m.By) + ", " + v.moment(m.At)}
		if !m.On.IsZero() {
			line.On = m.On.Format(dayForm)
		}
		switch {
		case m.To == registry.Deceased:
			line.What, line.Facts = "Died", sentence(join(strings.ToLower(mannerWords[m.Manner]), remainsWords[m.Remains]))
			if m.Manner == registry.Died { // said already
				line.Facts = sentence(remainsWords[m.Remains])
			}
		case m.From == registry.Deceased:
			line.What, line.On = "Death taken back", v.day(m.At)
		}
		out = append(out, line)
	}
	return out
}

func (s *Server) showStatus(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	state, err := v.openState(row)
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.StatusPage(v.statusView(state))), nil
}

// lastSeen is the move the form's page showed last, zero for none.
func (v *visit) lastSeen() (id.ID, error) {
	if v.field("seen") == "" {
		return id.ID{}, nil
	}
	return rowOf(v.field("seen"))
}

// typedMove is the form as it was sent: that of a death, or the other.
func (v *visit) typedMove() registry.MoveForm {
	if v.field("to") == registry.Deceased {
		return registry.MoveForm{To: registry.Deceased, On: v.field("on"), Manner: v.field("manner"), Remains: v.field("remains"), Words: v.field("words")}
	}
	return registry.MoveForm{To: v.field("to"), On: v.field("since"), Words: v.field("reason")}
}

// createMove brings a patient into another state.
func (s *Server) createMove(v *visit) (answer, error) {
	patient, row, seen, err := v.moveRows()
	if err != nil {
		return answer{}, err
	}
	m, bad := v.typedMove().Parse(v.now())
	if len(bad) > 0 {
		return v.mistakenMove(patient, row, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, v.keys, row, patient, seen, m)
	})
	if errors.As(err, &bad) {
		return v.mistakenMove(patient, row, bad)
	}
	return v.moved(patient, row, err)
}

// createRevival takes back that a patient died.
func (s *Server) createRevival(v *visit) (answer, error) {
	patient, row, seen, err := v.moveRows()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.Revive(ctx, tx, v.keys, row, patient, seen, v.field("reason"))
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		return v.mistakenMove(patient, row, bad)
	}
	return v.moved(patient, row, err)
}

// moveRows are the rows a move speaks of: whose it is, its own, and the last one its page showed.
func (v *visit) moveRows() (patient, row, seen id.ID, err error) {
	if patient, err = v.row(); err != nil {
		return patient, row, seen, err
	}
	if row, err = v.newRow(); err != nil {
		return patient, row, seen, err
	}
	seen, err = v.lastSeen()
	return patient, row, seen, err
}

// moved answers an attempted move. Where somebody was faster, a plain form comes back with its words and
// how things stand now; htmx leaves it on the page.
func (v *visit) moved(patient, row id.ID, err error) (answer, error) {
	switch {
	case errors.Is(err, registry.ErrMoved) && !v.partial:
		a, err := v.mistakenMove(patient, row, fault.Fields{{Message: registry.ErrMoved.Error() + " See how it stands now, and send this again if it is still right"}})
		a.status = http.StatusConflict
		return a, err
	case err != nil && !errors.Is(err, registry.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Recorded.")
	return goTo("/patients/" + patient.String()), nil
}

// mistakenMove shows the form that was sent again, in its page as things stand now.
func (v *visit) mistakenMove(patient, row id.ID, bad fault.Fields) (answer, error) {
	s, err := v.openState(patient)
	if err != nil {
		return answer{}, err
	}
	view, seen := v.statusView(s), v.field("seen")
	if !v.partial && bad.Message("") != "" {
		seen = s.seen() // the page shows it
	}
	switch {
	case v.route.needs == access.PatientRevive && view.Revival != nil:
		f := view.Revival
		f.ID, f.Seen, f.Reason, f.Mistakes = row.String(), seen, v.field("reason"), mistakes(bad)
		if v.partial {
			return shown(http.StatusUnprocessableEntity, views.RevivalFormPart(*f)), nil
		}
	case v.field("to") == registry.Deceased && view.Death != nil:
		f := view.Death
		f.ID, f.Seen, f.Mistakes = row.String(), seen, mistakes(bad)
		f.On, f.Manner, f.Remains, f.Words = v.field("on"), v.field("manner"), v.field("remains"), v.field("words")
		if v.partial {
			return shown(http.StatusUnprocessableEntity, views.DeathFormPart(*f)), nil
		}
	case view.Leaving != nil:
		f := view.Leaving
		f.ID, f.Seen, f.Mistakes = row.String(), seen, mistakes(leavingNames(bad))
		f.To, f.Since, f.Reason = v.field("to"), v.field("since"), v.field("reason")
		if v.partial {
			return shown(http.StatusUnprocessableEntity, views.LeavingFormPart(*f)), nil
		}
	default:
		return answer{}, registry.ErrMoved
	}
	return shown(http.StatusUnprocessableEntity, views.StatusPage(view)), nil
}

// leavingNames are the mistakes under the names that the second form's inputs have.
func leavingNames(bad fault.Fields) fault.Fields {
	names := map[string]string{"on": "since", "words": "reason"}
	out := make(fault.Fields, len(bad))
	for i, m := range bad {
		out[i] = m
		if other := names[m.Name]; other != "" {
			out[i].Name = other
		}
	}
	return out
}

// aged is how old an animal became, where day of death and birth are known.
func aged(p registry.PatientView) string {
	if p.MovedOn.IsZero() {
		return ""
	}
	return registry.Age(p.Born, p.MovedOn.In(time.UTC))
}
