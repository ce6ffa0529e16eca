package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
	"paddock/views/ui"
)

// newRole is the form of a role of the clinic's own.
func (s *Server) newRole(v *visit) (answer, error) {
	return v.newRolePage(http.StatusOK, id.New(), "", "", nil)
}

func (v *visit) newRolePage(status int, row id.ID, name, from string, bad fault.Fields) (answer, error) {
	list, err := v.readRoles()
	if err != nil {
		return answer{}, err
	}
	view := views.NewRole{Page: v.page("practice"), ID: row.String(), Name: name, From: from, Models: []ui.Option{{Label: "Choose a role"}}, Mistakes: mistakes(bad)}
	for _, r := range list {
		view.Models = append(view.Models, ui.Option{Value: r.ID.String(), Label: r.Name})
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "role"})
	return shown(status, views.NewRolePage(view)), nil
}

// createRole makes one like another.
func (s *Server) createRole(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var from id.ID
	if v.field("from") != "" {
		if from, err = rowOf(v.field("from")); err != nil {
			return answer{}, err
		}
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.AddRole(ctx, tx, v.keys, row, v.field("name"), from)
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.newRolePage(http.StatusUnprocessableEntity, row, v.field("name"), v.field("from"), bad)
	case err != nil:
		return answer{}, err
	}
	v.say("The role is made. Change in the table what it may do.")
	return goTo(rolesPath + "?show=all"), nil
}

// showRole is the page of one role.
func (s *Server) showRole(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.rolePage(http.StatusOK, row, nil, nil)
}

// rolePage shows a role with its name as it is, or as it was typed.
func (v *visit) rolePage(status int, row id.ID, typed *string, bad fault.Fields) (answer, error) {
	var r identity.Role
	var history []identity.RoleChange
	reads := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = identity.OpenRole(ctx, tx, row)
		return err
	}}
	if v.sees(access.FieldStaff) {
		reads = append(reads, func(ctx context.Context, tx *db.Tx) (err error) {
			history, err = identity.RoleHistory(ctx, tx, v.keys, row)
			return err
		})
	}
	if err := v.read(reads...); err != nil {
		return answer{}, err
	}
	view := views.OneRole{Page: v.page("practice"), Name: r.Name, Typed: r.Name, ID: id.New().String(), Version: strconv.FormatInt(r.Version, 10), Holders: v.roleHolders(row), Mistakes: mistakes(bad)}
	if typed != nil {
		view.Typed = *typed
	}
	path := rolesPath + "/" + row.String()
	switch {
	case !r.Retired.IsZero():
		view.Line = "Retired " + v.day(r.Retired)
	case !r.Own():
		view.Action, view.Line, view.EndWhy = path, "Came with Paddock", "A role that came with Paddock stays. Take from it what nobody is to do."
	case len(view.Holders) > 0:
		view.Action, view.Line, view.EndWhy = path, "Your own", "It can be retired when nobody holds it."
	default:
		view.Action, view.Line, view.EndAction = path, "Your own", path+"/ending"
	}
	for _, g := range access.Groups() {
		list := views.RightList{Name: g.Name}
		for _, right := range g.Rights {
			if r.Allows(right) {
				list.Words = append(list.Words, right.Words())
			}
		}
		if len(list.Words) > 0 {
			view.Groups = append(view.Groups, list)
		}
	}
	for _, c := range history {
		view.History = append(view.History, v.roleEvent(c))
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "role", ObjectID: row})
	return shown(status, views.OneRolePage(view)), nil
}

func (v *visit) roleEvent(c identity.RoleChange) views.RoleEvent {
	e := views.RoleEvent{When: v.day(c.At) + " " + v.minute(c.At), At: machine(c.At), By: "Paddock", Added: inWords(c.Added), Taken: inWords(c.Taken), Reason: c.Reason}
	if !c.By.IsZero() {
		e.By = v.policy.Name(c.By)
	}
	switch c.Kind {
	case identity.RoleMade:
		e.What, e.Added = "made it, like "+c.Like, nil
	case identity.RoleRenamed:
		e.What = "renamed it from " + c.Like + " to " + c.Name
	case identity.RoleRights:
		var words []string
		if n := len(c.Added); n > 0 {
			words = append(words, "gave "+strconv.Itoa(n))
		}
		if n := len(c.Taken); n > 0 {
			words = append(words, "took "+strconv.Itoa(n))
		}
		e.What = strings.Join(words, ", ")
	case identity.RoleRetired:
		e.What = "retired it"
	case identity.RoleGiven:
		e.What = "gave it to " + v.policy.Name(c.Person)
	case identity.RoleTaken:
		e.What = "took it from " + v.policy.Name(c.Person)
	}
	return e
}

// renameRole gives a role another name.
func (s *Server) renameRole(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	form, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	name := v.field("name")
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.RenameRole(ctx, tx, v.keys, form, row, v.version(), name)
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.rolePage(http.StatusUnprocessableEntity, row, &name, bad)
	case errors.Is(err, identity.ErrRoleOvertaken):
		return v.rolePage(http.StatusConflict, row, &name, fault.Fields{{Message: err.Error() + " Look at it as it is now, and save the name again if it is still right."}})
	case err != nil:
		return answer{}, err
	}
	v.say("Saved.")
	return goTo(rolesPath + "/" + row.String()), nil
}

// createRoleEnding retires a role of the clinic's own.
func (s *Server) createRoleEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return identity.RetireRole(ctx, tx, v.keys, row) })
	switch {
	case errors.Is(err, identity.ErrRoleHeld):
		return v.rolePage(http.StatusConflict, row, nil, fault.Fields{{Message: err.Error()}})
	case errors.Is(err, identity.ErrRoleSeeded):
		return v.rolePage(http.StatusUnprocessableEntity, row, nil, fault.Fields{{Message: err.Error()}})
	case err != nil:
		return answer{}, err
	}
	v.say("The role is retired.")
	return goTo(rolesPath), nil
}
