package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// stateWords are the states that a patient may come to without having died, as people say them.
var stateWords = map[string]string{
	registry.Active: "With us again", registry.Inactive: "Not coming at present", registry.Transferred: "Left us",
}

// Moves that have words of their own.
const (
	died    = "Died"
	revived = "Death taken back"
)

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
			line.What, line.Facts = died, sentence(join(strings.ToLower(mannerWords[m.Manner]), remainsWords[m.Remains]))
			if m.Manner == registry.Died { // said already
				line.Facts = sentence(remainsWords[m.Remains])
			}
		case m.From == registry.Deceased:
			line.What, line.On = revived, v.day(m.At)
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
	cancelled := 0
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if err := registry.MovePatient(ctx, tx, v.keys, row, patient, seen, m); err != nil || m.To != registry.Deceased {
			return err
		}
		if cancelled, err = scheduling.PatientDied(ctx, tx, v.keys, patient); err != nil {
			return err
		}
		_, err = pharmacy.PatientDied(ctx, tx, v.keys, patient)
		return err
	})
	if errors.As(err, &bad) {
		return v.mistakenMove(patient, row, bad)
	}
	switch {
	case err == nil && cancelled == 1:
		v.say("The visit that was booked is cancelled.")
	case err == nil && cancelled > 1:
		v.say("The " + strconv.Itoa(cancelled) + " visits that were booked are cancelled.")
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

// moved answers an attempted move. Where somebody was faster, what was typed comes back with who that was.
func (v *visit) moved(patient, row id.ID, err error) (answer, error) {
	switch {
	case errors.Is(err, registry.ErrMoved):
		return v.mistakenMove(patient, row, nil)
	case err != nil && !errors.Is(err, registry.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Recorded.")
	return goTo("/patients/" + patient.String()), nil
}

// mistakenMove shows the form that was sent again, in its page as things stand now: with its mistakes, or
// where there are none with who was faster. A form that can be sent no more gives way to a comparison.
func (v *visit) mistakenMove(patient, row id.ID, bad fault.Fields) (answer, error) {
	s, err := v.openState(patient)
	if err != nil {
		return answer{}, err
	}
	view, seen, status := v.statusView(s), v.field("seen"), http.StatusUnprocessableEntity
	if len(bad) == 0 {
		if len(s.moves) == 0 {
			return answer{}, registry.ErrMoved
		}
		last := s.moves[0]
		bad.Add("", v.policy.Name(last.By)+" recorded “"+view.Moves[0].What+"” "+v.within(last.At)+", while you were writing. Send this again if it is still right")
		seen, status = s.seen(), http.StatusConflict // the form says so now
	}
	switch {
	case v.route.needs == access.PatientRevive && view.Revival != nil:
		f := view.Revival
		f.ID, f.Seen, f.Reason, f.Mistakes = row.String(), seen, v.field("reason"), mistakes(bad)
		if v.partial {
			return shown(status, views.RevivalFormPart(*f)), nil
		}
	case v.field("to") == registry.Deceased && view.Death != nil:
		f := view.Death
		f.ID, f.Seen, f.Mistakes = row.String(), seen, mistakes(bad)
		f.On, f.Manner, f.Remains, f.Words = v.field("on"), v.field("manner"), v.field("remains"), v.field("words")
		if v.partial {
			return shown(status, views.DeathFormPart(*f)), nil
		}
	case view.Leaving != nil && v.route.needs != access.PatientRevive:
		f := view.Leaving
		f.ID, f.Seen, f.Mistakes = row.String(), seen, mistakes(leavingNames(bad))
		f.To, f.Since, f.Reason = v.field("to"), v.field("since"), v.field("reason")
		if v.partial {
			return shown(status, views.LeavingFormPart(*f)), nil
		}
	case len(s.moves) == 0:
		return answer{}, registry.ErrMoved
	default:
		return v.overtaken(view, s), nil
	}
	return shown(status, views.StatusPage(view)), nil
}

// overtaken shows what was typed beside what somebody recorded meanwhile.
func (v *visit) overtaken(view views.Status, s stateOf) answer {
	last, mine, theirs := s.moves[0], v.typedLine(), view.Moves[0]
	if mine.Facts != theirs.Facts {
		mine.Facts, theirs.Facts = cmp.Or(mine.Facts, "Not known"), cmp.Or(theirs.Facts, "Not known")
	}
	view.Overtaken = &views.Overtaken{
		Name: view.Name, By: v.policy.Name(last.By), Own: last.By == v.current.Person.ID, At: v.within(last.At),
		Mine: mine, Theirs: theirs, Href: "/patients/" + s.patient.ID.String() + "/status",
	}
	if v.partial {
		return shown(http.StatusConflict, views.OvertakenPart(*view.Overtaken))
	}
	return shown(http.StatusConflict, views.StatusPage(view))
}

// typedLine is the move that was typed, in words.
func (v *visit) typedLine() views.MoveLine {
	switch {
	case v.route.needs == access.PatientRevive:
		return views.MoveLine{What: revived, On: "today", Words: v.field("reason")}
	case v.field("to") == registry.Deceased:
		return views.MoveLine{
			What: died, On: cmp.Or(v.field("on"), "today"), Words: v.field("words"),
			Facts: sentence(join(strings.ToLower(mannerWords[v.field("manner")]), remainsWords[v.field("remains")])),
		}
	}
	return views.MoveLine{What: stateWords[v.field("to")], On: cmp.Or(v.field("since"), "today"), Words: v.field("reason")}
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
