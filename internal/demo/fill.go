package demo

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// Bounds of a fill.
const (
	mostClinics  = 9_999
	mostPatients = 1_000_000
	mostYears    = 30
)

// mostWriters bounds the transactions open at a time, under a clinic's share of the connections.
const mostWriters = 4

// Numbers say how many clinics a fill makes, called demo-0001 and so on, and what is in each.
type Numbers struct {
	Clinics  int
	Patients int // of each clinic
	Years    int // over which its notes go back
	Seed     uint64
	// Plain leaves out the schedule and the bills: patients and notes alone.
	Plain bool
}

// Check gives the sentence why a fill cannot be made, or "".
func (n Numbers) Check() string {
	switch {
	case n.Clinics < 1 || n.Clinics > mostClinics:
		return fmt.Sprintf("the number of clinics is from 1 to %d", mostClinics)
	case n.Patients < 1 || n.Patients > mostPatients:
		return fmt.Sprintf("the number of patients of a clinic is from 1 to %d", mostPatients)
	case n.Years < 1 || n.Years > mostYears:
		return fmt.Sprintf("the number of years is from 1 to %d", mostYears)
	}
	return ""
}

// Label is the first label of the host of a fill's clinic, numbered from 1.
func (n Numbers) Label(number int) string { return filled(n.Seed, number).Label }

// Filled is what a fill has made so far. There are patients that stood there before.
type Filled struct {
	Clinics, Clients, Patients, Notes int
	// Visits are appointments with their moves, and the bills of those that took place.
	Visits int
	There  int
}

// Fill makes the clinics that are missing, with their people, and the patients that are missing in
// each, with owners and signed notes: 2,500 patients to a transaction, several at a time. Then follow the
// appointments, visits and bills of the same years, clinic by clinic in the order of the days. The same
// numbers give the same clinics, and a fill that was cut off is taken up where it ended. It refuses a
// server that holds a clinic which is no demo clinic. progress may be nil; it is told one batch at a time.
func Fill(ctx context.Context, d Deps, n Numbers, progress func(Filled)) (Filled, error) {
	if wrong := n.Check(); wrong != "" {
		return Filled{}, errors.New(wrong)
	}
	known, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return Filled{}, err
	}
	processors := runtime.GOMAXPROCS(0)
	writers := min(processors, mostWriters) // more would wait for each other
	f := fill{Deps: d, numbers: n, known: map[string]bool{}, writing: semaphore.NewWeighted(int64(writers)), progress: progress}
	for _, c := range known {
		if !c.Demo && c.Host != "" {
			return Filled{}, fmt.Errorf("this server holds %s, which is no demo clinic: demo clinics are made on servers of their own", c.Host)
		}
		f.known[c.Host] = true
	}
	for _, step := range []func(context.Context, *errgroup.Group) error{f.begin, f.schedules} {
		work, inner := errgroup.WithContext(ctx)
		work.SetLimit(processors + writers)
		err = step(inner, work)
		if failed := work.Wait(); failed != nil {
			err = failed
		}
		if err != nil {
			break
		}
	}
	return f.made, err
}

// fill is a fill under way.
type fill struct {
	Deps
	numbers Numbers
	known   map[string]bool // hosts
	writing *semaphore.Weighted

	clinics []filledClinic

	mu       sync.Mutex // guards made, and progress is called under it
	made     Filled
	progress func(Filled)
}

// filledClinic is a clinic of a fill, with its people by job and its day.
type filledClinic struct {
	Clinic
	at     tenancy.Clinic
	keys   *vault.Clinic
	people map[string]id.ID
	today  time.Time
}

// schedules gives each clinic the days of its years.
func (f *fill) schedules(ctx context.Context, work *errgroup.Group) error {
	if f.numbers.Plain {
		return nil
	}
	for _, c := range f.clinics {
		work.Go(func() error {
			if err := f.writing.Acquire(ctx, 1); err != nil {
				return err
			}
			defer f.writing.Release(1)
			if err := f.visits(ctx, c.Clinic, c.at, c.keys, c.people, c.today); err != nil {
				return fmt.Errorf("filling the schedule of %s: %w", c.Label, err)
			}
			return nil
		})
	}
	return ctx.Err()
}

// begin makes one clinic after another and leaves its batches to work.
func (f *fill) begin(ctx context.Context, work *errgroup.Group) error {
	for number := 1; number <= f.numbers.Clinics; number++ {
		c := filled(f.numbers.Seed, number)
		at, keys, people, err := f.staffed(ctx, c)
		if err != nil {
			return fmt.Errorf("making %s: %w", c.Label, err)
		}
		if !f.known[f.host(c)] {
			f.count(Filled{Clinics: 1})
		}
		who, today := f.as(at, people["vet"]), f.Store.Now().In(at.Zone())
		f.clinics = append(f.clinics, filledClinic{c, at, keys, people, today})
		for from := 0; from < f.numbers.Patients && ctx.Err() == nil; from += batchPatients {
			work.Go(func() error {
				if err := f.batch(ctx, c, who, keys, from, today); err != nil {
					return fmt.Errorf("filling %s: %w", c.Label, err)
				}
				return nil
			})
		}
	}
	return ctx.Err()
}

// batch makes the patients of one transaction and what belongs to them.
func (f *fill) batch(ctx context.Context, c Clinic, who actor.Who, keys *vault.Clinic, from int, today time.Time) error {
	who.Request = id.New()
	to := min(from+batchPatients, f.numbers.Patients)
	there, err := f.there(ctx, who, c.patientIDs(from, to))
	if err != nil || len(there) == to-from {
		f.count(Filled{There: len(there)})
		return err
	}
	made := c.rows(from, to, f.numbers.Years, there, today)
	registered, err := registry.SealFill(keys, made.clients, made.patients)
	if err != nil {
		return err
	}
	signed, err := records.SealFill(keys, made.notes)
	if err != nil {
		return err
	}
	if err := f.writing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer f.writing.Release(1)
	err = f.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		if err := registry.RegisterFill(ctx, tx, keys, registered); err != nil {
			return err
		}
		return records.SignFill(ctx, tx, keys, signed)
	})
	if err != nil {
		return err
	}
	f.count(Filled{Clients: len(made.clients), Patients: len(made.patients), Notes: len(made.notes), There: len(there)})
	return nil
}

// there tells which of these patients the clinic has.
func (f *fill) there(ctx context.Context, who actor.Who, ids []id.ID) (map[id.ID]bool, error) {
	if err := f.writing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer f.writing.Release(1)
	there := map[id.ID]bool{}
	err := f.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListPatientsAmong(ctx, db.ListPatientsAmongParams{TenantID: tx.Tenant, Ids: ids})
		for _, row := range rows {
			there[row] = true
		}
		return err
	})
	return there, err
}

func (f *fill) count(more Filled) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made.Clinics += more.Clinics
	f.made.Clients += more.Clients
	f.made.Patients += more.Patients
	f.made.Notes += more.Notes
	f.made.Visits += more.Visits
	f.made.There += more.There
	if f.progress != nil {
		f.progress(f.made)
	}
}
