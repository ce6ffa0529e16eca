package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// A row of the schedule is five minutes, and a quarter three of them.
const (
	rowMinutes  = 5
	quarterRows = 3
)

var pauseWords = map[string]string{
	scheduling.Lunch: "Lunch", scheduling.Break: "Break", scheduling.Meeting: "Meeting",
	scheduling.Admissions: "Admissions", scheduling.Discharges: "Discharges",
}

var blockWords = map[string]string{
	scheduling.Holiday: "Holiday", scheduling.Away: "Away", scheduling.Closed: "Closed", scheduling.Reserved: "Reserved", scheduling.Other: "Not offered",
}

// blockSays is why time is not offered.
func blockSays(b scheduling.Block) string { return cmp.Or(b.Words, blockWords[b.Kind]) }

// inView reports whether a resource is a column of the view: people, or rooms.
func inView(kind, view string) bool {
	person := kind == scheduling.Vet || kind == scheduling.Nurse
	return person != (view == roomsView)
}

// counts are the head of a day: "16 free · 10 seen · 1 late".
func counts(p scheduling.DayPlan, present bool) string {
	free := 0
	for _, c := range p.Columns {
		if inView(c.Kind, dayView) {
			free += c.FreeQuarters
		}
	}
	parts := []string{strconv.Itoa(free) + " free"}
	if present {
		parts = append(parts, strconv.Itoa(p.Seen)+" seen")
		if p.Late > 0 {
			parts = append(parts, strconv.Itoa(p.Late)+" late")
		}
	} else {
		parts = append(parts, strconv.Itoa(len(p.Appointments))+" booked")
	}
	return strings.Join(parts, " · ")
}

// sheet is a schedule while it is laid out: the rows of a day from one minute to another.
type sheet struct {
	v        *visit
	day      shownDay
	from, to int
	// now is the minute of the present, -1 on another day.
	now int
	// whose are the people that rooms belong to.
	whose map[id.ID]id.ID
}

func (s sheet) rows() int { return (s.to - s.from) / rowMinutes }

func (s sheet) row(minute int) int {
	return min(max(0, (minute-s.from)/rowMinutes), s.rows()-1)
}

func (v *visit) scheduleView(d shownDay, p scheduling.DayPlan) views.Schedule {
	iso := d.on.Format(isoForm)
	view := views.Schedule{
		Page: v.page("today"), Href: "/today/schedule?day=" + iso + "&view=" + d.view, Day: iso, Words: d.on.Format("Monday 2 January"), View: d.view, Fresh: id.New().String(),
	}
	byResource := map[id.ID][]*scheduling.Appointment{}
	for i := range p.Appointments {
		a := &p.Appointments[i]
		for _, seat := range a.Seats {
			byResource[seat.Resource] = append(byResource[seat.Resource], a)
		}
	}
	var columns []scheduling.Column
	any := false
	for _, c := range p.Columns {
		any = any || inView(c.Kind, d.view)
		if inView(c.Kind, d.view) && (!c.Off || len(byResource[c.ID]) > 0) {
			columns = append(columns, c)
		}
	}
	if len(columns) == 0 {
		view.Empty, view.SetupHref = v.nothingOffered(d, p, any)
		return view
	}
	s := sheet{v: v, day: d, now: -1, whose: map[id.ID]id.ID{}}
	for _, c := range p.Columns {
		if !c.Room.IsZero() {
			s.whose[c.Room] = c.ID
		}
	}
	s.from, s.to = bounds(p.Settings, columns, byResource)
	view.From, view.Rows = s.from, s.rows()
	for at := s.from; at < s.to; at += 30 {
		view.Times = append(view.Times, views.TimeMark{Row: s.row(at), Label: clockOf(at), Hour: at%60 == 0})
	}
	if d.on.Equal(v.today()) {
		s.now = v.nowMinute()
		if s.now >= s.from && s.now < s.to {
			view.Now = views.NowMark{Row: s.row(s.now), Minute: s.now, Label: clockOf(s.now)}
		}
	}
	for _, c := range columns {
		view.Columns = append(view.Columns, s.column(c, &p, byResource[c.ID]))
	}
	return view
}

// nothingOffered says why a day has no columns.
func (v *visit) nothingOffered(d shownDay, p scheduling.DayPlan, any bool) (sentence, setup string) {
	switch {
	case !any && d.view == roomsView:
		return "No room is kept on the schedule.", v.setupHref()
	case !any:
		return "Nobody is on the schedule yet.", v.setupHref()
	case len(p.Closed) > 0:
		return "Closed: " + blockSays(p.Closed[0].Block) + ".", ""
	case len(p.Open) == 0:
		return "Closed on " + d.on.Format("Monday") + "s.", ""
	}
	return "Nobody works on this day.", v.setupHref()
}

