package web

import (
	"cmp"
	"slices"
	"strings"

	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
)

// stepWords are the buttons that bring a visit into a state.
var stepWords = map[string]string{
	scheduling.Booked: "Back to booked", scheduling.Confirmed: "Confirmed", scheduling.Arrived: "Back to waiting", scheduling.Roomed: "Show into a room",
	scheduling.WithVet: "Call in", scheduling.InTreatment: "In care", scheduling.Admitted: "In care, stays", scheduling.Ready: "Going home",
	scheduling.Billed: "Billed", scheduling.Done: "Done, nothing to bill", scheduling.NoShowed: "Did not come",
}

// needsFor is the right it takes to bring a visit into a state, for the page that says who holds it.
func needsFor(to string) access.Permission {
	switch to {
	case scheduling.WithVet, scheduling.InTreatment, scheduling.Admitted, scheduling.Ready:
		return access.VisitTreat
	case scheduling.Billed, scheduling.Done:
		return access.BillWrite
	}
	return access.ScheduleWrite
}

// step is a form that brings a visit into a state.
func (v *visit) step(a scheduling.Appointment, to, label string) views.Act {
	return views.Act{
		Label: label, Action: "/appointments/" + a.ID.String() + "/moves", ID: id.New().String(), Seen: seenOf(a), To: to,
		Named: label + ": " + join2(a.Patient.Called(), a.Client.Surname()),
	}
}

// seenOf is the last move of an appointment, "" for none.
func seenOf(a scheduling.Appointment) string {
	if a.LastMove.IsZero() {
		return ""
	}
	return a.LastMove.String()
}

// forward is the one thing that comes next for a visit, nil where nothing does, or nothing that this person may.
func (v *visit) forward(a scheduling.Appointment) *views.Act {
	var act views.Act
	switch a.State {
	case scheduling.Requested:
		act = v.step(a, scheduling.Booked, "Accept")
	case scheduling.Booked, scheduling.Confirmed:
		if !a.Day.Equal(v.today()) {
			if a.State == scheduling.Confirmed {
				return nil
			}
			act = v.step(a, scheduling.Confirmed, "Confirmed")
			break
		}
		act = views.Act{Label: "Check in", Icon: "check", Key: "i", Href: "/appointments/" + a.ID.String() + "/check-in", Opens: views.OpensBeside}
	case scheduling.Arrived, scheduling.Roomed:
		act = v.step(a, scheduling.WithVet, "Call in")
		act.Icon = "steth"
		if !v.may(access.VisitTreat) {
			if a.State == scheduling.Roomed {
				return nil
			}
			act = v.step(a, scheduling.Roomed, "Show in")
		}
	case scheduling.WithVet, scheduling.InTreatment, scheduling.Admitted:
		act = v.step(a, scheduling.Ready, "Going home")
		act.Icon = "home"
	case scheduling.Ready, scheduling.Billed:
		if !v.may(access.BillWrite) {
			return nil
		}
		return &views.Act{
			Label: "Check out", Icon: "home", Main: true, Href: "/visits/" + a.ID.String() + "/check-out", Named: "Check out " + join2(a.Patient.Called(), a.Client.Surname()),
		}
	default:
		return nil
	}
	if !v.may(cmp.Or(needsOfAct(act), access.ScheduleWrite)) {
		return nil
	}
	return &act
}

func needsOfAct(a views.Act) access.Permission {
	if a.To == "" {
		return access.ScheduleWrite
	}
	return needsFor(a.To)
}

// addActs puts everything onto a card that may be done besides what comes next.
func (v *visit) addActs(view *views.VisitCard, r cardRead) {
	a := r.Appointment
	path := "/appointments/" + a.ID.String()
	if view.Forward != nil {
		view.Forward.Main, view.Forward.Named = true, ""
		if callsIn(view.Forward.To) {
			view.Forward.Key = "c"
		}
	}
	switch a.State {
	case scheduling.Arrived, scheduling.Roomed, scheduling.WithVet, scheduling.InTreatment, scheduling.Admitted:
		if v.may(access.ClinicalWrite) && v.readsNotes() {
			view.Consult = &views.Act{Label: "Start consult", Icon: "note", Action: "/patients/" + a.PatientID.String() + "/consults", ID: id.New().String()}
		}
	}
	if a.Ahead() && v.may(access.ScheduleWrite) {
		view.MoveHref = path + "/time" + backQuery(view.Back)
	}
	for _, to := range r.Next {
		switch {
		case to == scheduling.Moved, to == scheduling.Billed, view.Forward != nil && view.Forward.To == to:
			continue
		case to == scheduling.Cancelled:
			if v.may(access.ScheduleWrite) {
				view.CancelHref = path + "/cancellation"
			}
			continue
		case to == scheduling.Arrived && !a.InBuilding(): // check-in asks for more
			continue
		case to == scheduling.NoShowed && a.StartsAt.After(v.now()):
			continue
		case to == scheduling.Done && r.open > 0: // by the check-out, where something is to be billed
			continue
		}
		if v.may(access.Permission(r.Needs[to])) {
			act := v.step(a, to, stepWords[to])
			view.Others = append(view.Others, act)
		}
	}
	if n := len(r.Moves); n > 0 && slices.Contains(r.Next, r.Moves[n-1].From) && v.may(access.Permission(r.Needs[r.Moves[n-1].From])) {
		undo := v.step(a, "", "Undo: "+strings.ToLower(statusWords[a.State].word))
		undo.Action, undo.Seen = path+"/undo", seenOf(a)
		view.Others = append(view.Others, undo)
	}
	if a.InBuilding() && v.may(access.ScheduleWrite) {
		view.Assign = v.assignForm(r, path)
	}
	if a.InBuilding() && v.may(access.VisitTreat) {
		view.Whereabouts = v.placeForm(r, path)
	}
}

func backQuery(b views.Back) string {
	if b.On == "" {
		return ""
	}
	return "?on=" + b.On + "&view=" + b.View
}
