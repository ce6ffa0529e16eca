package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// typedTime is the form that brings an appointment to another time, as it was sent.
type typedTime struct {
	day, at, with    string
	reason, scope    string
	second           string
	anyway, overbook bool
	bad              fault.Fields
	taken            *scheduling.Taken
	crossing         *scheduling.Crossing
}

func (v *visit) typedTime() typedTime {
	t := typedTime{
		day: v.field("day"), at: v.field("at"), with: v.field("with"), reason: v.field("overbook"), scope: v.field("scope"),
		anyway: v.field("anyway") != "", overbook: v.field("act") == "over", second: v.field("second"),
	}
	// A free time that was offered: "2026-03-24 12:00 0192…".
	if parts := strings.Fields(v.field("slot")); len(parts) == 3 {
		t.day, t.at, t.with = parts[0], parts[1], parts[2]
	}
	return t
}

// newTime shows the form that moves an appointment.
func (s *Server) newTime(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	r, err := v.openCard(row)
	if err != nil {
		return answer{}, err
	}
	if !r.Ahead() {
		return answer{}, scheduling.ErrNotAllowed
	}
	a := r.Appointment
	t := typedTime{day: a.Day.Format(weekdayForm), at: clockOf(a.Start)}
	if t.comesTwice(v) {
		first, _ := scheduling.Instant(a.Day, a.Start, v.desk().Zone, false)
		t.second = secondOf(!a.StartsAt.Equal(first))
	}
	if with := a.With(); !with.IsZero() {
		t.with = with.String()
	}
	return v.timeAnswer(http.StatusOK, r, id.New(), t)
}

// secondOf is which of two same times is meant, as a form says it.
func secondOf(second bool) string {
	if second {
		return "yes"
	}
	return "no"
}

// timeAnswer shows the form with the next free times.
func (v *visit) timeAnswer(status int, r cardRead, row id.ID, t typedTime) (answer, error) {
	free, err := v.freeInstead(r, t)
	if err != nil {
		return answer{}, err
	}
	view := v.timeView(r, row, t, free)
	if v.partial {
		return shown(status, views.MoveFormPart(view)), nil
	}
	return shown(status, views.MovePage(view)), nil
}

// freeInstead are the next free times: those the refusal came with, or from the appointment's day on.
func (v *visit) freeInstead(r cardRead, t typedTime) (free []scheduling.Free, err error) {
	switch {
	case t.taken != nil:
		return t.taken.Free, nil
	case t.crossing != nil:
		return t.crossing.Free, nil
	}
	wish := scheduling.Wish{Type: r.Type.ID, Minutes: r.Minutes, Day: v.today(), Start: v.nowMinute(), But: r.ID, Most: freeMost + 1}
	if r.Day.After(wish.Day) {
		wish.Day, wish.Start = r.Day, 0
	}
	if with, err := id.Parse(t.with); err == nil {
		wish.With = with
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		free, err = scheduling.NextFree(ctx, tx, v.desk(), wish)
		return err
	})
	return free, err
}

func (v *visit) timeView(r cardRead, row id.ID, t typedTime, free []scheduling.Free) views.MoveForm {
	a := r.Appointment
	view := views.MoveForm{
		Page: v.page("today"), Action: "/appointments/" + a.ID.String() + "/time", ID: row.String(), Version: strconv.FormatInt(a.Version, 10),
		Name: join2(a.Patient.Called(), a.Client.Surname()), Called: a.Patient.Called(),
		At: "now " + join(dayIn(a.Day, v.today()), clockOf(a.Start), withWhom(r.resources, a)), Day: t.day, Time: t.at, With: t.with, Withs: able(r, t.with),
		Reason: t.reason, Scope: t.scope, Second: t.second, Mistakes: mistakes(t.bad), Cancel: "/appointments/" + a.ID.String(),
	}
	if !a.Series.IsZero() {
		view.Scopes = scopeWords
	}
	if t.comesTwice(v) {
		view.Twice = "The clocks go back that night: it comes twice"
	}
	if d, known := v.back(); known {
		view.Back = d.back()
		view.Cancel = v.dayHref(d.on, d.view)
	}
	for _, f := range elsewhere(r, free) {
		label := join2(dayIn(f.Day, v.today()), clockOf(f.Start))
		if f.Resource.String() != t.with {
			label += " " + shortName(f.Called)
		}
		view.Free = append(view.Free, views.FreeChip{Value: f.Day.Format(isoForm) + " " + clockOf(f.Start) + " " + f.Resource.String(), Label: label})
	}
	refused := t.refusedLater(v)
	if refused != "" {
		view.Free = nil
	} else if len(view.Free) == 0 {
		view.None = "Nothing else is free in the next four weeks."
	}
	switch {
	case t.crossing != nil:
		view.Cross = crosses(t.crossing, refused)
	case t.taken != nil && t.taken.MayOverbook:
		view.Over = "That time is taken" + refused + ". Choose a free one, or book over it and say why."
	case t.taken != nil:
		view.Refused = "That time is taken" + refused + ". Choose a free one."
		if !v.may(access.ScheduleOverbook) {
			view.Refused = "That time is taken" + refused + ". Choose a free one, or ask " + needs(v.policy.Holders(access.ScheduleOverbook)) + " to book over it."
		}
	}
	return view
}

