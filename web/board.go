package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// stateOf are the glyphs and words of a state.
var statusWords = map[string]struct{ icon, word string }{
	scheduling.Requested: {"ask", "Asked for"}, scheduling.Booked: {"", "Booked"}, scheduling.Confirmed: {"check", "Confirmed"},
	scheduling.Arrived: {"clock", "Waiting"}, scheduling.Roomed: {"clock", "Waiting in a room"},
	scheduling.WithVet: {"steth", "In consult"}, scheduling.InTreatment: {"bed", "In care"}, scheduling.Admitted: {"bed", "In care, stays"},
	scheduling.Ready: {"home", "Going home"}, scheduling.Billed: {"home", "Going home, billed"}, scheduling.Done: {"checks", "Done"},
	scheduling.Cancelled: {"", "Cancelled"}, scheduling.NoShowed: {"warn", "Did not come"}, scheduling.Moved: {"move", "Moved to another day"},
}

// statusOf is how an appointment looks: its colour, glyph and word.
func (v *visit) statusOf(a scheduling.Appointment) (status, icon, word string) {
	status = a.Shown(v.now())
	w := statusWords[a.State]
	if status == scheduling.StatusLate {
		return status, "warn", "Late"
	}
	if status == scheduling.StatusCancelled {
		status = scheduling.StatusDone
	}
	if status == scheduling.StatusNoShow {
		status = scheduling.StatusLate
	}
	return status, w.icon, w.word
}

// flow is a board while it is made.
type flow struct {
	v    *visit
	day  shownDay
	read dayRead
}

func (v *visit) boardView(d shownDay, r dayRead) views.Board {
	b := r.board
	f := flow{v: v, day: d, read: r}
	view := views.Board{
		Page: v.page("today"), Href: "/today/board?day=" + d.on.Format(isoForm) + "&view=" + d.view, Count: b.InBuilding(),
		Mind: b.WaitMind, Long: b.WaitLong, Back: d.back(), Now: machine(v.now()),
	}
	if v.may(access.WallManage) {
		view.WallHref = "/wall-screens"
	}
	if len(b.Waiting) == 0 {
		view.Empty = "No one is waiting."
		if b.Next != nil {
			view.Empty += " Next in: " + join2(b.Next.Patient.Called(), b.Next.Client.Surname()) + " at " + clockOf(b.Next.Start) + "."
		}
	}
	add := func(l views.Lane, list []scheduling.Appointment, card func(scheduling.Appointment) views.FlowCard) {
		for _, a := range list {
			l.Cards = append(l.Cards, card(a))
		}
		if l.Count = len(list); l.Count > 0 {
			view.Lanes = append(view.Lanes, l)
		}
	}
	add(views.Lane{Key: "waiting", Status: "waiting", Icon: "clock", Name: "Waiting", Note: f.longest(b.Waiting)}, b.Waiting, f.waiting)
	add(views.Lane{Key: "late", Status: "late", Icon: "warn", Name: "Late", Note: "not here yet", Mini: true}, b.Late, f.late)
	add(views.Lane{Key: "consult", Status: "consult", Icon: "steth", Name: "In consult", Mini: true}, b.Consult, f.consult)
	add(views.Lane{Key: "care", Status: "care", Icon: "bed", Name: "In care", Note: f.nextCheck(b.Care), Mini: true}, b.Care, f.care)
	add(views.Lane{Key: "ready", Status: "ready", Icon: "home", Name: "Going home", Note: f.toTake()}, b.Ready, f.ready)
	f.addWaitlist(&view)
	// C calls in the first who waits, or shows them in.
	for _, lane := range view.Lanes {
		next := slices.IndexFunc(lane.Cards, func(c views.FlowCard) bool { return c.Act != nil && callsIn(c.Act.To) })
		if lane.Key == "waiting" && next >= 0 {
			lane.Cards[next].Act.Key = "c"
		}
	}
	return view
}

// callsIn reports whether a step brings somebody in from the waiting room.
func callsIn(to string) bool { return to == scheduling.WithVet || to == scheduling.Roomed }

// join2 puts two names beside each other.
func join2(first, second string) string { return strings.TrimSpace(first + " " + second) }

