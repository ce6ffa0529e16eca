package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/identity"
	"paddock/views"
	"paddock/views/ui"
)

const rulesPath = "/sign-in-rules"

// editRules shows how long sessions of the clinic last.
func (s *Server) editRules(v *visit) (answer, error) {
	var row identity.RulesRow
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = identity.OpenRules(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return v.rulesPage(http.StatusOK, views.SignInRules{
		Version: strconv.FormatInt(row.Version, 10), Idle: strconv.Itoa(row.IdleMinutes), Life: strconv.Itoa(row.LifeHours),
	}), nil
}

func (v *visit) rulesPage(status int, view views.SignInRules) answer {
	v.record(audit.Entry{Action: audit.Opened, Object: "sign-in-rules"})
	view.Page = v.page("practice")
	if v.partial {
		return shown(status, views.SignInRulesPart(view))
	}
	return shown(status, views.SignInRulesPage(view))
}

// updateRules saves them.
func (s *Server) updateRules(v *visit) (answer, error) {
	var rules identity.Rules
	var bad fault.Fields
	for _, one := range []struct {
		name string
		into *int
	}{{"idle", &rules.IdleMinutes}, {"life", &rules.LifeHours}} {
		n, err := parseCount(v.field(one.name))
		if err != nil {
			bad.Add(one.name, err.Error())
		}
		*one.into = n
	}
	view := views.SignInRules{Version: v.field("version"), Idle: v.field("idle"), Life: v.field("life")}
	if len(bad) == 0 {
		err := v.write(func(ctx context.Context, tx *db.Tx) error {
			return identity.SaveRules(ctx, tx, v.keys, v.version(), rules)
		})
		var changed *identity.RulesChanged
		switch {
		case errors.As(err, &changed):
			view.Version = strconv.FormatInt(changed.Now.Version, 10)
			view.Changed = "Somebody changed these meanwhile, to " + minutes(changed.Now.IdleMinutes) + " and " + hours(changed.Now.LifeHours) + ". What you entered is below: send it again if it is still right."
			return v.rulesPage(http.StatusConflict, view), nil
		case errors.As(err, &bad):
		case err != nil:
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		view.Mistakes = mistakes(bad)
		return v.rulesPage(http.StatusUnprocessableEntity, view), nil
	}
	v.say("Saved. It holds for everybody from now on.")
	return goTo(rulesPath), nil
}

func minutes(n int) string { return countOf(n, "minute", "minutes") }

func hours(n int) string { return countOf(n, "hour", "hours") }

// warning is how long before a session locks or ends the page says so.
const warning = 2 * time.Minute

// stay is how long this visit's session goes on, and the sentence about it in its last minutes.
func (v *visit) stay() ui.Stay {
	locks, ends := v.s.Sessions.Left(v.current, v.route.flags&quiet == 0)
	seconds := func(d time.Duration) string { return strconv.Itoa(int(max(d, 0).Seconds())) }
	out := ui.Stay{Idle: seconds(v.current.Idle), Locks: seconds(locks), Ends: seconds(ends)}
	at := func(d time.Duration) string { return v.minute(v.s.Clock.Now().Add(d)) }
	switch {
	case ends <= warning:
		out.Warning = "Your sign-in ends at " + at(ends) + ". Save what you are writing. What is not saved stays on the page, and you sign in over it."
	case locks <= warning:
		out.Warning, out.May = "Nobody seems to be here: this locks at "+at(locks)+".", true
	}
	return out
}
