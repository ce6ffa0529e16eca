package scheduling

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
)

// Wish is what somebody asks for.
type Wish struct {
	Type id.ID
	// With is the resource, zero for any that the type takes.
	With id.ID
	// Minutes is how long, 0 for what the type takes.
	Minutes int
	// Day and Start are from when on; the past is never offered. Days is how many days are looked through, 0 for
	// FreeDays.
	Day   time.Time
	Start int
	Days  int
	// From and Until bound the minutes of each day, 0 for no bound, as for those who come mornings only.
	From, Until int
	// Most is how many are offered, 0 for 5.
	Most int
	// But is an appointment whose own time counts as free, as when it is moved.
	But id.ID
	// Fine looks at every five minutes, as for a time that somebody typed.
	Fine bool
}

// FreeDays is how many days are looked through for a free time.
const FreeDays = 28

// Free is a time that can be booked.
type Free struct {
	Resource id.ID
	// Called is whose or what it is.
	Called string
	// Room is the room the type needs, zero for none.
	Room             id.ID
	Day              time.Time
	Start            int
	StartsAt, EndsAt time.Time
}

// Taken says that a time is booked already: it is a fault of kind Conflict.
type Taken struct {
	// Free are the next free times.
	Free []Free
	// MayOverbook reports whether the person may book over it, with a reason, and there is room for one more.
	MayOverbook bool
	// Day is the day it was about, as one of a series may be.
	Day time.Time
}

func (t *Taken) Error() string { return "the time is taken" }

// Unwrap gives the fault a person reads.
func (t *Taken) Unwrap() error {
	return fault.New(fault.Conflict, "That time was just taken.")
}

// Crossing says that a time crosses what is not offered, and was not said to be meant. It is a fault of kind
// Invalid.
type Crossing struct {
	// Over are the kinds it crosses: Lunch, Holiday, ... or OutsideHours.
	Over []string
	// Words are those of the blocks.
	Words []string
	Free  []Free
	// Day is the day it was about, as one of a series may be.
	Day time.Time
}

// OutsideHours is crossed by what is outside the hours of the resource.
const OutsideHours = "outside"

func (c *Crossing) Error() string { return "the time crosses what is not offered" }

// Unwrap gives the fault a person reads.
func (c *Crossing) Unwrap() error {
	return fault.New(fault.Invalid, "This is outside what is offered. Book it anyway, or choose another time.")
}

// The days that are looked through at a time: most times it is found in the first.
var looks = []int{3, 7, 18}

// NextFree finds the next free times for a type of appointment: in the hours of who it needs, where a room it needs is
// free too, and on the quarters of an hour, or in its own rhythm where it does not take quarters. Each look is one
// statement, and more than one is needed only where nothing is free for days. It gives fault.Missing where there is no such
// type.
func NextFree(ctx context.Context, tx *db.Tx, d Desk, w Wish) ([]Free, error) {
	var kind TypeRow
	var by map[id.ID]ResourceRow
	err := db.Together(ctx, tx,
		reading(&kind, func(ctx context.Context, tx *db.Tx) (TypeRow, error) { return openType(ctx, tx, w.Type) }),
		func(ctx context.Context, tx *db.Tx) (err error) {
			by, _, err = standing(ctx, tx, d.Keys)
			return err
		})
	if err != nil {
		return nil, firstFault(err, "looking for free times")
	}
	return nextFree(ctx, tx, d, w, kind.Type, by)
}

func nextFree(ctx context.Context, tx *db.Tx, d Desk, w Wish, kind Type, by map[id.ID]ResourceRow) ([]Free, error) {
	if w.Minutes == 0 {
		w.Minutes = kind.Minutes
	}
	if w.Days <= 0 {
		w.Days = FreeDays
	}
	if w.Most <= 0 {
		w.Most = 5
	}
	if w.Until <= 0 {
		w.Until = wholeDay
	}
	p := db.ListFreeTimesParams{
		TenantID: tx.Tenant, RoomKind: kind.NeedsRoom, ButID: w.But, ResourceIds: kind.Offered(slices.Collect(maps.Values(by))),
		Step: int32(stepOf(w.Minutes)), Minutes: int32(w.Minutes), NotBefore: int32(w.From), NotAfter: int32(w.Until),
	}
	if !w.With.IsZero() {
		// Whoever is asked for by name need only be one that the type can be booked with.
		one, ok := by[w.With]
		if !ok || !kind.takes(one.Kind) {
			return nil, nil
		}
		p.ResourceIds = []id.ID{w.With}
	}
	if len(p.ResourceIds) == 0 {
		return nil, nil
	}
	if w.Fine {
		p.Step = fineStep
	}
	now := tx.Now()
	if today := d.today(now); w.Day.Before(today) {
		w.Day, w.Start = today, 0
	}
	p.Since, _ = Instant(w.Day, max(w.Start, 0), d.Zone, false)
	if p.Since.Before(now) {
		p.Since = now
	}
	var out []Free
	for look, day := 0, w.Day; len(out) < w.Most && w.Days > 0; look++ {
		days := min(w.Days, looks[min(look, len(looks)-1)])
		w.Days -= days
		p.Most = int32(w.Most - len(out))
		found, err := freeOn(ctx, tx, d, p, day, days, by)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		day = day.AddDate(0, 0, days)
	}
	return out, nil
}

// freeOn looks through some days.
func freeOn(ctx context.Context, tx *db.Tx, d Desk, p db.ListFreeTimesParams, first time.Time, days int, by map[id.ID]ResourceRow) ([]Free, error) {
	p.FirstDay, p.LastDay, p.DayBefore = first, first.AddDate(0, 0, days-1), first.AddDate(0, 0, -1)
	p.Days, p.FromMinutes, p.ToMinutes, p.PieceStarts, p.Offered = nil, nil, nil, nil, nil
	for n := range days {
		for _, one := range pieces(first.AddDate(0, 0, n), d.Zone) {
			p.Days, p.FromMinutes, p.ToMinutes = append(p.Days, one.day), append(p.FromMinutes, int32(one.from)), append(p.ToMinutes, int32(one.to))
			p.PieceStarts, p.Offered = append(p.PieceStarts, one.starts), append(p.Offered, one.offered)
		}
	}
	rows, err := tx.ListFreeTimes(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("looking for free times: %w", err)
	}
	out := make([]Free, len(rows))
	for i, r := range rows {
		out[i] = Free{
			Resource: r.ResourceID, Called: by[r.ResourceID].Called, Room: r.RoomID, Day: r.Day.UTC(), Start: int(r.Minute),
			StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(),
		}
		if out[i].Room == out[i].Resource {
			out[i].Room = id.ID{}
		}
	}
	return out, nil
}

// fineStep is the finest rhythm there is, in minutes.
const fineStep = 5

// stepOf is the rhythm, in minutes, in which what takes so long is offered.
func stepOf(minutes int) int {
	switch {
	case minutes%quarterStep == 0:
		return quarterStep
	case minutes%10 == 0:
		return 10
	}
	return fineStep
}
