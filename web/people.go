package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
)

const peoplePath = "/people"

// listPeople is everybody who works or worked at the clinic.
func (s *Server) listPeople(v *visit) (answer, error) {
	var list []identity.Staff
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.StaffList(ctx, tx, v.keys)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	slices.SortStableFunc(list, func(a, b identity.Staff) int { return order(a.State) - order(b.State) })
	view := views.People{Page: v.page("practice")}
	var seen []id.ID
	for _, one := range list {
		seen = append(seen, one.ID)
		view.Rows = append(view.Rows, v.personRow(one))
		switch one.State {
		case identity.Active:
			view.Active++
		case identity.Invited:
			view.Invited++
		case identity.Disabled:
		}
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "person", IDs: seen})
	return shown(http.StatusOK, views.PeoplePage(view)), nil
}

// order puts those who left at the end.
func order(s identity.State) int {
	if s == identity.Disabled {
		return 1
	}
	return 0
}

func (v *visit) personRow(one identity.Staff) views.PersonRow {
	member, _ := v.policy.Member(one.ID)
	row := views.PersonRow{
		Href: peoplePath + "/" + one.ID.String(), Name: one.Name, Email: one.Email, Initials: initials(one.Name), Roles: strings.Join(member.Roles, ", "),
		Seen: v.lastMet(one), Gone: one.State == identity.Disabled,
	}
	switch {
	case one.State == identity.Active:
		row.Status, row.State = "ready", "Active"
	case one.State == identity.Disabled:
		row.Status, row.State = "done", "Left"
	case one.Waits(v.now()):
		row.Status, row.State = "booked", "Invited"
	default:
		row.Status, row.State = "late", "Link is over"
	}
	return row
}

// lastMet is when somebody was last seen. Sessions are forgotten a day after they end, so before that nothing is known.
func (v *visit) lastMet(one identity.Staff) string {
	switch {
	case one.Seen.IsZero():
		return "–"
	case v.now().Sub(one.Seen) < 2*time.Minute:
		return "now"
	}
	return v.moment(one.Seen)
}

func (s *Server) showPerson(v *visit) (answer, error) {
	return v.personPage(http.StatusOK, "", nil)
}

// personPage is one of them, with what was typed and what is wrong with it.
func (v *visit) personPage(status int, reason string, bad fault.Fields) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var one identity.Staff
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		one, err = identity.OpenStaff(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "person", ObjectID: row})
	path := peoplePath + "/" + row.String()
	view := views.Person{
		Page: v.page("practice"), Row: v.personRow(one), Version: strconv.FormatInt(one.Version, 10), Reason: reason,
		Self: row == v.current.Person.ID, Mistakes: mistakes(bad),
	}
	add := func(label, value string) { view.Facts = append(view.Facts, views.Total{Label: label, Value: value}) }
	add("E-mail", one.Email)
	add("Roles", view.Row.Roles)
	add("Since", v.day(one.Since))
	add("Last seen", view.Row.Seen)
	if one.State == identity.Active {
		view.SessionsHref = path + "/sessions"
	}
	if one.Waits(v.now()) {
		add("Link good until", v.moment(one.LinkEnds))
	}
	switch one.State {
	case identity.Disabled:
		view.ReturnAction = path + "/return"
	case identity.Invited:
		view.LinkAction, view.EndAction, view.RolesHref = path+"/link", path+"/ending", path+"/roles"
	default:
		view.EndAction, view.RolesHref = path+"/ending", path+"/roles"
	}
	return shown(status, views.PersonPage(view)), nil
}

func (s *Server) newPerson(v *visit) (answer, error) {
	return v.invitationPage(http.StatusOK, id.New(), nil)
}

// invitationPage is the form with what was typed.
func (v *visit) invitationPage(status int, row id.ID, bad fault.Fields) (answer, error) {
	var roles []identity.Role
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		roles, err = identity.Roles(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view := views.Invitation{Page: v.page("practice"), ID: row.String(), Mistakes: mistakes(bad)}
	if v.r.Method == http.MethodPost {
		view.Name, view.Email = v.field("name"), v.field("email")
	}
	for _, r := range roles {
		view.Roles = append(view.Roles, views.Ticked{Value: r.Key, Label: r.Name, On: slices.Contains(v.form()["roles"], r.Key)})
	}
	return shown(status, views.InvitationPage(view)), nil
}

// createPerson invites somebody. The link is in the answer and nowhere else: not in an address, nor in what is kept.
func (s *Server) createPerson(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var token string
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = identity.Invite(ctx, tx, v.keys, identity.NewPerson{ID: row, Name: v.field("name"), Email: v.field("email"), Roles: v.form()["roles"]})
		return err
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.invitationPage(http.StatusUnprocessableEntity, row, bad)
	case err != nil:
		return answer{}, err
	}
	return v.linkPage(row, strings.Join(strings.Fields(v.field("name")), " "), token), nil
}

// createLink makes a new one for somebody who was invited.
func (s *Server) createLink(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var token string
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = identity.InviteAgain(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return v.linkPage(row, v.policy.Name(row), token), nil
}

func (v *visit) linkPage(row id.ID, name, token string) answer {
	view := views.InvitationLink{
		Page: v.page("practice"), Name: name, Until: v.moment(v.now().Add(identity.SetupLinkLife)), Href: peoplePath + "/" + row.String(),
	}
	if token != "" {
		view.Address = v.r.Host + "/welcome/" + token
	}
	return shown(http.StatusOK, views.InvitationLinkPage(view))
}

// createPersonEnding ends what somebody may do here.
func (s *Server) createPersonEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.Deactivate(ctx, tx, v.keys, row, v.version(), v.field("reason"))
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.personPage(http.StatusUnprocessableEntity, v.field("reason"), bad)
	case errors.Is(err, identity.ErrLastManager):
		return v.personPage(http.StatusUnprocessableEntity, v.field("reason"), fault.Fields{{Message: err.Error()}})
	case errors.Is(err, identity.ErrPersonOvertaken):
		return v.personPage(http.StatusConflict, v.field("reason"), fault.Fields{{Message: err.Error() + " Look again, and send it once more if it is still right."}})
	case err != nil:
		return answer{}, err
	}
	v.say(v.policy.Name(row) + " can no longer sign in.")
	return goTo(peoplePath + "/" + row.String()), nil
}

func (s *Server) createPersonReturn(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.Reactivate(ctx, tx, v.keys, row, v.version())
	})
	switch {
	case errors.Is(err, identity.ErrPersonOvertaken):
		return v.personPage(http.StatusConflict, "", fault.Fields{{Message: err.Error()}})
	case err != nil:
		return answer{}, err
	}
	v.say(v.policy.Name(row) + " works here again.")
	return goTo(peoplePath + "/" + row.String()), nil
}
