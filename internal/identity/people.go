package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// NewPerson is somebody who begins to work at the clinic.
type NewPerson struct {
	// ID is the row's; a zero one is made.
	ID    id.ID
	Name  string // at most 120 characters
	Email string // at most 254 characters
	// Roles are keys of the clinic's roles ("nurse").
	Roles []string
	// Passphrase, where given, lets the person sign in at once. Otherwise a setup link does.
	Passphrase string
}

// sealedPerson is what is sealed of a person.
type sealedPerson struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

func personSlot(row id.ID) vault.Slot { return vault.Slot{Table: "people", Group: "staff", Row: row} }

func openPerson(keys *vault.Clinic, row id.ID, sealed []byte, state string) (Person, error) {
	plain, err := keys.Open(personSlot(row), sealed)
	if err != nil {
		return Person{}, fmt.Errorf("opening person %v: %w", row, err)
	}
	var p sealedPerson
	if err := json.Unmarshal(plain, &p); err != nil {
		return Person{}, fmt.Errorf("reading person %v: the sealed form is not ours", row)
	}
	return Person{ID: row, Name: p.Name, Email: p.Email, State: State(state)}, nil
}

// FoldEmail brings the ways of typing one address together: NFKC, no space around it, lower case.
func FoldEmail(raw string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(raw)))
}

func emailToken(keys *vault.Clinic, folded string) []byte {
	return keys.Commit([]byte("person.email"), []byte(folded))
}

// CheckEmail gives the sentence why an address cannot be one, or "". Whether mail arrives is not asked.
func CheckEmail(folded string) string {
	local, domain, ok := strings.Cut(folded, "@")
	bad := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("@<>,;", r)
	}
	switch {
	case folded == "":
		return "Enter an e-mail address."
	case len(folded) > 254 || !ok || local == "" || domain == "" || strings.ContainsFunc(local, bad) || strings.ContainsFunc(domain, bad),
		strings.Contains("."+domain+".", ".."):
		return "Enter an e-mail address like jo@example.org."
	}
	return ""
}

// AddPerson adds somebody with their roles, records it, and makes a new policy epoch. Mistakes come
// back as fault.Fields for name, email, roles and passphrase; an address that somebody has already
// ends the transaction.
func AddPerson(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewPerson) (Person, error) {
	row := n.ID
	if row.IsZero() {
		row = id.New()
	}
	p := Person{ID: row, Name: strings.Join(strings.Fields(n.Name), " "), Email: FoldEmail(n.Email), State: Invited}
	roles, err := rolesByKey(ctx, tx)
	if err != nil {
		return Person{}, err
	}
	held, bad := n.check(p, roles)
	if err := bad.Err(); err != nil {
		return Person{}, err
	}
	secret := ""
	if n.Passphrase != "" {
		p.State = Active
		if secret, err = hashInTurn(ctx, keys, n.Passphrase); err != nil {
			return Person{}, err
		}
	}
	plain, err := json.Marshal(sealedPerson{p.Name, p.Email})
	if err != nil {
		return Person{}, fmt.Errorf("writing down a person: %w", err)
	}
	sealed, err := keys.Seal(personSlot(p.ID), plain)
	if err != nil {
		return Person{}, fmt.Errorf("sealing a person: %w", err)
	}
	steps := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertPerson(ctx, db.InsertPersonParams{
			TenantID: tx.Tenant, ID: p.ID, EmailToken: emailToken(keys, p.Email), Sealed: sealed, KeyVersion: keys.KeyVersion(),
			State: string(p.State), CreatedAt: tx.Now(),
		})
	}}
	for _, role := range held {
		steps = append(steps, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertPersonRole(ctx, db.InsertPersonRoleParams{TenantID: tx.Tenant, PersonID: p.ID, RoleID: role})
		})
	}
	if secret != "" {
		steps = append(steps, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertCredential(ctx, db.InsertCredentialParams{TenantID: tx.Tenant, PersonID: p.ID, Secret: secret, ChangedAt: tx.Now()})
		})
	}
	if err := db.Together(ctx, tx, steps...); err != nil {
		if db.Violates(err, "people_email") {
			return Person{}, fault.Fields{{Name: "email", Message: "Somebody at this clinic has this e-mail address already."}}
		}
		return Person{}, fmt.Errorf("adding a person: %w", err)
	}
	after := map[string]any{"name": p.Name, "email": p.Email, "roles": n.Roles, "state": p.State}
	return p, audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "person", ObjectID: p.ID, Group: "staff", After: after})
}

// check gives the ids of the roles and the mistakes.
func (n NewPerson) check(p Person, roles map[string]id.ID) (held []id.ID, bad fault.Fields) {
	switch {
	case p.Name == "":
		bad.Add("name", "Enter a name.")
	case utf8.RuneCountInString(p.Name) > 120 || strings.ContainsFunc(p.Name, unicode.IsControl):
		bad.Add("name", "A name has at most 120 characters.")
	}
	if s := CheckEmail(p.Email); s != "" {
		bad.Add("email", s)
	}
	if len(n.Roles) == 0 {
		bad.Add("roles", "Choose at least one role.")
	}
	seen := map[string]bool{}
	for _, key := range n.Roles {
		role, ok := roles[key]
		if !ok {
			bad.Add("roles", "The clinic has no role "+key+".")
			break
		}
		if !seen[key] {
			seen[key] = true
			held = append(held, role)
		}
	}
	if n.Passphrase != "" {
		if s := CheckPassphrase(n.Passphrase, p.Name, p.Email); s != "" {
			bad.Add("passphrase", s)
		}
	}
	return held, bad
}

// rolesByKey are the roles in use, none of which is retired before the transaction ends.
func rolesByKey(ctx context.Context, tx *db.Tx) (map[string]id.ID, error) {
	// A clinic that is still being made has no epoch, and nobody else who changes it.
	if _, err := tx.LockPolicyEpoch(ctx, db.LockPolicyEpochParams{TenantID: tx.Tenant}); err != nil && !db.NoRows(err) {
		return nil, fmt.Errorf("waiting for others who change roles: %w", err)
	}
	rows, err := tx.ListRoleRights(ctx, db.ListRoleRightsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading the clinic's roles: %w", err)
	}
	m := map[string]id.ID{}
	for _, r := range rows {
		m[r.Key] = r.ID
	}
	return m, nil
}

// People lists everybody of the clinic, in the order they were added.
func People(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]Person, error) {
	rows, err := tx.ListPeople(ctx, db.ListPeopleParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("listing people: %w", err)
	}
	list := make([]Person, 0, len(rows))
	for _, r := range rows {
		p, err := openPerson(keys, r.ID, r.Sealed, r.State)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}
