package main

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/provision"
)

// migrate brings a database to the shape of this release, makes what every installation has (the context
// key and the two canary clinics), and gives the clinics the rights that are new. It can be run again at
// any time.
func migrate(ctx context.Context, e *environment, args []string) error {
	if _, err := parse(e, flags("migrate"), args); err != nil {
		return err
	}
	p, err := e.find()
	if err != nil {
		return err
	}
	if p.admin == "" {
		return errors.New("PADDOCK_ADMIN_URL is not set: it names the database with a role that may make roles and schemas")
	}
	v, err := p.openKeys(ctx)
	if err != nil {
		return err
	}
	defer closeKeys(v)
	if err := db.Migrate(ctx, p.admin.Reveal(), p.endpoint, makeContextKey(v)); err != nil {
		return err
	}
	in, err := open(ctx, p, v, textLog(e.stderr))
	if err != nil {
		return err
	}
	defer in.close()
	if _, err := provision.Canaries(ctx, in.provision(e)); err != nil {
		return fmt.Errorf("making the canary clinics: %w", err)
	}
	given, err := provision.Upgrade(ctx, in.provision(e), provision.NewRights(), provision.Seeds())
	if err != nil {
		return err
	}
	if given > 0 {
		e.tell("Clinics whose roles were given the rights that came with this release: %d.", given)
	}
	e.tell("The database is in the shape of this release.")
	return nil
}