// freeMost is how many free times are offered.
const freeMost = 5

// refusedLater is the day that a move of a series was refused for, in words, where it is not the one that was typed. No
// other times are offered then: those of another day would move the whole series to it.
func (t typedTime) refusedLater(v *visit) string {
	var day time.Time
	switch {
	case t.taken != nil:
		day = t.taken.Day
	case t.crossing != nil:
		day = t.crossing.Day
	}
	if typed, err := parseComing(t.day, v.today()); err != nil || day.IsZero() || day.Equal(typed) {
		return ""
	}
	return " on " + day.Format(weekdayForm)
}

// comesTwice reports whether the clock shows the time that is typed two times that day.
func (t typedTime) comesTwice(v *visit) bool {
	day, err := parseComing(t.day, v.today())
	start, wrong := parseClock(t.at)
	return err == nil && wrong == nil && scheduling.Twice(day, start, v.desk().Zone)
}

// elsewhere are the free times that are not the one it has.
func elsewhere(r cardRead, free []scheduling.Free) []scheduling.Free {
	out := slices.DeleteFunc(slices.Clone(free), func(f scheduling.Free) bool { return f.StartsAt.Equal(r.StartsAt) && f.Resource == r.With() })
	return out[:min(freeMost, len(out))]
}

// able are those that an appointment can be moved to, and who has it.
func able(r cardRead, with string) []ui.Option {
	list := bySchedule(r.resources)
	can := r.Type.With(list)
	var out []ui.Option
	for _, one := range list {
		if one.ID.String() == with || slices.ContainsFunc(can, func(c scheduling.ResourceRow) bool { return c.ID == one.ID }) {
			out = append(out, ui.Option{Value: one.ID.String(), Label: one.Called})
		}
	}
	return out
}

// dayIn is a day in words, "" for today.
func dayIn(on, today time.Time) string {
	switch {
	case on.Equal(today):
		return ""
	case on.Year() == today.Year():
		return on.Format("Mon 2 Jan")
	}
	return on.Format("Mon 2 Jan 2006")
}

// crosses says what a time crosses that is not offered.
func crosses(c *scheduling.Crossing, refused string) string {
	words := append([]string{}, c.Words...)
	for _, kind := range c.Over {
		switch word := pauseWords[kind] + blockWords[kind]; {
		case kind == scheduling.OutsideHours:
			words = append(words, "time outside the hours")
		case word != "" && len(c.Words) == 0:
			words = append(words, strings.ToLower(word))
		}
	}
	return "This crosses " + cmp.Or(join(words...), "time that is not offered") + refused + "."
}

// whenTyped reads the time that was typed.
func (v *visit) whenTyped(a scheduling.Appointment, t *typedTime) (w scheduling.When) {
	w = scheduling.When{Minutes: a.Minutes, Anyway: t.anyway, Second: t.second == "yes"}
	var err error
	if w.Day, err = parseComing(t.day, v.today()); err != nil {
		t.bad.Add("day", err.Error())
	}
	if strings.TrimSpace(t.at) == "" {
		t.bad.Add("at", "Enter a time like 10:30, 1030 or 2pm")
	} else if w.Start, err = parseClock(t.at); err != nil {
		t.bad.Add("at", err.Error())
	}
	if t.second == "" && t.comesTwice(v) {
		t.bad.Add("second", "Choose which of the two it is")
	}
	if t.overbook {
		if w.Overbook = strings.TrimSpace(t.reason); w.Overbook == "" {
			t.bad.Add("overbook", "Say why it is booked over another")
		}
	}
	return w
}

