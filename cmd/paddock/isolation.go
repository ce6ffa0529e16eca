package main

import (
	"context"
	"errors"

	"paddock/internal/isolation"
)

// isolationCheck lints the catalogue and, unless told otherwise, tries as the application's own role to
// get from one canary clinic into the other. A finding is a line, and any of them is a failure.
func isolationCheck(ctx context.Context, e *environment, args []string) error {
	f := flags("isolation check")
	lint := f.Bool("lint", false, "read the catalogue only; try nothing")
	if _, err := parse(e, f, args); err != nil {
		return err
	}
	check := e.probe
	if *lint {
		check = e.lint
	}
	report, err := check(ctx)
	if err != nil {
		return err
	}
	for _, line := range report.Lines() {
		e.tell("%s", line)
	}
	if !report.Good() {
		return errors.New("the fences between the clinics do not hold")
	}
	return nil
}

// lint needs no keys.
func (e *environment) lint(ctx context.Context) (isolation.Report, error) {
	p, err := e.find()
	if err != nil {
		return isolation.Report{}, err
	}
	return isolation.Check(ctx, isolation.Deps{Endpoint: p.endpoint}, true)
}

func (e *environment) probe(ctx context.Context) (report isolation.Report, err error) {
	err = e.reached(ctx, func(in *installation, p place) error {
		d := isolation.Deps{Endpoint: p.endpoint, Signer: in.signerAt, Scribe: in.scribe, Clock: in.clock}
		if d.A, d.B, err = isolation.Canaries(ctx, in.platform); err != nil {
			return err
		}
		report, err = isolation.Check(ctx, d, false)
		return err
	})
	return report, err
}
