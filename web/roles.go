package web

import (
	"context"
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
