package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

const (
	auditPath = "/audit"
	// exportMost is how many days of the record a file may hold.
	exportMost = 92
)

// asking is what is asked of the record: days are dates (midnight UTC), zero for none.
type asking struct {
	audit.Asked
	from, to time.Time
}

// asking reads what an address asks for. It gives fault.Missing for what no form of ours sends.
func (v *visit) asking() (a asking, err error) {
	q := v.r.URL.Query()
	for name, into := range map[string]*id.ID{"who": &a.Person, "about": &a.About} {
		if text := q.Get(name); text != "" {
			if *into, err = rowOf(text); err != nil {
				return a, err
			}
		}
	}
	if _, ok := v.policy.Member(a.Person); !ok && !a.Person.IsZero() {
		return a, fault.Missing
	}
	for name, into := range map[string]*time.Time{"from": &a.from, "to": &a.to} {
		if text := q.Get(name); text != "" {
			if *into, err = time.Parse(time.DateOnly, text); err != nil {
				return a, fault.Missing
			}
		}
	}
	a.Action, a.Object, a.Route = audit.Action(q.Get("act")), q.Get("kind"), q.Get("page")
	v.bound(&a)
	return a, nil
}

// bound puts the days of what is asked for into instants of the clinic's zone.
func (v *visit) bound(a *asking) {
	if !a.from.IsZero() {
		a.From = v.midnight(a.from)
	}
	if !a.to.IsZero() {
		a.Until = v.midnight(a.to.AddDate(0, 0, 1))
	}
}

// midnight is when a date begins at the clinic.
func (v *visit) midnight(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, v.clinic.Zone())
}

// href is the address that asks for this: ids, days and kinds, and no word that was typed.
func (a asking) href(path string) string {
	q := url.Values{}
	put := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, row := range map[string]id.ID{"who": a.Person, "about": a.About} {
		if !row.IsZero() {
			put(name, row.String())
		}
	}
	for name, day := range map[string]time.Time{"from": a.from, "to": a.to} {
		if !day.IsZero() {
			put(name, day.Format(time.DateOnly))
		}
	}
	put("act", string(a.Action))
	put("kind", a.Object)
	put("page", a.Route)
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// older is the address of the page from a place on.
func (a asking) older(next audit.Place) string {
	href := a.href(auditPath)
	return href + map[bool]string{true: "&", false: "?"}[strings.Contains(href, "?")] +
		url.Values{"before": {next.At.UTC().Format(time.RFC3339Nano) + "_" + next.ID.String()}}.Encode()
}

// logPlace reads where a page begins.
func (v *visit) logPlace() (p audit.Place, err error) {
	text := v.r.URL.Query().Get("before")
	if text == "" {
		return p, nil
	}
	at, row, _ := strings.Cut(text, "_")
	if p.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return p, fault.Missing
	}
	p.ID, err = rowOf(row)
	return p, err
}

// listAudit shows who did what to what, when and from where, the newest first.
func (s *Server) listAudit(v *visit) (answer, error) {
	a, err := v.asking()
	if err != nil {
		return answer{}, err
	}
	from, err := v.logPlace()
	if err != nil {
		return answer{}, err
	}
	var kinds []audit.Kind
	var lines []audit.Line
	var next audit.Place
	byKind := a.Action != "" || a.Object != ""
	do := []func(ctx context.Context, tx *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		if kinds, err = audit.LogKinds(ctx, tx); err != nil || !byKind {
			return err
		}
		lines, next, err = audit.Log(ctx, tx, a.Asked, kinds, from)
		return err
	}}
	if !byKind { // else only once it is known which kinds there are
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			lines, next, err = audit.Log(ctx, tx, a.Asked, nil, from)
			return err
		})
	}
	if err := v.read(do...); err != nil {
		return answer{}, err
	}
	known, err := v.known(lines, a.About)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "audit-log", ObjectID: a.About})
	view := v.auditView(a, kinds)
	view.About, view.AboutHref = known.about(v, a.About)
	view.Days, view.Shown = v.logDays(lines, known), len(lines)
	if !next.At.IsZero() {
		view.OlderHref, view.Until = a.older(next), v.day(next.At)+" "+v.minute(next.At)
	}
	if !from.At.IsZero() {
		view.NewestHref = a.href(auditPath)
	}
	return shown(http.StatusOK, views.AuditPage(view)), nil
}

