package scheduling

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/vault"
)

// The kinds of time in a week. All but Work are inside it and not offered.
const (
	Work       = "work"
	Lunch      = "lunch"
	Break      = "break"
	Meeting    = "meeting"
	Admissions = "admissions"
	Discharges = "discharges"
)

var spanKinds = []string{Work, Lunch, Break, Meeting, Admissions, Discharges}

// Span is part of a day: From and To are minutes on the clinic's clock, To not in it any more, 1440 at most.
type Span struct {
	Kind string `json:"kind"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// WeekSpan is a span of each week. Weekday is 1 for Monday to 7 (ISO 8601).
type WeekSpan struct {
	Weekday int `json:"weekday"`
	Span
}

// Rule is a weekly span as stored, of a resource, or of the whole clinic where that is zero. ValidTo is the last
// day it holds, zero for none.
type Rule struct {
	ID, Resource id.ID
	WeekSpan
	ValidFrom, ValidTo time.Time
}

// holds reports whether a rule holds on a day, whatever its weekday.
func (r Rule) holds(day time.Time) bool {
	return !r.ValidFrom.After(day) && (r.ValidTo.IsZero() || !r.ValidTo.Before(day))
}

// weekdayOf is 1 for Monday to 7 (ISO 8601).
func weekdayOf(day time.Time) int { return (int(day.Weekday())+6)%7 + 1 }

// week is the rules of a clinic that hold on some days.
type week []Rule

// on gives the hours of a resource on a day, in order and joined, and what inside them is not offered. One with a
// rule of its own on that day, if only for another weekday, has no other hours; any other has the clinic's. Zero is
// the clinic.
func (w week) on(resource id.ID, day time.Time) (hours, pauses []Span) {
	own := !resource.IsZero() && slices.ContainsFunc(w, func(r Rule) bool { return r.Resource == resource && r.holds(day) })
	if !own {
		resource = id.ID{}
	}
	for _, r := range w {
		switch {
		case r.Resource != resource || r.Weekday != weekdayOf(day) || !r.holds(day):
		case r.Kind == Work:
			hours = append(hours, r.Span)
		default:
			pauses = append(pauses, r.Span)
		}
	}
	slices.SortFunc(pauses, bySpan)
	return joined(hours), pauses
}

func bySpan(a, b Span) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind))
}

// joined takes spans of one kind that touch or overlap together.
func joined(list []Span) (out []Span) {
	list = slices.SortedFunc(slices.Values(list), bySpan)
	for _, s := range list {
		if n := len(out) - 1; n >= 0 && s.From <= out[n].To {
			out[n].To = max(out[n].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// rulesOf reads the rules that hold on one of the days from first to last.
func rulesOf(ctx context.Context, tx *db.Tx, first, last time.Time) (week, error) {
	rows, err := tx.ListHours(ctx, db.ListHoursParams{TenantID: tx.Tenant, FirstDay: first, LastDay: last})
	if err != nil {
		return nil, fmt.Errorf("reading the hours: %w", err)
	}
	out := make(week, len(rows))
	for i, r := range rows {
		out[i] = ruleOf(r)
	}
	return out, nil
}

func ruleOf(r db.ListHoursRow) Rule {
	out := Rule{
		ID: r.ID, Resource: r.ResourceID, WeekSpan: WeekSpan{int(r.Weekday), Span{r.Kind, int(r.FromMinute), int(r.ToMinute)}},
		ValidFrom: r.ValidFrom.UTC(),
	}
	if r.ValidTo != nil {
		out.ValidTo = r.ValidTo.UTC()
	}
	return out
}

// Hours reads the rules of a resource, or of the clinic where that is zero, that hold on a day or later: its opening
// hours.
func Hours(ctx context.Context, tx *db.Tx, resource id.ID, day time.Time) ([]Rule, error) {
	rows, err := tx.ListHoursOf(ctx, db.ListHoursOfParams{TenantID: tx.Tenant, ResourceID: resource, FirstDay: day})
	if err != nil {
		return nil, fmt.Errorf("reading hours: %w", err)
	}
	out := make([]Rule, len(rows))
	for i, r := range rows {
		out[i] = ruleOf(db.ListHoursRow(r))
	}
	return out, nil
}

// hoursMost is how many spans a week may have.
const hoursMost = 70

// checkWeek gives the mistakes of a week. They are named span_1 and so on, by the place in the list.
func checkWeek(list []WeekSpan) fault.Fields {
	var bad fault.Fields
	if len(list) > hoursMost {
		bad.Add("", "These are more hours than a week takes")
		return bad
	}
	for i, s := range list {
		name := fmt.Sprintf("span_%d", i+1)
		switch {
		case s.Weekday < 1 || s.Weekday > 7:
			bad.Add(name, "Choose a day of the week")
		case !slices.Contains(spanKinds, s.Kind):
			bad.Add(name, "Choose what the time is for")
		case s.From < 0 || s.To > wholeDay || s.From >= s.To:
			bad.Add(name, "Enter a time and a later one, like 8:30 and 13:00")
		case s.From%5 != 0 || s.To%5 != 0:
			bad.Add(name, "Enter times in steps of 5 minutes")
		}
	}
	return bad
}

// tidy is a week in order, with its hours joined.
func tidy(list []WeekSpan) (out []WeekSpan) {
	for weekday := 1; weekday <= 7; weekday++ {
		var work, rest []Span
		for _, s := range list {
			switch {
			case s.Weekday != weekday:
			case s.Kind == Work:
				work = append(work, s.Span)
			default:
				rest = append(rest, s.Span)
			}
		}
		slices.SortFunc(rest, bySpan)
		for _, s := range slices.Concat(joined(work), slices.Compact(rest)) {
			out = append(out, WeekSpan{weekday, s})
		}
	}
	return out
}

// changedHours is what the record keeps of a change of hours.
type changedHours struct {
	From string     `json:"from"`
	Week []WeekSpan `json:"week"`
}

// SetHours makes this the week of a resource, or of the clinic where that is zero, from a day on. A resource
// without any keeps the clinic's hours. It gives fault.Missing where there is no such resource, and fault.Fields named
// span_1 and so on, by the place in the list. Setting what holds already does nothing.
func SetHours(ctx context.Context, tx *db.Tx, keys *vault.Clinic, resource id.ID, from time.Time, list []WeekSpan) error {
	if err := checkWeek(list).Err(); err != nil {
		return err
	}
	list = tidy(list)
	object := hoursOf(resource)
	// Held, so that of two changes at once the second ends what the first made.
	if resource.IsZero() {
		object = hoursOf(tx.Tenant.ID())
		if _, err := tx.LockScheduleSettings(ctx, db.LockScheduleSettingsParams{TenantID: tx.Tenant}); err != nil {
			return fmt.Errorf("locking how the day is run: %w", err)
		}
	} else if _, err := holdResource(ctx, tx, resource); err != nil {
		return err
	}
	rules, err := Hours(ctx, tx, resource, from)
	if err != nil {
		return err
	}
	var was []WeekSpan
	var ends, never []id.ID
	later := false
	for _, r := range rules {
		switch {
		case r.ValidFrom.After(from):
			later = true
			never = append(never, r.ID)
			continue
		case r.ValidFrom.Equal(from):
			never = append(never, r.ID)
		default:
			ends = append(ends, r.ID)
		}
		was = append(was, r.WeekSpan)
	}
	was = tidy(was)
	if !later && slices.Equal(was, list) {
		return nil
	}
	if len(ends) > 0 {
		last := from.AddDate(0, 0, -1)
		n, err := tx.EndHours(ctx, db.EndHoursParams{TenantID: tx.Tenant, Ids: ends, LastDay: last})
		if err != nil || int(n) != len(ends) {
			return fmt.Errorf("ending %d of %d hours: %w", n, len(ends), err)
		}
	}
	if len(never) > 0 {
		if _, err := tx.DeleteHours(ctx, db.DeleteHoursParams{TenantID: tx.Tenant, Ids: never}); err != nil {
			return fmt.Errorf("taking back hours: %w", err)
		}
	}
	if err := insertHours(ctx, tx, resource, from, list); err != nil {
		return err
	}
	if err := live.Touch(ctx, tx, keys, live.Schedule); err != nil {
		return err
	}
	day := from.Format(time.DateOnly)
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "hours", ObjectID: object, Group: group,
		Before: changedHours{day, was}, After: changedHours{day, list},
	})
}

// hoursOf names the hours of a resource or of the clinic in the record, apart from the resource, whose own changes are
// counted by its versions (registry.PastVersion). It is a UUIDv8 (RFC 9562) made of the id.
func hoursOf(whose id.ID) id.ID {
	sum := sha256.Sum256(append([]byte("hours of "), whose[:]...))
	out := id.ID(sum[:16])
	out[6] = out[6]&0x0f | 0x80
	out[8] = out[8]&0x3f | 0x80
	return out
}

func insertHours(ctx context.Context, tx *db.Tx, resource id.ID, from time.Time, list []WeekSpan) error {
	if len(list) == 0 {
		return nil
	}
	p := db.InsertHoursParams{TenantID: tx.Tenant, ResourceID: resource, ValidFrom: from}
	for _, s := range list {
		p.Ids, p.Weekdays, p.Kinds = append(p.Ids, id.New()), append(p.Weekdays, int32(s.Weekday)), append(p.Kinds, s.Kind)
		p.FromMinutes, p.ToMinutes = append(p.FromMinutes, int32(s.From)), append(p.ToMinutes, int32(s.To))
	}
	if err := tx.InsertHours(ctx, p); err != nil {
		return fmt.Errorf("keeping hours: %w", err)
	}
	return nil
}
