package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/views"
)

func reopeningPath(closing id.ID) string { return "/closings/" + closing.String() + "/reopening" }

// askToReopen says who can open a closed day again.
func (v *visit) askToReopen() string {
	who := v.policy.People(access.TillReopen)
	if len(who) == 0 {
		return "It can be opened again by " + needs(v.policy.Holders(access.TillReopen)) + "."
	}
	return "Ask " + strings.Join(who[:min(3, len(who))], " or ") + " to open it again."
}

// tillClosed is the notice above a form that takes money or makes a document, nil while the till of today is open.
func (v *visit) tillClosed(closed bool) *views.TillClosed {
	if !closed {
		return nil
	}
	out := &views.TillClosed{Words: "The till of today is closed: it takes no bills and no money."}
	if v.may(access.TillReopen) {
		out.Href = "/till"
	} else {
		out.Ask = v.askToReopen()
	}
	return out
}

// closedMeanwhile is the mistake of a form that met a till that was closed while it was filled in.
func (v *visit) closedMeanwhile() fault.Fields {
	help := v.askToReopen()
	if v.may(access.TillReopen) {
		help = "Open the day again on the page of the till, then send this once more."
	}
	return fault.Fields{{Message: "The till of today is closed, so nothing was taken and nothing issued. " + help}}
}

// readClosed reads whether the till of today is closed.
func (v *visit) readClosed(closed *bool) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		*closed, err = billing.DayClosed(ctx, tx, v.today())
		return err
	}
}

// openClosing reads the closing of the path with the till of its day.
func (v *visit) openClosing() (c billing.Closing, t billing.Till, s billing.Settings, err error) {
	row, err := v.row()
	if err != nil {
		return c, t, s, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = billing.OpenClosing(ctx, tx, v.keys, row); err != nil {
			return err
		}
		if t, err = billing.OpenTill(ctx, tx, v.keys, c.Day); err != nil {
			return err
		}
		s, err = billing.LoadSettings(ctx, tx)
		return err
	})
	return c, t, s, err
}

func (s *Server) newReopening(v *visit) (answer, error) {
	return v.reopeningPage(http.StatusOK, nil)
}

func (v *visit) reopeningPage(status int, bad fault.Fields) (answer, error) {
	c, t, settings, err := v.openClosing()
	if err != nil {
		return answer{}, err
	}
	if t.Closed == nil || t.Closed.ID != c.ID { // opened again already
		return goTo(tillPath(c.Day)), nil
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "till"})
	f := views.ReopeningForm{
		Page: v.page("bills"), Action: reopeningPath(c.ID), ID: id.New().String(), Day: c.Day.Format(weekdayForm), Back: tillPath(c.Day),
		Line:     "Closed by " + v.policy.Name(c.By) + ", " + v.moment(c.At) + ": " + v.sum(settings.Currency, c.Counted.Total()) + " counted.",
		Mistakes: mistakes(bad),
	}
	if len(bad) > 0 {
		f.ID, f.Reason = v.field("new_id"), v.field("reason")
	}
	if v.partial {
		return shown(status, views.ReopeningPart(f)), nil
	}
	return shown(status, views.ReopeningPage(f)), nil
}

// createReopening opens a closed day again.
func (s *Server) createReopening(v *visit) (answer, error) {
	c, _, _, err := v.openClosing()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return billing.ReopenTill(ctx, tx, v.keys, row, c.ID, v.field("reason"))
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.reopeningPage(http.StatusUnprocessableEntity, bad)
	case errors.Is(err, billing.ErrAlreadyThere) || errors.Is(err, billing.ErrDayOpen): // it is open, as was wanted
	case err != nil:
		return answer{}, err
	}
	v.say("Day opened again. Close it once more when it is right.")
	return goTo(tillPath(c.Day)), nil
}
