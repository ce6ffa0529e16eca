package web

import (
	"net/http"
	"net/url"
	"strings"

	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
	"paddock/views/ui"
)

// whyPath asks why somebody can or cannot do something.
func whyPath(person id.ID, right access.Right) string {
	return "/access?" + url.Values{"person": {person.String()}, "right": {string(right)}}.Encode()
}

// showAccess answers why somebody can or cannot do something, and who can. The table that judges each request says so.
func (s *Server) showAccess(v *visit) (answer, error) {
	ask := v.r.URL.Query()
	view := views.Access{Page: v.page("practice"), Person: ask.Get("person"), Right: ask.Get("right")}
	for _, m := range v.policy.Members() {
		view.People = append(view.People, ui.Option{Value: m.ID.String(), Label: m.Name})
	}
	for _, g := range access.Groups() {
		group := views.RightOptions{Name: g.Name}
		for _, right := range g.Rights {
			group.Options = append(group.Options, ui.Option{Value: string(right), Label: right.Words()})
		}
		view.Rights = append(view.Rights, group)
	}
	e := audit.Entry{Action: audit.Opened, Object: "access"}
	if view.Person != "" || view.Right != "" {
		person, err := rowOf(view.Person)
		if err != nil {
			return answer{}, err
		}
		m, ok := v.policy.Member(person)
		right := access.Right(view.Right)
		if !ok || !right.Grantable() {
			return answer{}, fault.Missing
		}
		e.ObjectID = person
		view.Answer = v.why(m, right)
	}
	v.record(e)
	return shown(http.StatusOK, views.AccessPage(view)), nil
}

// askAccess leads to the answer, which has an address of its own.
func (s *Server) askAccess(v *visit) (answer, error) {
	person, err := rowOf(v.field("person"))
	if err != nil {
		return answer{}, err
	}
	right := access.Right(v.field("right"))
	if _, ok := v.policy.Member(person); !ok || !right.Grantable() {
		return answer{}, fault.Missing
	}
	return goTo(whyPath(person, right)), nil
}

// why says through what somebody can do something, or what is missing.
func (v *visit) why(m identity.Member, right access.Right) *views.AccessAnswer {
	a := &views.AccessAnswer{Yes: v.policy.Can(m.ID, right), RolesHref: personRolesPath(m.ID), Permission: string(right)}
	a.Sentence = m.Name + " cannot: " + right.Words()
	if a.Yes {
		a.Sentence = m.Name + " can: " + right.Words()
	}
	switch m.State {
	case identity.Disabled:
		a.Reasons = append(a.Reasons, m.Name+" is disabled and cannot sign in.")
	case identity.Invited:
		a.Reasons = append(a.Reasons, m.Name+" has not set a passphrase yet and cannot sign in.")
	case identity.Active:
	}
	a.Reasons = append(a.Reasons, v.rolesWith(m, right)...)
	if f := right.Needs(); f != "" {
		see := access.RightToSee(f)
		a.Reasons = append(a.Reasons, "Its pages are made of “"+see.Words()+"”, so that has to be open as well.")
		a.Reasons = append(a.Reasons, v.rolesWith(m, see)...)
	}
	for _, other := range v.policy.Members() {
		if other.ID != m.ID && v.policy.Can(other.ID, right) {
			a.Others = append(a.Others, other.Name)
		}
		if v.policy.Can(other.ID, access.RightOf(access.PeopleManage)) {
			a.Granters = append(a.Granters, other.Name)
		}
	}
	return a
}

// rolesWith says which roles of somebody have a right, or that none has and which do.
func (v *visit) rolesWith(m identity.Member, right access.Right) []string {
	has := map[string]bool{}
	for _, name := range v.policy.RolesWith(right) {
		has[name] = true
	}
	var by []string
	for _, name := range m.Roles {
		if has[name] {
			by = append(by, name)
		}
	}
	words := "“" + right.Words() + "”"
	if len(by) > 0 {
		return []string{words + " comes with " + theRole(by) + "."}
	}
	out := []string{"No role of " + m.Name + " has " + words + ": they hold " + roleWords(m) + "."}
	if len(m.Roles) == 0 {
		out[0] = m.Name + " holds no role."
	}
	if others := v.policy.RolesWith(right); len(others) > 0 {
		return append(out, "It comes with "+theRole(others)+".")
	}
	return append(out, "No role of this clinic has it.")
}

func theRole(names []string) string {
	if len(names) == 1 {
		return "the role " + names[0]
	}
	return "the roles " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
