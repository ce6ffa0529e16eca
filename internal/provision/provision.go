// Package provision makes clinics: keys, the first rows, and at last the entry by which the clinic can
// be reached.
//
// The order is what makes a crash harmless. Keys come first, then in one transaction the roles and the
// admin, and only then the control plane learns of the clinic and its host, in one transaction too. A
// crash before that leaves keys and rows under an identifier that stands nowhere else: nobody can reach
// them, the host is free, and the command is simply given again. A key blob whose name is not in
// `clinic list` is what such a crash left behind, and may be deleted.
package provision

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/plain"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// Deps is what making a clinic needs.
type Deps struct {
	Store      *db.Store
	Platform   *db.Platform
	Vault      *vault.Vault
	BaseDomain string // clinics are <label>.<base domain>
	Placement  actor.Placement
}

// NewClinic describes a clinic to be made.
type NewClinic struct {
	Name     string // at most 120 characters
	Host     string // oakvale.example.org, or oakvale alone
	TimeZone string // IANA name, Europe/London
	Country  string // ISO 3166-1 alpha-2, GB
	Demo     bool
}

// Admin is the first person of a clinic, who sets a passphrase through the link.
type Admin struct{ Name, Email string }

// States of a clinic in the control plane.
const (
	stateActive = "active"
	stateCanary = "canary"
)

// Clinic makes a clinic with the seeded roles and one practice admin, and gives its tenant and the
// token of the admin's setup link (/welcome/<token>). Mistakes are fault.Fields for name, host,
// timezone, country, or the admin's name and email; a host that is taken is a fault of kind Conflict.
func Clinic(ctx context.Context, d Deps, n NewClinic, a Admin) (tenant id.Tenant, token string, err error) {
	host, bad := n.check(d.BaseDomain)
	if err := bad.Err(); err != nil {
		return id.Tenant{}, "", err
	}
	if _, taken, err := d.Store.ClinicAt(ctx, host); err != nil {
		return id.Tenant{}, "", fmt.Errorf("making a clinic: %w", err)
	} else if taken {
		return id.Tenant{}, "", hostTaken(host)
	}
	row := id.New()
	tenant = id.TenantFrom(row)
	if err := d.Vault.Create(ctx, tenant); err != nil {
		return id.Tenant{}, "", fmt.Errorf("making a clinic: %w", err)
	}
	keys, err := d.Vault.Clinic(ctx, tenant)
	if err != nil {
		return id.Tenant{}, "", fmt.Errorf("making a clinic: %w", err)
	}
	err = d.Store.Write(ctx, d.who(tenant, "clinic add"), func(ctx context.Context, tx *db.Tx) error {
		if err := seedRoles(ctx, tx); err != nil {
			return err
		}
		for _, s := range Seeds() {
			if err := s.Give(ctx, tx, keys, n.Country); err != nil {
				return err
			}
		}
		p, err := identity.AddPerson(ctx, tx, keys, identity.NewPerson{Name: a.Name, Email: a.Email, Roles: []string{access.PracticeAdmin}})
		if err != nil {
			return err
		}
		if token, err = identity.NewSetupLink(ctx, tx, p.ID); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "clinic", ObjectID: row})
	})
	if err != nil {
		return id.Tenant{}, "", fmt.Errorf("making the first rows of a clinic: %w", err)
	}
	err = d.Platform.AddClinic(ctx, db.ClinicRow{
		ID: row, Name: plain.Line(n.Name), State: stateActive, TimeZone: n.TimeZone, Country: n.Country, Demo: n.Demo,
		Host: host, CreatedAt: d.Store.Now(),
	}, d.Placement)
	if db.Violates(err, "tenant_host_pkey") {
		return id.Tenant{}, "", hostTaken(host)
	}
	if err != nil {
		return id.Tenant{}, "", fmt.Errorf("opening the clinic (see `clinic list` for whether it is there): %w", err)
	}
	return tenant, token, nil
}

func (d Deps) who(tenant id.Tenant, command string) actor.Who {
	return actor.Who{Clinic: tenant, Placement: d.Placement, Purpose: actor.Provision, Request: id.New(), Route: command}
}

func hostTaken(host string) error {
	return fault.New(fault.Conflict, "Another clinic lives at "+host+" already.")
}

// seedRoles makes the first policy epoch and the roles every clinic begins with.
func seedRoles(ctx context.Context, tx *db.Tx) error {
	steps := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertPolicyEpoch(ctx, db.InsertPolicyEpochParams{TenantID: tx.Tenant})
	}, seedUpgrades}
	for _, r := range access.Seeded() {
		row := id.New()
		steps = append(steps, func(ctx context.Context, tx *db.Tx) error { return seedRole(ctx, tx, row, r) })
	}
	if err := db.Together(ctx, tx, steps...); err != nil {
		return fmt.Errorf("making the roles: %w", err)
	}
	return nil
}

func seedRole(ctx context.Context, tx *db.Tx, row id.ID, r access.Role) error {
	var allowed []string
	for _, p := range r.Permissions {
		allowed = append(allowed, string(p))
	}
	for _, f := range r.Fields {
		allowed = append(allowed, identity.FieldRight+string(f))
	}
	if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: row, Key: r.Key, Name: r.Name}); err != nil {
		return err
	}
	return tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: row, Allowed: allowed})
}

// reserved labels would look like the platform itself.
var reserved = map[string]bool{
	"www": true, "api": true, "app": true, "admin": true, "ops": true, "static": true, "mail": true, "status": true,
	"support": true, "platform": true, "paddock": true,
}

// check gives the full host and the mistakes.
func (n NewClinic) check(base string) (host string, bad fault.Fields) {
	name := plain.Line(n.Name)
	if name == "" || utf8.RuneCountInString(name) > 120 || strings.ContainsFunc(name, unicode.IsControl) {
		bad.Add("name", "A clinic has a name of at most 120 characters.")
	}
	host, sentence := hostUnder(base, n.Host)
	if sentence != "" {
		bad.Add("host", sentence)
	}
	if _, err := time.LoadLocation(n.TimeZone); err != nil || n.TimeZone == "" || n.TimeZone == "Local" {
		bad.Add("timezone", fmt.Sprintf("%q is not a time zone like Europe/London.", n.TimeZone))
	}
	if len(n.Country) != 2 || strings.Trim(n.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		bad.Add("country", fmt.Sprintf("%q is not a country code of two capitals like GB (ISO 3166-1).", n.Country))
	}
	return host, bad
}

// hostUnder gives the host for a label or a whole host, which must be one label under the base domain,
// or the sentence why it cannot be one.
func hostUnder(base, raw string) (host, sentence string) {
	host = strings.ToLower(strings.TrimSpace(raw))
	if host != "" && host != base && !strings.Contains(host, ".") {
		host += "." + base
	}
	valid, ok := tenancy.HostOf(host)
	if !ok || valid != host {
		return "", fmt.Sprintf("%q is not a host: use letters, digits and hyphens, like oakvale.%s.", raw, base)
	}
	label, ok := strings.CutSuffix(host, "."+base)
	switch {
	case !ok || label == "" || strings.Contains(label, "."):
		return "", fmt.Sprintf("A clinic's host is one word before .%s, like oakvale.%s.", base, base)
	case len(label) > 3 && label[2:4] == "--":
		return "", "A host in another script could pass for a different clinic's; use letters a to z."
	case reserved[label]:
		return "", host + " is kept for the platform."
	}
	return host, ""
}
