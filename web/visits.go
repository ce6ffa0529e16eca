package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// cardRead is one appointment with what its card names.
type cardRead struct {
	scheduling.Card
	resources map[id.ID]scheduling.ResourceRow
	species   map[string]string
	// owes is the client's balance in words, for people who see money.
	owes string
	// open is how many lines of its bill are not resolved.
	open int
}

func (v *visit) openCard(row id.ID) (r cardRead, err error) {
	if r.species, err = v.s.species(v); err != nil {
		return r, err
	}
	var list []scheduling.ResourceRow
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if r.Card, err = scheduling.OpenCard(ctx, tx, v.desk(), row); err != nil {
				return err
			}
			r.owes, err = v.balanceOf(ctx, tx, r.ClientID)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = scheduling.Resources(ctx, tx, v.keys)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.open, err = billing.Unresolved(ctx, tx, row)
			return err
		},
	)
	if err != nil {
		return r, err
	}
	r.resources = byID(list)
	v.record(audit.Entry{Action: audit.Opened, Object: "appointment", ObjectID: row, IDs: []id.ID{r.PatientID}})
	return r, nil
}

// balanceOf is what a client owes in words, "" for people who see no money and where none is set up.
func (v *visit) balanceOf(ctx context.Context, tx *db.Tx, client id.ID) (string, error) {
	if client.IsZero() || !v.may(access.BillRead) {
		return "", nil
	}
	set, err := billing.LoadSettings(ctx, tx)
	if errors.Is(err, billing.ErrNotSetUp) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	balance, err := billing.Balance(ctx, tx, client)
	if err != nil {
		return "", err
	}
	words, _ := v.owing(set.Currency, balance)
	return words, nil
}

// showVisit is the card of an appointment, over the schedule or as a page.
func (s *Server) showVisit(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	r, err := v.openCard(row)
	if err != nil {
		return answer{}, err
	}
	return v.cardAnswer(http.StatusOK, v.cardView(r))
}

func (v *visit) cardAnswer(status int, view views.VisitCard) (answer, error) {
	if v.partial {
		return shown(status, views.VisitCardPart(view)), nil
	}
	return shown(status, views.VisitPage(view)), nil
}

// back is the page of a day that a form or a card of it leads back to, its zero value for none.
func (v *visit) back() (d shownDay, known bool) {
	on, view := v.field("on"), v.field("view")
	if v.r.Method == http.MethodGet {
		on, view = v.r.URL.Query().Get("on"), v.r.URL.Query().Get("view")
	}
	return v.shownDay(on, view), on != ""
}

func (v *visit) cardView(r cardRead) views.VisitCard {
	a := r.Appointment
	path := "/appointments/" + a.ID.String()
	view := views.VisitCard{
		Page: v.page("today"), Href: path, When: v.span(a, r.resources), Day: a.Day.Format(weekdayForm), DayHref: v.dayHref(a.Day, dayView),
		Pet: a.Patient.Called(), Surname: a.Client.Surname(), Kind: v.animalLine(r), Type: a.Type.Name, Reason: a.Reason, Over: a.Overbooked,
		Place: r.resources[a.Place].Called, Forward: v.forward(a),
	}
	if d, known := v.back(); known {
		view.Back = d.back()
	}
	view.Status, view.Icon, view.State = v.stateWords(a)
	view.Balance = r.owes
	for _, al := range r.Banner {
		view.Alerts = append(view.Alerts, v.alertLine(al, true))
	}
	if v.may(access.PatientRead) {
		view.PetHref = "/patients/" + a.PatientID.String()
	}
	if v.may(access.ClientRead) {
		view.Owner = a.Client.Name()
		if !a.ClientID.IsZero() {
			view.OwnerHref = "/clients/" + a.ClientID.String()
		}
		if len(a.Client.Phones) > 0 {
			view.Phone, view.Tel = a.Client.Phones[0].Number, dialled(a.Client.Phones[0].Number)
		}
		view.NoShows = times(r.NoShows)
	}
	if a.InBuilding() {
		view.Asks = asksOf(a.Asks)
	}
	v.addActs(&view, r)
	view.Steps = v.stepsOf(r)
	return view
}

// span is "10:30–10:45, Dr Nwosu".
func (v *visit) span(a scheduling.Appointment, resources map[id.ID]scheduling.ResourceRow) string {
	return join(clockOf(a.Start)+"–"+clockOf((a.Start+a.Minutes)%(24*60)), resources[a.With()].Called, resources[a.Room()].Called)
}

// animalLine is "Maine Coon, male, neutered, 9 y 4 m, 6.8 kg".
func (v *visit) animalLine(r cardRead) string {
	p := r.Patient
	parts := []string{cmp.Or(p.Breed, r.species[p.Species])}
	if p.Sex != "" {
		parts = append(parts, strings.ToLower(sexOf(p)))
	}
	if p.Born.Known() && r.Status != registry.Deceased {
		parts = append(parts, registry.Age(p.Born, v.now()))
	}
	if r.Weighed {
		parts = append(parts, v.bannerWeight(r.Weight).Value)
	}
	return join(parts...)
}

// stateWords are the state with how long it has lasted.
func (v *visit) stateWords(a scheduling.Appointment) (status, icon, words string) {
	status, icon, words = v.statusOf(a)
	switch {
	case status == scheduling.StatusLate && a.State != scheduling.NoShowed:
		words += " " + minutesOf(int(v.now().Sub(a.StartsAt).Minutes()))
	case a.State == scheduling.Arrived || a.State == scheduling.Roomed:
		words += " " + minutesOf(int(v.now().Sub(since(a)).Minutes()))
	case a.InBuilding():
		words += " " + minutesOf(int(v.now().Sub(a.Since).Minutes()))
	}
	return status, icon, words
}

