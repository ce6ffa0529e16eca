package id

import "github.com/jackc/pgx/v5/pgtype"

// Tenant names the clinic a row belongs to. It is opaque on purpose: the fenced transaction is the
// only source of one in a request, so a clinic named by a form, a path or a header cannot reach SQL.
// An architecture test lists the packages that may call TenantFrom.
type Tenant struct{ v ID }

// TenantFrom makes a Tenant of a clinic's identifier. Only the clinic directory, provisioning and the
// tests of the fences may call it [archtest].
func TenantFrom(v ID) Tenant { return Tenant{v} }

// ID gives the clinic's identifier.
func (t Tenant) ID() ID { return t.v }

// String gives the 36 character form.
func (t Tenant) String() string { return t.v.String() }

// IsZero reports whether no clinic is named.
func (t Tenant) IsZero() bool { return t.v.IsZero() }

// UUIDValue lets pgx send a Tenant as a uuid; the zero Tenant is sent as NULL, which no row matches.
func (t Tenant) UUIDValue() (pgtype.UUID, error) { return t.v.UUIDValue() }

// ScanUUID lets pgx read a tenant_id column.
func (t *Tenant) ScanUUID(u pgtype.UUID) error { return t.v.ScanUUID(u) }
