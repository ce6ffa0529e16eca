package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"paddock/internal/id"
)

// People and roles live in one namespace of Casbin's role manager. Without the prefixes a person named
// like a role would be that role.
const (
	personPrefix = "u:"
	rolePrefix   = "r:"
	fieldPrefix  = "field:"
)

// policyModel denies unless some rule allows. The matcher refuses empty words itself: Casbin evaluates
// a matcher once against empty rules when the policy is empty, and "" == "" would then allow.
const policyModel = `
[request_definition]
r = sub, dom, obj, act

[policy_definition]
p = sub, dom, obj, act

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub != "" && r.dom != "" && r.obj != "" && r.act != "" && r.dom == p.dom && r.obj == p.obj && r.act == p.act && g(r.sub, p.sub, r.dom)
`

// authority is one clinic's policy as Casbin holds it.
type authority struct {
	enforcer *casbin.Enforcer
	clinic   string
}

// newAuthority loads the roles of a clinic. Permissions and fields this binary does not know are left
// out, which denies them: a newer release may have written them.
func newAuthority(policy, clinic string, roles []Role) (*authority, error) {
	m, err := model.NewModelFromString(policy)
	if err != nil {
		return nil, fmt.Errorf("reading the policy model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("making the enforcer: %w", err)
	}
	a := &authority{enforcer: e, clinic: clinic}
	var rules [][]string
	for _, r := range roles {
		if r.ID.IsZero() {
			return nil, fmt.Errorf("role %q has no id", r.Name)
		}
		rules = append(rules, a.rule(r.ID, SessionOwn.words()))
		for _, p := range r.Permissions {
			if p != SessionOwn && slices.Contains(permissions, p) {
				rules = append(rules, a.rule(r.ID, p.words()))
			}
		}
		for _, f := range r.Fields {
			if slices.Contains(fields, f) {
				rules = append(rules, a.rule(r.ID, f.words()))
			}
		}
	}
	if len(rules) > 0 {
		if _, err := e.AddPoliciesEx(rules); err != nil {
			return nil, fmt.Errorf("adding the rules: %w", err)
		}
	}
	return a, nil
}

func (a *authority) rule(role id.ID, w words) []string {
	return []string{rolePrefix + role.String(), a.clinic, w.object, w.action}
}

// hold makes a person a holder of a role in this clinic.
func (a *authority) hold(person, role id.ID) error {
	_, err := a.enforcer.AddGroupingPolicy(personPrefix+person.String(), rolePrefix+role.String(), a.clinic)
	if err != nil {
		return fmt.Errorf("giving role %v: %w", role, err)
	}
	return nil
}

// allows asks Casbin whether a person of this clinic may do what the words say.
func (a *authority) allows(person id.ID, w words) (bool, error) {
	return a.enforce(personPrefix+person.String(), a.clinic, w)
}

func (a *authority) enforce(subject, clinic string, w words) (bool, error) {
	ok, err := a.enforcer.Enforce(subject, clinic, w.object, w.action)
	if err != nil {
		return false, fmt.Errorf("asking whether %s may %s %s: %w", subject, w.action, w.object, err)
	}
	return ok, nil
}

// words are the object and action of a rule.
type words struct{ object, action string }

// words splits noun.verb. A text without a dot gives no action, which nothing allows.
func (p Permission) words() words {
	noun, verb, _ := strings.Cut(string(p), ".")
	return words{noun, verb}
}

func (f Field) words() words { return words{fieldPrefix + string(f), "read"} }