// searchAudit reads the form of what is asked for and leads to its address, which holds nothing that was typed.
func (s *Server) searchAudit(v *visit) (answer, error) {
	var a asking
	var bad fault.Fields
	if text := v.field("who"); text != "" {
		row, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		a.Person = row
	}
	a.Action, a.Object, a.Route = audit.Action(v.field("act")), v.field("kind"), v.field("page")
	if text := strings.TrimSpace(v.field("about")); text != "" {
		row, ok := linked(text)
		if !ok {
			bad.Add("about", "Copy the address of a client's or patient's page, or of another page about one thing")
		}
		a.About = row
	}
	for _, one := range []struct {
		name string
		into *time.Time
	}{{"from", &a.from}, {"to", &a.to}} {
		if strings.TrimSpace(v.field(one.name)) == "" {
			continue
		}
		day, err := registry.ParseDay(v.field(one.name), v.now())
		if err != nil {
			bad.Add(one.name, err.Error())
		}
		*one.into = day
	}
	if len(bad) == 0 && !a.from.IsZero() && !a.to.IsZero() && a.to.Before(a.from) {
		bad.Add("to", "Enter a day that is not before the first")
	}
	if len(bad) == 0 {
		return goTo(a.href(auditPath)), nil
	}
	var kinds []audit.Kind
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		kinds, err = audit.LogKinds(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view := v.auditView(a, kinds)
	view.Typed, view.From, view.To, view.Mistakes = v.field("about"), v.field("from"), v.field("to"), mistakes(bad)
	return shown(http.StatusUnprocessableEntity, views.AuditPage(view)), nil
}

// linked is the one thing an address or an id names.
func linked(text string) (row id.ID, ok bool) {
	if at := strings.IndexAny(text, "?#"); at >= 0 {
		text = text[:at]
	}
	for part := range strings.SplitSeq(text, "/") {
		if one, err := rowOf(strings.ToLower(part)); err == nil {
			row, ok = one, true
		}
	}
	return row, ok
}

// auditView is the frame of the page with the form as it was asked.
func (v *visit) auditView(a asking, kinds []audit.Kind) views.AuditLog {
	view := views.AuditLog{Page: v.page("practice"), Act: string(a.Action), Kind: a.Object, Route: a.Route, Here: a.href(auditPath)}
	if !a.Person.IsZero() {
		view.Who = a.Person.String()
	}
	if !a.About.IsZero() {
		view.Typed = a.About.String()
	}
	for into, day := range map[*string]time.Time{&view.From: a.from, &view.To: a.to} {
		if !day.IsZero() {
			*into = day.Format(dayForm)
		}
	}
	view.People = []ui.Option{{Label: "Everybody"}}
	for _, m := range v.policy.Members() {
		view.People = append(view.People, ui.Option{Value: m.ID.String(), Label: m.Name})
	}
	view.Acts, view.Kinds = kindChoices(a, kinds)
	view.Routes = v.routeChoices(a.Route)
	if days := a.days(); days > 0 && days <= exportMost {
		view.ExportHref = a.href(auditPath + "/export")
	}
	view.ExportMost = strconv.Itoa(exportMost)
	return view
}

// days is how many are asked for, 0 where an end is open.
func (a asking) days() int {
	if a.from.IsZero() || a.to.IsZero() || a.to.Before(a.from) {
		return 0
	}
	return int(a.to.Sub(a.from).Hours()/24) + 1 // dates in UTC: days of 24 hours
}

// kindChoices are the choices of what was done and to what, of those the record holds.
func kindChoices(a asking, kinds []audit.Kind) (acts, objects []ui.Option) {
	add := func(list []ui.Option, value, label string) []ui.Option {
		if value == "" || slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == value }) {
			return list
		}
		return append(list, ui.Option{Value: value, Label: sentence(cmp.Or(label, strings.ReplaceAll(value, "-", " ")))})
	}
	for _, k := range append(kinds, audit.Kind{Object: a.Object, Action: a.Action}) {
		acts = add(acts, string(k.Action), cmp.Or(actChoices[k.Action], verbs[k.Action]))
		label := things[k.Object].many
		if s := access.Permission(k.Object).Sentence(); s != "" {
			label = "Right: " + strings.ToLower(s[:1]) + s[1:]
		}
		objects = add(objects, k.Object, label)
	}
	byLabel := func(x, y ui.Option) int {
		return cmp.Or(strings.Compare(x.Label, y.Label), strings.Compare(x.Value, y.Value))
	}
	slices.SortFunc(acts, byLabel)
	slices.SortFunc(objects, byLabel)
	return append([]ui.Option{{Label: "Anything"}}, acts...), append([]ui.Option{{Label: "Anything"}}, objects...)
}

// routeChoices are the pages and forms there are.
func (v *visit) routeChoices(asked string) []ui.Option {
	list := []ui.Option{{Label: "Any page or form"}}
	patterns := make([]string, 0, len(v.s.pages)+1)
	for pattern := range v.s.pages {
		patterns = append(patterns, pattern)
	}
	if _, ok := v.s.pages[asked]; !ok && asked != "" {
		patterns = append(patterns, asked)
	}
	slices.SortFunc(patterns, func(x, y string) int {
		_, xs, _ := strings.Cut(x, " ")
		_, ys, _ := strings.Cut(y, " ")
		return cmp.Or(strings.Compare(xs, ys), strings.Compare(x, y))
	})
	for _, p := range patterns {
		method, path, ok := strings.Cut(p, " ")
		if !ok {
			path = p
		}
		word := map[string]string{"GET": "Page ", "POST": "Form "}[method]
		list = append(list, ui.Option{Value: p, Label: word + path})
	}
	return list
}