// bounds are the minutes a schedule shows: those of the settings, and whatever stands outside them. They fall
// on half hours.
func bounds(set scheduling.Settings, columns []scheduling.Column, by map[id.ID][]*scheduling.Appointment) (from, to int) {
	from, to = set.DayFrom, set.DayTo
	for _, c := range columns {
		for _, h := range c.Hours {
			from, to = min(from, h.From), max(to, h.To)
		}
		for _, a := range by[c.ID] {
			from, to = min(from, a.Start), max(to, min(a.Start+a.Minutes, 24*60))
		}
	}
	return from / 30 * 30, min((to+29)/30*30, 24*60)
}

// column lays out one resource's day.
func (s sheet) column(c scheduling.Column, p *scheduling.DayPlan, all []*scheduling.Appointment) views.DayColumn {
	col := views.DayColumn{ID: c.ID.String(), Name: c.Called, Room: c.RoomCalled, Hours: hoursOf(c), Free: c.FreeQuarters}
	why := s.notOffered(c, p.Closed)
	taken := make([]bool, s.rows())
	appts := s.appts(c, all, taken)
	col.Spans = append(appts, s.blocks(why)...)
	for r := 0; r+quarterRows <= s.rows(); r += quarterRows {
		open := !slices.ContainsFunc(why[r:r+quarterRows], func(w string) bool { return w != "" })
		if open {
			col.Slots++
		}
		if open && !slices.Contains(taken[r:r+quarterRows], true) {
			if free, ok := s.free(c, p.Fits, s.from+r*rowMinutes); ok {
				col.Spans = append(col.Spans, views.DaySpan{Row: r, Len: quarterRows, Free: &free})
			}
		}
	}
	slices.SortStableFunc(col.Spans, func(a, b views.DaySpan) int { return a.Row - b.Row })
	return col
}

func hoursOf(c scheduling.Column) string {
	if c.Off || len(c.Hours) == 0 {
		return "Not in"
	}
	return clockOf(c.Hours[0].From) + "–" + clockOf(c.Hours[len(c.Hours)-1].To)
}

// notOffered is for each row why it is not, "" where it is.
func (s sheet) notOffered(c scheduling.Column, closed []scheduling.BlockRow) []string {
	why := make([]string, s.rows())
	for i := range why {
		why[i] = "Not in"
	}
	paint := func(from, to int, word string) {
		for r := max(0, (from-s.from)/rowMinutes); r < min(s.rows(), (to-s.from+rowMinutes-1)/rowMinutes); r++ {
			why[r] = word
		}
	}
	for _, h := range c.Hours {
		paint(h.From, h.To, "")
	}
	for _, h := range c.Pauses {
		paint(h.From, h.To, pauseWords[h.Kind])
	}
	for _, b := range append(slices.Clone(c.Blocks), closed...) {
		paint(b.From, b.To, blockSays(b.Block))
	}
	return why
}

// blocks are the runs of rows that are not offered for one reason.
func (s sheet) blocks(why []string) []views.DaySpan {
	var out []views.DaySpan
	for r := 0; r < len(why); {
		end := r + 1
		for end < len(why) && why[end] == why[r] {
			end++
		}
		if why[r] != "" {
			out = append(out, views.DaySpan{Row: r, Len: end - r, Block: why[r]})
		}
		r = end
	}
	return out
}

// free is a quarter that can be booked: one that is not over yet, by somebody who may.
func (s sheet) free(c scheduling.Column, fits []scheduling.Fit, minute int) (f views.FreeQuarter, ok bool) {
	if !s.v.may(access.ScheduleWrite) || s.day.on.Before(s.v.today()) || minute+rowMinutes*quarterRows <= s.now {
		return f, false
	}
	f.Time = clockOf(minute)
	f.Href = "/bookings/new?day=" + s.day.on.Format(isoForm) + "&at=" + f.Time
	if with := s.bookedWith(c); !with.IsZero() {
		f.Href += "&with=" + with.String()
	}
	for _, fit := range fits {
		if fit.Resource == c.ID && fit.Start >= minute && fit.Start < minute+rowMinutes*quarterRows {
			f.Fits = len(fit.Waiting)
		}
	}
	return f, true
}

// bookedWith is with whom a column is booked: itself, of a room whose it is, zero for nobody in particular.
func (s sheet) bookedWith(c scheduling.Column) id.ID {
	if inView(c.Kind, dayView) {
		return c.ID
	}
	return s.whose[c.ID]
}

// appts lays out the appointments of a column; those at the same time share its width.
func (s sheet) appts(c scheduling.Column, all []*scheduling.Appointment, taken []bool) []views.DaySpan {
	spans := make([]views.DaySpan, 0, len(all))
	slices.SortStableFunc(all, func(a, b *scheduling.Appointment) int {
		return cmp.Or(a.Start-b.Start, laneAt(a, c.ID)-laneAt(b, c.ID))
	})
	for _, a := range all {
		if a.State == scheduling.NoShowed {
			continue
		}
		r := s.row(a.Start)
		length := min(max(1, (a.Minutes+rowMinutes-1)/rowMinutes), s.rows()-r)
		for i := r; i < r+length; i++ {
			taken[i] = true
		}
		spans = append(spans, views.DaySpan{Row: r, Len: length, Appt: s.v.appt(a, length, laneAt(a, c.ID))})
	}
	sideBySide(spans)
	return spans
}

