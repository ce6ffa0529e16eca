package scheduling

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Settings are how a clinic runs its day; minutes.
type Settings struct {
	// DayFrom and DayTo bound what the schedule shows.
	DayFrom int `json:"day_from"`
	DayTo   int `json:"day_to"`
	// WaitMind and WaitLong are when a wait turns amber and red.
	WaitMind int `json:"wait_mind"`
	WaitLong int `json:"wait_long"`
	// NoShowGrace is how long after the start somebody may still come.
	NoShowGrace int `json:"no_show_grace"`
	// OverbookMost is how many may stand over one another on purpose, 0 for none.
	OverbookMost int `json:"overbook_most"`
}

// SettingsRow is Settings as stored. Version 0 says that none are, so these are the defaults.
type SettingsRow struct {
	Settings
	Version int64
}

// defaults are those of the table.
var defaults = Settings{DayFrom: 8 * 60, DayTo: 18*60 + 30, WaitMind: 10, WaitLong: 15, NoShowGrace: 15, OverbookMost: 1}

// OpenSettings reads how the clinic runs its day.
func OpenSettings(ctx context.Context, tx *db.Tx) (SettingsRow, error) {
	r, err := tx.GetScheduleSettings(ctx, db.GetScheduleSettingsParams{TenantID: tx.Tenant})
	if db.NoRows(err) {
		return SettingsRow{Settings: defaults}, nil
	}
	if err != nil {
		return SettingsRow{}, fmt.Errorf("reading how the day is run: %w", err)
	}
	return settingsOf(r), nil
}

func settingsOf(r db.GetScheduleSettingsRow) SettingsRow {
	return SettingsRow{Settings{
		DayFrom: int(r.DayFrom), DayTo: int(r.DayTo), WaitMind: int(r.WaitMind), WaitLong: int(r.WaitLong),
		NoShowGrace: int(r.NoShowGrace), OverbookMost: int(r.OverbookMost),
	}, r.Version}
}

func (s Settings) check() fault.Fields {
	var bad fault.Fields
	if s.DayFrom < 0 || s.DayFrom > 1435 {
		bad.Add("day_from", "Enter a time of day like 8:00")
	}
	if s.DayTo <= s.DayFrom || s.DayTo > wholeDay {
		bad.Add("day_to", "Enter a time after the first, like 18:30")
	}
	if s.WaitMind < 1 || s.WaitMind > 600 {
		bad.Add("wait_mind", "Enter minutes from 1 to 600")
	}
	if s.WaitLong < s.WaitMind || s.WaitLong > 600 {
		bad.Add("wait_long", "Enter minutes up to 600, not fewer than for amber")
	}
	if s.NoShowGrace < 0 || s.NoShowGrace > 600 {
		bad.Add("no_show_grace", "Enter minutes from 0 to 600")
	}
	if s.OverbookMost < 0 || s.OverbookMost > 5 {
		bad.Add("overbook_most", "Enter a number from 0 to 5")
	}
	return bad
}

// SaveSettings saves how the day is run, from a form that showed it at a version, 0 for the defaults. It gives
// fault.Fields, and *registry.Conflict[Settings] where the version is another now. Saving what is stored already
// does nothing.
func SaveSettings(ctx context.Context, tx *db.Tx, keys *vault.Clinic, version int64, s Settings) error {
	if err := s.check().Err(); err != nil {
		return err
	}
	r, err := tx.LockScheduleSettings(ctx, db.LockScheduleSettingsParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("locking how the day is run: %w", err)
	}
	was := settingsOf(db.GetScheduleSettingsRow(r))
	if was.Settings == s {
		return nil
	}
	object := tx.Tenant.ID()
	if max(version, 1) != was.Version { // the defaults are what a first row holds
		return conflict(ctx, tx, keys, object, max(version, 1), was.Version, was.Settings)
	}
	n, err := tx.UpdateScheduleSettings(ctx, db.UpdateScheduleSettingsParams{
		TenantID: tx.Tenant, Version: was.Version, DayFrom: int32(s.DayFrom), DayTo: int32(s.DayTo), WaitMind: int32(s.WaitMind),
		WaitLong: int32(s.WaitLong), NoShowGrace: int32(s.NoShowGrace), OverbookMost: int32(s.OverbookMost),
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving how the day is run: %w", err)
	}
	if err := live.Touch(ctx, tx, keys, live.Schedule, live.Board); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "schedule-settings", ObjectID: object, Group: group,
		Before: registry.Versioned[Settings]{Version: was.Version, Value: was.Settings}, After: registry.Versioned[Settings]{Version: was.Version + 1, Value: s},
	})
}

// conflict is what a form is told that was made from another version than the one stored.
func conflict[T any](ctx context.Context, tx *db.Tx, keys *vault.Clinic, object id.ID, then, now int64, theirs T) error {
	base, err := registry.PastVersion[T](ctx, tx, keys, changeSlot, object, then, now)
	if err != nil {
		return err
	}
	c := &registry.Conflict[T]{Base: base, Theirs: theirs, TheirVersion: now}
	last, err := tx.GetLastChange(ctx, db.GetLastChangeParams{TenantID: tx.Tenant, ObjectID: object})
	if err != nil && !db.NoRows(err) {
		return fmt.Errorf("reading who saved %s last: %w", object, err)
	}
	if err == nil {
		c.By, c.At = last.ActorID, last.At.UTC()
	}
	return c
}

func changeSlot(row id.ID) vault.Slot { return audit.ChangeSlot(group, row) }
