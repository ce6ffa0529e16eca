package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// scopeWords are which of a series an act is about.
var scopeWords = []ui.Option{
	{Value: string(scheduling.OnlyThis), Label: "Only this one"},
	{Value: string(scheduling.Following), Label: "This and those after it"},
	{Value: string(scheduling.All), Label: "All that are still to come"},
}

// newCancellation shows the form that calls a visit off.
func (s *Server) newCancellation(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.cancellationPage(http.StatusOK, row, views.Cancellation{ID: id.New().String(), Scope: string(scheduling.OnlyThis), ByWhom: scheduling.ByClient}, nil)
}

// createCancellation calls a visit off, or says that nobody came.
func (s *Server) createCancellation(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	seen, err := v.lastSeen()
	if err != nil {
		return answer{}, err
	}
	said := "Called off."
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if v.field("act") == "no_show" {
			said = "Recorded that nobody came."
			return scheduling.NoShow(ctx, tx, v.desk(), row, appointment, seen)
		}
		scope := scheduling.Scope(v.field("scope"))
		if scope == "" || scope == scheduling.OnlyThis {
			return scheduling.Cancel(ctx, tx, v.desk(), row, appointment, seen, v.field("by_whom"), v.field("reason"))
		}
		n, err := scheduling.CancelSeries(ctx, tx, v.desk(), row, appointment, seen, v.field("by_whom"), v.field("reason"), scope)
		if n > 1 {
			said = "Called off " + strconv.Itoa(n) + " bookings."
		}
		return err
	})
	typed := views.Cancellation{ID: row.String(), Seen: v.field("seen"), ByWhom: v.field("by_whom"), Reason: v.field("reason"), Scope: v.field("scope")}
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.cancellationPage(http.StatusUnprocessableEntity, appointment, typed, renamed(bad, map[string]string{"by": "by_whom", "why": "reason"}))
	case errors.Is(err, scheduling.ErrUnresolved):
		unresolved, _ := conflictIn(err)
		return v.cancellationPage(http.StatusConflict, appointment, typed, fault.Fields{{Message: unresolved}})
	case err != nil && !errors.Is(err, scheduling.ErrAlreadyThere):
		return answer{}, err
	}
	v.say(said)
	return goTo(v.backTo(v.field("back"))), nil
}

// cancellationPage shows the form as typed, about the appointment as it is now.
func (v *visit) cancellationPage(status int, appointment id.ID, view views.Cancellation, bad fault.Fields) (answer, error) {
	var card scheduling.Card
	var settings scheduling.SettingsRow
	var charges []billing.ChargeRow
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if v.may(access.BillRead) {
				charges, err = billing.ChargesOfVisit(ctx, tx, v.keys, appointment)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			card, err = scheduling.OpenCard(ctx, tx, v.desk(), appointment)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = scheduling.OpenSettings(ctx, tx)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "appointment", ObjectID: appointment, IDs: []id.ID{card.PatientID}})
	view.Page, view.Action, view.Mistakes = v.page("today"), "/appointments/"+appointment.String()+"/cancellation", mistakes(bad)
	view.Name, view.Left = card.Patient.Called(), card.InBuilding()
	view.What = join(called(card.Appointment), v.aheadLine(card.Appointment))
	view.Cancel = v.dayHref(card.Day, dayView)
	for _, c := range charges {
		if c.State == billing.Open {
			view.Open, view.BillHref = append(view.Open, c.Name), checkoutPath(appointment)
		}
	}
	if view.Seen == "" && !card.LastMove.IsZero() {
		view.Seen = card.LastMove.String()
	}
	if !card.Series.IsZero() {
		view.Scopes = scopeWords
	}
	if card.Ahead() {
		from := card.StartsAt.Add(time.Duration(settings.NoShowGrace) * time.Minute)
		if view.NoShow = !v.now().Before(from); !view.NoShow {
			view.NoShowFrom = v.moment(from)
		}
	}
	if v.partial {
		return shown(status, views.CancellationPart(view)), nil
	}
	return shown(status, views.CancellationPage(view)), nil
}

// called is the animal with its owner's surname, as a card says it.
func called(a scheduling.Appointment) string {
	if s := a.Client.Surname(); s != "" {
		return a.Patient.Called() + " " + s
	}
	return a.Patient.Called()
}
