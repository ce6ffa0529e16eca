package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"paddock/internal/practice"

	"golang.org/x/sync/errgroup"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

const (
	batchVisits  = 1_000 // of one transaction
	visitMinutes = 15
	vetsMost     = 12
	// bookedDays is how many days ahead have bookings.
	bookedDays = 10
)

// animal is what a visit needs of a filled patient.
type animal struct {
	row, owner    id.ID
	species, name string
	to            billing.Person
}

// came is that an animal came to the clinic, or is expected: note is zero for who is expected.
type came struct {
	note id.ID
	at   time.Time
	of   int // of the animals
}

// book is the schedule and the bills of a filled clinic being written.
type book struct {
	Clinic
	at       tenancy.Clinic
	keys     *vault.Clinic
	who      actor.Who
	now      time.Time
	animals  []animal
	vets     []id.ID
	kind     id.ID // of appointment
	settings billing.Settings
	taxes    billing.Taxes
	from     practice.Letterhead
	items    map[string]billing.ItemRow
	r        *rand.Rand
	free     []time.Time // when each vet is free again
}

// visits writes what happened on each day of a filled clinic whose patients are all there: an appointment, its moves
// and its bill for each note, in the order of the days, and the bookings of the days to come.
func (f *fill) visits(ctx context.Context, c Clinic, at tenancy.Clinic, keys *vault.Clinic, people map[string]id.ID, today time.Time) error {
	b := &book{Clinic: c, at: at, keys: keys, who: f.as(at, people["reception"]), now: today, r: c.draws(1 << 50)}
	all := b.history(f.numbers, today)
	if len(all) == 0 {
		return nil
	}
	if err := f.open(ctx, b, people["vet"], 1+len(all)/(f.numbers.Years*250*24)); err != nil {
		return err
	}
	type sealed struct {
		visits *scheduling.Fill
		bills  *billing.Fill
		n      int
	}
	next := make(chan sealed, 1)
	pair, ctx := errgroup.WithContext(ctx)
	pair.Go(func() error {
		defer close(next)
		for chunk := range slices.Chunk(all, batchVisits) {
			chunk, err := f.missing(ctx, b, chunk)
			if err != nil {
				return err
			}
			visits, bills := b.chunk(chunk)
			var s sealed
			if s.visits, err = scheduling.SealFill(keys, at.Zone(), visits); err != nil {
				return err
			}
			if s.bills, err = billing.SealFill(keys, b.settings, b.taxes, b.from, bills); err != nil {
				return err
			}
			s.n = len(visits)
			select {
			case next <- s:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	pair.Go(func() error {
		for s := range next {
			err := f.Store.Write(ctx, b.who, func(ctx context.Context, tx *db.Tx) error {
				if err := scheduling.WriteFill(ctx, tx, keys, s.visits); err != nil {
					return err
				}
				return billing.WriteFill(ctx, tx, keys, s.bills)
			})
			if err != nil {
				return err
			}
			f.count(Filled{Visits: s.n})
		}
		return nil
	})
	return pair.Wait()
}

// history is everybody who came, the oldest first, and who is expected.
func (b *book) history(n Numbers, today time.Time) (all []came) {
	for from := 0; from < n.Patients; from += batchPatients {
		made := b.rows(from, min(from+batchPatients, n.Patients), n.Years, nil, today)
		of := map[id.ID]int{}
		for _, p := range made.patients {
			of[p.ID] = len(b.animals)
			owner := p.Owners[0]
			b.animals = append(b.animals, animal{
				row: p.ID, owner: owner.ID, species: p.Species, name: p.Name, to: person(owner.Client),
			})
		}
		for _, note := range made.notes {
			all = append(all, came{note.ID, note.EventAt, of[note.Patient]})
		}
	}
	slices.SortFunc(all, func(x, y came) int { return cmp.Or(x.at.Compare(y.at), slices.Compare(x.note[:], y.note[:])) })
	for k := range (len(all)*bookedDays + n.Years*365 - 1) / (n.Years * 365) { // as many a day as there were
		start := note{days: -1 - k%bookedDays, minutes: b.r.IntN(8 * 60)}.at(today)
		all = append(all, came{note: b.fillID("expected", k), at: start.UTC(), of: b.r.IntN(len(b.animals))})
	}
	return all
}

func person(c registry.Client) billing.Person {
	return billing.Person{Name: c.Name(), Street: c.Street, City: c.City, Region: c.Region, Postcode: c.Postcode, Country: c.Country}
}

// open gives the clinic its vets, and reads what it sells.
func (f *fill) open(ctx context.Context, b *book, vet id.ID, vets int) error {
	return f.Store.Write(ctx, b.who, func(ctx context.Context, tx *db.Tx) error {
		known, err := scheduling.Resources(ctx, tx, b.keys)
		if err != nil {
			return err
		}
		for n := range min(vets, vetsMost) {
			r := scheduling.Resource{Kind: scheduling.Vet, Name: fmt.Sprintf("Vet %d", n+1), Position: n + 1}
			if n == 0 {
				r.Person = vet
			}
			row := b.fillID("resource", n)
			b.vets = append(b.vets, row)
			if slices.ContainsFunc(known, func(k scheduling.ResourceRow) bool { return k.ID == row }) {
				continue
			}
			if err := scheduling.AddResource(ctx, tx, b.keys, row, r); err != nil {
				return fmt.Errorf("making a vet: %w", err)
			}
		}
		b.free = make([]time.Time, len(b.vets))
		types, err := scheduling.Types(ctx, tx)
		if err != nil {
			return err
		}
		b.kind = types[0].ID
		if b.settings, err = billing.LoadSettings(ctx, tx); err != nil {
			return err
		}
		if b.taxes, err = billing.LoadTaxes(ctx, tx); err != nil {
			return err
		}
		if b.from, err = practice.Load(ctx, tx, b.keys); err != nil {
			return err
		}
		items, _, err := billing.Items(ctx, tx, "", false)
		b.items = map[string]billing.ItemRow{}
		for _, i := range items {
			b.items[i.Code] = i
		}
		return err
	})
}

// missing leaves out of a chunk who is there from a run before.
func (f *fill) missing(ctx context.Context, b *book, chunk []came) ([]came, error) {
	ids := make([]id.ID, len(chunk))
	for i, c := range chunk {
		ids[i] = visitOf(c.note)
	}
	there := map[id.ID]bool{}
	err := f.Store.Read(ctx, b.who, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListAppointmentsAmong(ctx, db.ListAppointmentsAmongParams{TenantID: tx.Tenant, Ids: ids})
		for _, row := range rows {
			there[row] = true
		}
		return err
	})
	return slices.DeleteFunc(slices.Clone(chunk), func(c came) bool { return there[visitOf(c.note)] }), err
}

// visitOf and billOf name what belongs to a note of a fill, always the same.
func visitOf(note id.ID) id.ID { note[15] ^= 0xa5; return note }
func billOf(note id.ID) id.ID  { note[15] ^= 0x5a; return note }

// chunk makes up the visits and bills of some who came, in the order of the days.
func (b *book) chunk(list []came) (visits []scheduling.PastVisit, bills []billing.PastBill) {
	for _, c := range list {
		v := b.visit(c)
		visits = append(visits, v)
		if state, since := v.State(); state == scheduling.Done {
			bills = append(bills, b.bill(c, v, since))
		}
	}
	return visits, bills
}

func (b *book) visit(c came) scheduling.PastVisit {
	a := b.animals[c.of]
	start := c.at.In(b.at.Zone()).Truncate(visitMinutes * time.Minute)
	vet := 0
	for i := range b.free {
		if b.free[i].Before(b.free[vet]) {
			vet = i
		}
	}
	v := scheduling.PastVisit{
		ID: visitOf(c.note), Patient: a.row, Client: a.owner, Type: b.kind, Minutes: visitMinutes,
		BookedAt: c.at.AddDate(0, 0, -1-b.r.IntN(14)), Reason: pick(b.r, clinicWork[b.r.IntN(len(clinicWork))].reasons...),
	}
	if b.free[vet].After(start) && b.free[vet].Sub(start) < 2*time.Hour {
		start = b.free[vet].In(b.at.Zone())
	}
	v.Day, v.Start = scheduling.DayOf(start, b.at.Zone()), scheduling.MinuteOf(start, b.at.Zone())
	if !b.free[vet].After(start) { // else everybody is busy, and it is seen in between
		v.Seats = []scheduling.Seat{{Resource: b.vets[vet]}}
		b.free[vet] = start.Add(visitMinutes * time.Minute)
	}
	if start.After(b.now) {
		v.BookedAt = b.now.AddDate(0, 0, -1-b.r.IntN(14)).UTC()
		return v
	}
	step := func(to string, minutes int) {
		v.Moves = append(v.Moves, scheduling.PastMove{To: to, At: start.Add(time.Duration(minutes) * time.Minute).UTC()})
	}
	if b.r.IntN(25) == 0 {
		step(scheduling.NoShowed, 20)
		return v
	}
	step(scheduling.Arrived, -b.r.IntN(10))
	step(scheduling.WithVet, 2+b.r.IntN(8))
	step(scheduling.Ready, 14+b.r.IntN(10))
	step(scheduling.Done, 25+b.r.IntN(10))
	return v
}

// bill is what a visit cost, paid when it was done; few are not paid yet.
func (b *book) bill(c came, v scheduling.PastVisit, at time.Time) billing.PastBill {
	a := b.animals[c.of]
	out := billing.PastBill{
		Invoice: billOf(c.note), Visit: v.ID, Patient: v.Patient, Client: v.Client, Species: a.species, Animal: a.name, To: a.to, At: at, Day: v.Day,
		Method: pick(b.r, billing.Card, billing.Card, billing.Card, billing.Cash, billing.Transfer),
	}
	if b.r.IntN(30) == 0 {
		out.Method = ""
	}
	add := func(code string, quantity money.Quantity, words string) {
		if i, sold := b.items[code]; sold {
			out.Lines = append(out.Lines, billing.PastLine{ItemRow: i, Quantity: quantity, Note: words})
		}
	}
	add("CONS", money.One, "")
	switch b.r.IntN(4) {
	case 0:
		add(pick(b.r, "CYTO-EAR", "SKIN-SCR", "BLOOD-BIO", "BLOOD-T4", "URINE"), money.One, "")
	case 1:
		add(pick(b.r, "TAB-CARP50", "TAB-AMOX250"), money.One*money.Quantity(7+b.r.IntN(21)), "One tablet once a day")
		add("DISP-FEE", money.One, "")
	}
	return out
}
