package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
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

// typedChanges reads what a form of the table, or the page that shows its changes, wants changed, and the versions of the
// roles it knew. Of the table a box counts where it is not as the form began, so that what another has saved meanwhile
// stays. It gives fault.Missing for roles that are not in use.
func (v *visit) typedChanges(list []identity.Role) (set access.ChangeSet, versions map[id.ID]int64, err error) {
	versions = map[id.ID]int64{}
	for _, text := range v.form()["role"] {
		role, err := rowOf(text)
		if err != nil {
			return set, nil, err
		}
		if !slices.ContainsFunc(list, func(r identity.Role) bool { return r.ID == role }) {
			return set, nil, fault.Missing
		}
		was, now := strings.Fields(v.field(wasField+text)), v.form()[mayField+text]
		set.Add = append(set.Add, cellsOf(role, append(missing(now, was), v.form()[addField+text]...))...)
		set.Take = append(set.Take, cellsOf(role, append(missing(was, now), v.form()[takeField+text]...))...)
		versions[role], _ = strconv.ParseInt(v.field(versionField+text), 10, 64) // what is no number meets a conflict
	}
	for _, cell := range slices.Concat(set.Add, set.Take) {
		if !cell.Right.Grantable() {
			return set, nil, identity.ErrNoRight
		}
	}
	return set, versions, nil
}

// missing are the words of one list that another has not.
func missing(in, from []string) (out []string) {
	for _, one := range in {
		if !slices.Contains(from, one) {
			out = append(out, one)
		}
	}
	return out
}

func cellsOf(role id.ID, rights []string) (out []access.Cell) {
	for _, right := range rights {
		out = append(out, access.Cell{Role: role, Right: access.Right(right)})
	}
	return out
}

// previewRoles shows what a form of the table would change, or goes back to the table with it.
func (s *Server) previewRoles(v *visit) (answer, error) {
	list, err := v.readRoles()
	if err != nil {
		return answer{}, err
	}
	set, versions, err := v.typedChanges(list)
	if err != nil {
		return answer{}, err
	}
	meanwhile, err := v.readMeanwhile(list, set.Touched(), versions)
	switch {
	case err != nil:
		return answer{}, err
	case v.field("act") == "edit":
		return v.rolesPage(http.StatusOK, list, set, nil)
	case meanwhile == nil && set.Against(plainRoles(list)).Empty():
		return v.rolesPage(http.StatusUnprocessableEntity, list, set, fault.Fields{{Message: "Nothing is changed yet. Tick or untick a box first."}})
	}
	return v.rolePreview(http.StatusOK, id.New(), list, set, meanwhile, nil)
}

// updateRoles saves what was looked at.
func (s *Server) updateRoles(v *visit) (answer, error) {
	form, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	list, err := v.readRoles()
	if err != nil {
		return answer{}, err
	}
	set, versions, err := v.typedChanges(list)
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return identity.ChangeRights(ctx, tx, v.keys, identity.NewRights{ID: form, ChangeSet: set, Versions: versions, Reason: v.field("reason")})
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.rolePreview(http.StatusUnprocessableEntity, form, list, set, nil, onPage(bad, "reason"))
	case errors.Is(err, identity.ErrNoManager):
		return v.rolePreview(http.StatusUnprocessableEntity, form, list, set, nil, fault.Fields{{Message: err.Error()}})
	case errors.Is(err, identity.ErrRoleOvertaken):
		if list, err = v.readRoles(); err != nil { // as it is now
			return answer{}, err
		}
		meanwhile, err := v.readMeanwhile(list, set.Touched(), versions)
		if err != nil {
			return answer{}, err
		}
		return v.rolePreview(http.StatusConflict, form, list, set, meanwhile, nil)
	case err != nil:
		return answer{}, err
	}
	v.say("Saved. It counts from everybody’s next click.")
	return goTo(rolesPath), nil
}

// readMeanwhile is what others changed about these roles since the form knew them, the newest first; nil for nothing.
func (v *visit) readMeanwhile(list []identity.Role, touched []id.ID, versions map[id.ID]int64) (out []views.RoleEvent, err error) {
	for _, r := range list {
		if !slices.Contains(touched, r.ID) || r.Version == versions[r.ID] {
			continue
		}
		if !v.sees(access.FieldStaff) {
			out = append(out, views.RoleEvent{By: "Somebody", What: "changed " + r.Name})
			continue
		}
		var history []identity.RoleChange
		err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			history, err = identity.RoleHistory(ctx, tx, v.keys, r.ID)
			return err
		})
		if err != nil {
			return nil, err
		}
		newer, before := r.Version-versions[r.ID], len(out)
		for _, c := range history {
			if (c.Kind == identity.RoleRights || c.Kind == identity.RoleRenamed) && newer > 0 { // what makes another version
				e := v.roleEvent(c)
				e.What = r.Name + ": " + e.What
				out, newer = append(out, e), newer-1
			}
		}
		if len(out) == before { // a release did
			out = append(out, views.RoleEvent{By: "Somebody", What: "changed " + r.Name})
		}
	}
	return out, nil
}

