package web

import (
	"context"
	"errors"
	"net/http"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
)

const screensPath = "/wall-screens"

func (s *Server) listScreens(v *visit) (answer, error) {
	return v.showScreens(http.StatusOK, id.New(), "", nil)
}

// showScreens is the list with the form for one more.
func (v *visit) showScreens(status int, row id.ID, name string, bad fault.Fields) (answer, error) {
	var list []identity.WallScreen
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.WallScreens(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view := views.WallScreens{Page: v.page("practice"), ID: row.String(), Name: name, Mistakes: mistakes(bad)}
	var seen []id.ID
	for _, w := range list {
		seen = append(seen, w.ID)
		view.Rows = append(view.Rows, v.screenRow(w))
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "wall-screen", IDs: seen})
	return shown(status, views.WallScreensPage(view)), nil
}

func (v *visit) screenRow(w identity.WallScreen) views.WallScreen {
	row := views.WallScreen{Name: w.Name, By: v.policy.Name(w.MadeBy) + ", " + v.day(w.MadeAt)}
	switch {
	case !w.EndedAt.IsZero():
		row.Status, row.State = "done", "Ended "+v.moment(w.EndedAt)
		return row
	case !w.OpenedAt.IsZero():
		row.Status, row.State = "ready", "Open since "+v.moment(w.OpenedAt)
	case w.Waits(v.now()):
		row.Status, row.State, row.Href = "waiting", "Waits for its code", screensPath+"/"+w.ID.String()
	default:
		row.Status, row.State = "late", "Its code is too old"
	}
	row.EndAction = screensPath + "/" + w.ID.String() + "/ending"
	return row
}

func (s *Server) createScreen(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.AddWallScreen(ctx, tx, v.keys, row, v.field("name"))
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		return v.showScreens(http.StatusUnprocessableEntity, row, v.field("name"), bad)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(screensPath + "/" + row.String()), nil
}

// showScreen shows how to open a new screen, for as long as it can be opened.
func (s *Server) showScreen(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var w identity.WallScreen
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = identity.OpenWallScreen(ctx, tx, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if !w.Waits(v.now()) {
		return goTo(screensPath), nil
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "wall-screen", ObjectID: row})
	code := w.Code(v.keys)
	return shown(http.StatusOK, views.WallScreenPage(views.NewWallScreen{
		Page: v.page("practice"), Name: w.Name, Address: v.r.Host + "/wall/" + code, Href: "/wall/" + code,
		Until: v.minute(w.MadeAt.Add(identity.WallCodeLife)), EndAction: screensPath + "/" + row.String() + "/ending",
	})), nil
}

func (s *Server) createScreenEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.EndWallScreen(ctx, tx, v.keys, row)
	})
	if err != nil {
		return answer{}, err
	}
	v.say("The screen is ended. It shows nothing within a minute.")
	return goTo(screensPath), nil
}
