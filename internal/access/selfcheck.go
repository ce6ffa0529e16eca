package access

import (
	"errors"
	"fmt"

	"paddock/internal/id"
)

// SelfCheck asks the policy engine questions whose only right answer is no, and a few whose answer
// is yes, so that an engine that denies everything does not pass either. The server runs it before it
// serves; an error means that rights cannot be trusted.
func SelfCheck() error {
	if err := selfCheck(newAuthority, policyModel); err != nil {
		return fmt.Errorf("checking the policy engine: %w", err)
	}
	return nil
}

// builder is newAuthority, or what a test puts in its place to see the check fail.
type builder func(policy, clinic string, roles []Role) (*authority, error)

func selfCheck(build builder, policy string) error {
	// Any two different clinics do: the check touches no data.
	here, there := id.New().String(), id.New().String()
	role := Role{ID: id.New(), Name: "one", Permissions: []Permission{ClientRead}, Fields: []Field{FieldContact}}

	empty, err := build(policy, here, nil)
	if err != nil {
		return err
	}
	if err := empty.deniesNobody(); err != nil {
		return fmt.Errorf("with an empty policy: %w", err)
	}

	full, err := build(policy, here, []Role{role})
	if err != nil {
		return err
	}
	if err := full.deniesNobody(); err != nil {
		return err
	}
	person := id.New()
	if err := full.hold(person, role.ID); err != nil {
		return err
	}
	u, r := personPrefix+person.String(), rolePrefix+role.ID.String()
	read, contact := ClientRead.words(), FieldContact.words()
	questions := []struct {
		about           string
		subject, clinic string
		words           words
		want            bool
	}{
		{"a right that is held", u, here, read, true},
		{"a field that is held", u, here, contact, true},
		{"its own session", u, here, SessionOwn.words(), true},
		{"a right that is not held", u, here, ClientWrite.words(), false},
		{"a field that is not held", u, here, FieldClinical.words(), false},
		{"another clinic", u, there, read, false},
		{"no clinic", u, "", read, false},
		{"nobody", "", here, read, false},
		{"a person named like a role", personPrefix + role.ID.String(), here, read, false},
		{"a role's bare name", role.ID.String(), here, read, false},
		{"a person named with a role's prefix", personPrefix + r, here, read, false},
		{"a role nobody made", rolePrefix + id.New().String(), here, read, false},
		{"an object nobody made", u, here, words{"nothing", "read"}, false},
		{"no object", u, here, words{"", "read"}, false},
		{"no action", u, here, words{"client", ""}, false},
		{"a public page as a right", u, here, Public.words(), false},
		{"a permission named like a field", u, here, words{string(FieldContact), "read"}, false},
	}
	for _, q := range questions {
		got, err := full.enforce(q.subject, q.clinic, q.words)
		if err != nil {
			return err
		}
		if got != q.want {
			return fmt.Errorf("asked about %s, the engine answered %t", q.about, got)
		}
	}
	return nil
}

// deniesNobody asks what no policy can allow. It also finds an enforcer that is switched off, since
// that one answers yes to everything.
func (a *authority) deniesNobody() error {
	stranger := personPrefix + id.New().String()
	for _, q := range []struct {
		subject, clinic string
		words           words
	}{
		{"", "", words{"", ""}},
		{"", a.clinic, ClientRead.words()},
		{stranger, a.clinic, ClientRead.words()},
		{stranger, a.clinic, words{"", ""}},
	} {
		ok, err := a.enforce(q.subject, q.clinic, q.words)
		if err != nil {
			return err
		}
		if ok {
			return errors.New("the engine allows somebody who holds nothing")
		}
	}
	return nil
}
