package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/identity"
	"paddock/internal/live"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// passWall takes a screen on the wall to its handler. It is no person: whatever session comes along is not
// looked at, and the screen's cookie is looked at nowhere else.
func (v *visit) passWall() (answer, error) {
	var err error
	if v.keys, err = v.s.Vault.Clinic(v.ctx(), v.clinic.Tenant()); err != nil {
		return answer{}, err
	}
	w, ok, err := v.s.Walls.Find(v.ctx(), v.who(), v.wallToken())
	switch {
	case err != nil:
		return answer{}, err
	case !ok:
		// No screen here. Perhaps one elsewhere: asked after the answer is gone.
		if token := v.wallToken(); token != "" {
			v.s.Attempts.Screen(v.clinic.Tenant(), token, v.route.pattern, v.request)
		}
		return v.shut(), nil
	case w.ClinicState != "active":
		return v.shut(), nil
	}
	if err := v.follow(w.ClinicEpoch); err != nil {
		return answer{}, err
	}
	v.wall = w
	return v.route.answer(v)
}

// wallToken is the token of the screen's cookie; of two, a sibling host may have set one, and neither is
// believed.
func (v *visit) wallToken() string {
	cookies := v.r.CookiesNamed(identity.WallCookie)
	if len(cookies) != 1 {
		return ""
	}
	return cookies[0].Value
}

// shut is what a screen that is none, or none any more, gets.
func (v *visit) shut() answer {
	switch {
	case v.route.flags&stream != 0:
		return answer{status: http.StatusUnauthorized}
	case v.partial:
		return shown(http.StatusUnauthorized, views.WallShutPart())
	}
	return shown(http.StatusUnauthorized, views.WallShutPage(v.wallPage()))
}

// wallPage is the frame of a screen: no person, no form, no way to anywhere else.
func (v *visit) wallPage() ui.Page {
	return ui.Page{Nonce: v.nonce, Assets: v.s.assets, Clinic: v.clinic.Name()}
}

func (s *Server) showWall(v *visit) (answer, error) {
	view, err := v.wallView()
	if err != nil {
		return answer{}, err
	}
	view.Page.Mark = v.mark()
	return shown(http.StatusOK, views.WallPage(view)), nil
}

func (s *Server) showWallBoard(v *visit) (answer, error) {
	view, err := v.wallView()
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.WallPart(view)), nil
}

func (v *visit) wallView() (views.Wall, error) {
	var b scheduling.WallBoard
	desk := scheduling.Desk{Keys: v.keys, Zone: v.clinic.Zone()}
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = scheduling.Wall(ctx, tx, desk)
		return err
	})
	if err != nil {
		return views.Wall{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "wall", ObjectID: v.wall.ID})
	view := views.Wall{Page: v.wallPage(), Screen: v.wall.Name, Count: b.Count(), At: v.minute(b.Now)}
	for _, l := range []struct {
		status, icon, name string
		cards              []scheduling.WallCard
	}{
		{"waiting", "clock", "Waiting", b.Waiting},
		{"consult", "steth", "In consult", b.Consult},
		{"care", "bed", "In care", b.Care},
		{"ready", "home", "Going home", b.Ready},
	} {
		lane := views.WallLane{Status: l.status, Icon: l.icon, Name: l.name}
		for _, c := range l.cards {
			lane.Cards = append(lane.Cards, wallCard(b, c, l.status == "waiting"))
		}
		view.Lanes = append(view.Lanes, lane)
	}
	return view, nil
}

// wallCard shows how long, coloured by the clinic's limits for those who wait.
func wallCard(b scheduling.WallBoard, c scheduling.WallCard, waits bool) views.WallCard {
	minutes := int(b.Now.Sub(c.Since) / time.Minute)
	card := views.WallCard{Name: c.Name, Species: c.Species, Why: c.Type, Place: c.Place, Urgent: c.Urgent, Wait: minutesOf(minutes)}
	switch {
	case waits && minutes >= b.WaitLong:
		card.Level = "long"
	case waits && minutes >= b.WaitMind:
		card.Level = "mind"
	}
	return card
}

// openWallStream tells a screen that the board changed, and nothing else.
func (s *Server) openWallStream(v *visit) (answer, error) {
	token, now := v.wallToken(), v.wall
	return v.stream(now.ID, []live.Topic{live.Board}, func(ctx context.Context) bool {
		w, ok, err := s.Walls.Find(ctx, v.as(actor.Session), token)
		return err == nil && ok && w == now
	})
}

// newWall asks whether this browser is to become the screen a code is for. To ask changes nothing: an
// address may be fetched by what only looks at it.
func (s *Server) newWall(v *visit) (answer, error) { return v.welcomeWall(http.StatusOK, "") }

func (v *visit) welcomeWall(status int, problem string) (answer, error) {
	code := v.r.PathValue("code")
	name, err := v.s.Walls.Greet(v.ctx(), v.who(), v.keys, code)
	if errors.Is(err, identity.ErrCodeOver) {
		return v.problem(http.StatusNotFound, identity.ErrCodeOver.Error(), ""), nil
	}
	if err != nil {
		return answer{}, err
	}
	return shown(status, views.WallWelcomePage(views.WallWelcome{Page: v.page(""), Action: "/wall/" + url.PathEscape(code), Name: name, Problem: problem})), nil
}

func (s *Server) createWall(v *visit) (answer, error) {
	if !v.ownForm() {
		return v.welcomeWall(http.StatusForbidden, "The page was open for a while. Press the button again.")
	}
	err := s.Walls.Open(v.ctx(), v.w, v.who(), v.keys, v.r.PathValue("code"))
	if errors.Is(err, identity.ErrCodeOver) {
		return v.problem(http.StatusNotFound, identity.ErrCodeOver.Error(), ""), nil
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/wall"), nil
}
