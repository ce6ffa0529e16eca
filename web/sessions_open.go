package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
	"paddock/views/ui"
)

const (
	sessionsPath = "/sessions"
	signedInPath = "/signed-in"
)

// listSessions shows where one is signed in.
func (s *Server) listSessions(v *visit) (answer, error) {
	list, err := v.sessionsOf(v.current.Person.ID)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "session", ObjectID: v.current.Person.ID, IDs: idsOf(list)})
	view := views.Sessions{Page: v.page(""), Title: "Where you are signed in", Own: true}
	if len(list) > 1 {
		view.EndAll, view.EndAllWord = sessionsPath+"/ending", "End all the others"
	}
	view.People = []views.SessionsOf{v.sessionsView(list, func(o identity.OpenSession) string { return sessionsPath + "/" + o.ID.String() + "/ending" })}
	return shown(http.StatusOK, views.SessionsPage(view)), nil
}

func (v *visit) sessionsOf(person id.ID) (list []identity.OpenSession, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.SessionsOf(ctx, tx, v.keys, person)
		return err
	})
	return list, err
}

func idsOf(list []identity.OpenSession) []id.ID {
	ids := make([]id.ID, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	return ids
}

func (v *visit) sessionsView(list []identity.OpenSession, action func(o identity.OpenSession) string) (out views.SessionsOf) {
	for _, o := range list {
		row := views.Session{
			Device: o.Origin.Device, Address: o.Origin.Address, Began: v.moment(o.Began),
			Seen: v.ago(o.LastSeen), Ends: v.moment(o.Ends), Locked: o.Locked, Here: o.ID == v.current.ID, EndAction: action(o),
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// ago is how long since an instant, in words; it is known to the minute.
func (v *visit) ago(at time.Time) string {
	switch passed := v.s.Clock.Now().Sub(at); {
	case passed < 2*time.Minute:
		return "now"
	case passed < time.Hour:
		return strconv.Itoa(int(passed.Minutes())) + " minutes ago"
	}
	return v.moment(at)
}

// createSessionEnding ends one of one's own sessions: the one at hand by signing out of it.
func (s *Server) createSessionEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if row == v.current.ID {
		return s.endSession(v)
	}
	if err := v.endSessionOf(v.current.Person.ID, row); err != nil {
		return answer{}, err
	}
	v.say("Signed out there.")
	return goTo(sessionsPath), nil
}

func (v *visit) endSessionOf(person, row id.ID) error {
	return v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.EndSession(ctx, tx, v.keys, person, row)
	})
}

// createSessionsEnding ends all of one's own but this one.
func (s *Server) createSessionsEnding(v *visit) (answer, error) {
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.EndOtherSessions(ctx, tx, v.keys, v.current.Person.ID, v.current.ID)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.say("Signed out everywhere else.")
	return goTo(sessionsPath), nil
}

// listSignedIn shows everybody who is signed in.
func (s *Server) listSignedIn(v *visit) (answer, error) {
	var list []identity.OpenSession
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.AllSessions(ctx, tx, v.keys)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "session", IDs: idsOf(list)})
	view := views.Sessions{Page: v.page("practice"), Title: "Signed in", Here: signedInPath}
	of := map[id.ID][]identity.OpenSession{}
	for _, o := range list {
		of[o.Person] = append(of[o.Person], o)
	}
	for _, m := range v.policy.Members() {
		if len(of[m.ID]) > 0 {
			view.People = append(view.People, v.personsView(m.ID, of[m.ID]))
		}
	}
	return shown(http.StatusOK, views.SessionsPage(view)), nil
}

// personsView are the sessions of somebody, as who manages people sees them.
func (v *visit) personsView(person id.ID, list []identity.OpenSession) views.SessionsOf {
	path := personSessions(person)
	one := v.sessionsView(list, func(o identity.OpenSession) string { return path + "/" + o.ID.String() + "/ending" })
	one.Name, one.ID, one.Href, one.EndAll = v.policy.Name(person), person.String(), path, path+"/ending"
	return one
}

func personSessions(person id.ID) string { return "/people/" + person.String() + "/sessions" }

// member is the person of the address.
func (v *visit) member() (identity.Member, error) {
	row, err := v.row()
	if err != nil {
		return identity.Member{}, err
	}
	m, ok := v.policy.Member(row)
	if !ok {
		return identity.Member{}, fault.Missing
	}
	return m, nil
}

// listPersonSessions shows where one person is signed in.
func (s *Server) listPersonSessions(v *visit) (answer, error) {
	m, err := v.member()
	if err != nil {
		return answer{}, err
	}
	list, err := v.sessionsOf(m.ID)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "session", ObjectID: m.ID, IDs: idsOf(list)})
	one := v.personsView(m.ID, list)
	view := views.Sessions{Page: v.page("practice"), Title: "Where " + m.Name + " is signed in", Back: signedInPath, People: []views.SessionsOf{one}}
	if len(list) > 0 {
		view.EndAll, view.EndAllWord = one.EndAll, "End all of them"
	}
	one.Name, one.EndAll = "", ""
	view.People[0] = one
	if v.mayOpen("GET /people/{id}") {
		view.Back = "/people/" + m.ID.String()
	}
	return shown(http.StatusOK, views.SessionsPage(view)), nil
}

// createPersonSessionEnding ends one session of a person.
func (s *Server) createPersonSessionEnding(v *visit) (answer, error) {
	m, err := v.member()
	if err != nil {
		return answer{}, err
	}
	row, err := rowOf(v.r.PathValue("session"))
	if err != nil {
		return answer{}, err
	}
	if err := v.endSessionOf(m.ID, row); err != nil {
		return answer{}, err
	}
	v.say("The session is ended.")
	return goTo(personSessions(m.ID)), nil
}

// createPersonSessionsEnding signs a person out everywhere.
func (s *Server) createPersonSessionsEnding(v *visit) (answer, error) {
	m, err := v.member()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.EndPersonSessions(ctx, tx, v.keys, m.ID)
	})
	if err != nil {
		return answer{}, err
	}
	v.say("All their sessions are ended.")
	return goTo(personSessions(m.ID)), nil
}

// showStay tells a page how long its session goes on. It is asked by the page itself and counts as nobody's work.
func (s *Server) showStay(v *visit) (answer, error) { return v.stayPart() }

// createStay is somebody's word, or their hand at the page, that they are still there.
func (s *Server) createStay(v *visit) (answer, error) { return v.stayPart() }

func (v *visit) stayPart() (answer, error) {
	if !v.partial {
		return goTo("/"), nil
	}
	return shown(http.StatusOK, ui.StayNow(ui.Page{Nonce: v.nonce, CSRF: v.token(), Stay: v.stay()})), nil
}