// card is what all cards show.
func (f flow) card(a scheduling.Appointment) views.FlowCard {
	status, _, _ := f.v.statusOf(a)
	c := views.FlowCard{
		ID: a.ID.String(), Href: "/appointments/" + a.ID.String(), Status: status, Species: a.Patient.Species,
		Pet: a.Patient.Called(), Owner: a.Client.Surname(), Quiet: a.Quiet,
	}
	if len(a.Alerts) > 0 && a.Alerts[0].Level == registry.LevelStop {
		c.Alert, c.Says = weightiest(a.Alerts)
	}
	return c
}

func (f flow) wait(c *views.FlowCard, since time.Time) {
	minutes := int(f.v.now().Sub(since) / time.Minute)
	c.Wait, c.Since = minutesOf(minutes), machine(since)
	switch set := f.read.board.Settings; {
	case minutes >= set.WaitLong:
		c.Level = "long"
	case minutes >= set.WaitMind:
		c.Level = "mind"
	}
}

// minutesOf is a wait in words: "14 min", "2 h 05".
func minutesOf(minutes int) string {
	minutes = max(0, minutes)
	if minutes < 60 {
		return strconv.Itoa(minutes) + " min"
	}
	rest := strconv.Itoa(minutes % 60)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return strconv.Itoa(minutes/60) + " h " + rest
}

// since is when a wait began: coming in, whatever was done with them meanwhile in the waiting room.
func since(a scheduling.Appointment) time.Time {
	if a.ArrivedAt.IsZero() {
		return a.Since
	}
	return a.ArrivedAt
}

func (f flow) longest(list []scheduling.Appointment) string {
	longest := -1
	for _, a := range list {
		longest = max(longest, int(f.v.now().Sub(since(a))/time.Minute))
	}
	if longest < 0 {
		return ""
	}
	return "longest " + minutesOf(longest)
}

func (f flow) nextCheck(list []scheduling.Appointment) string {
	var next time.Time
	for _, a := range list {
		if !a.NextAt.IsZero() && (next.IsZero() || a.NextAt.Before(next)) {
			next = a.NextAt
		}
	}
	if next.IsZero() {
		return ""
	}
	return "next check " + f.v.minute(next)
}

// with is whose hands an appointment is in: the title and last word of a name, for narrow places.
func (f flow) with(a scheduling.Appointment) string {
	return shortName(f.read.resources[a.With()].Called)
}

// lastName is the last word of a name that is no title behind it: "Baines" of "Callum Baines RVN".
func lastName(called string) string {
	words := strings.Fields(called)
	for len(words) > 1 && words[len(words)-1] == strings.ToUpper(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return surname(strings.Join(words, " "))
}

// shortName is "Dr Nwosu" of "Dr Amara Nwosu", and the whole of a room.
func shortName(called string) string {
	words := strings.Fields(called)
	if len(words) > 2 && strings.HasPrefix(words[0], "Dr") {
		return words[0] + " " + words[len(words)-1]
	}
	return called
}

func (f flow) waiting(a scheduling.Appointment) views.FlowCard {
	c := f.card(a)
	f.wait(&c, since(a))
	if a.Urgent {
		c.First, c.Status = "See first:", "late"
	}
	c.Why = dotted(cmp.Or(a.Reason, a.Type.Name), f.bookedFor(a))
	c.Act = f.v.forward(a)
	if len(a.Seats) == 0 && f.v.may(access.ScheduleWrite) && !f.v.may(access.VisitTreat) {
		c.Act = &views.Act{Label: "Assign", Href: c.Href, Opens: views.OpensCard, Named: "Assign " + c.Pet + " to somebody"}
	}
	return c
}

// bookedFor is "Dr Nwosu 10:30", or the room they wait in.
func (f flow) bookedFor(a scheduling.Appointment) string {
	if len(a.Seats) == 0 {
		if a.WalkIn {
			return "walk-in"
		}
		return clockOf(a.Start)
	}
	return join2(f.with(a), clockOf(a.Start))
}

func dotted(parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += " · " + p
		}
	}
	return out
}

