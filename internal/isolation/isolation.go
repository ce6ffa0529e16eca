// Package isolation is the standing proof that no clinic reaches another's rows. Lint reads the
// database's catalogue and names every rule of the fences that does not hold; the probes try, as the
// application's own role, to get from one canary clinic to the other. Boot refuses to serve on a
// finding. Attempts watches over what people try meanwhile.
//
// Everything is driven by the catalogue: a table added by a migration is linted and probed without a
// line being written here, and what is an exception to a rule stands in a list with its reason.
package isolation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Finding is one rule that does not hold.
type Finding struct {
	// Code is the number of the test in the design of the isolation tests ("T4"), or of the pitfall
	// ("P17") where no test has one of its own.
	Code string
	// Object is the table, role, function or setting it was found at.
	Object string
	// Sentence says what is wrong.
	Sentence string
}

func (f Finding) String() string { return f.Code + " " + f.Object + ": " + f.Sentence }

// Querier is a connection or a pool of any role of ours: the catalogue is open to all of them.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// ErrRefused is wrapped by the error of Boot: this process must not serve.
var ErrRefused = errors.New("refusing to start")

// refusal is ErrRefused with a line for each finding.
type refusal []Finding

func (r refusal) Error() string {
	lines := make([]string, len(r))
	for i, f := range r {
		lines[i] = f.String()
	}
	return fmt.Sprintf("%v, the fences between the clinics do not hold:\n%s", ErrRefused, strings.Join(lines, "\n"))
}

func (r refusal) Unwrap() error { return ErrRefused }
