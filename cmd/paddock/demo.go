package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"paddock/internal/demo"
)

// makeDemo fills a server with demo clinics to try it under load. Given again, it makes what is missing.
func makeDemo(ctx context.Context, e *environment, args []string) error {
	f := flags("demo")
	var n demo.Numbers
	f.IntVar(&n.Clinics, "clinics", 1, "how many clinics")
	f.IntVar(&n.Patients, "patients", 1000, "how many patients in each")
	f.IntVar(&n.Years, "years", 3, "how many years their notes and visits go back")
	f.BoolVar(&n.Plain, "plain", false, "patients and notes alone, without appointments and bills")
	f.Uint64Var(&n.Seed, "seed", 1, "what the names are drawn by; the same number gives the same names")
	if _, err := parse(e, f, args); err != nil {
		return err
	}
	if wrong := n.Check(); wrong != "" {
		return mistake("demo: " + wrong)
	}
	return e.reached(ctx, func(in *installation, _ place) error {
		d := demo.Deps{Deps: in.provision(e), Directory: in.directory, SignIns: in.signIns, Command: "demo"}
		debug.SetGCPercent(400) // much is made here and soon dropped
		began := in.clock.Now()
		told, registered, patients := began, began, 0
		made, err := demo.Fill(ctx, d, n, func(so demo.Filled) {
			now := in.clock.Now()
			if so.Patients > patients {
				registered, patients = now, so.Patients
			}
			if now.Sub(told) >= time.Second {
				told = now
				fmt.Fprintf(e.stderr, "%d of %d patients, %d notes, %d visits\n", so.Patients+so.There, n.Clinics*n.Patients, so.Notes, so.Visits)
			}
		})
		if err != nil {
			return err
		}
		e.tellDemo(n, made, registered.Sub(began), in.clock.Now().Sub(registered))
		return nil
	})
}

// tellDemo says how to get in, then what was made: the patients first, and then what happened on their visits.
func (e *environment) tellDemo(n demo.Numbers, made demo.Filled, registering, visiting time.Duration) {
	first, last := e.hostOf(n.Label(1)), e.hostOf(n.Label(n.Clinics))
	e.tell("The clinics are %s to %s; their reception, nurse, vet and admin sign in as vet@%s.example with “%s”.", first, last, n.Label(1), demo.Passphrase)
	if made.Clinics == 0 && made.Patients == 0 && made.Visits == 0 {
		e.tell("All %d clinics and their %d patients were there already: nothing was made.", n.Clinics, made.There)
		return
	}
	e.tell("Made %d clinics, %d clients, %d patients and %d notes in %.1f s, %.0f patients a second; %d patients were there already.",
		made.Clinics, made.Clients, made.Patients, made.Notes, registering.Seconds(), float64(made.Patients)/max(registering.Seconds(), 0.001), made.There)
	if made.Visits > 0 {
		e.tell("Made %d visits with their bills in %.1f s.", made.Visits, visiting.Seconds())
	}
}