// rolePreview shows what a change set does to the roles as they are now: to each of them, and to each person.
func (v *visit) rolePreview(status int, form id.ID, list []identity.Role, set access.ChangeSet, meanwhile []views.RoleEvent, bad fault.Fields) (answer, error) {
	roles := plainRoles(list)
	set = set.Against(roles)
	later := set.Apply(roles)
	after, err := access.Compile(v.clinic.Tenant(), later)
	if err != nil {
		return answer{}, err
	}
	view := views.RolePreview{Page: v.page("practice"), ID: form.String(), Reason: v.field("reason"), Meanwhile: meanwhile, Mistakes: mistakes(bad), Who: v.field("who")}
	for i, r := range list {
		added, taken := set.Of(r.Role)
		if len(added)+len(taken) == 0 {
			continue
		}
		view.Diffs = append(view.Diffs, views.RoleDiff{Name: r.Name, Added: inWords(added), Taken: inWords(taken), Notes: roleNotes(later[i], added, taken)})
		row := r.ID.String()
		view.Hidden = append(view.Hidden, views.KeptField{Name: "role", Value: row}, views.KeptField{Name: versionField + row, Value: strconv.FormatInt(r.Version, 10)})
		for _, right := range added {
			view.Hidden = append(view.Hidden, views.KeptField{Name: addField + row, Value: string(right)})
		}
		for _, right := range taken {
			view.Hidden = append(view.Hidden, views.KeptField{Name: takeField + row, Value: string(right)})
		}
	}
	view.People = []ui.Option{{Label: "Choose somebody"}}
	var same []string
	found := view.Who == ""
	for _, m := range v.policy.Members() {
		if m.State == identity.Disabled {
			continue
		}
		d := v.personDiff(m, after, v.policy.Held(m.ID))
		touched := slices.ContainsFunc(set.Touched(), func(r id.ID) bool { return slices.Contains(v.policy.Held(m.ID), r) })
		switch {
		case len(d.Gains)+len(d.Loses) > 0:
			view.Affected = append(view.Affected, d)
		case touched:
			same = append(same, m.Name)
		}
		view.People = append(view.People, ui.Option{Value: m.ID.String(), Label: m.Name})
		if m.ID.String() == view.Who {
			view.Tried, found = &d, true
		}
	}
	if !found {
		return answer{}, fault.Missing
	}
	if len(same) > 0 {
		view.Same = "No difference for " + strings.Join(same, ", ") + ": their other roles say the same."
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "role", IDs: set.Touched()})
	return shown(status, views.RolePreviewPage(view)), nil
}

// personDiff is what somebody could do after, holding these roles, and could not before; and the other way round.
func (v *visit) personDiff(m identity.Member, after *access.Table, held access.RoleSet) views.PersonDiff {
	gains, loses := access.Difference(v.policy.Table, v.policy.Held(m.ID), after, held)
	return views.PersonDiff{Name: m.Name, Roles: roleWords(m), Gains: inWords(gains), Loses: inWords(loses)}
}

func inWords(rights []access.Right) (out []string) {
	for _, r := range rights {
		out = append(out, r.Words())
	}
	return out
}

// roleNotes say where a right and the field group its pages are made of do not come together.
func roleNotes(later access.Role, added, taken []access.Right) (out []string) {
	for _, r := range added {
		if f := r.Needs(); f != "" && !later.Allows(access.RightToSee(f)) {
			out = append(out, "“"+r.Words()+"” opens nothing until “"+access.RightToSee(f).Words()+"” is ticked as well.")
		}
	}
	for _, r := range taken {
		f, ok := r.Field()
		if !ok {
			continue
		}
		var closed []string
		for _, other := range later.Rights() {
			if other.Needs() == f {
				closed = append(closed, other.Words())
			}
		}
		if len(closed) > 0 {
			out = append(out, "Without “"+r.Words()+"” this opens nothing any more: "+strings.Join(closed, ", ")+".")
		}
	}
	return out
}
