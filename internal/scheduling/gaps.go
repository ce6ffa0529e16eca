package scheduling

import (
	"slices"
	"time"

	"paddock/internal/id"
)

// gap is time, half-open.
type gap struct{ from, to time.Time }

func (g gap) overlaps(o gap) bool { return g.from.Before(o.to) && o.from.Before(g.to) }

// dayClock tells the instants of the minutes of one day.
type dayClock struct {
	zone   *time.Location
	pieces []piece
}

func clockOf(day time.Time, zone *time.Location) dayClock { return dayClock{zone, pieces(day, zone)} }

// at is the instant of a minute of the day, 0 to 1440, and whether it may be offered.
func (c dayClock) at(minute int) (time.Time, bool) {
	for _, p := range c.pieces {
		if minute >= p.from && minute < p.to {
			return p.starts.Add(time.Duration(minute-p.from) * time.Minute), p.offered
		}
	}
	return time.Time{}, false
}

func (c dayClock) span(s Span) gap {
	from, _ := c.at(s.From)
	to, _ := c.at(s.To)
	return gap{from, to}
}

// busy is what of a column's day is not free.
func (c dayClock) busy(col Column, shown []Appointment) (out []gap) {
	for _, s := range col.Pauses {
		out = append(out, c.span(s))
	}
	for _, b := range col.Blocks {
		out = append(out, gap{b.StartsAt, b.EndsAt})
	}
	for _, a := range shown {
		if a.State == NoShowed || a.State == Cancelled || a.State == Moved {
			continue
		}
		if slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Resource == col.ID }) {
			out = append(out, gap{a.StartsAt, a.EndsAt})
		}
	}
	return out
}

// gaps are the free times of a column on its day, in order, from an instant on.
func (c dayClock) gaps(col Column, shown []Appointment, since time.Time) (out []gap) {
	busy := slices.SortedFunc(slices.Values(c.busy(col, shown)), func(a, b gap) int { return a.from.Compare(b.from) })
	for _, s := range col.Hours {
		free := c.span(s)
		if free.from.Before(since) {
			free.from = since
		}
		for _, b := range busy {
			if !b.overlaps(free) {
				continue
			}
			if b.from.After(free.from) {
				out = append(out, gap{free.from, b.from})
			}
			free.from = b.to
		}
		if free.from.Before(free.to) {
			out = append(out, free)
		}
	}
	return out
}

// quarterStep is the rhythm of the schedule, in minutes.
const quarterStep = 15

// starts are the quarters of an hour at which what takes some minutes fits a gap.
func (c dayClock) starts(g gap, minutes int) (out []int) {
	for m := MinuteOf(g.from, c.zone) / quarterStep * quarterStep; m < wholeDay; m += quarterStep {
		at, offered := c.at(m)
		switch {
		case at.Add(time.Duration(minutes) * time.Minute).After(g.to):
			return out
		case offered && !at.Before(g.from):
			out = append(out, m)
		}
	}
	return out
}

func (c dayClock) quarters(g gap) int { return len(c.starts(g, quarterStep)) }

// fits finds, for the start of each free time, who on the waitlist would take it.
func (r *dayRead) fits(clock dayClock, free map[id.ID][]gap) (out []Fit) {
	rooms := func(kind string, during gap) bool {
		return slices.ContainsFunc(r.resources, func(o ResourceRow) bool {
			return o.Kind == kind && slices.ContainsFunc(free[o.ID], func(g gap) bool { return !g.from.After(during.from) && !g.to.Before(during.to) })
		})
	}
	for _, col := range r.resources {
		for _, g := range free[col.ID] {
			starts := clock.starts(g, quarterStep)
			if len(starts) == 0 {
				continue
			}
			f := Fit{Resource: col.ID, Start: starts[0]}
			f.StartsAt, _ = clock.at(f.Start)
			for _, w := range r.waiting {
				during := gap{f.StartsAt, f.StartsAt.Add(time.Duration(w.Long) * time.Minute)}
				kind := Type{Needs: w.Needs, NeedsRoom: w.NeedsRoom}
				switch {
				case w.First.After(r.day) || !w.Last.IsZero() && w.Last.Before(r.day):
				case !w.With.IsZero() && w.With != col.ID:
				case w.With.IsZero() && !slices.Contains(kind.offered(), col.Kind):
				case f.Start < w.From || f.Start+w.Long > w.To || during.to.After(g.to):
				case w.NeedsRoom != "" && w.NeedsRoom != col.Kind && !rooms(w.NeedsRoom, during):
				default:
					f.Waiting = append(f.Waiting, w.ID)
				}
			}
			if len(f.Waiting) > 0 {
				out = append(out, f)
			}
		}
	}
	return out
}