// laneAt is the lane an appointment has at a resource.
func laneAt(a *scheduling.Appointment, resource id.ID) int {
	for _, seat := range a.Seats {
		if seat.Resource == resource {
			return seat.Lane
		}
	}
	return 0
}

// widest is how many can stand side by side.
const widest = 6

// sideBySide gives spans that touch one another lanes of their own. They come by their beginning.
func sideBySide(spans []views.DaySpan) {
	for first := 0; first < len(spans); {
		var ends []int // of each lane
		last, until := first, spans[first].Row
		for last < len(spans) && (last == first || spans[last].Row < until) {
			lane := slices.IndexFunc(ends, func(end int) bool { return end <= spans[last].Row })
			if lane < 0 && len(ends) < widest {
				lane = len(ends)
				ends = append(ends, 0)
			}
			lane = max(0, lane)
			spans[last].Lane = lane
			ends[lane] = spans[last].Row + spans[last].Len
			until = max(until, ends[lane])
			last++
		}
		for i := first; i < last; i++ {
			spans[i].Lanes = len(ends)
		}
		first = last
	}
}

// appt is an appointment as a card on the schedule.
func (v *visit) appt(a *scheduling.Appointment, rows, lane int) *views.Appt {
	status, icon, word := v.statusOf(*a)
	card := &views.Appt{
		ID: a.ID.String(), Href: "/appointments/" + a.ID.String(), Status: status, Icon: icon, Word: word, Time: clockOf(a.Start),
		Pet: a.Patient.Called(), Owner: a.Client.Surname(), Reason: cmp.Or(a.Reason, a.Type.Name), Over: lane > 0, Quiet: a.Quiet, Tall: rows >= 2*quarterRows,
	}
	if a.Type.Colour != "plain" {
		card.Colour = a.Type.Colour
	}
	card.Alert, card.Says = weightiest(a.Alerts)
	if a.Ahead() && v.may(access.ScheduleWrite) {
		card.Version, card.Arrives = strconv.FormatInt(a.Version, 10), a.Day.Equal(v.today()) && a.State != scheduling.Requested
	}
	return card
}

// weightiest is the first of the alerts, as they come by weight.
func weightiest(alerts []registry.Alert) (level, says string) {
	if len(alerts) == 0 {
		return "", ""
	}
	says = alerts[0].Text
	if alerts[0].Topic == registry.TopicAllergy {
		says = "Allergy: " + says
	}
	return alerts[0].Level, says
}

// weekView is how full everybody is on each day of a week.
func (v *visit) weekView(w scheduling.WeekPlan) views.Week {
	var view views.Week
	for n := range 7 {
		on := w.Monday.AddDate(0, 0, n)
		view.Days = append(view.Days, views.WeekDay{Href: v.dayHref(on, dayView), Label: on.Format("Mon 2 Jan"), Present: on.Equal(v.today())})
	}
	for _, c := range w.Columns {
		row := views.WeekRow{Name: c.Called, Room: c.RoomCalled}
		for n, load := range c.Days {
			row.Cells = append(row.Cells, v.weekCell(w, n, load))
		}
		view.Rows = append(view.Rows, row)
	}
	if len(view.Rows) == 0 {
		view.Empty, view.SetupHref = "Nobody is on the schedule yet.", v.setupHref()
	}
	return view
}

func (v *visit) weekCell(w scheduling.WeekPlan, n int, load scheduling.Load) views.WeekCell {
	on := w.Monday.AddDate(0, 0, n)
	cell := views.WeekCell{Href: v.dayHref(on, dayView), Day: on.Format("Mon 2 Jan"), Booked: load.Appointments}
	if load.Worked == 0 && load.Appointments == 0 {
		cell.Closed = whyClosed(w, on, n, load)
		return cell
	}
	quarter := rowMinutes * quarterRows
	cell.Slots, cell.Used, cell.Free = load.Worked/quarter, min(load.Taken, load.Worked)/quarter, load.Free/quarter
	return cell
}

func whyClosed(w scheduling.WeekPlan, on time.Time, n int, load scheduling.Load) string {
	for _, b := range w.Closed {
		if b.Day.Equal(on) {
			return blockSays(b.Block)
		}
	}
	if len(load.Blocks) > 0 {
		return blockSays(load.Blocks[0].Block)
	}
	if len(w.Open[n]) == 0 {
		return "Closed"
	}
	return "Not in"
}
