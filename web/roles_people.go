package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
)

func personRolesPath(person id.ID) string { return "/people/" + person.String() + "/roles" }

// holding is what the page of somebody's roles reads.
type holding struct {
	member  identity.Member
	roles   []identity.Role
	held    []id.ID
	version int64
}

func (v *visit) readHolding() (h holding, err error) {
	person, err := v.row()
	if err != nil {
		return h, err
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			h.held, h.version, err = identity.Holding(ctx, tx, person)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			h.roles, err = identity.Roles(ctx, tx)
			return err
		},
	)
	if err != nil {
		return h, err
	}
	member, ok := v.policy.Member(person)
	if !ok {
		return h, fault.Missing
	}
	h.member = member
	return h, nil
}

// editPersonRoles is the form of somebody's roles.
func (s *Server) editPersonRoles(v *visit) (answer, error) {
	h, err := v.readHolding()
	if err != nil {
		return answer{}, err
	}
	return v.personRolesPage(http.StatusOK, id.New(), h, h.held, false, nil)
}

// personRolesPage shows the form with these roles ticked, and where asked what they would change.
func (v *visit) personRolesPage(status int, form id.ID, h holding, ticked []id.ID, diff bool, bad fault.Fields) (answer, error) {
	path := personRolesPath(h.member.ID)
	view := views.PersonRoles{Page: v.page("practice"), Name: h.member.Name, Action: path, Preview: path + "/preview", ID: form.String(), Version: strconv.FormatInt(h.version, 10), Mistakes: mistakes(bad)}
	for _, r := range h.roles {
		on, was := slices.Contains(ticked, r.ID), slices.Contains(h.held, r.ID)
		view.Roles = append(view.Roles, views.RoleChoice{ID: r.ID.String(), Name: r.Name, Line: v.roleLine(r), On: on})
		switch {
		case on && !was:
			view.Given = append(view.Given, r.Name)
		case was && !on:
			view.Taken = append(view.Taken, r.Name)
		}
	}
	if diff {
		table, err := access.Compile(v.clinic.Tenant(), plainRoles(h.roles))
		if err != nil {
			return answer{}, err
		}
		gains, loses := access.Difference(table, h.held, table, ticked)
		view.Diff = &views.PersonDiff{Name: h.member.Name, Gains: inWords(gains), Loses: inWords(loses)}
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "person", ObjectID: h.member.ID})
	return shown(status, views.PersonRolesPage(view)), nil
}

// tickedRoles are the roles of the form, all of which must be in use.
func (v *visit) tickedRoles(roles []identity.Role) (out []id.ID, err error) {
	for _, text := range v.form()["role"] {
		row, err := rowOf(text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(roles, func(r identity.Role) bool { return r.ID == row }) {
			return nil, fault.Missing
		}
		if !slices.Contains(out, row) {
			out = append(out, row)
		}
	}
	return out, nil
}

// previewPersonRoles shows what other roles would change for somebody.
func (s *Server) previewPersonRoles(v *visit) (answer, error) {
	h, err := v.readHolding()
	if err != nil {
		return answer{}, err
	}
	ticked, err := v.tickedRoles(h.roles)
	if err != nil {
		return answer{}, err
	}
	if len(ticked) == 0 {
		return v.personRolesPage(http.StatusUnprocessableEntity, id.New(), h, nil, false, fault.Fields{{Name: "roles", Message: "Choose at least one role"}})
	}
	return v.personRolesPage(http.StatusOK, id.New(), h, ticked, true, nil)
}

// updatePersonRoles saves somebody's roles.
func (s *Server) updatePersonRoles(v *visit) (answer, error) {
	form, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	h, err := v.readHolding()
	if err != nil {
		return answer{}, err
	}
	ticked, err := v.tickedRoles(h.roles)
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.AssignRoles(ctx, tx, v.keys, identity.NewHolding{ID: form, Person: h.member.ID, Version: v.version(), Roles: ticked})
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.personRolesPage(http.StatusUnprocessableEntity, form, h, ticked, false, bad)
	case errors.Is(err, identity.ErrNoManager):
		return v.personRolesPage(http.StatusUnprocessableEntity, form, h, ticked, true, fault.Fields{{Message: err.Error()}})
	case errors.Is(err, identity.ErrRoleOvertaken):
		said := err.Error()
		if h, err = v.readHolding(); err != nil { // as it is now
			return answer{}, err
		}
		return v.personRolesPage(http.StatusConflict, form, h, ticked, true, fault.Fields{{Message: said + " What you ticked is still here, set against what is saved now. Save it if it is still right."}})
	case err != nil:
		return answer{}, err
	}
	v.say("Saved. It counts from the next click.")
	return goTo(rolesPath), nil
}
