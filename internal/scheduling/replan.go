package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
)

// replanPage is how many appointments are read at a time.
const replanPage = 500

// changedTimes is what the record keeps of times that were computed anew.
type changedTimes struct {
	Zone string `json:"zone"`
}

// ReplanZone computes the instants of what is still ahead anew, after the rules of the clinic's zone changed or the clinic
// has another zone: each appointment keeps the day and the time on the clock that were agreed. Where two then overlap, as
// in an hour that is left out now, the later one to be placed stands over the other. It gives how many were changed.
func ReplanZone(ctx context.Context, tx *db.Tx, d Desk) (changed int, err error) {
	moved := map[id.ID]gap{}
	u := db.UpdateAppointmentInstantsParams{TenantID: tx.Tenant, Zone: d.Zone.String()}
	for after := (id.ID{}); ; {
		rows, err := tx.LockAhead(ctx, db.LockAheadParams{TenantID: tx.Tenant, FirstDay: d.today(tx.Now()), After: orFirst(after), Most: replanPage})
		if err != nil {
			return 0, fmt.Errorf("locking what is ahead: %w", err)
		}
		for _, r := range rows {
			after = r.ID
			at := agreed(r.Day.UTC(), int(r.StartMinute), r.StartsAt.UTC(), d.Zone)
			if at.Equal(r.StartsAt) && r.Zone == u.Zone {
				continue
			}
			g := gap{at, at.Add(time.Duration(r.Minutes) * time.Minute)}
			u.Ids, u.Starts, u.Ends = append(u.Ids, r.ID), append(u.Starts, g.from), append(u.Ends, g.to)
			if !at.Equal(r.StartsAt) {
				moved[r.ID] = g
			}
		}
		if len(rows) < replanPage {
			break
		}
	}
	if len(u.Ids) == 0 {
		return 0, nil
	}
	if n, err := tx.UpdateAppointmentInstants(ctx, u); err != nil || int(n) != len(u.Ids) {
		return 0, fmt.Errorf("keeping %d of %d new times: %w", n, len(u.Ids), err)
	}
	if err := resit(ctx, tx, moved); err != nil {
		return 0, err
	}
	err = audit.RecordChange(tx, d.Keys, audit.Change{
		Action: audit.Changed, Object: "appointment-times", ObjectID: id.New(), IDs: u.Ids, Group: group, After: changedTimes{u.Zone},
	})
	if err != nil {
		return 0, err
	}
	return len(u.Ids), touchSchedule(ctx, tx, d)
}

// agreed is the instant of a time that was agreed to be at another: of two same times, the one agreed stays.
func agreed(day time.Time, minute int, at time.Time, zone *time.Location) time.Time {
	first, _ := Instant(day, minute, zone, false)
	if second, _ := Instant(day, minute, zone, true); at.Equal(second) {
		return at
	}
	return first
}

// Outdated reports whether ReplanZone would change something. It holds nothing.
func Outdated(ctx context.Context, tx *db.Tx, zone *time.Location) (bool, error) {
	today := DayOf(tx.Now(), zone)
	for after := (id.ID{}); ; {
		rows, err := tx.ListAhead(ctx, db.ListAheadParams{TenantID: tx.Tenant, FirstDay: today, After: orFirst(after), Most: replanPage})
		if err != nil {
			return false, fmt.Errorf("reading what is ahead: %w", err)
		}
		for _, r := range rows {
			after = r.ID
			at := r.StartsAt.UTC()
			if r.Zone != zone.String() || !agreed(r.Day.UTC(), int(r.StartMinute), at, zone).Equal(at) {
				return true, nil
			}
		}
		if len(rows) < replanPage {
			return false, nil
		}
	}
}

// orFirst is an id before all others for none.
func orFirst(v id.ID) id.ID {
	if v.IsZero() {
		v[15] = 1
	}
	return v
}

// resit takes what appointments hold at their new times: first all give way, so that none is in another's.
func resit(ctx context.Context, tx *db.Tx, moved map[id.ID]gap) error {
	if len(moved) == 0 {
		return nil
	}
	ids := make([]id.ID, 0, len(moved))
	for row := range moved {
		ids = append(ids, row)
	}
	slots, err := tx.ListSlotsOf(ctx, db.ListSlotsOfParams{TenantID: tx.Tenant, Ids: ids})
	if err != nil {
		return fmt.Errorf("reading what is held: %w", err)
	}
	if _, err := tx.DeleteSlotsOf(ctx, db.DeleteSlotsOfParams{TenantID: tx.Tenant, Ids: ids}); err != nil {
		return fmt.Errorf("giving free what is held: %w", err)
	}
	if len(slots) == 0 {
		return nil
	}
	slices.SortStableFunc(slots, func(a, b db.ListSlotsOfRow) int {
		return moved[a.AppointmentID].from.Compare(moved[b.AppointmentID].from)
	})
	stays, err := stays(ctx, tx, slots, moved)
	if err != nil {
		return err
	}
	p := db.InsertSlotsOfParams{TenantID: tx.Tenant}
	for _, s := range slots {
		g := moved[s.AppointmentID]
		for slices.ContainsFunc(stays[lane{s.ResourceID, s.Lane}], g.overlaps) {
			s.Lane++
		}
		at := lane{s.ResourceID, s.Lane}
		stays[at] = append(stays[at], g)
		p.Ids, p.ResourceIds, p.Lanes = append(p.Ids, s.AppointmentID), append(p.ResourceIds, s.ResourceID), append(p.Lanes, s.Lane)
		p.Days, p.Starts, p.Ends = append(p.Days, s.Day), append(p.Starts, g.from), append(p.Ends, g.to)
	}
	if err := tx.InsertSlotsOf(ctx, p); err != nil {
		return fmt.Errorf("taking the new times: %w", err)
	}
	return nil
}

// lane is one of a resource.
type lane struct {
	resource id.ID
	number   int32
}

// stays holds the resources of slots, and reads what stays with them over the time they are moved to.
func stays(ctx context.Context, tx *db.Tx, slots []db.ListSlotsOfRow, moved map[id.ID]gap) (map[lane][]gap, error) {
	var resources []id.ID
	whole := moved[slots[0].AppointmentID]
	for _, s := range slots {
		if !slices.Contains(resources, s.ResourceID) {
			resources = append(resources, s.ResourceID)
		}
		if g := moved[s.AppointmentID]; g.to.After(whole.to) {
			whole.to = g.to
		}
	}
	if _, err := tx.LockResources(ctx, db.LockResourcesParams{TenantID: tx.Tenant, Ids: resources}); err != nil {
		return nil, fmt.Errorf("holding what is booked: %w", err)
	}
	rows, err := tx.ListOverlaps(ctx, db.ListOverlapsParams{
		TenantID: tx.Tenant, ResourceIds: resources, StartsAt: whole.from, EndsAt: whole.to, Since: whole.from.Add(-wholeDay * time.Minute), ButID: id.New(),
	})
	if err != nil {
		return nil, fmt.Errorf("reading what stays: %w", err)
	}
	out := map[lane][]gap{}
	for _, r := range rows {
		at := lane{r.ResourceID, r.Lane}
		out[at] = append(out[at], gap{r.StartsAt, r.EndsAt})
	}
	return out, nil
}
