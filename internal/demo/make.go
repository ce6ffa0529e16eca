package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// Deps is what making the sample clinics needs.
type Deps struct {
	provision.Deps
	Directory *tenancy.Directory
	SignIns   *identity.SignIns
	// Shelf is where the files of the sample patients lie.
	Shelf *files.Shelf
	// Command is named in the record of what is made here; empty means dev.
	Command string
}

func (d Deps) route() string { return cmp.Or(d.Command, "dev") }

// host is where a sample clinic lives.
func (d Deps) host(c Clinic) string { return c.Label + "." + d.BaseDomain }

// Made reports whether every sample clinic is whole. A clinic of somebody's own that lives at the host
// of one is left alone.
func Made(ctx context.Context, d Deps) (bool, error) {
	todo, err := d.unmade(ctx)
	return len(todo) == 0, err
}

// Make makes the sample clinics that are not whole yet, side by side. A run that was cut off is taken
// up where it ended: each step is one transaction, and is left out where it is done.
func Make(ctx context.Context, d Deps) error {
	todo, err := d.unmade(ctx)
	if err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range todo {
		all.Go(func() error {
			if err := d.make(ctx, c); err != nil {
				return fmt.Errorf("making %s: %w", c.Label, err)
			}
			return nil
		})
	}
	return all.Wait()
}

func (d Deps) unmade(ctx context.Context) ([]Clinic, error) {
	rows, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return nil, err
	}
	sampled := map[string]bool{} // by host; false for one that is somebody's own
	for _, r := range rows {
		sampled[r.Host] = r.Demo
	}
	var todo []Clinic
	for _, c := range Clinics() {
		ours, known := sampled[d.host(c)]
		if known && !ours {
			continue
		}
		if known {
			whole, err := d.whole(ctx, c)
			if err != nil {
				return nil, err
			}
			if whole {
				continue
			}
		}
		todo = append(todo, c)
	}
	return todo, nil
}

// whole reports whether the last step of making a clinic was done.
func (d Deps) whole(ctx context.Context, c Clinic) (bool, error) {
	at, err := d.at(ctx, c)
	if err != nil {
		return false, err
	}
	var heads []db.ListNoteHeadsRow
	err = d.Store.Read(ctx, at.Who(actor.Provision, id.New(), d.route()), func(ctx context.Context, tx *db.Tx) (err error) {
		heads, err = tx.ListNoteHeads(ctx, db.ListNoteHeadsParams{TenantID: tx.Tenant, PatientID: c.rowID("patient", 0)})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("looking at the sample clinic %s: %w", c.Label, err)
	}
	return len(heads) > 0, nil
}

// at finds a sample clinic that the control plane knows.
func (d Deps) at(ctx context.Context, c Clinic) (tenancy.Clinic, error) {
	at, ok, err := d.Directory.At(ctx, d.host(c))
	if err != nil {
		return at, err
	}
	if !ok {
		return at, fmt.Errorf("the sample clinic %s is not at its host", c.Label)
	}
	return at, nil
}

func (d Deps) make(ctx context.Context, c Clinic) error {
	at, keys, people, err := d.staffed(ctx, c)
	if err != nil {
		return err
	}
	s := c.sample(d.Store.Now().In(at.Zone()))
	if err := d.registry(ctx, c, s, d.as(at, people["reception"]), keys, d.Store.Now().In(at.Zone())); err != nil {
		return err
	}
	if err := d.vaccinations(ctx, c, s, at, people, keys); err != nil {
		return err
	}
	if err := d.files(ctx, c, s, d.as(at, people["vet"]), keys, scheduling.DayOf(d.Store.Now(), at.Zone())); err != nil {
		return err
	}
	return d.records(ctx, c, s, d.as(at, people["vet"]), keys, d.Store.Now().In(at.Zone()))
}

// staffed makes a clinic with its people where they are missing; people are by job.
func (d Deps) staffed(ctx context.Context, c Clinic) (at tenancy.Clinic, keys *vault.Clinic, people map[string]id.ID, err error) {
	n := provision.NewClinic{Name: c.Name, Host: d.host(c), TimeZone: c.Zone, Country: c.Country, Demo: true}
	admin := c.People[len(c.People)-1]
	_, _, err = provision.Clinic(ctx, d.Deps, n, provision.Admin{Name: admin.Name, Email: c.Address(admin)})
	if err != nil && fault.KindOf(err) != fault.Conflict { // it is there from a run that was cut off
		return at, nil, nil, err
	}
	if at, err = d.at(ctx, c); err != nil {
		return at, nil, nil, err
	}
	if keys, err = d.Vault.Clinic(ctx, at.Tenant()); err != nil {
		return at, nil, nil, err
	}
	if people, err = d.people(ctx, c, at, keys); err != nil {
		return at, nil, nil, err
	}
	return at, keys, people, d.headed(ctx, c, at, keys, people["admin"])
}

// as is a person of the clinic at work.
func (d Deps) as(at tenancy.Clinic, person id.ID) actor.Who {
	who := at.Who(actor.Work, id.New(), d.route())
	who.Person = person
	return who
}

// people adds those who are missing and lets each sign in; it gives them by job.
func (d Deps) people(ctx context.Context, c Clinic, at tenancy.Clinic, keys *vault.Clinic) (map[string]id.ID, error) {
	who := at.Who(actor.Provision, id.New(), d.route())
	var known []identity.Person
	if err := d.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		known, err = identity.People(ctx, tx, keys)
		return err
	}); err != nil {
		return nil, err
	}
	there := map[string]identity.Person{}
	for _, p := range known {
		there[p.Email] = p
	}
	byJob := map[string]id.ID{}
	for _, p := range c.People {
		somebody, ok := there[c.Address(p)]
		switch {
		case !ok:
			if err := d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
				somebody, err = identity.AddPerson(ctx, tx, keys, identity.NewPerson{
					Name: p.Name, Email: c.Address(p), Roles: []string{p.Role}, Passphrase: Passphrase,
				})
				return err
			}); err != nil {
				return nil, err
			}
		case somebody.State == identity.Invited:
			if err := d.firstPassphrase(ctx, who, somebody); err != nil {
				return nil, err
			}
		}
		byJob[p.Job] = somebody.ID
	}
	return byJob, nil
}

// firstPassphrase goes the way of every new person: a link, used once.
func (d Deps) firstPassphrase(ctx context.Context, who actor.Who, p identity.Person) error {
	var token string
	if err := d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = identity.NewSetupLink(ctx, tx, p.ID)
		return err
	}); err != nil {
		return err
	}
	_, err := d.SignIns.SetFirstPassphrase(ctx, who, token, Passphrase)
	return err
}

// registry registers every client and patient, with what is known of them, in one transaction.
func (d Deps) registry(ctx context.Context, c Clinic, s sample, who actor.Who, keys *vault.Clinic, today time.Time) error {
	return d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.GetPatientID(ctx, db.GetPatientIDParams{TenantID: tx.Tenant, ID: s.patients[0].row})
		if err == nil {
			return nil
		}
		if !db.NoRows(err) {
			return err
		}
		for _, one := range s.clients {
			if err := registry.RegisterClient(ctx, tx, keys, one.row, one.Client); err != nil {
				return err
			}
		}
		for _, p := range s.patients {
			if err := registry.RegisterPatient(ctx, tx, keys, p.row, p.owner, p.Patient); err != nil {
				return err
			}
		}
		return c.life(s, today).keep(ctx, tx, keys, c, s)
	})
}