var askWords = map[string]string{scheduling.AskPhone: "phone", scheduling.AskWeight: "weight", scheduling.AskAlerts: "alerts"}

func asksOf(asks []string) string {
	var words []string
	for _, a := range asks {
		words = append(words, askWords[a])
	}
	return join(words...)
}

func times(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// stepsOf are what happened to an appointment, the newest first.
func (v *visit) stepsOf(r cardRead) []views.Step {
	booked := "Booked"
	if r.WalkIn {
		booked = "Came in without an appointment"
	}
	out := []views.Step{{What: booked, By: v.policy.Name(r.BookedBy) + ", " + v.moment(r.BookedAt)}}
	for _, m := range r.Moves {
		step := views.Step{What: statusWords[m.To].word, Line: m.Reason, By: v.policy.Name(m.By) + ", " + v.moment(m.At)}
		switch m.ByWhom {
		case scheduling.ByClient:
			step.What += " by the client"
		case scheduling.ByClinic:
			step.What += " by the clinic"
		}
		out = append(out, step)
	}
	slices.Reverse(out)
	return out
}

// moveVisit brings a visit into another state.
func (s *Server) moveVisit(v *visit) (answer, error) {
	appointment, row, seen, err := v.moveRows()
	if err != nil {
		return answer{}, err
	}
	to := v.field("to")
	if _, ok := statusWords[to]; !ok {
		return answer{}, fault.Missing
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if to == scheduling.NoShowed {
			return scheduling.NoShow(ctx, tx, v.desk(), row, appointment, seen)
		}
		return scheduling.MoveTo(ctx, tx, v.desk(), row, appointment, seen, to, "")
	})
	var said *fault.Error
	if errors.As(err, &said) && said.Kind == fault.Forbidden {
		return v.refused(needsFor(to))
	}
	return v.acted(appointment, row, err, true)
}

// undoVisit takes the last move of a visit back.
func (s *Server) undoVisit(v *visit) (answer, error) {
	appointment, row, seen, err := v.moveRows()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return scheduling.Undo(ctx, tx, v.desk(), row, appointment, seen)
	})
	var said *fault.Error
	if errors.As(err, &said) && said.Kind == fault.Forbidden {
		return v.refused(access.VisitTreat)
	}
	return v.acted(appointment, row, err, false)
}

// acted answers an act on a visit: on the page of a day with the parts that changed and what was done, else
// with the visit's own page. undo offers the way back.
func (v *visit) acted(appointment, row id.ID, err error, undo bool) (answer, error) {
	var bad fault.Fields
	var taken *scheduling.Taken
	switch {
	case errors.Is(err, scheduling.ErrMoved), errors.Is(err, scheduling.ErrNotAllowed):
		return v.overtakenVisit(appointment)
	case errors.As(err, &taken):
		return v.problem(http.StatusConflict, "The time is taken by now.", "Book it again at a free one."), nil
	case errors.Is(err, scheduling.ErrUnresolved) && v.may(access.BillRead):
		said, _ := conflictIn(err)
		v.say(said)
		return goTo(checkoutPath(appointment)), nil
	case errors.As(err, &bad):
		return v.problem(http.StatusUnprocessableEntity, bad[0].Message+".", ""), nil
	case err != nil && !errors.Is(err, scheduling.ErrAlreadyThere):
		return answer{}, err
	}
	d, known := v.back()
	if !known {
		v.say("Recorded.")
		return goTo("/appointments/" + appointment.String()), nil
	}
	if !v.partial {
		v.say("Recorded.")
		return goTo(v.dayHref(d.on, d.view)), nil
	}
	r, err := v.openCard(appointment)
	if err != nil {
		return answer{}, err
	}
	said := v.toastOf(r.Patient.Called()+": "+strings.ToLower(statusWords[r.State].word)+".", d)
	if undo && r.LastMove == row && len(r.Moves) > 0 && slices.Contains(r.Next, r.Moves[len(r.Moves)-1].From) {
		said.UndoAction = "/appointments/" + appointment.String() + "/undo"
		said.Fields = []views.Carried{{Name: "new_id", Value: id.New().String()}, {Name: "seen", Value: row.String()}}
	}
	return v.todayParts(d, said)
}

// overtakenVisit says who was faster, with the visit as it is now.
func (v *visit) overtakenVisit(appointment id.ID) (answer, error) {
	r, err := v.openCard(appointment)
	if err != nil {
		return answer{}, err
	}
	told := "This is how it stands now. Nothing was changed."
	if n := len(r.Moves); n > 0 {
		last := r.Moves[n-1]
		who := v.policy.Name(last.By)
		if last.By == v.current.Person.ID {
			who = "You"
		}
		told = who + " recorded “" + statusWords[last.To].word + "” for " + r.Patient.Called() + " " + v.within(last.At) + ". Nothing was changed."
	}
	d, known := v.back()
	if v.partial && known {
		read, err := v.readDay(d)
		if err != nil {
			return answer{}, err
		}
		v.recordDay("schedule", append(read.onBoard(), read.plan.Appointments)...)
		return shown(http.StatusConflict, views.TodayProblem(v.todayView(d, read), views.Problem{Page: v.page(""), Sentence: told})), nil
	}
	view := v.cardView(r)
	view.Told = told
	return v.cardAnswer(http.StatusConflict, view)
}
