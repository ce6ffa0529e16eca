package scheduling

import (
	"context"
	"time"

	"paddock/db"
	"paddock/internal/id"
)

// WeekPlan is how full each resource is on each day of a week.
type WeekPlan struct {
	SettingsRow
	Monday  time.Time
	Columns []WeekColumn
	// Closed are the blocks of the whole clinic in that week; Open its opening hours by day, Monday first.
	Closed []BlockRow
	Open   [7][]Span
}

// WeekColumn is a resource in one week.
type WeekColumn struct {
	ResourceRow
	Days [7]Load
}

// Load is how full a resource is on a day, in minutes.
type Load struct {
	// Worked are the minutes that can be booked; Taken those that are, twice where it is overbooked; Appointments how
	// many those are.
	Worked, Taken, Appointments int
	// Free are the minutes that can still be booked: none of those that are over.
	Free int
	// Blocks are what is not offered that once, of its own.
	Blocks []BlockRow
}

// Week reads a week of the schedule from a Monday on.
func Week(ctx context.Context, tx *db.Tx, d Desk, monday time.Time) (WeekPlan, error) {
	w := WeekPlan{Monday: monday}
	sunday := monday.AddDate(0, 0, 6)
	var resources []ResourceRow
	var rules week
	var blocks []BlockRow
	var loads []db.ListLoadsRow
	err := db.Together(ctx, tx,
		reading(&w.SettingsRow, OpenSettings),
		func(ctx context.Context, tx *db.Tx) (err error) {
			_, resources, err = standing(ctx, tx, d.Keys)
			return err
		},
		reading(&rules, func(ctx context.Context, tx *db.Tx) (week, error) { return rulesOf(ctx, tx, monday, sunday) }),
		reading(&blocks, func(ctx context.Context, tx *db.Tx) ([]BlockRow, error) { return Blocks(ctx, tx, d, monday, sunday) }),
		reading(&loads, func(ctx context.Context, tx *db.Tx) ([]db.ListLoadsRow, error) {
			return tx.ListLoads(ctx, db.ListLoadsParams{TenantID: tx.Tenant, FirstDay: monday, LastDay: sunday, Now: tx.Now()})
		}),
	)
	if err != nil {
		return WeekPlan{}, firstFault(err, "reading a week")
	}
	type place struct {
		resource id.ID
		day      int
	}
	taken := make(map[place]db.ListLoadsRow, len(loads))
	for _, l := range loads {
		taken[place{l.ResourceID, nth(monday, l.Day)}] = l
	}
	for _, b := range blocks {
		if b.Resource.IsZero() {
			w.Closed = append(w.Closed, b)
		}
	}
	for _, r := range resources {
		w.Columns = append(w.Columns, WeekColumn{ResourceRow: r})
	}
	for n := range 7 {
		day := monday.AddDate(0, 0, n)
		clock := clockOf(day, d.Zone)
		w.Open[n], _ = rules.on(id.ID{}, day)
		for i := range w.Columns {
			r := &w.Columns[i]
			l := taken[place{r.ID, n}]
			load := Load{Taken: int(l.Minutes), Appointments: int(l.Appointments)}
			c := Column{ResourceRow: r.ResourceRow}
			c.Hours, c.Pauses = rules.on(r.ID, day)
			for _, b := range blocks {
				if nth(monday, b.Day) != n || !b.Resource.IsZero() && b.Resource != r.ID {
					continue
				}
				c.Blocks = append(c.Blocks, b)
				if b.Resource == r.ID {
					load.Blocks = append(load.Blocks, b)
				}
			}
			load.Worked = minutesOf(clock.gaps(c, nil, time.Time{}))
			load.Free = max(0, minutesOf(clock.gaps(c, nil, tx.Now()))-int(l.Ahead))
			r.Days[n] = load
		}
	}
	return w, nil
}

// minutesOf is how long gaps are together.
func minutesOf(gaps []gap) (minutes int) {
	for _, g := range gaps {
		minutes += int(g.to.Sub(g.from) / time.Minute)
	}
	return minutes
}

// nth is which day after another one is.
func nth(first, day time.Time) int { return int(day.UTC().Sub(first.UTC()) / (24 * time.Hour)) }
