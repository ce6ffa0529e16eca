package isolation

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/id"
)

// Probe is one attempt, over all tenant tables, to get from one clinic to another.
type Probe struct {
	// ID is the number of the test ("T20").
	ID string
	// Name says what must not happen.
	Name string
	// Run gives nil where every attempt was refused and every positive twin got there, else what gave
	// way. Nothing it tries stays in the database.
	Run func(ctx context.Context, b *Bench) error
	// idle says why there may be nothing to try.
	idle string
}

// Result is what one probe found.
type Result struct {
	Probe Probe
	// Tried counts the attempts that had to fail.
	Tried int
	Err   error
}

// Report is the outcome of a check. A report in which nothing was checked is not good.
type Report struct {
	Rules    int
	Findings []Finding
	// Tables and Results are of the probes, empty after a lint alone.
	Tables   int
	Results  []Result
	lintOnly bool
}

// Good reports whether every rule held and every probe was refused, and that there were any.
func (r Report) Good() bool {
	if r.Rules == 0 || len(r.Findings) > 0 {
		return false
	}
	if r.lintOnly {
		return true
	}
	for _, p := range r.Results {
		if p.Err != nil {
			return false
		}
	}
	return r.Tables > 0 && len(r.Results) > 0
}

// Lines is the report to print: a line per finding, then what was checked.
func (r Report) Lines() []string {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.String())
	}
	tried := 0
	for _, p := range r.Results {
		tried += p.Tried
		for _, err := range split(p.Err) {
			lines = append(lines, fmt.Sprintf("%s %s: %v", p.Probe.ID, p.Probe.Name, err))
		}
	}
	sum := fmt.Sprintf("%d rules of the catalogue checked", r.Rules)
	if !r.lintOnly {
		sum += fmt.Sprintf("; %d probes made %d attempts on %d tables", len(r.Results), tried, r.Tables)
	}
	if r.Good() {
		return append(lines, sum+": every fence holds")
	}
	return append(lines, sum+": NOT every fence holds")
}

func split(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// Check lints the catalogue and, unless lintOnly, runs every probe between the two clinics of d. The
// error is of the check itself; what it found stands in the report.
func Check(ctx context.Context, d Deps, lintOnly bool) (Report, error) {
	r := Report{lintOnly: lintOnly}
	conn, err := pgx.Connect(ctx, d.Endpoint.As(db.RoleApp))
	if err != nil {
		return r, errors.New("connecting as paddock_app: the database refused or cannot be reached")
	}
	defer hangUp(conn)
	if r.Findings, err = identity(ctx, conn); err != nil {
		return r, err
	}
	found, err := Lint(ctx, conn)
	if err != nil {
		return r, err
	}
	r.Findings, r.Rules = append(r.Findings, found...), len(rules())
	if lintOnly {
		return r, nil
	}
	b, err := NewBench(ctx, d)
	if err != nil {
		return r, fmt.Errorf("preparing the probes: %w", err)
	}
	defer b.Close()
	r.Tables, r.Results = b.Tables(), b.RunAll(ctx)
	return r, nil
}

// RunAll runs every probe, one after the other.
func (b *Bench) RunAll(ctx context.Context) []Result {
	var results []Result
	for _, p := range Probes() {
		results = append(results, b.run(ctx, p))
	}
	return results
}

// run runs one probe. One that tried nothing proves nothing, so it fails.
func (b *Bench) run(ctx context.Context, p Probe) Result {
	b.tried, b.bad = 0, nil
	err := p.Run(ctx, b)
	if err == nil && b.tried == 0 && p.idle == "" {
		err = errors.New("there was nothing to try")
	}
	return Result{p, b.tried, err}
}

// body makes a Run of a function that only collects what gives way.
func body(do func(ctx context.Context, b *Bench) error) func(context.Context, *Bench) error {
	return func(ctx context.Context, b *Bench) error {
		if err := do(ctx, b); err != nil {
			b.bad = append(b.bad, err)
		}
		return errors.Join(b.bad...)
	}
}

// Canaries finds the two clinics that exist for the probes alone. They have no host and no people.
func Canaries(ctx context.Context, p *db.Platform) (a, b id.Tenant, err error) {
	all, err := p.AllTenantsClinics(ctx)
	if err != nil {
		return a, b, err
	}
	var found []id.Tenant
	for _, c := range all {
		if c.State == "canary" {
			found = append(found, id.TenantFrom(c.ID))
		}
	}
	if len(found) < 2 {
		return a, b, fmt.Errorf("there are %d canary clinics, and the probes need two: run `paddock migrate`", len(found))
	}
	return found[0], found[1], nil
}
