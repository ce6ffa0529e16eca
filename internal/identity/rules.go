package identity

import (
	"context"
	"fmt"
	"strconv"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/live"
	"paddock/internal/vault"
)

// Bounds of the rules: NIST SP 800-63B-4, AAL2, allows at most 24 h, and one hour without activity; a shared desk of a
// clinic is given half of that.
const (
	// IdleLeast is the fewest minutes.
	IdleLeast = 5
	// IdleMost is the most minutes.
	IdleMost = 30
	// LifeLeast is the fewest hours.
	LifeLeast = 1
	// LifeMost is the most hours.
	LifeMost = 24
)

// Rules are how long sessions of a clinic last.
type Rules struct {
	// IdleMinutes is after how many minutes without a page a session is locked.
	IdleMinutes int `json:"idle_minutes"`
	// LifeHours is after how many hours it ends, whatever happens.
	LifeHours int `json:"life_hours"`
}

// RulesRow is Rules as stored.
type RulesRow struct {
	Rules
	Version int64
}

// OpenRules reads the rules of the clinic.
func OpenRules(ctx context.Context, tx *db.Tx) (RulesRow, error) {
	r, err := tx.GetSignInRules(ctx, db.GetSignInRulesParams{TenantID: tx.Tenant})
	if err != nil {
		return RulesRow{}, fmt.Errorf("reading the sign-in rules: %w", err)
	}
	return rulesOf(r), nil
}

func rulesOf(r db.GetSignInRulesRow) RulesRow {
	return RulesRow{Rules{IdleMinutes: int(r.IdleMinutes), LifeHours: int(r.LifeHours)}, r.RulesVersion}
}

func (r Rules) check() fault.Fields {
	var bad fault.Fields
	if r.IdleMinutes < IdleLeast || r.IdleMinutes > IdleMost {
		bad.Add("idle", "Enter minutes from "+strconv.Itoa(IdleLeast)+" to "+strconv.Itoa(IdleMost))
	}
	if r.LifeHours < LifeLeast || r.LifeHours > LifeMost {
		bad.Add("life", "Enter hours from "+strconv.Itoa(LifeLeast)+" to "+strconv.Itoa(LifeMost))
	}
	return bad
}

// RulesChanged refuses a form that was made from rules which somebody else has changed meanwhile.
type RulesChanged struct{ Now RulesRow }

func (*RulesChanged) Error() string { return "the sign-in rules were changed meanwhile" }

// SaveRules saves the rules, from a form that showed them at a version. They hold for every session from its next
// request; one that began under shorter rules ends when it was said to. It gives fault.Fields for idle and life, and
// *RulesChanged. Saving what is stored already does nothing.
func SaveRules(ctx context.Context, tx *db.Tx, keys *vault.Clinic, version int64, rules Rules) error {
	if err := rules.check().Err(); err != nil {
		return err
	}
	r, err := tx.LockSignInRules(ctx, db.LockSignInRulesParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("locking the sign-in rules: %w", err)
	}
	was := rulesOf(db.GetSignInRulesRow(r))
	switch {
	case was.Rules == rules:
		return nil
	case was.Version != version:
		return &RulesChanged{was}
	}
	err = db.OneRow(tx.UpdateSignInRules(ctx, db.UpdateSignInRulesParams{
		TenantID: tx.Tenant, IdleMinutes: int32(rules.IdleMinutes), LifeHours: int32(rules.LifeHours), RulesVersion: version,
	}))
	if err != nil {
		return fmt.Errorf("saving the sign-in rules: %w", err)
	}
	if err := live.Touch(ctx, tx, keys, live.Session); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "sign-in-rules", ObjectID: tx.Tenant.ID(), Group: "staff", Before: was.Rules, After: rules,
	})
}