func (f flow) late(a scheduling.Appointment) views.FlowCard {
	c := f.card(a)
	c.Why = clockOf(a.Start) + " " + lastName(f.with(a))
	f.wait(&c, a.StartsAt)
	c.Level = "long"
	switch {
	case f.v.may(access.ClientRead) && len(a.Client.Phones) > 0:
		number := a.Client.Phones[0].Number
		c.Act = &views.Act{Label: "Call", Href: "tel:" + dialled(number), Named: "Call " + a.Client.Name() + ", " + number}
	case f.v.may(access.ScheduleWrite):
		c.Act = f.v.forward(a)
	}
	return c
}

func (f flow) consult(a scheduling.Appointment) views.FlowCard {
	c := f.card(a)
	r := f.read.resources[a.With()]
	c.Why = join(lastName(f.with(a)), cmp.Or(f.read.resources[a.Place].Called, r.RoomCalled))
	f.wait(&c, a.Since)
	c.Level = ""
	return c
}

func (f flow) care(a scheduling.Appointment) views.FlowCard {
	c := f.card(a)
	c.Why = join(f.read.resources[a.Place].Called, a.Reason)
	if !a.NextAt.IsZero() {
		c.Wait = "check " + f.v.minute(a.NextAt)
		if a.NextAt.Before(f.v.now()) {
			c.Level = "long"
		}
		return c
	}
	f.wait(&c, a.Since)
	c.Level = ""
	return c
}

func (f flow) ready(a scheduling.Appointment) views.FlowCard {
	c := f.card(a)
	c.Why = cmp.Or(a.Reason, a.Type.Name)
	if open, ok := f.read.open[a.ID]; ok {
		c.Why = dotted(f.v.sum(f.read.currency, open.Total), c.Why)
	}
	f.wait(&c, a.Since)
	c.Act = f.v.forward(a)
	return c
}

// toTake is what all who go home have still to pay: "£182.95 to take".
func (f flow) toTake() string {
	var all money.Amount
	for _, open := range f.read.open {
		all += open.Total
	}
	if all <= 0 {
		return ""
	}
	return f.v.sum(f.read.currency, all) + " to take"
}

// waitlistMost is how many of the waitlist stand on the board.
const waitlistMost = 4

func (f flow) addWaitlist(view *views.Board) {
	list := f.read.board.Waitlist
	if len(list) == 0 {
		return
	}
	lane := views.Lane{Key: "waitlist", Status: "booked", Icon: "list", Name: "Waitlist", Count: len(list), Note: "all of it", Href: "/waitlist"}
	for _, w := range list[:min(len(list), waitlistMost)] {
		lane.Cards = append(lane.Cards, f.hoping(w))
	}
	view.Lanes = append(view.Lanes, lane)
}

// hoping is one of the waitlist. Its place is offered where one is free.
func (f flow) hoping(w scheduling.WaitingRow) views.FlowCard {
	c := views.FlowCard{
		ID: w.ID.String(), Href: "/waitlist", Status: "booked", Species: w.Animal.Species, Pet: w.Animal.Called(), Owner: w.Owner.Surname(),
		Why: join(w.Called, f.wish(w)),
	}
	if len(w.Fits) > 0 && f.v.may(access.ScheduleWrite) {
		at := w.Fits[0]
		c.Act = &views.Act{
			Opens: views.OpensBeside, Label: "Offer " + clockOf(at.Start), Named: "Offer " + join2(c.Pet, c.Owner) + " " + clockOf(at.Start),
			Href: "/bookings/new?waitlist=" + c.ID + "&day=" + at.Day.Format(isoForm) + "&at=" + clockOf(at.Start) + "&with=" + at.Resource.String(),
		}
	}
	return c
}

// wish is with whom and when: "Dr Nwosu only, before 12:00".
func (f flow) wish(w scheduling.WaitingRow) string {
	with := "anybody"
	if !w.With.IsZero() {
		with = shortName(f.read.resources[w.With].Called) + " only"
	}
	return join(with, between(w.From, w.To))
}

// withWhom is whose hands an appointment is in, in short.
func withWhom(r map[id.ID]scheduling.ResourceRow, a scheduling.Appointment) string {
	return shortName(r[a.With()].Called)
}