// named are the kinds of things whose name stands in the place of the kind, behind these words.
var named = map[string]string{"patient": "the record of", "client": "client", "account": "the account of"}

// known is what the rows that lines name are called, as far as this person may see it, and from where they came.
type known struct {
	patients map[id.ID]string
	clients  map[id.ID]registry.Client
	origins  map[id.ID]identity.Origin
}

func (v *visit) known(lines []audit.Line, about id.ID) (k known, err error) {
	var patients, clients []id.ID
	for _, l := range lines {
		patients = append(patients, l.First...)
		switch l.Object {
		case "client", "account":
			clients = append(clients, l.ObjectID)
		case "patient":
			patients = append(patients, l.ObjectID)
		}
	}
	patients, clients = distinct(append(patients, about)), distinct(append(clients, about))
	var do []func(ctx context.Context, tx *db.Tx) error
	if v.may(access.PatientRead) && len(patients) > 0 {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			k.patients, err = registry.PatientsCalled(ctx, tx, v.keys, patients)
			return err
		})
	}
	if v.may(access.ClientRead) && v.sees(access.FieldContact) && len(clients) > 0 {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			k.clients, err = registry.ClientsAmong(ctx, tx, v.keys, clients)
			return err
		})
	}
	if ids := originsOf(lines); v.sees(access.FieldStaff) && len(ids) > 0 {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			k.origins, err = identity.Origins(ctx, tx, v.keys, ids)
			return err
		})
	}
	if len(do) == 0 {
		return k, nil
	}
	return k, v.read(do...)
}

// originOf is under which id the origin of an act is kept.
func originOf(l audit.Line) id.ID {
	if l.Session.IsZero() {
		return l.Request
	}
	return l.Session
}

func originsOf(lines []audit.Line) []id.ID {
	ids := make([]id.ID, len(lines))
	for i, l := range lines {
		ids[i] = originOf(l)
	}
	return distinct(ids)
}

// distinct are ids in order, each once and none zero.
func distinct(ids []id.ID) []id.ID {
	slices.SortFunc(ids, func(x, y id.ID) int { return slices.Compare(x[:], y[:]) })
	return slices.DeleteFunc(slices.Compact(ids), id.ID.IsZero)
}

// about is what the one thing asked for is called, and its page.
func (k known) about(v *visit, row id.ID) (name, href string) {
	if name, ok := k.patients[row]; ok {
		return name, v.pageOf("GET /patients/{id}", row)
	}
	if c, ok := k.clients[row]; ok {
		return c.Name(), v.pageOf("GET /clients/{id}", row)
	}
	return "", ""
}

// logDays puts lines under their days.
func (v *visit) logDays(lines []audit.Line, k known) (days []views.AuditDay) {
	for _, l := range lines {
		label := l.At.In(v.clinic.Zone()).Format(weekdayForm)
		if len(days) == 0 || days[len(days)-1].Label != label {
			days = append(days, views.AuditDay{Label: label})
		}
		day := &days[len(days)-1]
		day.Lines = append(day.Lines, v.logLine(l, k))
	}
	return days
}

func (v *visit) logLine(l audit.Line, k known) views.AuditLine {
	t := tell(l)
	line := views.AuditLine{
		At: machine(l.At), Time: l.At.In(v.clinic.Zone()).Format("15:04:05"), Who: v.actorName(l), Did: t.did, Thing: t.thing, Tail: t.tail,
		Refused: l.Outcome != audit.Done,
	}
	if name, ok := v.ended(l); ok {
		line.Did, line.Thing = "ended the sign-in of "+name, ""
	}
	line.ThingHref = v.pageOf(t.page, l.ObjectID)
	if word, ok := named[l.Object]; ok {
		if name, href := k.about(v, l.ObjectID); name != "" {
			line.Thing, line.ThingHref, line.Of, line.OfHref = word, "", name, href
			if l.Object == "patient" && l.Action == audit.Created {
				line.Thing = ""
			}
		}
	} else if l.Things <= 2 {
		for _, row := range l.First {
			if name, ok := k.patients[row]; ok {
				line.Joined, line.Of, line.OfHref = "of", name, v.pageOf("GET /patients/{id}", row)
			}
		}
	}
	if o, ok := k.origins[originOf(l)]; ok {
		for _, word := range []string{o.Address, o.Device} {
			if word != "" {
				line.Meta = append(line.Meta, word)
			}
		}
	}
	return line
}
