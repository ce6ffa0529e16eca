package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// visits makes up the appointments of a day. Of today, what is over is going home soon, what is now is in
// consult, and who is next is waiting.
func (b bookings) visits(day time.Time, types map[string]scheduling.TypeRow) []scheduling.PastVisit {
	r := b.draws(uint64(day.Unix()))
	m := &maker{bookings: b, r: r, date: day, types: types, order: r.Perm(len(b.made.patients))}
	// Who is nobody's would stand at going home for good: nobody pays.
	m.order = slices.DeleteFunc(m.order, func(i int) bool { return i == died || b.made.patients[i].owner.IsZero() })
	from, to := opens, closes
	now := -1
	if day.Equal(b.day) {
		from, to = b.hours()
		now = scheduling.MinuteOf(b.now, b.at.Zone())
	} else if day.Weekday() == time.Sunday {
		return nil
	}
	if day.Weekday() == time.Saturday && now < 0 {
		to = 13 * 60
	}
	if now >= 0 {
		m.walkIn()
	}
	m.column(theatreColumn, from, to, now, theatreWork) // first, as it takes dogs and cats alone
	m.column(vetColumn, from, to, now, clinicWork)
	m.column(locumColumn, from, to, now, clinicWork)
	m.column(nurseColumn, from, to, now, nurseWork)
	return m.out
}

// maker makes up one day.
type maker struct {
	bookings
	r     *rand.Rand
	date  time.Time
	types map[string]scheduling.TypeRow
	order []int // patients that nothing was made up for yet
	out   []scheduling.PastVisit
}

// work is a kind of appointment and what may be the reason.
type work struct {
	kind    string
	minutes int
	reasons []string
}

var (
	clinicWork = []work{
		{"Consult", 15, []string{"Itchy ears, 4 days", "Vomiting since yesterday", "Lame, left hind", "Off food since Sunday", "Coughing at night", "Lump on flank", "Eye, squinting", "Scratching"}},
		{"Consult", 30, []string{"Weight loss, drinking more", "Seizure review", "Diabetes, recheck", "Back pain, stairs"}},
		{"Recheck", 15, []string{"Skin, recheck", "Ear infection, recheck", "Tablets check", "Stitches, 10 days"}},
		{"Vaccination", 15, []string{"Booster", "2nd vaccination", "Booster, kennel cough too"}},
	}
	nurseWork = []work{
		{"Nurse clinic", 15, []string{"Weight clinic", "Dressing change", "Stitches out", "Blood pressure"}},
		{"Nail clip", 15, []string{"Nail clip", "Nails, anal glands"}},
	}
	theatreWork = []work{
		{"Operation", 60, []string{"X-rays, hips", "X-rays, left elbow", "X-rays, chest"}},
		{"Dental", 75, []string{"Dental, 3 extractions", "Scale and polish"}},
	}
)

// column fills one column from one minute of the day to another; now is the minute it is, -1 on another day.
func (m *maker) column(n, from, to, now int, of []work) {
	waiting, late := 0, false
	for at := from; at < to; {
		w := of[m.r.IntN(len(of))]
		end := at + w.minutes
		if end > to {
			return
		}
		if from == opens && at < lunch+lunchMinutes && end > lunch {
			at = lunch + lunchMinutes
			continue
		}
		// A booked day has gaps, a day far off more of them.
		gap := 18
		if now < 0 {
			gap = 55
		}
		if (now < 0 || end <= now-30 || at > now+45) && m.r.IntN(100) < gap {
			at += 15
			continue
		}
		v, ok := m.visit(n, at, w)
		if !ok {
			return
		}
		switch {
		case now < 0 || at > now+45:
			if m.r.IntN(5) < 2 {
				m.move(&v, scheduling.Confirmed, -60*20)
			}
		case n == theatreColumn:
			m.inTheatre(&v, at, end, now)
		case end <= now-25:
			m.over(&v, end-now)
		case end <= now-2:
			m.arrive(&v, at-now-4)
			m.move(&v, scheduling.WithVet, at-now+1)
			m.move(&v, scheduling.Ready, end-now)
		case at < now-1 && n == locumColumn && !late && at > now-12:
			late = true // nobody came yet
		case at <= now:
			m.arrive(&v, at-now-6)
			m.move(&v, scheduling.WithVet, min(-1, at-now+1))
		case waiting == 0:
			waiting++
			m.arrive(&v, -4-5*(n+1))
			if n == vetColumn {
				v.Asks = []string{scheduling.AskWeight}
			}
		case m.r.IntN(2) == 0:
			m.move(&v, scheduling.Confirmed, -60*20)
		}
		m.out = append(m.out, v)
		at = end
	}
}

