package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
)

// stage is what must be known to say where an appointment of a type may stand.
type stage struct {
	kind      TypeRow
	settings  SettingsRow
	by        map[id.ID]ResourceRow // what can be booked
	resources []ResourceRow         // the same in order
	rules     week
	blocks    []BlockRow
}

// readStage reads it for the days from first to last, in one round trip. It gives fault.Missing where there is no such
// type.
func readStage(ctx context.Context, tx *db.Tx, d Desk, kind id.ID, first, last time.Time) (*stage, error) {
	s := &stage{}
	// A time that clocks leave out may end up on the next day.
	last = last.AddDate(0, 0, 1)
	err := db.Together(ctx, tx,
		reading(&s.kind, func(ctx context.Context, tx *db.Tx) (TypeRow, error) { return openType(ctx, tx, kind) }),
		reading(&s.settings, OpenSettings),
		func(ctx context.Context, tx *db.Tx) (err error) {
			s.by, s.resources, err = standing(ctx, tx, d.Keys)
			return err
		},
		reading(&s.rules, func(ctx context.Context, tx *db.Tx) (week, error) { return rulesOf(ctx, tx, first, last) }),
		reading(&s.blocks, func(ctx context.Context, tx *db.Tx) ([]BlockRow, error) { return Blocks(ctx, tx, d, first, last) }),
	)
	if err != nil {
		return nil, firstFault(err, "reading what can be booked")
	}
	return s, nil
}

// when is the time asked for as the clinic's clock shows it, with mistakes named day and at.
func (s *stage) when(d Desk, now time.Time, w When) (Placed, fault.Fields) {
	minutes := w.Minutes
	if minutes == 0 {
		minutes = s.kind.Minutes
	}
	at, shifted := Instant(w.Day, w.Start, d.Zone, w.Second)
	p := Placed{
		Day: w.Day, Start: w.Start, Minutes: minutes, StartsAt: at, EndsAt: at.Add(time.Duration(minutes) * time.Minute), Shifted: shifted,
	}
	if shifted {
		p.Day, p.Start = DayOf(at, d.Zone), MinuteOf(at, d.Zone)
	}
	var bad fault.Fields
	switch today := d.today(now); {
	case p.Day.Before(today):
		bad.Add("day", "This day has been. Choose today or a later one")
	case p.Day.After(today.AddDate(0, 0, aheadMost)):
		bad.Add("day", "This is more than three years ahead. Check the year")
	case !at.After(now.Add(-pastQuarter)):
		bad.Add("at", "This time has been. Choose a later one")
	}
	return p, bad
}

// crossing says what of a time is not offered at the one it is with, nil for nothing.
func (s *stage) crossing(d Desk, p Placed, seats []id.ID) *Crossing {
	clock := clockOf(p.Day, d.Zone)
	at := gap{p.StartsAt, p.EndsAt}
	c := &Crossing{Day: p.Day}
	hours, pauses := s.rules.on(seats[0], p.Day)
	inside := slices.ContainsFunc(hours, func(h Span) bool {
		g := clock.span(h)
		return !at.from.Before(g.from) && !at.to.After(g.to)
	})
	if !inside {
		c.Over = append(c.Over, OutsideHours)
	}
	for _, one := range pauses {
		if clock.span(one).overlaps(at) && !slices.Contains(c.Over, one.Kind) {
			c.Over = append(c.Over, one.Kind)
		}
	}
	for _, b := range s.blocks {
		if (b.Resource.IsZero() || slices.Contains(seats, b.Resource)) && (gap{b.StartsAt, b.EndsAt}).overlaps(at) {
			if !slices.Contains(c.Over, b.Kind) {
				c.Over = append(c.Over, b.Kind)
			}
			if b.Words != "" {
				c.Words = append(c.Words, b.Words)
			}
		}
	}
	if len(c.Over) == 0 {
		return nil
	}
	return c
}

// overlaps is what is held at a time: the lanes taken, by resource.
type overlaps map[id.ID][]int

