package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/tenancy"
)

// placement is where new clinics are put: the shared schema of the one cluster there is.
var placement = actor.Placement{Tier: actor.TierPool, Cluster: "main", Epoch: 1}

// clinicAdd makes a clinic with one practice admin, and prints the link by which that person sets the
// first passphrase. The link is shown once and works once.
func clinicAdd(ctx context.Context, e *environment, args []string) error {
	f := flags("clinic add")
	host := f.String("host", "", "where the clinic lives, for instance oakvale or oakvale.example.org")
	admin := f.String("admin", "", "e-mail address of the practice admin")
	called := f.String("admin-name", "Practice admin", "name of the practice admin")
	zone := f.String("zone", "Europe/London", "time zone, by its IANA name")
	country := f.String("country", "GB", "country, by its two letters")
	words, err := parse(e, f, args, "the clinic's name")
	if err != nil {
		return err
	}
	if err := demand(f, "host", "admin"); err != nil {
		return err
	}
	return e.reached(ctx, func(in *installation, p place) error {
		n := provision.NewClinic{Name: words[0], Host: *host, TimeZone: *zone, Country: strings.ToUpper(*country)}
		_, token, err := provision.Clinic(ctx, in.provision(e), n, provision.Admin{Name: *called, Email: *admin})
		if err != nil {
			return sentences(err)
		}
		at := e.hostOf(*host)
		e.tell("%s lives at %s.", words[0], p.page(at, "/"))
		e.tell("%s sets the first passphrase within %d hours, once, at", *admin, identity.SetupLinkLife/time.Hour)
		e.tell("%s", p.page(at, "/welcome/"+token))
		return nil
	})
}

// demand names the first of these flags that was left out.
func demand(f *flag.FlagSet, names ...string) error {
	for _, name := range names {
		if f.Lookup(name).Value.String() == "" {
			return mistake(fmt.Sprintf("%s needs --%s; see paddock help", f.Name(), name))
		}
	}
	return nil
}

// sentences makes what is wrong with a form one sentence for a terminal.
func sentences(err error) error {
	var bad fault.Fields
	if !errors.As(err, &bad) {
		return err
	}
	var said []string
	for _, b := range bad {
		said = append(said, b.Message)
	}
	return errors.New(strings.Join(said, " "))
}

// hostOf completes a clinic's label by the base domain.
func (e *environment) hostOf(typed string) string {
	host := strings.ToLower(strings.TrimSpace(typed))
	if !strings.Contains(host, ".") {
		host += "." + e.settings.BaseDomain
	}
	return host
}

// at finds the clinic that a label or a host names.
func (in *installation) at(ctx context.Context, e *environment, typed string) (tenancy.Clinic, error) {
	c, ok, err := in.directory.At(ctx, e.hostOf(typed))
	if err != nil {
		return c, err
	}
	if !ok {
		return c, fmt.Errorf("no clinic lives at %s; `paddock clinic list` shows those there are", e.hostOf(typed))
	}
	return c, nil
}

// clinicList lists the clinics, without the canaries, which are nobody's.
func clinicList(ctx context.Context, e *environment, args []string) error {
	if _, err := parse(e, flags("clinic list"), args); err != nil {
		return err
	}
	return e.reached(ctx, func(in *installation, _ place) error {
		rows, err := in.platform.AllTenantsClinics(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "HOST\tNAME\tSTATE\tSINCE\tKIND\tID")
		for _, c := range rows {
			if c.State == "canary" {
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", c.Host, c.Name, c.State, c.CreatedAt.Format(time.DateOnly), kindOf(c), c.ID)
		}
		return table.Flush()
	})
}

func kindOf(c db.ClinicRow) string {
	if c.Demo {
		return "demo"
	}
	return "clinic"
}

// clinicSuspend closes a clinic to everybody, or opens it again. It counts from the next request.
func clinicSuspend(ctx context.Context, e *environment, args []string) error {
	f := flags("clinic suspend")
	resume := f.Bool("resume", false, "open it again")
	words, err := parse(e, f, args, "the clinic's host")
	if err != nil {
		return err
	}
	state, said := "suspended", "closed: its people see a plain page, everybody else nothing"
	if *resume {
		state, said = "active", "open again"
	}
	return e.reached(ctx, func(in *installation, _ place) error {
		host := e.hostOf(words[0])
		ok, err := in.platform.SetState(ctx, host, state)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("no clinic lives at %s; `paddock clinic list` shows those there are", host)
		}
		e.tell("%s is %s.", host, said)
		return nil
	})
}