// over is a visit that has ended, or one that did not take place.
func (m *maker) over(v *scheduling.PastVisit, ended int) {
	switch m.r.IntN(14) {
	case 0:
		m.move(v, scheduling.NoShowed, ended+16)
	case 1:
		m.move(v, scheduling.Cancelled, ended-240)
	default:
		m.arrive(v, ended-v.Minutes-5)
		m.move(v, scheduling.WithVet, ended-v.Minutes+2)
		m.move(v, scheduling.Ready, ended)
	}
}

// inTheatre are inpatients: they come in the morning, are looked at again and again, and go home in the end.
func (m *maker) inTheatre(v *scheduling.PastVisit, at, end, now int) {
	m.arrive(v, min(-30, at-now-45))
	switch {
	case end <= now-60:
		m.move(v, scheduling.InTreatment, at-now)
		m.move(v, scheduling.Ready, -12)
	case at <= now:
		m.move(v, scheduling.InTreatment, min(-1, at-now))
		v.NextAt = m.now.Add(time.Duration(max(10, end-now)) * time.Minute)
	default:
		m.move(v, scheduling.Admitted, -15)
		v.NextAt = m.now.Add(20 * time.Minute)
	}
}

// arrive moves a visit in, so many minutes from now (before it: negative).
func (m *maker) arrive(v *scheduling.PastVisit, minutes int) {
	m.move(v, scheduling.Arrived, minutes)
}

func (m *maker) move(v *scheduling.PastVisit, to string, minutes int) {
	at := m.now.Add(time.Duration(minutes) * time.Minute)
	if n := len(v.Moves); n > 0 && at.Before(v.Moves[n-1].At) {
		at = v.Moves[n-1].At
	}
	v.Moves = append(v.Moves, scheduling.PastMove{To: to, At: at.UTC(), By: m.hands(*v, to)})
}

// large are the species that are seen where they live.
var large = []string{"horse", "donkey", "cow", "cattle", "sheep", "goat", "pig", "alpaca"}

// hands are whose work a move is: what is clinical is a nurse's or a vet's, the rest the desk's.
func (m *maker) hands(v scheduling.PastVisit, to string) id.ID {
	switch to {
	case scheduling.WithVet, scheduling.InTreatment, scheduling.Admitted, scheduling.Ready:
		if len(v.Seats) > 0 && v.Seats[0].Resource == m.resource(nurseColumn) {
			return m.people["nurse"]
		}
		return m.people["vet"]
	}
	return m.people["reception"]
}

// visit is the next patient's, booked some days ago; ok is false where none is left.
func (m *maker) visit(column, at int, w work) (v scheduling.PastVisit, ok bool) {
	kind, known := m.types[w.kind]
	if len(m.order) == 0 || !known {
		return v, false
	}
	next := slices.IndexFunc(m.order, func(i int) bool { return !slices.Contains(large, m.made.patients[i].Species) })
	if next < 0 {
		return v, false
	}
	if column == theatreColumn {
		next = max(next, slices.IndexFunc(m.order, func(i int) bool {
			return m.made.patients[i].Species == "dog" || m.made.patients[i].Species == "cat"
		}))
	}
	p := m.made.patients[m.order[next]]
	m.order = slices.Delete(m.order, next, next+1)
	return scheduling.PastVisit{
		ID: id.New(), Patient: p.row, Client: p.owner, Type: kind.ID, Day: m.date, Start: at, Minutes: w.minutes,
		Seats: []scheduling.Seat{{Resource: m.resource(column)}, {Resource: m.resource(rooms + column)}}, Reason: pick(m.r, w.reasons...),
		Quiet: kind.Quiet, BookedAt: m.now.AddDate(0, 0, -1-m.r.IntN(20)).UTC(),
	}, true
}

// walkIn is somebody who came in a hurry four minutes ago.
func (m *maker) walkIn() {
	at := scheduling.MinuteOf(m.now, m.at.Zone()) / 5 * 5
	v, ok := m.visit(vetColumn, min(at, 24*60-15), work{"Consult", 15, []string{"Bee sting, muzzle swollen", "Ate a sock", "Cut pad, bleeding"}})
	if !ok {
		return
	}
	v.Seats, v.WalkIn, v.Urgent, v.BookedAt = nil, true, true, m.now.Add(-4*time.Minute).UTC()
	v.Asks = []string{scheduling.AskPhone, scheduling.AskWeight}
	m.out = append(m.out, v)
}