// claim holds the resources that a time may take, and reads what they hold then, but for one appointment's own. Whoever
// comes later waits here, and sees what the first has taken. It gives fault.Missing where one is not there any more.
func claim(ctx context.Context, tx *db.Tx, ids []id.ID, at gap, but id.ID) (overlaps, error) {
	var held []db.LockResourcesRow
	var rows []db.ListOverlapsRow
	err := db.Together(ctx, tx,
		reading(&held, func(ctx context.Context, tx *db.Tx) ([]db.LockResourcesRow, error) {
			return tx.LockResources(ctx, db.LockResourcesParams{TenantID: tx.Tenant, Ids: ids})
		}),
		reading(&rows, func(ctx context.Context, tx *db.Tx) ([]db.ListOverlapsRow, error) {
			return tx.ListOverlaps(ctx, db.ListOverlapsParams{
				TenantID: tx.Tenant, ResourceIds: ids, StartsAt: at.from, EndsAt: at.to, Since: at.from.Add(-wholeDay * time.Minute), ButID: but,
			})
		}))
	if err != nil {
		return nil, fmt.Errorf("holding what is booked: %w", err)
	}
	if len(held) != len(ids) || slices.ContainsFunc(held, func(r db.LockResourcesRow) bool { return r.EndedAt != nil }) {
		return nil, fault.Missing
	}
	out := overlaps{}
	for _, r := range rows {
		out[r.ResourceID] = append(out[r.ResourceID], int(r.Lane))
	}
	return out, nil
}

// lane is the lowest lane that is free, most at the most; -1 where none is.
func (o overlaps) lane(resource id.ID, most int) int {
	for lane := range most + 1 {
		if !slices.Contains(o[resource], lane) {
			return lane
		}
	}
	return -1
}

// choice is what a time may take: the one it is with, a room that is meant, and where the type needs one and none is
// meant, those of its kind, the one that belongs to the first before others.
type choice struct {
	with, room id.ID
	rooms      []id.ID
}

