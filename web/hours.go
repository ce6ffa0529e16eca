package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// weekdayNames are Monday to Sunday.
var weekdayNames = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// otherKinds are the kinds of time inside the hours that are not offered, besides lunch.
var otherKinds = []string{scheduling.Break, scheduling.Meeting, scheduling.Admissions, scheduling.Discharges}

// showHours shows the week of the clinic, or of one resource.
func (s *Server) showHours(v *visit) (answer, error) {
	var of id.ID
	if text := v.r.URL.Query().Get("of"); text != "" {
		var err error
		if of, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	return v.hoursPage(http.StatusOK, of, nil)
}

// hoursPage shows a week, as it is or as it was typed.
func (v *visit) hoursPage(status int, of id.ID, typed *views.Hours) (answer, error) {
	p, err := v.openPractice()
	if err != nil {
		return answer{}, err
	}
	rules := p.hours
	view := views.Hours{Page: v.page("practice"), Whose: "The clinic", Subjects: []views.HoursSubject{{Href: "/hours", Label: "The clinic", Here: of.IsZero(), None: len(p.hours) == 0}}}
	known := of.IsZero()
	for _, r := range p.resources {
		if r.ID == of {
			known, view.Of, view.Whose = true, of.String(), r.Called
		}
		if r.Stands() || r.ID == of {
			view.Subjects = append(view.Subjects, views.HoursSubject{Href: "/hours?of=" + r.ID.String(), Label: r.Called, Here: r.ID == of})
		}
	}
	if !known {
		return answer{}, fault.Missing
	}
	if !of.IsZero() {
		err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			rules, err = scheduling.Hours(ctx, tx, of, v.today())
			return err
		})
		if err != nil {
			return answer{}, err
		}
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "hours", ObjectID: of})
	view.Days = v.weekOf(rules)
	if typed != nil {
		view.Days, view.Since, view.Mistakes = typed.Days, typed.Since, typed.Mistakes
	}
	if v.partial {
		return shown(status, views.HoursPart(view)), nil
	}
	return shown(status, views.HoursPage(view)), nil
}

// weekOf writes the rules that hold last into seven days: those that are to come replace those of today.
func (v *visit) weekOf(rules []scheduling.Rule) []views.HoursDay {
	days := make([]views.HoursDay, len(weekdayNames))
	for i, name := range weekdayNames {
		days[i].Label = name
	}
	rules = slices.Clone(rules)
	slices.SortFunc(rules, func(a, b scheduling.Rule) int { return a.From - b.From })
	for _, r := range rules {
		if r.Weekday < 1 || r.Weekday > len(days) || !r.ValidTo.IsZero() {
			continue
		}
		span := clockOf(r.From) + "-" + clockOf(r.To)
		d := &days[r.Weekday-1]
		switch r.Kind {
		case scheduling.Work:
			d.Work = join(d.Work, span)
		case scheduling.Lunch:
			d.Lunch = join(d.Lunch, span)
		default:
			d.Other = join(d.Other, r.Kind+" "+span)
		}
	}
	return days
}

// updateHours saves a week.
func (s *Server) updateHours(v *visit) (answer, error) {
	var of id.ID
	var err error
	if text := v.field("of"); text != "" {
		if of, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	typed, week, since, bad := v.typedHours()
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SetHours(ctx, tx, v.keys, of, since, week)
		})
		if err != nil && !errors.As(err, &bad) {
			return answer{}, err
		}
		bad = renamed(bad, map[string]string{"from": "since", "weekday": "", "span": ""})
	}
	if len(bad) > 0 {
		typed.Mistakes = mistakes(bad)
		return v.hoursPage(http.StatusUnprocessableEntity, of, &typed)
	}
	v.say("Hours saved.")
	if of.IsZero() {
		return goTo("/hours"), nil
	}
	return goTo("/hours?of=" + of.String()), nil
}

// typedHours reads the form.
func (v *visit) typedHours() (typed views.Hours, week []scheduling.WeekSpan, since time.Time, bad fault.Fields) {
	var err error
	for i, name := range weekdayNames {
		at := fmt.Sprintf("_%d", i+1)
		day := views.HoursDay{Label: name, Work: v.field("work" + at), Lunch: v.field("lunch" + at), Other: v.field("other" + at)}
		typed.Days = append(typed.Days, day)
		for _, cell := range []struct{ name, text, kind string }{{"work", day.Work, scheduling.Work}, {"lunch", day.Lunch, scheduling.Lunch}, {"other", day.Other, ""}} {
			spans, err := parseSpans(cell.text, cell.kind)
			if err != nil {
				bad.Add(cell.name+at, name+": "+err.Error())
			}
			for _, s := range spans {
				week = append(week, scheduling.WeekSpan{Weekday: i + 1, Span: s})
			}
		}
	}
	typed.Since = v.field("since")
	if since, err = parseComing(typed.Since, v.today()); err != nil {
		bad.Add("since", err.Error())
	}
	return typed, week, since, bad
}

// Why typed hours were not taken.
const (
	errSpanOdd  = misread("enter times like 8:30-12:30, 14-18")
	errSpanKind = misread("say what it is: break, meeting, admissions or discharges, like break 10:30-10:45")
)

