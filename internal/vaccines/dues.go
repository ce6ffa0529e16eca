package vaccines

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Heads are what due days are computed from: nothing of it is sealed.
type Heads struct {
	Doses []Given
	Set   []SetDate
}

// LoadHeads gives the statements that read them, to be sent with others.
func LoadHeads(h *Heads, patient id.ID) []func(context.Context, *db.Tx) error {
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListDoseHeads(ctx, db.ListDoseHeadsParams{TenantID: tx.Tenant, PatientID: patient})
			if err != nil {
				return fmt.Errorf("reading what vaccinations are due: %w", err)
			}
			for _, r := range rows {
				h.Doses = append(h.Doses, Given{
					ID: r.ID, On: dayOf(r.GivenOn), Protects: strings.Fields(r.Protects), Historical: r.Historical, Booster: r.Booster,
					Course: Course{Months: int(r.Months), FirstDoses: int(r.FirstDoses), FirstWeeks: int(r.FirstWeeks), FirstMonths: int(r.FirstMonths)},
				})
			}
			return nil
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListDueDates(ctx, db.ListDueDatesParams{TenantID: tx.Tenant, PatientID: patient})
			if err != nil {
				return fmt.Errorf("reading due days: %w", err)
			}
			for _, r := range rows {
				s := SetDate{ID: r.ID, Protects: r.Protects, After: r.AfterID, At: r.At.UTC(), By: r.ByID}
				if r.DueOn != nil {
					s.On = dayOf(*r.DueOn)
				}
				h.Set = append(h.Set, s)
			}
			return nil
		},
	}
}

// Due is what is due for a patient by the rules that hold in these jurisdictions on a day.
func (h Heads) Due(p registry.PatientRow, jurisdictions []string, today time.Time) []Line {
	a := Animal{Died: p.Status == registry.Deceased}
	if p.Born.Known() {
		a.Born = p.Born.On
	}
	return Due(RulesFor(jurisdictions, today), a, h.Doses, h.Set)
}

// DueReasons are why due days were set by hand, by their rows.
func DueReasons(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (map[id.ID]string, error) {
	rows, err := tx.ListDueReasons(ctx, db.ListDueReasonsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading why due days were set: %w", err)
	}
	out := map[id.ID]string{}
	for _, r := range rows {
		var s sealedReason
		if err := keys.OpenJSON(slot("due_dates", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		out[r.ID] = s.Reason
	}
	return out, nil
}

type dueChange struct {
	Protects string    `json:"protects"`
	On       time.Time `json:"on,omitzero"`
	Reason   string    `json:"reason"`
}

// SetDue sets by hand when an animal is due against a disease, under an id that came with the form; a zero day goes
// back to the rule. It holds until a dose is given or voided. It gives ErrAlreadyThere, fault.Missing, and
// fault.Fields named protects, due and reason.
func SetDue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, disease string, on time.Time, reason string, today time.Time) error {
	var bad fault.Fields
	if !known(disease) {
		bad.Add("protects", "Choose what it is due against")
	}
	if !on.IsZero() && (on.Before(today.AddDate(-1, 0, 0)) || on.After(today.AddDate(10, 0, 0))) {
		bad.Add("due", "Enter a day of the last year or of the next ten")
	}
	reason = plain.Words(&bad, "reason", reason, "Enter why, like titre test or with the spring visit", 500)
	if err := bad.Err(); err != nil {
		return err
	}
	// Held, so that no dose is voided between what this day follows and the end.
	_, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "holding a patient"); err != nil {
		return err
	}
	var h Heads
	if err := db.Together(ctx, tx, LoadHeads(&h, patient)...); err != nil {
		return err
	}
	var list []Given
	for _, g := range h.Doses {
		for _, code := range g.Protects {
			if code == disease {
				list = append(list, g)
			}
		}
	}
	sealed, err := keys.SealJSON(slot("due_dates", row), sealedReason{reason})
	if err != nil {
		return err
	}
	p := db.InsertDueDateParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, Protects: disease, AfterID: newest(list), Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	}
	if !on.IsZero() {
		day := dayOf(on)
		p.DueOn = &day
	}
	err = tx.InsertDueDate(ctx, p)
	if db.Violates(err, "due_dates_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("setting a due day: %w", err)
	}
	return record(tx, keys, patient, audit.Change{Action: audit.Created, Object: "due-day", ObjectID: row, After: dueChange{disease, on, reason}})
}