// ids are all that are in a choice, each once.
func (c choice) ids() []id.ID {
	out := []id.ID{c.with}
	for _, r := range append([]id.ID{c.room}, c.rooms...) {
		if !r.IsZero() && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// choose says what a time may take. It gives fault.Missing and fault.Fields named with and room.
func (s *stage) choose(w When) (choice, error) {
	with, ok := s.by[w.With]
	switch {
	case !ok:
		return choice{}, fault.Missing
	case !s.kind.takes(with.Kind):
		return choice{}, fault.Fields{{Name: "with", Message: fmt.Sprintf("%s needs a %s", s.kind.Name, s.kind.Needs)}}
	}
	out := choice{with: w.With}
	if !w.Room.IsZero() {
		room, ok := s.by[w.Room]
		switch {
		case !ok:
			return out, fault.Missing
		case !isRoom(room.Kind):
			return out, fault.Fields{{Name: "room", Message: "Choose a room from the list"}}
		case room.ID != with.ID:
			out.room = room.ID
		}
		return out, nil
	}
	if s.kind.NeedsRoom == "" {
		if own, ok := s.by[with.Room]; ok {
			out.room = own.ID
		}
		return out, nil
	}
	if with.Kind == s.kind.NeedsRoom {
		return out, nil
	}
	for _, r := range s.resources {
		switch {
		case r.Kind != s.kind.NeedsRoom:
		case r.ID == with.Room:
			out.rooms = slices.Insert(out.rooms, 0, r.ID)
		default:
			out.rooms = append(out.rooms, r.ID)
		}
	}
	if len(out.rooms) == 0 {
		return out, fault.Fields{{Name: "room", Message: fmt.Sprintf("%s needs a %s, and the schedule has none", s.kind.Name, s.kind.NeedsRoom)}}
	}
	return out, nil
}

// seats are the resources of a choice that a time takes, the one it is with first: of rooms the first that is free and not
// blocked, else the first.
func (s *stage) seats(c choice, at gap, taken overlaps) []id.ID {
	out := []id.ID{c.with}
	if !c.room.IsZero() {
		return append(out, c.room)
	}
	if len(c.rooms) == 0 {
		return out
	}
	free := slices.IndexFunc(c.rooms, func(r id.ID) bool {
		return len(taken[r]) == 0 && !slices.ContainsFunc(s.blocks, func(b BlockRow) bool {
			return b.Resource == r && (gap{b.StartsAt, b.EndsAt}).overlaps(at)
		})
	})
	return append(out, c.rooms[max(free, 0)])
}

// settle takes the time asked for, and runs what makes the appointment just before. It gives *Taken, *Crossing, and what choose
// gives.
func (s *stage) settle(ctx context.Context, tx *db.Tx, d Desk, p *Placed, w When, first func(context.Context, *db.Tx) error) error {
	c, err := s.choose(w)
	if err != nil {
		return err
	}
	at := gap{p.StartsAt, p.EndsAt}
	taken, err := claim(ctx, tx, c.ids(), at, p.ID)
	if err != nil {
		return err
	}
	seats := s.seats(c, at, taken)
	if c := s.crossing(d, *p, seats); c != nil && !w.Anyway {
		c.Free, err = s.instead(ctx, tx, d, *p, w)
		if err != nil {
			return err
		}
		return c
	}
	most := 0
	if over := slices.ContainsFunc(seats, func(r id.ID) bool { return len(taken[r]) > 0 }); over && w.Overbook != "" {
		if !d.may(rightOverbook) {
			return errOverbook
		}
		most = s.settings.OverbookMost
	}
	p.Seats = nil
	for _, r := range seats {
		lane := taken.lane(r, most)
		if lane < 0 {
			return s.takenThen(ctx, tx, d, *p, w, seats, taken)
		}
		p.Seats = append(p.Seats, Seat{r, lane})
	}
	return sit(ctx, tx, *p, first)
}

// squeeze takes a time as settle does, over others if need be.
func (s *stage) squeeze(ctx context.Context, tx *db.Tx, p *Placed, w When, first func(context.Context, *db.Tx) error) error {
	c, err := s.choose(w)
	if err != nil {
		return err
	}
	at := gap{p.StartsAt, p.EndsAt}
	taken, err := claim(ctx, tx, c.ids(), at, p.ID)
	if err != nil {
		return err
	}
	p.Seats = nil
	for i, r := range s.seats(c, at, taken) {
		lane := taken.lane(r, len(taken[r]))
		if i > 0 && lane > 0 && s.kind.NeedsRoom == "" {
			continue // it does without a room of its own
		}
		p.Seats = append(p.Seats, Seat{r, lane})
	}
	return sit(ctx, tx, *p, first)
}

// sit takes the seats of an appointment, of resources the caller holds, after what makes it. That none overlaps another,
// the database says as well.
func sit(ctx context.Context, tx *db.Tx, p Placed, first func(context.Context, *db.Tx) error) error {
	q := db.InsertAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: p.ID, Day: p.Day, StartsAt: p.StartsAt, EndsAt: p.EndsAt}
	for _, s := range p.Seats {
		q.ResourceIds, q.Lanes = append(q.ResourceIds, s.Resource), append(q.Lanes, int32(s.Lane))
	}
	jobs := []func(context.Context, *db.Tx) error{func(ctx context.Context, tx *db.Tx) error { return tx.InsertAppointmentSlots(ctx, q) }}
	if first != nil {
		jobs = slices.Insert(jobs, 0, first)
	}
	err := db.Together(ctx, tx, jobs...)
	if db.Violates(err, "appointment_slots_free") {
		return &Taken{Day: p.Day}
	}
	if err != nil {
		return firstFault(err, "taking a time")
	}
	return nil
}

// isRoom reports whether a kind of resource is where something is, and not who does it.
func isRoom(kind string) bool { return kind == Room || kind == Theatre || kind == Equipment }

// instead are the next free times from the one asked for.
func (s *stage) instead(ctx context.Context, tx *db.Tx, d Desk, p Placed, w When) ([]Free, error) {
	return nextFree(ctx, tx, d, Wish{Type: s.kind.ID, With: w.With, Minutes: p.Minutes, Day: p.Day, Start: p.Start, But: p.ID}, s.kind.Type, s.by)
}

// takenThen is what somebody is told whose time is taken.
func (s *stage) takenThen(ctx context.Context, tx *db.Tx, d Desk, p Placed, w When, seats []id.ID, taken overlaps) error {
	if w.Overbook != "" {
		return fault.Fields{{Name: "overbook", Message: fmt.Sprintf("No more can stand over one another then: the clinic allows %d", s.settings.OverbookMost)}}
	}
	free, err := s.instead(ctx, tx, d, p, w)
	if err != nil {
		return err
	}
	t := &Taken{Free: free, Day: p.Day, MayOverbook: d.may(rightOverbook) && len(seats) > 0}
	for _, r := range seats {
		t.MayOverbook = t.MayOverbook && taken.lane(r, s.settings.OverbookMost) >= 0
	}
	return t
}