// updateTime moves an appointment.
func (s *Server) updateTime(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	t := v.typedTime()
	with, err := rowOf(t.with)
	if err != nil {
		return answer{}, err
	}
	room, err := v.optionalRow("room")
	if err != nil {
		return answer{}, err
	}
	r, err := v.openCard(appointment)
	if err != nil {
		return answer{}, err
	}
	w := v.whenTyped(r.Appointment, &t)
	w.With, w.Room = with, room
	if len(t.bad) > 0 {
		t.taken = t.asOver()
		return v.timeAnswer(http.StatusUnprocessableEntity, r, row, t)
	}
	placed, more, err := v.reschedule(r, row, t, w)
	switch {
	case errors.As(err, &t.taken):
		return v.timeAnswer(http.StatusConflict, r, row, t)
	case errors.As(err, &t.crossing):
		return v.timeAnswer(http.StatusUnprocessableEntity, r, row, t)
	case errors.As(err, &t.bad):
		return v.timeAnswer(http.StatusUnprocessableEntity, r, row, t)
	case errors.Is(err, scheduling.ErrMoved), errors.Is(err, scheduling.ErrNotAllowed):
		return v.overtakenVisit(appointment)
	case errors.Is(err, scheduling.ErrAlreadyThere):
		placed = scheduling.Placed{ID: appointment, Day: w.Day, Start: w.Start}
	case err != nil:
		return answer{}, err
	}
	return v.rescheduled(placed, more)
}

// asOver keeps the question whether to book over another on a form whose reason was missing.
func (t typedTime) asOver() *scheduling.Taken {
	if !t.overbook {
		return nil
	}
	return &scheduling.Taken{MayOverbook: true}
}

// reschedule moves an appointment, and more of its series where those are meant.
func (v *visit) reschedule(r cardRead, row id.ID, t typedTime, w scheduling.When) (placed scheduling.Placed, more int, err error) {
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		scope := scheduling.Scope(t.scope)
		if r.Series.IsZero() || scope != scheduling.Following && scope != scheduling.All {
			placed, err = scheduling.Reschedule(ctx, tx, v.desk(), row, r.ID, v.version(), w)
			return err
		}
		all, err := scheduling.RescheduleSeries(ctx, tx, v.desk(), row, r.ID, v.version(), w, scope)
		if i := slices.IndexFunc(all.Placed, func(p scheduling.Placed) bool { return p.ID == row || p.ID == r.ID }); err == nil && i >= 0 {
			placed, more = all.Placed[i], len(all.Placed)-1
			placed.Before = scheduling.When{} // several are taken back one by one
		}
		return err
	})
	return placed, more, err
}

// rescheduled says where an appointment has come to stand, and how many of its series with it, with the way back.
func (v *visit) rescheduled(placed scheduling.Placed, more int) (answer, error) {
	d, known := v.back()
	if !v.partial || !known {
		said := "Moved."
		if more > 0 {
			said = "Moved, and " + strconv.Itoa(more) + " more of the series."
		}
		if placed.Shifted {
			said += " The clocks go forward that night, so it begins an hour later than asked."
		}
		v.say(said)
		if !known {
			d = shownDay{on: placed.Day, view: dayView}
		}
		return goTo(v.dayHref(d.on, d.view)), nil
	}
	r, err := v.openCard(placed.ID)
	if err != nil {
		return answer{}, err
	}
	a := r.Appointment
	said := a.Patient.Called() + " moved to " + join2(dayIn(a.Day, v.today()), clockOf(a.Start))
	if with := withWhom(r.resources, a); with != "" {
		said += " with " + with
	}
	if more > 0 {
		said += ", and " + strconv.Itoa(more) + " more of the series"
	}
	if placed.Shifted {
		said += ": the clocks leave out the time asked for"
	}
	told := v.toastOf(said+".", d)
	if before := placed.Before; !before.Day.IsZero() {
		told.UndoAction = "/appointments/" + a.ID.String() + "/time"
		told.Fields = []views.Carried{
			{Name: "new_id", Value: id.New().String()},
			{Name: "version", Value: strconv.FormatInt(a.Version, 10)},
			{Name: "day", Value: before.Day.Format(isoForm)},
			{Name: "at", Value: clockOf(before.Start)},
			{Name: "with", Value: before.With.String()},
			{Name: "anyway", Value: "yes"},
			{Name: "second", Value: secondOf(before.Second)},
		}
		if !before.Room.IsZero() {
			told.Fields = append(told.Fields, views.Carried{Name: "room", Value: before.Room.String()})
		}
		if before.Overbook != "" {
			told.Fields = append(told.Fields, views.Carried{Name: "act", Value: "over"}, views.Carried{Name: "overbook", Value: before.Overbook})
		}
	}
	return v.todayParts(d, told)
}