// parseSpans reads "8:30-12:30, 14-18". Where kind is "", each span begins with its own.
func parseSpans(typed, kind string) ([]scheduling.Span, error) {
	if s := strings.ToLower(strings.TrimSpace(typed)); s == "" || s == "closed" || s == "-" || s == "off" {
		return nil, nil
	}
	var out []scheduling.Span
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(part, "–", "-")))
		if part == "" {
			continue
		}
		s := scheduling.Span{Kind: kind}
		if kind == "" {
			word, rest, _ := strings.Cut(part, " ")
			i := slices.IndexFunc(otherKinds, func(k string) bool { return len(word) > 2 && strings.HasPrefix(k, word) })
			if i < 0 {
				return nil, errSpanKind
			}
			s.Kind, part = otherKinds[i], rest
		}
		from, to, ok := strings.Cut(strings.Replace(part, " to ", "-", 1), "-")
		var wrong, wrongToo error
		s.From, wrong = parseClock(from)
		s.To, wrongToo = parseClock(to)
		if !ok || wrong != nil || wrongToo != nil || s.To <= s.From {
			return nil, errSpanOdd
		}
		out = append(out, s)
	}
	return out, nil
}

var blockKinds = []ui.Option{
	{Value: scheduling.Holiday, Label: "Holiday"},
	{Value: scheduling.Away, Label: "Away"},
	{Value: scheduling.Closed, Label: "Closed"},
	{Value: scheduling.Reserved, Label: "Reserved"},
	{Value: scheduling.Other, Label: "Something else"},
}

// blocksAhead is how far ahead blocks are listed.
const blocksAhead = 2 // years

// listBlocks shows what is not offered, once.
func (s *Server) listBlocks(v *visit) (answer, error) {
	return v.blocksPage(http.StatusOK, views.BlockForm{ID: id.New().String(), Kind: scheduling.Holiday})
}

func (v *visit) blocksPage(status int, form views.BlockForm) (answer, error) {
	var resources []scheduling.ResourceRow
	var blocks []scheduling.BlockRow
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			resources, err = scheduling.Resources(ctx, tx, v.keys)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			blocks, err = scheduling.Blocks(ctx, tx, v.desk(), v.today(), v.today().AddDate(blocksAhead, 0, 0))
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "block"})
	form.Page, form.Kinds, form.Ofs = v.page("practice"), blockKinds, []ui.Option{{Value: "", Label: "The whole clinic"}}
	names := map[id.ID]string{{}: "The clinic"}
	for _, r := range resources {
		names[r.ID] = r.Called
		if r.Stands() {
			form.Ofs = append(form.Ofs, ui.Option{Value: r.ID.String(), Label: r.Called})
		}
	}
	if v.partial {
		return shown(status, views.BlockFormPart(form)), nil
	}
	view := views.Blocks{Page: v.page("practice"), Form: form}
	for _, b := range blocks {
		line := views.BlockLine{When: b.Day.Format(weekdayForm), Who: names[b.Resource], Kind: labelOf(blockKinds, b.Kind), Words: b.Words, EndAction: "/blocks/" + b.ID.String() + "/ending"}
		if b.From == 0 && b.To >= 24*60 {
			line.When += ", all day"
		} else {
			line.When += ", " + clockOf(b.From) + " to " + clockOf(b.To)
		}
		view.Rows = append(view.Rows, line)
	}
	return shown(status, views.BlocksPage(view)), nil
}

// createBlock closes a span.
func (s *Server) createBlock(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	form := views.BlockForm{
		ID: row.String(), Of: v.field("of"), Kind: v.field("kind"), Day: v.field("day"), Last: v.field("last"), From: v.field("from"), To: v.field("to"), Words: v.field("words"),
	}
	b := scheduling.Block{Kind: form.Kind, Words: strings.TrimSpace(form.Words), To: 24 * 60}
	if form.Of != "" {
		if b.Resource, err = rowOf(form.Of); err != nil {
			return answer{}, err
		}
	}
	var bad fault.Fields
	for _, one := range []struct {
		name, typed string
		into        *time.Time
	}{{"day", form.Day, &b.Day}, {"last", form.Last, &b.Last}} {
		if one.name == "last" && strings.TrimSpace(one.typed) == "" {
			continue
		}
		if *one.into, err = parseComing(one.typed, v.today()); err != nil {
			bad.Add(one.name, err.Error())
		}
	}
	for _, one := range []struct {
		name, typed string
		into        *int
	}{{"from", form.From, &b.From}, {"to", form.To, &b.To}} {
		if strings.TrimSpace(one.typed) == "" {
			continue
		}
		if *one.into, err = parseClock(one.typed); err != nil {
			bad.Add(one.name, err.Error())
		}
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return scheduling.AddBlock(ctx, tx, v.desk(), row, b) })
		if err != nil && !errors.As(err, &bad) && !errors.Is(err, scheduling.ErrAlreadyThere) {
			return answer{}, err
		}
		bad = renamed(bad, map[string]string{"resource": "of"})
	}
	if len(bad) > 0 {
		form.Mistakes = mistakes(bad)
		return v.blocksPage(http.StatusUnprocessableEntity, form)
	}
	v.say("Saved.")
	return goTo("/blocks"), nil
}

// createBlockEnding offers a span again.
func (s *Server) createBlockEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return scheduling.DeleteBlock(ctx, tx, v.desk(), row) })
	if err != nil {
		return answer{}, err
	}
	v.say("Offered again.")
	return goTo("/blocks"), nil
}
