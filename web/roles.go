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

const (
	rolesPath = "/roles"
	// Beginnings of the names of the fields of the table, which the id of a role follows.
	mayField, wasField, versionField, addField, takeField = "may-", "was-", "version-", "add-", "take-"
)

func (v *visit) readRoles() (list []identity.Role, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.Roles(ctx, tx)
		return err
	})
	return list, err
}

// listRoles is the table of what each role may do.
func (s *Server) listRoles(v *visit) (answer, error) {
	list, err := v.readRoles()
	if err != nil {
		return answer{}, err
	}
	return v.rolesPage(http.StatusOK, list, access.ChangeSet{}, nil)
}

// rolesPage shows the table with the boxes of a change set ticked and unticked.
func (v *visit) rolesPage(status int, list []identity.Role, set access.ChangeSet, bad fault.Fields) (answer, error) {
	set = set.Against(plainRoles(list))
	view := views.Roles{Page: v.page("practice"), Show: "most", WhyHref: "/access", Mistakes: mistakes(bad), People: v.roleHolders(id.ID{})}
	if show := v.r.FormValue("show"); show == "all" || show == "changed" {
		view.Show = show
	}
	if n := len(set.Add) + len(set.Take); n > 0 {
		view.Pending = countOf(n, "change", "changes")
	}
	if len(list) < identity.MostRoles {
		view.NewHref = rolesPath + "/new"
	}
	var seen []id.ID
	for i, r := range list {
		seen = append(seen, r.ID)
		c := views.RoleColumn{N: strconv.Itoa(i + 1), ID: r.ID.String(), Name: r.Name, Line: v.roleLine(r), Href: rolesPath + "/" + r.ID.String(), Version: strconv.FormatInt(r.Version, 10)}
		for _, right := range r.Rights() {
			c.Was += string(right) + " "
		}
		c.Was = strings.TrimSpace(c.Was)
		view.Columns = append(view.Columns, c)
	}
	after := set.Apply(plainRoles(list))
	for _, g := range access.Groups() {
		group := views.RightGroup{Name: g.Name}
		for _, right := range g.Rights {
			row := views.RightRow{Words: right.Words(), Most: right.MostUsed()}
			for i, r := range list {
				cell := views.RightCell{
					N: strconv.Itoa(i + 1), Name: mayField + r.ID.String(), Value: string(right), Label: r.Name + ": " + right.Words(),
					On: after[i].Allows(right), Was: r.Allows(right), Differs: differs(r.Role, right),
				}
				row.Differs = row.Differs || cell.Differs
				row.Most = row.Most || cell.On != cell.Was // what is not saved is not hidden
				row.Cells = append(row.Cells, cell)
			}
			group.Most, group.Differs = group.Most || row.Most, group.Differs || row.Differs
			group.Rows = append(group.Rows, row)
		}
		view.Groups = append(view.Groups, group)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "role", IDs: seen})
	return shown(status, views.RolesPage(view)), nil
}

// differs reports whether a seeded role has a right that it does not come with, or the other way round.
func differs(r access.Role, right access.Right) bool {
	for _, s := range access.Seeded() {
		if s.Key == r.Key {
			return s.Allows(right) != r.Allows(right)
		}
	}
	return false
}

func plainRoles(list []identity.Role) []access.Role {
	out := make([]access.Role, len(list))
	for i, r := range list {
		out[i] = r.Role
	}
	return out
}

// roleLine says whose a role is and how many hold it.
func (v *visit) roleLine(r identity.Role) string {
	n := countOf(len(v.roleHolders(r.ID)), "person", "people")
	if r.Own() {
		return "your own, " + n
	}
	return n
}

// roleHolders are those who hold a role, or everybody for the zero role; who is disabled is left out.
func (v *visit) roleHolders(role id.ID) (out []views.RoleHolder) {
	for _, m := range v.policy.Members() {
		if m.State == identity.Disabled || !role.IsZero() && !slices.Contains(v.policy.Held(m.ID), role) {
			continue
		}
		h := views.RoleHolder{Name: m.Name, Initials: initials(m.Name), Roles: roleWords(m), Href: personRolesPath(m.ID)}
		if m.State == identity.Invited {
			h.Status, h.State = "booked", "Invited"
		}
		out = append(out, h)
	}
	return out
}

func roleWords(m identity.Member) string {
	if len(m.Roles) == 0 {
		return "No role"
	}
	return strings.Join(m.Roles, ", ")
}

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
	overtaken := ""
	for _, r := range list {
		if version, ok := versions[r.ID]; ok && version != r.Version {
			overtaken = "Somebody changed " + r.Name + " meanwhile."
		}
	}
	switch {
	case v.field("act") == "edit":
		return v.rolesPage(http.StatusOK, list, set, nil)
	case overtaken == "" && set.Against(plainRoles(list)).Empty():
		return v.rolesPage(http.StatusUnprocessableEntity, list, set, fault.Fields{{Message: "Nothing is changed yet. Tick or untick a box first."}})
	}
	return v.rolePreview(http.StatusOK, id.New(), list, set, overtaken, nil)
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
		return v.rolePreview(http.StatusUnprocessableEntity, form, list, set, "", onPage(bad, "reason"))
	case errors.Is(err, identity.ErrNoManager):
		return v.rolePreview(http.StatusUnprocessableEntity, form, list, set, "", fault.Fields{{Message: err.Error()}})
	case errors.Is(err, identity.ErrRoleOvertaken):
		said := err.Error()
		if list, err = v.readRoles(); err != nil { // as it is now
			return answer{}, err
		}
		return v.rolePreview(http.StatusConflict, form, list, set, said, nil)
	case err != nil:
		return answer{}, err
	}
	v.say("Saved. It counts from everybody’s next click.")
	return goTo(rolesPath), nil
}

// rolePreview shows what a change set does to the roles as they are now: to each of them, and to each person.
func (v *visit) rolePreview(status int, form id.ID, list []identity.Role, set access.ChangeSet, overtaken string, bad fault.Fields) (answer, error) {
	roles := plainRoles(list)
	set = set.Against(roles)
	later := set.Apply(roles)
	after, err := access.Compile(v.clinic.Tenant(), later)
	if err != nil {
		return answer{}, err
	}
	view := views.RolePreview{Page: v.page("practice"), ID: form.String(), Reason: v.field("reason"), Overtaken: overtaken, Mistakes: mistakes(bad), Who: v.field("who")}
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
