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
	for i := range shown {
		a := &shown[i]
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

// fits finds who on the waitlist would take which free time: of each, the first start that suits them.
func (r *dayRead) fits(clock dayClock, free map[id.ID][]gap) (out []Fit) {
	offered := make(map[id.ID][]id.ID, len(r.waiting))
	for _, w := range r.waiting {
		offered[w.ID] = []id.ID{w.With}
		if w.With.IsZero() {
			offered[w.ID] = Type{Needs: w.Needs, NeedsRoom: w.NeedsRoom}.Offered(r.resources)
		}
	}
	for _, col := range r.resources {
		for _, g := range free[col.ID] {
			starts := clock.starts(g, quarterStep)
			found := make([]Fit, len(starts))
			for _, w := range r.waiting {
				if w.First.After(r.day) || !w.Last.IsZero() && w.Last.Before(r.day) || !slices.Contains(offered[w.ID], col.ID) {
					continue
				}
				at := slices.IndexFunc(starts, func(m int) bool { return r.fitsAt(clock, free, col, g, w, m) })
				if at >= 0 {
					found[at].Waiting = append(found[at].Waiting, w.ID)
				}
			}
			for i, f := range found {
				if len(f.Waiting) > 0 {
					f.Resource, f.Start = col.ID, starts[i]
					f.StartsAt, _ = clock.at(f.Start)
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// fitsAt reports whether somebody who waits can be seen from a minute of the day on, in a free time of a column, with the room it
// takes free too.
func (r *dayRead) fitsAt(clock dayClock, free map[id.ID][]gap, col ResourceRow, g gap, w WaitingRow, minute int) bool {
	at, _ := clock.at(minute)
	during := gap{at, at.Add(time.Duration(w.Long) * time.Minute)}
	if minute < w.From || minute+w.Long > w.To || during.to.After(g.to) {
		return false
	}
	needs := w.NeedsRoom != ""
	for _, o := range r.resources {
		if needs && o.Kind != w.NeedsRoom || !needs && o.ID != col.Room {
			continue
		}
		if slices.ContainsFunc(free[o.ID], func(g gap) bool { return !g.from.After(during.from) && !g.to.Before(during.to) }) {
			return true
		}
		needs = true
	}
	return !needs
}
